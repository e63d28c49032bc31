r"""How an author writes: which macros dress the names of a question (\bm, \mathbf), and how a transpose is marked."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import MatdiffError
from matdiff.formula.syntax import Call, Expr, Sym, Transpose, children
from matdiff.functions import TABLE
from matdiff.reading.reader import read_expression
from matdiff.writing import Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matdiff.calculator import Answer

_BOLD = re.compile(r"\\(?:bm|boldsymbol|mathbf|pmb|bold|symbf|symbfit|mathbfit|mathbb|mathds|mathbbm)(?![A-Za-z])")
_BRACED = re.compile(r"\A\{([^{}]*)\}\Z")
_FAMILIES = re.compile(r"\\math(?:bb|ds|bbm)")
_TURNED = re.compile(r"\^\s*(?:\{[^{}-]*(?:\{[^{}]*\}[^{}]*)*\}|\\[A-Za-z]+(?:\s*\{[^{}]*\})?|[A-Z⊤])$|'$|\.m?T$")
_CONSTANTS = frozenset([row.name for row in TABLE.values() if row.shape == "constant" and row.arity != (0, 0)])


def dressed(answer: Answer, text: str, *, latex: bool) -> Style:
    """The style of an answer to a question that was written as `text`, its operator included."""
    turned = _turned(answer.expression, text)
    if not latex:
        return Style(symbols=answer.symbols, turned=turned if turned in {"'", ".T"} else "")
    spelled = {name: written for name, written in _spelled(answer, text).items() if "\\" in written}
    if answer.operator is not None and not answer.operator.by:
        spelled |= {"d" + name: rf"\mathrm{{d}}{written}" for name, written in spelled.items()}
    bold = _BOLD.search(text)
    embolden = bold[0] if bold and not _FAMILIES.match(bold[0]) else ""
    return Style(symbols=answer.symbols, spelled=spelled, embolden=embolden, turned="" if turned == ".T" else turned)


def _spelled(answer: Answer, text: str) -> dict[str, str]:
    """Names as they are written in the text; a dressed spelling goes before a bare one."""
    found: dict[str, str] = {}
    by = (
        answer.operator.by
        if answer.operator is not None and answer.operator.text in text and not answer.question.wrt
        else ()
    )
    places = [(tree.name, tree.span) for tree in _names(answer.expression)] + [
        (item.name, item.span) for item in by if not item.index
    ]
    for name, span in places:
        written = _BRACED.sub(r"\1", text[span.start : span.end])  # \frac{\lambda}{2}
        if "\\" in written and (len(written) > len(found.get(name, ""))) and _stands_for(written, name):
            found[name] = written
    return found


def _names(tree: Expr) -> Iterator[Sym]:
    if isinstance(tree, Sym):
        yield tree
    elif not (isinstance(tree, Call) and tree.function in _CONSTANTS):
        for part in children(tree):
            yield from _names(part)


def _stands_for(written: str, name: str) -> bool:
    try:
        read = read_expression(written, [name])
    except MatdiffError:
        return False
    return isinstance(read, Sym) and read.name == name


def _turned(tree: Expr, text: str) -> str:
    """The first mark of a transpose in the text that is not one of an inverse too."""
    if isinstance(tree, Transpose):
        mark = _TURNED.search(text[tree.arg.span.end : tree.span.end].strip())
        if mark and text[tree.span.start : tree.span.end].endswith(mark[0]):
            return re.sub(r"\s+(?=[\\{^])", "", mark[0]) if mark[0].startswith("^") else mark[0]
    return next((found for part in children(tree) if (found := _turned(part, text))), "")
