"""Words to names, functions and constants; superscripts and transposes; sums over an index.

The pass that makes tokens the grammar knows out of tokens as they are written.  Brackets and bars are matched after it.
"""

from __future__ import annotations

from collections.abc import Callable

from matdiff.errors import Span
from matdiff.functions import SPELLINGS
from matdiff.reading import mistakes
from matdiff.reading.differentials import Differentials
from matdiff.reading.letters import GREEK_NAMES, SUBSCRIPTS, SUPERSCRIPTS
from matdiff.reading.lexing import Token, tokens, translated
from matdiff.reading.names import CONSTANTS, Scope, is_name, split, subscript_text
from matdiff.reading.undress import undress

OPERAND_ENDS = frozenset(("NUMBER", "NAME", "CONSTANT", "CLOSE", "RPAR", "TRANSPOSE", "INVTRANS", "KIND", "SUBSCRIPT", "RIGHTBAR", "RIGHTNORM", "BAR", "NORMBAR", "TEXT"))
_WORDS = frozenset(("WORD", "LETTER", "UPRIGHT"))
_END = Token("$END", "", 0, 0)
_BIG_WORDS = {"sum": "BIGSUM", "prod": "BIGPRODUCT"}
_BIG_LETTERS = {"Sigma": "BIGSUM", "Pi": "BIGPRODUCT"}
_NORM_WORDS = frozenset(("inf", "Inf", "infty", "fro", "nuc", "nuclear"))
# functions of the language that have no row of their own
_EXTRA = {"norm1": "norm1", "norm2": "norm2", "prod": "prod"}
# NumPy's products are not the language's functions of the same name: dot and matmul multiply, power and square act on every entry
_NUMPY = {"dot": "matmul", "matmul": "matmul", "mm": "matmul", "mv": "matmul", "power": "power", "square": "square", "pow": "power"}
_NUMPY_REFUSED = {"inner": "write a^T b for vectors, A B^T for matrices"}


