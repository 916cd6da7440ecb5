"""One model, five frameworks: what plays in the page."""
