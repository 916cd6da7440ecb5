"""Chapter 34: Large language models in practice, a ladder of small files."""
