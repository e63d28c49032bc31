"""A number beside an array in a sum: added to every entry where all who read it would, with a note."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING, cast

from matdiff.errors import Label, ShapeError
from matdiff.formula import syntax
from matdiff.formula.syntax import Call, Expr, Mul, Neg, Num, Sym
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.reading.blame import influences, quoted
from matdiff.reading.naming import name_sizes
from matdiff.reading.sizes import SCALAR, Dims

if TYPE_CHECKING:
    from matdiff.reading.inference import Inference
    from matdiff.reading.symbol_shapes import SymbolShapes, Typing

_ENTRY_BY_ENTRY = re.compile(r"\.[*/^+-]")  # as MATLAB and Julia write it


def spread(inference: Inference, node: syntax.Add, terms: tuple[Expr, ...], shapes: list[Dims]) -> Typing | None:
    """The sum with every scalar in it times ones of the others' shape; None where that is not what is meant."""
    arrays = [k for k, dims in enumerate(shapes) if dims != SCALAR]
    if not arrays:
        return None
    inference.names.mixed = True
    dims = shapes[arrays[0]]
    if dims[0] == 1 and not any(isinstance(terms[k], syntax.Transpose) for k in arrays):
        return None  # x^T phi + 1 with a number phi: nobody writes a row like that
    if not inference.spreading or not _is_meant(inference, [terms[k] for k in arrays], dims):
        return None
    if not all(inference.same(dims, shapes[k]) for k in arrays):
        return None
    found = []
    for term, shape, written in zip(terms, shapes, node.terms, strict=True):
        if shape != SCALAR:
            found.append(term)
            continue
        plain = written.arg if isinstance(written, Neg) else written
        if isinstance(plain, Sym) and plain.index and plain.name not in inference.names.declared:
            raise _entry_or_vector(inference, plain, dims)
        how = "subtracted from" if isinstance(written, Neg) else "added to"
        inference.notes.append(f"{quoted(inference, plain)} is {how} every entry")
        found.append(_everywhere(inference, term, dims))
    return syntax.Add(tuple(found), span=node.span), dims


def told_scalar(terms: tuple[Expr, ...], shapes: list[Dims]) -> int:
    """Which of the scalars in a sum tells most of the others: one that is no number, if there is one."""
    plain = [term.arg if isinstance(term, Neg) else term for term in terms]
    found = (k for k, dims in enumerate(shapes) if dims == SCALAR and not isinstance(plain[k], Num))
    return next(found, 0)


def _entry_or_vector(inference: Inference, node: Sym, dims: Dims) -> ShapeError:
    """E125: x - x_1, where x_1 may be an entry of x or another vector."""
    name_sizes(inference)
    rows, columns = inference.text(dims[0]), inference.text(dims[1])
    size = f"{rows} x {columns}" if 1 not in (rows, columns) else str(rows if columns == 1 else columns)
    return ShapeError(
        "E125",
        f"'{node.name}' can be read in two ways: as an entry of {node.variable}, or as a name of its own",
        Label(node.span),
        hint=f"declare {node.name} in R^{{{size}}}, or write e_{node.index[0]}^T {node.variable} for the entry",
        source=inference.names.reading.text,
    )


def check_entries_beside(inference: Inference, args: tuple[Expr, ...], shapes: list[Dims]) -> None:
    """E125: k(x, x_i), where x_i may be an entry of x or another vector."""
    names = {arg.name: dims for arg, dims in zip(args, shapes, strict=True) if isinstance(arg, Sym)}
    for arg in args:
        if not isinstance(arg, Sym) or not arg.index or arg.name in inference.names.declared:
            continue
        if arg.variable in names.keys() - {arg.name}:
            raise _entry_or_vector(inference, arg, names[arg.variable])


def _everywhere(inference: Inference, term: Expr, dims: Dims) -> Expr:
    """The scalar times an array of ones."""
    ones = ones_like(inference, dims, term)
    if isinstance(term, Num) and term.value == 1:
        return ones
    if isinstance(term, Neg):
        inner = _everywhere(inference, term.arg, dims)
        made: Expr = Neg(inner, span=term.span)
    else:
        made = Mul((term, ones), span=term.span)
    inference.record.append((made, dims))
    return made


def ones_like(inference: Inference, dims: Dims, near: Expr) -> Expr:
    """Ones of a shape; the sizes are filled in when all of them are known."""
    ones: Expr = Call(fn.ONES, (), span=near.span)
    if dims[1] == 1:
        inference.record.append((ones, dims))
        return ones
    if dims[0] == 1:
        inference.record.append((ones, (dims[1], 1)))
        turned = syntax.Transpose(ones, span=near.span)
        inference.record.append((turned, dims))
        return turned
    left: Expr = Call(fn.ONES, (), span=near.span)
    right = syntax.Transpose(ones, span=near.span)
    product = Mul((left, right), span=near.span)
    inference.record += [(left, (dims[0], 1)), (ones, (dims[1], 1)), (right, (1, dims[1])), (product, dims)]
    return product


