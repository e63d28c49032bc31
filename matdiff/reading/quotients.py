"""a/b c: read as (a/b) c, with a note where b and c are written as one; as a/(b c) where only that can be."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Label, ShapeError
from matdiff.formula.syntax import Div, Expr, Mul, Num, Sym
from matdiff.reading.blame import extent, quoted
from matdiff.reading.kinds import SIZES
from matdiff.reading.sizes import SCALAR

if TYPE_CHECKING:
    from matdiff.reading.inference import Inference


def reassociated(inference: Inference, node: Mul) -> Expr | None:
    """The quotient that a product begins with, all that follows put below: x^T A x / x^T x.  None where it is read as
    it stands.
    """
    first, rest = node.factors[0], node.factors[1:]
    if not rest:
        return None
    if type(first) is Num:
        _refuse_size(inference, first, rest[0])
        _note(inference, first, rest[0])
        return None
    if type(first) is not Div or not _is_written_plain(first):
        return None
    below = inference.visit(first.den)
    inference.settled[id(first.den)] = below
    if below[1] == SCALAR:
        _note(inference, first, rest[0])
        return None
    product = Mul((first.den, *rest), span=extent((first.den, *rest)))
    inference.notes.append(
        f"{quoted(inference, node)} was read as {quoted(inference, first.num)} over {quoted(inference, product)}"
    )
    return Div(first.num, product, span=node.span)


def _refuse_size(inference: Inference, number: Num, following: Expr) -> None:
    """1/2N is half of N to the rules, and one over 2 N to those who write it.  Raises E125."""
    text = inference.names.reading.text[number.span.start : number.span.end]
    size = type(following) is Sym and following.base in SIZES and following.name not in inference.names.declared
    if size and "/" in text and text[:1] not in "([{" and number.span.end == following.span.start:
        above, _, below = text.rpartition("/")
        name = quoted(inference, following)
        raise ShapeError(
            "E125",
            f"'{text}{name}' can be read in two ways: as {name} times {text}, or as {above} over {below}{name}",
            Label(number.span),
            hint=f"write {above}/({below}{name}) or ({text}) {name}",
            source=inference.names.reading.text,
        )


def _is_written_plain(quotient: Div) -> bool:
    """Whether the quotient was written with a slash, and without brackets around it."""
    return (
        quotient.span.start == quotient.num.span.start
        and quotient.span.end == quotient.den.span.end
        and quotient.span.end > quotient.span.start
    )


def _note(inference: Inference, quotient: Expr, following: Expr) -> None:
    """x/2 sigma^2 is a scalar times sigma^2 here; to others it is x over 2 sigma^2."""
    text = inference.names.reading.text[quotient.span.start : quotient.span.end]
    glued = quotient.span.end == following.span.start and quotient.span.end > quotient.span.start
    if not glued or "/" not in text or text[:1] in "([{" or not text[-1:].isalnum():
        return
    above, _, below = text.rpartition("/")
    behind = quoted(inference, following)
    inference.notes.append(
        f"{text}{behind} was read as ({text}) {behind}: write {above}/({below}{behind}) for the other"
    )
