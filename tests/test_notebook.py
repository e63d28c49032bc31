"""The notebook magic, with a stand-in for the shell, and with IPython where it is installed."""

from __future__ import annotations

import pytest

from matdiff import Answer, derivative
from matdiff.notebook import Answers, Shown, load_ipython_extension, magic


class Shell:
    """Keeps what is registered."""

    def register_magic_function(self, function, kind, name):
        self.registered = (function, kind, name)


def test_it_registers_itself():
    shell = Shell()
    load_ipython_extension(shell)
    assert shell.registered == (magic, "line_cell", "matdiff")


def test_a_line_is_an_answer():
    found = magic("d/dX tr(X^T B X)")
    assert isinstance(found, Answer)
    assert found.ascii == "(B + B^T) X"


def test_options_in_front():
    assert magic("-l numerator d/dx x^T x").ascii == "2 x^T"
    assert magic('-w "A symmetric" d/dx x^T A x').ascii == "2 A x"
    asked = derivative("log det S", "S", where="S symmetric", symmetric="entries")
    assert magic("--where='S symmetric' --symmetric entries d/dS log det S").ascii == asked.ascii != "S^-1"
    assert str(magic("-t latex d/dX tr(X^T A)").text) == "A"
    assert "def gradient" in repr(magic("-t numpy d/dx x^T x"))


def test_a_cell_has_an_answer_for_each_line():
    found = magic("-l numerator", "d/dx x^T x\n\n# a comment\n-w 'A symmetric' d/dx x^T A x\n")
    assert isinstance(found, Answers)
    assert [answer.ascii for answer in found] == ["2 x^T", "2 x^T A"]
    assert found._repr_html_().count("$$") == 4
    assert repr(found) == "2 xᵀ\n2 xᵀ A"


def test_every_option_of_a_question():
    assert (
        magic("--expand d/dx (x + a)^T A (x + a) where A symmetric").ascii
        == derivative("(x + a)^T A (x + a)", "x", where="A symmetric", expand=True).ascii
    )
    assert magic("--as kron d/dX A X B").ascii == derivative("A X B", "X", form="kron").ascii
    assert (
        magic("--rule 'd f(X) = tr(X^T dX)' d/dX f(A X)").ascii
        == derivative("f(A X)", "X", rules="d f(X) = tr(X^T dX)").ascii
    )
    assert "def hvp" in repr(magic("--of hvp d/dx x^T A x"))
    assert "did you mean 'numerator'" in repr(magic("-l numerato d/dx x^T x"))
    assert "lacks its value" in repr(magic("-w"))
    assert "check does not take expand" in repr(magic("--expand check d/dx x^T x = 2 x"))
    assert magic("d/dt -t").ascii == "-1"


def test_a_question_has_its_time():
    assert "error[E901]" in repr(magic("--timeout 0.000001 d/dX tr(X^T B X)"))
    assert magic("--timeout 0 d/dX tr(X^T B X)").ascii == "(B + B^T) X"
    assert "--timeout: a number" in repr(magic("--timeout nan d/dx x^T x"))


def test_a_mistake_is_shown_and_not_raised():
    found = magic("", "d/dX trc(X)\nd/dx x^T x\n-t cobol d/dx x^T x\n-l sideways d/dx x^T x")
    assert "error[E102]" in repr(found[0])
    assert "did you mean 'tr'?" in repr(found[0])
    assert found[1].ascii == "2 x"
    assert "error[E401]" in repr(found[2])
    assert "error[E401]" in repr(found[3])
    assert found[0]._repr_html_().startswith("<pre>")


def test_checks():
    assert repr(magic("check d/dx x^T A x = 2 A x where A symmetric")).startswith("proved")
    found = magic("check d/dx x^T x = x")
    assert isinstance(found, Shown)
    assert "a factor 2 is missing" in repr(found)
    assert "error[E116]" in repr(magic("check d/dx x^T x"))


def test_in_a_real_shell():
    interactiveshell = pytest.importorskip("IPython.core.interactiveshell")
    shell = interactiveshell.InteractiveShell()
    shell.run_line_magic("load_ext", "matdiff")
    assert shell.run_line_magic("matdiff", "d/dX tr(X^T B X)").ascii == "(B + B^T) X"
    assert [answer.ascii for answer in shell.run_cell_magic("matdiff", "-l numerator", "d/dx x^T x\n")] == ["2 x^T"]
    formats, _ = shell.display_formatter.format(shell.run_line_magic("matdiff", "d/dx x^T x"))
    assert formats["text/latex"] == r"$\displaystyle 2 x$"
    assert formats["text/html"] == "$$ 2 x $$"
