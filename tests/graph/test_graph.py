"""A graph for each question: what is made on one is not known on another, and never meets it."""

import pytest

from matdiff.calculus.differentiate import differentiate
from matdiff.graph import build, matrices
from matdiff.graph.graph import ForeignNodeError, Graph, Memo, current
from matdiff.graph.nodes import ONE, Ein, IndexSum, Var

n = ("n",)


def test_equal_nodes_of_one_graph_are_one_object_and_those_of_two_are_not():
    with Graph().in_force():
        first = build.add(Var("x", n), Var("y", n))
        assert build.add(Var("y", n), Var("x", n)) is first
    with Graph().in_force():
        assert build.add(Var("x", n), Var("y", n)) is not first


def test_nodes_of_two_graphs_do_not_mix():
    with Graph().in_force():
        x = Var("x", n)
    with Graph().in_force():
        y, r = Var("y", n), Var("r", role="integer")
        for meet in (
            lambda: build.add(x, y),
            lambda: build.hadamard(y, x),
            lambda: build.scale(2, x),
            lambda: build.reciprocal(x),
            lambda: matrices.inv(build.ein([(x, (0,)), (y, (1,))], (0, 1))),
            lambda: differentiate(build.scale(2, y), x),
            lambda: IndexSum(r, ONE, ONE, x),
        ):
            with pytest.raises(ForeignNodeError):
                meet()
    with Graph().in_force(), pytest.raises(ForeignNodeError):
        IndexSum(r, ONE, ONE, Var("t"))


def test_without_a_graph_no_node_is_made():
    with pytest.raises(ForeignNodeError):
        Var("x")


def test_one_belongs_to_every_graph():
    for _ in range(2):
        with Graph().in_force():
            assert build.num(1) is ONE is Ein((), (), ())
            assert build.num(2).args == (ONE,)


def test_the_graph_before_is_in_force_again():
    with Graph().in_force() as outer:
        with Graph().in_force() as inner:
            assert current() is inner
        assert current() is outer


def test_a_branch_knows_its_trunk_and_leaves_it_as_it_is():
    found: Memo[str, int] = Memo()
    trunk = Graph()
    with trunk.in_force():
        A, B = Var("A", ("n", "n")), Var("B", ("n", "n"))
        total = build.add(A, B)
        found.table["trunk"] = 1
        before = len(trunk.interned), len(trunk.orientation), len(trunk.transposes)
    branches = trunk.branch(), trunk.branch()
    made = []
    for branch in branches:
        with branch.in_force():
            assert build.add(B, A) is total
            assert found.table == {"trunk": 1}
            found.table["branch"] = 2
            made.append(build.oriented(build.transposed(build.ein([(A, (0, 1)), (B, (1, 2))], (0, 2))))[0])
    assert before == (len(trunk.interned), len(trunk.orientation), len(trunk.transposes))
    with trunk.in_force():
        assert found.table == {"trunk": 1}
        assert build.add(A, B) is total
    with branches[1].in_force(), pytest.raises(ForeignNodeError):
        build.scale(2, made[0])
    with branches[1].branch().in_force():
        assert build.transposed(build.transposed(made[1])) is made[1]


def test_the_first_orientation_is_that_of_the_own_graph():
    """(A B) and (A B)ᵀ: whichever came first is kept, in this graph alone."""
    for first in (0, 1):
        with Graph().in_force():
            A, B = Var("A", ("n", "n")), Var("B", ("n", "n"))
            product = build.ein([(A, (0, 1)), (B, (1, 2))], (0, 2))
            ways = (product, build.transposed(product))
            assert build.oriented(ways[first]) == (ways[first], False)
            assert build.oriented(ways[1 - first]) == (ways[first], True)
