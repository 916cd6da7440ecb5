"""Chapter 37: Bias and fairness.

- `lists`, `weat`: word lists, and associations between them with a permutation test;
- `direction`: a direction of gender, its removal, and what is left;
- `templates`, `sentiment`, `pronouns`: one word changed, for a classifier and a language model;
- `made`: invented applications and loans, in which the truth is known;
- `metrics`, `mitigate`: what a decision does to groups, and three places to intervene;
- `canary`: a secret in the training text, and how far a model has learnt it;
- `card`: a model card made from recorded results.
"""
