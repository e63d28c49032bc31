"""Declarations: A in R^{m x n} symmetric, x: n, t scalar, u(x) in R^m, n = 3.

The upper half prepares the tokens, the lower half has one function for each `-> name` of the grammar's declarations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from matdiff.errors import ReadingError, Span
from matdiff.reading import mistakes
from matdiff.reading.letters import GREEK_NAMES, SUPERSCRIPTS, plain, within_one_edit
from matdiff.reading.lexing import Token, translated
from matdiff.reading.names import subscript_text
from matdiff.reading.syntax import Declaration, Size

_STRUCTURES = {
    "symmetric": "symmetric", "sym": "symmetric", "skew": "skew", "skewsymmetric": "skew", "antisymmetric": "skew", "diagonal": "diagonal", "diag": "diagonal",
    "lower": "lower", "lowertriangular": "lower", "upper": "upper", "uppertriangular": "upper", "orthogonal": "orthogonal", "spd": "spd", "SPD": "spd",
    "positivedefinite": "spd", "symmetricpositivedefinite": "spd",
}
_KINDS = {"scalar": "scalar", "vector": "vector", "matrix": "matrix", "integer": "integer", "real": "scalar", "columnvector": "vector", "int": "integer"}
_PROPERTIES = {**_STRUCTURES, **_KINDS, "invertible": "", "nonsingular": "", "": ""}
_SPACES = {"R": "R", "N": "N", "Z": "N", "REALS": "R", "NATURALS": "N", "INTEGERS": "N", "ℕ": "N"}
_SET_WORDS = frozenset(("R", "N", "Z", "C", "S"))
_JOINED = ("symmetric positive definite", "positive definite", "lower triangular", "upper triangular", "skew - symmetric", "skew symmetric", "column vector")
_WORDS = frozenset(("WORD", "LETTER", "UPRIGHT"))
_END = Token("$END", "", 0, 0)
_LARGEST = 10**6


class Tokens:
    """Turns the tokens of declarations into those of the grammar: names, properties, spaces, sizes."""

    def __init__(self, given: list[Token]) -> None:
        self.given = given
        self.out: list[Token] = []
        self.in_sizes = False
        self.subject = True

    def run(self) -> list[Token]:
        place = 0
        while place < len(self.given):
            place = _HANDLERS.get(self.given[place].kind, Tokens.keep)(self, place)
        return self.out

    def at(self, place: int) -> Token:
        return self.given[place] if place < len(self.given) else _END

    def last(self) -> str:
        return self.out[-1].kind if self.out else ""

    def keep(self, place: int) -> int:
        token = self.given[place]
        self.out.append(token)
        return place + 1

    def separator(self, place: int) -> int:
        if self.depth() == 0:
            self.in_sizes, self.subject = False, True
        return self.keep(place)

    def depth(self) -> int:
        return sum(token.kind == "LPAR" for token in self.out) - sum(token.kind == "RPAR" for token in self.out)

    def colon(self, place: int) -> int:
        self.in_sizes, self.subject = True, False
        return self.keep(place)

    def equals(self, place: int) -> int:
        self.in_sizes = True
        return self.keep(place)

    def member(self, place: int) -> int:
        self.subject = False
        return self.keep(place)

    def caret(self, place: int) -> int:
        self.in_sizes = True
        return self.keep(place)

    def bracket(self, place: int) -> int:
        token = self.given[place]
        self.out.append(token.become("LPAR" if token.kind == "OPEN" else "RPAR"))
        if token.kind == "CLOSE" and self.depth() == 0:
            self.in_sizes = False
        return place + 1

    def superscript(self, place: int) -> int:
        token = self.given[place]
        inner = translated(token, "".join([SUPERSCRIPTS[letter] for letter in token.text]))
        self.given[place : place + 1] = [token.become("CARET", "^"), token.become("OPEN", "("), *inner, token.become("CLOSE", ")")]
        following = place + 3 + len(inner)
        while self.at(following).kind in {"CROSS", "SUPERSCRIPT"}:
            # ℝᵐ×ⁿ: the rest of the exponent
            extra = self.at(following)
            more = [extra] if extra.kind == "CROSS" else translated(extra, "".join([SUPERSCRIPTS[letter] for letter in extra.text]))
            self.given[following : following + 1] = []
            self.given[following - 1 : following - 1] = more
            following += len(more)
        return place

    def set_symbol(self, place: int) -> int:
        token = self.given[place]
        self.out.append(token.become("SPACE", _SPACES[token.kind]))
        return place + 1

    def word(self, place: int) -> int:
        """A name, a property, a space, or sizes, by what stands before it."""
        token = self.given[place]
        if self.last() == "IN" and token.text in _SET_WORDS:
            return self.space(place)
        if self.in_sizes:
            return self.size(place)
        if self.subject and self.last() in {"", "COMMA", "SEMICOLON", "LPAR"}:
            return self.name(place)
        if token.text == "in" and self.subject:
            self.subject = False
            self.out.append(token.become("IN"))
            return place + 1
        return self.property(place)

    def space(self, place: int) -> int:
        token = self.given[place]
        if token.text in {"C", "S"}:
            raise mistakes.not_supported(f"the space '{token.text}' is not supported", token.span, hint="write R^{n x n} symmetric, R^{n x n} spd; complex matrices are not supported")
        self.out.append(token.become("SPACE", _SPACES[token.text]))
        return place + 1

    def name(self, place: int) -> int:
        token = self.given[place]
        if token.text == "let" and self.at(place + 1).kind in _WORDS:
            return place + 1
        text = token.text if token.text.isascii() else plain(token.text)
        if not text.isascii():
            raise mistakes.strange_letter(token.text, next(letter for letter in text if not letter.isascii()), token.span)
        end = token.end
        if self.at(place + 1).kind == "SUBSCRIPT":
            text, end, place = f"{text}_{subscript_text(self.at(place + 1))}", self.at(place + 1).end, place + 1
        self.out.append(token.become("NAME", text, end))
        return place + 1

    def size(self, place: int) -> int:
        """m x n, mxn, 2x3: an x between sizes is a sign; other runs of letters are products of sizes, unless they stand alone."""
        token, last = self.given[place], self.last()
        text = token.text if token.text.isascii() else plain(token.text)
        if last in {"NAME", "NUMBER", "RPAR"} and text[:1] == "x" and (len(text) == 1 or not token.glued or text[1:].isdigit() or last == "NUMBER"):
            self.out.append(token.become("CROSS", "x"))
            self.in_sizes = True
            return self.rest_of(place, token, 1)
        if last in {"NAME", "NUMBER", "RPAR"} and (text in _PROPERTIES or not self.depth()):
            self.in_sizes = False
            return self.property(place)
        if text in _PROPERTIES and last == "COLON":
            self.in_sizes = False
            return self.property(place)
        before, cross, behind = text.partition("x")
        if cross and before and behind and self.at(place + 1).kind != "SUBSCRIPT":
            self.given[place : place + 1] = [
                Token("WORD", before, token.start, token.start + len(before)),
                Token("CROSS", "x", token.start + len(before), token.start + len(before) + 1),
                Token("NUMBER" if behind.isdigit() else "WORD", behind, token.start + len(before) + 1, token.end),
            ]
            return place
        if len(text) > 1 and text.isalpha() and text not in GREEK_NAMES and self.depth() and len(text) == 2:  # noqa: PLR2004 # mn is m times n
            self.given[place : place + 1] = [Token("WORD", letter, token.start + at, token.start + at + 1) for at, letter in enumerate(text)]
            return place
        return self.name(place)

    def rest_of(self, place: int, token: Token, start: int) -> int:
        text = token.text[start:]
        if not text:
            return place + 1
        kind = "NUMBER" if text.isdigit() else "WORD"
        self.given[place] = Token(kind, text, token.start + start, token.end, glued=True)
        return place

    def property(self, place: int) -> int:
        """A word such as symmetric, or several that belong together; raises E122 for an unknown one, E120 where 'in' seems to be missing."""
        token = self.given[place]
        for phrase in _JOINED:
            parts = phrase.split()
            if [self.at(place + offset).text for offset in range(len(parts))] == parts:
                self.out.append(token.become("PROPERTY", phrase.replace(" ", "").replace("-", ""), self.at(place + len(parts) - 1).end))
                self.subject = False
                return place + len(parts)
        if token.text not in _PROPERTIES or not token.text:
            raise self.unknown(place)
        self.subject = False
        self.out.append(token.become("PROPERTY"))
        return place + 1

    def unknown(self, place: int) -> ReadingError:
        token = self.given[place]
        if self.subject and (token.text in _SET_WORDS or self.at(place + 1).kind in {"CARET", "SUPERSCRIPT"}):
            return mistakes.error("E120", "'in' is missing in this declaration", token.span, hint="declare a shape as in: A in R^{m x n}")
        near = next((name for name in _PROPERTIES if name and within_one_edit(name, token.text)), "")
        return mistakes.error("E122", f"unknown property '{token.text}' in a declaration", token.span, say=f"did you mean '{near}'?" if near else "",
                              hint="known are symmetric, skew, diagonal, lower, upper, orthogonal, spd; scalar, vector, matrix, integer")


_HANDLERS: dict[str, Callable[[Tokens, int], int]] = {
    "WORD": Tokens.word, "LETTER": Tokens.word, "UPRIGHT": Tokens.word, "OPEN": Tokens.bracket, "CLOSE": Tokens.bracket, "COMMA": Tokens.separator,
    "SEMICOLON": Tokens.separator, "COLON": Tokens.colon, "EQUALS": Tokens.equals, "IN": Tokens.member, "CARET": Tokens.caret,
    "SUPERSCRIPT": Tokens.superscript, "REALS": Tokens.set_symbol, "NATURALS": Tokens.set_symbol, "INTEGERS": Tokens.set_symbol,
}


def unexpected(token: Token, span: Span, before: Token | None) -> ReadingError:
    """Why the parser could not go on in a declaration."""
    how = "declare as in: A in R^{m x n}, x in R^n, t in R, S symmetric, n = 3"
    if token.kind == "$END":
        if before is None:
            return mistakes.error("E120", "the declaration is empty", span, hint=how)
        return mistakes.error("E120", f"the declaration ends unexpectedly after '{before.text}'", before.span, hint=how)
    if token.kind == "SPACE" or (before is not None and before.kind == "NAME" and token.kind in {"NAME", "NUMBER"}):
        return mistakes.error("E120", "'in' is missing in this declaration", span, hint=how)
    return mistakes.error("E120", f"unexpected '{token.text}' in a declaration", span, hint=how)


# ---- what the rules of the grammar make

Values = list[Any]


def plain_subject(values: Values) -> Declaration:
    token: Token = values[0]
    return Declaration(token.text, span=token.span)


def function_of(values: Values) -> Declaration:
    token: Token = values[0]
    names = [parameter.text for parameter in values[2]]
    return Declaration(token.text, args=tuple(names), span=Span(token.start, values[3].end))


def nothing_said(values: Values) -> Declaration:
    found: Declaration = values[0]
    return found


def in_space(values: Values) -> Declaration:
    subject, _, (space, sizes), properties = values
    if space == "N":
        if sizes:
            raise mistakes.not_supported("vectors and matrices of integers are not supported", subject.span)
        return _with(replace(subject, kind="integer", rows=1, columns=1), properties)
    if not sizes:
        return _with(replace(subject, kind="scalar", rows=1, columns=1), properties)
    return _with(_sized(subject, sizes), properties)


def with_sizes(values: Values) -> Declaration:
    return _with(_sized(values[0], values[2]), values[3])


def with_properties(values: Values) -> Declaration:
    place = next(place for place, value in enumerate(values) if type(value) is Token and value.kind == "PROPERTY")
    return _with(values[0], [values[place], *values[place + 1]])


def with_value(values: Values) -> Declaration:
    subject, _, number = values
    if not number.text.isdigit() or not 0 < int(number.text[:9]) <= _LARGEST:
        raise mistakes.error("E123", f"a size is a positive integer: '{subject.name} = {number.text}'", number.span)
    return replace(subject, value=int(number.text), kind="integer")


def _sized(subject: Declaration, sizes: list[Size]) -> Declaration:
    rows, columns = sizes[0], sizes[1] if len(sizes) > 1 else 1
    kind = "matrix" if len(sizes) > 1 else "vector"
    if kind == "vector" and rows == 1:
        kind = "scalar"
    return replace(subject, rows=rows, columns=columns, kind=kind)


def _with(subject: Declaration, properties: list[Token]) -> Declaration:
    for token in properties:
        text = token.text
        structure, kind = _STRUCTURES.get(text, ""), _KINDS.get(text, "")
        if (structure and subject.structure not in {"", structure}) and {structure, subject.structure} != {"symmetric", "spd"}:
            raise mistakes.error("E122", f"'{subject.name}' cannot be both {subject.structure} and {structure}", token.span)
        if kind and subject.kind and kind != subject.kind and not (kind == "scalar" and subject.kind == "integer"):
            raise mistakes.error("E121", f"'{subject.name}' is declared as a {subject.kind} and as a {kind}", subject.span, token.span)
        if structure and subject.kind in {"scalar", "vector", "integer"}:
            raise mistakes.error("E122", f"a {subject.kind} cannot be {text}", token.span)
        if structure and isinstance(subject.rows, int) and isinstance(subject.columns, int) and subject.rows != subject.columns:
            raise mistakes.error("E122", f"'{subject.name}' is {subject.rows} x {subject.columns}: only a square matrix can be {text}", token.span)
        if text == "spd" or not (structure and subject.structure == "spd"):
            subject = replace(subject, structure=structure or subject.structure, kind=subject.kind or kind or ("matrix" if structure else ""))
        if kind == "scalar" and subject.rows is None:
            subject = replace(subject, rows=1, columns=1)
    return subject


def space_alone(values: Values) -> tuple[str, list[Size]]:
    return values[0].text, []


def space_one(values: Values) -> tuple[str, list[Size]]:
    return values[0].text, [values[2]]


def space_two(values: Values) -> tuple[str, list[Size]]:
    return values[0].text, [values[2], values[4]]


def space_sizes(values: Values) -> tuple[str, list[Size]]:
    return values[0].text, values[3]


def one_size(values: Values) -> list[Size]:
    return [values[0]]


def two_sizes(values: Values) -> list[Size]:
    return [values[0], values[2]]


def size_name(values: Values) -> Size:
    text: str = values[0].text
    return text


def size_number(values: Values) -> Size:
    token: Token = values[0]
    if not token.text.isdigit() or not 0 < int(token.text[:9]) <= _LARGEST:
        raise mistakes.error("E123", f"a dimension is a positive integer up to {_LARGEST:,}, not {token.text[:20]}", token.span)
    return int(token.text)


def size_group(values: Values) -> Size:
    found: Size = values[1]
    return found


def size_sum(values: Values) -> Size:
    left, sign, right = values
    if isinstance(left, int) and isinstance(right, int):
        return _positive(left + right if sign.kind == "PLUS" else left - right, sign)
    return f"{left}{'+' if sign.kind == 'PLUS' else '-'}{_bracketed(right, '+-') if sign.kind == 'MINUS' else right}"


def size_product(values: Values) -> Size:
    left, right = values
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    return f"{_bracketed(left, '+-')}*{_bracketed(right, '+-')}"


def size_product_starred(values: Values) -> Size:
    return size_product([values[0], values[2]])


def _bracketed(size: Size, signs: str) -> str:
    text = str(size)
    return f"({text})" if any(sign in text for sign in signs) else text


def _positive(value: int, sign: Token) -> int:
    if value < 1:
        raise mistakes.error("E123", f"a dimension is a positive integer, not {value}", sign.span)
    return value


def no_properties(values: Values) -> list[Token]:
    return []


def property_more(values: Values) -> list[Token]:
    return [*values[0], values[1]]


def declared_one(values: Values) -> list[tuple[Declaration, bool]]:
    return [(values[0], _says_nothing(values[0]))]


def declared_more(values: Values) -> list[tuple[Declaration, bool]]:
    """Declarations so far; a name that says nothing shares what the next one says: x, y in R^n."""
    found: list[tuple[Declaration, bool]] = values[0]
    item: Declaration = values[2]
    empty = _says_nothing(item)
    if not empty and values[1].kind == "COMMA":
        place = len(found) - 1
        while place >= 0 and found[place][1]:
            waiting = found[place][0]
            args = waiting.args or ()
            found[place] = (replace(item, name=waiting.name, args=args, span=waiting.span), False)
            place -= 1
    found.append((item, empty))
    return found


def keep(values: Values) -> Any:
    return values[0]


def _says_nothing(item: Declaration) -> bool:
    return item.rows is None and not item.kind and not item.structure and item.value is None


def merged(found: list[tuple[Declaration, bool]]) -> tuple[Declaration, ...]:
    """One declaration a name: what several say of it is put together; raises E121 where they contradict each other."""
    names: dict[str, Declaration] = {}
    for item, empty in found:
        if empty and not item.args:
            raise mistakes.error("E120", f"nothing is declared of '{item.name}'", item.span, hint="declare as in: A in R^{m x n}, x in R^n, S symmetric")
        before = names.get(item.name)
        names[item.name] = item if before is None else _both(before, item)
    return tuple(names.values())


def _both(one: Declaration, other: Declaration) -> Declaration:
    for here, there in ((one.kind, other.kind), (one.structure, other.structure), (one.args, other.args), (one.value, other.value),
                        ((one.rows, one.columns) if one.rows is not None else None, (other.rows, other.columns) if other.rows is not None else None)):
        if here and there and here != there:
            raise mistakes.error("E121", f"'{one.name}' is declared twice, and not alike", one.span, other.span)
    sized = one if one.rows is not None else other
    return replace(one, rows=sized.rows, columns=sized.columns, kind=one.kind or other.kind, structure=one.structure or other.structure,
                   args=one.args or other.args, value=one.value if one.value is not None else other.value)
