"""When labels are scarce: what a label is worth, and six ways to live with few of them.

The rooms, one idea each:

1. :mod:`bayes`: naive Bayes as two tables, in which a document may count for a class in part;
2. :mod:`curves`: nested draws, learning curves, intervals over repetitions;
3. :mod:`asking`: active learning, which chooses what a person labels next;
4. :mod:`votes`, :mod:`rules`, :mod:`label_model`: rules that vote, and what each vote is worth;
5. :mod:`unlabelled`: expectation-maximisation and self-training with unlabelled texts;
6. :mod:`augment`: copies of labelled sentences with changed words;
7. :mod:`shift`: what a model is worth on texts from elsewhere;
8. :mod:`agreement`: how much people agree, beyond chance.

Tables of counts are NumPy arrays or sparse matrices of SciPy.  What these rooms do not handle:
several labels a text, costs that differ between texts, labels that are probabilities from people.
"""
