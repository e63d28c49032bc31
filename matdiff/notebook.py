"""The notebook magic: `%load_ext matdiff`, then `%matdiff d/dX tr(X^T B X)`, or a cell of questions under `%%matdiff`.

Options go before the question, or behind `%%matdiff` for the whole cell: every option of a question that the command
line has (-w "A symmetric", -l numerator, --expand, ...), -t numpy for code, --of hvp, --timeout 5.
`check` in front of an equation checks it: %matdiff check d/dx x^T x = 2 x
`solve`, `dual` and `update` in front of a problem answer it.
"""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.api import check, derivative
from matdiff.checking.equations import split_equation
from matdiff.errors import MatdiffError, OutputError
from matdiff.fields import FIELDS, METHOD, SUBJECT_TO, WrongValueError, value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matdiff.calculator import Answer
    from matdiff.fields import Field
    from matdiff.problems.answers import Answer as Problem

_TAKEN = {
    flag: field
    for field in (*FIELDS, SUBJECT_TO, METHOD)
    if field.home in {"question", "problem"} or field.name in {"to", "of", "timeout"}
    for flag in field.flags
}
_BY_NAME = {field.name for field in _TAKEN.values()}
_FLAG = re.compile(r"\s*(--?[A-Za-z][a-z-]*)(?=[\s=]|$)")
_VALUE = re.compile(r"""(?:\s+|=)("[^"]*"|'[^']*'|\S+)""")
_PROBLEM = re.compile(r"\s*(solve|dual|update)\s+")
_OF_A_PROBLEM = frozenset(("where", "subject_to", "method", "to", "timeout"))
_CHECK = re.compile(r"\s*check\s+")
_OF_A_CHECK = frozenset(("where", "layout", "symmetric", "timeout"))
_SECONDS = 10.0  # as on the command line


def _options(given: Mapping[str, Any], line: str) -> tuple[dict[str, Any], str]:
    """The options at the front of `line` beside those that hold already, and the rest of it.  Raises OutputError."""
    found = dict(given)
    while match := _FLAG.match(line):
        field = _TAKEN.get(match[1])
        if field is None:
            break
        line = line[match.end() :]
        if field.kind == "flag":
            found[field.name] = True
            continue
        told = _VALUE.match(line)
        if told is None:
            raise OutputError("E401", f"{match[1]} lacks its value")
        line = line[told.end() :]
        value = _valued(field, told[1][1:-1] if told[1][0] in "\"'" else told[1])
        found[field.name] = (*found.get(field.name, ()), *value) if field.kind == "texts" else value
    return found, line.strip()


def _valued(field: Field, text: str) -> Any:
    try:
        return value_of(field, text)
    except WrongValueError as error:
        raise OutputError("E401", f"{field.flags[-1]}: {error}") from None


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


def magic(line: str, cell: str | None = None) -> Answer | Problem | Shown | Answers:
    """What `%matdiff line` shows; with a cell, an answer to each of its lines that is neither blank nor a comment (#).

    A mistake is shown as the report that the command line gives; nothing is raised.  Each question has ten seconds,
    unless --timeout says otherwise (0: no limit).
    """
    if cell is None:
        return _shown({}, line)
    try:
        options, question = _options({}, line)
    except MatdiffError as error:
        return _reported(error)
    lines = [text.strip() for text in ([question] if question else []) + cell.splitlines()]
    return Answers(_shown(options, text) for text in lines if text and not text.startswith("#"))


def _shown(options: Mapping[str, Any], text: str) -> Answer | Problem | Shown:
    try:
        told, text = _options(options, text)
        if _CHECK.match(text):
            return _checked(told, _CHECK.sub("", text, count=1))
        if (problem := _PROBLEM.match(text)) is not None:
            return _solved(problem[1], told, text[problem.end() :])
        _refuse_beyond(told, frozenset(_BY_NAME) - {"subject_to", "method"}, "a derivative")
        seconds, to, of = told.pop("timeout", _SECONDS), told.pop("to", ""), told.pop("of", ())
        return _formatted(derivative(text, seconds=seconds, **told), to, of)
    except MatdiffError as error:
        return _reported(error)


def _refuse_beyond(options: Mapping[str, Any], taken: frozenset[str], what: str) -> None:
    """Raise OutputError (E401) where there are options that are not `taken`."""
    unfit = next((name for name in options if name not in taken), "")
    if unfit:
        hint = f"it takes {', '.join(sorted(taken))}" if len(taken) < 8 else ""
        raise OutputError("E401", f"{what} does not take {unfit}", hint=hint)


def _reported(error: MatdiffError) -> Shown:
    from matdiff.errors.report import text_report  # noqa: PLC0415 # loaded where something went wrong

    return Shown(text_report(error))


def _formatted(found: Answer, to: str, of: tuple[str, ...]) -> Answer | Shown:
    from matdiff.codegen.targets import TARGETS  # noqa: PLC0415 # loaded in notebooks

    if to in TARGETS or (of and not to):
        return Shown(found.code(to or "numpy", of))
    if to == "svg":
        return Shown("a picture", found.write("svg"))
    return Shown(found.whole(to)) if to else found


def _solved(command: str, options: Mapping[str, Any], text: str) -> Problem | Shown:
    """The answer of solve, dual or update.  Raises MatdiffError."""
    from matdiff.limits import within  # noqa: PLC0415 # loaded in notebooks
    from matdiff.problems import asking  # noqa: PLC0415 # as above
    from matdiff.problems.problem import Asked  # noqa: PLC0415 # as above

    _refuse_beyond(options, _OF_A_PROBLEM, command)
    first, _, rest = text.partition(" ")
    wrt, expr = (first, rest) if "/" in first and rest.strip() else ("", text)
    asked = Asked(expr, wrt, options.get("subject_to", ()), options.get("where", ()))
    seconds, to = options.get("timeout", _SECONDS), options.get("to", "")
    found = within(seconds, lambda: asking.answer(command, asked, options.get("method", "gd")))
    if not found.ok:
        raise found.error
    if not to:
        return found
    from matdiff.problems.answers import NOTATIONS  # noqa: PLC0415 # as above

    return Shown(found.write(to) if to in NOTATIONS else found.code(to))


def _checked(options: Mapping[str, Any], text: str) -> Shown:
    _refuse_beyond(options, _OF_A_CHECK, "check")
    told = dict(options)
    seconds = told.pop("timeout", _SECONDS)
    equation = split_equation(text)
    if equation.where:
        told["where"] = (*told.get("where", ()), equation.where)
    verdict = check(equation.question, equation.claim, seconds=seconds, **told)
    return Shown(verdict.report(), verdict._repr_html_())


def load_ipython_extension(shell: Any) -> None:
    """Register %matdiff and %%matdiff with an IPython shell: what `%load_ext matdiff` calls."""
    register: Callable[..., None] = shell.register_magic_function
    register(magic, "line_cell", "matdiff")
