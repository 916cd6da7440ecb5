"""Chapter 02: from a text to the tokens of a model, as a ladder of small files.

Each rung adds one idea and repairs what the one before could not do:

- :mod:`~nlpcourse.text.tokenization.words` – words by one regular expression;
- :mod:`~nlpcourse.text.tokenization.sentences` – sentences, and abbreviations learnt from raw text;
- :mod:`~nlpcourse.text.tokenization.bpe` – byte-pair encoding as the papers tell it;
- :mod:`~nlpcourse.text.tokenization.fast` – the same merges and tokens, much sooner;
- :mod:`~nlpcourse.text.tokenization.gpt` – GPT-4's split pattern and vocabulary;
- :mod:`~nlpcourse.text.tokenization.cost` – bytes per token, and what another language pays;
- :mod:`~nlpcourse.text.tokenization.special` – ids that no merge makes, and texts that spell them;
- :mod:`~nlpcourse.text.tokenization.wordpiece` – BERT's longest-match pieces;
- :mod:`~nlpcourse.text.tokenization.unigram` – pieces with probabilities, cut by Viterbi.

All of it is the standard library alone: it also runs inside the page.
"""
