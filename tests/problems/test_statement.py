"""Problems as they are written: what is sought, by which unknowns, under which constraints."""

from __future__ import annotations

import pytest

from matdiff.errors import ReadingError
from matdiff.problems.statement import statement

SVM = "y_n (w^T x_n + b) >= 1"


def parts(text, *subject_to):
    said = statement(text, subject_to)
    objective = None if said.objective is None else said.text[slice(*said.objective)].strip()
    constraints = [
        " ".join(
            piece
            for k, side in enumerate(one.sides)
            for piece in (*([one.relations[k - 1]] if k else []), said.text[slice(*side)].strip())
        )
        for one in said.constraints
    ]
    return said.sense, said.unknowns, objective, constraints


@pytest.mark.parametrize(
    ("text", "sense", "unknowns"),
    [
        ("min_x f", "min", ("x",)),
        ("minimize_{w, b} f", "min", ("w", "b")),
        ("maximise over w, b: f", "max", ("w", "b")),
        (r"\min_{w,b} f", "min", ("w", "b")),
        (r"\underset{w}{\min} f", "min", ("w",)),
        (r"\operatorname*{minimize}_{x} f", "min", ("x",)),
        (r"\arg\min_x f", "min", ("x",)),
        ("f", "", ()),
        ("minimize f over x", "min", ("x",)),
    ],
)
def test_the_head_of_a_problem(text, sense, unknowns):
    assert parts(text) == (sense, unknowns, "f", [])


@pytest.mark.parametrize(
    "mark", ["s.t.", "st", "subject to", "such that", r"\text{s.t.}", r"\quad\text{subject to}\quad", "s.t.:"]
)
def test_the_words_before_the_constraints(mark):
    assert parts(f"min_x f {mark} A x = b, x >= 0") == ("min", ("x",), "f", ["A x = b", "x >= 0"])


@pytest.mark.parametrize(
    "said",
    ["n = 1..N", "n = 1, ..., N", r"n=1,\dots,N", r"\forall n", "for all n", "for n = 1, ..., N", r"\ n=1,\ldots,N"],
)
def test_ranges_of_an_index(said):
    read = statement(f"min_w f s.t. {SVM}, {said}")
    assert list(read.ranges) == ["n"]
    assert len(read.constraints) == 1


def test_constraints_may_stand_apart_and_in_an_align_environment():
    assert parts("f", "x^T x = 1, x >= 0")[3] == ["x^T x = 1", "x >= 0"]
    text = r"\begin{align}\min_{x,t}\quad & t\\ \text{s.t.}\quad & A x+b\le t\end{align}"
    assert parts(text) == ("min", ("x", "t"), "t", ["A x+b <= t"])


def test_a_chain_is_one_constraint():
    (one,) = statement("min_x f s.t. 0 <= x <= 1").constraints
    assert one.relations == ("<=", "<=")


@pytest.mark.parametrize(
    "text", ["min_x s.t. x >= 0", "min_x f s.t. x", "min_x f s.t. x >= ", "min_{} f", r"\min_{x f"]
)
def test_what_is_no_problem_is_refused(text):
    with pytest.raises(ReadingError):
        statement(text)
