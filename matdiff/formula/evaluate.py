"""Formulas evaluated over a ring, as a reader takes them: names stand for matrices of elements, shapes are what comes.

Nothing is inferred and nothing rewritten: an I has the size that its neighbours have, a scalar beside a matrix stands
for every entry.  So the value says what a text says, and not what the program meant by it.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula import syntax, unknown
from matdiff.formula.matrices import (
    OPERATIONS,
    Eye,
    beside,
    commutation,
    contraction,
    each,
    flat_of,
    plus,
    shape,
    sized,
    times,
    total_of,
    triangle,
    turned_rows,
    units,
    unvec,
)
from matdiff.formula.norms import norm_of
from matdiff.formula.opaque import opaque_rows, opaque_square
from matdiff.formula.rings import (
    Element,
    NoValueError,
    Rows,
    between,
    matrix_power,
    pseudo_inverse,
)
from matdiff.formula.syntax import DELTA, Expr, Num, Sym
from matdiff.formula.whole import rational, whole
from matdiff.functions import TABLE
from matdiff.functions import names as fn

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.formula.scope import Scope


HALF = Fraction(1, 2)
_UNKNOWN = "an unknown function"


def value(tree: Expr, scope: Scope) -> Rows | Eye:
    """The rows that a formula stands for.  Raises NoValueError for what has no value in the ring, or does not fit."""
    rule = _RULES.get(type(tree))
    if rule is None:
        raise NoValueError(_UNKNOWN)
    return rule(tree, scope)


def rows(tree: Expr, scope: Scope) -> Rows:
    """The rows of a formula that is no identity of unknown size."""
    found = value(tree, scope)
    if isinstance(found, Eye):
        raise NoValueError("an identity of no known size")
    return found


def scalar(tree: Expr, scope: Scope) -> Element:
    found = rows(tree, scope)
    if shape(found) != (1, 1):
        raise NoValueError("a scalar is expected")
    return found[0][0]


# -- names -------------------------------------------------------------------------------------------------------------


def _number(tree: Num, scope: Scope) -> Rows:
    return [[scope.ring.number(tree.value)]]


def _name(tree: Sym, scope: Scope) -> Rows | Eye:
    name = tree.name
    if name in scope.whole:
        return [[scope.ring.number(scope.whole[name])]]
    found = scope.named.get(name) or scope.matrix(name)
    if found is not None:
        return found
    if name in scope.functions:
        return _apply(syntax.Apply(name, ()), scope)
    base, _, subscript = name.partition("_")
    numbers = _indices(subscript, scope)
    if not numbers:
        if name in {fn.PI, fn.EULER}:
            return [[scope.constant(name)]]
        if name == fn.IDENTITY_LETTER:
            return Eye(scope.ring.one)
        raise NoValueError(f"the name {name}")
    if base == DELTA and len(numbers) == 2:
        return [[scope.ring.one if numbers[0] == numbers[1] else scope.ring.zero]]
    if name in scope.units:
        return [[scope.ring.one if k == numbers[0] else scope.ring.zero] for k in range(1, scope.units[name] + 1)]
    member = scope.member(base, numbers)
    return member if member is not None else _entry(base, numbers, scope)


def _indices(subscript: str, scope: Scope) -> tuple[int, ...]:
    """The numbers that a subscript's letters stand for, () where one of them stands for none."""
    parts = [subscript] if subscript in scope.whole or subscript.isdigit() else list(subscript)
    found = [int(part) if part.isdigit() else scope.whole.get(part) for part in parts]
    return tuple([number for number in found if number is not None]) if None not in found else ()


def _entry(base: str, numbers: tuple[int, ...], scope: Scope) -> Rows:
    matrix = scope.matrix(base)
    if matrix is None or len(numbers) > 2:
        raise NoValueError(f"the name {base}")
    places = numbers if len(numbers) == 2 else (numbers[0], 1) if len(matrix[0]) == 1 else (1, numbers[0])
    if not (1 <= places[0] <= len(matrix) and 1 <= places[1] <= len(matrix[0])):
        raise NoValueError(f"an entry outside of {base}")
    return [[matrix[places[0] - 1][places[1] - 1]]]


# -- sums and products -------------------------------------------------------------------------------------------------


def _add(tree: syntax.Add, scope: Scope) -> Rows | Eye:
    total = value(tree.terms[0], scope)
    for term in tree.terms[1:]:
        total = plus(scope.ring, total, value(term, scope))
    return total


