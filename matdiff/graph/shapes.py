"""Sizes of composite indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matdiff.graph.nodes import Size


def product_size(left: Size, right: Size) -> Size:
    """The size m*n of a pair of indices."""
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    if left == 1 or right == 1:
        return right if left == 1 else left
    return f"{left}*{right}"
