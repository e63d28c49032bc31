"""The order of a contraction against all orders there are; and that code waits for no long formula."""

from itertools import combinations
from math import prod

from hypothesis import given, settings
from hypothesis import strategies as st

from matdiff.calculator import Question, answer
from matdiff.codegen.contraction import orders
from matdiff.codegen.costs import Sizes


def least(tensors, out, size):
    """The fewest multiplications, over all orders, where those of a product of matrices count once."""
    if len(tensors) < 2:
        return 0.0
    found = []
    for a, b in combinations(range(len(tensors)), 2):
        one, other = tensors[a], tensors[b]
        if one & other:
            rest = [tensor for k, tensor in enumerate(tensors) if k not in (a, b)]
            kept = frozenset([i for i in one | other if i in out or any(i in tensor for tensor in rest)])
            summed = (one & other) - kept
            entrywise = not summed or (one & other) & kept
            weight = 8.0 if entrywise else 1.0 if one - other and other - one else 4.0
            cost = weight * prod([size[i] for i in one | other])
            found.append(cost + least([*rest, kept], out, size))
    return min(found)


@st.composite
def products(draw):
    """Connected factors with one or two indices each, and the indices that stay."""
    count = draw(st.integers(3, 5))
    tensors = [frozenset({k, k + 1}) for k in range(count)]
    tensors += draw(st.lists(st.sampled_from([frozenset({k}) for k in range(count + 1)]), max_size=2))
    out = frozenset(draw(st.sets(st.sampled_from(range(count + 1)), max_size=2)))
    loose = [i for i in range(count + 1) if sum(i in tensor for tensor in tensors) < 2]
    return tensors, out | frozenset(loose), {i: draw(st.integers(1, 40)) for i in range(count + 1)}


@given(products())
@settings(max_examples=60, deadline=None)
def test_the_order_of_few_factors_is_the_best(problem):
    tensors, out, size = problem
    (order,) = orders([tuple(sorted(tensor)) for tensor in tensors], out, size, Sizes())
    assert sum(order.cost.values()) == least(tensors, out, size)


def test_code_waits_for_no_long_formula():
    """The formula is told beside code where it is short, and not worked out where it is long."""
    product = " ".join([f"(A{k} + X)" for k in range(9)])
    declared = ", ".join([f"{name} in R^{{n x n}}" for name in [*[f"A{k}" for k in range(9)], "X"]])
    long = answer(Question(f"tr({product})", "d/dX", (declared,), for_code=True))
    assert long.formula is None
    assert answer(Question(f"tr({product})", "d/dX", (declared,))).formula is not None
    assert "return" in long.code("numpy", ("gradient",))
    assert "= B + B^T" in answer(Question("tr(X B) + tr(X B^T)", "d/dX", ("X symmetric",), for_code=True)).code(
        "numpy", ("gradient",)
    )
