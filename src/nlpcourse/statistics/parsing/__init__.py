"""Grammars and parsers: from rules to trees, from trees to the best tree, and without rules.

The ladder, one idea a rung:

1. :mod:`grammar`: rules such as ``NP → Det N``, read from text, and random sentences of them;
2. :mod:`trees`: what a parser gives back, in brackets, in lines and in places;
3. :mod:`binary`: rules of at most two symbols, and what each symbol alone can become;
4. :mod:`cyk`: the chart of Cocke, Younger and Kasami, filled from short spans to long ones;
5. :mod:`forest`: all trees of a chart, counted or one by one, infinitely many included;
6. :mod:`earley`: the same parts found from left to right, asking only for what can be used;
7. :mod:`fast`: CYK with sets as whole numbers, which remembers what it has combined;
8. :mod:`pcfg`: rules with probabilities, and the most probable tree;
9. :mod:`bracketing`: a tree against the right one, by its brackets;
10. :mod:`transitions` and :mod:`perceptron`: dependency trees by shifting and reducing, learnt.

What this room does not handle: features and agreement, unknown words, non-projective trees.

It uses the standard library alone: it also runs inside the page.
"""
