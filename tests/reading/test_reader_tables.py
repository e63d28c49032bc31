"""The parser's tables: cached, rebuilt when they cannot be trusted, and free of conflicts."""

from __future__ import annotations

import logging
import marshal
import os
import subprocess
import sys
from pathlib import Path

import pytest

from matdiff.cache import checksum
from matdiff.reading import build_atoms, build_declaration, build_operator, build_tree, tables


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr("matdiff.cache.folder", lambda: str(tmp_path / "matdiff"))
    return tmp_path / "matdiff"


def test_tables_come_back_from_the_cache_as_they_were(cache):
    built = tables.load()
    (file,) = cache.iterdir()
    before = file.stat().st_mtime_ns
    assert tables.load() == built
    assert file.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "content",
    [b"", b"short", b"00000000" + b"x" * 100, b"\x80\x04" * 50],
    ids=["empty", "short", "checksum", "another format"],
)
def test_a_damaged_cache_is_built_anew(cache, content):
    built = tables.load()
    (file,) = cache.iterdir()
    file.write_bytes(content)
    again = tables.load()  # Lark numbers the states anew each time
    assert (len(again.actions), sorted(again.rules), again.spellings) == (
        len(built.actions),
        sorted(built.rules),
        built.spellings,
    )
    assert file.read_bytes() != content


def marshalled(made):
    content = marshal.dumps(made)
    return checksum(content) + content


@pytest.mark.parametrize("field", tables.Tables._fields)
@pytest.mark.parametrize("part", [None, 3, [1], {"expression": 10**6}, {1: 2}, [{"NAME": 10**6}], [(1, 2, 3)]])
def test_tables_of_the_wrong_shape_are_told_from_right_ones(field, part):
    built = tables.load()
    assert tables.has_the_shape(tuple(built))
    assert not tables.has_the_shape(tuple(built._replace(**{field: part})))


def test_a_cache_of_the_wrong_shape_is_built_anew(cache):
    built = tables.load()
    (file,) = cache.iterdir()
    file.write_bytes(marshalled(tuple(built._replace(actions=[{"NAME": 10**6}]))))
    assert len(tables.load().actions) == len(built.actions)


@pytest.mark.parametrize("made", [7, (1, 2, 3, 4, 5)])
def test_a_cache_that_holds_something_else_is_built_anew(cache, made):
    tables.load()
    (file,) = cache.iterdir()
    file.write_bytes(marshalled(made))
    assert tables.load().rules


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_in_the_place_of_the_cache_holds_nobody_up(cache):
    tables.load()
    (file,) = cache.iterdir()
    file.unlink()
    os.mkfifo(file)
    assert tables.load().rules


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setattr("matdiff.cache.folder", lambda: str(blocked / "matdiff"))
    assert tables.load().rules


def test_reading_needs_neither_lark_nor_other_heavy_packages_once_the_tables_are_cached(tmp_path):
    code = (
        "import sys; from matdiff.reading.reader import read_question; read_question('tr(X)'); print({'lark', 'numpy',"
        " 'sympy', 'rich'} & set(sys.modules))"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path), "HOME": str(tmp_path)}
    root = Path(__file__).parent.parent.parent
    first, second = (
        subprocess.run(
            [sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True, check=True
        )
        for _ in range(2)
    )
    assert "lark" in first.stdout
    assert second.stdout.strip() == "set()"


def test_every_rule_of_the_grammar_has_its_function():
    named = {name for _, _, name in tables.load().rules if name}
    modules = (build_tree, build_atoms, build_operator, build_declaration)
    assert {
        name
        for name in named
        if sum(hasattr(module, name) and getattr(module, name).__module__ == module.__name__ for module in modules) != 1
    } == set()


def test_the_grammar_has_no_conflicts(caplog):
    """Lark settles a shift/reduce conflict silently by shifting; the grammar is to leave none to it."""
    from lark import Lark, logger

    folder = tables.grammar_folder()
    grammar = Path(folder, "matdiff.lark")
    level = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        with caplog.at_level(logging.DEBUG, logger="lark"):
            Lark(
                grammar.read_text(encoding="utf-8"),
                parser="lalr",
                lexer="basic",
                start=list(tables.STARTS),
                source_path=str(grammar),
                import_paths=[folder],
                debug=True,
            )
    finally:
        logger.setLevel(level)
    assert "conflict" not in caplog.text.lower()


def test_a_spelling_stands_for_one_terminal():
    text = Path(tables.grammar_folder(), "spelling.lark").read_text(encoding="utf-8")
    rows = [line.partition(":")[2] for line in text.splitlines() if line and not line.startswith("//")]
    assert sum(row.count('" | ') + 1 for row in rows) == len(tables.load().spellings)
