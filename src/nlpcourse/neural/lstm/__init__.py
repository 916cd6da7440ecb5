"""Chapter 23: LSTM and GRU, a ladder of small files.

`cells` takes one step, `layers` walks a sequence, `distance` measures how far a gradient reaches,
`language_model` and `tagger` do the two tasks, `recipes` says how ``nlpcourse train`` trains them.
"""
