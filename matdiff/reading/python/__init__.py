"""Lines of Python (NumPy, PyTorch, JAX), read through Python's own parser and never evaluated."""
