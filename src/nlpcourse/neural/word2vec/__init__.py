"""Chapter 20: word2vec, a ladder of small files.

`text` makes numbers of words and draws what the model reads, `counting` counts company,
`gradients` has one update by hand, `blocks` has many at once, `vectors` asks the result for
neighbours and analogies, `scores` compares it with what people say, `recipes` says how
``nlpcourse train`` trains it.
"""
