"""How the indices of a derivative lie in rows and columns."""

from __future__ import annotations

import pytest

from matdiff.calculus.lowered import unfolding


@pytest.mark.parametrize(
    ("value", "orders", "rows", "columns"),
    [
        (1, [1], ((0,),), ((1,),)),  # a vector by a vector
        (1, [2, 1], ((0,),), ((3,), (1, 2))),  # the last argument runs fastest, and stands first
        (2, [1, 0, 2], ((0, 1),), ((3, 4), (2,))),  # a number among the arguments has no index
        (0, [1], ((0,),), ()),  # of a scalar the first argument makes the rows
        (0, [1, 2], ((0,),), ((1, 2),)),
    ],
)
def test_rows_are_the_value_and_columns_the_arguments(value, orders, rows, columns):
    assert unfolding(value, orders) == (rows, columns)
