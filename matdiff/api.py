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

from typing import TYPE_CHECKING, Any, Literal, TypeVar

from matdiff.calculator import Answer, Question
from matdiff.errors import CalculusError, OutputError, ReadingError
from matdiff.fields import BY_NAME, SUBJECT_TO, WrongValueError, value_of
from matdiff.limits import within
from matdiff.several import answer_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from matdiff.checking import Verdict
    from matdiff.fields import Field
    from matdiff.problems.answers import SolveAnswer
    from matdiff.problems.dual_answers import DualAnswer, EndAnswer
    from matdiff.problems.problem import Asked
    from matdiff.problems.result import Result
    from matdiff.problems.update_answers import UpdateAnswer

T = TypeVar("T")
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
    question = _question(expr, wrt, said | {"strict": strict, "no_certify": no_certify})
    return _within(seconds, lambda: answer_all(question))  # type: ignore[return-value] # Answers are used alike


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
    name = _text("wrt", wrt).strip()
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

    question = _question(expr, wrt, {"where": where, "layout": layout, "symmetric": symmetric})
    claimed = _text("claim", claim)
    return _within(seconds, lambda: verdict_on(question, claimed))


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

    asked = _asked(problem, wrt, subject_to, where)
    return _within(seconds, lambda: solution(asked))


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

    asked = _asked(problem, wrt, subject_to, where)
    return _within(seconds, lambda: dual_problem(asked))


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

    asked = _asked(problem, wrt, subject_to, where)
    by = _text("method", method)
    return _within(seconds, lambda: iteration(asked, by))


def minimize(
    problem: str,
    over: str = "",
    *,
    data: Mapping[str, Any] | str | Iterable[str] = (),
    subject_to: str | Iterable[str] = (),
    where: str | Iterable[str] = (),
    method: str = "",
    iterations: int = 1000,
    eta: float = 0.1,
    scheduler: str = "",
    seconds: float = 0,
) -> Result:
    """A problem on data: the closed form where there is one, else SciPy's solver, or the iteration that `method` names.

    over: the unknowns, where the problem doesn't say them ("w", "w, b").  data: arrays by the names of their symbols (a
    mapping, a data frame), or files as the command line takes them ("X=X.npy", "table.csv").  method: l-bfgs,
    newton-cg, trust-constr, or one of `update` with the step `eta`; at most `iterations`.  scheduler: of Dask, for data
    in chunks.
    Raises MatdiffError for every mistake in the problem, DataError for data that are missing or don't fit.

    >>> found = minimize("||X w - y||^2", "w", data={"X": [[1, 0], [0, 2], [1, 1]], "y": [1, 2, 2]})
    >>> found.values["w"].tolist(), found.method
    ([1.0, 1.0], 'closed form')
    """
    from matdiff.problems.minimize import minimize as run  # noqa: PLC0415 # it loads NumPy

    asked = _asked(problem, over, subject_to, where)
    given = [data] if isinstance(data, str) else data
    if not hasattr(given, "keys") and not (hasattr(given, "__iter__") and all(isinstance(one, str) for one in given)):
        raise OutputError("E401", "data: arrays by name are wanted, or files", hint='{"X": X, "y": y}')
    if not isinstance(iterations, int) or iterations < 1:
        raise OutputError("E401", "iterations: a whole number from 1 is wanted")
    by = _text("method", method)
    return _within(seconds, lambda: run(asked, given, by, iterations, eta, None, scheduler))


def _asked(problem: str, wrt: str, subject_to: str | Iterable[str], where: str | Iterable[str]) -> Asked:
    from matdiff.problems.problem import Asked  # noqa: PLC0415 # as above

    constraints, declared = _value(SUBJECT_TO, subject_to), _value(BY_NAME["where"], where)
    return Asked(_text("problem", problem), _text("wrt", wrt), constraints, declared)


def _question(expr: str, wrt: str, said: dict[str, Any]) -> Question:
    return Question(_text("expr", expr), _text("wrt", wrt), **_checked(said))


def _text(name: str, value: object) -> str:
    """Raise OutputError E401 for what is no string."""
    if not isinstance(value, str):
        raise OutputError("E401", f"{name}: a string is wanted, not {type(value).__name__}")
    return value


def _within(seconds: float, task: Callable[[], T]) -> T:
    return within(_value(BY_NAME["timeout"], seconds, "seconds"), task)


def _checked(said: dict[str, Any]) -> dict[str, Any]:
    """The fields of a question as it holds them.  Raises OutputError E401 for a value that a field does not take."""
    return {
        name: _value(BY_NAME[name], value)
        for name, value in said.items()
        if value is not BY_NAME[name].default and value != ""
    }


def _value(field: Field, value: Any, name: str = "") -> Any:
    """What a field holds for `value`.  Raises OutputError E401."""
    plain = isinstance(value, (str, bool, int, float, dict)) or not hasattr(value, "__iter__")
    try:
        return value_of(field, value if plain else list(value))
    except WrongValueError as error:
        head, _, hint = str(error).partition("; ")
        head = head.removesuffix(f" for {field.flags[-1]}")
        named = head if head.startswith("unknown") else f"{name or field.name}: {head}"
        raise OutputError("E401", named, hint=hint) from None
