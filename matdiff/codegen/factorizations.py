"""One factorisation a matrix, shared by the systems that are solved with it, its inverse and its log-determinant.

A symmetric matrix is factored by Cholesky (by LU where it turns out not to be positive definite), any other by LU, and
diag(d) + U U^T by Woodbury's formula (Golub and Van Loan, Matrix Computations, 2013, section 2.1.4).  Few systems are
solved; many, and what needs the entries, get the inverse from the factors.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple
from math import isqrt

from matdiff.codegen.arrays import are_turned
from matdiff.codegen.program import in_order, rebuilt, uses_of
from matdiff.functions import names as fn

if TYPE_CHECKING:
    from matdiff.codegen.arrays import Array, Arrays

_DIAGONAL = frozenset({"diagonal", "trace"})
FULL, NARROW = 1, 3  # so many systems are solved for a square matrix, for a narrow one; beyond that it is inverted


class LowRank(NamedTuple):
    """diag(d) + U U^T; `diagonal` is a vector, or a number times the identity's diagonal."""

    diagonal: Array
    factor: Array


@dataclass
class Uses:
    """What one matrix is inverted for."""

    products: list[Array] = field(default_factory=list)
    forms: list[Array] = field(default_factory=list)  # B^T M^-1 B, or its diagonal
    logdets: list[Array] = field(default_factory=list)
    inner: list[Array] = field(default_factory=list)  # the sum of the entries of M^-1 times those of another matrix
    diagonals: list[Array] = field(default_factory=list)  # of M^-1, or its trace
    shared: set[Array] = field(
        default_factory=set
    )  # of `inner` with B those where B M^-1 U is there, M = diag(d) + U U^T
    entries: bool = False


def factorised(arrays: Arrays, roots: list[Array], kinds: frozenset[str]) -> list[Array]:
    """The program with a factorisation, of `kinds`, for every matrix that is worth one."""
    used = _uses(roots)
    _share_products(arrays, used, in_order(roots))
    found = {matrix: Factorised(arrays, matrix, uses, kinds) for matrix, uses in used.items()}
    found = {matrix: plan for matrix, plan in found.items() if plan.pays}
    if not found:
        return roots

    def change(node: Array, old: Array) -> Array:
        matrix = _inverted(old)
        if matrix in found:
            return found[matrix].replaced(node, old)
        return node

    return rebuilt(arrays, roots, change)


def _inverted(node: Array) -> Array | None:
    """The matrix whose inverse or determinant an operation needs."""
    if node.op == "inv" or (node.op == "op" and node.data == fn.LOGDET):
        return node.args[0]
    if node.op == "matmul":
        inverse = next((core for core in map(_core, node.args) if core.op == "inv"), None)
        if inverse is not None:
            return inverse.args[0]
    if node.op in _DIAGONAL and node.args[0].op == "inv":
        return node.args[0].args[0]
    form = _form(node) or _inner(node)
    return form[0].args[0] if form is not None else None


def _inner(node: Array) -> tuple[Array, Array] | None:
    """The inverse and the matrix B of the sum of the entries of M^-1 times those of B, M symmetric."""
    if node.op == "dots" and node.data is None:
        for first, second in (node.args, node.args[::-1]):
            if first.op == "inv" and first.symmetric and second is not first:
                return first, second
    return None


def _core(node: Array) -> Array:
    return node.args[0] if node.op == "transpose" else node


def _form(node: Array) -> tuple[Array, Array] | None:
    """The inverse and the matrix of B^T M^-1 B (B), or of diag(A M^-1 A^T) (A)."""
    if node.op == "dots" and node.data == 1:
        for product, other in (node.args, node.args[::-1]):
            if product.op == "matmul" and product.args[0] is other and product.args[1].op == "inv":
                return product.args[1], other
    if node.op == "matmul" and node.order == 2:
        left, right = node.args
        if right.op == "matmul" and right.args[0].op == "inv" and are_turned(left, right.args[1]):
            return right.args[0], right.args[1]
        if left.op == "matmul" and left.args[1].op == "inv" and are_turned(left.args[0], right):
            return left.args[1], right
    return None


