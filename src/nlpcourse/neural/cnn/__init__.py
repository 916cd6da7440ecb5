"""Chapter 24: convolutions for text, a ladder of small files.

`convolution` slides a filter and goes back through it, `detector` sets one by hand,
`data` numbers the sentences, `model` is Kim's network, `inspection` asks a trained one
what its filters found, `failures` and `study` show what goes wrong, `baselines` are what
it has to beat, `characters` reads spelling, `figures` draws, and `recipes` says how
``nlpcourse train`` trains them.
"""
