"""Chapter 06: Sentiment by lexicon, a ladder of small files."""
