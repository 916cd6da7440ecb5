"""Part 4: neural networks (PyTorch)."""
