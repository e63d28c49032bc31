"""Every constructor and every rewrite of the graph is reached by the pins and the identities: one without fails here."""

from __future__ import annotations

import importlib
import inspect
import sys
from fractions import Fraction

import pytest
from graph import test_identities, test_masks, test_pins, test_rewrites

from matdiff.graph.graph import Graph
from matdiff.graph.nodes import Var

ROOMS = ("build", "elementwise", "powers", "matrices", "meetings", "sums", "products", "masks", "ranks")
# A constructor that only a whole question reaches may stand here; the list may only shrink.
ELSEWHERE: dict[str, set[str]] = {}


def functions(module):
    """The functions and methods that a module defines, by name, each with its code."""
    found = {}
    for name, value in vars(module).items():
        if inspect.isfunction(value) and value.__module__ == module.__name__:
            found[name] = value.__code__
        elif inspect.isclass(value) and value.__module__ == module.__name__:
            found |= {
                f"{name}.{inner}": method.__code__
                for inner, method in vars(value).items()
                if inspect.isfunction(method)
            }
    return found


@pytest.fixture(scope="module")
def reached():
    """The codes that run while every pin and every identity is made."""
    codes = set()

    def note(frame, event, _):
        if event == "call":
            codes.add(frame.f_code)

    sys.setprofile(note)
    try:
        for make, _ in test_pins.PINS.values():
            with Graph().in_force():
                make()
        for make in test_identities.IDENTITIES.values():
            with Graph().in_force():
                make(*(Var(name, ("n", "n")) for name in "AB"), *(Var(name, ("n",)) for name in "xy"))
        for test in MORE:
            with Graph().in_force():
                test()
    finally:
        sys.setprofile(None)
    return codes


MORE = (
    test_identities.test_powers_with_symbolic_exponents_merge,
    test_identities.test_orthogonal_matrices_cancel_their_transposes,
    test_identities.test_a_symmetric_matrix_is_its_transpose,
    lambda: test_identities.test_a_product_of_rectangles_meets_its_inverse(False),
    lambda: test_pins.test_a_function_at_a_number_of_either_sign_and_at_nought("abs"),
    *[
        test
        for name, test in vars(test_rewrites).items()
        if name.startswith("test_") and not inspect.signature(test).parameters
    ],
    *[
        lambda c=c: test_rewrites.test_powers_of_multiples(*c)
        for c in ((4, Fraction(1, 2)), (-8, 3), (2, Fraction(1, 3)))
    ],
    test_masks.test_masks_alike_are_one_and_opposite_ones_the_identity,
    test_masks.test_a_softmax_sums_to_one,
    test_masks.test_a_root_of_a_square_is_an_absolute_value_of_whatever_shape,
)


@pytest.mark.parametrize("room", ROOMS)
def test_every_constructor_and_rewrite_has_a_pin(room, reached):
    module = importlib.import_module(f"matdiff.graph.{room}")
    missing = {name for name, code in functions(module).items() if code not in reached}
    assert missing - ELSEWHERE.get(room, set()) == set(), "write a pin in tests/graph/test_pins.py"
    assert ELSEWHERE.get(room, set()) - missing == set(), "it has a pin now: take it from the list"
