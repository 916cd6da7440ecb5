"""Transfer learning with Hugging Face: what plays in the page."""
