"""How the code is laid out: short files, short functions, documented promises, no printing from the library."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "matdiff"
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION, GLANCE, MOST_WAYS = 350, 45, 8, 15
HOUSE = Path(__file__).parent / "house"
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "misc", "common"}


@functools.cache
def parsed(module):
    return ast.parse((ROOT / module).read_text(encoding="utf-8"))


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def told_by_its_name(function):
    """A function that is read at a glance may do without a docstring, and so may what is registered by a decorator."""
    return function.end_lineno - function.lineno < GLANCE or function.decorator_list or function.name.startswith("_")


def listed(name):
    """An allow-list of tests/house/: it may only shrink."""
    return {line for line in (HOUSE / name).read_text(encoding="utf-8").splitlines() if line and line[0] != "#"}


def lines(module):
    return len((ROOT / module).read_text(encoding="utf-8").splitlines())


def ways(function):
    """How many ways lead through a function, counted strictly: branches, loops, cases, handlers, conditional
    expressions, each and/or, each for and if of a comprehension.
    """
    total, stack = 1, list(ast.iter_child_nodes(function))
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if isinstance(node, (ast.If, ast.For, ast.While, ast.ExceptHandler, ast.IfExp, ast.match_case)):
            total += 1
        elif isinstance(node, ast.BoolOp):
            total += len(node.values) - 1
        elif isinstance(node, ast.comprehension):
            total += 1 + len(node.ifs)
        stack.extend(ast.iter_child_nodes(node))
    return total


def test_a_file_is_no_longer_than_a_reader_can_hold():
    long = {module for module in MODULES if lines(module) > LONGEST_FILE}
    new = long - listed("long_files.txt")
    assert not new, f"split by meaning: {sorted(new)}"
    assert {module for module in long if lines(module) > 400} == set()
    assert {module for module in listed("long_files.txt") if module not in MODULES} == set(), "take it from the list"


def test_a_function_has_few_ways():
    many = {
        f"{module} {function.name}"
        for module in MODULES
        for function in functions(parsed(module))
        if ways(function) > MOST_WAYS
    }
    new = many - listed("many_ways.txt")
    assert not new, f"take apart: {sorted(new)}"
    assert not listed("many_ways.txt") - many, "it has fewer ways now: take it from tests/house/many_ways.txt"


@pytest.mark.parametrize("module", MODULES)
def test_a_function_fits_a_screen(module):
    long = {
        f.name: f.end_lineno - f.lineno + 1
        for f in functions(parsed(module))
        if f.end_lineno - f.lineno + 1 > LONGEST_FUNCTION
    }
    assert not long


@pytest.mark.parametrize("module", MODULES)
def test_the_library_prints_nothing(module):
    calls = [
        node for node in ast.walk(parsed(module)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert not [call.lineno for call in calls if call.func.id == "print"]


@pytest.mark.parametrize("module", MODULES)
def test_no_text_is_run_as_code(module):
    calls = [
        node for node in ast.walk(parsed(module)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert not [call.lineno for call in calls if call.func.id in {"eval", "exec", "__import__"}]


@pytest.mark.parametrize("module", MODULES)
def test_a_public_function_says_what_it_promises(module):
    """Functions of a module, not methods: those stand under their class' docstring."""
    tree = parsed(module)
    public = [node for node in tree.body if isinstance(node, ast.FunctionDef) and not told_by_its_name(node)]
    assert not [f"{module}:{f.lineno} {f.name}" for f in public if not ast.get_docstring(f)]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_says_what_it_is_about(module):
    assert ast.get_docstring(parsed(module)), "no docstring"


@pytest.mark.parametrize("module", MODULES)
def test_names_come_from_the_field(module):
    assert not FORBIDDEN_NAMES & set(Path(module).with_suffix("").parts)


def test_the_top_level_holds_what_it_was_agreed_to_hold():
    agreed = {"pyproject.toml", "README.md", "matdiff", "grammar", "tests", "completions", "LICENSE", "CHANGELOG.md"}
    made = {"build", "dist", "shared"}  # by packaging, and laid beside it
    names = {path.name for path in ROOT.parent.iterdir() if not path.name.startswith(".")}
    assert names - made == agreed
