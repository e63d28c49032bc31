"""Derivations: the way to a derivative, step by step, each with its rule."""

from __future__ import annotations

from matdiff.derivation.derive import Course, steps_of
from matdiff.derivation.step import Derivation, Formula, Stage, Step

__all__ = ["Course", "Derivation", "Formula", "Stage", "Step", "steps_of"]
