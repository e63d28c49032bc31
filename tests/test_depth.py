"""Deep nestings are read and answered: 4,900 levels, in time that grows with their number."""

import pytest

from matdiff.calculator import Question, answer
from matdiff.errors import OutputError

_DEEP = 4_900


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(" * _DEEP + "t" + ")" * _DEEP, "1"),
        ("(1 + " * _DEEP + "t" + ")" * _DEEP, "1"),
        ("-" * _DEEP + "t", "1"),
        ("t" + "/t" * _DEEP, "-4899/t^4900"),
        ("(2 " * 20 + "t" + ")" * 20, "1048576"),
    ],
)
def test_deep_nestings_are_answered(text, expected):
    assert answer(Question(text, "d/dt")).ascii == expected


def test_a_composition_of_many_functions_is_told_by_its_length():
    got = answer(Question("sin(" * 1_500 + "t" + ")" * 1_500, "d/dt"))
    with pytest.raises(OutputError) as caught:
        got.ascii  # noqa: B018 # it is too long to be written
    assert caught.value.code == "E410"
