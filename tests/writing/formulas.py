"""Formulas to write: one of every node, every function of the table, and random ones."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction

from hypothesis import strategies as st

from matdiff.formula.length import signed
from matdiff.formula.syntax import (
    Add,
    Apply,
    Call,
    Derivative,
    Div,
    Had,
    HadDiv,
    HadPow,
    IndexedSum,
    Matrix,
    Mul,
    Neg,
    Num,
    Pow,
    Sym,
    Transpose,
)
from matdiff.functions import TABLE


def num(numerator, denominator=1):
    return Num(Fraction(numerator, denominator))


def mul(*factors):
    return Mul(factors)


def add(*terms):
    return Add(terms)


def had(*factors):
    return Had(factors)


def call(function, *args):
    return Call(function, args)


def names(text):
    return [Sym(name) for name in text.split()]


A, B, X, W, N = names("A B X W N")
a, b, i, k, m, n, p, t, w, x, y = names("a b i k m n p t w x y")
beta = Sym("beta")

_ARGUMENTS = {
    "norm": [(x,), (x, num(1)), (X, Sym("F")), (x, Sym("inf")), (X, Sym("nuclear")), (x, add(p, num(1)))],
    "norm_weighted": [(x, A), (x, mul(A, B)), (x, Sym("F"))],
    "eye": [(), (n,), (num(3),), (add(n, num(1)),)],
    "ones": [(n,), (m, n), (add(n, num(1)),)],
    "zeros": [(n,), (m, n)],
    "unit": [(i,), (num(2),), (add(i, num(1)),)],
}


def calls():
    """Every function of the table, with every number of arguments that it takes."""
    for function, row in TABLE.items():
        for args in _ARGUMENTS.get(function, [(X, B, x, y)[: row.arity[1]]]):
            yield Call(function, args)


NODES = [
    num(-3), num(1, 2), X, Sym("W_train"), Sym("x_hat"), Neg(X), add(X, Neg(B)), mul(num(2), X, B), Div(x, num(2)), had(x, y), HadDiv(x, y), HadPow(x, num(2)),
    Pow(X, num(-1)), Pow(x, num(1, 2)), Transpose(X), call("tr", X), Apply("u", (x,)), Apply("u", (mul(A, x),)), Derivative("u", (("x", False),)),
    Derivative("u", (("x", True),)), Derivative("A", (("x_p", False), ("x_q", False))), Derivative("y", (("t", False), ("t", False))),
    Derivative("f", (("x", False),), (mul(A, x),)), IndexedSum("n", num(1), N, Sym("x_n")), IndexedSum("n", num(1), N, Sym("x_n"), product=True),
    Matrix((num(1), num(-2), num(3), num(1, 2)), 2), Matrix((num(1), num(0)), 1),
]  # fmt: skip

_atoms = st.sampled_from(
    [A, B, X, a, x, y, beta, Sym("W_1"), Sym("x_n"), Sym("mu_1"), Sym("T_2"), Sym("S_xy"), Sym("W_train")]
)
_whole = st.integers(0, 12).filter(lambda value: value != 1).map(num)  # 1 beside letters may be a vector of ones
_numbers = st.one_of(_whole, st.builds(num, st.integers(1, 9), st.integers(2, 9)))
_ELEMENTWISE = sorted(function for function, row in TABLE.items() if row.kind == "elementwise")
_OF_ONE = ["tr", "det", "logdet", "diag", "vec", "sum", "mean", "softmax", "expm", "pinv", *_ELEMENTWISE]
_CONSTANTS = st.sampled_from([call("eye"), call("eye", n), call("ones", n), call("ones", m, n), call("pi")])
_DERIVATIVES = st.sampled_from(
    [Derivative("u", (("x", False),)), Derivative("u", (("x", True),)), Derivative("v", (("t", False), ("t", False)))]
)
_KINDS = st.sampled_from([num(1), num(2), Sym("F"), Sym("inf"), Sym("nuclear"), p])


def _ends_in_derivative(tree):
    """Whether du/dx would stand before a closing bar, which the reader does not take yet."""
    match tree:
        case Derivative():
            return True
        case Add(parts) | Mul(parts) | Had(parts):
            return _ends_in_derivative(parts[-1])
        case Neg(arg) | HadDiv(_, arg) | Call("kron", (_, arg)) | IndexedSum(_, _, _, arg):
            return _ends_in_derivative(arg)
        case _:
            return False


def _several(inner, make):
    return st.lists(inner, min_size=2, max_size=4).map(lambda parts: make(tuple(parts)))


def _nodes(inner):
    exponents = st.one_of(
        st.integers(-3, 12).map(num), st.just(k), st.just(Sym("T_1")), st.just(add(k, Neg(num(1)))), inner
    )
    normed = inner.filter(lambda arg: not _ends_in_derivative(arg))
    return st.one_of(
        _several(inner, Add),
        _several(inner, Mul),
        _several(inner, Mul),
        _several(inner, Had),
        inner.map(lambda arg: arg if signed(arg) or arg == num(0) else Neg(arg)),
        inner.map(lambda arg: arg if isinstance(arg, Transpose) else Transpose(arg)),
        st.builds(
            lambda top, below: top if isinstance(top, Num) and isinstance(below, Num) else Div(top, below), inner, inner
        ),
        st.builds(HadDiv, inner, inner),
        st.builds(HadPow, inner, exponents),
        st.builds(Pow, inner, exponents),
        st.builds(lambda function, arg: Call(function, (arg,)), st.sampled_from(_OF_ONE), inner),
        st.builds(lambda left, right: call("kron", left, right), inner, inner),
        normed.map(lambda arg: call("norm", arg)),
        st.builds(lambda arg, kind: call("norm", arg, kind), normed, _KINDS),
        st.builds(lambda arg: call("norm_weighted", arg, A), normed),
        st.builds(lambda hi, body: IndexedSum("n", num(1), hi, body), st.sampled_from([N, add(k, Neg(num(1)))]), inner),
    )


def formulas(max_leaves=14):
    """Random formulas of the answers' language; shapes may clash, which is no concern of the writers."""
    return st.recursive(st.one_of(_atoms, _atoms, _numbers, _CONSTANTS, _DERIVATIVES), _nodes, max_leaves=max_leaves)
