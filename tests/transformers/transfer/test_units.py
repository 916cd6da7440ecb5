"""Transfer learning with Hugging Face: units."""
