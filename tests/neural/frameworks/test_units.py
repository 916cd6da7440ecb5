"""One model, five frameworks: units."""
