"""Competition: what plays in the page."""
