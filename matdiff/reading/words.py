"""Words to names, functions and constants.

The pass that makes tokens the grammar knows out of tokens as they are written; exponents and sums over an index have
modules of their own.  Brackets and
bars are matched after it.
"""

from __future__ import annotations

from matdiff.lean.functools import cached_property
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Span
from matdiff.functions import SPELLINGS, TABLE
from matdiff.functions import names as fn
from matdiff.reading import exponents, greek_signs, index_extrema, index_sums, mistakes
from matdiff.reading.calls import BRACKETED
from matdiff.reading.differentials import Differentials
from matdiff.reading.index_sums import BIG_LETTERS, BIG_WORDS
from matdiff.reading.letters import ASIDE, GREEK_NAMES
from matdiff.reading.lexing import Token, tokens
from matdiff.reading.names import CONSTANTS, first_of_subscript, is_name, split, subscript_text
from matdiff.reading.subscripts import subscript_raw
from matdiff.reading.token_pass import OPERAND_ENDS, WORD_KINDS, TokenPass, sizes

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_OPERATOR = 60
_SHORT = 4
_LONGEST_NAME = 64
_PROSE = frozenset(("and", "or", "with", "for", "if", "where", "so", "then", "when", "subject", "otherwise"))
_NORM_WORDS = frozenset(("inf", "Inf", "infty", "fro", "nuc", "nuclear"))
# functions of the language that have no row of their own
_EXTRA = {"norm1": "norm1", "norm2": "norm2", "square": "square", "matmul": "matmul"}
# NumPy's products are not the language's functions of the same name: dot and matmul multiply, power and square act on
# every entry
_NUMPY = {
    "dot": "matmul",
    "matmul": "matmul",
    "mm": "matmul",
    "mv": "matmul",
    "power": "power",
    "square": "square",
    "pow": "power",
}
_NUMPY_REFUSED = {"inner": "write a^T b for vectors, A B^T for matrices"}
EXTREMA = frozenset(row.name for row in TABLE.values() if row.shape == "extremum")
LETTERED = {row.letter: row.name for row in TABLE.values() if row.letter}  # K_{m,n}
ENTRY_LETTERS = frozenset("ijkl1")  # what numbers an entry, and is no size


