"""Questions that ended in an internal error once, each with its family: an answer, or a clear error."""

import pytest

from matdiff.calculator import Question, answer, derivation
from matdiff.errors import MatdiffError
from matdiff.functions import TABLE

ANSWERS = [
    ("d/dt", "triu(t)", "t in R", "1"),
    ("d/dt", "tril(t)", "t in R", "1"),
    ("d/dt", "expm(t)", "t in R", "exp(t)"),
    ("d/dt", "sqrtm(t)", "t in R", "1/(2 sqrt(t))"),
    ("d/dt", "pinv(t)", "t in R", "-1/t^2"),
    ("d/dX", "sqrtm(f(X))", "f(X) in R", "(df/dX)/(2 sqrt(f))"),
    ("d/dX", "logm(f(X))", "f(X) in R", "(df/dX)/f"),
    ("d/dt", "10^4301 t", "t in R", "10^4301"),
    ("d/dt", "0.1^5000 t", "t in R", "(1/10)^5000"),
    ("d/dt", "t/10^5000", "t in R", "1/10^5000"),
    ("d/dx", "sqrt(x.^2)", "", "diag(sign(x))"),
    ("d/dt", "sqrt(t^2)", "t in R", "sign(t)"),
    ("d/dX", "tr(tril(X))", "", "I"),
    ("d/dX", "sum(tril(triu(X)))", "", "I"),
    ("d/dx", "sum(softmax(A x))", "", "0"),
    ("d/dx", "kron(x, 0)", "", "0"),
    ("d/dK", "det(K)", "K skew", "-det(K) K^-1"),
]


@pytest.mark.parametrize(("wrt", "expr", "where", "expected"), ANSWERS)
def test_it_is_answered(wrt, expr, where, expected):
    assert answer(Question(expr, wrt, (where,) if where else ())).ascii == expected


@pytest.mark.parametrize("text", ["inv(M ./ M)", "(M ./ M)^-1", "inv(M - M)", "inv(2 ones(3, 3)) M"])
def test_the_inverse_of_a_singular_matrix_is_refused(text):
    with pytest.raises(MatdiffError) as caught:
        answer(Question(text, "d/dM"))
    assert caught.value.code == "E310"


@pytest.mark.parametrize("name", sorted(row.name for row in TABLE.values() if row.of_scalar))
def test_an_operator_of_a_number_is_what_its_row_says(name):
    """f(t) and the row's formula are the same question."""
    row = TABLE[name]
    called = f"{name}(t, s)" if row.arity[0] == 2 else f"{name}(t)"
    text = row.of_scalar.replace("X", "(t)").replace("Y", "(s)")
    got, meant = [answer(Question(expr, "d/dt", ("t in R", "s in R"))).ascii for expr in (called, text)]
    assert got == meant


@pytest.mark.parametrize("structure", ["symmetric", "skew", "lower", "upper", "diagonal", "orthogonal", "spd"])
@pytest.mark.parametrize("layout", ["denominator", "numerator", "mixed"])
@pytest.mark.parametrize("text", ["det(K)", "logdet(K)", "tr(K^-1 A)", "tr(K^3)", "a^T K b", "K A K"])
def test_every_structure_in_every_layout(structure, layout, text):
    got = answer(Question(text, "d/dK", (f"K {structure}",), layout=layout))
    assert got.ascii
    assert got.code()


@pytest.mark.parametrize(
    "text", ["kron(x, 0)", "dot(x, zeros(n))", "outer(x, zeros(n))", "hadamard(x, zeros(n))", "x .* 0", "0 x"]
)
def test_the_steps_of_nothing(text):
    assert str(derivation(Question(text, "d/dx")))
