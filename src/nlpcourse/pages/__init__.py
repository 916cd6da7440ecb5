"""Pages of the book that are no chapters: each walks through several chapters' models.

A page may import any chapter, and nothing imports a page.
"""