class Words:
    """One pass over the tokens; `run` returns the new ones."""

    def __init__(self, given: list[Token], scope: Scope) -> None:
        self.given = given
        self.scope = scope
        self.out: list[Token] = []
        self.differentials = Differentials(given, scope)

    def run(self) -> list[Token]:
        given, out, place = self.given, self.out, 0
        while place < len(given):
            token = given[place]
            handler = _HANDLERS.get(token.kind)
            if handler is None:
                out.append(token)
                place += 1
            else:
                place = handler(self, place)
        return out

    def at(self, place: int) -> Token:
        return self.given[place] if place < len(self.given) else _END

    def last(self) -> str:
        return self.out[-1].kind if self.out else ""

    # ---- words

    def word(self, place: int) -> int:
        """A run of letters: a name, a function, a differential, or several names."""
        token = self.given[place]
        text = token.text
        following = self.at(place + 1)
        if text[0] == "d" and (len(text) > 1 or following.kind in {"SLASH", "CARET", "SUPERSCRIPT"} or following.kind in _WORDS) and not self.scope.knows(text):
            behind = self.differential(place)
            if behind:
                return behind
        if not text.isascii():
            return self.several(place)
        if len(text) == 1:
            return self.named(place, text)
        if self.scope.knows(text):
            return self.named(place, text)
        if text in _BIG_WORDS and following.kind == "SUBSCRIPT":
            return self.big(place, _BIG_WORDS[text])
        if following.kind == "SUBSCRIPT":
            joined = f"{text}_{subscript_text(following)}"
            if joined in SPELLINGS and not self.scope.knows(joined):
                return self.function(place + 1, token.become("FUNCTION", joined, following.end))
            if self.scope.knows(joined):
                return self.named(place, text)
        if text in SPELLINGS or text in _EXTRA:
            return self.function(place, token)
        if is_name(text):
            return self.named(place, text)
        if text in _NORM_WORDS and self.last() == "COMMA":
            self.out.append(token.become("TEXT"))
            return place + 1
        return self.several(place)

    def several(self, place: int) -> int:
        """A run of letters becomes the names in it, each of which is read in turn."""
        token, following = self.given[place], self.at(place + 1)
        pieces = split(token, self.scope, called=following.kind == "OPEN" and following.glued and following.text != "{")
        self.given[place : place + 1] = [piece.become("LETTER") if piece.kind == "NAME" else piece for piece in pieces]
        return place

    def upright(self, place: int) -> int:
        r"""A word in upright type, which is never split: \operatorname{tr}, \mathrm{loss}."""
        token = self.given[place]
        text = token.text
        if text in SPELLINGS and not self.scope.knows(text):
            if self.at(place + 1).kind == "SUBSCRIPT" and text in _BIG_WORDS:
                return self.big(place, _BIG_WORDS[text])
            return self.function(place, token)
        if text in {"d", "partial"} or (text[0] == "d" and self.at(place + 1).kind == "SLASH"):
            return self.word(place)
        if self.at(place + 1).kind == "OPEN" and not self.scope.knows(text):
            raise mistakes.unknown_function(text, token.span)
        return self.named(place, text)

    def letter(self, place: int) -> int:
        """A name that stands for itself; Σ and Π with an index below are a sum and a product."""
        name = self.given[place].text
        following = self.at(place + 1)
        if name in _BIG_LETTERS and following.kind == "SUBSCRIPT" and self.is_big(place, name):
            return self.big(place, _BIG_LETTERS[name])
        if name == "sigma" and following.kind == "OPEN" and following.glued and not self.scope.knows(name):
            return self.function(place, self.given[place].become("FUNCTION", "sigmoid"))
        if name == "pi" and not self.scope.knows(name) and following.kind != "SUBSCRIPT":
            return self.function(place, self.given[place])
        return self.named(place, name)

    def is_big(self, place: int, name: str) -> bool:
        """Whether a capital sigma with a subscript is a sum: it has bounds, or a bare index and something to sum."""
        subscript = subscript_raw(self.at(place + 1))
        if "=" in subscript:
            return True
        if self.scope.knows(name) or self.scope.knows(f"{name}_{subscript}") or not (len(subscript) == 1 and subscript.islower()):
            return False
        return self.at(place + 2).kind in _BEGINS_OPERAND

    def named(self, place: int, base: str) -> int:
        """A name with the subscript that may stand behind it."""
        token = self.given[place]
        following = self.at(place + 1)
        if following.kind != "SUBSCRIPT":
            if base in GREEK_NAMES and token.kind == "WORD":
                self.given[place] = token.become("LETTER", base)
                return self.letter(place)
            return self.name(place, token, base)
        if token.kind == "WORD" and base in _BIG_LETTERS and self.is_big(place, base):
            return self.big(place, _BIG_LETTERS[base])
        subscript = subscript_text(following)
        full = f"{base}_{subscript}"
        if following.text[0] == "_" and following.text[1:] == subscript and not self.scope.knows(full):
            shorter = next((subscript[:end] for end in range(len(subscript) - 1, 0, -1) if self.scope.knows(f"{base}_{subscript[:end]}")), "")
            if shorter:
                middle = following.start + 1 + len(shorter)
                rest = Token("WORD", subscript[len(shorter) :], middle, following.end, glued=True)
                self.given[place + 1] = Token("SUBSCRIPT", "_" + shorter, following.start, middle, glued=True)
                self.given.insert(place + 2, rest)
                following, full = self.given[place + 1], f"{base}_{shorter}"
        if full in SPELLINGS and not self.scope.knows(full):
            return self.function(place + 1, token.become("FUNCTION", full, following.end))
        if base == "I" and not self.scope.knows("I") and not self.scope.knows(full):
            self.out.append(token.become("CONSTANT", "eye", following.end, sizes(subscript_raw(following), following)))
            return place + 2
        return self.name(place + 1, token.become("NAME", full, following.end), full)

    def name(self, place: int, token: Token, name: str) -> int:
        if name == "I" and not self.scope.knows("I"):
            return self.function(place, token)
        self.out.append(token.become("NAME", name, value=self.scope.functions.get(name)))
        return place + 1

    def function(self, place: int, token: Token) -> int:
        """A function's name; a constant such as I or pi stands alone unless its sizes follow in brackets."""
        name = _EXTRA.get(token.text) or SPELLINGS[token.text]
        if name == "e":
            self.out.append(token.become("NAME", "e"))
        elif name in CONSTANTS and not (name != "pi" and self.at(place + 1).kind == "OPEN" and self.has_sizes(place + 1)):
            self.out.append(token.become("CONSTANT", name, value=()))
        else:
            self.out.append(token.become("FUNCTION", name))
        return place + 1

    def has_sizes(self, place: int) -> bool:
        """Whether the brackets that open here hold sizes: I(n) is an identity, I (A + B) is a product."""
        if self.given[place - 1].text != "I":
            return True
        inner = self.at(place + 1)
        return self.given[place].glued and self.at(place + 2).kind == "CLOSE" and (inner.kind == "NUMBER" or (inner.kind == "WORD" and inner.text.islower()))

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
            raise mistakes.error("E103", f"unexpected '{token.text}': the language has no such attribute", token.span, hint="a transpose is written X^T, X' or X.T")
        self.out.append(token.become("METHOD", known))
        return place + 1

    def differential(self, place: int) -> int:
        """A derivative of an unknown function that begins here: its tokens go out.  Returns the place behind, or 0."""
        if self.differentials.is_nested_operator(place):
            raise mistakes.nested_operator(Span(self.given[place].start, self.at(place + 2).end or self.given[place].end))
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
        if self.differentials.peel(self.at(place + 2)) is not None and self.at(place + 1).kind == "OPEN":
            if self.differentials.fraction(self.given[place]) is not None and Differentials(self.given[place:], self.scope).operator() is not None:
                raise mistakes.nested_operator(self.given[place].span)
            behind = self.differential(place)
            if behind:
                return behind
        self.out.append(self.given[place])
        return place + 1

    # ---- numbers, exponents, transposes

    def number(self, place: int) -> int:
        token, following = self.given[place], self.at(place + 1)
        if self.last() == "NUMBER" and (len(self.out) < 2 or self.out[-2].kind not in {"FRAC", "CARET"}):  # noqa: PLR2004 # a number and what stands before it
            raise mistakes.error("E107", "two numbers side by side", Span(self.out[-1].start, token.end), hint="write a product of numbers with *")
        if following.kind == "SUBSCRIPT" and token.text in {"0", "1"} and self.last() != "CARET":
            name = "ones" if token.text == "1" else "zeros"
            self.out.append(token.become("CONSTANT", name, following.end, sizes(subscript_raw(following), following)))
            return place + 2
        self.out.append(token)
        return place + 1

    def ones(self, place: int) -> int:
        token, following = self.given[place], self.at(place + 1)
        name = "ones" if token.kind == "ONES" else "zeros"
        if following.kind == "SUBSCRIPT":
            self.out.append(token.become("CONSTANT", name, following.end, sizes(subscript_raw(following), following)))
            return place + 2
        self.out.append(token.become("CONSTANT", name, value=()))
        return place + 1

    def caret(self, place: int) -> int:
        """An exponent, or a transpose or inverse transpose written as one."""
        token = self.given[place]
        token.value = self.scope.elementwise and token.text == "**"
        at = place + 1
        opened = self.at(at).kind == "OPEN"
        at += opened
        minus = self.at(at).kind == "MINUS"
        at += minus
        top = self.at(at)
        is_top = top.kind in {"TOP", "QUOTE"} or (top.kind in _WORDS and top.text[0] == "T" and (len(top.text) == 1 or not (opened or self.scope.knows(top.text))))
        if is_top and (not opened or self.at(at + 1).kind == "CLOSE"):
            end = top.end
            if len(top.text) > 1 and top.kind in _WORDS:
                end = top.start + 1
                self.given[at] = Token(top.kind, top.text[1:], end, top.end, glued=True)
                at -= 1
            elif opened:
                at += 1
                end = self.at(at).end
            self.out.append(Token("INVTRANS" if minus else "TRANSPOSE", "^-T" if minus else "^T", token.start, end, token.glued))
            return at + 1
        if opened and self.at(at + 1).kind == "CLOSE" and top.kind == "NUMBER":
            # X^{-1} is X^-1
            self.given[at + 1 : at + 2] = []
            self.given[place + 1 : place + 2] = []
        self.out.append(token)
        return place + 1

    def star(self, place: int) -> int:
        token = self.given[place]
        token.value = self.scope.elementwise and token.text == "*"
        self.out.append(token)
        return place + 1

    def superscript(self, place: int) -> int:
        token = self.given[place]
        text = "".join([SUPERSCRIPTS[letter] for letter in token.text])
        if text == "-T":
            self.out.append(token.become("INVTRANS"))
            return place + 1
        if text[-1] == "T" and len(text) > 1:
            text, behind = text[:-1], [token.become("TRANSPOSE")]
        else:
            behind = []
        if text[0] == "T":
            self.out.append(token.become("TRANSPOSE"))
            text = text[1:]
        if text:
            inner = [Token("CARET", "^", token.start, token.end, token.glued), *self.exponent(token, text), *behind]
            self.out += inner
        return place + 1

    def exponent(self, token: Token, text: str) -> list[Token]:
        inner = Words(translated(token, text), self.scope).run()
        if len(inner) == 1 or (len(inner) == 2 and inner[0].kind == "MINUS"):
            return inner
        return [token.become("OPEN", "("), *inner, token.become("CLOSE", ")")]

    def quote(self, place: int) -> int:
        """A transpose behind an operand; before one, the quotes around 'fro'."""
        token = self.given[place]
        if self.last() in OPERAND_ENDS:
            self.out.append(token.become("TRANSPOSE"))
            return place + 1
        word, close = self.at(place + 1), self.at(place + 2)
        if self.last() in {"COMMA", "OPEN"} and word.kind == "WORD" and close.kind == token.kind:
            self.out.append(token.become("TEXT", word.text, close.end))
            return place + 3
        raise mistakes.quote(token.span)

    def transposed(self, place: int) -> int:
        self.out.append(self.given[place].become("TRANSPOSE"))
        return place + 1

    def subscript(self, place: int) -> int:
        """A subscript that stands behind an exponent belongs to the name before it: x^T_n, x^2_n.  Others are a norm's kind."""
        token, out = self.given[place], self.out
        behind = 2 if self.last() in {"TRANSPOSE", "INVTRANS"} else 3 if len(out) > 1 and out[-2].kind == "CARET" else 0
        if behind and len(out) >= behind and out[-behind].kind == "NAME" and "_" not in out[-behind].text:
            named = out[-behind]
            out[-behind] = named.become("NAME", f"{named.text}_{subscript_text(token)}")
        elif self.last() in {"NORMBAR", "RIGHTNORM", "BAR"}:
            out.append(token)
        else:
            raise mistakes.not_supported(f"a subscript stands behind a name: '{token.text}' has none", token.span, hint="entries of an expression are not supported: name it first")
        return place + 1

    def root(self, place: int) -> int:
        if self.at(place + 1).text == "[":
            raise mistakes.not_supported("roots other than the square root are not supported", self.given[place].span, hint="write x^(1/3)")
        self.out.append(self.given[place])
        return place + 1

    # ---- sums over an index

    def big_symbol(self, place: int) -> int:
        return self.big(place, self.given[place].kind)

    def big(self, place: int, kind: str) -> int:
        r"""\sum_{n=1}^N: out go SUM and INDEX, the lower bound behind EQUALS, the upper one behind UPTO, for each of its indices."""
        token = self.given[place]
        place += 1
        high: list[Token] = []
        if self.at(place).kind in {"CARET", "SUPERSCRIPT"} and self.at(place).kind != "SUBSCRIPT":
            high, place = self.upper(place)
        below = self.at(place)
        if below.kind != "SUBSCRIPT":
            raise mistakes.error("E113", f"a sum needs its index below: '{token.text}'", token.span, hint="write sum_{n=1}^N x_n, or sum(n, 1, N, x_n)")
        place += 1
        if not high and self.at(place).kind in {"CARET", "SUPERSCRIPT"}:
            high, place = self.upper(place)
        indices, low = self.lower(below)
        if bool(low) != bool(high):
            raise mistakes.error("E113", "a sum has both bounds or none", Span(token.start, below.end), hint="write sum_{n=1}^N x_n")
        for index in indices:
            self.out += [token.become("SUM", kind), index]
            if low:
                self.out += [index.become("EQUALS", "="), *low, index.become("UPTO", "^"), *high, index.become("RPAR", "")]
        return place

    def lower(self, below: Token) -> tuple[list[Token], list[Token]]:
        """The indices that stand below a sum, and the lower bound."""
        inner = subscript_tokens(below)
        equals = next((place for place, token in enumerate(inner) if token.kind == "EQUALS"), len(inner))
        indices = []
        for token in inner[:equals]:
            if token.kind in _WORDS and is_name(token.text):
                indices.append(token.become("INDEX"))
            elif token.kind == "WORD" and token.text.isascii() and equals == len(inner):
                indices += [Token("INDEX", letter, token.start, token.end) for letter in token.text]
            elif token.kind != "COMMA":
                raise mistakes.error("E113", f"the index of a sum is a letter: '{below.text.lstrip('_')}'", below.span, hint="write sum_{n=1}^N x_n")
        if not indices:
            raise mistakes.error("E113", "a sum needs its index below", below.span)
        return indices, Words(inner[equals + 1 :], self.scope).run()

    def upper(self, place: int) -> tuple[list[Token], int]:
        """The upper bound: a bracket or, as in TeX, one letter or number."""
        token = self.at(place)
        if token.kind == "SUPERSCRIPT":
            return Words(translated(token, "".join([SUPERSCRIPTS[letter] for letter in token.text])), self.scope).run(), place + 1
        first = self.at(place + 1)
        if first.kind == "OPEN":
            depth, end = 1, place + 2
            while end < len(self.given) and depth:
                depth += (self.given[end].kind == "OPEN") - (self.given[end].kind == "CLOSE")
                end += 1
            return Words(self.given[place + 2 : end - 1], self.scope).run(), end
        if first.kind == "WORD" and len(first.text) > 1 and not self.scope.knows(first.text) and not is_name(first.text):
            self.given[place + 1 : place + 2] = [Token("WORD", first.text[0], first.start, first.start + 1), Token("WORD", first.text[1:], first.start + 1, first.end, True)]
        return Words(self.given[place + 1 : place + 2], self.scope).run(), place + 2


