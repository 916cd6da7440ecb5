"""One model, five frameworks: by hand against the library."""
