"""Competition: what the exercises' checks ask."""
