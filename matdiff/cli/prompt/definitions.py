"""Names that a session has defined: r = X w - y, g = d/dx x^T A x."""

from __future__ import annotations

from matdiff.errors import MatdiffError, ReadingError
from matdiff.reading.definitions import extracted, head
from matdiff.reading.letters import plain
from matdiff.reading.lexing import tokens
from matdiff.reading.reader import read_expression
from matdiff.reading.undress import undress

_DEEPEST = 20  # definitions within definitions
_LONGEST = 20_000


class Definitions(dict[str, str]):
    """Names, each with the text that defined it."""

    def take(self, text: str) -> str:
        """Take in `name = …` and return the name, "" where `text` is no definition.  Raises MatdiffError where what it
        stands for cannot be read.
        """
        name, meaning = defined(text)
        if name and extracted(text)[1]:
            read_expression(meaning, [*self, name])
            self[name] = text
            return name
        return ""

    def texts(self) -> tuple[str, ...]:
        """The definitions as declarations of a question."""
        return tuple(self.values())

    def put_in(self, text: str) -> str:
        """`text` with every name replaced by what it stands for.  Raises ReadingError E116 for a name that is defined
        by itself.
        """
        for _ in range(_DEEPEST):
            replaced = self._replaced(text)
            if replaced == text:
                return text
            if len(replaced) > _LONGEST:
                break
            text = replaced
        raise ReadingError("E116", "the definitions stand for each other", hint="forget one of them: forget r")

    def _replaced(self, text: str) -> str:
        try:
            given = tokens(text)
        except MatdiffError:
            return text  # whoever reads it says what is wrong with it
        pieces, at = [], 0
        for token, after in zip(given, [*given[1:], None], strict=True):
            name = token.text if token.text.isascii() else plain(token.text)
            if name in self and (after is None or after.kind != "SUBSCRIPT"):
                pieces += [text[at : token.start], f"({defined(self[name])[1]})"]
                at = token.end
        return "".join([*pieces, text[at:]])


def defined(text: str) -> tuple[str, str]:
    """The name that a line defines, and what it stands for; twice "" where it defines none."""
    text = text.replace(":=", "=", 1)
    try:
        found = head(undress(tokens(text)))
    except MatdiffError:
        return "", ""
    return (found.name, text[found.span.end :].strip()) if found is not None else ("", "")
