"""matdiff: matrix calculus in the terminal, and from Python.

>>> import matdiff
>>> print(matdiff.derivative("tr(X^T B X)", wrt="X"))
(B + Bᵀ) X
>>> matdiff.check("tr(X^T B X)", "B X", wrt="X").hint
'the term B^T X is missing'
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing itself would cost as much as the interpreter's own start
if TYPE_CHECKING:
    from matdiff.api import check, derivative, differential, dual, gradient, hessian, jacobian, minimize, solve, update
    from matdiff.calculator import Answer, Question, answer
    from matdiff.checking.verdict import Counterexample, Verdict
    from matdiff.errors import CalculusError, DataError, MatdiffError, OutputError, ReadingError, ShapeError
    from matdiff.notebook import load_ipython_extension

__version__ = "0.1.0"
__all__ = [
    "Answer",
    "CalculusError",
    "Counterexample",
    "DataError",
    "MatdiffError",
    "OutputError",
    "Question",
    "ReadingError",
    "ShapeError",
    "Verdict",
    "__version__",
    "answer",
    "check",
    "derivative",
    "differential",
    "dual",
    "gradient",
    "hessian",
    "jacobian",
    "load_ipython_extension",
    "minimize",
    "solve",
    "update",
]

_HOMES = {
    "api": (
        *("check", "derivative", "differential", "dual", "gradient", "hessian", "jacobian", "minimize", "solve"),
        "update",
    ),
    "calculator": ("Answer", "Question", "answer"),
    "checking.verdict": ("Counterexample", "Verdict"),
    "errors": ("CalculusError", "DataError", "MatdiffError", "OutputError", "ReadingError", "ShapeError"),
    "notebook": ("load_ipython_extension",),
}


def __getattr__(name: str) -> object:
    """Load what is asked for when it is first asked for: help, completions and interrupts come before that."""
    for home, names in _HOMES.items():
        if name in names:
            from importlib import import_module  # noqa: PLC0415 # as above

            found: object = getattr(import_module(f"matdiff.{home}"), name)
            globals()[name] = found
            return found
    raise AttributeError(f"module 'matdiff' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
