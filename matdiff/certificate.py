"""The certificate of an answer: its text, read as a reader reads it, against the derivative's graph.

Both are evaluated on the same random entries, at small sizes: modulo a large prime, where functions are opaque atoms,
so that equality is an identity (up to a chance of 2^-60); where that doesn't tell, by floats.  What contradicts the
graph is never printed.
"""

from __future__ import annotations

import math
from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.errors import CalculusError, MatdiffError
from matdiff.formula import evaluate as formulas
from matdiff.formula.floats import TableFloats
from matdiff.formula.matrices import Eye, shape, sized
from matdiff.formula.rings import NoValueError
from matdiff.formula.scope import Scope
from matdiff.formula.syntax import IndexedSum, Num, Sym, subtrees
from matdiff.graph.atoms import PRIME
from matdiff.graph.chance import Chance, Numbers, known
from matdiff.graph.contraction import work
from matdiff.graph.evaluate import evaluate
from matdiff.graph.nodes import IndexSum, Op, Var, number, walk
from matdiff.graph.residues import ROOTED
from matdiff.graph.shapes import size_number
from matdiff.graph.world import World
from matdiff.notation.families import common_place
from matdiff.reading.reader import read_expression
from matdiff.reading.signs import TOP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matdiff.calculator import Answer
    from matdiff.formula.rings import Element, Ring, Rows
    from matdiff.formula.syntax import Expr, Size
    from matdiff.notation.layout import Laid

_SIZES = ((2, 3), (3, 2), (3, 3), (2, 2), (4, 3))  # in turn to the sizes of a question, until every inverse exists
_MOST = 20_000  # products of entries that a certificate may take
_LARGE = 9  # members of a family: sums over more are not tried
_POINTS = 3
_CLOSE = 1e-6
_NAME = re.compile(r"[^\W\d]\w*")


class Certificate(NamedTuple):
    """exact: equal in exact arithmetic.  numeric: equal by floats at random points.  no: not seen, and why not."""

    status: str
    why: str = ""


def certify(answer: Answer, laid: Laid) -> Certificate:
    """The certificate of an answer, whose graph is in force.  Raises CalculusError E904 for a contradiction."""
    if answer.formula is None:
        return Certificate("no", "it is too long for a formula")
    if answer.question.form == "index":
        return Certificate("no", "it is written entry by entry")
    try:
        tree = _read_again(answer)
    except MatdiffError as error:
        return Certificate("no", f"its text is not read back: {error.message}")
    return _Comparison(answer, laid, tree).certificate()


def _read_again(answer: Answer) -> Expr:
    functions = {name: symbol.args for name, symbol in answer.symbols.items() if symbol.kind == "function"}
    sizes = [name for name in size_names(answer) if len(name) > 1]  # T as a name would hide the mark of a transpose
    names = [*(name for name in answer.symbols if name not in functions and name not in size_names(answer)), *sizes]
    known = [name for name in (*names, *answer.lets) if name != TOP]  # ^T is the transpose in every answer
    return read_expression(answer.ascii, known, functions)


def size_names(answer: Answer) -> dict[str, None]:
    """The names of a question's sizes, in order, those that number members too."""
    texts = [size for symbol in answer.symbols.values() for size in (*symbol.shape, *symbol.family_sizes)]
    texts += [*answer.shape, *answer.value.shape]  # that of an identity in the question stands nowhere else
    found = dict.fromkeys([name for text in texts if isinstance(text, str) for name in _NAME.findall(text)])
    own = {name: None for name, symbol in answer.symbols.items() if symbol.kind == "size"}
    return found | own


def integer_names(answer: Answer) -> list[str]:
    """The letters that number members or entries which no sum binds."""
    nodes = [node for node in walk(answer.value, answer.derivative) if isinstance(node, (IndexSum, Var))]
    bound = {node.index.name for node in nodes if isinstance(node, IndexSum)}
    return sorted({node.name for node in nodes if isinstance(node, Var) and node.role == "integer"} - bound)


