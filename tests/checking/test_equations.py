"""An equation of a text is taken apart into the question, the claim and the declarations."""

from __future__ import annotations

import pytest

from matdiff.checking.equations import split_equation
from matdiff.errors import ReadingError


@pytest.mark.parametrize(
    ("text", "question", "claim", "where"),
    [
        ("d/dx x^T x = 2 x", "d/dx x^T x", "2 x", ""),
        ("d/dx x^T A x = 2 A x where A symmetric, n = 3", "d/dx x^T A x", "2 A x", " A symmetric, n = 3"),
        (r"$\frac{d}{dx} x^\top x &= 2x$.", r"\frac{d}{dx} x^\top x", "2x", ""),
        (r"\[d/dx x'x = 2x, \quad\text{where } x in R^n\]", "d/dx x'x", r"2x, \quad", " x in R^n"),
        (r"$d/dx x'x = 2x$, where x in R^n.", "d/dx x'x", "2x", "x in R^n"),
        (r"d/dw \sum_{n=1}^N w^T x_n = \sum_{n=1}^N x_n", r"d/dw \sum_{n=1}^N w^T x_n", r"\sum_{n=1}^N x_n", ""),
        ("d/dw sum_n=1^N w^T x_n = N w", "d/dw sum_n=1^N w^T x_n", "N w", ""),
        ("d/dx x^T x := 2 x", "d/dx x^T x", "2 x", ""),
    ],
)
def test_the_sides(text, question, claim, where):
    found = split_equation(text)
    assert (found.question, found.claim, found.where.strip()) == (question, claim, where.strip())


@pytest.mark.parametrize("text", ["d/dx x^T x", "", "d/dw sum(n=1, N)"])
def test_no_equals_sign(text):
    with pytest.raises(ReadingError) as raised:
        split_equation(text)
    assert raised.value.code == "E116"
