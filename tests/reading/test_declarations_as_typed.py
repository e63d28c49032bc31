r"""Declarations as people type them say what they say in the language's own words."""

from __future__ import annotations

import pytest

from matdiff.calculator import Question, answer
from matdiff.errors import MatdiffError

SQUARE = "A in R^{n x n}"
SAID = {
    f"{SQUARE} symmetric": (
        "A symmetric in R^{n x n}", r"A symmetric \in \mathbb{R}^{n \times n}", "symmetric A in R^{n x n}", "A = A^T",
        "A' = A", "A is a symmetric matrix", "symmetric matrix A", "A psd", r"A ∈ S^n", "A ∈ 𝕊^n", "A ∈ Sym(n)",
        r"A \in \mathcal{S}^n_+", r"A \succeq 0", "A Hermitian", "A is n x n symmetric",
    ),
    f"{SQUARE} spd": (
        r"A \in \mathbb{S}^n_{++}", r"A \in \mathbb{S}_{++}^n", "A is symmetric positive definite", "A ≻ 0",
        "A symmetric and positive definite", "positive definite A",
    ),
    f"{SQUARE} skew": ("A = -A^T", r"A^\top = -A", "A skew-symmetric", "A is antisymmetric"),
    f"{SQUARE} orthogonal": ("A in O(n)", r"A \in SO(n)", "A^T A = A A^T = I", "A is orthogonal"),
    f"{SQUARE} diagonal": ("A diagonal in R^{n x n}", "A is diagonal"),
    SQUARE: (
        "A: (n, n)", "A : n×n", "A is an n x n matrix", "A n-by-n", "A is n by n", "A of size n x n", "A square",
        "A of shape (n, n)", "A is square", "A in R^(n,n)", "A in Mat(n, n)", "A in M_n(R)", "A (n x n)",
        r"A in M_{n}(\mathbb{R})", "A is a given matrix", "x and c in R^n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("where", "said"), [(where, said) for said, many in SAID.items() for where in many])
def test_of_a_matrix(where, said):
    assert said in answer(Question("d/dx c^T x + x^T A x", where=(where,))).read.split(" where ")[1]


@pytest.mark.parametrize(
    "where",
    ["a_i in R^d for all i", "a_i ∈ R^d, y_i ∈ R, i = 1,...,N", "a_i in R^d, y_i in {-1, 1}",
     r"a_i in R^d, y_i \in \{-1,+1\}", "x is a d-dimensional vector and y_i scalars", "y_i in [0, 1], x in R_+^d"],
)  # fmt: skip
def test_of_a_family(where):
    found = answer(Question("d/dx sum_i (y_i - x^T a_i)^2", where=(where,)))
    assert found.read.endswith("where y_i in R, x in R^d, a_i in R^d")


@pytest.mark.parametrize(
    "behind",
    [" where A is symmetric and x in R^n", " with A symmetric", " for symmetric A", " given A = A^T", ", A is symmetric",
     r" \quad \text{with } A \in \mathbb{S}^n", " assuming A symmetric", " s.t. A symmetric"],
)  # fmt: skip
def test_behind_the_question(behind):
    assert answer(Question(f"d/dx x^T A x{behind}")).ascii == "2 A x"


@pytest.mark.parametrize(("where", "code"), [("A in C^{n x n}", "E115"), ("A in R^{n*n}", "E125"), ("A odd", "E122")])
def test_refused(where, code):
    with pytest.raises(MatdiffError) as caught:
        answer(Question("d/dx x^T A x", where=(where,)))
    assert caught.value.code == code