def _units(nodes: list[Op], answer: Answer, tree: Expr) -> Iterator[tuple[str, Size]]:
    """The unit vectors e_i of an answer's text, and how long they are: as the graph has them, or the range of i."""
    for node in nodes:
        if node.name == "pick" and not node.attributes:
            place = node.args[0]
            yield f"e_{place.name if isinstance(place, Var) else number(place)}", node.shape[0]
    for inner in subtrees(tree, *answer.lets.values()):
        if isinstance(inner, IndexedSum) and isinstance(inner.hi, (Num, Sym)):
            yield f"e_{inner.index}", inner.hi.name if isinstance(inner.hi, Sym) else int(inner.hi.value)


class _Comparison:
    """The text and the graph, at the same sizes and the same entries."""

    def __init__(self, answer: Answer, laid: Laid, tree: Expr) -> None:
        self.answer, self.laid, self.tree = answer, laid, tree
        self.letters = [name for variable in answer.variables if variable.part.family for name in variable.by.index]
        self.starts = [
            start
            for variable in answer.variables
            if variable.part.family
            for start in variable.symbol.family_starts or (1,) * len(variable.by.index)
        ]
        self.operators = [node for node in walk(answer.value, laid.node) if isinstance(node, Op)]
        self.units = dict(_units(self.operators, answer, tree))
        self.integers = [*integer_names(answer), *self.letters]
        self.free = {variable.var.name for variable in answer.variables}

    def certificate(self) -> Certificate:
        why, tried = "", dict[str, int]()
        for seed, sizes in enumerate(_assignments(self.answer), 1):
            if self._work(sizes) > _MOST:
                why = why or "its sizes are too large to be tried"
                continue
            try:
                if self._same(Chance(self.answer.symbols, self.free, seed, ROOTED), sizes):
                    return Certificate("exact")
            except NoValueError as error:
                why = str(error) or "division by zero"
                tried = tried or sizes
                continue
            return self._by_floats(sizes)
        return self._by_floats(tried, why) if tried else Certificate("no", why)

    def _by_floats(self, sizes: dict[str, int], reason: str = "it does not tell") -> Certificate:
        """What exact arithmetic does not see, such as sqrt(x^2) = |x|, or a contradiction."""
        different = equal = 0
        why = "no point was found where it has a value"
        for seed in range(2, 2 + 4 * _POINTS):
            try:
                same = self._same(Numbers(self.answer.symbols, self.free, seed, FLOATS), sizes)
            except NoValueError as error:
                why = str(error)
                continue
            different, equal = different + (not same), equal + same
            if different + equal == _POINTS:
                break
        if different == _POINTS:
            raise CalculusError("E904", "internal error: the formula found contradicts the derivative")
        if different or not equal:
            return Certificate("no", f"not in exact arithmetic ({reason}), nor in numbers ({why})")
        return Certificate("numeric")

    def _work(self, sizes: dict[str, int]) -> int:
        return work(self.laid.node, lambda size: size_number(size, lambda name: sizes.get(name, 3)))

    def _same(self, entries: Chance, sizes: dict[str, int]) -> bool:
        """Does the text say what the graph says?"""
        ring = entries.ring
        entries.sizes = sizes
        powers = {name: 3 for name, symbol in self.answer.symbols.items() if symbol.kind == "integer"}

        def size_of(size: Size) -> int:
            return size_number(size, lambda name: known(sizes, name))

        for numbers in self._members():
            integers = {**dict.fromkeys(self.integers, 2), **powers, **dict(zip(self.letters, numbers, strict=True))}
            world = World(ring, entries.entry, size_of, integers)
            whole = {**sizes, **integers}
            want = self._laid(evaluate(self.laid.node, world), numbers, world)
            matrix, member = entries.matrix(sizes), entries.member(sizes)
            functions, layout = self._functions(sizes), self.answer.question.layout
            units = {unit: world.size(size) for unit, size in self.units.items()} | self._ranges(world)
            scope = Scope(ring, matrix, member, whole, entries.constant, functions, layout, units)
            for name, meaning in self.answer.lets.items():
                scope.named[name] = formulas.rows(meaning, scope)
            got = formulas.value(self.tree, scope)
            if isinstance(got, Eye):
                got = sized(got, len(want), ring)
            if not agree(ring, got, want):
                return False
        return True

    def _ranges(self, world: World) -> dict[str, int]:
        """The unit vectors e_{a:b} and e_{n+1}, by the numbers that their places are here, and how long they are."""
        found = {}
        for node in self.operators:
            if node.name == "range":
                low, last = map(world.size, node.attributes)
                found[f"e_{low}:{last}"] = world.size(node.shape[0])
            elif node.name == "pick" and not node.attributes:
                place = node.args[0]
                if not isinstance(place, Var) and number(place) is None:
                    found[f"e_{world.whole(place)}"] = world.size(node.shape[0])
        return found

    def _members(self) -> list[tuple[int, ...]]:
        """Numbers for the members that an answer names, in the part that it is for: the same, and different ones."""
        place = common_place(self.laid.node, self.letters)
        low = place.attributes[0] if place is not None and isinstance(place.attributes[0], int) else 2
        same = (low,) * len(self.letters)
        return [same] if len(self.letters) < 2 else [same, tuple([low + k % 2 for k in range(len(self.letters))])]

    def _functions(self, sizes: dict[str, int]) -> dict[str, tuple[tuple[int, int], tuple[str, ...]]]:
        found = {}
        for name, symbol in self.answer.symbols.items():
            if symbol.kind == "function":
                m, n = [size_number(size, lambda name: known(sizes, name)) for size in symbol.shape]
                found[name] = ((m, n), symbol.args)
        return found

    def _laid(self, table: dict[tuple[int, ...], Element], numbers: tuple[int, ...], world: World) -> Rows:
        lead = tuple([number - start for number, start in zip(numbers, self.starts, strict=True)])
        shape = [world.size(size) for size in self.laid.node.shape[len(lead) :]]
        if lead and (*lead, *[0] * len(shape)) not in table:
            raise NoValueError("a member that the family does not have")
        if len(shape) == 2:
            return [[table[*lead, i, j] for j in range(shape[1])] for i in range(shape[0])]
        if not shape:
            return [[table[lead]]]
        entries = [table[*lead, i] for i in range(shape[0])]
        return [entries] if self.laid.row else [[entry] for entry in entries]


