"""Whatever comes in, an answer or a MatdiffError goes out, in time and in bounded memory; and no input is ever run or
written as anything but data.
"""

from __future__ import annotations

import builtins
import collections
import importlib
import io
import os
import pkgutil
import random
import re
import resource
import subprocess
import sys
import time
import traceback
from pathlib import Path

import pytest

import matdiff
from fuzz.inputs import Mutations
from matdiff.cli import main
from matdiff.cli.attempt import attempt
from matdiff.errors import MatdiffError
from matdiff.fields import formats
from matdiff.limits import OutOfTimeError
from matdiff.reading.reader import read_question
from matdiff.reading.shapes import infer

for found in pkgutil.walk_packages(matdiff.__path__, "matdiff."):  # loading a module is no run of a question's code
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)

READING_LIMIT = 1.0  # seconds for one text
ANSWER_LIMIT = 1.5
GRACE = 1.0  # seconds over the limit that the alarm may take to be heard
MEMORY = 300 * 1024  # KiB
SMALL, FULL = (2_500, 120), (200_000, 20_000)


def reading_failures(count, seed):
    """What went wrong in reading `count` inputs: {where: [how often, an input]}."""
    source, failures = Mutations(seed), collections.defaultdict(list)
    for _ in range(count):
        given = source.input()
        start = time.perf_counter()
        try:
            attempt(lambda given=given: infer(read_question(given.expr, given.wrt, given.where)), READING_LIMIT + GRACE)
        except MatdiffError as error:
            if error.code.startswith("E9") and error.code != "E902":
                failures[place_of(error)].append(given)
        took = time.perf_counter() - start
        if took > READING_LIMIT:
            failures[f"slow: {took:.1f} s"].append(given)
    return {place: (len(inputs), min(inputs, key=lambda one: len(one.expr))) for place, inputs in failures.items()}


def place_of(error):
    """Where an internal error came from."""
    cause = error.__cause__
    if cause is None:
        return error.code
    frame = traceback.extract_tb(cause.__traceback__)[-1]
    return f"{type(cause).__name__} in {Path(frame.filename).name}:{frame.lineno}: {str(cause)[:80]}"


def program_failures(count, seed, capfd):
    """What went wrong in running the program on `count` inputs."""
    source, chance = Mutations(seed), random.Random(seed)  # noqa: S311 # nothing secret
    failures = collections.defaultdict(list)
    for _ in range(count):
        given = source.input()
        line = [
            *filter(None, [given.wrt]),
            given.expr or "x",
            *(f"--where={text}" for text in given.where),
            "--timeout",
            str(ANSWER_LIMIT),
        ]
        if chance.random() < 0.5:
            line += ["--to", chance.choice(formats())]
        if chance.random() < 0.2:
            line += [
                chance.choice(
                    (
                        "--layout=numerator",
                        "--layout=mixed",
                        "--expand",
                        "--as=index",
                        "--as=kron",
                        "--symmetric=entries",
                        "--json",
                    )
                )
            ]
        if chance.random() < 0.1:
            line = ["filter", "--timeout", str(ANSWER_LIMIT), *line[2:2]]
        start = time.perf_counter()
        status = run(line, given.expr)
        took = time.perf_counter() - start
        output, messages = capfd.readouterr()
        problem = wrong(status, output + messages, took)
        if problem:
            failures[problem].append([*line, given.expr] if line[0] == "filter" else line)
    return {
        problem: (len(lines), min(lines, key=lambda line: len(" ".join(line)))) for problem, lines in failures.items()
    }


def run(line, selection):
    """The program's exit status, or the exception that it let through."""
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(selection.encode("utf-8", "replace")), encoding="utf-8")
    try:
        return main(line)
    except (Exception, OutOfTimeError, SystemExit) as error:  # noqa: BLE001 # whatever it is, it is a failure
        return error
    finally:
        sys.stdin = before


def wrong(status, text, took):
    """What is wrong with a run, or ""."""
    if not isinstance(status, int) or status not in {0, 1, 2, 3}:
        return f"status {status!r}"
    if "Traceback" in text:
        return "a traceback"
    if "internal error (" in text:
        return re.sub(r"\d+", "N", text[text.index("internal error") :].splitlines()[0][:150])
    return f"{took:.1f} s" if took > ANSWER_LIMIT + GRACE else ""


@pytest.fixture
def away(monkeypatch, tmp_path):
    """A folder of its own, and no settings of the person who runs the tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def test_reading_a_sample():
    assert not reading_failures(SMALL[0], 7)


def test_the_program_on_a_sample(capfd, away):  # noqa: ARG001 # away keeps settings out
    assert not program_failures(SMALL[1], 7, capfd)


@pytest.mark.slow
def test_reading_in_full():
    assert not reading_failures(FULL[0], 1)


@pytest.mark.slow
def test_the_program_in_full(capfd, away):  # noqa: ARG001 # as above
    assert not program_failures(FULL[1], 1, capfd)


MEMORY_RUN = """
import resource, sys
sys.path[:0] = sys.argv[2:]
from fuzz.test_fuzz import reading_failures
failures = reading_failures(int(sys.argv[1]), 3)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, len(failures))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="counts in KiB")
def test_reading_stays_below_the_memory_limit():
    tests = Path(__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", MEMORY_RUN, "20000", tests, tests.parent], capture_output=True, check=True
    )
    peak, failures = map(int, done.stdout.split())
    assert failures == 0
    assert peak < MEMORY
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0


HOSTILE = [
    "__import__('os').system('touch pwned')",
    "x); open('pwned', 'w'); (",
    'x"""\nopen("pwned", "w")\n"""',
    "x\nimport os\nos.mkdir('pwned')",
    "$(touch pwned)",
    "`touch pwned`",
    "x; touch pwned",
    "\\input{pwned}",
    "\\write18{touch pwned}",
    "x' + __class__.__mro__ + 'y",
    "{x.__class__}",
    "%s %(a)s {0}",
    "../../pwned",
    "-o pwned",
    "--output=pwned",
    "<script>alert(1)</script>",
    "]]></math><script>",
    "#eval(\"sys.read('pwned')\")",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("to", ["", *(name for name in formats() if name != "mathml")])
def test_no_input_reaches_eval_or_a_file(text, to, away, monkeypatch, capfd):
    """Each hostile text as expression, operator, declaration and name in a declaration: nothing is evaluated, and no
    file is opened to write.
    """
    run(["d/dx", "x^T A x", "--to", to or "ascii"], "")  # loads what is loaded once

    def forbidden(*arguments, **_):
        raise AssertionError(f"called with {arguments!r:.200}")

    plain_open = open

    def reading_only(path, mode="r", *rest, **named):
        assert not set(str(mode)) & set("wax+"), f"{path} opened to write"
        return plain_open(path, mode, *rest, **named)

    monkeypatch.setattr(builtins, "eval", forbidden)
    monkeypatch.setattr(os, "system", forbidden)
    monkeypatch.setattr(subprocess, "Popen", forbidden)
    monkeypatch.setattr(builtins, "open", reading_only)
    for line in (
        [text],
        ["d/dx", f"x^T {text}"],
        [f"d/d{text}", "x"],
        ["d/dx", "x^T x", f"--where={text} in R^n"],
        ["d/dx", "x^T x", "--where", f"x in R^{{{text}}}"],
    ):
        status = run([*line, *(["--to", to] if to else [])], text)
        assert isinstance(status, int), status
        output, messages = capfd.readouterr()
        assert "Traceback" not in output + messages
        assert "internal error (" not in output + messages
    assert not [path for path in away.iterdir() if path.name != "config"]
