"""What a contraction costs, as a polynomial in the sizes, and the regimes of sizes under which plans are compared.

Where no size is declared, a plan has to do well for long and for wide matrices alike: it is judged by the worst ratio,
over all regimes, of its cost to that of the best plan there.
"""

from __future__ import annotations

from itertools import combinations
from matdiff.lean.typing import TYPE_CHECKING
from math import prod

from matdiff.codegen.names import size_tokens
from matdiff.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matdiff.graph.nodes import Size

    Cost = Mapping[tuple[str, ...], float]  # a coefficient for each product of sizes

EQUAL, SMALL, LARGE = 64.0, 8.0, 512.0
_LARGEST = 10**15
_FEW = 4  # so many sizes get every combination of small and large
ROBUST = 4.0  # a plan that nowhere costs more than so many times the best serves alone


def hints(text: str) -> dict[str, int]:
    """Sizes to plan for: "m=5000, n=300".  Raises OutputError (E412) for anything else."""
    found: dict[str, int] = {}
    for part in filter(None, [part.strip() for part in text.split(",")]):
        name, _, number = [side.strip() for side in part.partition("=")]
        if not name.isidentifier() or not number.isdecimal() or not 0 < int(number[:20]) < _LARGEST:
            raise OutputError("E412", f"'{ascii(part)[1:-1][:40]}' is no size", hint="write --sizes m=5000,n=300")
        found[name] = int(number)
    return found


def monomial(sizes: Iterable[Size]) -> tuple[float, tuple[str, ...]]:
    """A product of sizes as its number and its names, sorted."""
    number, names = 1.0, []
    for size in sizes:
        if isinstance(size, int):
            number *= size
            continue
        if size.isalpha():
            names.append(size)
            continue
        tokens = size_tokens(size)
        if all(kind != "operator" or text == "*" for kind, text in tokens):
            names += [text for kind, text in tokens if kind == "name"]
            number *= prod([int(text) for kind, text in tokens if kind == "number"])
        else:
            names.append(size)
    return number, tuple(sorted(names))


def volume(sizes: Iterable[Size], times: float = 1.0) -> Cost:
    """The cost of so many operations on every entry of an array."""
    number, names = monomial(sizes)
    return {names: number * times}


def total(costs: Iterable[Cost]) -> Cost:
    result: dict[tuple[str, ...], float] = {}
    for cost in costs:
        for names, number in cost.items():
            result[names] = result.get(names, 0.0) + number
    return result


def leading(cost: Cost) -> Cost:
    """The terms of highest degree, which count where sizes are large."""
    degree = max(map(len, cost), default=0)
    return {names: number for names, number in cost.items() if len(names) == degree}


class Regime:
    """One assignment of numbers to the sizes that are only names."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self.values = values

    def size(self, size: Size) -> float:
        number, names = monomial([size])
        return number * self._product(names)

    def cost(self, cost: Cost) -> float:
        return sum([number * self._product(names) for names, number in cost.items()])

    def _product(self, names: Iterable[str]) -> float:
        result = 1.0
        for name in names:
            result *= self.values.get(name, EQUAL)
        return result


class Sizes:
    """What is known of a function's sizes: `hints` are numbers to plan for, `above` pairs (m, n) with m >= n."""

    def __init__(self, hints: Mapping[str, int] | None = None, above: Iterable[tuple[str, str]] = ()) -> None:
        self.hints = {name: float(value) for name, value in (hints or {}).items()}
        self.above = set(above)

    def regimes(self, sizes: Iterable[Size]) -> list[Regime]:
        """The regimes in which plans over these sizes are compared; the first has all open sizes equal."""
        names = sorted({name for size in sizes for name in monomial([size])[1]} - set(self.hints))
        found = [Regime({**self.hints, **dict.fromkeys(names, EQUAL)})]
        if len(names) < 2:
            return found
        counts = range(1, len(names)) if len(names) <= _FEW else (1, len(names) - 1)
        for count in counts:
            for small in combinations(names, count):
                values = {name: SMALL if name in small else LARGE for name in names}
                if all(values.get(big, LARGE) >= values.get(less, SMALL) for big, less in self.above):
                    found.append(Regime({**self.hints, **values}))
        return found


def regret(costs: list[list[float]]) -> list[float]:
    """For every plan (a list of its costs in all regimes) the worst ratio to the best plan."""
    best = [max(min(column), 1.0) for column in zip(*costs, strict=True)]
    return [max([cost / least for cost, least in zip(row, best, strict=True)]) for row in costs]


def difference(first: Cost, second: Cost) -> tuple[Cost, Cost]:
    """Two costs without what they have in common, divided by the sizes that all their terms share."""
    names = {*first, *second}
    left = {name: first.get(name, 0.0) - second.get(name, 0.0) for name in names}
    shared: list[str] | None = None
    for name, number in left.items():
        if number:
            shared = list(name) if shared is None else _common(shared, name)
    parts: tuple[dict[tuple[str, ...], float], dict[tuple[str, ...], float]] = ({}, {})
    for name, number in left.items():
        if number:
            parts[number < 0][_without(name, shared or [])] = abs(number)
    return parts


def _common(names: list[str], others: Iterable[str]) -> list[str]:
    rest = list(others)
    found = []
    for name in names:
        if name in rest:
            rest.remove(name)
            found.append(name)
    return found


def _without(names: tuple[str, ...], gone: Iterable[str]) -> tuple[str, ...]:
    rest = list(names)
    for name in gone:
        rest.remove(name)
    return tuple(rest)
