"""Hidden Markov models: states that nobody sees, words that everybody sees.

The ladder, one idea a rung:

1. :mod:`model`: `HiddenMarkovModel` holds three tables; `estimate` counts them in sentences;
2. :mod:`forward`: how likely is a sentence, whatever its tags (`likelihood`), and how likely is
   each tag at each place (`posteriors`)?
3. :mod:`viterbi`: the one best path;
4. :mod:`scaling`: the same for sequences so long that the products vanish;
5. :mod:`baum_welch`: learning the tables from words without tags;
6. :mod:`tagging`: transitions that are never zero, words that were never seen;
7. :mod:`fast`: the twin of `viterbi` that tags a corpus, and is equal to it;
8. :mod:`unsupervised`: what can be learnt from letters, and from words with a dictionary.

A sequence ends where it ends: there is no state for the end, as in NLTK and hmmlearn.  What this
room does not handle: continuous observations, states that remember more than the one before.

It uses the standard library alone: it also runs inside the page.
"""
