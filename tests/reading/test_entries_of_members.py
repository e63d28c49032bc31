"""x_nk beside a declared family of vectors x_n is an entry of a member; never a name of its own, by which all is 0."""

from __future__ import annotations

import pytest

from matdiff import MatdiffError, derivative

VECTORS = "x_n in R^d"


@pytest.mark.parametrize(
    ("by", "text", "answer"),
    [
        ("x_m", "sum(n,1,N, x_{nk})", "e_k"),
        ("x_m", "sum(n,1,N, x_{nk}^2)", "2 (x_m^T e_k) e_k"),
        ("x_m", "sum(n,1,N, x_n^T x_n x_{nk})", "2 (x_m^T e_k) x_m + (x_m^T x_m) e_k"),
        ("x_m", "sum(n,1,N, sum(k,1,d, x_{nk}^2))", "2 x_m"),
        ("x_m", "sum(n,1,N, sum(k,1,d, log(x_{nk})))", "1 ./ x_m"),
        ("w", "sum(n,1,N, (y_n - sum(k,1,d, w_k x_{nk}))^2)", "-2 sum(n, 1, N, (y_n - w^T x_n) x_n)"),
    ],
)
def test_an_entry_of_a_member(by, text, answer):
    assert derivative(text, wrt=f"d/d{by}", where=VECTORS).ascii == answer


@pytest.mark.parametrize(
    ("by", "text", "code"),
    [
        ("x_mk", "sum(n,1,N, x_n^T x_n)", "E115"),  # by an entry of a member
        ("x_m", "x_{mk}", "E125"),  # no sum, no x_m: an entry, or a name of its own
    ],
)
def test_what_is_no_such_entry_is_refused(by, text, code):
    with pytest.raises(MatdiffError) as raised:
        derivative(text, wrt=f"d/d{by}", where=VECTORS)
    assert raised.value.code == code


def test_two_arguments_make_a_sum_of_a_function():
    """sum(f, x) is Julia's; sum(n, 1, N, …) stays a sum over n, whatever functions stand in it."""
    assert (
        derivative("sum(n,1,N, sigma(w^T x_n))", wrt="w").ascii == derivative("sum_n \\sigma(w^T x_n)", wrt="w").ascii
    )
    assert derivative("sum(abs2, x)", wrt="x").ascii == "2 x"
