"""How far families reach: x_n in a sum from 2 to N and in another from 3 to 5 has N members, of which each sum takes
its own.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Label, ShapeError
from matdiff.reading.size_text import parse
from matdiff.reading.sizes import SizeTerm, Unknown, plus

if TYPE_CHECKING:
    from matdiff.reading.symbol_shapes import SymbolShapes


def settle(inference: SymbolShapes) -> dict[str, tuple[int, ...]]:
    """Give every family as many members as its ranges ask for, where one of them holds the others; the number of its
    first member along each axis, 1 unless a sum begins below.
    """
    starts: dict[str, tuple[int, ...]] = {}
    for name, axes in inference.axes.items():
        first = []
        for k, axis in enumerate(axes):
            ranges = [
                (inference.sizes.resolve(low), inference.sizes.resolve(last))
                for low, last in inference.reaches.get((name, k), ())
            ]
            start = min([1, *[low for low, _ in ranges if isinstance(low, int)]])
            lasts = [last for _, last in ranges]
            last = _last(inference, [*lasts, *_told(inference, name, k, start)]) or _last(inference, lasts)
            if last is not None and isinstance(inference.sizes.resolve(axis), Unknown):
                inference.sizes.unify(axis, plus(last, 1 - start))
            first.append(start)
        starts[name] = tuple(first) if any(start != 1 for start in first) else ()
    return starts


def _told(inference: SymbolShapes, name: str, axis: int, start: int) -> list[SizeTerm]:
    """The last member of a family whose number of members is known from elsewhere."""
    sizes = inference.names.reading.members.get(name, ())
    return [plus(parse(sizes[axis]), start - 1)] if sizes else []


def _last(inference: SymbolShapes, lasts: list[SizeTerm]) -> SizeTerm | None:
    """The last member that is asked for: of N, N-1 and 1 it is N; None where that cannot be told, as of N and 5."""
    known = [last for last in lasts if not isinstance(last, Unknown)]

    def holds(one: SizeTerm, other: SizeTerm) -> bool:
        ahead = inference.sizes.resolve(plus(one, other, -1))
        return ahead >= 0 if isinstance(ahead, int) else isinstance(other, int) and other <= 1

    return next((one for one in known if all(holds(one, other) for other in known)), None)


def tell(inference: SymbolShapes) -> None:
    """The bounds of every sum as sizes, once these have their names."""
    for node, low, last in inference.ranges:
        count = plus(plus(last, low, -1), 1)
        node.reach = (inference.text(low), inference.text(last), inference.text(count))


def settle_places(inference: SymbolShapes) -> None:
    """Make a vector as long as the furthest of its entries that the sums take, where nothing else tells its length."""
    furthest: dict[Unknown, list[SizeTerm]] = {}
    for _, _, last, ahead, size in inference.places:
        known, high = inference.sizes.resolve(size), inference.sizes.resolve(last)
        if isinstance(known, Unknown) and not isinstance(high, Unknown):
            furthest.setdefault(known, []).append(inference.sizes.resolve(plus(high, ahead)))
    for unknown, lasts in furthest.items():
        length = _last(inference, lasts)
        if length is not None:
            inference.sizes.unify(unknown, length)


def check_places(inference: SymbolShapes) -> None:
    """Raise E209 for a sum that takes entries which are not there: x_0, or x_{n+1} of n entries."""
    for node, first, last, ahead, size in inference.places:
        known = inference.sizes.resolve(size)
        low, high = inference.sizes.resolve(first), inference.sizes.resolve(last)
        below = isinstance(low, int) and low + ahead < 1
        left = None
        if not isinstance(known, Unknown) and not isinstance(high, Unknown):
            left = inference.sizes.resolve(plus(plus(known, high, -1), -ahead))
        if below or (isinstance(left, int) and left < 0):
            place = inference.text(plus(low if below else high, ahead))
            there = "is no such" if below else f"are {inference.text(known)}"
            raise ShapeError(
                "E209",
                f"the sum takes an entry {place}, and there {there}",
                Label(node.span),
                hint="entries are counted from 1: give the sum other bounds",
                source=inference.names.reading.text,
            )
