"""N-gram language models: count what followed, share it out, predict the next word.

The ladder, one idea a rung:

1. :mod:`counts`: which words followed which contexts, and the unknown word;
2. :mod:`estimates`: relative frequencies, and a little for everything (add-k);
3. :mod:`perplexity`: how good is a model on a text that it has not seen?
4. :mod:`smoothing`: lean on the shorter context; Kneser and Ney's counts for it;
5. :mod:`sampling`: let a model write, and find what it copied;
6. :mod:`fast`: the same Kneser–Ney model over numbers, for millions of words;
7. :mod:`as_nltk`: what NLTK's Kneser–Ney does otherwise, in two small methods;
8. :mod:`wikitext`: the models of WikiText-2, and one sentence word by word.

What this room does not handle: pruning, files in the ARPA format, training on more text
than memory holds.  It uses the standard library alone: it also runs inside the page.
"""
