"""Entries, rows, columns and slices: x(1), X(:, 2), (A x)_j, [A X B]_{ij}.

Places are counted from 1.  The grammar makes a call of them, named as they are written; it becomes a product with
unit vectors here, where the shape of what is indexed is known.
"""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Label, ShapeError, Span
from matdiff.formula.syntax import Add, Call, Expr, Mul, Neg, Num, Sym, Transpose, constant_of
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.reading import mistakes, refusals, sizes
from matdiff.reading.blame import quoted
from matdiff.reading.lexing import Token
from matdiff.reading.size_text import of_expression
from matdiff.reading.sizes import SCALAR, Dims, SizeTerm, Unknown
from matdiff.reading.subscripts import subscript_raw, subscript_tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.errors import MatdiffError
    from matdiff.reading.inference import Inference
    from matdiff.reading.names import Scope
    from matdiff.reading.symbol_shapes import Typing

BELOW, ROUND, SQUARE = "below", "()", "[]"  # a subscript, MATLAB's brackets, Julia's
ALL = ""  # the name of a colon
_RANGE, _END = "range", "end"
_COMPUTED = re.compile(r"\w\s*[-+:]\s*\w")  # below an e: a range, or a place that is worked out
_LONGEST = 4


# -- from tokens -----------------------------------------------------------------------------------------------------


def from_brackets(inside: list[Token], whole: Span) -> list[Expr]:
    """The indices between brackets.  Raises E115 for what is no place, E125 for x[1] that Python counts from 0."""
    found: list[Expr] = []
    for part in _parts(inside):
        kinds = [token.kind for token in part]
        if kinds == ["COLON"]:
            found.append(Sym(ALL, span=part[0].span))
        elif kinds == ["NUMBER"]:
            found.append(_place(part[0]))
        elif kinds == ["NUMBER", "COLON", "NUMBER"]:
            ends = (_place(part[0]), _place(part[2]))
            found.append(Call(_RANGE, ends, span=Span(part[0].start, part[2].end)))
        else:
            raise mistakes.not_supported("this index is not supported", whole, hint="write e_i^T x for an entry")
    return found


def two_countings(name: str, inside: list[Token], whole: Span) -> MatdiffError:
    """E125: x[1] in a line that may be Julia's or Python's."""
    first = next((int(token.text) for token in inside if token.text.isdigit()), 1)
    shown = "".join([token.text for token in inside])
    return mistakes.two_readings(
        f"{name}[{shown}]",
        ("counted from 1", f"e_{first}^T {name}" if first else f"{name}(1)"),
        ("counted from 0, as in Python", f"e_{first + 1}^T {name}"),
        whole,
    )


def with_ranges(given: list[Token], scope: Scope) -> list[Token]:
    """The tokens with e_{a:b}, the unit vectors between two places, as a call of units(a, b), and e_{n+1} likewise."""
    if not any(token.kind == "SUBSCRIPT" and _COMPUTED.search(token.text) for token in given):
        return given
    out: list[Token] = []
    for token in given:
        before = out[-1] if out else token
        if token.kind != "SUBSCRIPT" or not _COMPUTED.search(token.text) or before.text != "e" or scope.knows("e"):
            out.append(token)
            continue
        inside = subscript_tokens(token)
        start, end = (token.start, token.start), (token.end, token.end)
        several = any(part.kind == "COLON" for part in inside)
        out[-1] = before.become("WORD", fn.UNIT_VECTORS if several else fn.UNIT_VECTOR)
        out.append(Token("OPEN", "(", *start, glued=True))
        out += [part.become("COMMA", ",") if part.kind == "COLON" else part for part in inside]
        out.append(Token("CLOSE", ")", *end, glued=True))
    return out


