r"""\underbrace{…}_{label}, \overbrace{…}^{label} and \boxed{…}: what stands in the braces, and no more."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.reading import mistakes

if TYPE_CHECKING:
    from matdiff.reading.lexing import Token

_COMMANDS = {"\\underbrace": "SUBSCRIPT", "\\overbrace": "CARET", "\\boxed": ""}  # with how their labels begin
_NAMES = frozenset(("WORD", "COMMAND"))


def opened(tokens: list[Token]) -> list[Token]:
    """The tokens without such braces' commands and labels; the very same list where there are none.

    Raises E115 for a label that stands elsewhere as a name: it is a definition then, and no remark.
    """
    if not any(token.text in _COMMANDS for token in tokens):
        return tokens
    out: list[Token] = []
    labels: dict[int, list[str]] = {}
    opens: list[str | None] = []  # for each open brace how its label begins; None where it has no command
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.text in _COMMANDS and place + 1 < len(tokens) and tokens[place + 1].text == "{":
            opens.append(_COMMANDS[token.text])
            out.append(tokens[place + 1])
            place += 2
            continue
        if token.kind == "OPEN":
            opens.append(None)
        out.append(token)
        place += 1
        label = opens.pop() if token.kind == "CLOSE" and opens else None
        if label is not None:
            end = _label_end(tokens, place, label)
            labels[place] = [part.text for part in tokens[place:end] if part.kind in {*_NAMES, "SUBSCRIPT"}]
            place = end
    _check(out, [label for texts in labels.values() for label in texts], tokens)
    return out


def _label_end(tokens: list[Token], place: int, kind: str) -> int:
    """The place behind a label that begins here, if one does."""
    if place >= len(tokens) or tokens[place].kind != kind:
        return place
    if kind == "SUBSCRIPT":
        return place + 1
    if place + 1 < len(tokens) and tokens[place + 1].text == "{":
        depth = 0
        for at in range(place + 1, len(tokens)):
            depth += (tokens[at].kind == "OPEN") - (tokens[at].kind == "CLOSE")
            if not depth:
                return at + 1
    return place


def _check(kept: list[Token], labels: list[str], tokens: list[Token]) -> None:
    """Raise E115 where a label is a name that stands in the formula."""
    names = {token.text for token in kept if token.kind in _NAMES}
    for label in labels:
        name = label.lstrip("_").strip("{} ")
        if name in names:
            raise mistakes.not_supported(
                f"'{name}' stands below a brace and in the formula: whether it is defined there is not said",
                next(token.span for token in tokens if label == token.text),
                hint=f"define it: where {name} = …",
            )
