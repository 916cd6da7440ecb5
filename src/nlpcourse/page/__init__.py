"""What the page's playgrounds show: one module per chapter, standard library only.

A playground module holds ``TITLE``, ``DESCRIPTION``, ``INPUTS`` (the form), ``RESOURCES``
(files that the build makes once) and ``run(inputs, resources)``, which returns views as plain
JSON.  The build renders ``run`` on the default inputs as static HTML; a click re-runs the very
same function in the reader's browser.
"""
