"""Every column of the function table is true, and a false one would be noticed."""

from __future__ import annotations

import pytest
from columns import CHECKS, Point, value
from forms import FORMS
from oracle.duals import OutsideDomain
from oracle.interpreter import NotInterpreted

from matdiff.functions import TABLE, Function
from matdiff.functions.function import Traits

# derivatives of matrix functions, and solutions without a formula, which the tests' interpreter has no value for
NO_VALUE = {
    "dexpm", "dlogm", "dsqrtm", "jexpm", "jlogm", "jsqrtm", "sylvester", "lyapunov", "stein",
    "eigvec_min", "eigvec_max", "eigvecs_min", "eigvecs_max",
}  # fmt: skip
pytestmark = pytest.mark.filterwarnings("ignore")  # logarithms of what is not positive, in false columns
ALL = CHECKS | FORMS
ROWS = [name for name, row in TABLE.items() if row.shape not in {"constant", "unvec"} and name not in NO_VALUE]


def changed(row, **columns):
    return Function(**{**vars(row), **columns})


def with_traits(row, **traits):
    return changed(row, traits=Traits(**{**vars(row.traits), **traits}))


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("column", ALL)
def test_a_column_is_true(name, column):
    ALL[column](TABLE[name])


@pytest.mark.parametrize("name", sorted(NO_VALUE & set(TABLE)))
def test_what_is_listed_without_a_value_has_none(name):
    row = TABLE[name]
    with pytest.raises((NotInterpreted, AssertionError, ValueError, TypeError, OutsideDomain)):
        value(row, *Point(row).arguments())


FALSE = [
    ("at_zero", with_traits(TABLE["cos"], at_zero="0")),
    ("at_one", with_traits(TABLE["atan"], at_one="pi/2")),
    ("at_one", with_traits(TABLE["nuclear"], at_one="1")),
    ("parity", with_traits(TABLE["exp"], parity="even")),
    ("parity", with_traits(TABLE["erf"], parity="even")),
    ("sign", with_traits(TABLE["tanh"], sign="nonnegative")),
    ("sign", with_traits(TABLE["relu"], sign="positive")),
    ("convexity", with_traits(TABLE["sigmoid"], convexity="convex")),
    ("convexity", with_traits(TABLE["logdet"], convexity="affine")),
    ("convexity", with_traits(TABLE["lambda_min"], convexity="convex")),
    ("monotone", with_traits(TABLE["softplus"], monotone=("decreasing",))),
    ("monotone", with_traits(TABLE["cosh"], monotone=("increasing",))),
    ("monotone", with_traits(TABLE["lambda_max"], monotone=("loewner decreasing",))),
    ("linear", with_traits(TABLE["logsumexp"], linear=(0,))),
    ("linear", with_traits(TABLE["norm_weighted"], linear=(1,))),
    ("keeps", with_traits(TABLE["tril"], keeps=("transpose",))),
    ("keeps", with_traits(TABLE["logm"], keeps=("definite",))),
    ("keeps", with_traits(TABLE["polar"], keeps=("triangular",))),
    ("gives", with_traits(TABLE["chol"], gives="upper")),
    ("gives", with_traits(TABLE["skew"], gives="symmetric")),
    ("commutes", with_traits(TABLE["outer"], commutes=True)),
    ("undoes", with_traits(TABLE["acos"], undoes="cos")),
    ("inverse", changed(TABLE["sigmoid"], inverse="log(y)")),
    ("frechet", changed(TABLE["expm"], frechet="expm")),
    ("keeps", with_traits(TABLE["inv"], keeps=("symmetric to definite",))),
    ("needs", with_traits(TABLE["exp"], needs=("positive",))),
    ("kink", changed(TABLE["softplus"], kink="0")),
    ("rewrites", changed(TABLE["sigmoid"], rewrites=(("1 - sigmoid(x)", "-sigmoid(x)"),))),
    ("rewrites", changed(TABLE["inv"], rewrites=(("inv(X)^T", "inv(X)"),))),
    ("formula", changed(TABLE["silu"], formula="x + sigmoid(x)")),
    ("formula", changed(TABLE["logsumexp"], formula="log(sum(X))")),
    ("sympy_form", changed(TABLE["expm1"], sympy="exp(z)")),
    ("sympy_form", changed(TABLE["tr"], sympy="Determinant({0})")),
    ("conjugate", changed(TABLE["exp"], conjugate=("y .* log(y) + y", "y >= 0"))),
    ("conjugate", changed(TABLE["max"], conjugate=("0", "y >= 0, sum(y) = 2"))),
    ("conjugate", changed(TABLE["nuclear"], conjugate=("0", "||Y||_* <= 1"))),
    ("each_row", changed(TABLE["softmax"], each_row="softmax_columns")),
    ("parametric", changed(TABLE["huber"], parametric="Y huber(X/Y)")),
    ("norm", changed(TABLE["norm_one"], norm="inf")),
]


@pytest.mark.parametrize(("column", "row"), FALSE, ids=[f"{column} of {row.name}" for column, row in FALSE])
def test_a_false_column_is_noticed(column, row):
    with pytest.raises((AssertionError, NotInterpreted, ValueError)):
        ALL[column](row)