def _uses(roots: list[Array]) -> dict[Array, Uses]:
    """Every matrix that is inverted, or whose determinant is taken."""
    found: dict[Array, Uses] = {}
    order, times = in_order(roots), uses_of(roots)
    forms = {node for node in order if _is_form(node, times)}
    formed = {product for node in forms for product in node.args}
    for node in order:
        matrix = _inverted(node)
        if matrix is None:
            continue
        uses = found.setdefault(matrix, Uses())
        if node.op == "op":
            uses.logdets.append(node)
        elif node in forms:
            uses.forms.append(node)
        elif node.op == "matmul" and node not in formed:
            uses.products.append(node)
    _note_entries(found, order, roots)
    return found


def _share_products(arrays: Arrays, found: dict[Array, Uses], order: list[Array]) -> None:
    """Which sums of products with an inverse, M = diag(d) + U U^T, can use the product of their matrix with M^-1 U."""
    there = set(order)
    for matrix, uses in found.items():
        low = _low_rank(arrays, matrix)
        for node in uses.inner if low is not None else ():
            pair = _inner(node)
            if low is not None and pair is not None:
                product = arrays.make("matmul", (pair[1], arrays.make("matmul", (pair[0], low.factor))))
                uses.shared.update({node} if product in there else ())


def _note_entries(found: dict[Array, Uses], order: list[Array], roots: list[Array]) -> None:
    """Which inverses are needed by their entries, and which by sums of products with them."""
    inverses = {node for node in order if node.op == "inv"}
    turned = {node for node in order if node.op == "transpose" and node.args[0] in inverses}
    users = [node for node in order if node.op != "matmul" and node not in turned]
    for node in users:
        inner = _inner(node)
        for arg in node.args:
            if inner is not None and inner[0] is arg:
                found[arg.args[0]].inner.append(node)
            elif node.op in _DIAGONAL and arg in inverses:
                found[arg.args[0]].diagonals.append(node)
            elif arg in inverses | turned:
                found[_core(arg).args[0]].entries = True
    for root in roots:
        if _core(root) in inverses:
            found[_core(root).args[0]].entries = True
    for node in order:  # a product of inverses has entries
        if node.op == "matmul" and all(_core(arg) in inverses for arg in node.args):
            for arg in node.args:
                found[_core(arg).args[0]].entries = True


def _is_form(node: Array, times: dict[Array, int]) -> bool:
    """Is an array such a form?  The whole of one counts where M is symmetric, and its product serves nothing else."""
    found = _form(node)
    if found is None or node.op == "dots":
        return found is not None
    return found[0].symmetric and all(times[arg] == 1 for arg in node.args if _inverted(arg) is not None)


