"""How many breaking edits the tests notice: `python tests/mutation/run.py --number 300 --seed 8 [--jobs 2] [--rooms graph]`.

For each edit a child of this process takes the edited module in place of the written one and runs the tests until one fails; an edit that
hangs is noticed, too.  Edits that no test notices are printed, to be judged one by one in survivors.txt.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.abc
import importlib.util
import io
import os
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from mutation import mutants

ROOT = Path(__file__).resolve().parents[2]
# the order: what is quick and looks at much comes first
ORDER = (
    "tests/approved",
    "tests/test_corpus.py",
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
    "tests/test_function_table.py",
    "tests/cli/test_cli_check.py",
)
LIMIT = 240  # seconds for one edit: the tests above take a quarter of that


class Edited(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module of the program in its edited form."""

    def __init__(self, site: mutants.Site) -> None:
        self.site, self.name = (
            site,
            "matdiff." + site.module.removesuffix(".py").replace("/", ".").removesuffix(".__init__"),
        )

    def find_spec(self, fullname, path, target=None):  # noqa: ARG002 # the interface of finders
        if fullname != self.name:
            return None
        package = self.site.module.endswith("__init__.py")
        spec = importlib.util.spec_from_loader(
            fullname, self, origin=str(mutants.PACKAGE / self.site.module), is_package=package
        )
        if package and spec is not None:
            spec.submodule_search_locations = [str((mutants.PACKAGE / self.site.module).parent)]
        return spec

    def exec_module(self, module):
        module.__file__ = str(mutants.PACKAGE / self.site.module)
        exec(compile(mutants.mutated(self.site), module.__file__, "exec"), module.__dict__)  # noqa: S102 # our own source


def noticed_by(site: mutants.Site, tests: list[str]) -> str:
    """The test that notices an edit, "hang", or "" where none does."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        os.close(read)
        _try(site, tests, write)
    os.close(write)
    return _told(child, read)


def _try(site: mutants.Site, tests: list[str], write: int) -> None:
    import pytest  # in the child: it imports the program

    class First:
        def pytest_runtest_logreport(self, report):
            if report.failed:
                os.write(write, report.nodeid.encode()[:300])

        def pytest_collectreport(self, report):
            if report.failed:
                os.write(write, f"import: {report.nodeid}".encode()[:300])

    sys.meta_path.insert(0, Edited(site))
    code = 1
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            code = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:warnings", *tests], plugins=[First()])
        except BaseException as error:  # noqa: BLE001 # whatever an edit does, the child ends here
            os.write(write, f"ended: {type(error).__name__}".encode())
    if code:
        os.write(write, b" ")
    os._exit(0)


def _told(child: int, read: int) -> str:
    os.set_blocking(read, False)
    end, told = time.monotonic() + LIMIT, b""
    while True:
        done, _ = os.waitpid(child, os.WNOHANG)
        with contextlib.suppress(BlockingIOError):
            told += os.read(read, 4096)
        if done:
            break
        if time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            told += b"hang"
            break
        time.sleep(0.02)
    with contextlib.suppress(BlockingIOError):
        told += os.read(read, 4096)
    os.close(read)
    return told.decode(errors="replace").strip() or ("" if not told else "failed")


def main() -> None:
    """Draw edits, try them, and print which were noticed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--number", type=int, default=300)
    options.add_argument("--seed", type=int, default=8)
    options.add_argument("--rooms", nargs="*", default=list(mutants.ROOMS))
    options.add_argument("--part", default="1/1", help="2/3: the second of three parts, to run them side by side")
    options.add_argument("--survivors", type=Path, help="try only the edits named in this file")
    options.add_argument("-v", "--verbose", action="store_true")
    given = options.parse_args()
    part, parts = map(int, given.part.split("/"))
    drawn = mutants.drawn(given.number, given.seed, tuple(given.rooms))[part - 1 :: parts]
    if given.survivors:
        wanted = given.survivors.read_text(encoding="utf-8")
        drawn = [site for site in drawn if str(site) in wanted]
    tests = [test for test in ORDER if (ROOT / test).exists()]
    os.chdir(ROOT)
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    _preload()
    survivors = []
    for number, site in enumerate(drawn, 1):
        by = noticed_by(site, tests)
        if not by:
            survivors.append(site)
        if given.verbose or not by:
            sys.stdout.write(f"{number}/{len(drawn)} {'SURVIVED' if not by else by[:90]} | {site}\n")
            sys.stdout.flush()
    sys.stdout.write(
        f"noticed {len(drawn) - len(survivors)} of {len(drawn)} ({1 - len(survivors) / max(1, len(drawn)):.1%})\n"
    )


def _preload() -> None:
    """What every child needs and no edit touches, imported once."""
    import hypothesis  # noqa: F401 # for its side effect: it is there already in the children
    import numpy as np  # noqa: F401 # as above
    import pytest  # noqa: F401 # as above
    import sympy  # noqa: F401 # as above


if __name__ == "__main__":
    main()
