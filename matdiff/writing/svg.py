"""A picture of the formula as SVG, drawn from the LaTeX form by ziamath (fonts inside, no TeX needed)."""

from __future__ import annotations

from html import escape
from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.errors import OutputError
from matdiff.errors.installing import how_to_install
from matdiff.errors.report import visible_lines
from matdiff.writing import latex

if TYPE_CHECKING:
    from matdiff.formula.question import Operator
    from matdiff.formula.syntax import Expr

_LEADING = 1.6  # between lines, which may hold fractions


class Notation(latex.Notation):
    def text(self, tree: Expr) -> str:
        return drawn(super().text(tree))

    def operator(self, operator: Operator) -> str:
        return drawn(super().operator(operator))


def drawn(text: str, colour: str = "") -> str:
    """The picture, on one line, of a formula of LaTeX, or of lines of text with formulas between dollars.

    Its title is the text.  Raises OutputError: E403 where ziamath is missing, E402 where it doesn't know the LaTeX.
    """
    try:
        from ziamath.zmath import Latex, Text  # noqa: PLC0415 # an extra, loaded when a picture is asked for
    except ImportError:
        raise OutputError(
            "E403", "SVG needs the package ziamath", hint=how_to_install("ziamath", extra="svg")
        ) from None
    text = visible_lines(text)
    said: dict[str, Any] = {"color": colour or None, "title": text}
    try:
        whole = Text(_escaped(text), linespacing=_LEADING, **said) if "$" in text else Latex(text, **said)
        picture = whole.svg()
    except (
        ValueError,
        SyntaxError,
        KeyError,
        IndexError,
        AttributeError,
    ) as error:  # what ziamath raises for LaTeX that it does not know
        raise OutputError(
            "E402", f"ziamath cannot draw this formula ({type(error).__name__})", hint="--to latex prints it"
        ) from error
    return " ".join(str(picture).split())


def _escaped(text: str) -> str:
    """Text whose every second piece between dollars is a formula, the others with the marks of XML escaped."""
    return "$".join([piece if k % 2 else escape(piece, quote=False) for k, piece in enumerate(text.split("$"))])
