"""matdiff: matrix calculus in the terminal, and from Python.

>>> import matdiff
>>> matdiff.answer(matdiff.Question("tr(X^T B X)", wrt="d/dX")).ascii
'(B + B^T) X'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matdiff.calculator import Answer, Question, answer
    from matdiff.errors import MatdiffError

__version__ = "0.1.0"
__all__ = ["Answer", "MatdiffError", "Question", "__version__", "answer"]


def __getattr__(name: str) -> object:
    """Load the calculator when it is first asked for: help, completions and interrupts come before that."""
    if name == "MatdiffError":
        from matdiff import errors as home  # noqa: PLC0415 # see above
    elif name in {"Answer", "Question", "answer"}:
        from matdiff import calculator as home  # type: ignore[no-redef] # noqa: PLC0415 # see above
    else:
        raise AttributeError(f"module 'matdiff' has no attribute '{name}'")
    found: object = getattr(home, name)
    globals()[name] = found
    return found
