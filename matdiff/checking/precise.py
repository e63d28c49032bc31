"""Tensors at random points in many digits: what agrees there is the same analytic function, what differs is not.

Two functions that are analytic on a connected domain and agree on an open set are equal; that they agree at random
points to forty digits and more, as exact arithmetic agrees modulo a large prime, leaves no room for chance.  Functions
with kinks (abs, relu) are no matter of proof here.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.checking.sizes import assignments, constraints, enough, size_names, sizes_of, work
from matdiff.formula.evaluate import scalar
from matdiff.formula.rings import NoValueError, Ring
from matdiff.formula.scope import Scope
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.graph.atoms import PRIME, random
from matdiff.graph.evaluate import evaluate, rows_of, table_of
from matdiff.graph.nodes import Lin, Map, Op, Power, Var, number, walk
from matdiff.graph.shapes import size_number
from matdiff.graph.world import Table, World
from matdiff.reading.reader import read_expression

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from matdiff.lean.fractions import Fraction

    from matdiff.graph.nodes import Node

_DIGITS = 60
_MOST_DIGITS = 1500
_KEPT = 25  # digits that rounding may take
_SIZES = ((2, 3, 2, 3), (3, 2, 2, 2))
_WORK = 6_000  # products of entries in all: each takes some microseconds in many digits
_FRECHET = {row.frechet: row.name for row in TABLE.values() if row.frechet}
_MATRIX = frozenset(_FRECHET.values())
_ANALYTIC = frozenset(
    (
        fn.INVERSE,
        fn.DETERMINANT,
        fn.LOGDET,
        "matpow",
        fn.SOFTMAX,
        fn.LOGSUMEXP,
        "fuse",
        "mask",
        "pick",
        "members",
        "place",
    )
) | {*_MATRIX, *_FRECHET}


def compared(difference: Node, like: Node) -> str:
    """Is a difference zero beside a tensor?  "equal", "different" from some digit on, or "" where that cannot be told
    here.
    """
    if not _analytic(difference):
        return ""
    digits = _digits(difference)
    names = size_names(size for inner in walk(difference, like) for size in sizes_of(inner))
    found = set()
    tried = list(assignments(names, constraints(difference), enough(difference, _SIZES)))
    if sum([work(difference, sizes) for sizes in tried]) > _WORK:
        return ""
    for seed, sizes in enumerate(tried, 1):
        for domain in (0, 1):
            verdict = _at(difference, like, sizes, 2 * seed + domain, digits) if digits else ""
            found |= {verdict} if verdict else set()
    return found.pop() if len(found) == 1 else ""


def _analytic(root: Node) -> bool:
    for node in walk(root):
        if isinstance(node, Op) and node.name not in _ANALYTIC:
            return False
        row = TABLE.get(node.function) if isinstance(node, Map) else None
        if row is not None and (row.kink or row.differential in {"", "0"}):
            return False
        if isinstance(node, Var) and node.structure == "orthogonal":
            return False
    return True


def _digits(root: Node) -> int:
    """How many digits to compute in: more where numbers of the question are long; 0 where they are too long."""
    longest = 0
    for node in walk(root):
        numbers = [c for c, _ in node.terms] if isinstance(node, Lin) else []
        if isinstance(node, Power) and (exponent := number(node.exponent)) is not None:
            numbers.append(exponent)
        longest = max([longest, *[len(str(c.numerator)) + len(str(c.denominator)) for c in numbers]])
        if longest > _MOST_DIGITS:
            return 0
    return _DIGITS + 2 * longest


def _at(difference: Node, like: Node, sizes: dict[str, int], seed: int, digits: int) -> str:
    import mpmath  # noqa: PLC0415 # it comes with SymPy, and few checks come here

    context = mpmath.mp.clone()
    context.dps = digits
    ring = Precise(context)
    integers = _integers(difference, like, apart=seed % 2 == 0)
    world = World(ring, ring.entries(seed), lambda size: size_number(size, lambda name: sizes.get(name, 2)), integers)
    try:
        gaps = evaluate(difference, world).values()
        spread = [abs(value) for value in evaluate(like, world).values()]
    except (NoValueError, ArithmeticError, ValueError, TypeError):
        return ""
    size = max([context.mpf(1), *spread])
    gap = max([context.mpf(0), *[abs(value) for value in gaps]])
    if gap <= size * context.mpf(10) ** (_KEPT - digits):
        return "equal"
    return "different"


def _integers(*roots: Node, apart: bool) -> dict[str, int]:
    """Numbers for symbolic integers; those that number entries or members, of which every array has two, are all the
    same or different.
    """
    found = {node.name: 3 for node in walk(*roots) if isinstance(node, Var) and node.role == "integer"}
    picks = [node for node in walk(*roots) if isinstance(node, Op) and node.name == "pick"]
    indices = {inner.name for pick in picks for inner in walk(*pick.args) if isinstance(inner, Var)}
    names = sorted(name for name in found if name in indices)
    return found | {name: 1 + k % 2 if apart else 2 for k, name in enumerate(names)}


class Precise(Ring):
    """Real numbers in many digits."""

    def __init__(self, context: Any) -> None:  # mpmath has no types
        self.context = context
        self.zero, self.one = context.mpf(0), context.mpf(1)
        self.operators = {
            **{name: self._matrix(name) for name in _MATRIX},
            **{name: self._direction(function) for name, function in _FRECHET.items()},
        }

    def entries(self, seed: int) -> Callable[[Var, tuple[int, ...]], Any]:
        """Random entries: positive ones for an even seed; square matrices near the identity, where roots are real."""

        def entry(node: Var, place: tuple[int, ...]) -> Any:
            if node.role == "number":
                return self.context.pi if node.name == fn.PI else self.context.e
            if node.structure in {"symmetric", "spd", "skew"} and place[-2] > place[-1]:
                turned = entry(node, (*place[:-2], place[-1], place[-2]))
                return -turned if node.structure == "skew" else turned
            share = self.context.mpf(random(seed, node.name, *place)) / PRIME
            value = share * 3 / 4 + self.context.mpf(1) / 5 if seed % 2 == 0 else 2 * share - 1
            inner = node.shape[node.family :]
            square = len(inner) == 2 and inner[0] == inner[1]
            if not square:
                return value
            i, j = place[-2:]
            if (node.structure == "lower" and i < j) or (node.structure == "upper" and i > j):
                return self.zero
            if node.structure == "skew":
                return self.zero if i == j else value
            return value / 3 + (3 if i == j else 0)

        return entry

    def number(self, value: int | Fraction) -> Any:
        return self.context.mpf(value.numerator) / value.denominator

    def inverse(self, value: Any) -> Any:
        if value == 0:
            raise NoValueError("1/0")
        return 1 / value

    def power(self, base: Any, exponent: int | Fraction) -> Any:
        return self.any_power(base, self.number(exponent) if exponent.denominator != 1 else exponent.numerator)

    def any_power(self, base: Any, exponent: Any) -> Any:
        return self._real(self.context.power(base, exponent))

    def _real(self, value: Any) -> Any:
        if isinstance(value, self.context.mpc):
            raise NoValueError("no real value")
        return value

    def function(self, name: str, value: Any) -> Any:
        row = TABLE[name]
        known = getattr(self.context, name, None) or getattr(self.context, row.sympy or name, None)
        if known is not None:
            return self._real(known(value))
        formula = row.formula
        if not formula:
            raise NoValueError(name)
        scope = Scope(self, lambda _: [[value]], lambda *_: None, {}, lambda name: getattr(self.context, name))
        return scalar(read_expression(formula, ["x"]), scope)

    def is_zero(self, value: Any) -> bool:
        return bool(abs(value) < self.context.mpf(10) ** (_KEPT - self.context.dps))

    def pivot(self, column: Sequence[Any]) -> int | None:
        place = max(range(len(column)), key=lambda k: abs(column[k]))
        return None if self.is_zero(column[place]) else place

    def _applied(self, function: str, rows: list[list[Any]]) -> list[list[Any]]:
        made = getattr(self.context, function)(self.context.matrix(rows))
        return [[self._near_real(made[i, j]) for j in range(made.cols)] for i in range(made.rows)]

    def _near_real(self, value: Any) -> Any:
        if isinstance(value, self.context.mpc):
            if abs(value.imag) > self.context.mpf(10) ** (_KEPT - self.context.dps):
                raise NoValueError("no real value")
            return value.real
        return value

    def _matrix(self, function: str) -> Callable[[list[Table]], Table]:
        def apply(args: list[Table]) -> Table:
            n = 1 + max(place[0] for place in args[0])
            return table_of(self._applied(function, rows_of(args[0], n)))

        return apply

    def _direction(self, function: str) -> Callable[[list[Table]], Table]:
        """The Fréchet derivative: the corner of f of a block matrix.  (Higham (2008), theorem 3.6.)"""

        def apply(args: list[Table]) -> Table:
            n = 1 + max(place[0] for place in args[0])
            a, e = (rows_of(table, n) for table in args)
            blocks = [[*a[i], *e[i]] for i in range(n)] + [[*[self.zero] * n, *a[i]] for i in range(n)]
            whole = self._applied(function, blocks)
            return table_of([row[n:] for row in whole[:n]])

        return apply
