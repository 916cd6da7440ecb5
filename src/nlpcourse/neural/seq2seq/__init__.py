"""Chapter 25: sequence to sequence with attention, a ladder of small files.

`symbols` numbers letters, sounds and pieces; `pronunciation`, `translation` and
`alignment` are the three tasks with their data, splits and measures; `attention`
scores and weighs; `model` joins an encoder and a decoder; `search` writes outputs;
`bleu` judges them; `recipes` says how ``nlpcourse train`` trains; `translate` walks
one sentence through the trained translator.
"""
