"""An answer on a terminal: the question, the formula below it, and dimmed how the question was read.

    ∂/∂X tr(Xᵀ B X)
      = (B + Bᵀ) X
    X: m×n, B: m×m; result m×n, denominator layout

A long formula has its repeated subexpressions named under "where", and is broken at its top-level sum only.
"""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from matdiff.cli import wrapping
from matdiff.cli.formats import reading_line
from matdiff.errors.report import columns, visible
from matdiff.formula.length import signed, unsigned
from matdiff.formula.syntax import Add, Expr, Sym
from matdiff.several import Answers
from matdiff.writing import Style, write, write_operator

if TYPE_CHECKING:
    from matdiff.calculator import Answer

BY, NAMED = "cyan", "magenta"  # of the terminal's palette, which suits dark and light backgrounds alike
INDENT = "  "
_FIRST = INDENT + "= "


def show(answer: Answer, text: str, *, notation: str = "unicode", colour: bool, quiet: bool) -> None:
    """Draw an answer on standard output: `text` (the answer in `notation`) as it is, never folded by Rich; unless
    `quiet`, what is said around it.

    Where `notation` is unicode or ascii and `text` is the answer on one line, the question stands above it, and the
    formula is laid out for the width.
    """
    console = _console(colour=colour)
    strong, faint = ("bold", "dim") if colour else ("", "")
    lines = (
        [text]
        if quiet or notation not in {"unicode", "ascii"}
        else formula_lines(answer, text, notation, console.width)
    )
    if len(lines) > 1:
        for line in _fitting(lines.pop(0), notation, console.width):
            console.print(_painted(line, answer, notation, faint, colour=colour), soft_wrap=True)
    for piece in [piece for line in lines for piece in _fitting(line, notation, console.width)]:
        style = faint if piece.strip() == "where" else strong
        console.print(_painted(piece, answer, notation, style, colour=colour), soft_wrap=True)
    if not quiet:
        tell(answer, colour=colour)


def tell(answer: Answer | Answers, *, colour: bool) -> None:
    """What is said below an answer: how the question was read, and notes."""
    console = _console(colour=colour)
    readings = [reading_line(part) for part in (answer if isinstance(answer, Answers) else [answer])]
    for line in (*readings, *(f"note: {note}" for note in answer.notes)):
        for piece in wrapping.prose(visible(line), room=console.width):
            console.print(Text(piece, style="dim" if colour else ""), soft_wrap=True)


def _console(*, colour: bool) -> Console:
    return Console(no_color=not colour, force_terminal=True, highlight=False, markup=False, emoji=False)


def _fitting(line: str, notation: str, width: int) -> list[str]:
    """A line of a formula, broken before its signs where it is wider than the terminal; other notations stay whole, so
    that they can be copied.
    """
    if notation not in {"unicode", "ascii"} or columns(line) <= width:
        return [line]
    return wrapping.step(line, width)


def _painted(line: str, answer: Answer, notation: str, style: str, *, colour: bool) -> Text:
    """A line with what the operator differentiates by, and the named parts, each in a colour of the terminal's own."""
    text = Text(line, style=style)
    if not colour or notation not in {"unicode", "ascii"}:
        return text
    by = {item.name for item in answer.operator.by} if answer.operator else set()
    named = {*answer.lets, *(answer.short.lets if answer.formula is not None or answer.parts else ())}
    for names, paint in ((by, BY), (named, NAMED)):
        for name in names:
            shown = write(Sym(name), notation)
            text.highlight_regex(rf"(?<![^\W_]){re.escape(shown)}(?![^\W\dᵀ⁻¹²³ᵏ]|[₀-₉ᵢⱼₖₙ])", paint)
    return text


def formula_lines(answer: Answer, text: str, notation: str, width: int) -> list[str]:
    """The question, and below it the answer: `text` itself where it has several lines or is no plain formula, else
    laid out for `width` columns.
    """
    asked = write(answer.expression, notation, Style(symbols=answer.symbols))
    if answer.operator:
        asked = f"{write_operator(answer.operator, notation)} {asked}"
    if answer.formula is not None and ("\n" in text or text != written(answer, answer.tree, notation)):
        first, *rest = text.split("\n")
        return [asked, *([_FIRST + first] if not rest else [INDENT + line for line in (first, *rest)])]
    tree, lets = answer.short
    lines = [asked, *_broken(answer, tree, notation, width)]
    given = {**answer.lets, **lets}
    if given:
        lines.append(INDENT + "where")
        lines += [
            f"{INDENT * 2}{write(Sym(name), notation)} = {written(answer, value, notation)}"
            for name, value in given.items()
        ]
    return lines


def written(answer: Answer, tree: Expr, notation: str) -> str:
    return write(tree, notation, Style(symbols=answer.symbols, shape=answer.shape if len(answer.shape) == 2 else None))


def _broken(answer: Answer, tree: Expr, notation: str, width: int) -> list[str]:
    """The formula on one line, or, where it is a sum that does not fit, on several that begin with + or -, each as
    full as it gets.
    """
    whole = _FIRST + written(answer, tree, notation)
    if columns(whole) <= width or not isinstance(tree, Add) or any(isinstance(term, Add) for term in tree.terms):
        return [whole]
    lines = [_FIRST + written(answer, tree.terms[0], notation)]
    for term in tree.terms[1:]:
        piece = (
            f"- {written(answer, unsigned(term), notation)}" if signed(term) else f"+ {written(answer, term, notation)}"
        )
        if columns(lines[-1]) + 1 + columns(piece) <= width:
            lines[-1] += " " + piece
        else:
            lines.append(INDENT + piece)
    return lines
