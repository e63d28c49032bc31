r"""exp, log, sqrt, sin of a square matrix: entry by entry, or the function of the matrix itself.

They work entry by entry, with a note; e^M, M^{1/2} and \sqrt{M} are functions of the matrix.  Directly under a trace or
a determinant, and of t A where it is no term of a sum, both readings are as likely: E125.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Label, ShapeError
from matdiff.formula.syntax import Add, Call, Expr, Mul, Neg, Num, Pow, Sym
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.reading.blame import quoted
from matdiff.reading.sizes import SCALAR, Dims

if TYPE_CHECKING:
    from matdiff.reading.inference import Inference
    from matdiff.reading.symbol_shapes import Typing

_HALF = Fraction(1, 2)


def sibling(function: str) -> str:
    """The function of a matrix that has the name of an elementwise one: expm of exp; "" where the table has none."""
    name = f"{function}m"
    row = TABLE.get(name)
    return name if row is not None and row.shape == "square->square" else ""


def two_readings(inference: Inference, call: Call) -> ShapeError:
    """E125: tr(exp(X))."""
    inner, other = quoted(inference, call.args[0]), sibling(call.function)
    whole = f"{other}({inner})" if other else "not supported"
    each = f"{call.function}.({inner})"
    return ShapeError(
        "E125",
        f"'{quoted(inference, call)}' can be read in two ways: as the matrix function, {whole}, or entry by entry",
        Label(call.span),
        hint=f"write {f'{whole}, or ' if other else ''}{each} for entry by entry",
        source=inference.names.reading.text,
    )


def refuse(inference: Inference) -> None:
    """Raise E125 for a function of t A, where A is square or may be."""
    terms = _terms(inference)
    for call, dims in inference.of_matrices:
        may_be_square = id(call) not in terms and inference.sizes.could_unify(dims[0], dims[1])
        if may_be_square and _is_scaled(inference, call.args[0]):
            raise two_readings(inference, call)


def check(inference: Inference) -> None:
    """Note what works on every entry of a square matrix."""
    for call, dims in inference.of_matrices:
        rows, columns = inference.text(dims[0]), inference.text(dims[1])
        if rows != columns or rows == 1:
            continue
        other = sibling(call.function)
        also = f": {other} is the function of the matrix" if other else ""
        inference.notes.append(f"{quoted(inference, call)} works entry by entry{also}")


def _terms(inference: Inference) -> set[int]:
    """What is added to other matrices, perhaps scaled: in K = s exp(-t D) + I, exp gives the entries of a kernel."""
    known = {id(part): dims for part, dims in inference.record}
    found = set()
    for node, _ in inference.record:
        for term in node.terms if isinstance(node, Add) else ():
            inner = term.arg if isinstance(term, Neg) else term
            factors = inner.factors if isinstance(inner, Mul) else (inner,)
            matrices = [factor for factor in factors if known.get(id(factor)) != SCALAR]
            found.update([id(matrices[0])] if len(matrices) == 1 else [])
    return found


def _is_scaled(inference: Inference, tree: Expr) -> bool:
    """Whether a formula is t A, the argument of a matrix exponential as a rule."""
    tree = tree.arg if isinstance(tree, Neg) else tree
    if not isinstance(tree, Mul):
        return False
    known = {id(part): dims for part, dims in inference.record}
    factors = [factor for factor in tree.factors if not isinstance(factor, Num)]
    scalars = [factor for factor in factors if known.get(id(factor)) == SCALAR]
    return len(factors) == 2 and len(scalars) == 1 and all(isinstance(factor, Sym) for factor in factors)


def euler_power(inference: Inference, node: Pow, exponent: Expr, dims: Dims) -> Typing:
    """e^t is exp(t), e^M the matrix exponential, e^x of a vector the exponential of every entry."""
    if dims == SCALAR:
        return Call(fn.EXP, (exponent,), span=node.span), dims
    if 1 in dims or not inference.square(dims):
        inference.notes.append(f"{quoted(inference, node)} works entry by entry")
        return Call(fn.EXP, (exponent,), span=node.span), dims
    inference.notes.append(f"{quoted(inference, node)} was read as the matrix exponential, expm")
    return Call(fn.EXPM, (exponent,), span=node.span), dims


def fractional_power(inference: Inference, node: Pow, base: Expr, dims: Dims) -> Typing | None:
    """M^{1/2} is the square root of the matrix, M^{-1/2} its inverse; None for other exponents."""
    exponent = node.exponent
    decimal = "." in inference.names.reading.text[exponent.span.start : exponent.span.end]
    if not isinstance(exponent, Num) or abs(exponent.value) != _HALF or decimal or not inference.square(dims):
        return None
    inference.notes.append(f"{quoted(inference, node)} was read with the square root of the matrix, sqrtm")
    root = Call(fn.SQRTM, (base,), span=node.span)
    if exponent.value > 0:
        return root, dims
    inference.record.append((root, dims))
    minus_one = Num(Fraction(-1), span=exponent.span)
    inference.record.append((minus_one, SCALAR))
    return Pow(root, minus_one, span=node.span), dims


def radical(inference: Inference, node: Call) -> Typing:
    r"""\sqrt{M} of what is square is the square root of the matrix; else the root of every entry."""
    (arg,), (dims,) = inference.visit_all(node.args[:1])
    if len(node.args) > 1:
        if 1 not in dims:
            raise ShapeError(
                "E206",
                f"the cube root is of numbers and vectors, and {quoted(inference, node.args[0])} is a matrix",
                Label(node.span),
                hint="cbrt(X) takes the root of every entry",
            )
        return Call(fn.CBRT, (arg,), span=node.span), dims
    if 1 not in dims and inference.sizes.resolve(dims[0]) == inference.sizes.resolve(dims[1]):
        inference.notes.append(f"{quoted(inference, node)} was read as the square root of the matrix, sqrtm")
        return Call(fn.SQRTM, (arg,), span=node.span), dims
    call = Call(fn.SQRT, (arg,), span=node.span)
    if 1 not in dims:
        inference.of_matrices.append((call, dims))
    return call, dims
