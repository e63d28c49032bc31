"""The tensor graph and its constructors.  Loading it fills the rewrite table."""

from matdiff.graph import elementwise, powers, products, sums  # noqa: F401 # each puts its rewrites into the table
