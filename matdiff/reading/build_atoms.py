"""What each rule of the grammar makes of numbers, names, calls, bars and sums over an index: one function for each `->
name` there.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import Any

from matdiff.errors import Span
from matdiff.formula.syntax import Apply, Call, Expr, IndexedSum, Neg, Num, Pow, Sym
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.reading import mistakes
from matdiff.reading.build_tree import MOST_DIGITS, negate
from matdiff.reading.calls import call_function, size, text_span
from matdiff.reading.lexing import Token
from matdiff.reading.norm_kinds import by_kind

Values = list[Any]
_HIGHEST_EXPONENT = 400
ENTRY_BY_ENTRY = "f."  # the sign around a function that says itself that it works on every entry


def number(values: Values) -> Num:
    """An exact number; raises E107 where it is too long."""
    token: Token = values[0]
    text = token.text
    if len(text) > MOST_DIGITS:
        raise mistakes.error("E107", f"the number is too long: the limit is {MOST_DIGITS} digits", token.span)
    exponent = text.lower().partition("e")[2]
    if exponent and abs(int(exponent)) > _HIGHEST_EXPONENT:
        raise mistakes.error("E107", f"the number is too large: the limit is 1e{_HIGHEST_EXPONENT}", token.span)
    return Num(Fraction(int(text) if text.isdigit() else text), span=token.span)


def symbol(values: Values) -> Expr:
    """A name; a declared function's bare name stands for its value at its declared arguments."""
    token: Token = values[0]
    span = Span(token.start, token.end)
    if token.value:
        return Apply(token.text, tuple([Sym(name, span=span) for name in token.value]), span=span)  # type: ignore[attr-defined] # names of arguments
    return Sym(token.text, span=span)


def constant(values: Values) -> Expr:
    """I, I_n, 1_n, pi: a call with the sizes that stand below."""
    token: Token = values[0]
    sizes: Any = token.value
    return Call(token.text, tuple([size(text, token.span) for text in sizes]), span=token.span)


def group(values: Values) -> Expr:
    """A bracket leaves no node, but what stood in it now reaches from bracket to bracket."""
    inner: Expr = values[1]
    inner.span = Span(values[0].start, values[2].end)
    return inner


def call(values: Values) -> Expr:
    """A function with its arguments in brackets."""
    arguments: Values = values[2] if len(values) > 3 else []  # name, brackets, and perhaps arguments
    span = Span(values[0].start, values[-1].end)
    made = call_function(values[0], arguments, span)
    return Call(ENTRY_BY_ENTRY, (made,), span=span) if values[0].value == "." else made


def call_power(values: Values) -> Expr:
    """sin^2(x) is sin(x)^2; sin^-1(x) is refused, for it may be an inverse function."""
    name, _, exponent, opening, inner, closing = values
    return _powered(name, exponent, call_function(name, [inner], Span(opening.start, closing.end)))


def apply_word(values: Values) -> list[Expr] | Expr:
    """A function word takes the product behind it: log det X, tr A B."""
    name, argument = values
    return call_function(name, [argument], Span(name.start, argument.span.end))


def apply_word_power(values: Values) -> Expr:
    """sin^2 x is (sin x)^2."""
    name, _, exponent, argument = values
    return _powered(name, exponent, call_function(name, [argument], argument.span))


def _powered(name: Token, exponent: Expr, value: Expr) -> Expr:
    inverse = f"a{name.text}"
    if type(exponent) is Neg and type(exponent.arg) is Num and exponent.arg.value == 1 and inverse in TABLE:
        # \cos^{-1} is the arc cosine to all; log^{-1} is nothing that all would take
        return call_function(name.become("CALL", inverse), list(value.args), value.span)  # type: ignore[union-attr] # a call
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
    """x.dot(y) is dot(x, y)."""
    arguments = [values[0], *(values[3] if len(values) > 4 else [])]  # operand, name, brackets, and perhaps arguments
    return call_function(values[1], arguments, Span(values[0].span.start, values[-1].end))


def word(values: Values) -> Token:
    """A quoted word such as 'fro' stays a token."""
    token: Token = values[0]
    return token


def one(values: Values) -> Values:
    return [values[0]]


def more(values: Values) -> Values:
    """A list goes on behind a comma."""
    found: Values = values[0]
    found.append(values[2])
    return found


def apply(values: Values) -> Expr:
    """An unknown function with its arguments; raises E112 where the declaration has another number of them."""
    name, _, arguments, closing = values
    span = Span(name.start, closing.end)
    if name.value and len(name.value) != len(arguments):
        raise mistakes.error(
            "E112", f"'{name.text}' is declared with {len(name.value)} arguments, here it has {len(arguments)}", span
        )
    for argument in arguments:
        if type(argument) is Token:
            raise mistakes.quote(argument.span)
    return Apply(name.text, tuple(arguments), span=span)


def bars(values: Values) -> Expr:
    return Call(fn.BARS, (values[1],), span=text_span(values))


def norm(values: Values) -> Expr:
    """A norm, of the kind that stands below it."""
    if len(values) > 3:  # bars, inside, and a subscript
        return by_kind(values[3].text, values[1], text_span(values), values[3].span)
    return Call(fn.NORM, (values[1],), span=text_span(values))


def weighted_norm(values: Values) -> Expr:
    return Call(fn.WEIGHTED_NORM, (values[1], values[4]), span=text_span(values))


def inner_product(values: Values) -> Expr:
    """<x, y> in angle brackets: x^T y, or tr(A^T B)."""
    return Call("⟨⟩", (values[1], values[3]), span=text_span(values))


def pseudoinverse(values: Values) -> Expr:
    """X^+ is the Moore-Penrose inverse."""
    arg, sign = values
    return Call("^+", (arg,), span=Span(arg.span.start, sign.end))


def positive_part(values: Values) -> Expr:
    """(u)_+ is max(u, 0), entry by entry."""
    arg, sign = values
    return Call("_+", (arg,), span=Span(arg.span.start, sign.end))


def root(values: Values) -> Expr:
    degree = (Num(Fraction(3), span=values[0].span),) if values[0].value else ()
    return Call("√", (values[1], *degree), span=Span(values[0].start, values[1].span.end))


# ---- sums over an index


def unbounded(values: Values) -> tuple[Token, Expr, Expr]:
    """An index without bounds: from 1 to a size found later."""
    token: Token = values[0]
    return token, Num(Fraction(1), span=token.span), Sym("", span=token.span)


def from_below(values: Values) -> tuple[Token, Expr, Expr]:
    """An index from a lower bound to a size found later."""
    token: Token = values[0]
    return token, values[2], Sym("", span=token.span)


def bounded(values: Values) -> tuple[Token, Expr, Expr]:
    return values[0], values[2], values[4]


def indexed_sum(values: Values) -> Expr:
    """A sum or product over an index."""
    sign, (index, low, high), body = values
    return IndexedSum(index.text, low, high, body, sign.text == "BIGPRODUCT", span=Span(sign.start, body.span.end))


def indexed_sum_negated(values: Values) -> Expr:
    return indexed_sum([*values[:2], negate(values[2:])])
