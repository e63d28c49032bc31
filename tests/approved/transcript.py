"""Command lines and what they print: each file of `transcripts/` holds lines `$ matdiff …`, each with its output below it.

`| bodies` behind a line that asks for Python code leaves out of it what is the same in many modules: imports, docstrings, blank lines and
the functions and classes that a module carries, which are named alone.  Messages stand where the terminal shows them, before the output.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import shlex
from pathlib import Path
from unittest import mock

FILES = sorted((Path(__file__).resolve().parent / "transcripts").glob("*.txt"))
SHOWN = " | bodies"


def taken_apart(text: str) -> tuple[str, list[tuple[str, str]]]:
    """A file's head, and its command lines, each with what stands below it."""
    head, *blocks = re.split(r"^\$ ", text, flags=re.MULTILINE)
    pairs = [block.partition("\n") for block in blocks]
    return head, [(line, below.rstrip("\n")) for line, _, below in pairs]


def printed(line: str) -> str:
    """What a command line prints, without the line's end."""
    command, bodies_alone = line.removesuffix(SHOWN), line.endswith(SHOWN)
    name, *arguments = shlex.split(command)
    assert name == "matdiff", line
    output, messages = _run(arguments)
    return (messages + (_bodies(output) if bodies_alone else output)).rstrip("\n")


def rewritten(text: str) -> str:
    """A file's text with every output as it is printed now."""
    head, blocks = taken_apart(text)
    return head + "\n".join([f"$ {line}\n{printed(line)}\n" for line, _ in blocks])


def _run(arguments: list[str]) -> tuple[str, str]:
    """What goes to the standard output, and what to the standard error."""
    from matdiff.cli import main  # the program under test, not one imported earlier

    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MATDIFF_", "FORCE_", "XDG_"))}
    nowhere = {"XDG_CONFIG_HOME": os.devnull, "HOME": os.devnull, "COLUMNS": "80"}
    with (
        mock.patch.dict(os.environ, {**kept, **nowhere}, clear=True),
        contextlib.redirect_stdout(streams[0]),
        contextlib.redirect_stderr(streams[1]),
    ):
        main(arguments)
    return streams[0].buffer.getvalue().decode(), streams[1].buffer.getvalue().decode()


def _bodies(module: str) -> str:
    lines, shown, carried = module.splitlines(), [], []
    for node in ast.parse(module).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name.startswith("_"):
            carried.append(node.name)
        elif not isinstance(node, (ast.Import, ast.ImportFrom, ast.Try)) and not _is_text(node):
            left_out = {number for part in ast.walk(node) if _is_text(part) for number in _numbers(part)}
            shown += [lines[n - 1] for n in _numbers(node) if n not in left_out and lines[n - 1].strip()]
    return "\n".join(([f"# carries {', '.join(carried)}"] if carried else []) + shown)


def _numbers(node: ast.AST) -> range:
    return range(node.lineno, node.end_lineno + 1)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
