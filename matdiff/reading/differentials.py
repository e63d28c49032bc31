"""d/dX and its kin: which d is a differential sign, and which variables stand below it.

Works on tokens before words are split, since dX is the sign and a name in one word.  What it finds is written as the
tokens DEE, DEENAME, ALONG, REPEAT,
UNKNOWN and SLASH, which the grammar then reads.
"""

from __future__ import annotations

from matdiff.lean import re

from matdiff.errors import Span
from matdiff.functions import SPELLINGS
from matdiff.reading import mistakes
from matdiff.reading.fonts import told_apart
from matdiff.reading.letters import SUPERSCRIPTS, plain
from matdiff.reading.lexing import Token
from matdiff.reading.names import Scope, is_name, layer, subscript_text
from matdiff.reading.subscripts import subscript_tokens

_SIGNS = frozenset(("PARTIAL", "DIFFERENTIAL"))
_NAMES = frozenset(("WORD", "LETTER", "UPRIGHT"))
_TWO_VARIABLES = re.compile(r"(.+?)d(.+)\Z")
_ORDER_BEHIND = re.compile(r"([^0-9]+)([2-9])\Z")
_END = Token("$END", "", 0, 0)


class Differentials:
    """Finds operators and derivatives in a list of tokens."""

    def __init__(self, tokens: list[Token], scope: Scope) -> None:
        self.tokens = tokens
        self.scope = scope

    def at(self, place: int) -> Token:
        return self.tokens[place] if place < len(self.tokens) else _END

    # ---- signs, orders, variables

    def peel(self, token: Token) -> Token | None:
        """What is left of a token after its differential sign (an empty token where it is the sign alone), or None if
        it has none.
        """
        if token.kind in _SIGNS:
            return token.become("DEE", "", token.end)
        if token.kind not in {"WORD", "UPRIGHT"}:
            return None
        text = token.text
        if text in {"d", "partial"}:
            return token.become("DEE", "")
        if text[0] != "d" or self.scope.knows(text):
            return None
        return Token("WORD", text[1:], token.start + 1, token.end, glued=True)

    def order(self, place: int, rest: Token) -> tuple[int, int]:
        """The order written behind a sign (d^2, d², d2) and the place behind it; 1 where none is written."""
        if rest.text.isdigit():
            return int(rest.text[:4]), place
        exponent = self.exponent(place)
        return exponent or (1, place)

    def exponent(self, place: int) -> tuple[int, int] | None:
        token = self.at(place)
        if token.kind == "SUPERSCRIPT":
            text = "".join([SUPERSCRIPTS[letter] for letter in token.text])
            return (int(text[:4]), place + 1) if text.isdigit() else None
        if token.kind != "CARET":
            return None
        braced = self.at(place + 1).kind == "OPEN"
        number = self.at(place + 1 + braced)
        if number.kind != "NUMBER" or not number.text.isdigit():
            return None
        return int(number.text[:4]), place + 2 + 2 * braced

    def is_transposed(self, place: int) -> int:
        """The place behind a transpose that begins here, or 0."""
        token = self.at(place)
        if (
            token.kind in {"TURNED", "DOTQUOTE"}
            or (token.kind == "QUOTE" and token.glued)
            or (token.kind == "SUPERSCRIPT" and token.text == "ᵀ")
        ):
            return place + 1
        if token.kind != "CARET":
            return 0
        braced = self.at(place + 1).kind == "OPEN"
        top = self.at(place + 1 + braced)
        return place + 2 + 2 * braced if top.kind in {"TOP", "QUOTE"} or (top.kind in _NAMES and top.text == "T") else 0

    def variable(self, place: int, rest: Token, left: int) -> tuple[list[Token], int]:
        """The variables that one sign and what is glued to it name (dxdx: two), and the place behind them; `left` are
        still to come.
        """
        if not rest.text:
            rest, place = self.at(place), place + 1
            if rest.kind in _SIGNS:
                raise self.no_variable(rest.span)
        if rest.kind not in _NAMES or rest.text[0].isdigit():
            last = self.tokens[-1] if self.tokens else self.at(0)
            raise self.no_variable(rest.span if rest.kind != "$END" else last.span)
        name = rest.text if rest.text.isascii() else plain(rest.text)
        if name in SPELLINGS and self.at(place).kind == "OPEN" and self.at(place).glued and not self.scope.knows(name):
            raise self.no_variable(rest.span)
        behind = _ORDER_BEHIND.match(name)
        if behind and behind[2] == str(left) and left > 1 and not self.scope.knows(name):
            return [self.name(rest, behind[1]), Token("REPEAT", behind[2], rest.end - 1, rest.end)], place
        two = _TWO_VARIABLES.match(name)
        if left > 1 and two and not self.scope.knows(name) and is_name(two[1]):
            split = rest.start + len(two[1])
            following = Token("WORD", two[2], split + 1, rest.end, glued=True)
            more, place = self.by(place, following, left - 1)
            return [self.name(Token("WORD", two[1], rest.start, split), two[1]), *more], place
        if self.at(place).kind == "SUBSCRIPT":
            subscript = self.at(place)
            name += "_" + subscript_text(subscript)
            rest = rest.become(rest.kind, end=subscript.end)
            place += 1
        numbered = layer(self.tokens, place)
        if numbered is not None and not numbered[2]:
            name, place = f"{name}_{numbered[0].text}", numbered[1]
        return [self.name(rest, name)], place

    def name(self, token: Token, name: str) -> Token:
        if not name.isascii() or not name.replace("_", "").isalnum():
            raise mistakes.strange_letter(name, next(letter for letter in name if not letter.isascii()), token.span)
        return token.become("DEENAME", name)

    def no_variable(self, span: Span) -> Exception:
        return mistakes.error(
            "E110",
            "the name of a variable is expected behind d: write d/dX",
            span,
            hint="for example d/dX, d/dx^T, d^2/dx dx^T",
        )

    def by(self, place: int, rest: Token, left: int) -> tuple[list[Token], int]:
        """One dx, dx^T or dx^2: its tokens and the place behind."""
        found, place = self.variable(place, rest, left)
        if found[-1].kind != "DEENAME":
            return found, place
        behind = self.is_transposed(place)
        if behind:
            return [*found, Token("ALONG", "^T", self.at(place).start, self.at(behind - 1).end)], behind
        power = self.exponent(place) if left > 1 else None
        if power:
            return [*found, Token("REPEAT", str(power[0]), self.at(place).start, self.at(power[1] - 1).end)], power[1]
        return found, place

    def below(self, place: int, order: int) -> tuple[list[Token], int]:
        """Dx dy^T …: as many variables as the order asks for, if they are there."""
        found: list[Token] = []
        count = 0
        while count < order:
            rest = self.peel(self.at(place))
            if rest is None:
                break
            more, place = self.by(place + 1, rest, order - count)
            found += more
            count += sum(int(token.text) - 1 if token.kind == "REPEAT" else token.kind == "DEENAME" for token in more)
        return found, place

    # ---- operators in front

    def operator(self) -> tuple[list[Token], int] | None:
        """The tokens of an operator that the text begins with, and the place behind it; None where it does not begin
        with one.
        """
        first = self.at(0)
        if first.kind == "GRADIENT" or (
            self.at(1).kind == "SUBSCRIPT"
            and (first.kind == "PARTIAL" or (first.kind in {"WORD", "UPRIGHT"} and first.text == "grad"))
        ):
            return self.gradient(first)
        if first.kind == "FRAC" and self.at(1).kind == "OPEN":
            return self.fraction(first)
        rest = self.peel(first)
        if rest is None or (rest.text and not rest.text.isdigit()):
            return None
        order, place = self.order(1, rest)
        slash = self.at(place)
        if slash.kind != "SLASH":
            return None
        if self.peel(self.at(place + 1)) is None:
            return None
        found, end = self.below(place + 1, order)
        return [*self.above(first, order, slash), slash.become("SLASH"), *found], end

    def above(self, first: Token, order: int, behind: Token) -> list[Token]:
        head = first.become("DEE", "d")
        if order == 1:
            return [head]
        return [head, Token("CARET", "^", first.end, first.end), Token("NUMBER", str(order), first.end, behind.start)]

    def gradient(self, first: Token) -> tuple[list[Token], int]:
        r"""\nabla_x, \partial_x, and \nabla_x^2, \nabla^2_x for the Hessian."""
        order, place = self.exponent(1) or (1, 1)
        subscript = self.at(place)
        if subscript.kind != "SUBSCRIPT":
            raise mistakes.error("E110", "a gradient needs its variable: write ∇_x or d/dx", first.span)
        if order == 1:
            order, end = self.exponent(place + 1) or (1, place + 1)
        else:
            end = place + 1
        below = told_apart(subscript_tokens(subscript), self.scope.fonts)
        if len(below) == 1 and self.is_twice(below[0]):
            if order > 2:
                raise self.no_variable(subscript.span)
            order, below = 2, [below[0].become("WORD", below[0].text[0])]
        inner = Differentials(below, self.scope)
        found, behind = inner.variable(0, first.become("WORD", ""), 1)
        if behind < len(inner.tokens) or len(found) > 1:
            raise mistakes.error(
                "E110",
                "one variable is expected below: write ∇_x, or d/dx",
                subscript.span,
                hint="ask for each by itself",
            )
        if order == 1:
            return [first.become("NABLA"), subscript.become("NAME", found[0].text)], end
        last = self.at(end - 1)
        head = [first.become("DEE", "d"), first.become("CARET", "^"), first.become("NUMBER", str(order))]
        return [
            *head,
            first.become("SLASH", "/"),
            subscript.become("DEENAME", found[0].text),
            Token("REPEAT", str(order), last.start, last.end),
        ], end

    def is_twice(self, below: Token) -> bool:
        """Whether the letters below a gradient are one variable twice, as in ∇²_xx, ∂_xx."""
        text = below.text
        return below.kind == "WORD" and len(text) == 2 and text[0] == text[1] and not self.scope.knows(text)

    def fraction(self, first: Token) -> tuple[list[Token], int] | None:
        r"""\frac{\partial}{\partial X}, \frac{d^2}{dx dx^T}."""
        rest = self.peel(self.at(2))
        if rest is None or (rest.text and not rest.text.isdigit()):
            return None
        order, place = self.order(3, rest)
        close, opening = self.at(place), self.at(place + 1)
        if close.kind != "CLOSE" or opening.kind != "OPEN" or self.peel(self.at(place + 2)) is None:
            return None
        found, end = self.below(place + 2, order)
        if self.at(end).kind != "CLOSE":
            raise mistakes.error(
                "E110",
                "this is not an operator: variables are expected below",
                Span(first.start, self.at(min(end, len(self.tokens) - 1)).end),
            )
        head = [first.become("FRAC"), self.at(1).become("LPAR"), *self.above(self.at(2), order, close)]
        return [*head, close.become("RPAR"), opening.become("LPAR"), *found, self.at(end).become("RPAR")], end + 1

    def quotient(self) -> tuple[list[Token], list[Token]] | None:
        r"""∂tr(X)/∂X, \frac{\partial f(X)}{\partial X}: the operator's tokens and the expression's, where that is the
        whole text.
        """
        first = self.at(0)
        if first.kind == "FRAC" and self.at(1).kind == "OPEN":
            return self.whole_fraction(first)
        rest = self.peel(first)
        if rest is None or (rest.text and first.kind not in _SIGNS):
            return None
        depth, slash = 0, 0
        for place, token in enumerate(self.tokens):
            depth += (token.kind == "OPEN") - (token.kind == "CLOSE")
            if token.kind == "SLASH" and depth == 0 and self.peel(self.at(place + 1)) is not None:
                slash = place
        order, place = self.order(1, rest)
        if slash <= place:
            return None
        found, end = self.below(slash + 1, order)
        if end != len(self.tokens):
            return None
        return [*self.above(first, order, self.at(place)), self.at(slash).become("SLASH"), *found], self.tokens[
            place:slash
        ]

    def whole_fraction(self, first: Token) -> tuple[list[Token], list[Token]] | None:
        rest = self.peel(self.at(2))
        if rest is None or (rest.text and not rest.text.isdigit()):
            return None
        order, place = self.order(3, rest)
        depth, close = 1, place
        while close < len(self.tokens):
            depth += (self.at(close).kind == "OPEN") - (self.at(close).kind == "CLOSE")
            if depth == 0:
                break
            close += 1
        if close == place or self.at(close + 1).kind != "OPEN" or self.peel(self.at(close + 2)) is None:
            return None
        found, end = self.below(close + 2, order)
        if self.at(end).kind != "CLOSE" or end + 1 != len(self.tokens):
            return None
        head = [
            first.become("FRAC"),
            self.at(1).become("LPAR"),
            *self.above(self.at(2), order, self.at(place)),
            self.at(close).become("RPAR"),
        ]
        return [*head, self.at(close + 1).become("LPAR"), *found, self.at(end).become("RPAR")], self.tokens[place:close]

    # ---- derivatives of unknown functions inside an expression

    def derivative(self, place: int) -> tuple[list[Token], int] | None:
        r"""du/dx, d^2A/dx_p dx_q, \frac{\partial u}{\partial x} at this place, where u is a declared function; else
        None.
        """
        start = self.tokens[place]
        fraction = start.kind == "FRAC"
        at = place + 2 if fraction else place
        sign = self.at(at)
        rest = self.peel(sign)
        if rest is None:
            return None
        order, at = self.order(at + 1, rest)
        if not rest.text or rest.text.isdigit():
            rest, at = self.at(at), at + 1
        if rest.kind not in _NAMES:
            return None
        name = rest.text if rest.text.isascii() else plain(rest.text)
        if self.at(at).kind == "SUBSCRIPT":
            name += "_" + subscript_text(self.at(at))
            at += 1
        close = fraction and self.at(at).kind == "CLOSE" and self.at(at + 1).kind == "OPEN"
        if not close and (fraction or self.at(at).kind != "SLASH"):
            return None
        below = at + 1 + close
        if self.peel(self.at(below)) is None:
            return None
        if name not in self.scope.functions:
            raise self.undeclared(name, Span(start.start, self.at(below).end))
        found, end = self.below(below, order)
        head = [*self.above(sign, order, rest)[1:], rest.become("UNKNOWN", name)]
        if not fraction:
            return [sign.become("DEE", "d"), *head, self.at(at).become("SLASH"), *found], end
        if self.at(end).kind != "CLOSE":
            return None
        opening = [
            start.become("FRAC"),
            self.at(place + 1).become("LPAR"),
            sign.become("DEE", "d"),
            *head,
            self.at(at).become("RPAR"),
        ]
        return [*opening, self.at(at + 1).become("LPAR"), *found, self.at(end).become("RPAR")], end + 1

    def undeclared(self, name: str, span: Span) -> Exception:
        return mistakes.error(
            "E111",
            f"unexpected derivative inside the expression: '{name}' is not declared as a function",
            span,
            hint=f"declare it: {name}(x) in R^m",
        )

    def is_nested_operator(self, place: int) -> bool:
        """Whether d/dX, with nothing between d and the slash, stands here."""
        return Differentials(self.tokens[place : place + 12], self.scope).starts_operator()

    def starts_operator(self) -> bool:
        rest = self.peel(self.at(0))
        if rest is None or (rest.text and not rest.text.isdigit()):
            return False
        _, place = self.order(1, rest)
        return self.at(place).kind == "SLASH" and self.peel(self.at(place + 1)) is not None
