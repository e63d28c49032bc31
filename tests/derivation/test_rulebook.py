"""The rulebook: its rules are those that steps name, its formulas are formulas, its examples are answered."""

from __future__ import annotations

import pytest

from matdiff.calculator import Question, answer, derivation
from matdiff.cli import main
from matdiff.cli.explaining.explain import example
from matdiff.derivation.formulas import formula
from matdiff.errors import MatdiffError
from matdiff.functions import TABLE
from matdiff.functions.rules import RULES

NAMED_OTHERWISE = {"traces": "each X: "}  # a step names the variable


@pytest.mark.parametrize("name", RULES)
def test_the_example_of_a_rule_uses_the_rule(name):
    rule = RULES[name]
    steps = derivation(Question(rule.expr, rule.wrt, rule.where)).steps
    used = [step for step in steps if step.rule.startswith(NAMED_OTHERWISE.get(name, name))]
    assert used
    assert (
        used[0].formula is None
        or used[0].formula.left == formula(rule.left, rule.right).left
        or name in {"chain rule", "square of a norm", "product rule"}
    )


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_explained_with_source_and_steps(name, capsys):
    assert main(["explain", name]) == 0
    out = capsys.readouterr().out
    assert f"source: {RULES[name].source}" in out
    assert "  1. d" in out


@pytest.mark.parametrize("name", [row.name for row in TABLE.values() if example(row)])
def test_the_example_of_a_function_can_be_asked(name):
    """It is answered; or, where its derivative is not supported, that is what is said."""
    question = example(TABLE[name])
    try:
        assert answer(question).ascii
    except MatdiffError as error:
        assert error.code in {"E301", "E303"}, f"{question.wrt} {question.expr}: {error.code} {error.message}"  # noqa: PT017 # most are answered


@pytest.mark.parametrize("name", [row.name for row in TABLE.values() if row.differential and row.kind == "elementwise"])
def test_the_steps_of_an_elementwise_function_name_its_row(name):
    steps = derivation(example(TABLE[name])).steps
    found = next(step for step in steps if step.rule.endswith(f"d {name}"))
    assert found.formula is not None
