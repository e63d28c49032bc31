"""a/b c: read as (a/b) c, with a note where b and c are written as one; as a/(b c) where only that can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matdiff.formula.syntax import Div, Expr, Mul, Num
from matdiff.reading.blame import extent, quoted
from matdiff.reading.sizes import SCALAR

if TYPE_CHECKING:
    from matdiff.reading.inference import Inference


def reassociated(inference: Inference, node: Mul) -> Expr | None:
    """The quotient that a product begins with, all that follows put below: x^T A x / x^T x.  None where it is read as
    it stands.
    """
    first, rest = node.factors[0], node.factors[1:]
    if type(first) is Num:
        _note(inference, node, first, rest[0])
        return None
    if type(first) is not Div or not _is_written_plain(first):
        return None
    below = inference.visit(first.den)
    inference.settled[id(first.den)] = below
    if below[1] == SCALAR:
        _note(inference, node, first, rest[0])
        return None
    product = Mul((first.den, *rest), span=extent((first.den, *rest)))
    inference.notes.append(
        f"{quoted(inference, node)} was read as {quoted(inference, first.num)} over {quoted(inference, product)}"
    )
    return Div(first.num, product, span=node.span)


def _is_written_plain(quotient: Div) -> bool:
    """Whether the quotient was written with a slash, and without brackets around it."""
    return (
        quotient.span.start == quotient.num.span.start
        and quotient.span.end == quotient.den.span.end
        and quotient.span.end > quotient.span.start
    )


def _note(inference: Inference, node: Mul, quotient: Expr, following: Expr) -> None:
    """x/2\\sigma^2 is a scalar times sigma^2 here; to others it is x over 2 sigma^2."""
    text = inference.names.reading.text[quotient.span.start : quotient.span.end]
    glued = quotient.span.end == following.span.start and quotient.span.end > quotient.span.start
    if not glued or "/" not in text or text[:1] in "([{" or not text[-1:].isalnum():
        return
    above, _, below = text.rpartition("/")
    behind = quoted(inference, following)
    inference.notes.append(f"{text}{behind} was read as ({text}) {behind}: write {above}/({below}{behind}) for the other")
