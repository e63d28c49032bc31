"""The prompt: what it remembers, and how it talks."""