def subscript_raw(token: Token) -> str:
    """A subscript as it is written, without its braces."""
    if token.text[0] in SUBSCRIPTS:
        return "".join([SUBSCRIPTS[letter] for letter in token.text])
    raw = token.text[1:].strip()
    return raw[1:-1].strip() if raw[0] in "{(" else raw


def subscript_tokens(token: Token) -> list[Token]:
    """The tokens inside a subscript, each in its own place in the text."""
    if token.text[0] in SUBSCRIPTS:
        return translated(token, subscript_raw(token))
    inner = undress([*tokens(token.text)])
    for found in inner:
        found.start, found.end = found.start + token.start, found.end + token.start
    if inner and inner[0].kind == "SUBSCRIPT":
        raw = subscript_raw(token)
        shift = token.text.index(raw) + token.start
        inner = undress(tokens(raw))
        for found in inner:
            found.start, found.end = found.start + shift, found.end + shift
    return inner


def sizes(raw: str, token: Token) -> tuple[str, ...]:
    r"""The sizes below a ones vector or an identity: 1_n, 1_{m \times n}."""
    parts = [part.strip() for part in raw.replace("\\times", "×").replace(",", "×").split("×")]
    if len(parts) > 2 or not all(part.isascii() and part.replace("_", "").isalnum() for part in parts):
        raise mistakes.ill_subscript(raw, token.span)
    return tuple(parts)


_BEGINS_OPERAND = frozenset(("WORD", "LETTER", "UPRIGHT", "OPEN", "NUMBER", "FRAC", "PATH", "ROOT", "LEFT", "BIGSUM", "BIGPRODUCT", "NORMBAR", "LEFTNORM"))
_HANDLERS: dict[str, Callable[[Words, int], int]] = {
    "WORD": Words.word, "UPRIGHT": Words.upright, "LETTER": Words.letter, "PATH": Words.path, "ATTRIBUTE": Words.attribute, "NUMBER": Words.number,
    "ONES": Words.ones, "ZEROS": Words.ones, "CARET": Words.caret, "STAR": Words.star, "SUPERSCRIPT": Words.superscript, "QUOTE": Words.quote, '"': Words.quote,
    "TURNED": Words.transposed, "DOTQUOTE": Words.transposed, "SUBSCRIPT": Words.subscript, "BIGSUM": Words.big_symbol, "BIGPRODUCT": Words.big_symbol,
    "PARTIAL": Words.partial, "DIFFERENTIAL": Words.partial, "GRADIENT": Words.gradient, "FRAC": Words.fraction, "ROOT": Words.root,
}
