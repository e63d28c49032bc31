"""The tokens of declarations, A in R^{m x n} symmetric or x: n, made into those the grammar knows."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.reading import mistakes
from matdiff.reading.letters import GREEK_NAMES, SUPERSCRIPTS, plain, within_one_edit
from matdiff.reading.lexing import Token, translated
from matdiff.reading.names import subscript_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.errors import ReadingError, Span

ANALYTIC = "analytic"  # of functions
STRUCTURES = {
    "symmetric": "symmetric",
    "sym": "symmetric",
    "skew": "skew",
    "skewsymmetric": "skew",
    "antisymmetric": "skew",
    "diagonal": "diagonal",
    "diag": "diagonal",
    "lower": "lower",
    "lowertriangular": "lower",
    "upper": "upper",
    "uppertriangular": "upper",
    "orthogonal": "orthogonal",
    "analytic": ANALYTIC,
    "spd": "spd",
    "SPD": "spd",
    "positivedefinite": "spd",
    "symmetricpositivedefinite": "spd",
}
KINDS = {
    "scalar": "scalar",
    "vector": "vector",
    "matrix": "matrix",
    "integer": "integer",
    "real": "scalar",
    "columnvector": "vector",
    "int": "integer",
}
_PROPERTIES = {**STRUCTURES, **KINDS, "invertible": "", "nonsingular": "", "": ""}
_SPACES = {"R": "R", "N": "N", "Z": "N", "REALS": "R", "NATURALS": "N", "INTEGERS": "N", "ℕ": "N"}
_SET_WORDS = frozenset(("R", "N", "Z", "C", "S"))
_JOINED = (
    "symmetric positive definite",
    "positive definite",
    "lower triangular",
    "upper triangular",
    "skew - symmetric",
    "skew symmetric",
    "column vector",
)
_WORDS = frozenset(("WORD", "LETTER", "UPRIGHT"))
_END = Token("$END", "", 0, 0)
LARGEST = 10**6


class DeclarationTokens:
    """Turns the tokens of declarations into those of the grammar: names, properties, spaces, sizes."""

    def __init__(self, given: list[Token]) -> None:
        self.given = given
        self.out: list[Token] = []
        self.in_sizes = False
        self.subject = True
        self.depth = 0

    def run(self) -> list[Token]:
        place = 0
        while place < len(self.given):
            place = _HANDLERS.get(self.given[place].kind, DeclarationTokens.keep)(self, place)
        if self.depth > 0:
            opened = next(token for token in reversed(self.out) if token.kind == "LPAR")
            raise mistakes.error("E104", f"'{opened.text}' is never closed in this declaration", opened.span)
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
        if self.depth == 0:
            self.in_sizes, self.subject = False, True
        return self.keep(place)

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
        self.depth += 1 if token.kind == "OPEN" else -1
        if token.kind == "CLOSE" and self.depth == 0:
            self.in_sizes = False
        return place + 1

    def superscript(self, place: int) -> int:
        token = self.given[place]
        inner = translated(token, "".join([SUPERSCRIPTS[letter] for letter in token.text]))
        self.given[place : place + 1] = [
            token.become("CARET", "^"),
            token.become("OPEN", "("),
            *inner,
            token.become("CLOSE", ")"),
        ]
        following = place + 3 + len(inner)
        while self.at(following).kind in {"CROSS", "SUPERSCRIPT"}:
            # ℝᵐ×ⁿ: the rest of the exponent
            extra = self.at(following)
            more = (
                [extra]
                if extra.kind == "CROSS"
                else translated(extra, "".join([SUPERSCRIPTS[letter] for letter in extra.text]))
            )
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
            raise mistakes.not_supported(
                f"the space '{token.text}' is not supported",
                token.span,
                hint="write R^{n x n} symmetric, R^{n x n} spd; complex matrices are not supported",
            )
        self.out.append(token.become("SPACE", _SPACES[token.text]))
        return place + 1

    def name(self, place: int) -> int:
        token = self.given[place]
        if token.text == "let" and self.at(place + 1).kind in _WORDS:
            return place + 1
        text = token.text if token.text.isascii() else plain(token.text)
        if not text.isascii():
            raise mistakes.strange_letter(
                token.text, next(letter for letter in text if not letter.isascii()), token.span
            )
        end = token.end
        if self.at(place + 1).kind == "SUBSCRIPT":
            text, end, place = f"{text}_{subscript_text(self.at(place + 1))}", self.at(place + 1).end, place + 1
        self.out.append(token.become("NAME", text, end))
        return place + 1

    def size(self, place: int) -> int:
        """M x n, mxn, 2x3: an x between sizes is a sign; other runs of letters are products of sizes, unless they
        stand alone.
        """
        token, last = self.given[place], self.last()
        text = token.text if token.text.isascii() else plain(token.text)
        if (
            last in {"NAME", "NUMBER", "RPAR"}
            and text[:1] == "x"
            and (len(text) == 1 or not token.glued or text[1:].isdigit() or last == "NUMBER")
        ):
            self.out.append(token.become("CROSS", "x"))
            self.in_sizes = True
            return self.rest_of(place, token, 1)
        if last in {"NAME", "NUMBER", "RPAR"} and (text in _PROPERTIES or not self.depth):
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
        if (
            len(text) > 1 and text.isalpha() and text not in GREEK_NAMES and self.depth and len(text) == 2
        ):  # mn is m times n
            self.given[place : place + 1] = [
                Token("WORD", letter, token.start + at, token.start + at + 1) for at, letter in enumerate(text)
            ]
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
        """A word such as symmetric, or several that belong together; raises E122 for an unknown one, E120 where 'in'
        seems to be missing.
        """
        token = self.given[place]
        for phrase in _JOINED:
            parts = phrase.split()
            if [self.at(place + offset).text for offset in range(len(parts))] == parts:
                self.out.append(
                    token.become(
                        "PROPERTY", phrase.replace(" ", "").replace("-", ""), self.at(place + len(parts) - 1).end
                    )
                )
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
            return mistakes.error(
                "E120", "'in' is missing in this declaration", token.span, hint="declare a shape as in: A in R^{m x n}"
            )
        near = next((name for name in _PROPERTIES if name and within_one_edit(name, token.text)), "")
        return mistakes.error(
            "E122",
            f"unknown property '{token.text}' in a declaration",
            token.span,
            say=f"did you mean '{near}'?" if near else "",
            hint="known are symmetric, skew, diagonal, lower, upper, orthogonal, spd; scalar, vector, matrix, integer;"
            " analytic",
        )


_HANDLERS: dict[str, Callable[[DeclarationTokens, int], int]] = {
    "WORD": DeclarationTokens.word,
    "LETTER": DeclarationTokens.word,
    "UPRIGHT": DeclarationTokens.word,
    "OPEN": DeclarationTokens.bracket,
    "CLOSE": DeclarationTokens.bracket,
    "COMMA": DeclarationTokens.separator,
    "SEMICOLON": DeclarationTokens.separator,
    "COLON": DeclarationTokens.colon,
    "EQUALS": DeclarationTokens.equals,
    "IN": DeclarationTokens.member,
    "CARET": DeclarationTokens.caret,
    "SUPERSCRIPT": DeclarationTokens.superscript,
    "REALS": DeclarationTokens.set_symbol,
    "NATURALS": DeclarationTokens.set_symbol,
    "INTEGERS": DeclarationTokens.set_symbol,
}


def unexpected(token: Token, span: Span, before: Token | None) -> ReadingError:
    """Why the parser could not go on in a declaration."""
    how = "declare as in: A in R^{m x n}, x in R^n, t in R, S symmetric, n = 3"
    if token.kind == "$END":
        if before is None:
            return mistakes.error("E120", "the declaration is empty", span, hint=how)
        return mistakes.error("E120", f"the declaration ends unexpectedly after '{before.text}'", before.span, hint=how)
    if token.kind == "MINUS":
        return mistakes.error("E123", "a dimension is a positive integer or a name", span)
    if token.kind == "CROSS":
        return mistakes.not_supported("more than two dimensions are not supported", span)
    if before is not None and before.kind == "EQUALS":
        return mistakes.error(
            "E123", f"a size is a positive integer, not '{token.text}'", span, hint="for example n = 3"
        )
    if token.kind == "SPACE" or (before is not None and before.kind == "NAME" and token.kind in {"NAME", "NUMBER"}):
        return mistakes.error("E120", "'in' is missing in this declaration", span, hint=how)
    return mistakes.error("E120", f"unexpected '{token.text}' in a declaration", span, hint=how)
