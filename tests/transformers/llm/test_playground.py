"""Large language models in practice: what plays in the page."""
