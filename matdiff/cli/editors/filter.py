"""`matdiff filter`: the protocol of editors.  A selection comes in on standard input; what takes its place goes out."""

from __future__ import annotations

import sys
from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING, Any, NamedTuple

import click

from matdiff.calculator import Question, answer
from matdiff.cli import formats
from matdiff.cli.attempt import attempt
from matdiff.cli.command import Command, Name
from matdiff.cli.editors.author_marks import dressed
from matdiff.cli.editors.questions_in_text import is_latex, questions, without_report
from matdiff.cli.editors.regions import is_prose, regions
from matdiff.cli.options import question_options, time_option
from matdiff.cli.output import Writer
from matdiff.cli.request import check_text, question_of
from matdiff.errors import MatdiffError, ReadingError
from matdiff.errors.report import visible
from matdiff.fields import formats as known_formats
from matdiff.formula.syntax import Apply, Sym
from matdiff.records import replace

if TYPE_CHECKING:
    from matdiff.calculator import Answer
    from matdiff.cli.editors.questions_in_text import Asked

LONGEST = 1_000_000
_PIECE = 65_536
_NO_REPLACEMENT = frozenset(("json", "html", "png", "picture"))
_SPELLED = frozenset(("latex", "markdown", "ascii", "unicode"))  # notations that can keep the author's marks
_PROBLEM = re.compile(r"min|max|inf|sup|solve|dual|update")
_NONE = "there is no question in the selection"
_NAMED = frozenset(("E100", "E110", "E111"))  # in prose: d/dx alone, ∇f, (dy/dx)(0) name what is meant and ask nothing
_MARKED = re.compile(r"\s*(%+|//+|--|;+|#+)[ \t]")

EXAMPLES = """\b
Examples:
  echo '\\[ \\nabla_{\\bm{x}} \\bm{x}^\\top A \\bm{x} \\]' | matdiff filter
  echo 'd/dX tr(X^T B X)' | matdiff filter --append
"""


class Wishes(NamedTuple):
    """What the command line asks for."""

    question: Question
    to: str
    of: tuple[str, ...]
    append: bool
    comment: str
    seconds: float
    claims: bool = False


