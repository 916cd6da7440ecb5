"""Summaries: sentences chosen by counting and by graphs, ROUGE, and words that are copied.

The first files use the standard library alone and also run inside the page: ``words``,
``stemmer``, ``luhn``, ``sumbasic``, ``graph``, ``mmr``, ``rouge``, ``oracle``, ``faithful``.  The
others need PyTorch: ``pointer``, ``verses`` and ``recipes`` (a network that may copy), ``smol`` (a
pretrained model that is asked for a summary); ``study`` compares summaries of research papers.
"""
