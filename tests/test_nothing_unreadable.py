"""No answer holds what no book prints: log(e), open sums over unit vectors, unvec(vec(A)), names that nothing defines."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from oracle import corpus
from oracle.generator import problems

from matdiff.calculator import Question, answer
from matdiff.errors import MatdiffError
from matdiff.formula.syntax import DELTA, IndexedSum, Sym, subtrees

UNREADABLE = {
    "the logarithm of e": re.compile(r"log\(e\)"),
    "an open sum over unit vectors": re.compile(r"sum\([a-z], .*\be_[a-z]\b"),
    "vec undone": re.compile(r"unvec\(vec\("),
    "diagonals of diagonals": re.compile(r"diag\(diag\(diag\("),
    "two signs": re.compile(r"-\(-"),
    "an inner name": re.compile(r"<|\bobject\b|_Eye|Ellipsis"),
}
MARKERS = frozenset({"F", "inf", "nuclear", DELTA})  # of norms, and Kronecker's delta


def unreadable(question):
    """What a reader stumbles over in an answer."""
    try:
        found = answer(question)
        assert found.tree
    except MatdiffError:
        return []
    text = found.ascii
    asked_for = {"an open sum over unit vectors"} if re.search(r"\be_|_[ijkl]", question.wrt + question.expr) else set()
    wrong = [what for what, pattern in UNREADABLE.items() if what not in asked_for and pattern.search(text)]
    return [f"{text}: {what}" for what in (*wrong, *[f"{name} is not defined" for name in undefined(found)])]


def undefined(found):
    """The names in an answer that neither the question nor the answer says."""
    known = {*found.symbols, *found.lets, *MARKERS}
    for symbol in found.symbols.values():
        known |= set(re.findall(r"\w+", " ".join(map(str, (*symbol.shape, *symbol.family, *symbol.family_sizes)))))
    for by in found.operator.by if found.operator else ():
        known |= set(by.index)
    known |= {inner.index for inner in subtrees(found.tree) if isinstance(inner, IndexedSum)}
    bases = {name.partition("_")[0] for name in known}
    return [inner.name for inner in subtrees(found.tree) if isinstance(inner, Sym) and inner.base not in bases]


@pytest.mark.parametrize("name", sorted(corpus.cases()))
def test_answers_of_the_corpus(name):
    case = corpus.cases()[name]
    assert not unreadable(Question(case["expr"], case["wrt"], (case["where"],) if case.get("where") else ()))


def asked(tier, number, depth):
    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(problems(tier=tier, depth=depth))
    def ask(problem):
        question = Question(problem.expr, problem.wrt, (problem.declared.where(),))
        assert not unreadable(question), f"{problem.wrt}  {problem.expr}  where {problem.declared.where()}"

    ask()


@pytest.mark.parametrize("tier", [1, 2])
def test_random_answers(tier):
    asked(tier, 200, 3)


@pytest.mark.slow
@pytest.mark.parametrize("tier", [1, 2])
def test_thousands_of_random_answers(tier):
    asked(tier, 4000, 4)