class FilterCommand(Command):
    """Wrong options and settings give the selection back, too: an editor puts whatever comes in its place."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            if sys.stdin is None or sys.stdin.isatty():
                raise
            selection = _selection()
            Writer().bytes(_bytes(_report([f"matdiff: error: {error.message}"], without_report(selection), "")))
            _pass_on_the_rest()
            raise click.exceptions.Exit(2) from None


@click.command("filter", cls=FilterCommand, epilog=EXAMPLES)
@click.argument("operator", default="", metavar="[OPERATOR]")
@question_options
@click.option(
    "-t",
    "--to",
    "notation",
    type=Name("format", lambda: tuple([name for name in known_formats() if name not in _NO_REPLACEMENT])),
    help="Format [as selected].",
)
@click.option(
    "--of", default="", help="What code computes: value, gradient, value_and_gradient, hessian, hvp, hessian_operator."
)
@click.option("--append", is_flag=True, help="Keep the question and put = and the answer behind it.")
@click.option(
    "--comment",
    default="",
    metavar="PATTERN",
    help="How the document writes comments: '%', '#' or '<!-- %s -->' [guessed].",
)
@click.option(
    "--check-claims", is_flag=True, help="Say in a comment whether derivatives that the text gives are right."
)
@time_option
def filter(operator: str, **given: Any) -> int:  # noqa: A001 # the command's name
    r"""Answer the questions in a selection that comes in on standard input, and print what takes its place.

    Indentation, $...$ or \[...\], text around the formulas and the author's macros stay; LaTeX is answered in LaTeX,
    plain text in plain text.
    If a question fails, the selection comes back as it is, with the error as a comment before it, and the exit code is
    1.
    """
    if sys.stdin is None:
        raise click.UsageError("there is no standard input to read")
    of = tuple(part.strip() for part in given["of"].split(",") if part.strip())
    wishes = Wishes(
        question_of("", operator, given),
        given["notation"] or "",
        of,
        given["append"],
        given["comment"],
        given["timeout"] or 0,
        given["check_claims"],
    )
    selection = _selection()
    notes: list[str] = []
    text, status = filtered(without_report(selection), wishes, notes)
    Writer().bytes(_bytes(text))
    _pass_on_the_rest()
    for note in dict.fromkeys(notes):
        click.echo(f"matdiff: note: {visible(note)}", err=True)
    return status


def filtered(selection: str, wishes: Wishes, notes: list[str]) -> tuple[str, int]:
    """What takes the place of a selection, and the exit code: 0, or 1 with the selection as it was and the errors as
    comments before it.  What the answers note is put into `notes`.
    """
    try:
        if len(selection) > LONGEST or len(_bytes(selection)) > LONGEST:
            raise ReadingError("E192", f"the selection is longer than {LONGEST} bytes", hint="select less")
        check_text(selection)
        if wishes.claims:
            selection = _without_remarks(selection)
        if _PROBLEM.search(selection):
            from matdiff.cli.editors.problems_in_text import problem_in  # noqa: PLC0415 # loaded for a problem alone

            place = problem_in(selection)
            if place is not None:
                return _problem(selection, place, wishes), 0
        asked, passage = attempt(lambda: _asked(selection, wishes, notes), wishes.seconds)
    except MatdiffError as error:
        return _report([_told(error)], selection, wishes.comment), 1
    edits: list[tuple[int, int, str]] = []
    errors: list[str] = []
    status = 0
    for one in asked:
        try:
            edit, failed = attempt(lambda one=one: _edit(selection, one, wishes, notes), wishes.seconds)  # type: ignore[misc]
            edits.append(edit)
            status = status or failed
        except MatdiffError as error:
            if not (passage and error.code in _NAMED):
                errors.append(_told(error))
    if errors:
        return _report(errors, selection, wishes.comment), 1
    return _edited(selection, edits), status


def _asked(selection: str, wishes: Wishes, notes: list[str]) -> tuple[list[Asked], bool]:
    """The questions of a selection, and whether it is a passage, with words around its formulas, where no question need
    stand.  Raises ReadingError.
    """
    asked = questions(selection, operator=bool(wishes.question.wrt))
    passage = is_prose(selection, list(regions(selection)))
    if not asked and not passage:
        raise ReadingError("E100", _NONE, hint="for example d/dX tr(X^T B X)")
    if not asked:
        notes.append(_NONE)
    return [one for one in asked if wishes.claims or not one.claim], passage  # what the author answered is the author's


def _without_remarks(selection: str) -> str:
    from matdiff.cli.editors.claims_in_text import REMARK  # noqa: PLC0415 # as where claims are checked

    return REMARK.sub("", selection)


def _edited(selection: str, edits: list[tuple[int, int, str]]) -> str:
    """The selection with pieces of it replaced."""
    pieces: list[str] = []
    done = 0
    for start, end, text in sorted(edits):
        pieces += [selection[done:start], text]
        done = end
    return "".join([*pieces, selection[done:]])


def _edit(selection: str, asked: Asked, wishes: Wishes, notes: list[str]) -> tuple[tuple[int, int, str], int]:
    """What takes the place of a question, or a comment on a claim before its line; and 1 for one that is refuted."""
    if not asked.claim:
        return (asked.start, asked.end, _replacement(selection, asked, wishes, notes)), 0
    from matdiff.cli.editors import claims_in_text as claims  # noqa: PLC0415 # loaded where claims are checked

    said, refuted = claims.remark(asked, wishes.question, _is_undefined)
    at = claims.line_start(selection, asked)
    if not said:
        return (at, at, ""), 0
    indent = selection[at : asked.start] if not selection[at : asked.start].strip() else ""
    pattern = wishes.comment or (claims.comment_marks(selection) if asked.latex else _guessed(selection))
    line = commented(visible(said), pattern)
    end = "\r\n" if "\r\n" in selection else "\n"
    return (at, at, f"{indent}{line}{end}"), int(refuted)


def _problem(selection: str, place: tuple[int, int], wishes: Wishes) -> str:
    """The selection with the problem in it answered.  Raises MatdiffError."""
    from matdiff.cli.editors.problems_in_text import replacement  # noqa: PLC0415 # as above

    where = (*wishes.question.where, *wishes.question.defaults)
    return attempt(lambda: replacement(selection, place, where, wishes.to, append=wishes.append), wishes.seconds)


def _replacement(selection: str, asked: Asked, wishes: Wishes, notes: list[str]) -> str:
    """The answer, or the question with the answer behind it."""
    found = answer(replace(wishes.question, expr=asked.text))
    if _is_undefined(found):
        return selection[asked.start : asked.end]
    notes += found.notes
    text = _written(found, asked, wishes)
    if "\n" in text:
        begin = selection.rfind("\n", 0, asked.start) + 1
        indent = selection[begin : asked.start] if not selection[begin : asked.start].strip() else ""
        end = "\r\n" if "\r\n" in selection else "\n"
        text = end.join(
            [indent + line if line and place else line for place, line in enumerate(text.rstrip("\n").split("\n"))]
        )
    if wishes.append or asked.keeps:
        return selection[asked.start : asked.asked_end] + asked.joint + text + asked.closing
    return text


def _is_undefined(found: Answer) -> bool:
    """Whether the question is the derivative of a bare name that stands for something said elsewhere: df/dx."""
    tree = found.expression
    if not isinstance(tree, (Sym, Apply)) or found.operator is None:
        return False
    symbol = found.symbols.get(tree.name)
    return symbol is not None and not symbol.declared and tree.name not in {by.name for by in found.operator.by}


def _written(found: Answer, asked: Asked, wishes: Wishes) -> str:
    from matdiff.writing import write  # noqa: PLC0415 # loaded when a formula is written

    to = wishes.to or ("latex" if asked.latex else "unicode" if not asked.text.isascii() else "ascii")
    if to not in _SPELLED:
        return formats.text(found, to, wishes.of)
    style = dressed(found, asked.text, latex=to in {"latex", "markdown"})
    return formats.with_lets(
        write(found.tree, to, style),
        {write(Sym(name), to, style): write(tree, to, style) for name, tree in found.lets.items()},
        to,
    )


def _told(error: MatdiffError) -> str:
    hint = error.hint or (error.labels[0].text if len(error.labels) == 1 else "")
    return f"matdiff: error[{error.code}]: {error.message}" + (f" ({hint})" if hint else "")


def _report(errors: list[str], selection: str, comment: str) -> str:
    """The selection as it is, and before it the errors as comment lines."""
    end = "\r\n" if "\r\n" in selection else "\n"
    indent = selection[: len(selection) - len(selection.lstrip(" \t"))]
    return (
        "".join(indent + commented(visible(error), comment or _guessed(selection)) + end for error in errors)
        + selection
    )


def commented(text: str, pattern: str) -> str:
    """A line as a comment; `pattern` is the mark before it, or has %s where the text goes, as Vim's commentstring."""
    before, between, after = pattern.partition("%s") if "%s" in pattern else (pattern, "", "")
    after = after.strip()
    if after:
        text = text.replace(after, " ".join(after))
    return f"{before.rstrip()} {text}{' ' if between and after else ''}{after}"


def _guessed(selection: str) -> str:
    """The comment mark of the document: the one that the selection itself has, else % in LaTeX and # in the rest."""
    marked = _MARKED.match(selection)
    if marked:
        return marked[1]
    return "%" if is_latex(selection) else "#"


def _selection() -> str:
    """The selection, or what one byte more than the longest that is answered holds of it."""
    assert sys.stdin is not None  # noqa: S101 # looked at before
    return sys.stdin.buffer.read(LONGEST + 1).decode("utf-8", "surrogateescape")


def _pass_on_the_rest() -> None:
    """What lies behind the longest selection that is answered goes through as it is, piece by piece."""
    assert sys.stdin is not None  # noqa: S101 # as above
    while piece := sys.stdin.buffer.read(_PIECE):
        Writer().bytes(piece)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
