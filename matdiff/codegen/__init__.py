"""Answers as code: self-contained Python modules for NumPy and its relatives."""

from matdiff.codegen.module import module
from matdiff.codegen.targets import TARGETS

__all__ = ["TARGETS", "module"]
