"""A function's name stands in its row alone: a census of the string literals outside of `functions/` that equal the name
of a row or a spelling of one.

What is a name of something else (a kind of the array program, a structure, a library's own function) is told apart
here, with what it is; a literal that is in neither list is a function's name, and belongs into a column of its row or
into `functions.names`.
"""

from __future__ import annotations

import ast
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path

import matdiff
from matdiff.functions import SPELLINGS, TABLE, names

HOUSE = Path(matdiff.__file__).parent

# (files, words, what they are there); "*" are all words
OTHERS = [
    (
        "codegen/*",
        "transpose outer sum max sqrt norm kron inv trace diag ones zeros eye unit inverse logdet dot inner",
        "kinds of the array program: what a library computes, by an operation of its own name, whatever rows there are",
    ),
    ("codegen/*", "pi e", "constants of the array program, as the target languages have them"),
    ("reading/python/*", "*", "names of NumPy, SciPy, PyTorch and SymPy: their functions, with their own arguments"),
    ("*", "skew", "the structure of a declared matrix"),
    ("problems/*", "min max minimum maximum", "the sense of a problem, and the kind of a point"),
    ("problems/*", "step sign nuclear var", "parameters of updates, fields of JSON, weights by norm, a node's kind"),
    ("graph/nodes.py", "var", "a node's kind"),
    ("*", "nuclear", "which norm: the second argument of norm(X, nuclear)"),
    ("formula/*", "norm identity sign", "values of the columns `takes` and `written`"),
    ("writing/linear.py", "norm identity bars sign", "values of the column `written`"),
    ("cli/shells/scripts.py", "norm", "a value of the column `written`"),
    ("*", "transpose", "a value of the column `keeps`"),
    ("reading/function_shapes.py", "*", "names of shape rules, values of the column `shape`"),
    ("reading/evidence.py", "outer dot hadamard", "names of shape rules"),
    ("reading/operators.py", "dot", "the mark over a letter, for its derivative by the time"),
    ("reading/norm_kinds.py", "max tr spectral", "what may stand below a norm's bars"),
    ("reading/meanings.py", "unit", "what a name means"),
    ("reading/symbol_shapes.py", "unit", "what a name means"),
    ("reading/letters.py", "dot", "the accent"),
    ("reading/undress.py", "dot vec", "accents"),
    ("reading/undress.py", "max min", "words that stand upright"),
    ("reading/brackets.py", "max min", "what a name's subscript says"),
    ("reading/names.py", "max min", "LaTeX's commands in a subscript"),
    ("codegen/snippets.py", "erf erfc lgamma gammaln", "SciPy's and Python's own functions"),
    ("reading/names.py", "sgn var std", "words that stand upright"),
    ("reading/words.py", "dot inner", "NumPy's products, which are signs of the language"),
    ("reading/declaration_*", "I sym diag", "words of declarations"),
    ("*", "psi", "the Greek letter"),
    ("*", "e", "the letter of exponents in numbers, or that of an index"),
    ("notation/lets.py", "*", "names of shape rules, by which sides of a value vary"),
    ("*", "kron", "a form of derivatives, as --as has it"),
    ("cli/clipboard.py", "clip", "a program of the system"),
]


def literals():
    """(file, word) of every string constant that is the name or a spelling of a function, patterns included."""
    for path in sorted(HOUSE.rglob("*.py")):
        inside = path.relative_to(HOUSE).as_posix()
        if not inside.startswith("functions/"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in SPELLINGS:
                    yield inside, node.value


def explained(file, word):
    return any(fnmatch(file, files) and (words == "*" or word in words.split()) for files, words, _ in OTHERS)


def test_no_function_is_named_outside_of_the_table():
    left = Counter(f"{file}: {word}" for file, word in literals() if not explained(file, word))
    assert not left, "a column of the row, or functions/names.py, should say these"


def test_what_is_told_apart_is_there():
    found = set(literals())
    for files, words, _ in OTHERS:
        here = {word for file, word in found if fnmatch(file, files)}
        assert here, files
        assert words == "*" or set(words.split()) <= here, (files, set(words.split()) - here)


def test_names_are_names_of_rows_and_all_are_used():
    given = {name: value for name, value in vars(names).items() if name.isupper() and isinstance(value, str)}
    letters = {row.spellings[0] for row in TABLE.values() if row.spellings}
    assert all(value in TABLE or value in letters for value in given.values())
    text = "".join(path.read_text(encoding="utf-8") for path in HOUSE.rglob("*.py"))
    assert [name for name in given if f"fn.{name}" not in text] == []
