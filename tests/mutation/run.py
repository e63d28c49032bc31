"""How many breaking edits the tests notice: `python tests/mutation/run.py --number 300 --seed 8 [--part 1/2] [--rooms graph] [-v]`.

The tests are collected and run once, and it is noted which of them come to which edited statement.  Then, for each edit, a child of this
process exchanges that function's code and runs the tests that come there, until one fails: the approved texts first, which look at every
character, then the quickest; an edit that computes for ever is noticed, too.  An edit outside of functions (a table) is tried by `outside.py`, which imports the module in its edited form.
Edits that no test notices are printed; survivors.txt names those of the last run, each with a judgement: `=` before one that
changes nothing, which counts neither as noticed nor as missed.
"""

from __future__ import annotations

import argparse
import builtins
import functools
import gc
import importlib
import os
import resource
import signal
import sys
import time
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from mutation import mutants, outside

ROOT = Path(__file__).resolve().parents[2]
SURVIVORS = Path(__file__).resolve().parent / "survivors.txt"
LIMIT = 200  # seconds of computing for one edit
PATIENCE = 1800  # seconds on the clock, for an edit that waits
TERMINAL = os.fdopen(os.dup(1), "w")  # pytest takes the standard output


class Rounds:
    """The plugin that takes pytest's loop over the tests: one round to see who calls what, then one for each edit."""

    def __init__(self, sites: list[mutants.Site], verbose: bool, seconds: float) -> None:
        self.sites, self.verbose, self.seconds, self.survivors = sites, verbose, seconds, []
        self.callers: dict[tuple[str, int], list[tuple[float, pytest.Item]]] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run every test once, then each edit's."""
        self._note_callers(session.items)
        started = time.monotonic()
        for number, site in enumerate(self.sites, 1):
            items = self._quickest(self.callers.get(site[:2], []))
            by = noticed_by(site, items) if items else ""
            if not by:
                self.survivors.append(site)
            tell(
                number,
                len(self.sites),
                by,
                site,
                self.verbose,
                f"{len(items)} tests, {time.monotonic() - started:.0f} s",
            )
        return True

    def _quickest(self, callers: list[tuple[float, pytest.Item]]) -> list[pytest.Item]:
        """The approved texts, then the other tests, each in the order of the time they took, as many as there is time for; one at least."""
        spent, found = 0.0, []
        for seconds, item in sorted(callers, key=lambda pair: ("approved" not in pair[1].nodeid, pair[0])):
            spent += seconds
            if found and spent > self.seconds:
                break
            found.append(item)
        return found

    def _note_callers(self, items: list[pytest.Item]) -> None:
        called: set[tuple[str, int]] = set()
        builtins.__called__ = called.add  # type: ignore[attr-defined] # what the marked statements call
        among: dict[mutants.Entry, list[mutants.Site]] = {}
        for site in self.sites:
            among.setdefault(mutants.entry(site), []).append(site)
            importlib.import_module(mutants.name(site.module))  # some are loaded where they are asked for
        written = {entry: exchange(entry, mutants.marked(entry, sites)) for entry, sites in among.items()}
        broken, cached = [], remembering()
        for item, following in zip(items, [*items[1:], None], strict=True):
            called.clear()
            forget(cached)
            started = time.process_time()
            reports = runtestprotocol(item, log=False, nextitem=following)
            if any(report.failed for report in reports):
                broken.append(item.nodeid)
                continue
            for place in called:
                self.callers.setdefault(place, []).append((time.process_time() - started, item))
        if broken:
            TERMINAL.write(f"left out, for they fail before any edit: {broken}\n")
        for entry, code in written.items():
            exchange(entry, code)


def exchange(entry: mutants.Entry, code: object) -> object:
    """Give every living copy of a function another code; the code that it had."""
    gc.unfreeze()  # what a test of the command line has frozen would not be found
    had = None
    for function in gc.get_objects():
        if type(function) is type(exchange) and entry.is_of(function.__code__):
            had, function.__code__ = function.__code__, code
    return had


