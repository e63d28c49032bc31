"""An affine equation solved: by inverses on either side, as a Sylvester, Lyapunov or Stein equation, or in vec form."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculus.lower_calls import vectorised
from matdiff.calculus.lowered import fused
from matdiff.calculus.simplify import expanded
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.graph import build, matrices
from matdiff.graph.nodes import Ein, Lin, Map, Op, Power, Var, number, walk
from matdiff.graph.symmetry import symmetric
from matdiff.problems.affine import Affine, Sided, is_identity, multiple_of_identity
from matdiff.problems.proving import exists

if TYPE_CHECKING:
    from matdiff.graph.nodes import Coefficient, Node
    from matdiff.problems.levels import Level


class Condition(NamedTuple):
    """What must hold: a text with places {0} {1} for the formulas of nodes."""

    text: str
    nodes: tuple[Node, ...]


class Found(NamedTuple):
    """What an unknown must be, what must hold for that, and the rule that says so."""

    value: Node
    conditions: tuple[Condition, ...] = ()
    rule: str = ""
    unique: bool = True
    level: Level | None = None  # the number in the value that a condition decides


INVERTIBLE, NONZERO = "{0} invertible", "{0} nonzero"


def solved(equation: Affine, unknown: Var) -> Found | None:
    """The unknown for which an affine equation holds; None where no rule says it."""
    equation = stripped(equation)
    if unknown.order == 0:
        return _scalar(equation) if not equation.constant.order else None
    if build.is_zero(equation.matrix):
        return None
    if unknown.order == 1:
        return _vector(equation)
    entrywise = _entrywise(equation)
    if entrywise is not None:
        return entrywise
    if equation.sides:
        found = _sided(equation, unknown)
        alone = len(equation.sides) == 1  # A X B with a singular A or B has a singular vec form, too
        return found if found is not None or alone else _vec_form(equation, unknown)
    return _vec_form(equation, unknown) if equation.constant.order == 2 else None


def stripped(equation: Affine) -> Affine:
    """Without the numbers and scalar factors that all terms have: N^-1 X^T X w = N^-1 X^T y is X^T X w = X^T y."""
    parts = [*_terms(equation.matrix), *_terms(equation.constant)]
    common: list[Node] | None = None
    for _, term in parts:
        scalars = [factor for factor, indices in term.factors if not indices] if isinstance(term, Ein) else []
        common = scalars if common is None else [factor for factor in common if factor in scalars]
    if not common:
        return equation
    below = build.reciprocal(build.mul(*common))
    left = tuple([side._replace(left=_times(below, side.left)) for side in equation.sides or ()])
    return Affine(_times(below, equation.constant), _times(below, equation.matrix), left or equation.sides)


def _terms(node: Node) -> tuple[tuple[Coefficient, Node], ...]:
    return node.terms if isinstance(node, Lin) else ((1, node),)


def _entrywise(equation: Affine) -> Found | None:
    """D .* X + K = 0."""
    if equation.constant.order != 2:
        return None
    masked = _masked(equation)
    if masked is not None:
        return masked
    _, inside = build.split(equation.matrix)
    if not isinstance(inside, Ein) or inside.out != (0, 1, 0, 1):
        return None
    if all(not slots for _, slots in inside.factors):
        return None  # a multiple of X
    weights = build.ein([(equation.matrix, (0, 1, 0, 1))], (0, 1))
    value = build.hadamard(build.scale(-1, equation.constant), build.reciprocal(weights))
    condition = Condition("every entry of {0} nonzero", (build.split(weights)[1],))
    return Found(value, (condition,), "entry by entry")


def _masked(equation: Affine) -> Found | None:
    """The X of c M .* X + K = 0 with the mask M of a triangle: X is triangular, too, and so is K."""
    scales = [_times_mask(term) for _, term in _terms(equation.matrix)]
    if any(scale is None for scale in scales):
        return None
    scalar = build.lin([(c, scale) for (c, _), scale in zip(_terms(equation.matrix), scales, strict=True) if scale], ())
    if build.is_zero(scalar):
        return None
    value = build.mul(build.reciprocal(scalar), build.scale(-1, equation.constant))
    return Found(value, nonzero(scalar), "entry by entry of the triangle")


def _times_mask(term: Node) -> Node | None:
    """The c of c M .* X."""
    factors = term.factors if isinstance(term, Ein) and term.out == (0, 1, 0, 1) else ()
    tensors = [factor for factor, slots in factors if slots]
    if len(tensors) != 1 or not isinstance(tensors[0], Op) or tensors[0].name != "mask":
        return None
    return build.mul(build.num(1), *[factor for factor, slots in factors if not slots])


def _times(scalar: Node, node: Node) -> Node:
    """A scalar times each term of a sum."""
    return build.lin([(c, build.mul(scalar, term)) for c, term in _terms(node)], node.shape)


def _scalar(equation: Affine) -> Found | None:
    if build.is_zero(equation.matrix):
        return None
    value = build.mul(build.scale(-1, equation.constant), build.reciprocal(equation.matrix))
    return Found(value, nonzero(equation.matrix), "divided by the coefficient")


def nonzero(scalar: Node) -> tuple[Condition, ...]:
    """That a scalar is not zero; numbers and sizes are not, and of a product each factor must not be."""
    _, inside = build.split(scalar)
    parts = [factor for factor, _ in inside.factors] if isinstance(inside, Ein) and _all_scalars(inside) else [inside]
    parts = [part.base if isinstance(part, Power) and not part.order else part for part in parts]
    open_ones = [part for part in parts if not _positive(part) and any(_told_by_data(inner) for inner in walk(part))]
    return tuple([Condition(NONZERO, (part,)) for part in dict.fromkeys(open_ones)])


def _positive(node: Node) -> bool:
    """Is it a sum of exponentials and their like, which is never zero?"""
    if isinstance(node, Lin):
        return all(c > 0 and (_positive(term) or number(term) is not None) for c, term in node.terms)
    if isinstance(node, Map):
        return TABLE[node.function].traits.sign == "positive"
    return isinstance(node, Ein) and bool(node.factors) and all(_positive(factor) for factor, _ in node.factors)


def _all_scalars(node: Ein) -> bool:
    return all(not indices for _, indices in node.factors)


def _told_by_data(node: Node) -> bool:
    return isinstance(node, Var) and node.role not in {"size", "number"}


def inverse(matrix: Node) -> tuple[Node, tuple[Condition, ...]] | None:
    """The inverse of a coefficient, and what must hold for it; None where it never exists."""
    if matrix.order != 2 or matrix.shape[0] != matrix.shape[1]:
        return None
    scalar = multiple_of_identity(matrix)
    if scalar is not None:
        if build.is_zero(scalar):
            return None
        return build.mul(build.reciprocal(scalar), build.eye(matrix.shape[0])), nonzero(scalar)
    found = matrices.inv(matrix)
    if not exists(found):
        return None
    return found, (Condition(INVERTIBLE, (build.split(matrix)[1],)),)


def product(left: Node, right: Node) -> Node:
    """The matrix product of nodes of one or two indices."""
    last = left.order - 1
    rest = tuple(range(last + 1, last + right.order))
    return build.ein([(left, tuple(range(left.order))), (right, (last, *rest))], (*range(last), *rest))


def _vector(equation: Affine) -> Found | None:
    equation, conditions = _without_first(equation)
    found = inverse(equation.matrix)
    if found is None or equation.constant.order != 1:
        return None
    value = product(found[0], build.scale(-1, equation.constant))
    return Found(value, (*conditions, *found[1]), "a linear system")


def _without_first(equation: Affine) -> tuple[Affine, tuple[Condition, ...]]:
    """Without a square matrix that every term begins with: K (K + c I) a = K y is (K + c I) a = y."""
    matrix, constant = expanded(equation.matrix), expanded(equation.constant)
    first = {_first(term) for _, term in (*_terms(matrix), *_terms(constant))}
    common = next(iter(first)) if len(first) == 1 else None
    if common is None or len(_terms(matrix)) < 2:
        return equation, ()
    inverted = matrices.inv(common)
    if not exists(inverted):
        return equation, ()
    made = Affine(_led(inverted, constant), _led(inverted, matrix))
    return made, (Condition(INVERTIBLE, (common,)),)


def _led(before: Node, node: Node) -> Node:
    return build.lin([(c, product(before, term)) for c, term in _terms(node)], node.shape)


def _first(term: Node) -> Node | None:
    """The square matrix that a product begins with."""
    if not isinstance(term, Ein) or not term.out:
        return None
    at = [(node, indices) for node, indices in term.factors if term.out[0] in indices]
    if len(at) != 1 or len(at[0][1]) != 2 or at[0][0].shape[0] != at[0][0].shape[1]:
        return None
    node, indices = at[0]
    return node if indices[0] == term.out[0] or symmetric(node) else build.transposed(node)


def _sided(equation: Affine, unknown: Var) -> Found | None:
    terms = equation.sides or ()
    plain = [side for side in terms if not side.turned]
    turned = [side for side in terms if side.turned]
    goal = build.scale(-1, equation.constant)
    if turned and not plain:
        flipped = tuple([_flipped(side) for side in turned])
        return _sided(Affine(build.transposed(equation.constant), equation.matrix, flipped), unknown)
    if turned:
        return _with_transpose(plain, turned, goal)
    if len(plain) == 1:
        return _two_sided(plain[0], goal)
    if len(plain) == 2:
        return _stein(plain, goal) or _sylvester(plain, goal)
    return _three(plain, goal)


def _flipped(side: Sided) -> Sided:
    """(C X^T D)^T = D^T X C^T."""
    return Sided(build.transposed(side.right), build.transposed(side.left))


def _two_sided(side: Sided, goal: Node) -> Found | None:
    before, after = inverse(side.left), inverse(side.right)
    if before is None or after is None:
        return None
    value = goal if is_identity(before[0]) else product(before[0], goal)
    value = value if is_identity(after[0]) else product(value, after[0])
    return Found(value, (*before[1], *after[1]), "a linear system")


def _with_transpose(plain: list[Sided], turned: list[Sided], goal: Node) -> Found | None:
    """C X + d X^T = G with scalars c and d: X = (c G - d G^T)/(c^2 - d^2)."""
    if len(plain) != 1 or len(turned) != 1 or not is_identity(plain[0].right) or not is_identity(turned[0].right):
        return None
    c, d = multiple_of_identity(plain[0].left), multiple_of_identity(turned[0].left)
    if c is None or d is None:
        return None
    below = build.sub(build.mul(c, c), build.mul(d, d))
    if build.is_zero(below):
        return None
    above = build.sub(build.mul(c, goal), build.mul(d, build.transposed(goal)))
    return Found(build.mul(build.reciprocal(below), above), nonzero(below), "the equation and its transpose")


def _stein(terms: list[Sided], goal: Node) -> Found | None:
    """C X + P X Q = G with a scalar c: X - A X B = C, where A = -P/c."""
    for first, second in (terms, terms[::-1]):
        c = multiple_of_identity(first.left) if is_identity(first.right) else None
        if c is None or is_identity(second.left) or is_identity(second.right):
            continue
        scalar = build.reciprocal(c)
        left = build.mul(build.scale(-1, scalar), second.left)
        arguments = (left, second.right, build.mul(scalar, goal))
        condition = Condition("no eigenvalue of {0} is 1 over one of {1}", arguments[:2])
        return Found(Op(fn.STEIN, arguments, goal.shape), (condition,), "a Stein equation")
    return None


def _sylvester(terms: list[Sided], goal: Node) -> Found | None:
    """P X Q + R X S = G; with inverses of two coefficients it is A X + X B = C."""
    for first, second in (terms, terms[::-1]):
        if is_identity(first.right) and is_identity(second.left):
            return sylvester(first.left, second.right, goal)
    for first, second in (terms, terms[::-1]):
        left, right = inverse(second.left), inverse(first.right)
        if left is None or right is None:
            continue
        a, b = product(left[0], first.left), product(second.right, right[0])
        found = sylvester(a, b, product(product(left[0], goal), right[0]))
        return found._replace(conditions=(*left[1], *right[1], *found.conditions))
    return None


def sylvester(a: Node, b: Node, goal: Node) -> Found:
    """A X + X B = C; with B = A^T it is Lyapunov's."""
    c, d = build.split(a)[0], build.split(b)[0]
    common = c if c == d else Fraction(1)
    if common != 1:
        a, b, goal = (build.scale(Fraction(1) / common, node) for node in (a, b, goal))
    if b is build.transposed(a):
        condition = Condition("no two eigenvalues of {0} sum to 0", (a,))
        return Found(Op(fn.LYAPUNOV, (a, goal), goal.shape), (condition,), "a Lyapunov equation")
    condition = Condition("{0} and -{1} have no common eigenvalue", (a, b))
    return Found(Op(fn.SYLVESTER, (a, b, goal), goal.shape), (condition,), "a Sylvester equation")


