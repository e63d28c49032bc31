"""The parser's tables: built from the grammar by Lark once, then kept in the user's cache folder.

Building them takes a tenth of a second, reading them back under a millisecond; the cached file is plain data behind a
checksum, under a name that
holds the format's version and a checksum of the grammar.  Where nothing can be written, the tables are built anew.
"""

# importing pathlib would take longer than all that is done here
# ruff: noqa: PTH100, PTH103, PTH105, PTH111, PTH112, PTH117, PTH118, PTH120, PTH123

from __future__ import annotations

import marshal
import os
import stat
import sys
from matdiff.lean.typing import Any, NamedTuple, cast
from zlib import adler32, crc32

FORMAT = 1
STARTS = ("expression", "operator", "declarations")
_CHECKSUM = 8
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Tables(NamedTuple):
    """An LALR(1) automaton.

    actions  for each state: terminal or rule name -> next state, or ~rule to reduce by that rule
    rules    (number of symbols, name of what they make, name of the method that makes it or "")
    starts, ends  for each start symbol, its first state and the state in which it is complete
    spellings  every spelling of the literal terminals -> the terminal
    """

    actions: list[dict[str, int]]
    rules: list[tuple[int, str, str]]
    starts: dict[str, int]
    ends: dict[str, int]
    spellings: dict[str, str]


def load() -> Tables:
    """The tables of the grammar as it stands: from the cache if it has them, else built and, if possible, cached."""
    folder = grammar_folder()
    grammar, spelling = (_content(os.path.join(folder, name)) for name in ("matdiff.lark", "spelling.lark"))
    place = os.path.join(
        _cache_folder(),
        f"grammar-{FORMAT}-{sys.implementation.cache_tag}-{crc32(grammar + spelling):08x}{adler32(spelling):08x}",
    )
    cached = _read(place)
    if cached is None:
        cached = _build(grammar.decode(), spelling.decode())
        _write(place, cached)
    return cached


def grammar_folder() -> str:
    """Where the grammar lies: inside an installed package, else beside the package in a checkout."""
    inside = os.path.join(_PACKAGE, "grammar")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(_PACKAGE), "grammar")


def _content(place: str) -> bytes:
    with open(place, "rb") as file:
        return file.read()


def _cache_folder() -> str:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME", "") or os.path.expanduser("~/.cache")
    return os.path.join(base, "matdiff") if os.path.isabs(base) else ""


def _read(place: str) -> Tables | None:
    if not os.path.isabs(place):
        return None
    try:
        content = _own_content(place)
        if content[:_CHECKSUM] != f"{crc32(content[_CHECKSUM:]):08x}".encode():
            return None
        found = marshal.loads(content[_CHECKSUM:])  # noqa: S302 # our own file, in the user's own folder, as Python's own bytecode is
    except (OSError, EOFError, ValueError, TypeError):
        return None
    return Tables(*found) if has_the_shape(found) else None


def _own_content(place: str) -> bytes:
    """The content of a plain file of this user's; anything else (a pipe, another's file) is as good as none.

    It is opened without waiting, so that a pipe in its place holds nobody up.  Raises OSError.
    """
    descriptor = os.open(place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as file:
        held = os.fstat(descriptor)
        if not stat.S_ISREG(held.st_mode) or (hasattr(os, "getuid") and held.st_uid != os.getuid()):
            raise PermissionError
        return file.read()


def has_the_shape(found: object) -> bool:
    """Whether this is what `_compact` makes: rules and states as the loop of `parse` walks them."""
    if not isinstance(found, tuple) or len(found) != len(Tables._fields):
        return False
    actions, rules, starts, ends, spellings = found
    rows = isinstance(actions, (list, tuple)) and all(isinstance(row, dict) for row in actions)
    if not rows or not isinstance(rules, (list, tuple)) or not all(_is_rule(rule) for rule in rules):
        return False
    places = {place for row in actions for place in row.values()}
    return (
        all(isinstance(place, int) and -len(rules) <= place < len(actions) for place in places)
        and all(isinstance(table, dict) and {*STARTS} <= {*table} for table in (starts, ends))
        and all(state in range(len(actions)) for table in (starts, ends) for state in table.values())
        and isinstance(spellings, dict)
        and all(isinstance(part, str) for item in spellings.items() for part in item)
    )


def _is_rule(rule: object) -> bool:
    return isinstance(rule, (list, tuple)) and [type(part) for part in rule] == [int, str, str]


def _write(place: str, tables: Tables) -> None:
    """Write to a file of our own first: another process may read or write at the same time."""
    if not os.path.isabs(place):
        return
    content = marshal.dumps(tuple(tables))
    draft = f"{place}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(draft, "wb") as file:
            file.write(f"{crc32(content):08x}".encode() + content)
        os.replace(draft, place)
    except OSError:
        return


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
