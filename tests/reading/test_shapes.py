"""Kinds and shapes of names and expressions, as the documentation of the language promises them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from matdiff.errors import MatdiffError, ShapeError
from matdiff.formula.syntax import Apply, Call, Had, IndexedSum, Mul, Num, Sym
from matdiff.reading.reader import read_question
from matdiff.reading.shapes import infer

if TYPE_CHECKING:
    from matdiff.formula.question import Typed


def typed(expr: str, where: str = "", wrt: str = "") -> Typed:
    return infer(read_question(expr, wrt, (where,) if where else ()))


def shapes(question: Typed) -> str:
    """The symbol table in short: "X: m x n, x: n x 1"."""
    return ", ".join(f"{name}: {symbol.shape[0]} x {symbol.shape[1]}" for name, symbol in question.symbols.items())


def failure(expr: str, where: str = "", wrt: str = "") -> ShapeError:
    with pytest.raises(ShapeError) as caught:
        typed(expr, where, wrt)
    return caught.value


def told(error: MatdiffError) -> str:
    return " | ".join([error.message, error.hint, *[label.text for label in error.labels]])


@pytest.mark.parametrize(
    ("expr", "table", "shape"),
    [
        ("A x", "A: m x n, x: n x 1", ("m", 1)),
        ("x^T A x", "x: n x 1, A: n x n", (1, 1)),
        ("tr(X^T B X)", "X: m x n, B: m x m", (1, 1)),
        ("tr(A X B)", "A: m x n, X: n x p, B: p x m", (1, 1)),
        ("sigma x", "sigma: 1 x 1, x: n x 1", ("n", 1)),
        ("logdet(Sigma)", "Sigma: n x n", (1, 1)),
        ("x x^T", "x: n x 1", ("n", "n")),
        ("||X w - y||^2", "X: m x n, w: n x 1, y: m x 1", (1, 1)),
        ("vec(X)", "X: m x n", ("m*n", 1)),
        ("vech(X)", "X: n x n", ("n*(n+1)/2", 1)),
        ("kron(x, y)", "x: n x 1, y: m x 1", ("m*n", 1)),
        ("kron(A, B) x", "A: m x n, B: p x q, x: n*q x 1", ("m*p", 1)),
        ("diag(x) A", "x: n x 1, A: n x m", ("n", "m")),
        ("diag(A)", "A: n x n", ("n", 1)),
        ("softmax(x)", "x: n x 1", ("n", 1)),
        ("I + X", "X: n x n", ("n", "n")),
        ("x + ones(n)", "x: n x 1, n: 1 x 1", ("n", 1)),
        ("||x||_A^2", "x: n x 1, A: n x n", (1, 1)),
    ],
)
def test_letters_tell_kinds_and_unification_tells_sizes(expr, table, shape):
    question = typed(expr)
    assert shapes(question) == table
    assert question.expression.shape == shape


@pytest.mark.parametrize(
    ("expr", "name", "kind"),
    [
        ("beta' V beta", "beta", "vector"),
        ("a x", "a", "scalar"),
        ("t A", "t", "scalar"),
        ("X^k", "k", "integer"),
        ("lam ||s||_1", "s", "vector"),
        ("||y - X beta||^2", "beta", "vector"),
        ("||Y - X b||^2", "Y", "vector"),
        ("(x - mu)^T Sigma^-1 (x - mu)", "mu", "vector"),
        ("(x - mu)^T Sigma^-1 (x - mu)", "Sigma", "matrix"),
        ("||x||^p", "p", "scalar"),
        ("x.^p", "p", "scalar"),
        ("exp(s)/(1 + exp(s))", "s", "scalar"),
        ("log(1 + exp(-y w^T x))", "y", "scalar"),
        ("log(1 + exp(-y w^T x))", "x", "vector"),
        ("1/N ||X w - y||^2", "N", "scalar"),
        ("(A + t B)^-1", "t", "scalar"),
        ("100 (y - x^2)^2 + (1 - x)^2", "y", "scalar"),
        ("logsumexp(Z)", "Z", "vector"),
        ("e_i^T A x", "i", "integer"),
    ],
)
def test_use_overrules_letters(expr, name, kind):
    question = typed(expr)
    assert question.symbols[name].kind == kind


def test_a_guess_that_matters_is_noted():
    assert any(note.startswith("a was taken to be a scalar") and "a x" in note for note in typed("a x").notes)
    assert any("beta was taken to be a vector" in note for note in typed("beta' V beta").notes)
    assert typed("A x").notes == ()


@pytest.mark.parametrize(
    ("expr", "where", "table", "shape"),
    [
        ("A^T X", "A in R^n, X in R^n", "A: n x 1, X: n x 1", (1, 1)),
        ("(B x) (C x)", "B in R^{1 x n}, x in R^n, C in R^{m x n}", "B: 1 x n, x: n x 1, C: m x n", ("m", 1)),
        ("kron(B^T, A) x", "B in R^{n x q}, A in R^{p x m}, x in R^{12}", "B: n x q, A: p x m, x: 12 x 1", ("p*q", 1)),
        (
            "kron(a, I_m) X b",
            "a in R^{1 x 2}, X in R^{6 x n}, b in R^n",
            "a: 1 x 2, m: 1 x 1, X: 6 x n, b: n x 1",
            (3, 1),
        ),
        ("sum(x)/n", "x in R^n, n = 3", "x: 3 x 1", (1, 1)),
        ("x^T S x", "S symmetric", "x: n x 1, S: n x n", (1, 1)),
        ("(1/n) ones(n)^T x", "x in R^n", "n: 1 x 1, x: n x 1", (1, 1)),
        ("A x", "A in R^{2n x n}", "A: 2*n x n, x: n x 1", ("2*n", 1)),
        ("x^2", "x in R", "x: 1 x 1", (1, 1)),
        ("y^T y", "y in R^m, b in R^n", "y: m x 1, b: n x 1", (1, 1)),
    ],
)
def test_declarations_are_kept(expr, where, table, shape):
    question = typed(expr, where)
    assert shapes(question) == table
    assert question.expression.shape == shape


def test_a_size_name_is_a_number_in_the_expression():
    symbols = typed("(1/N) ||X w - y||^2", "X in R^{N x d}, w in R^d, y in R^N").symbols
    assert symbols["N"].kind == "size"
    assert symbols["X"].declared
    assert not symbols["N"].declared


def test_names_of_sizes_avoid_names_in_use():
    assert shapes(typed("n A x")) == "n: 1 x 1, A: m x q, x: q x 1"


def test_structure_makes_square():
    symbol = typed("x^T S x", "S in R^{n x n} symmetric").symbols["S"]
    assert (symbol.structure, symbol.shape) == ("symmetric", ("n", "n"))
    assert failure("x^T S x", "S in R^{m x n} symmetric").code == "E203"


# -- families, entries, unit vectors ----------------------------------------------------------------------------------


def test_a_family_has_the_size_of_its_sum():
    symbols = typed(
        "sum(n, 1, N, alpha_n (1 - y_n (w^T x_n + b)))", "w in R^d, b in R, alpha_n in R, y_n in R, x_n in R^d"
    ).symbols
    assert (symbols["x_n"].shape, symbols["x_n"].family, symbols["x_n"].family_sizes) == (("d", 1), ("n",), ("N",))
    assert symbols["alpha_n"].shape == (1, 1)


def test_a_member_with_another_index_belongs_to_the_family():
    question = typed("sum(n, 1, N, sum(m, 1, N, alpha_n alpha_m K_nm))", "alpha_n in R", "d/dalpha_m")
    (by,) = question.operator.by
    assert (by.name, by.index) == ("alpha_n", ("m",))
    assert question.symbols["K_nm"].family_sizes == ("N", "N")
    assert "alpha_m" not in question.symbols
    inner = question.expression.body.body
    assert [(factor.variable, factor.index) for factor in inner.factors] == [
        ("alpha_n", ("n",)),
        ("alpha_n", ("m",)),
        ("K_nm", ("n", "m")),
    ]


def test_an_undeclared_subscript_of_a_sum_makes_a_family_by_letter():
    question = typed("sum(n, 1, N, (w^T x_n - y_n)^2)")
    assert {name: symbol.kind for name, symbol in question.symbols.items()} == {
        "N": "size",
        "w": "vector",
        "x_n": "vector",
        "y_n": "scalar",
    }


def test_ranges_are_counted():
    assert typed("sum(n, 2, N, w^T x_n)").symbols["x_n"].family_sizes == ("N",)
    assert typed("sum(n, 1, N-1, w^T x_n)").symbols["x_n"].family_sizes == ("N-1",)
    assert typed("sum(n, 0, N-1, w^T x_n)").symbols["x_n"].family_sizes == ("N",)
    assert typed("sum(n, 1, 3, w^T x_n)").symbols["x_n"].family_sizes == (3,)


def test_sums_without_bounds_take_the_size_of_the_family():
    question = typed("sum_n w^T x_n + sum(n, 1, M, y_n^T x_n)", "w in R^d, x_n in R^d, y_n in R^d")
    open_sum = question.expression.terms[0]
    assert isinstance(open_sum, IndexedSum)
    assert open_sum.hi == Sym("M")


def test_a_family_has_the_members_that_all_its_ranges_ask_for():
    def members(expr):
        (size,) = typed(expr).symbols["x_n"].family_sizes
        return size

    assert members("sum(n, 1, N-1, w^T x_n) + sum(n, 2, N, w^T x_n)") == "N"
    assert members("sum(n, 3, 5, w^T x_n) + sum(n, 1, 4, w^T x_n)") == 5
    assert members("sum(n, 1, N, w^T x_n) + sum(n, 1, M, w^T x_n)") not in {"N", "M"}


def test_an_upper_bound_that_is_not_said_gets_a_letter_of_its_own():
    def bound(expr, where=""):
        return str(typed(expr, where).expression.hi.name)

    assert bound("sum_n w^T x_n") == "N"
    assert bound("sum_i w^T x_i") == "N"
    assert bound("sum_i w^T N x_i", "N in R^{d x d}") == "M"


def test_the_index_of_a_sum_is_an_integer():
    assert typed("sum(r, 0, k-1, tr(X^r))").expression.shape == (1, 1)
    assert "r" not in typed("sum(r, 0, k-1, tr(X^r))").symbols


def test_entries_of_declared_variables():
    question = typed("A_ij x_i", "A in R^{m x n}, x in R^n")
    assert question.expression.shape == (1, 1)
    assert [(factor.variable, factor.index) for factor in question.expression.factors] == [
        ("A", ("i", "j")),
        ("x", ("i",)),
    ]
    (by,) = typed("tr(X)", wrt="d/dX_ij").operator.by
    assert (by.name, by.index) == ("X", ("i", "j"))
    assert failure("x_5", "x in R^3").code == "E209"


@pytest.mark.parametrize("name", ["T_1", "W_2", "x_p", "S_xx", "X_train"])
def test_other_subscripts_make_plain_names(name):
    assert list(typed(f"{name} + {name}").symbols) == [name]


def test_entries_under_a_sum_where_the_variable_is_declared():
    question = typed("sum(i, 1, n, x_i^2)", "x in R^n", "d/dx")
    assert list(question.symbols) == ["n", "x"]
    assert question.expression.body.base.variable == "x"


def test_unit_vectors_and_a_family_e():
    assert isinstance(typed("e_i^T x").expression.factors[0].arg, Call)
    assert typed("x^T x + c sum(n, 1, N, e_n)").symbols["e_n"].kind == "scalar"


# -- rewriting
# -----------------------------------------------------------------------------------------------------------


def test_bars_by_shape():
    assert typed("|x|").expression == Call("abs", (Sym("x"),))
    assert typed("|X|").expression == Call("det", (Sym("X"),))
    assert typed("|t|", "t in R").expression.shape == (1, 1)


def test_stars_in_numpy_are_entry_by_entry_where_the_shapes_allow_it():
    question = typed("(y * c).T @ x", "y in R^n, c in R^n, x in R^n")
    assert question.expression.factors[0].arg == Had((Sym("y"), Sym("c")))
    assert typed("np.trace(A * B)").expression.args[0] == Had((Sym("A"), Sym("B")))
    assert typed("np.sum(2 * X)").expression.args[0] == Mul((Num(2), Sym("X")))


def test_stars_elsewhere_are_products():
    assert typed("X*w").expression == Mul((Sym("X"), Sym("w")))
    assert typed("A*B*x").expression == Mul((Sym("A"), Sym("B"), Sym("x")))


def test_eulers_number_only_as_a_base():
    assert typed("e^(x^T x)").expression.function == "exp"
    assert list(typed("e^(x^T x)").symbols) == ["x"]
    assert typed("e^T e").symbols["e"].kind == "vector"
    assert typed("e^2 t", "e in R, t in R").expression.factors[0].base == Sym("e")


def test_numbers_for_sizes_are_put_in():
    assert typed("n x^T x", "n = 3").expression.factors[0] == Num(3)


def test_functions_by_declaration_and_by_letter():
    question = typed("A u", "u(x) in R^n, x in R^p, A in R^{m x n}")
    assert question.expression.factors[1] == Apply("u", (Sym("x"),))
    assert question.symbols["u"].args == ("x",)
    assert typed("f(A x)", "f(x) in R, A in R^{m x n}, x in R^n").expression.shape == (1, 1)
    assert typed("u(x) + v(x)").symbols["u"].kind == "function"
    assert failure("f(x) + f(A x)", "f(x) in R, A in R^{m x n}, x in R^n").code == "E214"


@pytest.mark.parametrize(
    ("expr", "shape"),
    [
        ("du/dx", ("n", "m")),
        ("du/dx^T", ("m", "n")),
        ("df/dx", ("n", 1)),
        ("df/dx^T", (1, "n")),
        ("dv/dt", (1, "m")),
        ("dv/dt^T", ("m", 1)),
        ("dA/dt", ("p", "q")),
    ],
)
def test_derivatives_of_functions_have_denominator_layout(expr, shape):
    where = "x in R^n, t in R, u(x) in R^m, f(x) in R, v(t) in R^m, A(t) in R^{p x q}"
    assert typed(expr, where).expression.shape == shape


def test_a_size_that_follows_is_noted():
    assert "m = 3 follows from the sizes" in typed("kron(a, I_m) b", "a in R^{1 x 2}, b in R^6").notes


# -- mistakes
# ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expr", "where", "code", "words"),
    [
        ("tr(A X)", "A in R^{2 x 3}, X in R^{4 x 2}", "E201", ["A is 2 x 3", "X is 4 x 2"]),
        ("A b", "A in R^{m x n}, b in R^m", "E201", ["A is m x n", "b is m x 1, a vector", "did you mean A^T b?"]),
        ("x^T A x", "x in R^n, A in R^{m x n}", "E201", ["A must be square"]),
        ("a b", "a in R^n, b in R^n", "E201", ["a^T b", "a .* b"]),
        ("A x^T x", "A in R^{m x n}, x in R^n", "E201", ["A (x^T x)"]),
        ("x*A*x", "", "E201", ["x^T A x", "quote"]),
        ("||A + x||_F", "A in R^{m x n}, x in R^m", "E202", ["A is m x n", "x is m x 1, a vector"]),
        ("tr(X) + X", "X in R^{n x n}", "E202", ["tr(X) is a scalar", "X is n x n"]),
        ("1 + X", "X in R^{m x n}", "E202", ["ones(m, n)"]),
        ("sum(I + X)", "X in R^{m x n}", "E202", ["the identity I is square"]),
        ("tr(X^-1)", "X in R^{m x n}", "E203", ["the inverse", "square"]),
        ("logdet(X)", "X in R^{m x n}", "E203", ["logdet", "square"]),
        ("det(x)", "x in R^n", "E203", ["det", "a vector"]),
        ("x^2", "x in R^n", "E204", ["a vector has no power", "x.^2"]),
        ("tr(X^0.5)", "X in R^{n x n}", "E204", ["integer", "sqrtm(X)"]),
        ("tr(X^t)", "X in R^{n x n}, t in R", "E204", ["integer", "t in N"]),
        ("tr(2^X)", "X in R^{n x n}", "E204", ["exponent"]),
        ("1/x", "x in R^n", "E205", ["division by a vector", "./"]),
        ("A/B", "A in R^{n x n}, B in R^{n x n}", "E205", ["B^-1"]),
        ("x .* y", "x in R^m, y in R^n", "E213", ["x is m x 1", "y is n x 1"]),
        ("tr(I)", "", "E210", ["size of I", "I_n"]),
        ("sum(n, 1, N, w^T x_n)", "w in R^p, x_n in R^d", "E201", ["match"]),
        ("n + sum(n, 1, N, w^T x_n)", "", "E208", ["index"]),
    ],
)
def test_mistakes_are_told_in_words(expr, where, code, words):
    error = failure(expr, where)
    assert error.code == code
    for word in words:
        assert word in told(error)
    assert error.source == expr


def test_both_operands_are_pointed_at():
    error = failure("y + A b", "A in R^{m x n}, b in R^m")
    assert [error.source[label.span.start : label.span.end] for label in error.labels] == ["A", "b"]


@pytest.mark.parametrize(
    ("wrt", "expr", "where", "code"),
    [
        ("d/dn", "sum(n, 1, N, w^T x_n)", "x_n in R^d", "E208"),
        ("d/dn", "x^T x", "x in R^n", "E211"),
        ("d/dk", "tr(X^k)", "k in N", "E211"),
        ("d/du", "u(x)", "u(x) in R^m", "E211"),
        ("d/dalpha", "sum(n, 1, N, alpha_n^2)", "alpha_n in R", "E211"),
    ],
)
def test_only_variables_are_differentiated_by(wrt, expr, where, code):
    error = failure(expr, where, wrt)
    assert error.code == code
    assert error.source[error.span.start : error.span.end] == wrt[3:]


def test_a_variable_that_does_not_occur_is_noted():
    question = typed("x^T x", "x in R^n, z in R^m", "d/dz")
    assert question.symbols["z"].shape == ("m", 1)
    assert any("z does not occur" in note for note in question.notes)
