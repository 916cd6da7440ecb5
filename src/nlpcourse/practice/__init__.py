"""Part 7, practice: projects, a competition, a reproduction."""
