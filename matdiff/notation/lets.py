"""Long answers made readable: subexpressions that come again are named, and listed under "where".

The subexpression that saves the most symbols is named first, then the next in what is left, definitions included.
Equal subexpressions are found by
numbering them once from the leaves up, so that a formula costs time in proportion to what is stored, however often its
parts are shared.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple, cast

from matdiff.formula.length import length
from matdiff.formula.syntax import (
    Add,
    Call,
    Div,
    Expr,
    Had,
    HadDiv,
    HadPow,
    IndexedSum,
    Matrix,
    Mul,
    Neg,
    Num,
    Pow,
    Sym,
    Transpose,
)
from matdiff.formula.syntax import Node as SyntaxNode
from matdiff.functions import SCALARS, TABLE
from matdiff.notation.chains import is_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from matdiff.formula.question import Symbol

LONG = 40  # symbols: what is shorter is read at a glance
_GAIN = 4  # symbols that a name must save
# symbols saved, where names for subexpressions of the same form are there: the layers of a net are all named, or none
_ALIKE = -1
_MOST = 60  # names
_NAMES = {
    "scalar": ("s", "t", "c", "q", "u", "v", *[f"s_{k}" for k in range(1, _MOST)]),
    "vector": ("h", "z", "g", "v", "u", *[f"h_{k}" for k in range(1, _MOST)]),
    "matrix": ("M", "G", "H", "P", "Q", *[f"M_{k}" for k in range(1, _MOST)]),
}
_SMALL = 12  # symbols of subexpressions whose forms are compared
_FEW = 2  # names of one kind that get letters of their own; more are numbered


class Short(NamedTuple):
    """A formula with names in it, and what they stand for, each defined by the question's symbols and the names before
    it.
    """

    tree: Expr
    lets: dict[str, Expr]


def shortened(tree: Expr, symbols: Mapping[str, Symbol], longest: int = LONG) -> Short:
    """The formula with its repeated subexpressions named; as it was, without names, where it has no more than
    `longest` symbols or nothing is gained.
    """
    if length(tree) <= longest:
        return Short(tree, {})
    store = _Store()
    roots = [store.number(tree)]
    named: list[int] = []
    forms: set[str] = set()
    while len(named) < _MOST:
        best = store.best(roots, forms)
        if best is None:
            break
        roots = [store.replaced(root, best) for root in roots]
        roots.append(best)
        named.append(best)
        forms.add(store.form(best))
    return _spelled(store, roots, named, symbols)


def _spelled(store: _Store, roots: list[int], named: list[int], symbols: Mapping[str, Symbol]) -> Short:
    """The formulas with names for the numbers in `named`, definitions in the order in which they need each other."""
    bodies = dict(zip(named, roots[1:], strict=True))
    placed: list[int] = []

    def place(number: int) -> None:
        for inner in store.names_in(bodies[number]):
            if inner not in placed:
                place(inner)
        placed.append(number)

    for inner in store.names_in(roots[0]):
        if inner not in placed:
            place(inner)
    shapes = {name: (symbol.shape[0] != 1, symbol.shape[1] != 1) for name, symbol in symbols.items()}
    for number in placed:
        shapes[f"{_MARK}{number}"] = _shape(store.trees[number], shapes)
    kinds = {number: _KINDS[shapes[f"{_MARK}{number}"]] for number in placed}
    names = _named(store, placed, kinds, set(symbols) | store.words)
    lets = {names[number]: store.spelled(bodies[number], names) for number in placed}
    return Short(store.spelled(roots[0], names), lets)


def _named(store: _Store, placed: list[int], kinds: dict[int, str], taken: set[str]) -> dict[int, str]:
    """A name for each number: r for a residual, letters where there are few of a kind, else h_1, h_2 …"""
    names: dict[int, str] = {}
    bases = {name.partition("_")[0] for name in taken}
    for number in placed:
        kind = kinds[number]
        wished: tuple[str, ...] = _NAMES[kind]
        if sum(other == kind for other in kinds.values()) > _FEW:
            wished = tuple([name for name in wished if "_" in name])
        elif kind != "scalar" and _is_difference(store.trees[number]):
            wished = ("r" if kind == "vector" else "R", *wished)
        wished = (*wished, *[f"h_{k}" for k in range(1, len(taken) + 2)])
        names[number] = next(
            name
            for k, name in enumerate(wished)
            if name not in taken and (name.partition("_")[0] not in bases or k >= len(_NAMES[kind]))
        )
        taken.add(names[number])
    return names


def _is_difference(tree: Expr) -> bool:
    """A residual: X w - y."""
    return isinstance(tree, Add) and len(tree.terms) == 2 and any(isinstance(term, Neg) for term in tree.terms)


class _Store:
    """Subexpressions by number: equal ones have one number.  A reference to a named one is kept apart from the
    subexpression itself.
    """

    def __init__(self) -> None:
        self.numbers: dict[tuple[object, ...], int] = {}
        self.trees: list[Expr] = []
        self.parts: list[tuple[int, ...]] = []
        self.lengths: list[int] = []
        self.words: set[str] = set()
        self.fixed: set[int] = set()
        self._known: dict[int, int] = {}
        self._alive: list[Expr] = []

    def number(self, tree: Expr) -> int:
        """The number of a subexpression; its parts are numbered first."""
        known = self._known.get(id(tree))
        if known is not None:
            return known
        parts = tuple([self.number(part) for part in _parts(tree)])
        found = self.add(tree, parts)
        self._known[id(tree)] = found
        self._alive.append(tree)  # an id is good as long as its object lives
        if isinstance(tree, Sym):
            self.words.add(tree.name)
        if isinstance(tree, IndexedSum):
            self.words.add(tree.index)
            self._fix(found, tree.index)
        return found

    def add(self, tree: Expr, parts: tuple[int, ...]) -> int:
        key = (type(tree), _label(tree), parts)
        found = self.numbers.get(key)
        if found is None:
            found = self.numbers[key] = len(self.trees)
            self.trees.append(tree)
            self.parts.append(parts)
            self.lengths.append(length(tree))
        return found

    def _fix(self, number: int, index: str) -> None:
        """What depends on the index of a sum cannot be named outside of it."""
        for inner in self.below([number]):
            if inner != number and any(
                isinstance(self.trees[k], Sym) and index in cast("Sym", self.trees[k]).name for k in self.below([inner])
            ):
                self.fixed.add(inner)

    def below(self, roots: list[int]) -> list[int]:
        """Every number below the roots, once, parts before what they are in."""
        order: list[int] = []
        seen: set[int] = set()
        stack = [(root, False) for root in roots]
        while stack:
            number, ready = stack.pop()
            if ready:
                order.append(number)
            elif number not in seen:
                seen.add(number)
                stack.append((number, True))
                stack.extend([(part, False) for part in self.parts[number] if part not in seen])
        return order

    def best(self, roots: list[int], forms: set[str]) -> int | None:
        """The number whose name saves the most symbols, or a part of it that is used still more often; None where none
        saves enough.
        """
        order = self.below(roots)
        uses = dict.fromkeys(order, 0)
        for root in roots:
            uses[root] += 1
        for number in reversed(order):
            for part in self.parts[number]:
                uses[part] += uses[number]
        gains: dict[int, int] = {}
        for number in order:
            if (
                uses[number] > 1
                and number not in self.fixed
                and number not in roots
                and _may_be_named(self.trees[number])
            ):
                gain = (uses[number] - 1) * self.lengths[number] - uses[number] - 2
                if gain >= _GAIN or (gain >= _ALIKE and self.form(number) in forms):
                    gains[number] = gain
        if not gains:
            return None
        best = max(gains, key=lambda number: gains[number])
        often = max([uses[part] for part in self.below([best]) if part in gains])
        return max(
            [part for part in self.below([best]) if part in gains and uses[part] == often], key=lambda part: gains[part]
        )

    def form(self, number: int) -> str:
        """What a subexpression looks like without its names."""
        parts = (
            ",".join([self.form(part) for part in self.parts[number]])
            if self.lengths[number] <= _SMALL
            else str(number)
        )
        tree = self.trees[number]
        return f"{type(tree).__name__}{tree.function if isinstance(tree, Call) else ''}({parts})"

    def replaced(self, root: int, gone: int) -> int:
        """The root with a reference to `gone` wherever that stood."""
        new: dict[int, int] = {gone: self.reference(gone)}
        for number in self.below([root]):
            if number not in new:
                parts = tuple([new[part] for part in self.parts[number]])
                new[number] = (
                    number
                    if parts == self.parts[number]
                    else self.add(_rebuilt(self.trees[number], [self.trees[part] for part in parts]), parts)
                )
                if number in self.fixed:
                    self.fixed.add(new[number])
        return new[root]

    def reference(self, number: int) -> int:
        return self.add(Sym(f"{_MARK}{number}"), ())

    def names_in(self, root: int) -> list[int]:
        return [
            int(tree.name[1:])
            for tree in (self.trees[k] for k in self.below([root]))
            if isinstance(tree, Sym) and tree.name[0] == _MARK
        ]

    def spelled(self, root: int, names: dict[int, str]) -> Expr:
        """The subexpression with names for its references."""
        made: dict[int, Expr] = {}
        for number in self.below([root]):
            tree = self.trees[number]
            if isinstance(tree, Sym) and tree.name[0] == _MARK:
                made[number] = Sym(names[int(tree.name[1:])])
            else:
                made[number] = _rebuilt(tree, [made[part] for part in self.parts[number]])
        return made[root]


_MARK = "\0"  # begins the names of references, which no symbol's name can


def _parts(tree: Expr) -> Iterator[Expr]:
    """The subexpressions of a formula."""
    for name in tree.__match_args__:
        value = getattr(tree, name)
        if isinstance(value, tuple):
            yield from [item for item in value if isinstance(item, SyntaxNode)]  # type: ignore[misc] # every such node is an Expr
        elif isinstance(value, SyntaxNode):
            yield cast("Expr", value)


def _label(tree: Expr) -> tuple[object, ...]:
    """What a formula says beside its subexpressions."""
    label: list[object] = []
    for name in tree.__match_args__:
        value = getattr(tree, name)
        if isinstance(value, tuple):
            label.append(len(value) if value and isinstance(value[0], SyntaxNode) else value)
        elif not isinstance(value, SyntaxNode):
            label.append(value)
    return tuple(label)


def _rebuilt(tree: Expr, parts: list[Expr]) -> Expr:
    """The formula with other subexpressions."""
    if not parts:
        return tree
    left = iter(parts)
    made: dict[str, object] = {}
    for name in tree.__match_args__:
        value = getattr(tree, name)
        if isinstance(value, tuple) and value and isinstance(value[0], SyntaxNode):
            made[name] = tuple([next(left) for _ in value])
        else:
            made[name] = next(left) if isinstance(value, SyntaxNode) else value
    return type(tree)(**made)  # type: ignore[arg-type] # the fields of its own kind


def _may_be_named(tree: Expr) -> bool:
    """Not names, numbers, constants, or what is as easily read as a name: x^T, 2 x, X^-1, x_i^2."""
    if isinstance(tree, (Sym, Num, Neg, IndexedSum, Matrix)) or (
        isinstance(tree, Call) and TABLE[tree.function].shape == "constant"
    ):
        return False
    if isinstance(tree, (Transpose, Pow, HadPow)):
        return not isinstance(tree.arg if isinstance(tree, Transpose) else tree.base, (Sym, Transpose))
    return True


_KINDS = {(False, False): "scalar", (True, False): "vector", (False, True): "vector", (True, True): "matrix"}


def _shape(tree: Expr, shapes: Mapping[str, tuple[bool, bool]]) -> tuple[bool, bool]:
    """Whether a formula has several rows, and several columns."""
    if isinstance(tree, Sym):
        return shapes.get(tree.name, (False, False))
    if isinstance(tree, Transpose):
        return _shape(tree.arg, shapes)[::-1]
    if isinstance(tree, Mul):
        inner = [shape for factor in tree.factors if (shape := _shape(factor, shapes)) != (False, False)]
        return (inner[0][0], inner[-1][1]) if inner else (False, False)
    if isinstance(tree, Call):
        return _call_shape(tree, shapes)
    if isinstance(tree, (Pow, HadPow)):
        return _shape(tree.base, shapes)
    inner = [_shape(part, shapes) for part in _parts(tree)] if isinstance(tree, (Add, Neg, Div, Had, HadDiv)) else []
    return (any(shape[0] for shape in inner), any(shape[1] for shape in inner))


def _call_shape(tree: Call, shapes: Mapping[str, tuple[bool, bool]]) -> tuple[bool, bool]:
    row = TABLE[tree.function]
    if row.takes == ("index",):
        return True, False
    if row.takes == ("size",) and row.arity == (0, 2):
        return (not is_number(tree.args[0], 1), len(tree.args) > 1 and not is_number(tree.args[1], 1))
    if tree.function in SCALARS and not (row.parametric and len(tree.args) > 1):
        return False, False
    known = _BY_SHAPE.get(row.shape)
    return known or (_shape(tree.args[0], shapes) if tree.args else (False, False))


# by the rows' shape rules; a constant that is no column of numbers is a matrix
_BY_SHAPE = {
    **dict.fromkeys(("constant", "diag", "outer", "kron", "jacobian", "eigenvectors"), (True, True)),
    **dict.fromkeys(("vec", "vech", "rows", "columns", "eigenvector"), (True, False)),
}
