"""Competition: by hand against the library."""
