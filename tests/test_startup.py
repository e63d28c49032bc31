"""The start-up image: it serves the sources it was made from and nothing else, and no image is as good as one."""

from __future__ import annotations

import json
import marshal
import os
import subprocess
import sys
from pathlib import Path

import pytest

from matdiff import cache

ROOT = Path(__file__).parent.parent
QUESTION = ["d/dX", "tr(X^T B X)"]
WATCH = "import sys; from matdiff.cli import _from_image; sys.argv[1:] = {line}; status = _from_image(); print(*sys.modules); sys.exit(status)"


@pytest.fixture
def environment(tmp_path, monkeypatch):
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "LOCALAPPDATA": str(tmp_path / "cache")}
    for name, value in home.items():
        monkeypatch.setenv(name, value)
    return {**os.environ, **home, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)}


def asked(environment, *line: str, program=("-m", "matdiff")):
    done = subprocess.run(
        [sys.executable, *program, *line],
        env=environment,
        cwd=environment["HOME"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stderr == ""
    return done.stdout


def images() -> list[Path]:
    folder = Path(cache.folder())
    return sorted(folder.glob("start-*")) if folder.is_dir() else []


def test_a_first_question_leaves_an_image_that_the_next_one_starts_from(environment):
    first = asked(environment, *QUESTION)
    (image,) = images()
    written = image.stat().st_mtime_ns
    assert image.stat().st_mode & 0o077 == 0
    assert asked(environment, *QUESTION) == first == "(B + Bᵀ) X\n"
    assert asked(environment, "d/dx", "x^T A x") == "(A + Aᵀ) x\n"
    assert image.stat().st_mtime_ns == written


@pytest.mark.parametrize("first", [["config"], ["check", "d/dx", "x^T x", "2 x"], ["differentiate", "d/dx", "x^T x"]])
def test_whatever_command_comes_first_the_others_go_on(environment, first):
    """The image of a run that entered click holds nothing that imports it: what click imports by relative names was
    looked up among the program's own modules.
    """
    subprocess.run([sys.executable, "-m", "matdiff", *first], env=environment, capture_output=True, check=True)
    assert images()
    assert asked(environment, *QUESTION) == "(B + Bᵀ) X\n"
    assert asked(environment, "explain", "E102").startswith("E102:")
    assert asked(environment, "--help").startswith("Usage:")
    loaded = asked(environment, program=("-c", WATCH.format(line=QUESTION))).splitlines()[-1].split()
    assert "click" not in loaded


def test_what_a_plain_question_loads(environment):
    """Neither parsers of command lines, nor compilers of patterns, nor types and rooms that answer something else."""
    asked(environment, *QUESTION)
    loaded = asked(environment, program=("-c", WATCH.format(line=QUESTION))).splitlines()[-1].split()
    rooms = {name.split(".")[1] for name in loaded if name.startswith("matdiff.")}
    assert not rooms & {"codegen", "derivation", "problems", "checking", "explicit", "notebook", "api", "recording"}
    heavy = {"click", "lark", "rich", "numpy", "sympy", "typing", "re", "fractions", "decimal", "enum", "functools"}
    heavy |= {
        "collections",
        "contextlib",
        "dataclasses",
        "inspect",
        "json",
        "pathlib",
        "ast",
        "tomllib",
        "signal",
        "threading",
        "importlib",
        "bisect",
        "contextvars",
        "warnings",
    }
    assert not heavy & set(loaded)


def test_a_later_question_finds_all_its_modules_in_the_image(environment):
    asked(environment, *QUESTION)
    code = (
        "import sys; from matdiff import startup; assert startup.load(); before = {*sys.modules}\n"
        f"from matdiff.cli import main; main({QUESTION})\n"
        "print([name for name in sys.modules if name not in before and name.startswith('matdiff')])"
    )
    assert asked(environment, program=("-c", code)) == "(B + Bᵀ) X\n[]\n"


ASLEEP = (
    "import sys; from matdiff import startup; startup.load()\n"
    "from matdiff.graph import matrices; from matdiff.cli import main\n"
    "def asleep(): return sum('__wake__' in made.__code__.co_names for made in vars(matrices).values()\n"
    "                         if type(made) is type(asleep) and made.__module__ == matrices.__name__)\n"
    "before = asleep(); main({line}); print(before > asleep() > 0)"
)
WITHOUT = "import sys; from matdiff.cli import main; sys.exit(main())"
OTHERS = (["d/dX", "logdet(A X B)"], ["d/dX", "||A X^-1 b||^2"], ["d2/dx2", "sigmoid(a^T x)", "--to", "latex"])


@pytest.mark.parametrize("line", OTHERS)
def test_a_function_that_sleeps_wakes_when_it_is_called(environment, line):
    expected = asked(environment, *line)
    (image,) = images()
    image.unlink()
    asked(environment, *QUESTION)
    assert asked(environment, *line) == expected
    assert asked(environment, program=("-c", ASLEEP.format(line=OTHERS[0]))).splitlines()[-1] == "True"


def test_a_module_of_which_nothing_is_called_sleeps_as_a_whole(environment):
    asked(environment, *QUESTION)
    code = (
        "import sys; from matdiff import startup; startup.load()\n"
        "from matdiff.calculus import stacking; from matdiff.calculus.stacking import stacked\n"
        "kept = stacking.stacked; print(hasattr(stacking, 'Stacked'), hasattr(stacking, 'no_such_name'))\n"
        "print(kept is stacked is stacking.stacked, '__getattr__' in vars(stacking))"
    )
    assert asked(environment, program=("-c", code)).splitlines() == ["True False", "True False"]


def test_sleeping_modules_and_awake_ones_answer_alike(environment):
    """Questions of several kinds, in one process each from the image and without it."""
    with (ROOT / "tests" / "corpus" / "visible.jsonl").open(encoding="utf-8") as lines:
        chosen = [json.loads(line) for number, line in enumerate(lines) if number % 100 == 7]
    asked(environment, *QUESTION)
    for case in chosen:
        line = [case["wrt"], case["expr"], *(["-w", case["where"]] if case["where"] else []), "-q"]
        assert asked(environment, *line) == asked(environment, *line, program=("-c", WITHOUT)), case["id"]


@pytest.mark.parametrize("damage", ["cut off", "bits changed", "other bytes"])
def test_bytecode_of_functions_that_is_damaged_is_made_from_the_source(environment, damage):
    expected = asked(environment, *OTHERS[1])
    (image,) = images()
    image.unlink()
    asked(environment, *QUESTION)
    whole = image.read_bytes()
    end = len(whole) - len(cache.read_parts(image.name)[1])
    left = {
        "cut off": whole[: end + 70_000],
        "bits changed": whole[: end + 1000] + bytes([byte ^ 32 for byte in whole[end + 1000 :]]),
        "other bytes": whole[:end] + b"x" * 100,
    }[damage]
    image.write_bytes(left)
    assert asked(environment, *OTHERS[1]) == expected
    assert image.read_bytes() == left


def test_imports_are_the_standard_ones_again_once_the_image_is_in_place(environment):
    asked(environment, *QUESTION)
    code = (
        "import builtins; before = builtins.__import__; from matdiff import startup\n"
        "print(startup.load(), builtins.__import__ is before)"
    )
    assert asked(environment, program=("-c", code)) == "True True\n"


def test_modules_of_an_image_are_as_an_import_makes_them(environment):
    asked(environment, *QUESTION)
    code = (
        "import sys, inspect; from matdiff.cli import _from_image; sys.argv[1:] = ['d/dX', 'tr(X)']; _from_image()\n"
        "import importlib, matdiff, matdiff.calculator as c, matdiff.graph.nodes as n\n"
        "print(inspect.getsource(c.answer).splitlines()[0], n.__spec__.has_location, n.__file__.endswith('nodes.py'))\n"
        "print(matdiff.graph.nodes is n, importlib.reload(sys.modules['matdiff.limits']).__package__)"
    )
    lines = asked(environment, program=("-c", code)).splitlines()
    assert lines[1:] == ["def answer(question: Question) -> Answer: True True", "True matdiff"]


@pytest.mark.parametrize(
    "content", [b"", b"short", b"x" * 1000, b"checked", b"wrong shape", b"other version", b"bad modules"]
)
def test_an_image_that_does_not_serve_is_made_anew(environment, content):
    expected = asked(environment, *QUESTION)
    (image,) = images()
    whole = len(image.read_bytes())
    made = {
        b"checked": marshal.dumps((1, 2, 3)),
        b"wrong shape": marshal.dumps(("0.1.0", sys.version, 7, b"")),
        b"other version": marshal.dumps(("0.0.0", sys.version, (), marshal.dumps(((), {})))),
        b"bad modules": marshal.dumps(
            ("0.1.0", sys.version, (), marshal.dumps(((("matdiff.errors", "x", False, 3),), {})))
        ),
    }.get(content)
    if made is None:
        image.write_bytes(content)
    else:
        cache.write(image.name, made)
    assert asked(environment, *QUESTION) == expected
    assert len(image.read_bytes()) > whole / 2
    assert cache.read(image.name) is not None


def test_an_image_of_other_sources_is_passed_by(environment, tmp_path):
    package = tmp_path / "copy"
    subprocess.run(["cp", "-r", str(ROOT / "matdiff"), str(ROOT / "grammar"), str(tmp_path)], check=True)
    package.mkdir()
    for part in ("matdiff", "grammar"):
        (tmp_path / part).rename(package / part)
    environment["PYTHONPATH"] = str(package)
    asked(environment, *QUESTION)
    source = package / "matdiff" / "writing" / "unicode.py"
    source.write_text(source.read_text(encoding="utf-8").replace("ᵀ", "~"), encoding="utf-8")
    assert asked(environment, *QUESTION) == "(B + B~) X\n"
    spelling = package / "grammar" / "spelling.lark"
    spelling.write_text(spelling.read_text(encoding="utf-8") + "\n// changed\n", encoding="utf-8")
    assert asked(environment, program=("-c", "from matdiff import startup; print(startup.load())")) == "False\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_or_an_open_file_in_the_place_of_the_image_is_none(environment):
    asked(environment, *QUESTION)
    (image,) = images()
    image.chmod(0o622)
    assert cache.read(image.name) is None
    image.unlink()
    os.mkfifo(image)
    assert asked(environment, *QUESTION) == "(B + Bᵀ) X\n"


def test_a_cache_that_cannot_be_written_is_no_obstacle(environment, tmp_path):
    (tmp_path / "cache").write_text("in the way")
    assert asked(environment, *QUESTION) == "(B + Bᵀ) X\n"
    assert not images()


def test_two_first_questions_at_once_leave_one_whole_image(environment):
    program = [sys.executable, "-m", "matdiff", *QUESTION]
    both = [subprocess.Popen(program, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [run.communicate(timeout=120)[0] for run in both] == ["(B + Bᵀ) X\n"] * 2
    (image,) = images()
    assert cache.read(image.name) is not None
    assert not [file for file in image.parent.iterdir() if file.name.count(".")]


def test_what_is_kept_of_patterns_matches_as_they_do(environment):
    code = "import sys; from matdiff.cli import _from_image; sys.argv[1:] = ['d/dX', 'tr(X)']; _from_image()\nfrom matdiff.lean import re\nprint(len(re.codes), all(re._compiled(*p) == __import__('re').compile(*p) for p in re.codes))"
    asked(environment, *QUESTION)
    count, same = asked(environment, program=("-c", code)).splitlines()[-1].split()
    assert int(count) > 20
    assert same == "True"
