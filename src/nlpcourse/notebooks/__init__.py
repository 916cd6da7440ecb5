"""Chapters as notebooks: one source, four forms.

The notebook in ``notebooks/`` holds prompts, solutions, checks and hidden tests.  From it come
the learner's copy and the instructor's release (solutions out, numbers in) and the book's page
(starter shown, solution folded).
"""