def _parts(inside: list[Token]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    for token in inside:
        if token.kind == "COMMA":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _place(token: Token) -> Expr:
    """A place by its number, or counted from the end."""
    if token.text.startswith(_END):
        last = Sym(_END, span=token.span)
        back = token.text[len(_END) + 1 :]
        if not back:
            return last
        if back.isdigit() and len(back) <= _LONGEST:
            return Add((last, Num(Fraction(-int(back)), span=token.span)), span=token.span)
    if not token.text.isdigit() or len(token.text) > _LONGEST or int(token.text) < 1:
        raise mistakes.not_supported(
            f"'{token.text}' is no place of an entry: they are counted from 1, in Python's lines from 0", token.span
        )
    return Num(Fraction(int(token.text)), span=token.span)


def from_subscript(token: Token) -> list[Expr] | None:
    """The indices below an expression: j, ij, 12, {1,2}, {i,j}, {i+1}; None where it is no index."""
    raw = subscript_raw(token).replace(" ", "").replace("−", "-")
    parts = raw.split(",") if "," in raw else list(raw) if raw.isalpha() else [raw]
    if is_shifted(token):
        return [_shifted(part, token) for part in parts]
    return _plain(parts, token)


def _plain(parts: list[str], token: Token) -> list[Expr] | None:
    if len(parts) > 2 or not all(part.isascii() and part.isalnum() and len(part) <= _LONGEST for part in parts):
        return None
    if not all(part.isdigit() or (len(part) == 1 and part.islower()) for part in parts):
        return None
    return [Sym(part, span=token.span) for part in parts]


def is_shifted(token: Token) -> bool:
    """Whether an index and a number, {i+1} or {i,j-1}, stand below a name or an expression."""
    raw = subscript_raw(token).replace(" ", "").replace("−", "-")
    parts = [_SHIFTED.fullmatch(part) for part in raw.split(",")]
    found = [part for part in parts if part is not None]
    return len(found) == len(parts) <= 2 and any(part[2] for part in found)


def _shifted(part: str, token: Token) -> Expr:
    found = _SHIFTED.fullmatch(part)
    letter = Sym(found[1] if found else part, span=token.span)
    if not found or not found[2]:
        return letter
    return Add((letter, Num(Fraction(int(found[2])), span=token.span)), span=token.span)


_SHIFTED = re.compile(r"([a-z])([+-][0-9]{1,3})?")


# -- with shapes -----------------------------------------------------------------------------------------------------


def _entry(inference: Inference, node: Call, way: str) -> Typing:
    base, dims = inference.visit(node.args[0])
    indices = _numbered(node.args[1:], dims)
    if len(indices) == 1 and indices[0] == Sym(ALL) and dims != SCALAR:
        rows, columns = (inference.sizes.resolve(side) for side in dims)
        return (
            inference.visit(Call(fn.VEC, node.args[:1], span=node.span)) if 1 not in {rows, columns} else (base, dims)
        )
    sides = [axis for axis in (0, 1) if dims[axis] != 1]
    if len(indices) == 2 and len(sides) == 1 and indices[1 - sides[0]] in (Num(Fraction(1)), Sym("1"), Sym(ALL)):
        indices = [indices[sides[0]]]
    if len(indices) != len(sides):
        raise _wrong_count(inference, node, dims, len(indices))
    found: tuple[Expr, Dims] = (base, dims)
    for axis, index in zip(sides, indices, strict=True):
        found = _along(inference, node, found, axis, index)
    column = way == SQUARE and found[1][0] == 1 and found[1][1] != 1 and len(sides) == 2
    return _turned(inference, found) if column else found


def _numbered(indices: tuple[Expr, ...], dims: Dims) -> list[Expr]:
    """The indices; the digits below a matrix are one for each side."""
    if len(indices) == 1 and 1 not in dims and isinstance(indices[0], Sym) and indices[0].name.isdigit():
        digits = indices[0].name
        return [Sym(digit, span=indices[0].span) for digit in digits] if len(digits) == 2 else list(indices)
    return list(indices)


def _along(inference: Inference, node: Call, found: Typing, axis: int, index: Expr) -> Typing:
    """What an index along one side leaves."""
    tree, dims = found
    if index == Sym(ALL):
        return found
    index = _counted_from_one(index, Call("ncols" if axis else "nrows", (tree,), span=index.span))
    picker, (size, many) = _picker(inference, node, index, dims[axis])
    if not inference.sizes.unify(size, dims[axis]):
        raise _outside(inference, node, dims)
    if axis == 0:
        turned, _ = _turned(inference, (picker, (size, many)))
        left = Mul((turned, tree), span=node.span)
        shape: Dims = (many, dims[1])
    else:
        left, shape = Mul((tree, picker), span=node.span), (dims[0], many)
    inference.record.append((left, shape))
    return left, shape


def _counted_from_one(index: Expr, last: Call) -> Expr:
    """An index in which `end` is the length of the side."""
    if index == Sym(_END):
        return last
    if isinstance(index, Add) and index.terms[0] == Sym(_END):
        return Add((last, *index.terms[1:]), span=index.span)
    if isinstance(index, Call) and index.function == _RANGE:
        return Call(_RANGE, tuple([_counted_from_one(end, last) for end in index.args]), span=index.span)
    return index


def _picker(inference: Inference, node: Call, index: Expr, size: SizeTerm) -> Typing:
    """The unit vector at a place, or those of a range side by side."""
    if not (isinstance(index, Call) and index.function == _RANGE):
        position = (
            Num(Fraction(index.name), span=index.span) if isinstance(index, Sym) and index.name.isdigit() else index
        )
        known = inference.sizes.resolve(size)
        if isinstance(position, Num) and isinstance(known, int) and not 1 <= position.value <= known:
            raise _outside(inference, node, (known, 1))
        if isinstance(position, Call) or (isinstance(position, Add) and isinstance(position.terms[0], Call)):
            return units(inference, Call(fn.UNIT_VECTORS, (position, position), span=index.span))
        return inference.visit(Call(fn.UNIT_VECTOR, (position,), span=index.span))
    high, known = index.args[1], inference.sizes.resolve(size)
    if isinstance(high, Num) and isinstance(known, int) and high.value > known:
        raise _outside(inference, node, (known, 1))
    return inference.visit(Call(fn.UNIT_VECTORS, index.args, span=index.span))


# -- ranges ----------------------------------------------------------------------------------------------------------


def units(inference: Inference, node: Call) -> Typing:
    """The unit vectors between two places, side by side: as many columns as there are places."""
    fewest, most = TABLE[node.function].arity
    if not fewest <= len(node.args) <= most:
        raise refusals.arity(inference, node, fewest, most)
    ends = [_end(inference, node, arg) for arg in node.args]
    many = sizes.plus(sizes.plus(ends[1], ends[0], -1), 1)
    if isinstance(many, int) and many < 1:
        raise mistakes.error("E112", "the slice is empty", node.span).within(inference.names.reading.text)
    if many == 1:
        return inference.visit(Call(fn.UNIT_VECTOR, node.args[:1], span=node.span))
    rows = Unknown()
    inference.unsized.append((node, rows))
    return node, (rows, many)


def _end(inference: Inference, node: Call, arg: Expr) -> SizeTerm:
    """The place at which a range begins or ends, as a size; nrows(x) is how long x turns out to be."""
    if isinstance(arg, Call) and arg.function in {"nrows", "ncols"}:
        _, dims = inference.visit(arg.args[0])
        inference.record.append((arg, SCALAR))
        return inference.sizes.resolve(dims[arg.function == "ncols"])
    if isinstance(arg, Add):
        total: SizeTerm = 0
        for term in arg.terms:
            total = sizes.plus(total, _end(inference, node, term))
        inference.record.append((arg, SCALAR))
        return total
    if constant_of(arg) is not None or isinstance(arg, Neg):
        found = of_expression(arg)
        if found is not None:
            inference.record.append((arg, SCALAR))
            return inference.sizes.resolve(found)
    return inference.size_argument(node, arg)


def _turned(inference: Inference, found: Typing) -> Typing:
    tree, (rows, columns) = found
    turned = Transpose(tree, span=tree.span), (columns, rows)
    inference.record.append(turned)
    return turned


def _wrong_count(inference: Inference, node: Call, dims: Dims, given: int) -> MatdiffError:
    sides = sum(side != 1 for side in dims)
    what = ("a number", "a vector", "a matrix")[sides]
    return ShapeError(
        "E209",
        f"{quoted(inference, node.args[0])} is {what}, with {sides} indices an entry; here are {given}",
        Label(node.span),
        source=inference.names.reading.text,
    )


def _outside(inference: Inference, node: Call, dims: Dims) -> MatdiffError:
    size = inference.text(dims[0])
    return ShapeError(
        "E209",
        f"the index is outside of {quoted(inference, node.args[0])}, which has {size} entries there",
        Label(node.span),
        source=inference.names.reading.text,
    )


def _below(inference: Inference, node: Call) -> Typing:
    return _entry(inference, node, BELOW)


def _round(inference: Inference, node: Call) -> Typing:
    return _entry(inference, node, ROUND)


def _square(inference: Inference, node: Call) -> Typing:
    return _entry(inference, node, SQUARE)


RULES: dict[str, Callable[[Inference, Call], Typing]] = {
    BELOW: _below,
    ROUND: _round,
    SQUARE: _square,
}
