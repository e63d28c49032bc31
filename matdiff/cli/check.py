"""`matdiff check`: is a derivative that was worked out by hand right?"""

from __future__ import annotations

import sys
from matdiff.lean.typing import TYPE_CHECKING, Any, NamedTuple

import click

from matdiff.checking.equations import split_equation
from matdiff.cli.arguments import is_operator
from matdiff.cli.attempt import Manner, attempt, failed
from matdiff.cli.command import Command
from matdiff.cli.formats import asked, reading_line
from matdiff.cli.options import colour_option, option, output_option, question_options, time_option
from matdiff.cli.output import Writer, holds_unicode, wants_colour
from matdiff.cli.request import Request, check_text, question_of
from matdiff.errors import MatdiffError, ReadingError
from matdiff.errors.report import visible
from matdiff.fields import BY_NAME
from matdiff.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matdiff.checking import Verdict

STATUS = {"proved": 0, "refuted": 1, "undecided": 3}
_COLOURS = {"proved": "\x1b[32m", "refuted": "\x1b[31m", "undecided": "\x1b[33m"}
EXAMPLES = """\b
Examples:
  matdiff check d/dX "tr(X^T B X)" "(B + B^T) X"
  matdiff check - < claims.txt        lines such as: d/dx x^T A x = 2 A x where A symmetric
"""


@click.command("check", cls=Command, epilog=EXAMPLES, options_metavar="[OPTIONS]")
@click.argument("words", nargs=-1, metavar="OPERATOR EXPRESSION CLAIM")
@question_options
@click.option("--json", "as_json", is_flag=True, help="A JSON object for each claim.")
@output_option
@click.option("-q", "--quiet", is_flag=True, help="The verdict alone, and no reports on standard error.")
@colour_option
@option(BY_NAME["jobs"])
@time_option
def check(words: tuple[str, ...], **given: Any) -> int:
    """Check whether CLAIM is the derivative of EXPRESSION, and prove it or refute it with numbers.

    One string "d/dX EXPRESSION = CLAIM" does as well, and - takes such lines from standard input.
    Exit status: 0 proved, 1 refuted, 3 undecided; of several claims the worst.
    """
    manner = Manner(
        "",
        given["timeout"],
        given["quiet"],
        wants_colour(sys.stderr, given["color"]),
        getattr(sys.stderr, "encoding", "utf-8"),
    )
    if not words or not "".join(words).strip():
        raise click.UsageError("what is to be checked? matdiff check d/dX EXPRESSION CLAIM")
    if words[-1] == "-":
        wrt = words[0] if len(words) > 1 else ""
        return _stream(Claim(Request(question_of("", wrt, given), as_json=given["as_json"])), manner, given)
    request = Request(question_of("", "", given), as_json=given["as_json"])
    try:
        request, claim = _asked(words, request)
        verdict = attempt(lambda: examined(request, claim), manner.seconds)
    except MatdiffError as error:
        return failed(error, request, manner, given["output"])
    writer = Writer(given["output"])
    if request.as_json:
        writer.line(reply(verdict, request))
    else:
        writer.told("\n".join(_told(verdict, given)))
    writer.close()
    return STATUS[verdict.verdict]


def _stream(claims: Claim, manner: Manner, given: dict[str, Any]) -> int:
    if sys.stdin is None:
        raise click.UsageError("there is no standard input to read")
    from matdiff.cli.streams.stream import answer_stream  # noqa: PLC0415 # loaded only for streams

    with Writer(given["output"]) as writer:
        return answer_stream(sys.stdin.buffer, claims, writer, manner, given["jobs"])


def _asked(words: tuple[str, ...], request: Request) -> tuple[Request, str]:
    """The question and the claim of a command line."""
    if len(words) > 3:
        raise click.UsageError(f"what is '{words[3]}' beside operator, expression and claim? Quote each as a whole")
    if len(words) == 3:
        return request.with_expression(words[1])._replace(
            question=replace(request.question, wrt=words[0], expr=words[1])
        ), words[2]
    if len(words) == 2 and not is_operator(words[0]):
        return request.with_expression(words[0]), words[1]
    if len(words) == 2 and "=" not in words[1]:
        raise click.UsageError(f'the claim is missing: matdiff check {words[0]} "{words[1]}" CLAIM')
    return equation(words[-1], request, words[0] if len(words) == 2 else "")


