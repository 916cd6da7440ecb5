"""Part 3: supervised, unsupervised and reinforcement learning (NumPy; chapter 18 PyTorch)."""
