"""What a session at the prompt remembers, and what it replies: lasting declarations, the last answer, layout and
format.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.calculator import Question, answer
from matdiff.cli import formats
from matdiff.cli.request import check_text
from matdiff.errors import ReadingError
from matdiff.fields import CONVENTIONS, FORMS, LAYOUTS, close_to
from matdiff.fields import formats as known_formats
from matdiff.reading.reader import read_declarations
from matdiff.records import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.calculator import Answer
    from matdiff.formula.question import Symbol

PROBLEMS = ("solve", "dual", "update")
HELP = """\
d/dX tr(X^T B X)         a derivative; every operator and every notation that the command line takes
d/dX _                   _ is the last answer
solve d/dw ||X w - y||^2  where the derivative is zero; dual and update likewise
let A symmetric          a declaration for the questions to come; let alone lists them
forget A                 drops the declarations of A; forget alone drops all
:steps                   how the last answer comes about
:latex  :numpy  :FORMAT  the last answer in another format
:explicit 2              its entries, with 2 for every size left open
:layout numerator        how answers lie: denominator, numerator, mixed
:as directional          how answers are formed: kron, directional, index, matrix
:symmetric entries       derivatives by symmetric matrices: project, entries
:help  :quit             this; the end (Ctrl-D, too)
\\alpha and Tab write α; Tab completes names and functions"""
_LAST = re.compile(r"(?<![\w}\])'^\\])_(?![\w({])")
_DECLARED = re.compile(r"(let|where|forget)\b\s*(.*)", re.DOTALL)


@dataclass
class Session:
    """Settings and memory of one session."""

    question: Question = field(default_factory=lambda: Question(""))
    notation: str = "unicode"
    last: Answer | None = None

    def reply(self, line: str) -> Answer | str | None:
        """What a line is answered with: an answer, text ("" for nothing), or None where the person asked to leave.
        Raises MatdiffError.
        """
        line = line.strip()
        check_text(line)
        declared = _DECLARED.match(line)
        if not line or line.startswith("#"):
            return ""
        if line.startswith(":"):
            return self._command(line[1:].strip())
        if declared is not None and not declared[2].startswith(("=", "+", "*", "^")):
            return self._forget(declared[2]) if declared[1] == "forget" else self.let(declared[2])
        if line in {"quit", "exit"}:
            return None
        if line == "help":
            return HELP
        first, _, rest = line.partition(" ")
        if first in PROBLEMS and rest.strip():
            return self._problem(first, rest.strip())
        return self._ask(line)

    def _problem(self, command: str, text: str) -> str:
        """The answer of solve, dual or update, with the session's declarations."""
        from matdiff.cli.problem_lines import at_prompt  # noqa: PLC0415 # loaded where a problem is asked

        return at_prompt(command, text, self.question, self.notation)

    def names(self) -> list[str]:
        """Names that the session knows: declared ones, and those of the last answer."""
        declared = [item.name for text in self.question.where for item in read_declarations(text)]
        return list(dict.fromkeys([*declared, *(self.last.symbols if self.last else ())]))

    def _ask(self, line: str) -> Answer:
        expr, defaults = line, self.question.defaults
        if _LAST.search(line):
            if self.last is None:
                raise ReadingError(
                    "E117", "_ is the last answer, and there is none yet", hint="ask for a derivative first"
                )
            whole = self.last.ascii.replace("\\", r"\\")
            expr = _LAST.sub(f"({whole})", line)
            defaults = (*defaults, *[text for symbol in self.last.symbols.values() if (text := declaration(symbol))])
        self.last = answer(replace(self.question, expr=expr, defaults=defaults))
        return self.last

    # -- declarations ------------------------------------------------------------------------------------------------

    def let(self, text: str) -> str:
        if not text:
            return "\n".join(self.question.where) or "nothing is declared"
        names = {item.name for item in read_declarations(text)}
        kept = self._without(names) if not _adds(text) else self.question.where
        self.question = replace(self.question, where=(*kept, text))
        return ""

    def _forget(self, text: str) -> str:
        names = {part.strip() for part in text.split(",")} if text else set(self.names())
        kept = self._without(names)
        if kept == self.question.where and text:
            raise ReadingError("E117", f"{text} is not declared")
        self.question = replace(self.question, where=kept)
        return ""

    def _without(self, names: set[str]) -> tuple[str, ...]:
        return tuple(
            [text for text in self.question.where if not names & {item.name for item in read_declarations(text)}]
        )

    # -- commands ----------------------------------------------------------------------------------------------------

    def _command(self, text: str) -> str | None:
        name, _, rest = text.partition(" ")
        rest = rest.strip()
        if name in _ENDS:
            return None
        command = _COMMANDS.get(name)
        if command is not None:
            return command(self, rest)
        if name in known_formats():
            return self._written(name)
        meant = close_to(name, commands()) if name else ""
        raise ReadingError(
            "E117", f"there is no command :{name}", hint=f"did you mean ':{meant}'?" if meant else ":help lists them"
        )

    def _answered(self) -> Answer:
        if self.last is None:
            raise ReadingError(
                "E117", "there is no answer yet", hint="ask for a derivative first, as in d/dX tr(X^T B X)"
            )
        return self.last

    def _written(self, to: str) -> str:
        got = self._answered()
        if to == "json":
            from matdiff.cli.streams.json_lines import dump  # noqa: PLC0415 # json is loaded only where it is spoken

            return dump(formats.answer_object(got))
        return formats.text(got, to).rstrip("\n")

    def explicit(self, text: str) -> str:
        if not text.isdigit() or not 1 <= int(text) <= 12:
            raise ReadingError("E117", ":explicit takes a number from 1 to 12", hint=":explicit 2")
        return formats.text(self._answered(), self.notation, (), formats.View(explicit=int(text), tall=True))

    def steps(self, _: str) -> str:
        from matdiff.writing import write  # noqa: PLC0415 # writers are loaded when one is asked for

        got = self._answered()
        lines = []
        for stage in got.steps().stages:
            lines.append(f"{write(stage.left, self.notation)} = {write(stage.expression, self.notation)}")
            lines += [
                f"{write(step.left, self.notation)} = {write(step.after, self.notation)}    ({step.rule})"
                for step in stage.steps
            ]
        return "\n".join(lines)

    def chosen(self, setting: str, value: str, choices: tuple[str, ...]) -> str:
        """One of a few values for a field of the question; without a value, the one in force."""
        if not value:
            return str(getattr(self.question, setting)) or choices[-1]
        if value not in choices:
            meant = close_to(value, choices)
            raise ReadingError(
                "E117",
                f"there is no {setting} '{value}'",
                hint=f"did you mean '{meant}'?" if meant else f"there are: {', '.join(choices)}",
            )
        given: dict[str, Any] = {setting: "" if value == _MATRIX else value}
        self.question = replace(self.question, **given)
        return ""