class Factorised:
    """How one matrix is factored, and what its products with the inverse become."""

    def __init__(self, arrays: Arrays, matrix: Array, uses: Uses, kinds: frozenset[str]) -> None:
        self.arrays, self.matrix, self.uses, self.kinds = arrays, matrix, uses, kinds
        self.low_rank = _low_rank(arrays, matrix) if "low_rank" in kinds else None
        self.symmetric = matrix.symmetric
        wide = [product for product in uses.products if product.order == 2]
        full = [product for product in wide if product.shape[0] == product.shape[1]]
        looped = any(not product.loops <= matrix.loops for product in wide)
        many = len(full) > FULL or len(wide) > NARROW or (looped and len(wide) > 0)
        self.inverts = uses.entries or ((many or bool(uses.inner)) and self.low_rank is None)
        both = bool(uses.products) and any(form.op == "dots" for form in uses.forms)
        self.inverts = self.inverts or both
        self.formed = bool(uses.forms) and self.symmetric and not self.inverts

    @property
    def pays(self) -> bool:
        """A lone system, inverse or determinant of a matrix without structure is left to the library."""
        uses = self.uses
        jobs = len(uses.products) + len(uses.forms) + len(uses.logdets) + len(uses.inner)
        jobs += len(uses.diagonals) + uses.entries
        if self.inverts and not self.symmetric:
            return bool(uses.logdets)
        return jobs > 0 and (self.symmetric or self.low_rank is not None or jobs > 1)

    def replaced(self, node: Array, old: Array) -> Array:
        """An operation, on changed arguments, by means of the factors."""
        if node.op == "op":
            return self.arrays.make("logdet_of", (self._factors(node.args[0]),))
        if node.op == "inv":
            return self.arrays.make("inverse_of", (self._factors(node.args[0]),)) if self.inverts else node
        if self.formed and old in self.uses.forms:
            return self._formed(node)
        inner = _inner(node) if old in self.uses.inner and not self.inverts else None
        if inner is not None:
            return self._inner_of(*inner, shared=old in self.uses.shared)
        if old in self.uses.diagonals and not self.inverts:
            diagonal = self.arrays.make("diagonal_of", (self._factors(node.args[0].args[0]),))
            return diagonal if node.op == "diagonal" else self.arrays.sum(diagonal, (0,))
        if node.op != "matmul" or all(_core(arg).op != "inv" for arg in node.args):
            return node
        within = self.formed and any(old in form.args for form in self.uses.forms)
        return node if self.inverts or within else self._solved(node)

    def _inner_of(self, inverse: Array, other: Array, *, shared: bool) -> Array:
        """The sum of the entries of M^-1 times those of B, with B M^-1 U where that is there."""
        factors = self._factors(inverse.args[0])
        given = [factors, other]
        if shared and factors.op == "low_rank":
            given.append(self.arrays.matmul(other, self.arrays.make("solved", (factors, factors.args[1]), False)))
        return self.arrays.make("inner_of", tuple(given))

    def _formed(self, node: Array) -> Array:
        found = _form(node)
        if found is None:
            return node
        inverse, other = found
        factors = self._factors(inverse.args[0])
        if node.op == "dots":
            return self.arrays.make("forms_of", (factors, self.arrays.transpose(other)))
        return self.arrays.make("congruence_of", (factors, other))

    def _solved(self, product: Array) -> Array:
        """M^-1 B as it is, B M^-1 as the transpose of M^-T B^T."""
        arrays = self.arrays
        left, right = product.args
        after = _core(left).op != "inv"
        factor, other = (right, left) if after else (left, right)
        factors = self._factors(_core(factor).args[0])
        turned = (factor.op == "transpose") != after and not self.symmetric
        if after and other.order == 2:
            return arrays.transpose(arrays.make("solved", (factors, arrays.transpose(other)), turned))
        return arrays.make("solved", (factors, other), turned)

    def _factors(self, matrix: Array) -> Array:
        found = _low_rank(self.arrays, matrix) if self.low_rank is not None else None
        if found is not None:
            return self.arrays.make("low_rank", found)
        kind = "factored" if self.symmetric else "lu"
        if self.matrix.definite and "definite" in self.kinds:
            kind = "definite"
        return self.arrays.make(kind, (matrix,))


def _low_rank(arrays: Arrays, matrix: Array) -> LowRank | None:
    """A sum of a diagonal matrix and one product U U^T as its parts."""
    if matrix.op != "lin" or len(matrix.args) != 2:
        return None
    diagonal = factor = None
    for c, term in zip(matrix.data, matrix.args, strict=True):
        scalar, core = term.args if term.op == "mul" and term.args[0].order == 0 else (None, term)
        if core.op in {"diag", "eye"}:
            vector = core.args[0] if core.op == "diag" else arrays.constant("ones", core.shape[:1])
            diagonal = arrays.lin([(c, vector if scalar is None else arrays.mul(scalar, vector))])
        elif scalar is None and core.op == "matmul" and core.args[1] is arrays.transpose(core.args[0]):
            root = _square_root(c)
            factor = None if root is None else arrays.lin([(root, core.args[0])])
    return None if diagonal is None or factor is None else LowRank(diagonal, factor)


def _square_root(c: int | Fraction) -> int | Fraction | None:
    """The root of a square number."""
    if c <= 0:
        return None
    root = Fraction(isqrt(Fraction(c).numerator), isqrt(Fraction(c).denominator))
    return root if root * root == c else None
