"""Names are data: what is generated holds them as names of its own language, never as text that could mean something
else.
"""

from __future__ import annotations

import ast
import keyword
import random

import pytest

from matdiff.calculator import Question, answer
from matdiff.errors import MatdiffError

NAMES = """
    lambda_ import_1 class_n None_1 x_eval exec_1 os_system np value_1 gradient derivative e_1 I_1 print_x __x x__ x___y open_1 import np_1 self_1 A_True
    x_hat del_1 yield_n σ Å ﬁ x_𝐗 def_1 jnp torch_1 return_x global_1 _ x_1e5
""".split()  # noqa: SIM905 # a list would take a line for each


@pytest.mark.parametrize("target", ["numpy", "jax", "torch", "array-api", "dask"])
@pytest.mark.parametrize("name", NAMES)
def test_a_name_stays_a_name_in_code(name, target):
    try:
        code = answer(
            Question(
                f"tr({name}^T B {name})" if name[0].isupper() else f"{name}^T B {name}",
                f"d/d{name}",
                where=(f"{name} in R^n",),
            )
        ).code(target)
    except MatdiffError:
        return
    tree = ast.parse(code)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert functions
    for node in tree.body:
        assert isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.Assign, ast.Expr)), ast.dump(node)
        assert not isinstance(node, ast.Expr) or isinstance(node.value, ast.Constant), "only docstrings stand alone"
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            assert not keyword.iskeyword(node.arg)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"eval", "exec", "open", "compile", "__import__", "getattr"}


def test_a_docstring_cannot_be_left():
    """Quotes and backslashes of a question stand in the module's docstring as text."""
    chance = random.Random(5)  # noqa: S311 # nothing secret
    for _ in range(300):
        noise = "".join(
            chance.choice(["'", '"', '"""', "\\", "\n", "{}", "%s", "^T", "x", "\\n", "\\x41", "'''"]) for _ in range(8)
        )
        try:
            code = answer(Question(f"x^T A x {noise}", "d/dx")).code("numpy")
        except MatdiffError:
            continue
        assert all(
            isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.Assign, ast.Expr))
            for node in ast.parse(code).body
        )
