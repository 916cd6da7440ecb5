"""Chapter 04: Part-of-speech tagging, a ladder of small files.

1. :mod:`ladder`: rungs that know a little each (always the same tag, patterns, tables), and a
   ladder that asks them from the top;
2. :mod:`perceptron`: one score for each tag, out of many small clues, learnt from mistakes;
3. :mod:`mistakes`: which words, which tags and how many whole sentences are right;
4. :mod:`packed`: a trained tagger in a small file, without pickle.

What this room does not handle: search over whole sentences (chapter 10 does), and text that is
not cut into words yet.

It uses the standard library alone: it also runs inside the page.
"""
