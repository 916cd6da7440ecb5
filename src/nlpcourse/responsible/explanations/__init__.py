"""Chapter 36: explanations of a classifier's answers, and what they are worth.

Read it in this order: :mod:`reader` is the network that is explained; :mod:`occlusion`,
:mod:`surrogate` (LIME), :mod:`shapley` (kernel SHAP) and :mod:`gradients` explain it;
:mod:`judging` judges the explanations; :mod:`counterfactual` asks what attention explains;
:mod:`probing` asks what a layer holds; :mod:`edits` and :mod:`behaviour` change a text and look at
the answer; :mod:`notes` is the made world of the decision that a doctor has to read.
"""
