"""The notebook magic: `%load_ext matdiff`, then `%matdiff d/dX tr(X^T B X)`, or a cell of questions under `%%matdiff`.

Options go before the question, or behind `%%matdiff` for the whole cell: -w "A symmetric", -l numerator, --symmetric
entries, -t numpy for code.
`check` in front of an equation checks it: %matdiff check d/dx x^T x = 2 x
"""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING, Any, NamedTuple

from matdiff.api import check, derivative
from matdiff.checking.equations import split_equation
from matdiff.errors import MatdiffError, OutputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.calculator import Answer

_OPTION = re.compile(r"""\s*(-w|--where|-l|--layout|--symmetric|-t|--to)(?:\s+|=)("[^"]*"|'[^']*'|\S+)""")
_NAMES = {"-w": "where", "-l": "layout", "-t": "to"}
_CHECK = re.compile(r"\s*check\s+")


class Options(NamedTuple):
    """The options of a magic."""

    where: tuple[str, ...] = ()
    layout: str = "denominator"
    symmetric: str = "project"
    to: str = ""

    def read(self, line: str) -> tuple[Options, str]:
        """These with the options at the front of `line`, and the rest of it."""
        options = self
        while match := _OPTION.match(line):
            name, value = match[1], match[2]
            if value[0] in "\"'":
                value = value[1:-1]
            name = _NAMES.get(name, name.lstrip("-"))
            options = options.changed(name, value)
            line = line[match.end() :]
        return options, line.strip()

    def changed(self, name: str, value: str) -> Options:
        where, layout, symmetric, to = self
        return {
            "where": Options((*where, value), layout, symmetric, to),
            "layout": Options(where, value, symmetric, to),
            "symmetric": Options(where, layout, value, to),
            "to": Options(where, layout, symmetric, value),
        }[name]


class Shown:
    """What a magic shows: an answer, a verdict, code or an error, in HTML, LaTeX and text."""

    def __init__(self, text: str, html: str = "") -> None:
        self.text, self.html = text, html

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        from html import escape  # noqa: PLC0415 # loaded in notebooks

        return self.html or f"<pre>{escape(self.text)}</pre>"


class Answers(list[Any]):
    """The answers to a cell, shown one below the other."""

    def __repr__(self) -> str:
        return "\n".join([str(item) for item in self])

    def _repr_html_(self) -> str:
        return "\n".join([item._repr_html_() for item in self])


def magic(line: str, cell: str | None = None) -> Answer | Shown | Answers:
    """What `%matdiff line` shows; with a cell, an answer to each of its lines that is neither blank nor a comment (#).

    A mistake is shown as the report that the command line gives; nothing is raised.
    """
    options, question = Options().read(line)
    if cell is None:
        return _shown(options, question)
    lines = [text.strip() for text in ([question] if question else []) + cell.splitlines()]
    return Answers(_shown(options, text) for text in lines if text and not text.startswith("#"))


def _shown(options: Options, text: str) -> Answer | Shown:
    try:
        options, text = options.read(text)
        if _CHECK.match(text):
            return _checked(options, _CHECK.sub("", text, count=1))
        found = derivative(text, where=options.where, layout=options.layout, symmetric=options.symmetric)  # type: ignore[arg-type] # derivative checks them
        return _formatted(found, options.to)
    except MatdiffError as error:
        from matdiff.errors.report import text_report  # noqa: PLC0415 # loaded where something went wrong

        return Shown(text_report(error))


def _formatted(found: Answer, to: str) -> Answer | Shown:
    from matdiff.codegen.targets import TARGETS  # noqa: PLC0415 # loaded in notebooks
    from matdiff.writing import NOTATIONS  # noqa: PLC0415 # as above

    if not to:
        return found
    if to in NOTATIONS:
        return Shown(found.whole(to))
    if to in TARGETS:
        return Shown(found.code(to))
    raise OutputError("E401", f"unknown format '{to}'", hint="there are " + ", ".join((*NOTATIONS, *TARGETS)))


def _checked(options: Options, text: str) -> Shown:
    equation = split_equation(text)
    where = (*options.where, equation.where) if equation.where else options.where
    verdict = check(equation.question, equation.claim, where=where, layout=options.layout, symmetric=options.symmetric)  # type: ignore[arg-type] # as above
    return Shown(verdict.report(), verdict._repr_html_())


def load_ipython_extension(shell: Any) -> None:
    """Register %matdiff and %%matdiff with an IPython shell: what `%load_ext matdiff` calls."""
    register: Callable[..., None] = shell.register_magic_function
    register(magic, "line_cell", "matdiff")