_MATRIX = "matrix"
_ENDS = ("quit", "q", "exit")
_COMMANDS: dict[str, Callable[[Session, str], str]] = {
    "help": lambda _, __: HELP,
    "steps": Session.steps,
    "explicit": Session.explicit,
    "layout": lambda session, value: session.chosen("layout", value, LAYOUTS),
    "as": lambda session, value: session.chosen("form", value, (*FORMS, _MATRIX)),
    "symmetric": lambda session, value: session.chosen("symmetric", value, CONVENTIONS),
    "names": lambda session, _: session.let(""),
}


def commands() -> tuple[str, ...]:
    """What may stand behind a colon."""
    return (*_COMMANDS, *_ENDS, *known_formats())


def _adds(text: str) -> bool:
    """Whether a declaration only adds a property to what is declared: A symmetric, not A in R^{m x n}."""
    return all(item.structure and item.rows is None for item in read_declarations(text))


def declaration(symbol: Symbol) -> str:
    """A declaration that says what a symbol was taken for; "" for what no declaration says."""
    if (
        symbol.kind in {"size", "function"}
        or symbol.family
        or not all(isinstance(side, int) or side.isidentifier() for side in symbol.shape)
    ):
        return ""
    if symbol.kind in {"scalar", "integer"} or symbol.shape == (1, 1):
        return f"{symbol.name} {'integer' if symbol.kind == 'integer' else 'scalar'}"
    return f"{symbol.name} in R^{{{symbol.shape[0]} x {symbol.shape[1]}}} {symbol.structure}".strip()
