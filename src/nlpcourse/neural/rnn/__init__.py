"""Chapter 22: recurrent networks, a ladder of small files.

`by_hand` reads forwards and goes back through time without automatic gradients,
`characters` trains a model of letters with it, `distance` measures how far gradients
travel, `language_model` predicts words, `recipes` says how ``nlpcourse train`` trains.
"""
