"""Rows that the table doesn't have, added before anything else is loaded, and all that can be asked of them: a program
that prints what it found as JSON. Each row is all that is said of its function.
"""

from __future__ import annotations

import json
import re
import sys

import numpy as np

import matdiff.functions as table
from matdiff.functions.elementwise import row
from matdiff.functions.function import Function, Traits

NEW = (
    row(
        "mish",
        "tanh(softplus(x)) + x (1 - tanh(softplus(x))^2) sigmoid(x)",
        "({0} * np.tanh(np.logaddexp(0.0, {0})))",
        "Misra 2019",
        Traits("0", "tanh(softplus(1))"),
        formula="x tanh(softplus(x))",
        latex=r"\operatorname{Mish}",
        sympy="z*tanh(log(1 + exp(z)))",
        code={
            "torch": "torch.nn.functional.mish({0})",
            "array-api": "({0} * xp.tanh(xp.logaddexp(xp.zeros_like({0}), {0})))",
        },
    ),
    row(
        "logcosh",
        "tanh(x)",
        "",
        "Saleh & Saleh 2022, Statistical properties of the log-cosh loss function",
        Traits("0", "log(cosh(1))", "even", "nonnegative", "convex", ("magnitude",)),
        formula="log(cosh(x))",
        latex=r"\operatorname{logcosh}",
        sympy="log(cosh(z))",
    ),
    Function(
        "upchol",
        "operator",
        "square->square",
        "(triu(inv(Ω^T) dX inv(Ω)) - diag(diag(inv(Ω^T) dX inv(Ω)))/2) Ω",
        of_scalar="X^(1/2)",
        traits=Traits(at_one="eye(n)", needs=("symmetric", "positive definite"), keeps=("diagonal",), gives="upper"),
        numpy="np.linalg.cholesky({0}).T",
        code={
            "array-api": "xp.linalg.matrix_transpose(xp.linalg.cholesky({0}))",
            "dask": "da.linalg.cholesky({0})",
        },
        sample="spd",
        source="the transpose of chol",
    ),
    Function(
        "rownorm",
        "operator",
        "rows",
        "diag((X .* dX) (X.^0)^T) ./ Ω",
        traits=Traits(sign="nonnegative"),
        formula="rowsum(X.^2).^(1/2)",
        numpy="np.sqrt(np.sum({0}**2, axis=1))",
        code={"torch": "torch.linalg.vector_norm({0}, dim=1)"},
        source="the Euclidean norm of each row",
    ),
    Function(
        "rowdots",
        "contraction",
        "einsum",
        einsum="ij,ij->i",
        arity=(2, 2),
        traits=Traits(linear=(0, 1), commutes=True),
        latex=r"\operatorname{rowdots}",
        source="the inner product of each row of one matrix with that of another",
    ),
    Function(
        "bilinear",
        "contraction",
        "einsum",
        einsum="i,ij,j->",
        arity=(3, 3),
        traits=Traits(linear=(0, 1, 2)),
        latex=r"\operatorname{bilinear}",
        source="x^T A y",
    ),
    Function(
        "volume",
        "operator",
        "square->scalar",
        "Ω tr(inv(X) dX)",
        traits=Traits("0", "1", needs=("square",)),
        numpy="np.linalg.det({0})",
        latex=r"\operatorname{volume}",
        sympy="Determinant({0})",
        sample="square",
        source="the determinant by another name",
        code={"dask": "", "array-api": "xp.linalg.det({0})"},
    ),
    Function(
        "cauchy_norm",
        "definition",
        "any->scalar",
        definition="sum(log(1 + X.^2))^(1/2)",
        traits=Traits("0", parity="even", sign="nonnegative"),
        source="Black & Anandan 1996",
    ),
)
POINT = {
    "A": np.array([[0.3, -1.1, 0.7], [1.2, 0.4, -0.5], [-0.6, 0.9, 0.2]]),
    "b": np.array([0.4, -0.3, 1.1]),
    "t": 0.8,
    "x": np.array([0.7, -0.4, 1.3]),
    "X": np.array([[0.5, -0.3], [1.1, 0.7], [-0.8, 0.2]]),
}
WHERE = ("A in R^{m x m}", "b in R^m", "x in R^m", "t in R", "X in R^{m x n}")
ASKED = {
    "mish": ["b^T mish(A x)", "mish(t)^2", "sum(mish(A X))"],
    "logcosh": ["sum(logcosh(A x - b))", "x^T logcosh(x)"],
    "upchol": ["sum(upchol(A A^T + x x^T + 1/10 I))", "b^T upchol(X X^T + I) b"],
    "rownorm": ["b^T rownorm(A X)"],
    "rowdots": ["b^T rowdots(A X, X)"],
    "bilinear": ["bilinear(x, A, x)", "bilinear(b, A, sin(x))^2"],
    "volume": ["volume(A + x x^T)"],
    "cauchy_norm": ["cauchy_norm(A x - b)", "cauchy_norm(A X)"],
}
VALUES = {"mish": ("mish(0 t) + t", "mish(t - t)"), "cauchy_norm": ("cauchy_norm(0 x)", "cauchy_norm(0 X)")}
TARGETS = ("numpy", "jax", "torch", "array-api", "dask")
LANGUAGES = {"logcosh": ("julia", "matlab", "r", "eigen")}  # by the row's formula


