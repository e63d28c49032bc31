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

from typing import TYPE_CHECKING, Any, Literal

from matdiff.calculator import Answer, Question
from matdiff.errors import CalculusError, OutputError, ReadingError
from matdiff.fields import BY_NAME, WrongValueError, value_of
from matdiff.limits import within
from matdiff.several import answer_all

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matdiff.checking import Verdict
    from matdiff.problems.answers import SolveAnswer
    from matdiff.problems.dual_answers import DualAnswer, EndAnswer
    from matdiff.problems.problem import Asked
    from matdiff.problems.update_answers import UpdateAnswer

Layout = Literal["denominator", "numerator", "mixed"]
Convention = Literal["project", "entries"]
Form = Literal["", "kron", "directional", "index"]


def derivative(
    expr: str,
    wrt: str = "",
    *,
    where: str | Iterable[str] = (),
    layout: Layout = "denominator",
    symmetric: Convention = "project",
    form: Form = "",
    expand: bool = False,
    factor: bool = False,
    vectorize: bool = False,
    rules: str | Iterable[str] = (),
    bold: bool = False,
    sizes: str = "",
    strict: bool = False,
    no_certify: bool = False,
    seconds: float = 0,
) -> Answer:
    """The derivative of `expr` by `wrt`: a name ("X") or an operator ("d/dX", "d/dx^T", "d^2/dx dy^T"); "" where it
    stands in front of `expr`.  Several variables, "d/dW, d/db" or "W, b", give `several.Answers`: what is written is
    a line for each, code is one function that returns a tuple.

    where: declarations, "A symmetric" or ["x in R^n", "A in R^{n x n}"].  layout, symmetric, form, expand, factor,
    vectorize, rules ("d f(X) = tr(X^T dX)"), bold, sizes ("m=5000,n=300"), strict and no_certify: as on the
    command line.  seconds: how long it may take (0: as long as it takes).
    Raises MatdiffError with a stable code for every mistake and for what is not supported.

    >>> derivative("x^T A x", "x", where="A symmetric").ascii
    '2 A x'
    >>> derivative("A x", "x", layout="numerator").ascii
    'A'
    """
    said = {"where": where, "layout": layout, "symmetric": symmetric, "form": form, "expand": expand, "factor": factor}
    said |= {"vectorize": vectorize, "rules": rules, "bold": bold, "sizes": sizes}
    question = Question(expr, wrt, **_checked(said | {"strict": strict, "no_certify": no_certify}))
    return within(seconds, lambda: answer_all(question))  # type: ignore[return-value] # Answers are used alike


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
    seconds: float = 0,
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

    said = _checked({"where": where, "layout": layout, "symmetric": symmetric})
    return within(seconds, lambda: verdict_on(Question(expr, wrt, **said), claim))


def solve(
    problem: str,
    wrt: str = "",
    *,
    subject_to: str | Iterable[str] = (),
    where: str | Iterable[str] = (),
    seconds: float = 0,
) -> SolveAnswer:
    """The closed form of a problem: "min_x ... s.t. ...", an expression whose derivative by `wrt` is to be zero, or an
    equation in `wrt` ("X", "mu, Sigma").  Its `status` says how it ends; `ok`, whether there are solutions.

    seconds: how long it may take (0: as long as it takes), here and in `dual` and `update`.

    Raises MatdiffError for every mistake in the problem.

    >>> print(solve("||Y - X W||_F^2", "d/dW"))
    W = (Xᵀ X)⁻¹ Xᵀ Y
    >>> solve("max_x ||x||^2").status
    'unbounded'
    """
    from matdiff.problems.asking import solution  # noqa: PLC0415 # loaded where a problem is solved

    return within(seconds, lambda: solution(_asked(problem, wrt, subject_to, where)))


def dual(
    problem: str,
    wrt: str = "",
    *,
    subject_to: str | Iterable[str] = (),
    where: str | Iterable[str] = (),
    seconds: float = 0,
) -> DualAnswer | EndAnswer:
    """The dual of a problem: multipliers, objective, constraints, the minimiser by the multipliers.

    Raises MatdiffError for every mistake in the problem.

    >>> print(dual("min_x c^T x s.t. A x = b, x >= 0"))
    max_ν bᵀ ν s.t. Aᵀ ν ≤ c
    """
    from matdiff.problems.asking import dual_problem  # noqa: PLC0415 # as above

    return within(seconds, lambda: dual_problem(_asked(problem, wrt, subject_to, where)))


def update(
    problem: str,
    wrt: str = "",
    *,
    method: str = "gd",
    subject_to: str | Iterable[str] = (),
    where: str | Iterable[str] = (),
    seconds: float = 0,
) -> UpdateAnswer:
    """The iteration of a method: gd, sgd, momentum, newton, gauss-newton, proximal.

    Raises MatdiffError for every mistake in the problem, and where the method doesn't apply.

    >>> print(update("1/2 ||X w - y||^2", "w"))
    w ← w - η Xᵀ (X w - y)
    """
    from matdiff.problems.asking import iteration  # noqa: PLC0415 # as above

    return within(seconds, lambda: iteration(_asked(problem, wrt, subject_to, where), method))


def _asked(problem: str, wrt: str, subject_to: str | Iterable[str], where: str | Iterable[str]) -> Asked:
    from matdiff.problems.problem import Asked  # noqa: PLC0415 # as above

    constraints = (subject_to,) if isinstance(subject_to, str) else tuple(subject_to)
    return Asked(problem, wrt, constraints, (where,) if isinstance(where, str) else tuple(where))


def _checked(said: dict[str, Any]) -> dict[str, Any]:
    """The fields of a question as it holds them.  Raises OutputError E401 for a value that a field does not take."""
    found = {}
    for name, value in said.items():
        if value == BY_NAME[name].default or value == "":
            continue
        try:
            found[name] = value_of(BY_NAME[name], value if isinstance(value, (str, bool, int, float)) else list(value))
        except WrongValueError as error:
            head, _, hint = str(error).partition("; ")
            raise OutputError("E401", head if head.startswith("unknown") else f"{name}: {head}", hint=hint) from None
    return found