def _three(terms: list[Sided], goal: Node) -> Found | None:
    """A X + X B + c X is one of two sides."""
    lefts = [side for side in terms if is_identity(side.right)]
    rights = [side for side in terms if is_identity(side.left) and side not in lefts]
    if len(lefts) + len(rights) < len(terms) or not lefts or not rights:
        return None
    a = build.add(*[side.left for side in lefts])
    b = build.add(*[side.right for side in rights])
    return sylvester(a, b, goal)


def _vec_form(equation: Affine, unknown: Var) -> Found | None:
    """Any linear equation: vec X = M^-1 vec(-K), M the matrix of the map on stacked columns."""
    matrix = _stacked(equation.matrix)
    found = inverse(matrix)
    if found is None:
        return None
    rows, columns = unknown.shape
    stacked = product(found[0], vectorised(build.scale(-1, equation.constant)))
    fuse = Op("fuse", (), (matrix.shape[1], columns, rows), (columns, rows))
    value = build.ein([(stacked, (0,)), (fuse, (0, 1, 2))], (2, 1))
    return Found(value, found[1], "the vec form")


def _stacked(slope: Node) -> Node:
    """A map of matrices as a matrix: rows and columns stacked."""
    if isinstance(slope, Lin):
        parts = [(c, _stacked(term)) for c, term in slope.terms]
        return build.lin(parts, parts[0][1].shape)
    return fused(slope, ((0, 1),), ((2, 3),))
