"""Edits outside of functions, and those that named_edits.py lists: a child imports the module in its edited form and runs the tests."""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.util
import io
import os
import resource
import sys
import time
from typing import TYPE_CHECKING

from mutation import mutants

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable

# the order: what is quick and looks at much comes first
ORDER = (
    "tests/approved",
    "tests/test_corpus.py",
    "tests/functions",
    "tests/graph",
    "tests/calculus",
    "tests/notation",
    "tests/checking",
    "tests/codegen",
    "tests/derivation",
    "tests/explicit",
    "tests/writing",
    "tests/problems",
    "tests/test_properties.py",
    "tests/cli/test_cli_check.py",
)
LIMIT = 300  # seconds of computing for one edit: the tests above take a third of that


class Edited(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module of the program in its edited form."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        self.module, self.tree = module, tree
        self.name = mutants.name(module)

    def find_spec(self, fullname, path, target=None):  # noqa: ARG002 # the interface of finders
        if fullname != self.name:
            return None
        package = self.module.endswith("__init__.py")
        spec = importlib.util.spec_from_loader(
            fullname, self, origin=str(mutants.PACKAGE / self.module), is_package=package
        )
        if package and spec is not None:
            spec.submodule_search_locations = [str((mutants.PACKAGE / self.module).parent)]
        return spec

    def exec_module(self, module):
        module.__file__ = str(mutants.PACKAGE / self.module)
        exec(compile(self.tree, module.__file__, "exec"), module.__dict__)  # noqa: S102 # our own source


def survivors(sites: list[mutants.Site], verbose: bool, tell: Callable[..., None]) -> list[mutants.Site]:
    """Those of the edits that no test notices."""
    left = []
    for number, site in enumerate(sites, 1):
        started = time.monotonic()
        by = noticed_by(site.module, mutants.mutated(site))
        if not by:
            left.append(site)
        tell(number, len(sites), by, site, verbose, f"outside of functions, {time.monotonic() - started:.0f} s")
    return left


def noticed_by(module: str, tree: ast.Module) -> str:
    """The test that notices an edit, "hang", or "" where none does."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _try(module, tree, write)
    os.close(write)
    _, status = os.waitpid(child, 0)
    told = os.read(read, 4096).decode(errors="replace").strip()
    os.close(read)
    return "hang" if os.WIFSIGNALED(status) and not told else told


def _try(module: str, tree: ast.Module, write: int) -> None:
    import pytest  # in the child: it imports the program

    class First:
        def pytest_runtest_logreport(self, report):
            if report.failed:
                os.write(write, report.nodeid.encode()[:300])

        def pytest_collectreport(self, report):
            if report.failed:
                os.write(write, f"import: {report.nodeid}".encode()[:300])

    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT))
    sys.meta_path.insert(0, Edited(module, tree))
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            for tests in (ORDER[:1], ORDER[1:]):  # those in front are soon collected
                if pytest.main(["-x", "-q", "--tb=native", "-p", "no:cacheprovider", *tests], plugins=[First()]):
                    os.write(write, b" failed")
                    break
        except BaseException as error:  # noqa: BLE001 # whatever an edit does, the child ends here
            os.write(write, f"ended: {type(error).__name__}".encode())
    os._exit(0)
