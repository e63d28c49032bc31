"""Signs whose meaning hangs on the shapes around them: x·y, x @ y, x × y, A : B, <x, y>, X^+, (u)_+, exp.(X).

The grammar makes calls of them, named as they are written; here they become products and functions of the table.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Label, ShapeError, Span
from matdiff.formula.syntax import Add, Call, Expr, Matrix, Mul, Neg, Num, Pow, Sym, Transpose, subtrees
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.reading import clashes, kinds
from matdiff.reading.blame import quoted
from matdiff.reading.build_atoms import ENTRY_BY_ENTRY
from matdiff.reading.build_tree import REACH
from matdiff.reading.matrix_functions import radical
from matdiff.reading.sizes import SCALAR, Dims

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.reading.inference import Inference
    from matdiff.reading.sizes import SizeTerm
    from matdiff.reading.symbol_shapes import Typing

_RAISED = {row.raised: row.name for row in TABLE.values() if row.raised}  # functions written as exponents
Operand = tuple[Expr, Dims]
TOP, _SMALL_TOP = "T", "t"


def _is_column(dims: Dims) -> bool:
    return dims[1] == 1 and dims[0] != 1


def _is_matrix(dims: Dims) -> bool:
    return 1 not in dims


def _both(inference: Inference, node: Call) -> tuple[Operand, Operand]:
    (left, right), (a, b) = inference.visit_all(node.args)
    return (left, a), (right, b)


def _inner(inference: Inference, node: Call, left: Operand, right: Operand) -> Typing:
    """x^T y of two columns of one size."""
    if not inference.sizes.unify(left[1][0], right[1][0]):
        raise clashes.elementwise(inference, node, (node.args[0], left[1]), (node.args[1], right[1]))
    turned = _turned(inference, *left)
    return _product(inference, node, turned, right)


def _turned(inference: Inference, tree: Expr, dims: Dims) -> Operand:
    turned, flipped = Transpose(tree, span=tree.span), (dims[1], dims[0])
    inference.record.append((turned, flipped))
    return turned, flipped


def _product(inference: Inference, node: Call, left: Operand, right: Operand) -> Typing:
    """The matrix product, a product on the left being prolonged by the factor on the right."""
    before = left[0].factors if type(left[0]) is Mul else (left[0],)
    behind = right[0].factors if type(right[0]) is Mul and right[1] != SCALAR else (right[0],)
    if SCALAR not in {left[1], right[1]} and not inference.sizes.unify(left[1][1], right[1][0]):
        raise clashes.product(inference, node.args, [left[1], right[1]], 1, left[1])
    dims = right[1] if left[1] == SCALAR else left[1] if right[1] == SCALAR else (left[1][0], right[1][1])
    return Mul((*before, *behind), span=node.span), dims


def dotted(inference: Inference, node: Call) -> Typing:
    """x·y of two vectors is x^T y, x·A the vector A^T x; between anything else · is the product.

    Raises E125 for x·1, and for a·X of an a that is a vector by its letter alone.
    """
    first = node.args[0]
    if isinstance(first, Call) and first.function == node.function:  # a·X·b
        inference.settled[id(first)] = _dotted(inference, first, *_both(inference, first), chained=True)
    return _dotted(inference, node, *_both(inference, node), chained=False)


def _dotted(inference: Inference, node: Call, left: Operand, right: Operand, *, chained: bool) -> Typing:
    for one, dims in ((left, right[1]), (right, left[1])):
        if isinstance(one[0], Num) and one[0].value == 1 and _is_column(dims):
            ways = "times the number 1, or the sum of the entries"
            raise _in_two_ways(inference, node, ways, "leave the 1 out, or write 1^T x")
    if _is_column(left[1]) and _is_matrix(right[1]):
        name = _guessed(inference, left[0])
        if name and not (chained and name not in kinds.USUAL_SCALARS):
            hint = f"declare {name} in R or {name} in R^n"
            raise _in_two_ways(inference, node, "a number times a matrix, or a vector times a matrix", hint)
    return _contraction(inference, node, left, right)


def _guessed(inference: Inference, tree: Expr) -> str:
    """A letter that is a vector by its looks alone; "" for anything else."""
    meaning = inference.names.meanings.get(tree.name) if isinstance(tree, Sym) else None
    if meaning is None or meaning.entity is None or meaning.entity.fixed:
        return ""
    name = meaning.entity.name
    return "" if name in inference.names.operator_names or name in kinds.USUAL_VECTORS else name


def _in_two_ways(inference: Inference, node: Expr, ways: str, hint: str) -> ShapeError:
    return ShapeError(
        "E125",
        f"'{quoted(inference, node)}' can be read in two ways: {ways}",
        Label(node.span),
        hint=hint,
        source=inference.names.reading.text,
    )


def matmul(inference: Inference, node: Call) -> Typing:
    """@ is the product, in which a vector has one dimension: x @ y is x^T y, x @ A is A^T x."""
    return _contraction(inference, node, *_both(inference, node))


def _contraction(inference: Inference, node: Call, left: Operand, right: Operand) -> Typing:
    """The product over the last index of what stands on the left and the first on the right."""
    if _is_column(left[1]) and _is_column(right[1]):
        return _inner(inference, node, left, right)
    if _is_column(left[1]) and _is_matrix(right[1]):
        if not inference.sizes.unify(left[1][0], right[1][0]):
            raise clashes.product(inference, node.args, [(1, left[1][0]), right[1]], 1, (1, left[1][0]))
        return _product(inference, node, _turned(inference, *right), left)
    return _product(inference, node, left, right)


def crossed(inference: Inference, node: Call) -> Typing:
    """The cross product of two vectors of R^3, x × y; 2 × X and A × B are products."""
    left, right = _both(inference, node)
    if _is_column(left[1]) and _is_column(right[1]):
        return _cross_product(inference, node, (left[1][0], right[1][0]))
    if (
        SCALAR not in {left[1], right[1]}
        and 1 in {*left[1], *right[1]}
        and not (_is_matrix(left[1]) and _is_column(right[1]))
    ):
        raise ShapeError(
            "E115",
            f"cross products are of two vectors of R^3 alone: {quoted(inference, node)}",
            Label(node.span),
            hint="write x^T y for the scalar product, x .* y for the product entry by entry",
        )
    return _product(inference, node, left, right)


def _cross_product(inference: Inference, node: Call, lengths: tuple[SizeTerm, SizeTerm]) -> Typing:
    """(a_2 b_3 - a_3 b_2, a_3 b_1 - a_1 b_3, a_1 b_2 - a_2 b_1); a × (b × c) is (a^T c) b - (a^T b) c."""
    for length, arg in zip(lengths, node.args, strict=True):
        if not inference.sizes.unify(length, _SPACE):
            what = "a vector of R^3 (a cross product has no meaning elsewhere)"
            raise clashes.wrong_kind(inference, node, arg, (length, 1), what)
    left, right = node.args
    if isinstance(right, Call) and right.function == node.function:
        return inference.visit(_triple(left, right.args, node.span))
    if isinstance(left, Call) and left.function == node.function:
        return inference.visit(Neg(_triple(right, left.args, node.span), span=node.span))
    a, b = ([_entry(arg, k) for k in range(1, _SPACE + 1)] for arg in node.args)
    pairs = [((k + 1) % _SPACE, (k + 2) % _SPACE) for k in range(_SPACE)]
    cells = [Add((Mul((a[k], b[m])), Neg(Mul((a[m], b[k])))), span=node.span) for k, m in pairs]
    return inference.visit(Matrix(tuple(cells), 1, span=node.span))


_SPACE = 3


def _triple(a: Expr, pair: tuple[Expr, ...], span: Span) -> Expr:
    """The triple product a × (b × c), which is (a^T c) b - (a^T b) c."""
    b, c = pair
    turned = Transpose(a, span=a.span)
    return Add((Mul((Mul((turned, c)), b)), Neg(Mul((Mul((turned, b)), c)))), span=span)


def _entry(tree: Expr, place: int) -> Expr:
    unit = Call(fn.UNIT_VECTOR, (Num(Fraction(place), span=tree.span),), span=tree.span)
    return Mul((Transpose(unit, span=tree.span), tree), span=tree.span)


def contracted(inference: Inference, node: Call) -> Typing:
    """A : B is tr(A^T B)."""
    return _scalar_product(inference, node, "A : B")


def angled(inference: Inference, node: Call) -> Typing:
    """<x, y> is x^T y of vectors, tr(A^T B) of matrices."""
    return _scalar_product(inference, node, "an inner product")


def _scalar_product(inference: Inference, node: Call, what: str) -> Typing:
    left, right = _both(inference, node)
    if not inference.same(left[1], right[1]):
        raise clashes.elementwise(inference, node, (node.args[0], left[1]), (node.args[1], right[1]))
    if left[1] == SCALAR:
        raise clashes.wrong_kind(inference, node, node.args[0], SCALAR, f"no number: {what} is of vectors or matrices")
    if _is_column(left[1]):
        return _inner(inference, node, left, right)
    return Call(fn.INNER, (left[0], right[0]), span=node.span), SCALAR


def pseudoinverse(inference: Inference, node: Call) -> Typing:
    """X^+ of a matrix; of a scalar or vector the sign says nothing that all would take."""
    (arg,), (dims,) = inference.visit_all(node.args)
    if not _is_matrix(dims):
        raise clashes.wrong_kind(inference, node, node.args[0], dims, "a matrix (the Moore-Penrose inverse)")
    inference.notes.append(f"{quoted(inference, node)} was read as the Moore-Penrose inverse, pinv")
    return Call(_RAISED["+"], (arg,), span=node.span), (dims[1], dims[0])


def positive_part(inference: Inference, node: Call) -> Typing:
    """(u)_+ is max(u, 0), entry by entry."""
    (arg,), (dims,) = inference.visit_all(node.args)
    return Call(fn.RELU, (arg,), span=node.span), dims


def entry_by_entry(inference: Inference, node: Call) -> Typing:
    """exp.(X) says itself that it works on every entry."""
    before = len(inference.of_matrices)
    (inner,), (dims,) = inference.visit_all(node.args)
    inference.of_matrices[before:] = [
        (call, shape) for call, shape in inference.of_matrices[before:] if call is not node.args[0]
    ]
    return inner, dims


def declared_top(inference: Inference, node: Pow, dims: Dims) -> Expr | None:
    """x^T where T is declared: a power of numbers alone, of anything else the transpose.  Raises E125 for a letter
    that is a number only by its looks, theta^T.
    """
    exponent = node.exponent.arg if isinstance(node.exponent, Neg) else node.exponent
    if not (isinstance(exponent, Sym) and exponent.name == TOP and exponent.name in inference.names.declared):
        return None
    if dims == SCALAR:
        meaning = inference.names.meanings.get(node.base.name) if isinstance(node.base, Sym) else None
        if meaning is not None and meaning.entity is not None and not meaning.entity.fixed:
            name = node.base.name  # type: ignore[union-attr] # a name, or it had no meaning
            raise ShapeError(
                "E125",
                f"'{quoted(inference, node)}' can be read in two ways: as the transpose, or as a power",
                Label(node.span),
                hint=f"declare {name} in R^n or {name} in R",
                source=inference.names.reading.text,
            )
        return None
    inference.notes.append(f"{quoted(inference, node)} was read as the transpose, though {TOP} is declared")
    if exponent is node.exponent:
        return Transpose(node.base, span=node.span)
    return Transpose(Pow(node.base, Num(Fraction(-1), span=node.exponent.span), span=node.span), span=node.span)


def check_small_top(inference: Inference, node: Pow) -> None:
    """Raise E125 for a^t and X^t of letters that are vectors and matrices as a rule, where nothing else tells t."""
    exponent, base, names = node.exponent, node.base, inference.names
    if not (isinstance(exponent, Sym) and exponent.name == _SMALL_TOP and isinstance(base, Sym)):
        return
    meaning = names.meanings.get(base.name)
    if meaning is None or meaning.entity is None or meaning.entity.declared is not None:
        return
    known = exponent.name in names.declared or exponent.name in names.operator_names or exponent.name in names.bound
    if known or kinds.by_letter(base.name) == kinds.SCALAR_KIND:
        return
    raise ShapeError(
        "E125",
        f"'{quoted(inference, node)}' can be read in two ways: as the transpose, or as a power",
        Label(node.span),
        hint=f"write {base.name}^T, or declare {exponent.name} in N",
        source=names.reading.text,
    )


def check_prime(inference: Inference, node: Transpose) -> None:
    """Raise E125 for x' beside x where x is declared as a number: the prime of another variable, or no transpose."""
    names = inference.names
    name = node.arg.name if isinstance(node.arg, Sym) else ""
    declared = names.declared.get(name)
    written = names.reading.text[node.arg.span.end : node.arg.span.end + 1]
    bare = sum([one.node.name == name for one in names.found]) - sum(
        [isinstance(one, Transpose) and one.arg == node.arg for one in subtrees(names.reading.expression)]
    )
    if declared is not None and declared.kind == "scalar" and written in _PRIMES and bare > 0:
        ways = f"{name} itself, since {name} is a number, or a variable of its own"
        raise _in_two_ways(inference, node, ways, f"leave the sign out, or give {name}' a letter of its own")


