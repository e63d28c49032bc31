"""Elementwise functions of Python's floats, without NumPy: of the `math` module, or by their formulas in the table."""

from __future__ import annotations

import math
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.evaluate import scalar
from matdiff.formula.rings import Floats, NoValueError
from matdiff.formula.scope import Scope
from matdiff.functions import TABLE
from matdiff.functions import names as fn

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.formula.syntax import Expr

_KINKED: dict[str, Callable[[float], float]] = {  # what `math` has no function for, and no formula tells
    fn.ABSOLUTE: abs,
    fn.SIGN: lambda value: float((value > 0) - (value < 0)),
    fn.RELU: lambda value: max(value, 0.0),
    fn.STEP: lambda value: float(value > 0),
}


class TableFloats(Floats):
    """Floats with the functions of the table, each made when it is first asked for; `read` reads a formula in x."""

    def __init__(self, read: Callable[[str], Expr]) -> None:
        super().__init__(dict(_KINKED))
        self.read = read

    def function(self, name: str, value: float) -> float:
        if name not in self.functions:
            self.functions[name] = self._made(name)
        return super().function(name, value)

    def _made(self, name: str) -> Callable[[float], float]:
        plain: Callable[[float], float] | None = getattr(math, name, None)
        if plain is not None:
            return plain
        formula = TABLE[name].formula
        if not formula:
            raise NoValueError(name)
        tree = self.read(formula)

        def of_formula(value: float) -> float:
            scope = Scope(self, lambda _: [[value]], lambda *_: None, {}, lambda name: float(getattr(math, name)))
            return float(scalar(tree, scope))

        return of_formula
