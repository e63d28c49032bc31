"""What an answer says it read, asked again, is the same question: the same answer, and no note on how it was read."""

from __future__ import annotations

import re

import pytest
from oracle import corpus

from matdiff.calculator import Question, answer
from matdiff.checking.check import check
from matdiff.errors import MatdiffError
from matdiff.reading.reader import read_question
from matdiff.reading.shapes import infer

FILES = ("visible.jsonl", "variants_visible.jsonl", "twins_visible.jsonl", "latex_formulas.jsonl")


def asked(case):
    where = case.get("where", "")
    return Question(case["expr"], case["wrt"], (where,) if where else (), no_certify=True)


@pytest.mark.parametrize("name", FILES)
def test_the_reading_asked_again_is_the_same_question(name):
    wrong = []
    for case in corpus.load(name):
        try:
            found = answer(asked(case))
            formula = found.ascii
        except MatdiffError:
            continue
        again = answer(Question(found.read, no_certify=True))
        notes = infer(read_question(found.read)).notes
        told = [note for note in notes if re.search(r"taken to be", note)]
        if not says_the_same(asked(case), formula, again.ascii) or kinds(again) != kinds(found) or told:
            wrong.append((case["id"], found.read, formula, again.ascii, told))
    assert not wrong


def says_the_same(question, formula, again):
    """To the letter, but for the order of terms, which follows that of the declarations."""
    return formula == again or check(question, again).verdict == "proved"


def kinds(found):
    """What each name was read as; a size may be written in a shape alone."""
    return {
        name: (symbol.kind, symbol.shape, symbol.structure, symbol.family)
        for name, symbol in found.symbols.items()
        if symbol.kind != "size"
    }
