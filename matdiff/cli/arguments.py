"""Telling options from expressions: options stand anywhere on the line, and an expression may begin with a minus."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.fields import close_to

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_LONG = re.compile(r"--[a-z][a-z-]*(=.*)?", re.DOTALL)
_NAME = re.compile(r"[a-z-]+")
_OPERATOR = re.compile(r"d|(d|∂)([\^²³]\S*)?/\S+( [d∂]\S+)*|(∇|\\nabla|grad_)\S*|\\frac\s*\{.*\}\s*\{.*\}")
_FURTHER = re.compile(r" ([^\W\d_]+)")  # what stands behind the first d/d… of an operator, or begins an expression
_LONGEST_OPERATOR = 400
_DECLARATION = re.compile(
    r".+( in |∈|\\in|:| (symmetric|diagonal|lower|upper|orthogonal|spd|skew|matrix|vector|scalar|integer)\b).*",
    re.DOTALL,
)
_FILE = re.compile(r"[^()^]*[./][^()^]*")


class OptionTable(NamedTuple):
    """The options of a command: those with a value (and how to get the values known, where they are few), and flags."""

    valued: Mapping[str, Callable[[], tuple[str, ...]] | None]
    flags: frozenset[str]

    def knows(self, name: str) -> bool:
        return name in self.valued or name in self.flags

    def close_to(self, name: str) -> str:
        return close_to(name, [*self.valued, *self.flags])


class Line(NamedTuple):
    """A command line, taken apart: option tokens with their values, in order, then everything else; `first`: where
    that began.
    """

    options: list[str]
    positionals: list[str]
    first: int
    unknown: str = ""


def take_apart(arguments: Sequence[str], table: OptionTable) -> Line:
    """Sort `arguments` into options and the rest.

    A word with a minus in front is an option if the table knows it or it is spelled like a long one; else it is an
    expression (-tr(X), -2 x, --x).  Behind an operator alone, a last `-t` is the expression -t.
    """
    options: list[str] = []
    positionals: list[str] = []
    first, unknown, at, end = -1, "", 0, len(arguments)
    while at < end:
        word = arguments[at]
        if word == "--":
            positionals += arguments[at + 1 :]
            first = at + 1 if first < 0 <= at < end - 1 else first
            break
        last = at == end - 1
        if not is_option(word, table) or (last and _is_expression_after_all(word, positionals, table)):
            positionals.append(word)
            first = at if first < 0 else first
        elif word in table.valued:
            options += arguments[at : at + 2]
            at += 1
        else:
            options.append(word)
            name = word.partition("=")[0]
            unknown = unknown or (name if word.startswith("--") and not table.knows(name) else "")
        at += 1
    return Line(options, positionals, first, unknown)


def is_option(word: str, table: OptionTable) -> bool:
    """Whether `word` is an option, alone or with its value attached, and not an expression that begins with a minus."""
    if table.knows(word) or _LONG.fullmatch(word):
        return True
    name, value = word[:2], word[2:]
    if name not in table.valued or not value:
        return False
    known = table.valued[name]
    return (
        bool(_NAME.fullmatch(value)) and value in known()
        if known
        else bool((_DECLARATION if name == "-w" else _FILE).fullmatch(value))
    )


def _is_expression_after_all(word: str, before: list[str], table: OptionTable) -> bool:
    """`matdiff d/dt -t`: a one-letter option at the end, where the operator still lacks its expression."""
    return len(word) == 2 and table.knows(word) and word != "-h" and len(before) == 1 and is_operator(before[0])


def is_operator(text: str) -> bool:
    """Whether `text` is an operator with nothing behind it (d/dX, ∇_x, d), as far as a glance can tell."""
    text = text.strip()
    if len(text) > _LONGEST_OPERATOR or not _OPERATOR.fullmatch(text):
        return False
    further = _FURTHER.findall(text)
    if not further or text.startswith("\\"):
        return True
    from matdiff.functions import SPELLINGS  # noqa: PLC0415 # seldom wanted

    return "(" not in text.partition(" ")[2] and not any(word in SPELLINGS for word in further)
