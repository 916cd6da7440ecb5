"""Linear-chain conditional random fields: whole sequences of tags, scored by any clues at all.

The ladder, one idea a rung:

1. :mod:`clues`: what is to be seen at each word, as strings;
2. :mod:`chain`: one sentence by hand: the score of a path, forward and backward sums in log space,
   marginals, the best path (standard library alone: it also runs inside the page);
3. :mod:`packed`: many sentences as one table, so that NumPy takes a step of all of them at once;
4. :mod:`fast`: forward, backward and Viterbi for packed sentences, equal to `chain`;
5. :mod:`model`: the log likelihood and its gradient, observed minus expected; L-BFGS; the model;
6. :mod:`memm`: the same clues, normalised word by word: the model with label bias;
7. :mod:`label_bias`: toys in which the bias can be computed by hand;
8. :mod:`stored`: a trained model in a small file;
9. :mod:`recipes`: the trainings that are too long for the chapter.

There are no weights for the start and the end of a sentence, as in crfsuite; a clue may say that
a word is the first.  What this room does not handle: tags that remember more than one tag before,
clues that look at two tags at once, gaps in the tags.
"""
