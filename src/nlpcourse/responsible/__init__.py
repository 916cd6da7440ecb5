"""Part 6: responsible NLP (NumPy; chapters 36 and 37 PyTorch)."""
