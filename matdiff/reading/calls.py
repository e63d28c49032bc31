"""Calls of known functions: how many arguments they take, and which of them are written as other nodes."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.errors import Span
from matdiff.formula.syntax import Call, Expr, Had, HadPow, IndexedSum, Matrix, Mul, Num, Pow, Sym, Transpose
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.reading import mistakes
from matdiff.reading.lexing import Token
from matdiff.reading.norm_kinds import norm_kind

if TYPE_CHECKING:
    from collections.abc import Callable

_FOUR = 4


def size(text: str, span: Span) -> Expr:
    """A size or another plain word as an expression: Num or Sym."""
    if text.isdigit():
        return Num(Fraction(int(text[:18])), span=span)
    if text.replace(".", "", 1).isdigit():
        return Num(Fraction(text), span=span)
    return Sym(text, span=span)


def text_span(values: list[Any]) -> Span:
    """From the first token of a rule to its last."""
    return Span(values[0].start, values[-1].end)


def call_function(name: Token, arguments: list[Any], span: Span) -> Expr:
    """The node for a function applied to arguments; raises E112 where their number is wrong."""
    function = name.text
    special = _SPECIAL.get(function)
    if special is not None:
        return special(name, arguments, span)
    for argument in arguments:
        if type(argument) is Token:
            raise mistakes.quote(argument.span)
    _check_number(name, arguments, TABLE[function].arity, span)
    return Call(function, tuple(arguments), span=span)


def _check_number(name: Token, arguments: list[Any], arity: tuple[int, int], span: Span) -> None:
    fewest, most = arity
    if fewest <= len(arguments) <= most:
        return
    if not arguments:
        raise mistakes.error(
            "E112",
            f"'{name.text}' needs an argument: its brackets are empty",
            span,
            hint=f"write {name.text}(X); a shell may have taken a $X away",
        )
    asked = str(most) if fewest == most else f"{fewest} or {most}"
    raise mistakes.error(
        "E112", f"'{name.text}' takes {asked} argument{'s' * (most > 1)}, here are {len(arguments)}", span
    )


def _only(name: Token, arguments: list[Any], span: Span, count: int = 1) -> list[Any]:
    _check_number(name, arguments, (count, count), span)
    for argument in arguments:
        if type(argument) is Token:
            raise mistakes.quote(argument.span)
    return arguments


def _inverse(name: Token, arguments: list[Any], span: Span) -> Expr:
    return Pow(_only(name, arguments, span)[0], Num(Fraction(-1), span=name.span), span=span)


def _transpose(name: Token, arguments: list[Any], span: Span) -> Expr:
    return Transpose(_only(name, arguments, span)[0], span=span)


def _sum(name: Token, arguments: list[Any], span: Span) -> Expr:
    """sum(x) adds entries; sum(n, 1, N, f) is a sum over an index."""
    if len(arguments) == 1:
        return Call(name.text, (_only(name, arguments, span)[0],), span=span)
    if len(arguments) == 2 and type(arguments[1]) is Num:
        return along_axis(name, arguments, span)
    if len(arguments) == 2 and type(arguments[1]) is Token and arguments[1].text == "all":  # MATLAB's
        return Call(name.text, (_only(name, arguments[:1], span)[0],), span=span)
    if len(arguments) != _FOUR:
        raise mistakes.error(
            "E112",
            f"'{name.text}' takes 1 argument, or 4 for a sum over an index: here are {len(arguments)}",
            span,
            hint=f"write {name.text}(n, 1, N, x_n)",
        )
    index, low, high, body = _only(name, arguments, span, _FOUR)
    if type(index) is not Sym or "_" in index.name:
        raise mistakes.error(
            "E113", f"the index of a {name.text} is a letter, as in {name.text}(n, 1, N, x_n)", index.span
        )
    return IndexedSum(index.name, low, high, body, name.text == fn.PROD, span=span)


def along_axis(name: Token, arguments: list[Any], span: Span) -> Expr:
    """sum(X, 1), mean(X, 2): over the rows or the columns, counted from 1 as MATLAB and Julia do; what is left of a
    sum over the rows is a row.
    """
    array, axis = _only(name, arguments, span, 2)
    row = TABLE.get({1: "col", 2: "row"}.get(int(axis.value), "") + name.text)
    if row is None:
        raise mistakes.not_supported(f"'{name.text}' along this axis is not supported", span)
    found = Call(row.name, (array,), span=span)
    return Transpose(found, span=span) if axis.value == 1 else found


def _mean(name: Token, arguments: list[Any], span: Span) -> Expr:
    if len(arguments) == 2 and type(arguments[1]) is Num:
        return along_axis(name, arguments, span)
    return Call(name.text, tuple(_only(name, arguments, span)), span=span)


def _dot(name: Token, arguments: list[Any], span: Span) -> Expr:
    """dot(x, y); Julia's dot(x, A, y) is x^T A y."""
    if len(arguments) == 3:
        left, middle, right = _only(name, arguments, span, 3)
        return Mul((Transpose(left, span=left.span), middle, right), span=span)
    return Call(name.text, tuple(_only(name, arguments, span, 2)), span=span)


