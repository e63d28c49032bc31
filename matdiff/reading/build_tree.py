"""What each rule of the grammar makes of sums, products, quotients and powers: one function for each `-> name` there.

The rules for what stands inside them are in `build_atoms`, those for operators in `build_operator`.  Every function
gets the values of the rule's symbols
(tokens or nodes).  A product is a list of its factors until it is finished, so that A B * C becomes one product; a
Hadamard product likewise.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import Any

from matdiff.errors import Span
from matdiff.formula.syntax import Add, Call, Div, Expr, Had, HadDiv, HadPow, Matrix, Mul, Neg, Num, Pow, Transpose
from matdiff.functions import SCALARS, TABLE
from matdiff.functions import names as fn
from matdiff.reading import mistakes

Values = list[Any]
MOST_DIGITS = 400
_LARGEST = 10**MOST_DIGITS


class Terms(list[Expr]):
    """A sum that is not finished."""


class Hadamard(list[Expr]):
    """A Hadamard product that is not finished."""


# ---- sums and signs


def summed(values: Values) -> Expr:
    """A finished sum; a single term is itself."""
    value = values[0]
    if type(value) is Terms:
        return Add(tuple(value), span=Span(value[0].span.start, value[-1].span.end))
    found: Expr = value
    return found


def add(values: Values) -> Terms:
    """One more term."""
    left = values[0] if type(values[0]) is Terms else Terms((values[0],))
    left.append(values[2])
    return left


def subtract(values: Values) -> Terms:
    return add([values[0], None, negate(values[1:])])


def negate(values: Values) -> Expr:
    """The negative; two signs cancel."""
    arg = values[1]
    if type(arg) is Neg:
        return arg.arg
    return Neg(arg, span=Span(values[0].start, arg.span.end))


def second(values: Values) -> Any:
    return values[1]


# ---- products


def first(values: Values) -> list[Expr]:
    return [values[0]]


def beside(values: Values) -> list[Expr]:
    """One more factor stands beside the others."""
    factors: list[Expr] = values[0]
    factors.append(values[1])
    return factors


def finished(values: Values) -> Expr:
    """The product, or Hadamard product, of the factors; a single factor is itself."""
    factors: list[Expr] = values[0]
    if len(factors) == 1:
        return factors[0]
    span = Span(factors[0].span.start, factors[-1].span.end)
    if type(factors) is Hadamard:
        return Had(tuple(factors), span=span)
    return Mul(tuple(factors), span=span)


def multiply(values: Values) -> list[Expr]:
    """A sign between factors: products stay one product, Hadamard products one Hadamard product; every other sign
    makes a node of its two sides.
    """
    left, sign, right = values
    kind = sign.kind
    if kind == "HADAMARD":
        chain = left if type(left) is Hadamard else Hadamard((finished([left]),))
        chain.append(finished([right]))
        return chain
    if kind == "LEFTDIV":
        divisor = finished([left])
        return [Pow(divisor, Num(Fraction(-1), span=sign.span), span=divisor.span), *right]
    name = _SIGNS.get(kind, "times" if kind == "STAR" and sign.value else "")
    if name or kind == "HADDIV":
        one, other = finished([left]), finished([right])
        span = Span(one.span.start, other.span.end)
        return [Call(name, (one, other), span=span) if name else HadDiv(one, other, span=span)]
    return [*([finished([left])] if type(left) is Hadamard else left), *right]


# signs whose meaning hangs on the shapes of both sides are calls by their own name until those are known
_SIGNS = {"KRON": fn.KRONECKER, "DOT": "·", "AT": "@", "CROSS": "×", "COLON": ":"}


def beside_gap(values: Values) -> list[Expr]:
    """One more factor stands beside the others, behind a wide space."""
    return beside([values[0], values[2]])


def beside_word(values: Values) -> list[Expr]:
    """A function, norm or word behind a function word and its product: whether it belongs to that product, the shapes
    tell.
    """
    factors: list[Expr] = values[0]
    word, following = factors.pop(), values[1]
    factors.append(_reach(word, following))
    return factors


def _reach(word: Expr, following: Expr) -> Expr:
    span = Span(word.span.start, following.span.end)
    if type(word) is Call and word.function == REACH:
        return Call(REACH, (word.args[0], _reach(word.args[1], following)), span=span)
    return Call(REACH, (word, following), span=span)


REACH = "f …"


def multiply_negated(values: Values) -> list[Expr]:
    """A * -b."""
    left, sign, minus, right = values
    return multiply([left, sign, [negate([minus, finished([right])])]])


def multiply_finished(values: Values) -> Expr:
    return finished([multiply(values)])


def over(values: Values) -> list[Expr]:
    """a/b, where all that stands before the slash is divided; a quotient of two numbers is a number."""
    return [quotient(finished(values[:1]), values[2])]


def over_negated(values: Values) -> list[Expr]:
    return [quotient(finished(values[:1]), negate(values[2:]))]


def quotient(num: Expr, den: Expr, span: Span | None = None) -> Expr:
    """num/den; a quotient of two numbers is a number."""
    span = span or Span(num.span.start, den.span.end)
    if type(num) is Num and type(den) is Num and den.value:
        value = num.value / den.value
        if max(abs(value.numerator), value.denominator) > _LARGEST:
            raise mistakes.error("E107", f"the fraction is too long: the limit is {MOST_DIGITS} digits", span)
        return Num(value, span=span)
    return Div(num, den, span=span)


def fraction(values: Values) -> Expr:
    return quotient(values[1], values[2], Span(values[0].start, values[2].span.end))


# ---- postfixes


def transpose(values: Values) -> Expr:
    """The transpose; twice transposed is the thing itself."""
    arg, sign = values
    if type(arg) is Transpose:
        return arg.arg
    return Transpose(arg, span=Span(arg.span.start, sign.end))


def inverse_transpose(values: Values) -> Expr:
    """X^-T is (X^-1)^T."""
    arg, sign = values
    span = Span(arg.span.start, sign.end)
    return Transpose(Pow(arg, Num(Fraction(-1), span=sign.span), span=span), span=span)


def one_row(values: Values) -> list[list[Expr]]:
    """The first row of a matrix that is written out."""
    return [values[0]]


def more_rows(values: Values) -> list[list[Expr]]:
    rows: list[list[Expr]] = values[0]
    return [*rows, *one_row(values[2:])]


def matrix(values: Values) -> Expr:
    rows: list[list[Expr]] = values[1]
    cells = tuple([cell for row in rows for cell in row])
    return Matrix(cells, len(rows[0]), span=Span(values[0].start, values[2].end))


def entry(values: Values) -> Expr:
    """x(1), (A x)_j: a call by the way it is written, until the shapes are known."""
    arg, sign = values
    return Call(sign.text, (arg, *sign.value), span=Span(arg.span.start, sign.end))


def power(values: Values) -> Expr:
    """base^exponent; raises E114 for a^b^c.  In NumPy's text ** acts on every entry."""
    base, sign, exponent = values
    span = Span(base.span.start, exponent.span.end)
    if type(base) in {Pow, HadPow} and base.span.start == base.base.span.start and not _is_inverse(base):
        raise mistakes.error("E114", "a^b^c can be read in two ways", span, hint="write (a^b)^c or a^(b^c)")
    if type(exponent) is Neg and type(exponent.arg) is Num:
        exponent = Num(-exponent.arg.value, span=exponent.span)
    if sign.value and not _is_scalar(base):
        return HadPow(base, exponent, span=span)
    return Pow(base, exponent, span=span)


def _is_inverse(tree: Pow | HadPow) -> bool:
    return type(tree.exponent) is Num and tree.exponent.value == -1


def _is_scalar(tree: Expr) -> bool:
    if type(tree) is Call:
        return tree.function in SCALARS and (len(tree.args) < 2 or not TABLE[tree.function].parametric)
    return type(tree) is Num


def hadamard_power(values: Values) -> Expr:
    """base.^exponent."""
    base, _, exponent = values
    if type(exponent) is Neg and type(exponent.arg) is Num:
        exponent = Num(-exponent.arg.value, span=exponent.span)
    return HadPow(base, exponent, span=Span(base.span.start, exponent.span.end))
