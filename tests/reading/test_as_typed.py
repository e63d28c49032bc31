"""Questions as they are typed: read as everyone would read them, or refused; what is answered is what NumPy computes."""

import warnings
from pathlib import Path

import pytest
from reading.as_typed import cases, verdict

FILES = sorted((Path(__file__).parent.parent / "corpus").glob("as_typed*.txt"))
CASES = [case for file in FILES for case in cases(file.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.wrt} {case.expr}")
def test_a_question_is_read_as_it_is_meant(case):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        assert not verdict(case)
