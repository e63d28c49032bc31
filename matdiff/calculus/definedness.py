"""What is never defined: the inverse or log determinant of what is singular whatever its entries are, division by zero.

The argument is worked out on random entries modulo a prime; where it is singular at several sizes, it is so for every
value but for a chance of about 2^-60.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import CalculusError
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.atoms import OpaqueError
from matdiff.graph.fingerprint import determinant, fingerprint
from matdiff.graph.nodes import Ein, IndexSum, Map, Op, Power, Var, number, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matdiff.graph.nodes import Node

_INVERTING = frozenset((fn.INVERSE, fn.LOGDET))
_LARGEST = 6  # sizes that are numbers, above which nothing is tried
_MOST_NODES = 120
_MOST_INDICES = 6
_STRUCTURED = frozenset(("skew",))


def check(value: Node) -> None:
    """Raise E310 where a part of the value is defined for no value of its variables."""
    for node in walk(value):
        if isinstance(node, Op) and node.name in _INVERTING and _may_be_singular(node.args[0]):
            if _is_singular(node.args[0]):
                what = "the inverse" if node.name == fn.INVERSE else "log det"
                raise CalculusError(
                    "E310",
                    f"{what} of a matrix that is singular for every value of its variables is never defined",
                    hint="its rank is smaller than its size, whatever stands in it: add a regular matrix such as t I",
                )
        elif isinstance(node, Power) and _is_reciprocal(node) and _is_zero(node.base):
            raise CalculusError(
                "E310", "a division by zero is never defined", hint="what stands below the line is zero for every value"
            )
        elif isinstance(node, Map) and _is_of_positive(node.function) and build.is_zero(node.arg):
            raise CalculusError(
                "E310", f"{node.function} of zero is never defined", hint="its argument is zero for every value"
            )


def _is_of_positive(function: str) -> bool:
    row = TABLE[function]
    return row.sample == "positive" and not row.traits.at_zero


def _is_reciprocal(node: Power) -> bool:
    exponent = number(node.exponent)
    return exponent is not None and exponent < 0 and not isinstance(node.base, Var)


def _may_be_singular(arg: Node) -> bool:
    return not isinstance(arg, Var) or arg.structure in _STRUCTURED


def _is_singular(arg: Node) -> bool:
    """At every choice of sizes there is no pivot left."""
    return _at_all_sizes(arg, lambda sizes: _has_no_inverse(arg, sizes))


def _is_zero(base: Node) -> bool:
    return _at_all_sizes(base, lambda sizes: not any(fingerprint(base, 1, sizes).values()))


def _at_all_sizes(root: Node, holds: Callable[[dict[str, int]], bool]) -> bool:
    try:
        return all(holds(sizes) for sizes in _choices(root))
    except (OpaqueError, ValueError):
        return False


def _has_no_inverse(arg: Node, sizes: dict[str, int]) -> bool:
    table = fingerprint(arg, 1, sizes)
    try:
        determinant(table)
    except OpaqueError:
        return True
    return False


def _choices(root: Node) -> Iterator[dict[str, int]]:
    """Sizes to try: all alike, ascending and descending; none where the graph is too large."""
    nodes = list(walk(root))
    plain = [size for node in nodes for size in node.shape]
    too_large = any(isinstance(size, int) and size > _LARGEST for size in plain)
    wide = any(isinstance(node, Ein) and len(node.sizes) > _MOST_INDICES for node in nodes)
    if len(nodes) > _MOST_NODES or too_large or wide or any(isinstance(node, IndexSum) for node in nodes):
        raise OpaqueError
    names = sorted({part for size in plain if isinstance(size, str) for part in size.split("*") if not part.isdigit()})
    yield dict.fromkeys(names, 3)
    if names:
        yield {name: 2 + k for k, name in enumerate(names)}
        yield {name: 1 + len(names) - k + (len(names) == 1) * 3 for k, name in enumerate(names)}
