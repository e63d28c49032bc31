"""Explanations: error codes, functions, rules, each with an example that is run."""
