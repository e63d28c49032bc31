"""A line at the prompt: whether it goes on in the next one, and its words and options, as on the command line.

What stands between quotation marks is one word there, so that commands can be copied out of a shell; without them
only long options are told from the expression, which may have a minus anywhere.
"""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import Any, NamedTuple

from matdiff.cli.arguments import OptionTable, take_apart
from matdiff.cli.line import told
from matdiff.errors import ReadingError
from matdiff.fields import BY_NAME, FIELDS, METHOD, SUBJECT_TO, WrongValueError, close_to

_TAKEN = tuple([field for field in FIELDS if field.home == "question"])
_TAKEN += tuple([BY_NAME[name] for name in ("to", "of", "steps", "lets", "explicit", "as_json")])
_TAKEN += (SUBJECT_TO, METHOD)
_BY_FLAG = {flag: field for field in _TAKEN for flag in field.flags}
_TABLE = OptionTable(
    {flag: field.names for flag, field in _BY_FLAG.items() if field.kind != "flag"},
    frozenset([flag for flag, field in _BY_FLAG.items() if field.kind == "flag"]),
)
_WORD = re.compile(r'(?:[^\s"]|"[^"]*")+')
_OPTION = re.compile(r'(?:^|\s)(--[a-z][a-z-]+)(?:(?:\s+|=)("[^"]*"|[^\s-]\S*))?(?=\s|$)')
_GOES_ON = re.compile(r"(?:[-+*/^,=&@∘⊙⊗·×←]|\\(?:cdot|times|odot|otimes|circ|quad)|\b(?:where|subject to)|s\.t\.)$")


def goes_on(text: str, *, seen: bool) -> bool:
    """Whether a text is to be continued in the next line: it ends with a backslash, or, where a person looks (`seen`),
    a bracket is open or an operator waits for what follows it.
    """
    text = text.rstrip()
    if len(text) - len(text.rstrip("\\")) == 1:
        return True
    if not seen or text.startswith((":", "#")):
        return False
    opened = sum((mark in "([{") - (mark in ")]}") for mark in text)
    return opened > 0 or bool(_GOES_ON.search(text))


def joined(first: str, second: str) -> str:
    """A text and the line that continues it."""
    return f"{first.rstrip().removesuffix(chr(92))} {second.strip()}"


class Line(NamedTuple):
    """Words (one, where nothing is quoted) and the values of options by name of their field."""

    words: tuple[str, ...]
    given: dict[str, Any]


def taken_apart(text: str) -> Line:
    """The line with its options told from the rest.  Raises ReadingError (E117) for an option that is wrong here."""
    if '"' in text and text.count('"') % 2 == 0:
        found = take_apart([word.replace('"', "") for word in _WORD.findall(text)], _TABLE)
        words, options = found.positionals, found.options
    else:
        options = []
        words = [_OPTION.sub(lambda match: _cut(match, options), text).strip()]
    unknown = next((word for word in options if word.startswith("--") and word.partition("=")[0] not in _BY_FLAG), "")
    if unknown:
        meant = close_to(unknown, _BY_FLAG)
        hint = f"did you mean '{meant}'?" if meant else "options of the command line's own have no meaning here"
        raise ReadingError("E117", f"there is no option {unknown} at the prompt", hint=hint)
    try:
        return Line(tuple([word for word in words if word]), told(options, _BY_FLAG))
    except WrongValueError as error:
        raise ReadingError(
            "E117", f"{options[0]}: {error}" if str(error) else f"{options[0]} lacks its value"
        ) from None


def _cut(match: Any, options: list[str]) -> str:
    """Take an option out of a line; what stands behind a flag stays in it."""
    name, value = match[1], match[2] or ""
    options.append(name)
    if not value:
        return ""
    if name in _TABLE.flags:
        return f" {match[2]}"
    options.append(value.strip('"'))
    return ""
