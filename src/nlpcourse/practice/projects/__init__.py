"""Chapter 38: projects that others can trust, and what a machine can check of them."""