def _norm(name: Token, arguments: list[Any], span: Span) -> Expr:
    if len(arguments) <= 1:
        return Call(fn.NORM, tuple(_only(name, arguments, span)), span=span)
    _check_number(name, arguments, (1, 2), span)
    inner, kind = arguments
    if type(inner) is Token:
        raise mistakes.quote(inner.span)
    if type(kind) is Num:
        return Call(fn.NORM, (inner, kind), span=span)
    if type(kind) is Sym:
        kind = Token("NAME", kind.name, *kind.span)
    elif type(kind) is not Token:
        raise mistakes.not_supported("unknown norm", kind.span, hint="norms are 1, 2, p, inf, 'fro', 'nuc'")
    return Call(fn.NORM, (inner, size(norm_kind(kind), kind.span)), span=span)


def _norm_of_kind(name: Token, arguments: list[Any], span: Span) -> Expr:
    """norm1(x), norm2(x), as matrixcalculus.org writes them."""
    return Call(
        fn.NORM, (_only(name, arguments, span)[0], Num(Fraction(int(name.text[-1])), span=name.span)), span=span
    )


def _matmul(name: Token, arguments: list[Any], span: Span) -> Expr:
    return Mul(tuple(_only(name, arguments, span, 2)), span=span)


def _cross_product_matrix(name: Token, arguments: list[Any], span: Span) -> Expr:
    """R's crossprod(X, Y) = X^T Y and tcrossprod(X, Y) = X Y^T, of X itself where there is no Y."""
    _check_number(name, arguments, (1, 2), span)
    left, right = _only(name, [arguments[0], arguments[-1]], span, 2)
    if name.text == "crossprod":
        return Mul((Transpose(left, span=left.span), right), span=span)
    return Mul((left, Transpose(right, span=right.span)), span=span)


def _solve(name: Token, arguments: list[Any], span: Span) -> Expr:
    """solve(A, b) of R and SciPy is A^-1 b; R's solve(A) is A^-1."""
    _check_number(name, arguments, (1, 2), span)
    matrix, *right = _only(name, arguments, span, len(arguments))
    whole = span if not right else matrix.span
    inverse = Pow(matrix, Num(Fraction(-1), span=name.span), span=whole)
    return Mul((inverse, *right), span=span) if right else inverse


def _cross(name: Token, arguments: list[Any], span: Span) -> Expr:
    """cross(a, b) of MATLAB, Julia and Mathematica is a × b."""
    return Call("×", tuple(_only(name, arguments, span, 2)), span=span)


def _hadamard(name: Token, arguments: list[Any], span: Span) -> Expr:
    return Had(tuple(_only(name, arguments, span, 2)), span=span)


def _power(name: Token, arguments: list[Any], span: Span) -> Expr:
    base, exponent = _only(name, arguments, span, 2)
    return HadPow(base, exponent, span=span)


def _square(name: Token, arguments: list[Any], span: Span) -> Expr:
    return HadPow(_only(name, arguments, span)[0], Num(Fraction(2), span=name.span), span=span)


def _sum_of_squares(name: Token, arguments: list[Any], span: Span) -> Expr:
    return Call(fn.SUM, (_square(name, arguments, span),), span=span)


def _column_norms(name: Token, arguments: list[Any], span: Span) -> Expr:
    """MATLAB's vecnorm(X): a row of the norms of the columns; vecnorm(X, 2, 2): those of the rows."""
    array, *rest = _only(name, arguments, span, max(1, min(len(arguments), 3)))
    if [part.value if type(part) is Num else 0 for part in rest] not in ([], [2], [2, 1], [2, 2]):
        raise mistakes.not_supported("this norm of the columns is not supported", span)
    axis = rest[1] if len(rest) > 1 else Num(Fraction(1), span=name.span)
    squares = _square(name, [array], span)
    total = along_axis(name.become("NAME", fn.SUM), [squares, axis], span)
    return HadPow(total, Num(Fraction(1, 2), span=name.span), span=span)


def _diagonal(name: Token, arguments: list[Any], span: Span) -> Expr:
    """diag(1, 2, 3) is the diagonal matrix of the numbers."""
    if len(arguments) > 1 and all(type(argument) is Num for argument in arguments):
        arguments = [Matrix(tuple(arguments), 1, span=span)]
    return Call(name.text, tuple(_only(name, arguments, span)), span=span)


def _eye(name: Token, arguments: list[Any], span: Span) -> Expr:
    if len(arguments) == 2 and arguments[0] == arguments[1]:  # rows and columns
        arguments = arguments[:1]
    _check_number(name, arguments, (0, 1), span)
    return Call(fn.IDENTITY, tuple(arguments), span=span)


_SPECIAL: dict[str, Callable[[Token, list[Any], Span], Expr]] = {
    fn.INVERSE: _inverse,
    fn.TRANSPOSE: _transpose,
    fn.SUM: _sum,
    fn.PROD: _sum,
    fn.MEAN: _mean,
    fn.INNER: _dot,
    fn.NORM: _norm,
    "norm1": _norm_of_kind,
    "norm2": _norm_of_kind,
    "matmul": _matmul,
    "crossprod": _cross_product_matrix,
    "tcrossprod": _cross_product_matrix,
    "solve": _solve,
    "cross": _cross,
    fn.HADAMARD: _hadamard,
    "power": _power,
    "square": _square,
    fn.IDENTITY: _eye,
    fn.DIAG: _diagonal,
    "sumsq": _sum_of_squares,
    "vecnorm": _column_norms,
}
# functions of other languages, which are none without their brackets
BRACKETED = frozenset(("crossprod", "tcrossprod", "solve", "cross", "sumsq", "vecnorm"))
