"""The order in which a product is evaluated: the same entries, and no more work than pairs of indices have entries."""

from __future__ import annotations

from matdiff.calculator import Question, answer
from matdiff.graph.contraction import contraction, work
from matdiff.graph.evaluate import evaluate
from matdiff.graph.nodes import Ein, walk
from matdiff.graph.residues import RESIDUES
from matdiff.graph.world import World


def made(expr, where):
    return answer(Question(expr, "d/dX", (where,), no_certify=True)).laid.node


def test_pairs_of_indices_take_no_more_than_their_parts():
    node = made("kron(X, A) kron(X, C)", "X in R^{n x n}, A, C in R^{n x n}")
    assert (
        work(node, lambda size: 2 if isinstance(size, str) and len(size) == 1 else 2 ** len(str(size).split("*")))
        < 4000
    )


def test_the_order_takes_every_factor_once():
    node = made("kron(A X A X B, X) kron(X, A)", "X, A, B in R^{n x n}")
    for inner in walk(node):
        if isinstance(inner, Ein):
            order, _ = contraction(inner, lambda size: 3 ** len(str(size).split("*")))
            assert sorted(order) == list(range(len(inner.factors)))


def test_a_pair_of_indices_has_all_its_zeros_where_it_is_the_answer():
    node = made("kron(X, A)", "X, A in R^{n x n}")
    fuse = next(inner for inner in walk(node) if getattr(inner, "name", "") == "fuse")
    found = evaluate(fuse, World(RESIDUES, lambda *_: 1, lambda size: 2 ** len(str(size).split("*"))))
    assert sum(found.values()) ** 2 == len(found)  # a pair has as many entries as its parts together
