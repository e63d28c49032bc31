"""The entries of an answer in rows and columns: between brackets on a terminal, as a matrix in LaTeX and Typst, in one
line elsewhere.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import OutputError

if TYPE_CHECKING:
    from matdiff.calculator import Answer
    from matdiff.formula.syntax import Expr

LARGEST = 12  # what --explicit takes at most
_BRACKETS = {"unicode": ("⎡⎤", "⎢⎥", "⎣⎦"), "ascii": ("[]", "[]", "[]")}


def explicit_rows(answer: Answer, n: int) -> list[list[Expr]]:
    """The entries of an answer as formulas, where every size that the question leaves open is `n`.

    Raises OutputError E411 where it has no entries that can be written out.
    """
    from matdiff.explicit.entries import entries  # noqa: PLC0415 # SymPy: 300 ms that only this needs
    from matdiff.explicit.formulas import formula  # noqa: PLC0415 # SymPy, too

    if len(answer.shape) > 2:
        raise OutputError(
            "E411",
            "entries are written out in rows and columns, and this answer has more than two indices",
            hint="leave out --as index",
        )
    if answer.laid is None:
        raise OutputError("E411", "an answer that is not laid out has no rows and columns")
    with answer.graph.branch().in_force():
        return [[formula(entry) for entry in row] for row in entries(answer, answer.laid, n)]


def explicit(answer: Answer, n: int, notation: str, *, tall: bool = False) -> str:
    """The entries in a notation; `tall` writes a matrix on several lines.  Raises OutputError E411."""
    from matdiff.writing import write  # noqa: PLC0415 # writers are loaded when one is asked for

    rows = [[write(entry, notation) for entry in row] for row in explicit_rows(answer, n)]
    if len(rows) == 1 and len(rows[0]) == 1:
        return rows[0][0]
    if notation == "latex":
        return r"\begin{bmatrix} " + r" \\ ".join([" & ".join(row) for row in rows]) + r" \end{bmatrix}"
    if notation == "typst":
        return 'mat(delim: "[", ' + "; ".join([", ".join(row) for row in rows]) + ")"
    if notation not in _BRACKETS:
        raise OutputError(
            "E411", f"entries are not written out in {notation}", hint="unicode, ascii, latex and typst are there"
        )
    return (
        bracketed(rows, _BRACKETS[notation])
        if tall
        else "[" + ", ".join(["[" + ", ".join(row) + "]" for row in rows]) + "]"
    )


def bracketed(rows: list[list[str]], brackets: tuple[str, str, str]) -> str:
    """Rows one below the other, columns aligned, between brackets of their height."""
    widths = [max(_columns(row[k]) for row in rows) for k in range(len(rows[0]))]
    top, middle, bottom = brackets
    lines = []
    for place, row in enumerate(rows):
        pair = "[]" if len(rows) == 1 else top if place == 0 else bottom if place == len(rows) - 1 else middle
        cells = [_centred(cell, width) for cell, width in zip(row, widths, strict=True)]
        lines.append(f"{pair[0]} {'  '.join(cells)} {pair[1]}")
    return "\n".join(lines)


def _centred(text: str, width: int) -> str:
    space = width - _columns(text)
    return " " * (space // 2) + text + " " * (space - space // 2)


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes: accents stand above their letters."""
    from unicodedata import combining  # noqa: PLC0415 # only wanted here

    return sum(not combining(character) for character in text)
