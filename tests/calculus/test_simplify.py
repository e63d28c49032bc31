"""Multiplying out: what it gives, and that no search for a shorter form costs more than its budget."""

import pytest

from matdiff.calculus.choices import choices
from matdiff.calculus.differentiate import differentiate
from matdiff.calculus.simplify import expanded, written_sums
from matdiff.graph import build, powers
from matdiff.graph.fingerprint import vanishes
from matdiff.graph.graph import Graph
from matdiff.graph.nodes import Lin, Var


@pytest.fixture(autouse=True)
def graph():
    with Graph().in_force() as found:
        yield found


def matrix(name):
    return Var(name, ("n", "n"))


def product_of_sums(n):
    """tr((A_0 + X) (A_1 + X) …)."""
    factors = [(build.add(matrix(f"A_{k}"), matrix("X")), (k, (k + 1) % n)) for k in range(n)]
    return build.ein(factors, ())


def test_a_product_of_sums_falls_into_its_terms():
    A, B, X = matrix("A"), matrix("B"), matrix("X")
    product = build.ein([(build.add(A, X), (0, 1)), (build.sub(B, X), (1, 2))], (0, 2))
    found = expanded(product)
    assert isinstance(found, Lin)
    assert len(found.terms) == 4
    assert vanishes(build.sub(found, product))


def test_what_is_to_be_kept_is_kept():
    A, B, X = matrix("A"), matrix("B"), matrix("X")
    kept = build.add(A, X)
    found = expanded(build.ein([(kept, (0, 1)), (build.sub(B, X), (1, 2))], (0, 2)), frozenset({kept}))
    assert isinstance(found, Lin)
    assert len(found.terms) == 2
    square = powers.power(build.add(Var("s"), Var("t")), build.num(2))
    assert expanded(square, frozenset({square.args[0]})) is square


@pytest.mark.parametrize("exponent", [2, 3])
def test_powers_of_sums_fall_apart(exponent):
    power = powers.power(build.add(Var("s"), Var("t")), build.num(exponent))
    found = expanded(power)
    assert isinstance(found, Lin)
    assert len(found.terms) == exponent + 1
    assert vanishes(build.sub(found, power))


def test_a_product_of_too_many_sums_stays_as_it_is():
    for n in (9, 12, 40):
        whole = product_of_sums(n)
        assert expanded(whole) is whole


@pytest.mark.parametrize("make", ["value", "gradient"])
def test_trying_forms_stays_within_its_budget(make):
    """The nodes made grow with the question, not with its terms: 2^n of them would be 65,536 at n = 16."""
    for n in (4, 6, 8, 10, 12, 16):
        with Graph().in_force() as graph:
            root = product_of_sums(n)
            if make == "gradient":
                root = differentiate(root, matrix("X"))
            before = len(graph.interned)
            tried = list(choices(root, written_sums(product_of_sums(n))))
            assert tried[0] is root
            assert len(graph.interned) - before < 600, n


def test_all_that_is_tried_is_equal():
    root = differentiate(product_of_sums(3), matrix("X"))
    found = list(choices(root, frozenset()))
    assert len(found) > 1
    for option in found:
        assert vanishes(build.sub(option, root))
