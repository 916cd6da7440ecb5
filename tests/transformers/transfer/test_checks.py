"""Transfer learning with Hugging Face: what the exercises' checks ask."""
