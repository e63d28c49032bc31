"""Generated modules as Python modules, in a fresh namespace each."""

from __future__ import annotations

import ast
from importlib.abc import InspectLoader
from importlib.util import module_from_spec, spec_from_loader
from itertools import count
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.codegen.targets import TARGETS
from matdiff.errors import OutputError
from matdiff.errors.installing import how_to_install

if TYPE_CHECKING:
    from types import ModuleType

_numbers = count(1)
_STATEMENTS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.Expr, ast.Try)
PACKAGES = {"numpy": "numpy", "jax": "jax", "torch": "torch", "dask": "dask", "array-api": "array-api-compat"}


class _Generated(InspectLoader):
    """Loads a module from the text that `codegen.module` made; tracebacks show its lines."""

    def __init__(self, source: str) -> None:
        self.source = source

    def get_source(self, fullname: str) -> str:  # noqa: ARG002 # the loader has one module
        return self.source


def load(source: str, target: str = "numpy") -> ModuleType:
    """The module of `source`, which `codegen.module` made for `target`.

    Raises OutputError E403 where the target's package is not installed, E402 for anything but imports, definitions and
    plain assignments.
    """
    if target in TARGETS and TARGETS[target].language:
        raise OutputError("E402", f"code for {target} cannot be run from here", hint="write it to a file")
    tree = ast.parse(source)
    for statement in tree.body:
        if not isinstance(statement, _STATEMENTS) or (
            isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Constant)
        ):
            raise OutputError("E402", f"code for {target} cannot be run from here", hint="write it to a file")
    name = f"matdiff_generated_{next(_numbers)}"
    spec = spec_from_loader(name, _Generated(source))
    assert spec is not None and spec.loader is not None  # noqa: S101, PT018 # a loader was given
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except ImportError as error:
        package = PACKAGES.get(target, target)
        raise OutputError(
            "E403", f"running this needs {error.name or package}, which is not installed", hint=how_to_install(package)
        ) from None
    return module
