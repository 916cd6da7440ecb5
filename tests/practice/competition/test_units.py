"""Competition: units."""