def _mul(tree: syntax.Mul, scope: Scope) -> Rows | Eye:
    total = value(tree.factors[0], scope)
    for factor in tree.factors[1:]:
        total = times(scope.ring, total, value(factor, scope))
    return total


def _div(tree: syntax.Div, scope: Scope) -> Rows | Eye:
    return times(scope.ring, value(tree.num, scope), [[scope.ring.inverse(scalar(tree.den, scope))]])


def _had(tree: syntax.Had, scope: Scope) -> Rows:
    found = [value(factor, scope) for factor in tree.factors]
    found.sort(key=lambda part: isinstance(part, Eye))
    total = found[0]
    for part in found[1:]:
        total = each(scope.ring, total, part, lambda a, b: a * b)
    if isinstance(total, Eye):
        raise NoValueError("identities of no known size")
    return total


def _had_div(tree: syntax.HadDiv, scope: Scope) -> Rows:
    below = rows(tree.den, scope)
    return each(
        scope.ring,
        value(tree.num, scope),
        [[scope.ring.inverse(b) for b in row] for row in below],
        lambda a, b: a * b,
    )


def _neg(tree: syntax.Neg, scope: Scope) -> Rows | Eye:
    return times(scope.ring, value(tree.arg, scope), [[scope.ring.number(-1)]])


def _transpose(tree: syntax.Transpose, scope: Scope) -> Rows | Eye:
    found = value(tree.arg, scope)
    return found if isinstance(found, Eye) else turned_rows(found)


def _exponent(tree: Expr, scope: Scope) -> tuple[Element, bool]:
    """An exponent, and whether it is a number."""
    try:
        return rational(tree, scope), True
    except NoValueError:
        return scalar(tree, scope), False


def _powers(matrix: Rows, tree: Expr, scope: Scope) -> Rows:
    """Every entry to a power."""
    exponent, is_number = _exponent(tree, scope)
    power = scope.ring.power if is_number else scope.ring.any_power
    return [[power(entry, exponent) for entry in row] for row in matrix]


def _pow(tree: syntax.Pow, scope: Scope) -> Rows | Eye:
    base = value(tree.base, scope)
    if isinstance(base, Eye):
        return Eye(scope.ring.power(base.factor, rational(tree.exponent, scope)))
    if shape(base) == (1, 1):
        return _powers(base, tree.exponent, scope)
    if len(base) != len(base[0]):
        raise NoValueError("a power of a matrix that is not square")
    return matrix_power(scope.ring, base, whole(tree.exponent, scope))


def _had_pow(tree: syntax.HadPow, scope: Scope) -> Rows:
    exponent = rows(tree.exponent, scope) if not isinstance(tree.exponent, Num) else [[scope.ring.one]]
    base = rows(tree.base, scope)
    if shape(exponent) == (1, 1):
        return _powers(base, tree.exponent, scope)
    ring = scope.ring
    return each(ring, base, exponent, lambda b, e: ring.function(fn.EXP, ring.reduce(e * ring.function(fn.LOG, b))))


def _indexed_sum(tree: syntax.IndexedSum, scope: Scope) -> Rows | Eye:
    low, high = whole(tree.lo, scope), whole(tree.hi, scope)
    total: Rows | Eye | None = None
    join = times if tree.product else plus
    for number in between(scope.ring, low, high):
        term = value(tree.body, scope.at(tree.index, number))
        total = term if total is None else join(scope.ring, total, term)
    return total if total is not None else [[scope.ring.one if tree.product else scope.ring.zero]]


# -- unknown functions -------------------------------------------------------------------------------------------------


def _arguments(name: str, args: tuple[Expr, ...], scope: Scope) -> list[Rows]:
    if name not in scope.functions:
        raise NoValueError(_UNKNOWN)
    return [rows(arg, scope) for arg in args or [Sym(arg) for arg in scope.functions[name][1]]]


def _apply(tree: syntax.Apply, scope: Scope) -> Rows:
    return unknown.applied(tree, _arguments(tree.name, tree.args, scope), scope)


def _derivative(tree: syntax.Derivative, scope: Scope) -> Rows:
    return unknown.derived(tree, _arguments(tree.name, tree.args, scope), scope)


# -- functions ---------------------------------------------------------------------------------------------------------


