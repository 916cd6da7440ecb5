"""Chapter 29: the Transformer, a ladder of small files in the paper's order.

`positions` says where a token stands, `layers` builds one storey, `model` stacks them, `learning`
holds the paper's schedule and its smoothed loss, `backwards` is a task of seconds, `tasks` and
`recipes` train it to pronounce and to translate, `joined` asks for words longer than any it read.
"""