class Words(TokenPass):
    """The pass over words; `run` returns the new tokens."""

    @cached_property
    def indices(self) -> frozenset[str]:
        """The letters that sums in the text run over."""
        heads = [
            subscript_raw(self.given[place + 1]).partition("=")[0].strip()
            for place, token in enumerate(self.given[:-1])
            if token.kind in {"BIGSUM", "BIGPRODUCT"} and self.given[place + 1].kind == "SUBSCRIPT"
        ]
        return frozenset(letter for head in heads for letter in head if letter.isalpha())

    def check_layers(self) -> None:
        """Raise E125 where a name with a number above, W^{(2)}, stands beside one that is written with it below."""
        written = {token.text for token in self.out if token.kind == "NAME"}
        for name, (base, span) in self.layers.items():
            bare = base in written and name.rpartition("_")[2] not in self.indices
            if bare:
                below = f"{base}_{{{name.rpartition('_')[2]}}}"
                raise mistakes.two_readings(
                    name, ("a name of its own", below), ("a power", f"{base} with an exponent"), span
                )

    def bounds(self) -> frozenset[str]:
        """The words that stand as upper bounds of sums, Ns of sum_{i=1}^{Ns}: names wherever they stand."""
        given = self.given
        found = set()
        for place, token in enumerate(given[:-5]):
            if token.kind in {"BIGSUM", "BIGPRODUCT"} or (token.kind == "WORD" and token.text in BIG_WORDS):
                kinds = [other.kind for other in given[place + 1 : place + 6]]
                if kinds == ["SUBSCRIPT", "CARET", "OPEN", "WORD", "CLOSE"]:
                    found.add(given[place + 4].text)
                elif token.kind == "WORD" and kinds[:1] == ["OPEN"]:
                    found |= index_sums.third(given[place + 1 : place + 16])
        return frozenset(word for word in found if len(word) > 1 and word.isascii() and word not in SPELLINGS)

    def run(self) -> list[Token]:
        given, out, place = self.given, self.out, 0
        if self.depth == 0:
            self.scope = self.scope._replace(names=self.scope.names | (self.bounds() - self.scope.functions.keys()))
        while place < len(given):
            token = given[place]
            handler = _HANDLERS.get(token.kind)
            if handler is None:
                out.append(token)
                place += 1
            else:
                place = handler(self, place)
        return out

    # ---- words

    def word(self, place: int) -> int:
        """A run of letters: a name, a function, a differential, or several names."""
        token = self.given[place]
        text = token.text
        following = self.at(place + 1)
        if following.kind == "EQUALS" and self.last() == "COMMA":
            return self.keyword(place)
        known = self.scope.knows(text)
        behind = 0 if known or text[0] != "d" else self.differential(place)
        if behind:
            return behind
        if not text.isascii():
            return self.several(place)
        if len(text) == 1 or known:
            return self.named(place, text)
        return self.longer_word(place, token, following)

    def longer_word(self, place: int, token: Token, following: Token) -> int:
        """Two letters or more that were not declared."""
        text = token.text
        if following.kind == "SUBSCRIPT":
            if text in BIG_WORDS:
                return index_sums.big(self, place, BIG_WORDS[text])
            joined = f"{text}_{subscript_text(following)}"
            if self.scope.knows(joined) or joined in SPELLINGS or text in GREEK_NAMES:
                return self.named(place, text)
            if SPELLINGS.get(text) in EXTREMA:
                return index_extrema.over_index(self, place, SPELLINGS[text])
        if text in SPELLINGS or text in _EXTRA or (text in BRACKETED and following.text == "("):
            return self.function(place, token)
        if is_name(text):
            return self.named(place, text)
        if text in _NORM_WORDS and self.last() == "COMMA":
            self.out.append(token.become("TEXT"))
            return place + 1
        return self.several(place)

    def several(self, place: int) -> int:
        """A run of letters becomes the names in it; a subscript belongs to the last."""
        token, following = self.given[place], self.at(place + 1)
        called = following.kind == "OPEN" and following.glued and following.text != "{"
        pieces = split(token, self.scope, called)
        if called and len(pieces) > 1 and token.text.isascii() and not self.apart(pieces):
            raise mistakes.unknown_function(token.text, token.span)
        for piece in pieces[:-1]:
            if piece.kind == "FUNCTION":
                self.out.append(piece)
            elif piece.text == fn.PI and not self.scope.knows(fn.PI):
                self.function(place, piece)
            else:
                self.name(place, piece, piece.text)
        last = pieces[-1]
        self.given[place] = last.become("LETTER") if last.kind == "NAME" else last
        return place

    def apart(self, pieces: list[Token]) -> bool:
        """Whether the names in a run of letters are known, or stand elsewhere in the text: A x(…) in one word."""
        run = {piece.text for piece in pieces}
        words = [token.text for token in self.given if token.kind in WORD_KINDS and len(token.text) <= _SHORT]
        elsewhere = {letter for word in words if not run <= set(word) for letter in word}
        return all(
            piece.kind == "FUNCTION" or self.scope.knows(piece.text) or piece.text in elsewhere for piece in pieces
        )

    def keyword(self, place: int) -> int:
        """norm(A, ord='fro'): the name of an argument may stand before it; others change what a function does."""
        token = self.given[place]
        if token.text not in {"ord", "dims"}:
            raise mistakes.not_supported(f"the argument '{token.text}=' is not supported", token.span)
        return place + 2

    def upright(self, place: int) -> int:
        r"""A word in upright type, which is never split: \operatorname{tr}, \mathrm{loss}."""
        token = self.given[place]
        text = token.text
        if text in _PROSE and not self.scope.knows(text):
            raise mistakes.error("E108", f"unexpected '{text}': one expression a question", token.span)
        if text in SPELLINGS and not self.scope.knows(text):
            following = self.at(place + 1)
            if following.kind == "SUBSCRIPT" and text in BIG_WORDS:
                return index_sums.big(self, place, BIG_WORDS[text])
            if following.kind == "SUBSCRIPT" and f"{text}_{subscript_text(following, refuse=False)}" in SPELLINGS:
                return self.named(place, text)
            if following.kind == "SUBSCRIPT" and SPELLINGS[text] in EXTREMA:
                return index_extrema.over_index(self, place, SPELLINGS[text])
            return self.function(place, token)
        if text in {"d", "partial"} or (text[0] == "d" and self.at(place + 1).kind == "SLASH"):
            return self.word(place)
        if (self.at(place + 1).kind == "OPEN" or token.value) and not self.scope.knows(text):
            raise mistakes.unknown_function(text, token.span)
        return self.named(place, text)

    def letter(self, place: int) -> int:
        """A name that stands for itself; Σ and Π with an index below are a sum and a product."""
        name = self.given[place].text
        following = self.at(place + 1)
        if name in ASIDE and not self.scope.knows(name) and self.scope.knows(ASIDE[name]):
            name = ASIDE[name]  # \lambda, where lam was declared
        if name in greek_signs.RULES and not self.scope.knows(name):
            behind = greek_signs.RULES[name](self, place)
            if behind:
                return behind
        if name in BIG_LETTERS and following.kind == "SUBSCRIPT" and index_sums.is_big(self, place, name):
            return index_sums.big(self, place, BIG_LETTERS[name])
        index_sums.check_bare(self, place, name, self.indices)
        opening = self.at(place + 2) if following.kind == "LEFT" else following
        if name == "sigma" and opening.kind == "OPEN" and following.glued and not self.scope.knows(name):
            return self.function(place, self.given[place].become("FUNCTION", fn.SIGMOID))
        if name == fn.PI and not self.scope.knows(name) and following.kind != "SUBSCRIPT":
            return self.function(place, self.given[place])
        return self.named(place, name)

    def named(self, place: int, base: str) -> int:
        """A name with the subscript that may stand behind it."""
        token = self.given[place]
        following = self.at(place + 1)
        if following.kind != "SUBSCRIPT":
            if base in GREEK_NAMES and token.kind == "WORD":
                self.given[place] = token.become("LETTER", base)
                return self.letter(place)
            return self.name(place, token, base)
        if token.kind == "WORD" and base in BIG_LETTERS and index_sums.is_big(self, place, base):
            return index_sums.big(self, place, BIG_LETTERS[base])
        if subscript_raw(following) == "+":
            return self.name(place, token, base)
        if index_sums.is_entry_ahead(self, base, following):
            return index_sums.entry_ahead(self, place, base)
        self.cut(place + 1, base)
        following = self.at(place + 1)
        subscript = subscript_text(following)
        full = f"{base}_{subscript}"
        if full in SPELLINGS and not self.scope.knows(full):
            return self.function(place + 1, token.become("FUNCTION", full, following.end))
        if base == fn.IDENTITY_LETTER and not self.scope.knows(fn.IDENTITY_LETTER) and not self.scope.knows(full):
            self.out.append(
                token.become("CONSTANT", fn.IDENTITY, following.end, sizes(subscript_raw(following), following))
            )
            return place + 2
        if base in LETTERED and "," in following.text and not (self.scope.knows(base) or self.scope.knows(full)):
            below = sizes(subscript_raw(following), following)
            if all(len(size) == 1 or size.isdigit() for size in below) and not set(below) & ENTRY_LETTERS:
                self.out.append(token.become("CONSTANT", LETTERED[base], following.end, below))
                return place + 2
        return self.name(place + 1, token.become("NAME", full, following.end), full)

    def cut(self, place: int, base: str) -> None:
        """A subscript without braces that reaches too far: what does not belong to it is read as text of its own."""
        token = self.given[place]
        written = token.text[1:]
        if token.text[0] != "_" or not written.replace("_", "").isalnum() or len(written) < 2:
            return
        declared = "" if self.scope.knows(f"{base}_{written}") else self.declared_start(base, written, token)
        end = len(declared) or first_of_subscript(base, written, self.scope, self.indices)
        if end == len(written):
            return
        rest = tokens(written[end:])
        for inner in rest:
            inner.start, inner.end = inner.start + token.start + 1 + end, inner.end + token.start + 1 + end
            inner.glued = True
        self.given[place : place + 1] = [token.become("SUBSCRIPT", token.text[: 1 + end], token.start + 1 + end), *rest]

    def declared_start(self, base: str, subscript: str, written: Token) -> str:
        """The longest beginning of a subscript that makes a declared name, where the subscript is a plain run of
        letters; else "".
        """
        if written.text != f"_{subscript}":
            return ""
        ends = [
            end for end in range(min(len(subscript), _LONGEST_NAME) - 1, 0, -1) if not subscript[end].isdigit()
        ]  # W_10 is not W_1 times 0
        return next((subscript[:end] for end in ends if self.scope.knows(f"{base}_{subscript[:end]}")), "")

    def name(self, place: int, token: Token, name: str) -> int:
        if name == fn.IDENTITY_LETTER and not self.scope.knows(fn.IDENTITY_LETTER):
            return self.function(place, token)
        self.out.append(token.become("NAME", name, value=self.scope.functions.get(name)))
        return place + 1

    def function(self, place: int, token: Token) -> int:
        """A function's name; a constant such as I or pi stands alone unless its sizes follow in brackets."""
        name = token.text if token.text in BRACKETED else _EXTRA.get(token.text) or SPELLINGS[token.text]
        if name == fn.EULER:
            self.out.append(token.become("NAME", fn.EULER))
        elif name in CONSTANTS and not (
            name != fn.PI and self.at(place + 1).kind == "OPEN" and self.has_sizes(place + 1)
        ):
            self.out.append(token.become("CONSTANT", name, value=()))
        else:
            self.out.append(token.become("FUNCTION", name))
        return place + 1

    def has_sizes(self, place: int) -> bool:
        """Whether the brackets that open here hold sizes: I(n) is an identity, I (A + B) is a product."""
        if self.given[place - 1].text != fn.IDENTITY_LETTER:
            return True
        inner = self.at(place + 1)
        return (
            self.given[place].glued
            and self.at(place + 2).kind == "CLOSE"
            and (inner.kind == "NUMBER" or (inner.kind == "WORD" and inner.text.islower()))
        )

    def path(self, place: int) -> int:
        """np.linalg.inv, math.exp: the function is the last part."""
        token = self.given[place]
        last = token.text.rpartition(".")[2]
        if last in _NUMPY_REFUSED:
            raise mistakes.not_supported(f"'{token.text}' is not supported", token.span, hint=_NUMPY_REFUSED[last])
        if last in _NUMPY:
            self.out.append(token.become("FUNCTION", _NUMPY[last]))
            return place + 1
        if last in _NORM_WORDS and self.last() == "COMMA":
            self.out.append(token.become("TEXT", last))
            return place + 1
        if last not in SPELLINGS:
            raise mistakes.unknown_function(last, token.span)
        return self.function(place, token.become("PATH", last))

    def attribute(self, place: int) -> int:
        """X.dot(y), (X w).sum(): a method is a function of what stands before it."""
        token = self.given[place]
        name = token.text[1:]
        known = _NUMPY.get(name) or SPELLINGS.get(name)
        if known is None or self.at(place + 1).kind != "OPEN" or self.last() not in OPERAND_ENDS:
            raise mistakes.error(
                "E103",
                f"unexpected '{token.text}': the language has no such attribute",
                token.span,
                hint="a transpose is written X^T, X' or X.T",
            )
        self.out.append(token.become("METHOD", known))
        return place + 1

    def differential(self, place: int) -> int:
        """A derivative of an unknown function that begins here: its tokens go out.  Returns the place behind, or 0."""
        if self.differentials.is_nested_operator(place):
            raise mistakes.nested_operator(
                Span(self.given[place].start, self.at(place + 2).end or self.given[place].end)
            )
        found = self.differentials.derivative(place)
        if found is None:
            return 0
        self.out += found[0]
        if self.at(found[1]).kind == "OPEN" and self.at(found[1]).glued and self.at(found[1]).text == "(":
            self.given[found[1]] = self.given[found[1]].become("OPENARGS")
        return found[1]

    def partial(self, place: int) -> int:
        behind = self.differential(place)
        if behind:
            return behind
        raise mistakes.nested_operator(self.given[place].span)

    def gradient(self, place: int) -> int:
        raise mistakes.nested_operator(self.given[place].span)

    def fraction(self, place: int) -> int:
        """A fraction, or a derivative of an unknown function written as one."""
        if self.at(place + 1).kind == "OPEN" and self.differentials.peel(self.at(place + 2)) is not None:
            if Differentials(self.given[place : place + _LONGEST_OPERATOR], self.scope).operator() is not None:
                raise mistakes.nested_operator(self.given[place].span)
            behind = self.differential(place)
            if behind:
                return behind
        self.out.append(self.given[place])
        return place + 1


_HANDLERS: dict[str, Callable[[Words, int], int]] = {
    "WORD": Words.word,
    "UPRIGHT": Words.upright,
    "LETTER": Words.letter,
    "PATH": Words.path,
    "ATTRIBUTE": Words.attribute,
    "PARTIAL": Words.partial,
    "DIFFERENTIAL": Words.partial,
    "GRADIENT": Words.gradient,
    "FRAC": Words.fraction,
    "NUMBER": exponents.number,
    "ONES": exponents.ones,
    "ZEROS": exponents.ones,
    "CARET": exponents.caret,
    "STAR": exponents.star,
    "SUPERSCRIPT": exponents.superscript,
    "QUOTE": exponents.quote,
    '"': exponents.quote,
    "TURNED": exponents.transposed,
    "TOP": exponents.top,
    "DOTQUOTE": exponents.transposed,
    "SUBSCRIPT": exponents.subscript,
    "ROOT": exponents.root,
    "BIGSUM": index_sums.symbol,
    "BIGPRODUCT": index_sums.symbol,
}
