"""The rules of differentials that are no function's: every form of every one is what the differentiator finds."""

from __future__ import annotations

import pytest

from matdiff.calculus import row_formulas
from matdiff.calculus.differential import differential
from matdiff.calculus.lower import Lowering
from matdiff.calculus.lowered import Value
from matdiff.calculus.simplify import expanded
from matdiff.functions.rules import RULES, leibniz, rule_of_powers
from matdiff.graph import build
from matdiff.graph.fingerprint import fingerprint
from matdiff.graph.graph import Graph
from matdiff.graph.nodes import Var

OF_NUMBERS = {"quotient rule", "power rule", "exponential rule", "rule of square roots"}
CONSTANT = set("Aack")
FORMS = [
    (rule.name, form, left, right)
    for rule in RULES.values()
    for form, (left, right) in {"": (rule.left, rule.right), **rule.forms}.items()
    if rule.name != "chain rule"  # of an unknown function: its steps are tested
]


def side(letter, name, form):
    if letter in CONSTANT - {"A"}:
        return (1, 1)
    if letter.isupper():
        return (3, 3)
    return (1, 1) if name in OF_NUMBERS and form != "entrywise" else (3, 1)


def shaped(name, form, text):
    letters = {letter for letter in text if letter.isalpha()} & set("UVXABCuvxacko")
    return {
        key: side(letter, name, form)
        for letter in letters
        for key in ((letter,) if letter in CONSTANT | {"B"} else (letter, "d" + letter))
    }


def lowered(text, shapes, nodes):
    integers = ("k",) if "k" in shapes else ()
    typed = row_formulas.typed(text, shapes, integers)
    return Lowering(typed.symbols, {name: Value(node) for name, node in nodes.items()}).lower(typed.expression).node


def node_of(name, shape):
    sides = tuple(side for side in shape if side != 1)
    return build.num(9) if name == "k" else Var(name, sides)


@pytest.mark.parametrize(("name", "form", "left", "right"), FORMS)
def test_a_rule_is_what_the_differentiator_finds(name, form, left, right):
    with Graph().in_force():
        letters = shaped(name, form, left + right)
        nodes = {key: node_of(key, shape) for key, shape in letters.items()}
        changes = {nodes[key]: nodes["d" + key] for key in letters if "d" + key in letters}
        if left.startswith("d(") or left[0] == "d":
            inside = left[2:-1] if left.startswith("d(") else left[1:]
            found = differential(lowered(inside, letters, nodes), changes)
        else:
            found = lowered(left, letters, nodes)
        told = lowered(right, letters, nodes)
        difference = expanded(build.sub(found, told))
        assert build.is_zero(difference) or not any(fingerprint(difference, 1).values())


def test_leibniz_puts_the_change_in_one_place_after_the_other():
    assert leibniz(["u", "c", "v"], {"u": "du", "v": "dv"}.get) == [["du", "c", "v"], ["u", "c", "dv"]]
    assert leibniz(["c"], {}.get) == []


def test_the_sum_of_the_rule_of_powers_takes_another_index():
    assert rule_of_powers("s") == "sum(s, 0, k - 1, U^s dU U^(k - s - 1))"