def _call(tree: syntax.Call, scope: Scope) -> Rows | Eye:
    row = TABLE[tree.function]
    special = _OPERATIONS.get(row.operation)
    if special is not None:
        return special(tree, scope)
    found = [rows(arg, scope) for arg in tree.args]
    if row.einsum:
        return contraction(scope.ring, row.einsum, found)
    plain = OPERATIONS.get(row.operation)
    if plain is not None:
        return plain(scope.ring, *found)
    if row.name == fn.PSEUDOINVERSE and scope.ring.full_rank:
        return pseudo_inverse(scope.ring, found[0])
    if row.kind == "elementwise":
        return [[scope.ring.function(row.name, entry) for entry in line] for line in found[0]]
    if row.shape == "square->square":
        return opaque_square(scope.ring, row.name, found)
    return opaque_rows(scope.ring, row, found)


def _filled(args: tuple[Expr, ...], scope: Scope, entry: Element) -> Rows:
    sides = [*[whole(arg, scope) for arg in args], 1][:2] if args else [1, 1]
    return [[entry] * sides[1] for _ in range(sides[0])]


def _eye(tree: syntax.Call, scope: Scope) -> Rows | Eye:
    one = Eye(scope.ring.one)
    return sized(one, whole(tree.args[0], scope), scope.ring) if tree.args else one


def _norm(tree: syntax.Call, scope: Scope) -> Rows:
    ring, matrix = scope.ring, rows(tree.args[0], scope)
    norm = norm_of(tree, is_vector=1 in shape(matrix))
    if norm.kind == "2":
        return [[ring.power(total_of(ring, [entry * entry for entry in flat_of(matrix)])[0][0], HALF)]]
    sizes = [ring.function(fn.ABSOLUTE, entry) for entry in flat_of(matrix)]
    if norm.kind == "1":
        return total_of(ring, sizes)
    if norm.exponent is None:
        raise NoValueError("a norm that takes a maximum")
    exponent, is_number = _exponent(norm.exponent, scope)
    power = ring.power if is_number else ring.any_power
    total = total_of(ring, [power(entry, exponent) for entry in sizes])[0][0]
    return [[power(total, 1 / Num(exponent).value if is_number else ring.inverse(exponent))]]


def _unit(tree: syntax.Call, scope: Scope) -> Rows:
    """The unit vector e_i of a known size."""
    index = tree.args[0]
    place = index.name if isinstance(index, Sym) else str(whole(index, scope))
    return rows(Sym(f"e_{place}"), scope)


def _unit_vectors(tree: syntax.Call, scope: Scope) -> Rows:
    """e_{a:b}, as long as the scope says."""
    low, high = [whole(arg, scope) for arg in tree.args]
    return units(scope.ring, low, high, scope.units.get(f"e_{low}:{high}"))


def _unvec(tree: syntax.Call, scope: Scope) -> Rows:
    vector, m, n = tree.args
    return unvec(flat_of(rows(vector, scope)), whole(m, scope), whole(n, scope))


def _square_root(tree: syntax.Call, scope: Scope) -> Rows:
    return [[scope.ring.power(entry, HALF) for entry in row] for row in rows(tree.args[0], scope)]


_OPERATIONS: dict[str, Callable[[syntax.Call, Scope], Rows | Eye]] = {  # by the rows' column `operation`
    "identity matrix": _eye,
    "unit vector": _unit,
    "unit vectors": _unit_vectors,
    "filled with 1": lambda tree, scope: _filled(tree.args, scope, scope.ring.one),
    "filled with 0": lambda tree, scope: _filled(tree.args, scope, scope.ring.zero),
    "norm of a kind": _norm,
    "commutation matrix": lambda tree, scope: commutation(scope.ring, *[whole(arg, scope) for arg in tree.args]),
    "columns apart": _unvec,
    "triangle": lambda tree, scope: triangle(scope.ring, rows(tree.args[0], scope), TABLE[tree.function].traits.gives),
    "square root": _square_root,
    "number": lambda tree, scope: [[scope.constant(tree.function)]],
}
_RULES: dict[type, Callable[..., Rows | Eye]] = {
    Num: _number,
    Sym: _name,
    syntax.Neg: _neg,
    syntax.Add: _add,
    syntax.Mul: _mul,
    syntax.Div: _div,
    syntax.Had: _had,
    syntax.HadDiv: _had_div,
    syntax.HadPow: _had_pow,
    syntax.Pow: _pow,
    syntax.Transpose: _transpose,
    syntax.Call: _call,
    syntax.Matrix: lambda tree, scope: [line for row in tree.rows for line in beside([rows(x, scope) for x in row])],
    syntax.IndexedSum: _indexed_sum,
    syntax.Apply: _apply,
    syntax.Derivative: _derivative,
}
