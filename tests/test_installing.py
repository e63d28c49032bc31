"""What an error says about a package that is missing fits the tool that installed matdiff."""

from __future__ import annotations

import sys

import pytest

from matdiff.errors.installing import how_to_install


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("/home/me/.venv", "pip install 'matdiff[svg]'"),
        ("/home/me/.local/share/pipx/venvs/matdiff", "pipx inject matdiff ziamath"),
        ("/home/me/.local/share/uv/tools/matdiff", "uv tool install --with ziamath matdiff"),
        ("C:\\Users\\me\\pipx\\venvs\\matdiff", "pipx inject matdiff ziamath"),
    ],
)
def test_the_hint_names_the_tool_that_installed_the_program(monkeypatch, prefix, said):
    monkeypatch.setattr(sys, "prefix", prefix)
    assert how_to_install("ziamath", extra="svg") == said