def add(rows):
    """The table with more rows, as it would be with them in one of its files."""
    for made in rows:
        table.TABLE[made.name] = made
        table.SPELLINGS.update(dict.fromkeys((made.name, *made.spellings), made.name))


def function(code, name="derivative"):
    module = {}
    exec(compile(code, "asked", "exec"), module)  # noqa: S102 # the code under test
    return module[name]


def called(function, point):
    names = function.__code__.co_varnames[: function.__code__.co_argcount + function.__code__.co_kwonlyargcount]
    return function(**{name: point[name] for name in names})


def differences(code, name):
    value, at = function(code, "value"), np.asarray(POINT[name], float)
    found = np.zeros_like(at)
    for place in np.ndindex(*at.shape):
        moved = np.zeros_like(at)
        moved[place] = 1e-4
        steps = [float(called(value, {**POINT, name: at + s * moved})) for s in (-2, -1, 1, 2)]
        found[place] = (steps[0] - 8 * steps[1] + 8 * steps[2] - steps[3]) / 12e-4
    return found


def variable(expr):
    return next(name for name in ("X", "x", "t") if name in expr.replace("mish", "").replace("cauchy", ""))


def arrays(library):
    """The point in a library's own arrays."""
    if library == "torch":
        import torch  # asked for by the slow tests alone

        return {name: torch.as_tensor(value) for name, value in POINT.items()}
    if library == "jax":
        import jax  # as above

        jax.config.update("jax_enable_x64", True)
        return {name: jax.numpy.asarray(value) for name, value in POINT.items()}
    return POINT


def walked(expr, ran):
    """What goes wrong with one question; `ran` names libraries whose code is run, not compiled alone."""
    from matdiff.calculator import Question, answer  # after the rows are added
    from matdiff.checking.check import check  # as above

    question = Question(expr=expr, wrt=f"d/d{variable(expr)}", where=WHERE)
    found = answer(question)
    want = differences(found.code("numpy"), variable(expr))
    wrong = []
    if not np.allclose(called(function(found.code("numpy")), POINT), want, rtol=1e-7, atol=1e-8):
        wrong.append("the derivative is not that of differences")
    for target in TARGETS:
        code = found.code(target)
        compile(code, target, "exec")
        if target in ran and not np.allclose(called(function(code), arrays(target)), want, rtol=1e-6, atol=1e-8):
            wrong.append(f"{target} computes something else")
    if check(question, found.ascii).verdict == "refuted":
        wrong.append("a false alarm of the check")
    if not _without_ones(str(found.steps()).splitlines()[-1].split("=", 1)[1]).startswith(_without_ones(found.unicode)):
        wrong.append("steps that end elsewhere")
    if "\\" not in found.latex:
        wrong.append("no LaTeX")
    return wrong


def _without_ones(text):
    """Steps write ones with their sizes where an answer has a number."""
    return re.sub(r"ones\([a-z, ]*\)", "1", text).strip()


def zeros(name):
    from matdiff.calculator import Question, answer  # after the rows are added

    found = [answer(Question(expr=text, wrt="d/dA", where=WHERE)).value for text in VALUES.get(name, ())]
    return [str(type(node).__name__) for node in found if type(node).__name__ == "Map"]


def unsaid(exprs, targets):
    """The questions that have no code for a target, or code that names the function itself."""
    from matdiff.calculator import Question, answer  # after the rows are added

    codes = {(expr, target): answer(Question(expr, "d/dx", WHERE)).code(target) for expr in exprs for target in targets}
    return [f"{key}" for key, code in codes.items() if "cosh" not in code or "logcosh(" in _statements(code)]


def _statements(code):
    return "\n".join(line for line in code.splitlines() if not line.startswith(("#", "%", "//", " *")))


def sympy_values():
    """SymPy's value of mish' against differences."""
    import sympy  # one question alone

    from matdiff.calculator import Question, answer  # after the rows are added

    text = answer(Question(expr="mish(t)", wrt="d/dt", where=WHERE)).write("sympy")
    t = sympy.Symbol("t")
    slope = sympy.diff(sympy.sympify(table.TABLE["mish"].sympy.replace("z", "t")), t)
    if "Determinant(" not in answer(Question("volume(M)", "d/dM", ("M in R^{n x n}",))).write("sympy"):
        return False
    return abs(float((sympy.sympify(text) - slope).subs(t, 0.8).evalf())) < 1e-12


def main(ran):
    add(NEW)
    report = {expr: walked(expr, ran) for exprs in ASKED.values() for expr in exprs}
    report |= {f"{name} in {', '.join(where)}": unsaid(ASKED[name], where) for name, where in LANGUAGES.items()}
    report["values"] = [name for name in VALUES if zeros(name)]
    report["sympy"] = [] if sympy_values() else ["SymPy's form has another value"]
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1:])
