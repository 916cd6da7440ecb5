"""Large language models in practice: what the exercises' checks ask."""
