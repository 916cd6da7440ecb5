"""Part 2: rules and statistics (standard library only)."""
