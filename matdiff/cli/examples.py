"""A question for each function of the table, to be run where the function is explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matdiff.calculator import Question

if TYPE_CHECKING:
    from matdiff.functions import Function

_BY_NAME: dict[str, tuple[str, str, str]] = {  # (expression, operator, declarations)
    "tr": ("tr(A X)", "d/dX", ""),
    "transpose": ("tr(A X^T)", "d/dX", ""),
    "pinv": ("tr(A pinv(X))", "d/dX", ""),
    "diag": ("a^T diag(x) b", "d/dx", ""),
    "vec": ("a^T vec(X)", "d/dX", "X in R^{m x n}"),
    "vech": ("a^T vech(X)", "d/dX", ""),
    "kron": ("kron(A, X)", "d/dX", ""),
    "dot": ("dot(a, x)", "d/dx", ""),
    "outer": ("tr(A outer(x, b))", "d/dx", ""),
    "hadamard": ("tr(A hadamard(B, X))", "d/dX", ""),
    "norm_weighted": ("||x||_A^2", "d/dx", ""),
    "bars": ("|X|", "d/dX", ""),
    "mean": ("mean(x .* x)", "d/dx", ""),
    "sum": ("sum(A x)", "d/dx", ""),
    "norm": ("||A x - b||", "d/dx", ""),
    "expm": ("expm(t A)", "d/dt", ""),
    "logm": ("tr(logm(X))", "d/dX", ""),
    "sqrtm": ("tr(sqrtm(X))", "d/dX", ""),
    "dexpm": ("tr(A dexpm(M, E))", "d/dE", ""),
    "dlogm": ("tr(A dlogm(M, E))", "d/dE", ""),
    "dsqrtm": ("tr(A dsqrtm(M, E))", "d/dE", ""),
    "topvec": ("lambda_max(S)", "d/dS", "S symmetric"),
    "polar": ("tr(A polar(X))", "d/dX", "X in R^{n x n}"),
    "nuclear": ("||X||_*", "d/dX", "X in R^{m x n}"),
    "spectral": ("||X||_2", "d/dX", "X in R^{m x n}"),
    "eye": ("log det(t I + A)", "d/dt", "A in R^{n x n}"),
    "ones": ("ones(n)^T x", "d/dx", ""),
    "zeros": ("zeros(n)^T x", "d/dx", ""),
    "unit": ("e_i^T A x", "d/dx", ""),
    "commutation": ("a^T commutation(m, n) vec(X)", "d/dX", "X in R^{m x n}"),
    "pi": ("pi t^2", "d/dt", ""),
    "e": ("e^(2 t)", "d/dt", ""),
}
_BY_SHAPE: dict[str, tuple[str, str]] = {
    "same": ("a^T {}(A x)", "d/dx"),
    "square->scalar": ("{}(X)", "d/dX"),
    "square->square": ("tr(A {}(X))", "d/dX"),
    "transposed": ("tr(A {}(X))", "d/dX"),
    "any->scalar": ("{}(X)", "d/dX"),
    "vector->scalar": ("{}(A x)", "d/dx"),
    "vector->vector": ("a^T {}(x)", "d/dx"),
}


def example(row: Function) -> Question | None:
    """A question that uses the function; None for one that only answers have."""
    if row.name in _BY_NAME:
        expr, wrt, where = _BY_NAME[row.name]
        return Question(expr, wrt, (where,) if where else ())
    if row.shape not in _BY_SHAPE or row.arity[0] != 1 or (row.kind == "operator" and not row.differential):
        return None
    expr, wrt = _BY_SHAPE[row.shape]
    return Question(expr.format(row.name), wrt, ("X symmetric",) if row.sample == "symmetric" else ())
