"""The lean twins of standard modules mean what these mean."""

from __future__ import annotations

import copy
import math
import operator
import pickle
import re
from fractions import Fraction as Standard
from matdiff.lean import re as lean_re
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

NUMBERS = st.one_of(
    st.integers(-50, 50), st.fractions(-50, 50, max_denominator=12), st.floats(-9, 9, allow_subnormal=False)
)
OPERATIONS = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.floordiv,
    operator.mod,
    operator.eq,
    operator.ne,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
]


def ours(number: object) -> object:
    return Fraction(number.numerator, number.denominator) if isinstance(number, Standard) else number


def outcome(operation, *numbers):
    try:
        return operation(*numbers)
    except ZeroDivisionError:
        return ZeroDivisionError


def same(found: object, wanted: object) -> bool:
    exact = isinstance(wanted, Standard)
    return (
        found == wanted
        and isinstance(found, Fraction if exact else type(wanted))
        and (not exact or str(found) == str(wanted))
    )


@pytest.mark.parametrize("operation", OPERATIONS)
@given(left=st.fractions(max_denominator=99), right=NUMBERS)
def test_arithmetic_is_that_of_the_standard_fractions(operation, left, right):
    for a, b in ((left, right), (right, left)):
        wanted, found = outcome(operation, a, b), outcome(operation, ours(a), ours(b))
        assert found is wanted or same(found, wanted) or (found != found and wanted != wanted)  # noqa: PLR0124 # NaN


@given(st.fractions(), st.integers(-6, 6))
def test_powers_hashes_texts_and_roundings(number, exponent):
    mine = ours(number)
    assert outcome(operator.pow, mine, exponent) == outcome(operator.pow, number, exponent)
    assert (hash(mine), str(mine), repr(mine), float(mine), bool(mine)) == (
        hash(number),
        str(number),
        repr(number),
        float(number),
        bool(number),
    )
    for rounding in (math.floor, math.ceil, math.trunc, round, int, abs, operator.neg, operator.pos):
        assert same(rounding(mine), rounding(number))
    assert round(mine, 2) == round(number, 2)
    assert mine == number
    assert number == mine
    assert mine.limit_denominator(7) == number.limit_denominator(7)
    assert pickle.loads(pickle.dumps(mine)) == copy.deepcopy(mine) == mine  # noqa: S301 # written a word before


@pytest.mark.parametrize("text", ["3", "-3/4", " 1/2 ", "0.25", ".5", "2.", "-1.5e3", "1e-3", "1_000", "+7/7"])
def test_texts_are_read_as_the_standard_fractions_read_them(text):
    assert Fraction(text) == Standard(text)


@pytest.mark.parametrize("text", ["", "x", "1/ 2", "1/-2", "1.2.3", "--1", "1e", ".", "nan", "1/2/3", "1.-2", "1.+2"])
def test_texts_that_are_no_numbers_are_refused(text):
    with pytest.raises(ValueError, match="Invalid literal"):
        Standard(text)
    with pytest.raises(ValueError, match="Invalid literal"):
        Fraction(text)


def test_a_denominator_of_zero_is_refused():
    for made in (lambda: Fraction(1, 0), lambda: Fraction(1) / 0, lambda: Fraction(0) ** -1, lambda: Fraction("1/0")):
        with pytest.raises(ZeroDivisionError):
            made()


class Place(NamedTuple):
    """A place."""

    row: int
    column: int = 7
    names: tuple[str, ...] = ()


def test_records_with_named_fields_are_tuples():
    place = Place(1, names=("a",))
    assert place == (1, 7, ("a",))
    assert (place.row, place.column, place.names) == place
    assert repr(place) == "Place(row=1, column=7, names=('a',))"
    assert place._replace(row=2) == Place(2, 7, ("a",))
    assert pickle.loads(pickle.dumps(place)) == copy.copy(place) == place  # noqa: S301 # written a word before
    assert hash(place) == hash((1, 7, ("a",)))
    assert not hasattr(place, "__dict__")
    match place:
        case Place(row, column):
            assert (row, column) == (1, 7)


@pytest.mark.parametrize(
    ("given", "named"), [((), {}), ((1, 2, (), 4), {}), ((1,), {"other": 2}), ((1, 2), {"row": 3})]
)
def test_records_refuse_what_their_fields_do_not_take(given, named):
    with pytest.raises(TypeError):
        Place(*given, **named)
    with pytest.raises(ValueError, match="no such field"):
        Place(1)._replace(other=2)


def test_patterns_match_as_the_standard_ones_do():
    pattern = lean_re.compile(r"(?P<name>[A-Z])_(\d+)", lean_re.VERBOSE)
    assert pattern.findall("A_1 B_22") == re.findall(r"([A-Z])_(\d+)", "A_1 B_22")
    assert pattern.fullmatch("A_1")["name"] == "A"
    assert lean_re.sub("a", "b", "banana") == "bbnbnb"
    assert lean_re.escape("a.b*c d") == re.escape("a.b*c d")
    assert (lean_re.VERBOSE, lean_re.DOTALL) == (re.VERBOSE, re.DOTALL)
    assert pickle.loads(pickle.dumps(pattern)).match("B_2")  # noqa: S301 # written a word before