def with_powers_of_bars(inference: Inference, node: syntax.Add) -> syntax.Add:
    """|A x|^2 beside a vector is the square of every entry's absolute value; alone it is not plain what it is."""
    powers = [k for k, term in enumerate(node.terms) if _is_power_of_bars(term)]
    if not powers or len(powers) == len(node.terms):
        return node
    arrays = []
    for k, term in enumerate(node.terms):
        inner: Expr = cast("syntax.Pow", _unsigned(term)).base if k in powers else term
        inference.settled[id(inner)] = typing = inference.visit(inner)
        arrays.append(typing[1] != SCALAR and 1 in typing[1])
    if not all(arrays):
        return node
    terms = [_each(term) if k in powers else term for k, term in enumerate(node.terms)]
    inference.notes.append(f"{quoted(inference, _unsigned(node.terms[powers[0]]))} was read entry by entry")
    return syntax.Add(tuple(terms), span=node.span)


def _unsigned(term: Expr) -> Expr:
    return term.arg if isinstance(term, Neg) else term


def _is_power_of_bars(term: Expr) -> bool:
    term = _unsigned(term)
    return isinstance(term, syntax.Pow) and isinstance(term.base, Call) and term.base.function == fn.BARS


def _each(term: Expr) -> Expr:
    if isinstance(term, Neg):
        return Neg(_each(term.arg), span=term.span)
    power = cast("syntax.Pow", term)
    return syntax.HadPow(power.base, power.exponent, span=term.span)


def _is_meant(inference: SymbolShapes, arrays: list[Expr], dims: Dims) -> bool:
    """Beside a vector always; beside a matrix where that is a function of every entry, or the text works entry by
    entry.
    """
    if 1 in dims:
        return True
    return all(_is_elementwise(term) for term in arrays) or bool(_ENTRY_BY_ENTRY.search(inference.names.reading.text))


def _is_elementwise(tree: Expr) -> bool:
    if isinstance(tree, Neg):
        return _is_elementwise(tree.arg)
    if isinstance(tree, Mul):
        others = [factor for factor in tree.factors if not isinstance(factor, Num)]
        return len(others) == 1 and _is_elementwise(others[0])
    if isinstance(tree, Call):
        row = TABLE.get(tree.function)
        return row is not None and row.shape == "same"
    return isinstance(tree, (syntax.Had, syntax.HadDiv, syntax.HadPow))


def could_be_scalars(inference: SymbolShapes, scalar: Expr, array: Expr) -> set[str]:
    """The letters that would be scalars to all who read the sum: b in w^T x + b, y in 1 - y w^T x; none in x - 1."""
    known = inference.written
    bare = not isinstance(scalar, Num) and not (isinstance(scalar, Neg) and isinstance(scalar.arg, Num))
    return _free(inference, known, array, bare)


def _coefficients(inference: SymbolShapes, known: dict[int, Dims], tree: Mul) -> set[str]:
    """The letters in a product beside which all else is a scalar: y in y w^T x, C in C/2 ||x||^2."""
    found: set[str] = set()
    factors = [factor for factor in tree.factors if not isinstance(factor, Num)]
    for k, factor in enumerate(factors):
        others = [known.get(id(other), SCALAR) for other in factors[:k] + factors[k + 1 :]]
        sides = [dims for dims in others if dims != SCALAR]
        letter = factor.num if isinstance(factor, syntax.Div) else factor
        if isinstance(letter, Sym) and others and (not sides or (sides[0][0] == 1 and sides[-1][1] == 1)):
            found |= influences(inference, letter)
    return found


def _free(inference: SymbolShapes, known: dict[int, Dims], tree: Expr, bare: bool) -> set[str]:
    if isinstance(tree, Neg):
        return _free(inference, known, tree.arg, bare)
    if isinstance(tree, Sym):
        return influences(inference, tree) if bare else set()
    if isinstance(tree, Mul):
        return _coefficients(inference, known, tree)
    if isinstance(tree, syntax.Add):
        parts = [_free(inference, known, term, bare) for term in tree.terms]
        return set.intersection(*parts) if parts else set()
    if isinstance(tree, Call):
        row = TABLE.get(tree.function)
        return _free(inference, known, tree.args[0], False) if row is not None and row.shape == "same" else set()
    if isinstance(tree, syntax.Div):
        return _free(inference, known, tree.num, bare)
    return influences(inference, tree) if bare and isinstance(tree, syntax.Apply) else set()
