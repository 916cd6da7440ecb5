"""Finite-state automata for text: patterns, machines without memory, spelling.

The ladder, one idea a rung:

1. :mod:`patterns`: a pattern becomes a tree of five kinds of node;
2. :mod:`nfa`: Thompson's machine, which may be in several states at once;
3. :mod:`dfa`: the subset construction, which leaves one state at a time, and its price;
4. :mod:`minimal`: the smallest machine, the same for all patterns of one language;
5. :mod:`operations`: both, either, not: machines out of machines, and a text that tells two apart;
6. :mod:`backtracking`: how most libraries match, for comparison, with its steps counted;
7. :mod:`transducer`: a machine that reads one string and writes another, either way round;
8. :mod:`distance`: the cheapest edits from one word to another, and which edits they are;
9. :mod:`spelling`: the noisy channel: which word was meant.

What this room does not handle: groups that capture, looking ahead or behind, references back to a
group, and searching within a text; a pattern here says yes or no to a whole string.

It uses the standard library alone: it also runs inside the page.
"""
