"""The parser's tables: built from the grammar by Lark once, then kept in the user's cache folder.

Building them takes a tenth of a second, reading them back under a millisecond; the cached file is plain data behind a
checksum, under a name that holds the format's version and a checksum of the grammar.  Where nothing can be written, the
tables are built anew.
"""

# importing pathlib would take longer than all that is done here
# ruff: noqa: PTH100, PTH112, PTH118, PTH120, PTH123

from __future__ import annotations

import marshal
import os
import sys
from matdiff.lean.typing import Any, NamedTuple, cast

from matdiff import cache

FORMAT = 2
STARTS = ("expression", "operator", "declarations")
_MOST = 8  # grammars of several versions
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Tables(NamedTuple):
    """An LALR(1) automaton.

    actions  for each state: terminal or rule name -> next state, or ~rule to reduce by that rule
    rules    (number of symbols, name of what they make, name of the method that makes it or "")
    starts, ends  for each start symbol, its first state and the state in which it is complete
    spellings  every spelling of the literal terminals -> the terminal
    """

    actions: list[dict[str, int]] | dict[int, dict[str, int]]
    rules: list[tuple[int, str, str]]
    starts: dict[str, int]
    ends: dict[str, int]
    spellings: dict[str, str]


_handed: list[tuple[Any, ...]] = []


class _States(dict):  # type: ignore[type-arg] # a class made of a generic one costs start-up time
    """The actions of a start-up image, each state's unpacked when it is entered: a question enters a tenth of them."""

    def __init__(self, packed: tuple[bytes, ...]) -> None:
        self.packed = packed

    def __missing__(self, state: int) -> dict[str, int]:
        found: dict[str, int] = marshal.loads(self.packed[state])  # noqa: S302 # out of our own image
        self[state] = found
        return found


def handed(tables: Tables) -> tuple[Any, ...]:
    """Tables as a start-up image keeps them, and as `take` takes them."""
    packed = tuple([marshal.dumps(actions) for actions in tables.actions])
    return (packed, *tables[1:])


def take(found: tuple[Any, ...]) -> None:
    """Have the tables of a start-up image, which was made from this very grammar, for the next `load`."""
    packed, *others = found
    _handed.append((_States(packed), *others))


def load() -> Tables:
    """The tables of the grammar as it stands: from the start-up image or the cache if these have them, else built and,
    if possible, cached.
    """
    if _handed:
        return Tables(*_handed.pop())
    grammar, spelling = map(_content, grammar_files())
    name = f"grammar-{FORMAT}-{sys.implementation.cache_tag}-{cache.checksum(grammar + spelling).hex()}"
    found = _kept(name)
    if found is None:
        found = _build(grammar.decode(), spelling.decode())
        cache.write(name, marshal.dumps((*found,)))
        cache.prune("grammar-", _MOST)
    return found


def grammar_folder() -> str:
    """Where the grammar lies: inside an installed package, else beside the package in a checkout."""
    inside = os.path.join(_PACKAGE, "grammar")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(_PACKAGE), "grammar")


def grammar_files() -> list[str]:
    folder = grammar_folder()
    return [os.path.join(folder, name) for name in ("matdiff.lark", "spelling.lark")]


def _content(place: str) -> bytes:
    with open(place, "rb") as file:
        return file.read()


def _kept(name: str) -> Tables | None:
    content = cache.read(name)
    if content is None:
        return None
    try:
        found = marshal.loads(content)  # noqa: S302 # our own file, in the user's own folder, as Python's own bytecode is
        return Tables(*found) if has_the_shape(found) else None
    except (EOFError, ValueError, TypeError):
        return None


def has_the_shape(found: object) -> bool:
    """Whether this is what `_compact` makes: rules and states as the loop of `parse` walks them."""
    if not isinstance(found, tuple) or len(found) != len(Tables._fields):
        return False
    actions, rules, starts, ends, spellings = found
    rows = isinstance(actions, (list, tuple)) and {dict}.issuperset(map(type, actions))
    if not rows or not isinstance(rules, (list, tuple)) or not all(_is_rule(rule) for rule in rules):
        return False
    places = set().union(*[row.values() for row in actions])
    return (
        {int}.issuperset(map(type, places))
        and (not places or (-len(rules) <= min(places) and max(places) < len(actions)))
        and all(isinstance(table, dict) and {*STARTS} <= {*table} for table in (starts, ends))
        and all(state in range(len(actions)) for table in (starts, ends) for state in table.values())
        and isinstance(spellings, dict)
        and all(isinstance(part, str) for item in spellings.items() for part in item)
    )


def _is_rule(rule: object) -> bool:
    return isinstance(rule, (list, tuple)) and tuple(map(type, rule)) == (int, str, str)


def _build(grammar: str, spelling: str) -> Tables:
    from lark import Lark  # noqa: PLC0415 # needed only where there are no cached tables

    folder = grammar_folder()
    parser = Lark(
        grammar,
        parser="lalr",
        lexer="basic",
        start=list(STARTS),
        keep_all_tokens=True,
        maybe_placeholders=False,
        source_path=os.path.join(folder, "matdiff.lark"),
        import_paths=[folder],
    )
    spellings = {}
    for terminal in Lark(spelling, parser=None, lexer="basic").terminals:
        for literal in _literals(terminal.pattern.to_regexp()):
            spellings[literal] = str(terminal.name)
    return _compact(parser, spellings)


def _literals(pattern: str) -> list[str]:
    """The literal texts that a terminal's pattern stands for: Lark joins the escaped alternatives by bars."""
    from matdiff.lean import re  # noqa: PLC0415 # see above

    if pattern.startswith("(?:"):
        pattern = pattern[3:-1]
    return [re.sub(r"\\(.)", r"\1", piece) for piece in re.findall(r"(?:\\.|[^|\\])+", pattern)]


def _compact(parser: Any, spellings: dict[str, str]) -> Tables:
    """The automaton as plain dictionaries, out of what Lark saves of a parser."""
    import io  # noqa: PLC0415 # see above
    import pickle  # noqa: PLC0415 # reads back what was written a line above

    saved = io.BytesIO()
    parser.save(saved)
    content = pickle.loads(saved.getvalue())  # noqa: S301 # see above
    table, memo = content["data"]["parser"]["parser"], content["memo"]
    names = {number: str(name) for number, name in table["tokens"].items()}
    rules: list[tuple[int, str, str]] = []
    numbers: dict[int, int] = {}
    for key, rule in memo.items():
        if "expansion" in rule:
            numbers[key] = len(rules)
            rules.append((len(rule["expansion"]), str(rule["origin"]["name"]), str(rule["alias"] or "")))
    order = {state: position for position, state in enumerate(table["states"])}
    actions = [
        {
            names[token]: (~numbers[target["@"]] if reduces else order[cast("int", target)])
            for token, (reduces, target) in row.items()
        }
        for row in table["states"].values()
    ]
    return Tables(
        actions,
        rules,
        {str(k): order[v] for k, v in table["start_states"].items()},
        {str(k): order[v] for k, v in table["end_states"].items()},
        spellings,
    )
