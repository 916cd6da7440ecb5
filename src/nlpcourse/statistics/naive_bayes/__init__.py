"""Naive Bayes for text: count words, turn counts into log probabilities, add them up.

The ladder, one idea a rung:

1. :mod:`features`: a text becomes a bag of words or pairs, and `count` is the whole of training;
2. :mod:`models`: `MultinomialNaiveBayes` asks how often a word occurs, `BernoulliNaiveBayes`
   whether it occurs; `normalise` turns joint log probabilities into a posterior;
3. :mod:`explain`: which word pushed which way, and by how much;
4. :mod:`calibration`: do the probabilities mean what they say?

Words that no training text holds are ignored, as scikit-learn's ``CountVectorizer`` does.  What
this room does not handle: continuous features, weights of documents, missing labels.

It uses the standard library alone: it also runs inside the page.
"""
