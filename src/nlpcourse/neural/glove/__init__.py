"""Chapter 21: GloVe and fastText, a ladder of small files.

`cooccurrence` counts who meets whom, `pmi` weighs the counts and squeezes them, `glove` fits
their logarithms; `subwords` cuts words into n-grams of characters, `fasttext` learns vectors for
them, `classifier` learns labels; `lookup` asks for words that were never seen, and `recipes` says
what is trained before the chapter is read.
"""