def agree(ring: Ring, got: Rows, want: Rows) -> bool:
    """Are two matrices the same?  A scalar zero is a zero of every shape.  Raises NoValueError for other shapes."""
    if shape(got) == (1, 1) != shape(want) and ring.is_zero(got[0][0]):
        got = [[got[0][0]] * len(row) for row in want]
    if shape(got) != shape(want):
        raise NoValueError("its text has another shape")
    pairs = [(a, b) for one, other in zip(got, want, strict=True) for a, b in zip(one, other, strict=True)]
    if ring is ROOTED:
        return all((a - b) % PRIME == 0 for a, b in pairs)
    if not all(math.isfinite(a) and math.isfinite(b) for a, b in pairs):
        raise NoValueError("numbers out of range")
    size = max([1e-9, *[abs(b) for _, b in pairs], *[abs(a) for a, _ in pairs]])
    return all(abs(a - b) <= _CLOSE * size for a, b in pairs)


def _assignments(answer: Answer) -> Iterator[dict[str, int]]:
    names = list(size_names(answer))
    members = {
        name for symbol in answer.symbols.values() for size in symbol.family_sizes for name in _NAME.findall(str(size))
    }
    bounds = [
        bound for tree in subtrees(answer.expression) if isinstance(tree, IndexedSum) for bound in (tree.lo, tree.hi)
    ]
    members |= {name.name for bound in bounds for name in subtrees(bound) if isinstance(name, Sym)}
    most = max([3, *[int(bound.value) for bound in bounds if isinstance(bound, Num) and bound.value < _LARGE]])
    for choice in _SIZES * 2:
        yield {name: most if name in members else choice[k % len(choice)] for k, name in enumerate(names)}


FLOATS = TableFloats(lambda formula: read_expression(formula, ["x"]))
