"""The coefficient of dX, read off the differential."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matdiff.calculus.differentiate import differentiate
from matdiff.calculus.variables import structured
from matdiff.derivation import arranging
from matdiff.derivation.arranging import Derived
from matdiff.derivation.collecting import Occurrence, occurrence, paired, terms
from matdiff.derivation.formulas import formula
from matdiff.derivation.step import Step
from matdiff.derivation.trees import SCALAR, add, shape

if TYPE_CHECKING:
    from matdiff.calculus.variables import Variable
    from matdiff.derivation.changes import Changes
    from matdiff.graph.nodes import Node, Var
    from matdiff.notation.display import Raiser
    from matdiff.reading.syntax import Expr, Sym
