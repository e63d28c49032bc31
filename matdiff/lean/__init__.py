"""Lean twins of standard modules (`typing`, `re`, `fractions` …), as far as this program needs them at run time.

The standard ones cost twice what the interpreter's own start does, and a question takes no longer than that.  They are
imported in the place of their twins, under the same names, and mean the same; tests compare them.
"""
