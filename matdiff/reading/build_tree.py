"""What each rule of the grammar makes: one function for each `-> name` of expressions and operators in matdiff.lark.

Every function gets the values of the rule's symbols (tokens or nodes).  A product is a list of its factors until it is finished, so that A B * C becomes
one product; a Hadamard product likewise.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from matdiff.errors import Span
from matdiff.reading import mistakes
from matdiff.reading.calls import call_function, size, text_span
from matdiff.reading.lexing import Token
from matdiff.reading.syntax import (
    Add,
    Apply,
    Call,
    Div,
    Expr,
    Had,
    HadDiv,
    HadPow,
    IndexedSum,
    Mul,
    Neg,
    Num,
    Pow,
    Sym,
    Transpose,
)

Values = list[Any]
_MOST_DIGITS = 400
_LARGEST = 10**_MOST_DIGITS
_HIGHEST_EXPONENT = 400
_SCALARS = frozenset(("tr", "det", "logdet", "norm", "norm_weighted", "sum", "mean", "dot", "logsumexp", "lambda_max", "pi", "e"))


class Terms(list[Expr]):
    """A sum that is not finished."""


class Hadamard(list[Expr]):
    """A Hadamard product that is not finished."""


# ---- sums and signs


def summed(values: Values) -> Expr:
    value = values[0]
    if type(value) is Terms:
        return Add(tuple(value), span=Span(value[0].span.start, value[-1].span.end))
    found: Expr = value
    return found


def add(values: Values) -> Terms:
    left = values[0] if type(values[0]) is Terms else Terms((values[0],))
    left.append(values[2])
    return left


def subtract(values: Values) -> Terms:
    return add([values[0], None, negate(values[1:])])


def negate(values: Values) -> Expr:
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
    factors: list[Expr] = values[0]
    factors.append(values[1])
    return factors


def finished(values: Values) -> Expr:
    factors: list[Expr] = values[0]
    if len(factors) == 1:
        return factors[0]
    span = Span(factors[0].span.start, factors[-1].span.end)
    if type(factors) is Hadamard:
        return Had(tuple(factors), span=span)
    return Mul(tuple(factors), span=span)


def multiply(values: Values) -> list[Expr]:
    left, sign, right = values
    kind = sign.kind
    if kind == "HADAMARD":
        chain = left if type(left) is Hadamard else Hadamard((finished([left]),))
        chain.append(finished([right]))
        return chain
    if kind in {"HADDIV", "KRON"} or (kind == "STAR" and sign.value):
        one, other = finished([left]), finished([right])
        span = Span(one.span.start, other.span.end)
        if kind == "HADDIV":
            return [HadDiv(one, other, span=span)]
        return [Call("kron" if kind == "KRON" else "times", (one, other), span=span)]
    return [*([finished([left])] if type(left) is Hadamard else left), *right]


def multiply_negated(values: Values) -> list[Expr]:
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
    span = span or Span(num.span.start, den.span.end)
    if type(num) is Num and type(den) is Num and den.value:
        value = num.value / den.value
        if max(abs(value.numerator), value.denominator) > _LARGEST:
            raise mistakes.error("E107", f"the fraction is too long: the limit is {_MOST_DIGITS} digits", span)
        return Num(value, span=span)
    return Div(num, den, span=span)


def fraction(values: Values) -> Expr:
    return quotient(values[1], values[2], Span(values[0].start, values[2].span.end))


# ---- postfixes


def transpose(values: Values) -> Expr:
    arg, sign = values
    if type(arg) is Transpose:
        return arg.arg
    return Transpose(arg, span=Span(arg.span.start, sign.end))


def inverse_transpose(values: Values) -> Expr:
    arg, sign = values
    span = Span(arg.span.start, sign.end)
    return Transpose(Pow(arg, Num(Fraction(-1), span=sign.span), span=span), span=span)


def power(values: Values) -> Expr:
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
    return type(tree) is Num or (type(tree) is Call and tree.function in _SCALARS)


def hadamard_power(values: Values) -> Expr:
    base, _, exponent = values
    if type(exponent) is Neg and type(exponent.arg) is Num:
        exponent = Num(-exponent.arg.value, span=exponent.span)
    return HadPow(base, exponent, span=Span(base.span.start, exponent.span.end))


# ---- atoms


def number(values: Values) -> Num:
    token: Token = values[0]
    text = token.text
    if len(text) > _MOST_DIGITS:
        raise mistakes.error("E107", f"the number is too long: the limit is {_MOST_DIGITS} digits", token.span)
    exponent = text.lower().partition("e")[2]
    if exponent and abs(int(exponent)) > _HIGHEST_EXPONENT:
        raise mistakes.error("E107", f"the number is too large: the limit is 1e{_HIGHEST_EXPONENT}", token.span)
    return Num(Fraction(int(text) if text.isdigit() else text), span=token.span)


def symbol(values: Values) -> Expr:
    token: Token = values[0]
    span = Span(token.start, token.end)
    if token.value:
        return Apply(token.text, tuple([Sym(name, span=span) for name in token.value]), span=span)  # type: ignore[attr-defined] # names of arguments
    return Sym(token.text, span=span)


def constant(values: Values) -> Expr:
    token: Token = values[0]
    sizes: Any = token.value
    return Call(token.text, tuple([size(text, token.span) for text in sizes]), span=token.span)


def group(values: Values) -> Expr:
    """A bracket leaves no node, but what stood in it now reaches from bracket to bracket."""
    inner: Expr = values[1]
    inner.span = Span(values[0].start, values[2].end)
    return inner


def call(values: Values) -> Expr:
    arguments: Values = values[2] if len(values) > 3 else []  # name, brackets, and perhaps arguments
    return call_function(values[0], arguments, Span(values[0].start, values[-1].end))


def call_power(values: Values) -> Expr:
    """sin^2(x) is sin(x)^2; sin^-1(x) is refused, for it may be an inverse function."""
    name, _, exponent, opening, inner, closing = values
    return _powered(name, exponent, call_function(name, [inner], Span(opening.start, closing.end)))


def apply_word(values: Values) -> list[Expr] | Expr:
    """A function word takes the product behind it: log det X, tr A B."""
    name, argument = values
    return call_function(name, [argument], Span(name.start, argument.span.end))


def apply_word_power(values: Values) -> Expr:
    name, _, exponent, argument = values
    return _powered(name, exponent, call_function(name, [argument], argument.span))


def _powered(name: Token, exponent: Expr, value: Expr) -> Expr:
    if type(exponent) is Neg:
        raise mistakes.error(
            "E114",
            f"'{name.text}^-1' can be read in two ways",
            Span(name.start, exponent.span.end),
            hint=f"write {name.text}(x)^-1, or the inverse function by its own name",
        )
    value.span = Span(name.start, value.span.end)
    return Pow(value, exponent, span=value.span)


def method(values: Values) -> Expr:
    arguments = [values[0], *(values[3] if len(values) > 4 else [])]  # operand, name, brackets, and perhaps arguments
    return call_function(values[1], arguments, Span(values[0].span.start, values[-1].end))


def word(values: Values) -> Token:
    token: Token = values[0]
    return token


def one(values: Values) -> Values:
    return [values[0]]


def more(values: Values) -> Values:
    found: Values = values[0]
    found.append(values[2])
    return found


def apply(values: Values) -> Expr:
    name, _, arguments, closing = values
    span = Span(name.start, closing.end)
    if name.value and len(name.value) != len(arguments):
        raise mistakes.error("E112", f"'{name.text}' is declared with {len(name.value)} arguments, here it has {len(arguments)}", span)
    for argument in arguments:
        if type(argument) is Token:
            raise mistakes.quote(argument.span)
    return Apply(name.text, tuple(arguments), span=span)


def bars(values: Values) -> Expr:
    return Call("bars", (values[1],), span=text_span(values))


def norm(values: Values) -> Expr:
    kind: tuple[Expr, ...] = (size(values[3].text, values[3].span),) if len(values) > 3 else ()  # bars, inside, and perhaps a subscript
    return Call("norm", (values[1], *kind), span=text_span(values))


def weighted_norm(values: Values) -> Expr:
    return Call("norm_weighted", (values[1], values[4]), span=text_span(values))


def root(values: Values) -> Expr:
    return Call("sqrt", (values[1],), span=Span(values[0].start, values[1].span.end))


# ---- sums over an index


def unbounded(values: Values) -> tuple[Token, Expr, Expr]:
    token: Token = values[0]
    return token, Num(Fraction(1), span=token.span), Sym("", span=token.span)


def bounded(values: Values) -> tuple[Token, Expr, Expr]:
    return values[0], values[2], values[4]


def indexed_sum(values: Values) -> Expr:
    sign, (index, low, high), body = values
    return IndexedSum(index.text, low, high, body, sign.text == "BIGPRODUCT", span=Span(sign.start, body.span.end))


def indexed_sum_negated(values: Values) -> Expr:
    return indexed_sum([*values[:2], negate(values[2:])])
