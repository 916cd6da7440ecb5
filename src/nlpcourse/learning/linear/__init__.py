"""Linear models for text: a table of features, a weight for each, and a loss to make small.

The ladder, one idea a rung:

1. :mod:`rows`: a table of numbers that keeps only what is not zero;
2. :mod:`features`: words, n-grams, a vocabulary, counts, TF-IDF; :mod:`hashing` does without the
   vocabulary;
3. :mod:`logistic`: a loss, its gradient, and steps downhill; :mod:`lbfgs` takes better steps;
   :mod:`proximal` takes those that end at zero, for an L1 penalty;
4. :mod:`svm`: another loss, descended by Pegasos and by dual coordinate descent;
5. :mod:`many`: more than two classes;
6. :mod:`kernels`: the same dual, and no line;
7. :mod:`judging`: splits, paired bootstrap, McNemar's test, selection of features, whole groups.

What this room does not handle: weights of documents, missing values.  It uses NumPy;
the playground's twin uses the standard library alone.
"""
