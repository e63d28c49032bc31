"""The command line without the calculator behind it: what is asked is kept, and every answer is X."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from matdiff.cli import formats, main, request
from matdiff.errors import Label, ReadingError, Span
from matdiff.formula.syntax import Sym, Transpose


class Short(NamedTuple):
    """An answer with its repeated subexpressions named."""

    tree: Any
    lets: dict[str, Any]


class Asked(list):
    """The questions that reached the calculator."""

    def __call__(self, question):
        self.append(question)
        if "boom" in question.expr:
            raise ValueError("boom")
        if "deep" in question.expr:
            raise RecursionError
        if "loop" in question.expr:
            while True:
                pass
        if "bad" in question.expr:
            place = question.expr.index("bad")
            raise ReadingError(
                "E102",
                "unknown function 'bad'",
                Label(Span(place, place + 3)),
                hint="did you mean 'tr'?",
                source=question.expr,
            )
        return SimpleNamespace(
            question=question,
            operator=None,
            layout=question.layout,
            shape=("m", "n"),
            symbols={},
            lets={},
            expression=Sym("X"),
            formula=Transpose(Sym("X")),
            tree=Transpose(Sym("X")),
            short=Short(Transpose(Sym("X")), {}),
            certificate=None,
            notes=("a note",) if "note" in question.expr else (),
            ascii="X^T",
            read="d/dX tr(X) where X in R^{n x n}",
            unicode="Xᵀ",
            latex="X^{\\top}",
            write=lambda notation: {"unicode": "Xᵀ", "ascii": "X^T", "latex": "X^{\\top}"}[notation],
            code=lambda target, of: f"# {target} {','.join(of)}\nimport numpy\n",
        )


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """The questions asked, answered by a stand-in; no settings of the person who runs the tests are seen."""
    questions = Asked()
    monkeypatch.setattr(request, "answer_all", questions)
    monkeypatch.setattr(formats, "notations", lambda: ("unicode", "ascii", "latex"))
    monkeypatch.setattr(formats, "targets", lambda: ("numpy",))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "MATDIFF_TO", "MATDIFF_LAYOUT", "MATDIFF_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return questions


@pytest.fixture
def matdiff(asked, capsys, monkeypatch):  # noqa: ARG001 # the stand-in is to be in place
    """Run the command line with arguments and perhaps bytes on standard input; -> (status, output, messages)."""

    def run(*arguments, stdin=None):
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        status = main(list(arguments))
        return (status, *capsys.readouterr())

    return run