def remembering() -> list[functools._lru_cache_wrapper]:
    """The program's functions that remember their answers."""
    gc.unfreeze()
    kept = [known for known in gc.get_objects() if isinstance(known, functools._lru_cache_wrapper)]  # noqa: SLF001 # no other name
    return [known for known in kept if known.__module__.startswith("matdiff")]


def forget(cached: list[functools._lru_cache_wrapper]) -> None:
    """What one test remembered is no help for the next one: it would hide who calls what, and an edit."""
    for known in cached:
        known.cache_clear()


def noticed_by(site: mutants.Site, items: list[pytest.Item]) -> str:
    """The test that notices an edit, "hang", or "" where none does."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        _try(site, items, write)
    os.close(write)
    _, status = os.waitpid(child, 0)
    told = os.read(read, 4096).decode(errors="replace")
    os.close(read)
    return "hang" if os.WIFSIGNALED(status) and not told else told


def _try(site: mutants.Site, items: list[pytest.Item], write: int) -> None:
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(PATIENCE)
    try:
        exchange(mutants.entry(site), mutants.code_of(mutants.mutated(site), mutants.entry(site)))
        forget(remembering())
        for item, following in zip(items, [*items[1:], None], strict=True):
            if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
                os.write(write, item.nodeid.encode()[:300])
                break
    except BaseException as error:  # noqa: BLE001 # whatever an edit does, the child ends here
        os.write(write, f"ended: {type(error).__name__}".encode())
    os._exit(0)


def tell(number: int, of: int, by: str, site: mutants.Site, verbose: bool, how: str) -> None:
    """One line for one edit."""
    if verbose or not by:
        TERMINAL.write(f"{number}/{of} {'SURVIVED' if not by else by[:90]} | {site} | {how}\n")
        TERMINAL.flush()


def main() -> None:
    """Draw edits, try them, and print which were noticed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--number", type=int, default=300)
    options.add_argument("--seed", type=int, default=8)
    options.add_argument("--rooms", nargs="*", default=list(mutants.ROOMS))
    options.add_argument("--part", default="1/1", help="2/3: the second of three parts, to run them side by side")
    options.add_argument("--only", choices=("inside", "outside"), help="the edits inside of functions, or the others")
    options.add_argument("--survivors", type=Path, help="try only the edits named in this file")
    options.add_argument(
        "--seconds", type=float, default=10, help="of the tests that call an edited function, the quickest"
    )
    options.add_argument("--tests", nargs="*", default=outside.ORDER, help="the tests that are to notice")
    options.add_argument("-v", "--verbose", action="store_true")
    given = options.parse_args()
    part, parts = map(int, given.part.split("/"))
    drawn = mutants.drawn(given.number, given.seed, tuple(given.rooms))[part - 1 :: parts]
    if given.survivors:
        wanted = given.survivors.read_text(encoding="utf-8")
        drawn = [site for site in drawn if str(site) in wanted]
    os.chdir(ROOT)
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    if given.only:
        drawn = [site for site in drawn if (mutants.entry(site) is not None) == (given.only == "inside")]
    inside = [site for site in drawn if mutants.entry(site) is not None]
    survivors = outside.survivors([site for site in drawn if site not in inside], given.verbose, tell)
    rounds = Rounds(inside, given.verbose, given.seconds)
    _hypothesis_without_shrinking()
    code = pytest.main(
        ["-q", "--tb=native", "-p", "no:cacheprovider", "-p", "no:xdist", *given.tests], plugins=[rounds]
    )
    if code:
        raise SystemExit(code)
    survivors += rounds.survivors
    noticed, judged = len(drawn) - len(survivors), SURVIVORS.read_text(encoding="utf-8").splitlines()
    counted = len(drawn) - sum(any(line.startswith(f"= {site} | ") for line in judged) for site in survivors)
    sys.stdout.write(
        f"noticed {noticed} of {len(drawn)}, {counted} without those that change nothing ({noticed / counted:.1%})\n"
    )


def _hypothesis_without_shrinking() -> None:
    """A failure is enough: nobody reads the smallest example of it."""
    import hypothesis

    phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
    hypothesis.settings.register_profile("mutation", phases=phases, deadline=None, database=None, derandomize=True)
    hypothesis.settings.load_profile("mutation")


if __name__ == "__main__":
    main()
