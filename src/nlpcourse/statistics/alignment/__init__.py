"""Chapter 12: which word translates which, found from pairs of sentences alone.

The ladder, one idea a rung:

1. :mod:`links`: links between words, people's and the diagonal's, and how they are judged;
2. :mod:`model1`: words without places, by expectation and maximisation;
3. :mod:`model2`: a table says which places like each other;
4. :mod:`hmm`: the place of the next link depends on the last one;
5. :mod:`symmetric`: two directions become one set of links;
6. :mod:`fast`: Models 1 and 2 and the HMM once more, for thousands of verses at a time.

All but the last use the standard library alone: they also run inside the page.  What this room
does not handle: how many words a word turns into (the fertility of Models 3 to 5).
"""
