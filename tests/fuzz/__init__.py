"""Fuzzing: inputs that nobody would write on purpose."""
