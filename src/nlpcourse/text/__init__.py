"""Part 1: text as strings, tokens and tags (standard library only)."""
