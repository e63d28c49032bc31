"""Points at which claims are tried: each array has its structure, small numbers are as short as they promise."""

from __future__ import annotations

import numpy as np
import pytest

from matdiff.checking.sampling import GENERIC, SIMPLE, SMALL, Domain, Sampler
from matdiff.codegen.parameters import Parameter
from matdiff.graph.graph import Graph
from matdiff.graph.nodes import Var

STRUCTURES = ("", "symmetric", "spd", "skew", "diagonal", "lower", "upper", "orthogonal")


def drawn(structure, domain, shape=(3, 3), family=0):
    with Graph().in_force():
        sizes = ("N", "n", "n")[-len(shape) :] if shape[-1] == shape[-2] else ("n", "m")
        var = Var("M", sizes, structure=structure, family=family)
        return Sampler(np.random.default_rng(6), {}, domain).array(Parameter("M", var, sizes), shape)


def has_structure(structure, array):
    turned = array.T
    holds = {
        "": True,
        "symmetric": np.array_equal(array, turned),
        "spd": np.array_equal(array, turned) and np.linalg.eigvalsh(array).min() > 0,
        "skew": np.array_equal(array, -turned),
        "diagonal": np.array_equal(array, np.diag(np.diag(array))),
        "lower": np.array_equal(array, np.tril(array)),
        "upper": np.array_equal(array, np.triu(array)),
        "orthogonal": np.allclose(array @ turned, np.eye(len(array))),
    }
    return holds[structure]


@pytest.mark.parametrize("domain", [*GENERIC, *SIMPLE])
@pytest.mark.parametrize("structure", STRUCTURES)
def test_arrays_have_their_structure(structure, domain):
    assert has_structure(structure, drawn(structure, domain))
    members = drawn(structure, domain, (4, 3, 3), family=1)
    assert all(has_structure(structure, member) for member in members)


@pytest.mark.parametrize("domain", SIMPLE)
@pytest.mark.parametrize("structure", ["symmetric", "spd", "skew", "diagonal", "lower", "upper"])
def test_simple_arrays_have_few_decimals(structure, domain):
    array = drawn(structure, domain)
    assert np.array_equal(array, array.round(2 * domain.decimals))


def test_generic_arrays_are_not_rounded():
    array = drawn("spd", GENERIC[0])
    assert not np.array_equal(array, array.round(10))


def test_square_matrices_of_a_definite_domain():
    """Its symmetric part is definite, itself it is not symmetric."""
    for domain in (GENERIC[3], SIMPLE[2], SIMPLE[5]):
        array = drawn("", domain)
        assert not np.array_equal(array, array.T)
        assert np.linalg.eigvalsh(array + array.T).min() > 0


@pytest.mark.parametrize("domain", [*GENERIC, *SIMPLE])
def test_numbers_lie_in_the_domain_and_are_not_zero(domain):
    array = Sampler(np.random.default_rng(1), {}, domain).numbers((500,))
    assert (array != 0).all()
    assert domain.low <= array.min()
    assert array.max() <= domain.high
    assert np.array_equal(array, array.round(domain.decimals))


def test_zeros_become_the_smallest_number_of_the_domain():
    found = Sampler(np.random.default_rng(1), {}, SMALL).numbers((300,))
    assert set(found) == {-3, -2, -1, 1, 2, 3}
    tenths = Sampler(np.random.default_rng(1), {}, Domain(-0.2, 0.2, 1)).numbers((300,))
    assert {round(float(x), 3) for x in tenths} == {-0.2, -0.1, 0.1, 0.2}
