"""One model, five frameworks: what the exercises' checks ask."""
