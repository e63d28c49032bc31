"""Sizes of composite indices."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.graph.nodes import Size


def product_size(left: Size, right: Size) -> Size:
    """The size m*n of a pair of indices."""
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    if left == 1 or right == 1:
        return right if left == 1 else left
    return f"{left}*{right}"


_TOKEN = re.compile(r"\d+|\w+|\S")


def size_number(size: Size, lookup: Callable[[str], int]) -> int:
    """The number that a size is: m*n, N-1, n*(n+1)/2, with numbers for its names."""
    if isinstance(size, int):
        return size
    if size.isidentifier():
        return lookup(size)
    return _sum(_TOKEN.findall(size)[::-1], lookup)


def _sum(tokens: list[str], lookup: Callable[[str], int]) -> int:
    total = 0
    sign = tokens.pop() if tokens[-1] in {"+", "-"} else "+"
    while True:
        term = _product(tokens, lookup)
        total += term if sign == "+" else -term
        if not tokens or tokens[-1] not in {"+", "-"}:
            return total
        sign = tokens.pop()


def _product(tokens: list[str], lookup: Callable[[str], int]) -> int:
    value = _atom(tokens, lookup)
    while tokens and tokens[-1] in {"*", "/"}:
        value = value * _atom(tokens, lookup) if tokens.pop() == "*" else value // _atom(tokens, lookup)
    return value


def _atom(tokens: list[str], lookup: Callable[[str], int]) -> int:
    first = tokens.pop()
    if first == "(":
        value = _sum(tokens, lookup)
        tokens.pop()
        return value
    return int(first) if first.isdigit() else lookup(first)
