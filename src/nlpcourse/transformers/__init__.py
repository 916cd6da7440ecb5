"""Part 5: Transformers (PyTorch)."""
