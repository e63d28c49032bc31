"""The shift-reduce loop that runs the grammar's tables over tokens; trees are built bottom-up, so depth costs no
recursion.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.errors import Span
from matdiff.reading import build_atoms, build_declaration, build_operator, build_tree, declaration_tokens, mistakes
from matdiff.reading.lexing import TABLES, Token

if TYPE_CHECKING:
    from collections.abc import Callable

_END = Token("$END", "", 0, 0)


def _builders() -> dict[str, Callable[[list[Any]], Any] | None]:
    """What makes a tree, by the name that a rule of the grammar has for it."""
    builders: dict[str, Any] = {}
    for module in (build_declaration, build_operator, build_atoms, build_tree):
        builders |= module.__dict__
    builders[""] = None
    return builders


_BUILDERS = _builders()
_RULES = [(size, made, _BUILDERS[name]) for size, made, name in TABLES.rules]


def run(start: str, tokens: list[Token], end: int) -> Any:
    """What the tokens mean, read as `start` (expression, operator, declarations); `end` is where the text ends.

    Raises E1xx at the first token that cannot stand where it stands.
    """
    actions, rules = TABLES.actions, _RULES
    complete = TABLES.ends[start]
    state = TABLES.starts[start]
    states = [state]
    values: list[Any] = []
    for token in [*tokens, _END]:
        kind = token.kind
        while True:
            action = actions[state].get(kind)
            if action is None:
                raise _unexpected(tokens, token, start, end)
            if action >= 0:
                state = action
                states.append(state)
                values.append(token)
                break
            size, made, build = rules[~action]
            if size == 1:
                # the commonest case: one symbol becomes another
                if build is not None:
                    values[-1] = build(values[-1:])
                state = states[-1] = actions[states[-2]][made]
            else:
                parts = values[len(values) - size :]
                if size:
                    del states[-size:], values[-size:]
                values.append(build(parts) if build is not None else parts[0])
                state = actions[states[-1]][made]
                states.append(state)
            if state == complete and kind == "$END":
                return values[-1]
    raise AssertionError("unreachable: the loop ends at the end token")


def _unexpected(tokens: list[Token], token: Token, start: str, end: int) -> Exception:
    place = next((place for place, found in enumerate(tokens) if found is token), len(tokens))
    span = token.span if token.kind != "$END" else Span(end, end)
    before = tokens[place - 1] if place else None
    if start == "declarations":
        return declaration_tokens.unexpected(token, span, before)
    return mistakes.unexpected(
        token.kind, token.text, span, (before.kind, before.text, before.span) if before else None, start
    )
