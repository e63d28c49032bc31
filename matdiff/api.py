r"""matdiff from Python: derivatives and checks as functions.

>>> import matdiff
>>> answer = matdiff.derivative("tr(X^T B X)", wrt="X")
>>> print(answer)
(B + Bᵀ) X
>>> answer.shape
('m', 'n')
>>> answer.latex
'(B + B^{\\top}) X'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from matdiff.calculator import LAYOUTS, Answer, Question, answer
from matdiff.errors import CalculusError, OutputError, ReadingError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matdiff.checking import Verdict

Layout = Literal["denominator", "numerator", "mixed"]
Convention = Literal["project", "entries"]
Form = Literal["", "kron", "directional", "index"]
_CONVENTIONS, _FORMS = ("project", "entries"), ("", "kron", "directional", "index")


def derivative(
    expr: str,
    wrt: str = "",
    *,
    where: str | Iterable[str] = (),
    layout: Layout = "denominator",
    symmetric: Convention = "project",
    form: Form = "",
    expand: bool = False,
) -> Answer:
    """The derivative of `expr` by `wrt`: a name ("X") or an operator ("d/dX", "d/dx^T", "d^2/dx dy^T"); "" where it
    stands in front of `expr`.

    where: declarations, "A symmetric" or ["x in R^n", "A in R^{n x n}"].  layout, symmetric, form and expand: as on the
    command line.
    Raises MatdiffError with a stable code for every mistake and for what is not supported.

    >>> derivative("x^T A x", "x", where="A symmetric").ascii
    '2 A x'
    >>> derivative("A x", "x", layout="numerator").ascii
    'A'
    """
    _check_choice("layout", layout, LAYOUTS)
    _check_choice("symmetric", symmetric, _CONVENTIONS)
    _check_choice("form", form, _FORMS)
    return answer(
        Question(expr, wrt, (where,) if isinstance(where, str) else tuple(where), layout, symmetric, form, expand)
    )


def gradient(
    expr: str,
    wrt: str = "",
    *,
    where: str | Iterable[str] = (),
    symmetric: Convention = "project",
    expand: bool = False,
) -> Answer:
    """The derivative of a scalar, in the shape of the variable.  Raises CalculusError E307 where `expr` is no scalar.

    >>> gradient("log det X", "X").ascii
    'X^-T'
    """
    found = derivative(expr, wrt, where=where, symmetric=symmetric, expand=expand)
    if found.value.order:
        raise CalculusError(
            "E307",
            "a gradient is the derivative of a scalar, and this is none",
            hint="ask for the jacobian",
            source=expr,
        )
    return found


def jacobian(expr: str, wrt: str = "", *, where: str | Iterable[str] = (), expand: bool = False) -> Answer:
    """The derivative in numerator layout: row i holds the derivatives of entry i.

    >>> jacobian("A x + tanh(x)", "x").ascii
    'A + I - diag(tanh(x).^2)'
    """
    return derivative(expr, wrt, where=where, layout="numerator", expand=expand)


def hessian(expr: str, wrt: str, *, where: str | Iterable[str] = (), expand: bool = False) -> Answer:
    """The second derivative by the variable `wrt` (a name) twice.

    >>> hessian("x^T A x", "x").ascii
    'A + A^T'
    """
    name = wrt.strip()
    if not name or any(mark in name for mark in "/ ∇"):
        raise ReadingError(
            "E110", f"the name of a variable is wanted, not '{name}'", hint='hessian("x^T A x", "x")', source=wrt
        )
    return derivative(expr, f"d^2/d{name}^2", where=where, expand=expand)


def differential(expr: str, *, where: str | Iterable[str] = ()) -> Answer:
    """The total differential: what changes in every symbol make of `expr`.

    >>> differential("tr(A X)").ascii
    'tr(X dA) + tr(A dX)'
    """
    return derivative(expr, "d", where=where)


def check(
    expr: str,
    claim: str,
    wrt: str = "",
    *,
    where: str | Iterable[str] = (),
    layout: Layout = "denominator",
    symmetric: Convention = "project",
) -> Verdict:
    """Is `claim` the derivative of `expr`?  The verdict is true where that is proved; else it holds a counterexample
    and a hint.

    >>> bool(check("tr(X^T B X)", "(B + B') X", "X"))
    True
    >>> verdict = check("x^T x", "x", "x")
    >>> verdict.verdict, verdict.hint, verdict.result
    ('refuted', 'a factor 2 is missing', '2 x')
    """
    from matdiff.checking.check import check as verdict_on  # noqa: PLC0415 # loaded where something is checked

    _check_choice("layout", layout, LAYOUTS)
    _check_choice("symmetric", symmetric, _CONVENTIONS)
    return verdict_on(
        Question(expr, wrt, (where,) if isinstance(where, str) else tuple(where), layout, symmetric), claim
    )


def _check_choice(what: str, given: str, choices: tuple[str, ...]) -> None:
    if given not in choices:
        raise OutputError(
            "E401", f"unknown {what} '{given}'", hint="there are " + ", ".join(choice or "''" for choice in choices)
        )
