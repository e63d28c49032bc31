r"""Matrices written out: [A B; C D], [1 2; 3 4], \begin{pmatrix} A & b \\ c^T & d \end{pmatrix}.

Their tokens become MATRIX, cells with COMMA between them and SEMICOLON between rows, and MATRIXEND.  Brackets without
a semicolon group, as everywhere, unless they hold nothing but numbers.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Span
from matdiff.reading import mistakes
from matdiff.reading.lexing import Token

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENVIRONMENTS = frozenset(("matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "vmatrix", "array"))
_ENDS = frozenset(
    ("WORD", "LETTER", "UPRIGHT", "NUMBER", "CLOSE", "QUOTE", "SUBSCRIPT", "SUPERSCRIPT", "TURNED", "DOTQUOTE", "TOP")
)
_BEGINS = frozenset(("WORD", "LETTER", "UPRIGHT", "NUMBER", "OPEN", "PATH"))
_SIGNS = frozenset(("PLUS", "MINUS"))
Cells = list[list[list[Token]]]


def written_out(given: list[Token]) -> list[Token]:
    """The tokens with every matrix in them marked; the very same list where there is none."""
    if not any(token.kind == "BEGIN" or token.text == "[" for token in given):
        return given
    return _environments(_brackets(given))


# -- brackets --------------------------------------------------------------------------------------------------------


def _brackets(given: list[Token]) -> list[Token]:
    out: list[Token] = []
    opened: list[int] = []
    for token in given:
        out.append(token)
        if token.kind == "OPEN":
            opened.append(len(out) - 1)
        elif token.kind == "CLOSE" and opened:
            start = opened.pop()
            inner = out[start + 1 : -1]
            before = out[start - 1] if start else None
            if out[start].text == "[" and token.text == "]" and not _is_index(before, out[start]):
                cells = _cells(inner, Span(out[start].start, token.end))
                if cells is not None:
                    out[start:] = _marked(cells, out[start], token)
    return out


def _is_index(before: Token | None, opening: Token) -> bool:
    return before is not None and opening.glued and before.kind in {"WORD", "LETTER", "UPRIGHT", "CLOSE", "SUBSCRIPT"}


def _cells(inner: list[Token], whole: Span) -> Cells | None:
    """The cells of what brackets hold, or None where they only group."""
    rows = list(_split(inner, "SEMICOLON"))
    parted = [list(_split(row, "COMMA")) for row in rows]
    if len(rows) == 1 and len(parted[0]) > 1:
        one = " ".join([_text(cell) for cell in parted[0]])
        other = "; ".join([_text(cell) for cell in parted[0]])
        if all(_is_number(cell) for cell in parted[0]):
            raise mistakes.two_readings(f"[{_text(inner)}]", ("a row", f"[{one}]"), ("a column", f"[{other}]"), whole)
        raise mistakes.two_readings(
            f"[{_text(inner)}]",
            ("matrices side by side", "a name for each: A x + B y"),
            ("a commutator", "A B - B A"),
            whole,
        )
    spaced = [[part for cell in row for part in _by_spaces(cell)] for row in parted]
    numbers = all(_is_number(cell) for row in spaced for cell in row)
    if len(rows) == 1 and not (numbers and len(spaced[0]) > 1):
        return None
    if len({len(row) for row in spaced}) == 1:
        return spaced
    if not numbers and all(len(row) == len(parted[0]) for row in parted):
        return parted
    raise mistakes.error("E101", "the rows of the matrix have different lengths", whole)


def _text(cell: list[Token]) -> str:
    return "".join([("" if token.glued or not k else " ") + token.text for k, token in enumerate(cell)])


def _is_number(cell: list[Token]) -> bool:
    return bool(cell) and cell[-1].kind == "NUMBER" and all(token.kind in _SIGNS for token in cell[:-1])


def _split(given: list[Token], kind: str) -> Iterator[list[Token]]:
    part: list[Token] = []
    depth = 0
    for token in given:
        depth += (token.kind in {"OPEN", "MATRIX"}) - (token.kind in {"CLOSE", "MATRIXEND"})
        if token.kind == kind and not depth:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _by_spaces(cell: list[Token]) -> Iterator[list[Token]]:
    """The cells that spaces part: [1 -2] has two, [a - b] and [a -b] of one cell do not part at a free sign."""
    part: list[Token] = []
    depth = 0
    for place, token in enumerate(cell):
        if part and not depth and not token.glued and part[-1].kind in _ENDS | {"MATRIXEND"}:
            following = cell[place + 1] if place + 1 < len(cell) else token
            if token.kind in _BEGINS | {"MATRIX"} or (token.kind in _SIGNS and following.glued):
                yield part
                part = []
        depth += (token.kind in {"OPEN", "MATRIX"}) - (token.kind in {"CLOSE", "MATRIXEND"})
        part.append(token)
    yield part


def _marked(cells: Cells, opening: Token, closing: Token) -> list[Token]:
    found = [Token("MATRIX", "[", opening.start, opening.end, opening.glued)]
    for k, row in enumerate(cells):
        for m, cell in enumerate(row):
            if not cell:
                raise mistakes.error("E105", "a cell of the matrix is empty", Span(opening.start, closing.end))
            if k or m:
                found.append(Token("COMMA" if m else "SEMICOLON", "," if m else ";", cell[0].start, cell[0].start))
            found += cell
    found.append(Token("MATRIXEND", "]", closing.start, closing.end, glued=True))
    return found


# -- environments ----------------------------------------------------------------------------------------------------


def _environments(given: list[Token]) -> list[Token]:
    """Innermost first: an environment ends before any other begins."""
    while True:
        end = next((place for place, token in enumerate(given) if token.kind == "END"), -1)
        begin = next((place for place in range(end, -1, -1) if given[place].kind == "BEGIN"), -1)
        if begin < 0 or end < 0 or not _named(given, begin) or _named(given, begin) != _named(given, end):
            return given
        given = _one_environment(given, begin, end)


def _named(given: list[Token], place: int) -> str:
    """The environment that begins or ends here, if it is a matrix."""
    word = given[place + 2].text if place + 3 < len(given) and given[place + 1].text == "{" else ""
    return word if word in _ENVIRONMENTS and given[place + 3].text == "}" else ""


def _one_environment(given: list[Token], begin: int, end: int) -> list[Token]:
    word = _named(given, begin)
    start = begin + 4
    if word == "array" and start < end and given[start].text == "{":
        start = next((place + 1 for place in range(start, end) if given[place].text == "}"), start)
    rows = [list(_split(row, "ALIGN")) for row in _split(given[start:end], "NEWLINE")]
    if rows and rows[-1] == [[]]:
        rows.pop()
    whole = Span(given[begin].start, given[end + 3].end)
    if not rows or len({len(row) for row in rows}) != 1:
        raise mistakes.error("E101", "the rows of the matrix have different lengths", whole)
    opening = Token("MATRIX", "[", whole.start, whole.start + 1, given[begin].glued)
    marked = _marked(rows, opening, Token("MATRIXEND", "]", whole.end - 1, whole.end))
    if word == "vmatrix":
        bars = [Token("LEFTBAR", "|", whole.start, whole.start + 1), Token("RIGHTBAR", "|", whole.end - 1, whole.end)]
        marked = [bars[0], *marked, bars[1]]
    return [*given[:begin], *marked, *given[end + 4 :]]
