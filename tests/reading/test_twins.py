"""Questions as people type them mean what their twins in plain notation mean, or are refused; none is misread."""

from __future__ import annotations

import re
import zlib
from collections import defaultdict

import numpy as np
import pytest
from oracle import corpus

from matdiff.calculator import Question, answer
from matdiff.errors import MatdiffError

TWINS = corpus.load("twins_visible.jsonl")


def asked(said):
    try:
        return answer(Question(said["expr"], said["wrt"], (said["where"],) if said["where"] else ()))
    except MatdiffError:
        return None


def computed(found, symbols):
    """The number that an answer's code gives for arrays drawn by their names; sizes by the names of the sizes."""
    sizes = defaultdict(lambda: 3 + len(sizes))
    names = {}
    exec(found.code("numpy"), names)  # noqa: S102 # the code under test

    def drawn(name):
        if name not in symbols:
            return sizes[name]
        shape = [side if isinstance(side, int) else sizes[side] for side in symbols[name].shape if side != 1]
        array = np.random.default_rng(zlib.crc32(name.encode())).uniform(0.2, 1.2, shape)
        return array + 2 * np.eye(shape[0]) if len(shape) == 2 and shape[0] == shape[1] else array

    derivative = names["derivative"]
    code = derivative.__code__
    wanted = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return np.asarray(derivative(**{name: drawn(name) for name in wanted}), float)


def same(found, twin):
    if twin is None:
        return False
    if found.ascii == twin.ascii:
        return True
    one, other = computed(found, twin.symbols), computed(twin, twin.symbols)
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("case", TWINS, ids=lambda case: case["id"])
def test_a_question_means_what_its_twin_means(case):
    found = asked(case)
    if "not" in case:
        assert found is None or found.ascii not in case["not"]
        return
    if found is None:
        assert case["refuse"], "refused"
        return
    noted = not case["note"] or any(re.search(case["note"], note) for note in found.notes)
    if case["twins"]:
        assert any(same(found, asked(twin)) for twin in case["twins"]), found.ascii
    assert noted or (not case["note"] and not case["refuse"]), (found.ascii, found.notes)
    assert case["twins"] or not case["refuse"] or case["note"], found.ascii


SPELLINGS = corpus.load("spellings_visible.jsonl")
# questions that both readings of which are customary (E125), or that are not read yet
REFUSED = {"v-h2-ctl-expm2-latex-paper-13": "E125"}


@pytest.mark.parametrize("said", [said for said in SPELLINGS if said["id"] not in REFUSED], ids=lambda said: said["id"])
def test_a_spelling_of_a_paper_is_read(said):
    case = PAPERS[said["same_as"]]
    with np.errstate(all="ignore"):
        got = corpus.derivative(case, answer(Question(said["expr"], said["wrt"], (said["where"],))).code("numpy"))
    assert corpus.agrees(case, got), got


@pytest.mark.parametrize("said", [said for said in SPELLINGS if said["id"] in REFUSED], ids=lambda said: said["id"])
def test_a_spelling_of_a_paper_is_refused_by_name(said):
    with pytest.raises(MatdiffError) as caught:
        answer(Question(said["expr"], said["wrt"], (said["where"],)))
    assert caught.value.code == REFUSED[said["id"]]


PAPERS = {case["id"]: case for case in corpus.load("spellings_cases.jsonl")}
