"""What a session at the prompt remembers, and what it replies: lasting declarations, the last answer, layout and
format.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.calculator import Question, answer
from matdiff.cli import formats
from matdiff.cli.arguments import is_operator
from matdiff.cli.prompt.definitions import Definitions, defined
from matdiff.cli.prompt.lines import taken_apart
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
d/dX tr(X^T B X)         a derivative; every operator, notation and option that the command line takes
d/dX _                   _ is the last answer
r = X w - y              a name for what follows; g = d/dx x^T A x names a derivative
check d/dx x^T x = 2 x   is it right?
solve d/dw ||X w - y||^2 where the derivative is zero; dual and update likewise
let A symmetric          a declaration for the questions to come; let alone lists them, with the names
forget A                 drops the declarations of A, or the name; forget alone drops all
:steps                   how the last answer comes about
:latex  :numpy  :FORMAT  the last answer in another format
:explicit 2              its entries, with 2 for every size left open
:layout numerator        how answers lie: denominator, numerator, mixed
:as directional          how answers are formed: kron, directional, index, matrix
:symmetric entries       derivatives by symmetric matrices: project, entries
:help  :quit             this; the end (Ctrl-D, too)
\\alpha and Tab write α; Tab completes names and functions; Ctrl-R searches the history
A line goes on after a backslash, an operator or an open bracket; an empty line ends it."""
_LAST = re.compile(r"(?<![\w}\])'^\\])_(?![\w({])")
_DECLARED = re.compile(r"(let|where|forget)\b\s*(.*)", re.DOTALL)


class Told(str):
    """A reply in words, which may be broken between them; formulas and code are copied, and stay as they are."""

    __slots__ = ()


@dataclass
class Session:
    """Settings and memory of one session."""

    question: Question = field(default_factory=lambda: Question(""))
    notation: str = "unicode"
    last: Answer | None = None
    definitions: Definitions = field(default_factory=Definitions)

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
        return "" if self.define(line) else self._asked(line)

    def _asked(self, line: str) -> Answer | str:
        """The reply to a question, a claim or a problem, with its options."""
        words, given = taken_apart(line.removeprefix("matdiff "))
        first, _, rest = words[0].partition(" ") if words else ("", "", "")
        rest = " ".join([rest, *words[1:]]).strip()
        if first in PROBLEMS and rest:
            return self._problem(first, rest, given)
        if first == "check" and rest:
            return self._check(words if len(words) > 2 else (first, rest), given)
        return self._ask(" ".join(words), given)

    def define(self, line: str) -> bool:
        """Take in `r = X w - y`, or `g = d/dx x^T A x`; whether the line is one of these.  Raises MatdiffError."""
        name, meaning = defined(line)
        first = meaning.split(maxsplit=1)
        if name and first and is_operator(first[0]):
            self.definitions[name] = f"{name} = {self._answer(meaning, {}).ascii}"
            return True
        if name and not self.definitions.take(line.replace(":=", "=", 1)):
            self._declare(line)  # n = 3, A = A^T
        return bool(name)

    def _problem(self, command: str, text: str, given: dict[str, Any]) -> str:
        """The answer of solve, dual or update, with the session's declarations and definitions."""
        from matdiff.cli.problem_lines import at_prompt  # noqa: PLC0415 # loaded where a problem is asked

        question = replace(self.question, where=(*self.question.where, *given.pop("where", ())))
        found = at_prompt(command, self.definitions.put_in(text), question, self.notation, given)
        return found if given.keys() & {"to", "as_json"} else Told(found)

    def _check(self, words: tuple[str, ...], given: dict[str, Any]) -> str:
        """The verdict on a claim: an equation, or operator, expression and claim, each quoted."""
        from matdiff.cli.check import equation, examined  # noqa: PLC0415 # loaded where something is checked
        from matdiff.cli.request import Request  # noqa: PLC0415 # as above

        told, question = words[1:], self._with(given)
        if len(told) > 1:  # the claim at least is quoted
            wrt, expr = told[:-1] if len(told) == 3 and is_operator(told[0]) else ("", " ".join(told[:-1]))
            asked, claim = Request(replace(question, wrt=wrt, expr=self.definitions.put_in(expr))), told[-1]
        else:
            asked, claim = equation(self.definitions.put_in(" ".join(told)), Request(question))
        return Told(examined(asked, self.definitions.put_in(claim)).report(self.notation))

    def _with(self, given: dict[str, Any]) -> Question:
        """The session's question with the options of one line."""
        own = {name: value for name, value in given.items() if name in Question._fields}
        own["where"] = (*self.question.where, *own.get("where", ()))
        return replace(self.question, **own)

    def names(self) -> list[str]:
        """Names that the session knows: declared ones, and those of the last answer."""
        declared = [item.name for text in self.question.where for item in read_declarations(text)]
        return list(dict.fromkeys([*self.definitions, *declared, *(self.last.symbols if self.last else ())]))

    def _ask(self, line: str, given: dict[str, Any]) -> Answer | str:
        got = self._answer(line, given)
        return self._as_wished(given) or got

    def _answer(self, line: str, given: dict[str, Any]) -> Answer:
        question = self._with(given)
        expr, defaults = line, question.defaults
        if _LAST.search(line):
            if self.last is None:
                raise ReadingError(
                    "E117", "_ is the last answer, and there is none yet", hint="ask for a derivative first"
                )
            whole = self.last.ascii.replace("\\", r"\\")
            expr = _LAST.sub(f"({whole})", line)
            defaults = (*defaults, *[text for symbol in self.last.symbols.values() if (text := declaration(symbol))])
        where = (*question.where, *self.definitions.texts())
        self.last = answer(replace(question, expr=expr, where=where, defaults=defaults))
        return self.last

    def _as_wished(self, given: dict[str, Any]) -> str:
        """The last answer in the format, or with the steps or entries, that a line asks for; "" where for none."""
        got = self._answered()
        to = "json" if given.get("as_json") else given.get("to", "")
        if given.get("steps"):
            return self.steps("") if not to else formats.steps_text(got, to)
        if given.get("explicit") or given.get("lets") or given.get("of"):
            view = formats.View(given.get("lets", False), given.get("explicit", 0), tall=True)
            return formats.text(
                got, to or "numpy" if given.get("of") else to or self.notation, given.get("of", ()), view
            )
        return self._written(to) if to else ""

    # -- declarations ------------------------------------------------------------------------------------------------

    def let(self, text: str) -> str:
        if not text:
            return "\n".join([*self.question.where, *self.definitions.texts()]) or "nothing is declared"
        if not self.define(text):
            self._declare(text)
        return ""

    def _declare(self, text: str) -> None:
        names = {item.name for item in read_declarations(text)}
        kept = self._without(names) if not _adds(text) else self.question.where
        self.question = replace(self.question, where=(*kept, text))

    def _forget(self, text: str) -> str:
        names = {part.strip() for part in text.split(",")} if text else set(self.names())
        kept, known = self._without(names), names & {*self.definitions}
        for name in known:
            del self.definitions[name]
        if kept == self.question.where and text and not known:
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
        begun = [":" + known for known in commands() if name and known.startswith(name)]
        meant = begun or ([":" + close_to(name, commands())] if name and close_to(name, commands()) else [])
        offered = "' or '".join(meant[:4])
        hint = f"did you mean '{offered}'?" if meant else ":help lists them"
        raise ReadingError("E117", f"there is no command :{name}", hint=hint)

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
        return Told(formats.steps_text(self._answered(), self.notation))

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
