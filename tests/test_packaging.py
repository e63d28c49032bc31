"""What a wheel and a source archive hold, and that an installed copy answers."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.slow
WANTED = (
    "matdiff/py.typed",
    "matdiff/grammar/matdiff.lark",
    "share/bash-completion/completions/matdiff",
    "share/zsh/site-functions/_matdiff",
    "share/fish/vendor_completions.d/matdiff.fish",
    "share/man/man1/matdiff.1",
)


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """The interpreter of a fresh environment that can build."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    found = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    subprocess.run([found, "-m", "pip", "install", "--quiet", "build", "hatchling"], check=True)
    return found


@pytest.fixture(scope="module")
def archives(python, tmp_path_factory):
    """(wheel, source archive), the wheel built from the source archive."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [python, "-m", "build", "--no-isolation", "--outdir", folder, ROOT], check=True, capture_output=True, cwd=folder
    )
    (wheel,), (source,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, source


@pytest.mark.parametrize("name", WANTED)
def test_the_wheel_holds(archives, name):
    with zipfile.ZipFile(archives[0]) as wheel:
        assert [path for path in wheel.namelist() if path.endswith(name)]


@pytest.mark.parametrize(
    "name",
    ["LICENSE", "README.md", "grammar/matdiff.lark", "completions/_matdiff", "tests/test_packaging.py", ".ci/run"],
)
def test_the_source_archive_holds(archives, name):
    with tarfile.open(archives[1]) as source:
        assert [path for path in source.getnames() if path.partition("/")[2] == name]


def test_an_installed_copy_answers(python, archives, tmp_path):
    subprocess.run([python, "-m", "pip", "install", "--quiet", archives[0]], check=True)
    done = subprocess.run(
        [python, "-m", "matdiff", "d/dX", "tr(X^T B X)"], check=True, capture_output=True, cwd=tmp_path
    )
    assert done.stdout.decode() == "(B + Bᵀ) X\n"
    folder = python.parent.parent / "share"
    assert sys.platform == "win32" or (folder / "fish" / "vendor_completions.d" / "matdiff.fish").exists()
