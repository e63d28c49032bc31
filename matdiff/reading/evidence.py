"""What the way a name is used says about its kind, before any shape is worked out."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.errors import Label, ShapeError
from matdiff.formula import syntax
from matdiff.formula.occurrences import children
from matdiff.formula.syntax import Expr, Sym
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.reading import indexed_letters, kinds, signs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matdiff.reading.entities import Entity
    from matdiff.reading.meanings import Names


_CIRCLE = "o"  # the ASCII sign of a Hadamard product in many mails and notes


def gather(names: Names) -> None:
    """Rule kinds out that the uses of undeclared names exclude, leaving the reason in `Entity.because`; tell Euler's
    number from a vector e.

    What is transposed is no scalar, an exponent is one, tr and det are of matrices, and in `x A x` the x is a vector
    whose transpose was lost.
    """
    stack: list[Expr] = [names.reading.expression]
    powers_of_e: list[Any] = []
    while stack:
        node = stack.pop()
        if kinds.is_power_of_e(node):
            powers_of_e.append(node)
        else:
            _look_at(names, node)
        if isinstance(node, syntax.IndexedSum):
            stack.append(node.body)
        else:
            stack.extend(children(node))
    _shelter(names)
    for power in powers_of_e:
        _look_at_exponent(names, power, arrays=True)
    entries = any(
        meaning.role == "entry" and meaning.entity is not None and meaning.entity.name == fn.EULER
        for meaning in names.meanings.values()
    )
    if powers_of_e and not entries and fn.EULER not in names.declared and fn.EULER not in names.operator_names:
        names.euler = len(powers_of_e) == sum([1 for occurrence in names.found if occurrence.node.name == fn.EULER])
    operator = names.reading.operator
    for by in operator.by if operator else ():
        if by.transposed:
            _rule_out(names, Sym(by.name), {"scalar"}, "the operator transposes it")


def _shelter(names: Names) -> None:
    """Letters that stand as arrays do, under a sum, a mean, a norm or a transpose, or beside a sign between arrays, do
    not become scalars because something does not fit.
    """
    for node in syntax.subtrees(names.reading.expression):
        if isinstance(node, syntax.Call):
            row = TABLE.get(node.function)
            shape = row.shape if row is not None else ""
            if row is not None and row.written == "weighted norm":
                _keep(names, node.args[:1], kinds.MATRIX_KIND, kinds.VECTOR_KIND)
            if shape in _OF_ARRAYS or node.function in signs.SIDED:
                _keep(names, node.args if node.function in signs.SIDED else node.args[:1])
        elif isinstance(node, syntax.Had):
            _keep(names, node.factors)
        elif isinstance(node, (syntax.HadDiv, syntax.HadPow)):
            _keep(names, syntax.children(node)[:1])
        elif isinstance(node, syntax.Transpose):
            _keep(names, (node.arg,))
        else:
            _keep(names, _behind_a_transpose(node))


def _behind_a_transpose(node: Expr) -> tuple[Expr, ...]:
    """The e^x of a^T e^x."""
    if not isinstance(node, syntax.Mul) or not isinstance(node.factors[0], syntax.Transpose):
        return ()
    return tuple([factor for factor in node.factors[-1:] if kinds.is_power_of_e(factor)])


_OF_ARRAYS = frozenset(("any->scalar", "vector->scalar", "vector->vector", "outer", "dot", "hadamard"))


def _keep(names: Names, trees: tuple[Expr, ...], kind: str = "", never: str = kinds.SCALAR_KIND) -> None:
    """Rule `never` out for the letters that the trees are made of, as terms and entry by entry, where they are of a
    kind as a rule ("": of any other); a factor among others stays free.
    """
    for node in _letters(trees):
        entity = _entity(names, node)
        usual = entity.preferences[0][0] if entity is not None and entity.preferences else never
        if entity is not None and usual != never and kind in {"", usual}:
            entity.never.add(never)


def _letters(trees: tuple[Expr, ...]) -> Iterator[Sym]:
    """The names that decide what kind the trees are."""
    stack = list(trees)
    while stack:
        node = stack.pop()
        if isinstance(node, Sym):
            yield node
        elif isinstance(node, syntax.Mul):
            others = [factor for factor in node.factors if not _is_number(factor)]
            stack += others if len(others) == 1 else []
        elif isinstance(node, syntax.Div):
            stack.append(node.num)
        elif isinstance(node, syntax.Call):
            row = TABLE.get(node.function)
            stack += node.args if row is not None and row.shape == "same" else ()
        elif isinstance(node, (syntax.Add, syntax.Neg, syntax.Had, syntax.HadDiv, syntax.HadPow)):
            stack += syntax.children(node)
        elif isinstance(node, syntax.Pow):
            stack.append(kinds.deciding(node))


def _is_number(node: Expr) -> bool:
    """Whether a factor is a number by its form: one that is written, a norm, a product of two vectors."""
    row = TABLE.get(node.function) if isinstance(node, syntax.Call) else None
    sided = isinstance(node, syntax.Call) and node.function in signs.SIDED
    return isinstance(node, syntax.Num) or sided or (row is not None and row.shape.endswith("->scalar"))


def _untransposed(node: Expr) -> Expr:
    return node.arg if isinstance(node, syntax.Transpose) else node


def _is_capital(node: Expr) -> bool:
    return isinstance(node, Sym) and kinds.by_letter(node.name) == kinds.MATRIX_KIND


def _look_at(names: Names, node: Expr) -> None:
    if isinstance(node, syntax.Transpose):
        _rule_out(names, node.arg, {"scalar"}, "it is transposed")
    elif isinstance(node, syntax.Div) and isinstance(node.den, syntax.Num):
        if isinstance(node.num, Sym) and node.num.name in kinds.SIZES - {"M", "K"}:
            _rule_out(names, node.num, {"vector", "matrix"}, "it is divided by a number")
    elif isinstance(node, (syntax.Pow, syntax.HadPow)):
        _look_at_exponent(names, node)
    elif isinstance(node, syntax.Call):
        row = TABLE.get(node.function)
        if row is not None and row.shape.startswith("square") and node.args:
            _rule_out(names, node.args[0], {"scalar", "vector"}, f"{node.function} is of a square matrix")
    _look_at_product(names, _product(node))


def _look_at_exponent(names: Names, power: syntax.Pow | syntax.HadPow, *, arrays: bool = False) -> None:
    """An exponent is a number; where there may be `arrays`, only if it does not stand as one: 1^T e^x, sum(e^x)."""
    if not isinstance(power.exponent, Sym) or kinds.by_letter(power.exponent.name) == kinds.MATRIX_KIND:
        return
    entity = _entity(names, power.exponent)
    if not arrays or entity is None or "scalar" not in entity.never:
        _rule_out(names, power.exponent, {"vector", "matrix"}, "it is an exponent")


def _look_at_product(names: Names, factors: tuple[Expr, ...]) -> None:
    for k in range(1, len(factors)):
        _behind_a_matrix(names, factors[k - 1], factors[k])
        _before_a_number(names, factors[k - 1], factors[k])
    if len(factors) > 1:
        _ends_behind_a_matrix(names, factors[-2], factors[-1])
        first = next((k for k in range(len(factors) - 2, -1, -1) if not _is_capital(_untransposed(factors[k]))), 0)
        _behind_a_row(names, factors[first], factors[-1])
    for left, matrix, column in zip(factors, factors[1:], factors[2:], strict=False):
        if (
            isinstance(left, syntax.Transpose)
            and isinstance(column, Sym)
            and left.arg == column
            and _is_capital(matrix)
        ):
            _rule_out(names, matrix, {"vector", "scalar"}, "")
    if len(factors) > 2:
        _lost_transposes(names, factors)
        _check_circles(names, factors)


def _entity(names: Names, node: Expr) -> Entity | None:
    if not isinstance(node, Sym):
        return None
    meaning = names.meanings.get(node.name)
    if meaning is None or meaning.entity is None or meaning.entity.fixed or meaning.role == "entry":
        return None
    return meaning.entity


def _rule_out(names: Names, node: Expr, never: set[str], because: str) -> None:
    entity = _entity(names, node)
    if entity is not None:
        entity.never |= never
        entity.because = entity.because or because


def _behind_a_matrix(names: Names, left: Expr, right: Expr) -> None:
    """In A x the x is a vector, and never a scalar that stands behind (which t in A t may be)."""
    if isinstance(left, syntax.Transpose):
        left = left.arg
    if (
        isinstance(left, Sym)
        and isinstance(right, Sym)
        and right.base in kinds.VECTORS_BEHIND_MATRICES
        and kinds.by_letter(left.name) == kinds.MATRIX_KIND
        and not _is_entry(names, left)
    ):
        _rule_out(names, right, {"scalar"}, "")


def _before_a_number(names: Names, left: Expr, right: Expr) -> None:
    """In eta/2 ||x||^2 the eta is a number: no one takes a Greek letter in front of a norm or a trace for a vector."""
    left = left.num if isinstance(left, syntax.Div) else left
    right = right.base if isinstance(right, syntax.Pow) else right
    if isinstance(left, Sym) and left.base in kinds.GREEK and isinstance(right, syntax.Call) and _is_number(right):
        _rule_out(names, left, {"vector", "matrix"}, "")


def _ends_behind_a_matrix(names: Names, left: Expr, right: Expr) -> None:
    """In X beta, which ends a product, beta is a vector to all who read it; a lambda or a tau may be a number there."""
    if (
        isinstance(left, Sym)
        and isinstance(right, Sym)
        and right.base in kinds.GREEK_VECTORS
        and _is_capital(left)
        and not _is_entry(names, left)
    ):
        _rule_out(names, right, {"scalar"}, "it stands behind a matrix")


def _behind_a_row(names: Names, left: Expr, right: Expr) -> None:
    """In x^T beta, which ends a product, beta is a vector to all who read it; x_k, an entry of an x that is there, is
    another vector then.
    """
    if not isinstance(left, syntax.Transpose) or not isinstance(right, Sym) or not _is_column(names, left.arg):
        return
    indexed_letters.check_behind(names, right)
    if kinds.by_letter(right.name) == kinds.SCALAR_KIND and right.base in kinds.GREEK:
        _rule_out(names, right, {"scalar"}, "it stands behind a transposed vector")


def _is_column(names: Names, node: Expr) -> bool:
    """Whether a transposed factor is a vector: by its letter or declaration, or ones."""
    if isinstance(node, syntax.Call):
        return node.function == fn.ONES
    meaning = names.meanings.get(node.name) if isinstance(node, Sym) else None
    entity = meaning.entity if meaning is not None and meaning.role != "entry" else None
    if entity is None or not isinstance(node, Sym):
        return False
    if entity.declared is not None and entity.declared.kind:
        return entity.declared.kind == kinds.VECTOR_KIND
    return kinds.by_letter(node.name) != kinds.MATRIX_KIND


def _is_entry(names: Names, node: Sym) -> bool:
    meaning = names.meanings.get(node.name)
    return meaning is not None and meaning.role in {"entry", "component"}


def _product(node: Expr) -> tuple[Expr, ...]:
    """The factors of a product, also of one written with stars."""
    if isinstance(node, syntax.Mul):
        return node.factors
    factors: list[Expr] = []
    while isinstance(node, syntax.Call) and node.function == "times" and len(factors) < 8:
        factors.insert(0, node.args[1])
        node = node.args[0]
    return (node, *factors) if factors else ()


def _check_circles(names: Names, factors: tuple[Expr, ...]) -> None:
    """E125 for A o B, where the letter stands for the sign of the product entry by entry, or for a name."""
    for factor in factors[1:-1]:
        if isinstance(factor, Sym) and factor.name == _CIRCLE and _CIRCLE not in names.declared:
            raise ShapeError(
                "E125",
                "'o' can be read in two ways: as the product entry by entry, or as a name",
                Label(factor.span),
                hint="write A .* B or A ∘ B for the product, or declare the name: o in R",
            )


def _lost_transposes(names: Names, factors: tuple[Expr, ...]) -> None:
    """In x A x, most often x'*A*x of which a shell has taken the quotes, x is not to become a scalar."""
    places: dict[str, list[int]] = {}
    for at, factor in enumerate(factors):
        if isinstance(factor, Sym):
            places.setdefault(factor.name, []).append(at)
    for at, name in [(at, name) for name, many in places.items() if len(many) > 1 for at in many]:
        again = next((place for place in places[name] if place >= at + 2), None)
        if kinds.by_letter(name) != kinds.VECTOR_KIND or again is None:
            continue
        between = factors[at + 1 : again]
        matrices = [
            factor
            for factor in between
            if isinstance(factor, Sym) and kinds.by_letter(factor.name) == kinds.MATRIX_KIND
        ]
        for matrix in matrices:
            _rule_out(names, factors[at], {"scalar", "matrix"}, "")
            _rule_out(names, matrix, {"scalar", "vector"}, "")
