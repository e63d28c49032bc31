"""Sizes read from text ("n*(n+1)/2") and from expressions (N - 1), and written as text again."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Add, Call, Div, Expr, Mul, Neg, Num, Size, Sym
from matdiff.reading.sizes import Polynomial, Sizes, SizeTerm, Unknown, over, plus, rank, times, triangle

if TYPE_CHECKING:
    from collections.abc import Callable

_TOKEN = re.compile(r"\s*(?:(\d+)|([^\W\d]\w*)|(\S))")


def parse(text: Size) -> SizeTerm:
    """The size that a text such as "2*n", "n+1" or "n*(n+1)/2" says; ValueError where it says none."""
    if isinstance(text, int):
        return text
    if text.isidentifier():
        return text
    tokens = [match.group(match.lastindex or 0) for match in _TOKEN.finditer(text.strip())]
    term, rest = _parse_sum(tokens, 0)
    if rest != len(tokens):
        raise ValueError(text)
    return term


def _parse_sum(tokens: list[str], at: int) -> tuple[SizeTerm, int]:
    total, at = _parse_product(tokens, at)
    while at < len(tokens) and tokens[at] in "+-":
        sign = 1 if tokens[at] == "+" else -1
        right, at = _parse_product(tokens, at + 1)
        total = plus(total, right, sign)
    return total, at


def _parse_product(tokens: list[str], at: int) -> tuple[SizeTerm, int]:
    total, at = _parse_atom(tokens, at)
    while at < len(tokens) and tokens[at] not in "+-)":
        if tokens[at] == "/":
            divisor, at = _parse_atom(tokens, at + 1)
            if not isinstance(divisor, int) or not divisor:
                raise ValueError("a size is divided by numbers only")
            total = over(total, divisor)
        else:
            right, at = _parse_atom(tokens, at + (tokens[at] == "*"))
            total = times(total, right)
    return total, at


def _parse_atom(tokens: list[str], at: int) -> tuple[SizeTerm, int]:
    if at >= len(tokens):
        raise ValueError("a size ends too early")
    first = tokens[at]
    if first == "(":
        term, at = _parse_sum(tokens, at + 1)
        if at >= len(tokens):
            raise ValueError("a parenthesis is open")
        return term, at + 1
    if first.isdigit():
        return int(first), at + 1
    if first.isidentifier():
        return first, at + 1
    raise ValueError(first)


def of_expression(node: Expr) -> SizeTerm | None:
    """The size that an expression says (N, n + 1, 2 n), or None where it says none."""
    if isinstance(node, Num):
        return int(node.value) if node.value.denominator == 1 else None
    if isinstance(node, Sym):
        return node.name or None
    if isinstance(node, Neg):
        inner = of_expression(node.arg)
        return None if inner is None else times(-1, inner)
    if isinstance(node, (Add, Mul)):
        return _of_many(node.terms, plus, 0) if isinstance(node, Add) else _of_many(node.factors, times, 1)
    if isinstance(node, Call) and node.function == "times":
        return _of_many(node.args, times, 1)
    if isinstance(node, Div) and isinstance(node.den, Num) and node.den.value.denominator == 1 and node.den.value:
        inner = of_expression(node.num)
        return None if inner is None else over(inner, int(node.den.value))
    return None


def _of_many(
    parts: tuple[Expr, ...], join: Callable[[SizeTerm, SizeTerm], SizeTerm], total: SizeTerm
) -> SizeTerm | None:
    for part in parts:
        inner = of_expression(part)
        if inner is None:
            return None
        total = join(total, inner)
    return total


def size_of(tree: Expr) -> Size:
    """The size that a typed expression says, where nrows(x) is a side of x; ValueError where it says none."""
    found = _measured(tree)
    return polynomial_text(found) if isinstance(found, Polynomial) else found  # type: ignore[return-value] # no unknowns


def _measured(tree: Expr) -> SizeTerm:
    if isinstance(tree, Call) and tree.function in {"nrows", "ncols"}:
        return parse((tree.args[0].shape or (1, 1))[tree.function == "ncols"])
    if isinstance(tree, Add):
        total: SizeTerm = 0
        for term in tree.terms:
            total = plus(total, _measured(term))
        return total
    found = of_expression(tree)
    if found is None:
        raise ValueError("no size")
    return found


def size_text(sizes: Sizes, term: SizeTerm) -> Size:
    """A size as it stands in a shape: an int, or text ("?" where it is unknown)."""
    term = sizes.resolve(term)
    if isinstance(term, Unknown):
        return "?"
    return polynomial_text(term) if isinstance(term, Polynomial) else term


def polynomial_text(polynomial: Polynomial) -> str:
    """A polynomial as text: "m*n", "2*n", "N-1", "n*(n+1)/2"."""
    half = _triangle_of(polynomial)
    if half:
        return f"{half}*({half}+1)/2"
    text = ""
    for atoms, c in sorted(
        polynomial.monomials.items(), key=lambda item: (-len(item[0]), [rank(atom) for atom in item[0]])
    ):
        product = "*".join([atom if isinstance(atom, str) else "?" for atom in atoms])
        size = abs(c)
        part = product if size == 1 and product else str(size.numerator) + ("*" + product if product else "")
        part += f"/{size.denominator}" if size.denominator != 1 else ""
        text += ("-" if c < 0 else "+" if text else "") + part
    return text


def _triangle_of(polynomial: Polynomial) -> str:
    for atoms in polynomial.monomials:
        if len(atoms) == 2 and isinstance(atoms[0], str) and triangle(atoms[0]) == polynomial:
            return atoms[0]
    return ""


def reach_of(lo: Expr, hi: Expr) -> tuple[Size, Size, Size] | None:
    """The bounds of a sum as sizes, and how many numbers lie between them; None where they say no sizes."""
    low, last = of_expression(lo), of_expression(hi)
    if low is None or last is None:
        return None
    terms = (low, last, plus(plus(last, low, -1), 1))
    first, second, third = [polynomial_text(term) if isinstance(term, Polynomial) else term for term in terms]
    return None if Unknown in map(type, terms) else (first, second, third)  # type: ignore[return-value] # no unknowns
