"""The entries of an answer: its graph evaluated over SymPy's expressions, by the evaluator that serves every ring."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING
from math import prod

import sympy

from matdiff.errors import OutputError
from matdiff.explicit.sizes import size_number
from matdiff.formula.rings import NoValueError, Ring
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.graph.evaluate import evaluate
from matdiff.graph.nodes import Ein, walk
from matdiff.graph.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from matdiff.lean.fractions import Fraction

    from matdiff.calculator import Answer
    from matdiff.formula.rings import Rows
    from matdiff.graph.nodes import Node, Var
    from matdiff.notation.layout import Laid

_LARGEST = 400  # entries of one matrix: more are no reading matter
_LARGEST_INVERSE = 4  # rows: the inverse of a matrix of five by five symbols has thousands of terms
_LARGEST_DETERMINANT = 5  # rows: 120 products
_MOST = 2_000_000  # products of entries

# SymPy's own functions by the name that the rows give; where it has none, a head that is only a name
ENTRYWISE: dict[str, Callable[[sympy.Expr], sympy.Expr]] = {
    row.name: getattr(sympy, row.sympy) if row.sympy.isidentifier() else sympy.Function(row.name, real=True)
    for row in TABLE.values()
    if row.sympy and row.shape == "same" and "{" not in row.sympy
}


def cannot(what: str) -> OutputError:
    return OutputError("E411", f"the entries of {what} cannot be written out")


class Expressions(Ring):
    """SymPy's expressions; inverses by Cramer's rule, whose entries are fractions with the determinant below."""

    zero = sympy.S.Zero
    one = sympy.S.One
    longest_sum = 50

    def number(self, value: int | Fraction) -> sympy.Expr:
        return sympy.Rational(value.numerator, value.denominator)

    def inverse(self, value: sympy.Expr) -> sympy.Expr:
        if value == 0:
            raise NoValueError("1/0")
        return 1 / value

    def power(self, base: sympy.Expr, exponent: int | Fraction) -> sympy.Expr:
        return base ** self.number(exponent)

    def any_power(self, base: sympy.Expr, exponent: sympy.Expr) -> sympy.Expr:
        return base**exponent

    def function(self, name: str, value: sympy.Expr) -> sympy.Expr:
        known = ENTRYWISE.get(name)
        if known is None:
            raise cannot(f"{name}(…)")
        return known(value)

    def opaque(self, name: str, told: object, args: Sequence[sympy.Expr], place: tuple[int, ...]) -> sympy.Expr:  # noqa: ARG002 # it has no such atoms
        raise cannot(f"{name}(…)" if name in TABLE else "an unknown function")

    def earlier(self, left: list[sympy.Expr], right: list[sympy.Expr]) -> bool:  # noqa: ARG002 # expressions have no order
        return False

    def determinant(self, rows: Rows) -> sympy.Expr:
        matrix = sympy.ImmutableMatrix(rows)
        if matrix.rows > _LARGEST_DETERMINANT and not matrix.is_diagonal():
            raise cannot(f"a determinant of {matrix.rows} rows")
        return matrix.det(method="berkowitz")

    def inverted(self, rows: Rows) -> Rows:
        matrix = sympy.ImmutableMatrix(rows)
        if matrix.is_diagonal():
            return [
                [self.inverse(entry) if i == j else entry for j, entry in enumerate(row)] for i, row in enumerate(rows)
            ]
        if matrix.rows > _LARGEST_INVERSE:
            raise OutputError(
                "E411",
                f"the inverse of {matrix.rows} by {matrix.rows} symbols is too long to be written out",
                hint="choose a smaller number",
            )
        below = self.determinant(rows)
        found: Rows = matrix.adjugate().applyfunc(lambda entry: entry / below).tolist()
        return found


EXPRESSIONS = Expressions()


def entries(answer: Answer, laid: Laid, n: int) -> Rows:
    """The rows of an answer's entries, where every size that the question leaves open is `n`.

    Raises OutputError E411 for what has no entries, and for what would have too many.
    """
    numbers = _numbers(answer)
    world = World(
        EXPRESSIONS,
        lambda node, place: _entry(answer, node, place),
        lambda size: size_number(size, n),
        {},
        lambda name: sympy.Integer(size_number(name, n)),
    )
    _refuse_large(laid.node, world)
    try:
        table = evaluate(laid.node, world)
    except NoValueError as error:
        raise OutputError(
            "E411",
            f"the entries cannot be written out: {error}",
            hint="an exponent or a bound that is a name needs a number: -w 'k = 3'",
        ) from None
    lead = tuple([number - 1 for number in numbers])
    sides = [world.size(size) for size in laid.node.shape[len(lead) :]]
    if len(sides) == 2:
        return [[table[*lead, i, j] for j in range(sides[1])] for i in range(sides[0])]
    line = [table[*lead, i] for i in range(sides[0])] if sides else [table[lead]]
    return [line] if laid.row else [[entry] for entry in line]


def _numbers(answer: Answer) -> tuple[int, ...]:
    """The numbers of the members that the derivative is by.  Raises OutputError where one is a letter."""
    members = [variable for variable in answer.variables if variable.part.family]
    for variable in members:
        if not all(name.isdigit() for name in variable.by.index):
            raise cannot(f"{variable.symbol.name}, whose index is free,")
    return tuple([int(name) for variable in members for name in variable.by.index])


def _refuse_large(root: Node, world: World) -> None:
    """Raises OutputError where evaluating would take too long."""
    for node in walk(root):
        if not isinstance(node, Ein) and prod([world.size(size) for size in node.shape]) > _LARGEST:
            name = f"{getattr(node, 'name', '')} would have" if getattr(node, "name", "") else "there would be"
            raise OutputError(
                "E411",
                f"{name} {prod([world.size(size) for size in node.shape])} entries; {_LARGEST} are the limit",
                hint="choose a smaller number for --explicit",
            )
        if isinstance(node, Ein) and prod([world.size(size) for size in node.sizes]) > _MOST:
            raise OutputError(
                "E411", "the entries are too many to be written out", hint="choose a smaller number for --explicit"
            )


# -- symbols -----------------------------------------------------------------------------------------------------------


def _entry(answer: Answer, node: Var, place: tuple[int, ...]) -> sympy.Expr:
    """The symbol of an entry: x_1, A_12, of a family's member x_31, with what the structure says of it."""
    if node.role == "number":
        return sympy.pi if node.name == fn.PI else sympy.E
    if not place:
        return sympy.Symbol(node.name)
    symbol = answer.symbols.get(node.name)
    starts = (symbol.family_starts if symbol is not None else ()) or (1,) * node.family
    members = [start + at for start, at in zip(starts, place, strict=False)][: node.family]
    base = node.name.partition("_")[0] if node.family else node.name
    inner = place[node.family :]
    if node.structure == "diagonal" and len(inner) == 1:
        inner = inner * 2
    i, j = inner if len(inner) == 2 else (0, 0)
    if {"lower": i < j, "upper": i > j, "skew": i == j and len(inner) == 2}.get(node.structure, False):
        return sympy.S.Zero
    turned = node.structure in {"symmetric", "spd", "skew"} and i > j
    numbers = [*members, *[at + 1 for at in (inner[::-1] if turned else inner)]]
    found = sympy.Symbol(_entry_name(base, numbers))
    return -found if turned and node.structure == "skew" else found


def _entry_name(base: str, indices: list[int]) -> str:
    """x_1, A_12; A_1_12 where an index has two digits, and W_1_12 where the name has a subscript."""
    return base + "_" + ("" if max(indices) < 10 else "_").join(map(str, indices))