def equation(text: str, request: Request, wrt: str = "") -> tuple[Request, str]:
    """The question and the claim of an equation.  Raises ReadingError where it is none."""
    found = split_equation(text)
    question = request.question
    where = (*question.where, found.where) if found.where else question.where
    return request._replace(
        question=replace(question, expr=found.question, wrt=wrt or question.wrt, where=where)
    ), found.claim


def examined(request: Request, claim: str) -> Verdict:
    """The verdict on a claim.  Raises MatdiffError."""
    from matdiff.checking.check import check as verdict_on  # noqa: PLC0415 # loaded where something is checked, for help and usage errors

    question = request.question
    for text in (question.expr, question.wrt, claim, *question.where):
        check_text(text)
    return verdict_on(replace(question, form="", expand=False), claim)


def reply(verdict: Verdict, request: Request) -> str:
    """The verdict as a JSON object on one line."""
    from matdiff.cli.streams.json_lines import dump  # noqa: PLC0415 # json is loaded only where it is spoken

    found, answer = verdict.counterexample, verdict.answer
    wrt, expr = asked(answer)
    numbers: dict[str, object] | None = None
    if found is not None:
        numbers = {key: list(value) if isinstance(value, tuple) else value for key, value in vars(found).items()}
    return dump(
        {"ok": True}
        | request.tag()
        | {"verdict": verdict.verdict, "how": verdict.how, "hint": verdict.hint, "counterexample": numbers}
        | {"wrt": wrt, "expr": expr, "claim": verdict.claim}
        | {"result": verdict.result, "layout": answer.layout, "shape": list(answer.shape), "notes": list(answer.notes)}
    )


# -- for people
# ------------------------------------------------------------------------------------------------------------


def _told(verdict: Verdict, given: dict[str, Any]) -> list[str]:
    """The verdict, and for a claim that is not proved the derivative and the numbers."""
    notation = "unicode" if given["output"] or holds_unicode(sys.stdout) else "ascii"
    lines = [verdict.verdict] if given["quiet"] else [visible(line) for line in verdict.report(notation).split("\n")]
    if not verdict and not given["quiet"]:
        lines.append(f"  the question was read with {reading_line(verdict.answer)}")
    if not given["output"] and wants_colour(sys.stdout, given["color"]):
        lines[0] = lines[0].replace(verdict.verdict, f"{_COLOURS[verdict.verdict]}{verdict.verdict}\x1b[0m", 1)
    return lines


# -- many
# --------------------------------------------------------------------------------------------------------------------


class Claim(NamedTuple):
    """A claim among others: the settings of its question, what is claimed, and the line that it stands in."""

    request: Request
    claim: str = ""
    line: str = ""

    @property
    def as_json(self) -> bool:
        return self.request.as_json

    def in_json(self, identity: tuple[object, ...] = ()) -> Claim:
        return self._replace(request=self.request.in_json(identity))

    def of_line(self, line: str) -> Claim:
        """The claim of an equation.  Raises ReadingError where the line is none."""
        return Claim(*equation(line, self.request), line)

    def of_fields(self, fields: dict[str, object], line: str) -> Claim:
        """The claim of {"wrt", "expr", "claim"}, or of {"check": {...}} of these.  Raises ReadingError (E191)."""
        from matdiff.cli.streams import json_lines as objects  # noqa: PLC0415 # json is loaded only where it is spoken

        inner = fields.get("check")
        if isinstance(inner, dict):
            fields = {**fields, **inner}
        claim = fields.get("claim")
        if not isinstance(claim, str):
            raise ReadingError(
                "E191",
                "the object has no field 'claim' that is a string",
                hint='write {"wrt": "d/dX", "expr": "tr(X)", "claim": "I"}',
                source=line,
            )
        asked = {name: value for name, value in fields.items() if name not in {"claim", "check", "command"}}
        return Claim(objects.changed(self.request, asked, line), claim, line)

    def told(self, notation: str, notes: list[str]) -> tuple[str, int]:  # noqa: ARG002 # a verdict is said in ASCII
        verdict = examined(self.request, self.claim)
        said = f"{verdict.verdict}: {visible(self.line)}: {'; '.join(_reasons(verdict))}"
        return (reply(verdict, self.request) if self.as_json else said), STATUS[verdict.verdict]

    def failed(self, error: MatdiffError, line: str) -> str:
        if not self.as_json:
            return f"# error[{error.code}]: {visible(line)}: {visible(error.message)}"
        return self.request.failed(error, line)


def _reasons(verdict: Verdict) -> Iterable[str]:
    yield verdict.how
    if verdict.hint:
        yield visible(verdict.hint)
    if not verdict:
        yield f"the derivative is {verdict.result}"
