"""The tensor graph and its constructors."""