_PRIMES = frozenset(("'", "′", "’"))


def reach(inference: Inference, node: Call) -> Typing:
    """Log A log(B): a function word and its product, and a function behind them.  The word ends there, unless what it
    has so far is no scalar and is one with what follows: log 1^T exp(x).  Raises E125 where both would do: tr X log(X).
    """
    word, following = node.args
    right = inference.visit(following)
    if not isinstance(word, Call) or len(word.args) != 1:
        return _product(inference, node, inference.visit(word), right)
    inner, dims = inference.visit(word.args[0])
    row = TABLE.get(word.function)
    if right[1] == SCALAR or (dims == SCALAR and row is not None and row.shape == "same"):
        return _product(inference, node, inference.visit(word), right)
    fits = inference.sizes.could_unify(dims[1], right[1][0])
    whole = fits and dims[0] == 1 and right[1][1] == 1
    if row is not None and row.shape == "same" and whole:
        joined = _product(inference, node, (inner, dims), right)
        inference.record.append(joined)
        inference.settled[id(joined[0])] = joined
        return inference.visit(Call(word.function, (joined[0],), span=node.span))
    name, argument, behind = word.function, quoted(inference, word.args[0]), quoted(inference, following)
    raise ShapeError(
        "E125",
        f"'{quoted(inference, node)}' can be read in two ways: {name} of {argument} alone, or of all that follows",
        Label(node.span),
        hint=f"write {name}({argument}) {behind} or {name}({argument} {behind})",
        source=inference.names.reading.text,
    )


RULES: dict[str, Callable[[Inference, Call], Typing]] = {
    "·": dotted,
    "@": matmul,
    "×": crossed,
    ":": contracted,
    "⟨⟩": angled,
    "^+": pseudoinverse,
    "_+": positive_part,
    "√": radical,
    ENTRY_BY_ENTRY: entry_by_entry,
    REACH: reach,
}
SIDED = frozenset(("·", "@", "×", ":", "⟨⟩"))  # beside these a letter keeps its kind
