"""Answers as code: self-contained modules for NumPy, its relatives, and other languages."""
