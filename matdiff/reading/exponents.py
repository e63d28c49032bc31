"""Numbers, exponents and transposes in all their spellings."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Span
from matdiff.functions import names as fn
from matdiff.reading import entries, mistakes
from matdiff.reading.letters import SUPERSCRIPTS
from matdiff.reading.lexing import Token, translated
from matdiff.reading.names import layer, subscript_text
from matdiff.reading.subscripts import subscript_raw
from matdiff.reading.token_pass import OPERAND_ENDS, WORD_KINDS, sizes

if TYPE_CHECKING:
    from matdiff.reading.token_pass import TokenPass


def number(words: TokenPass, place: int) -> int:
    """A number; 1_n and 0_n are vectors of ones and zeros.  Raises E107 for two numbers side by side."""
    token, following, out = words.given[place], words.at(place + 1), words.out
    if following.kind == "SUBSCRIPT" and token.text in {"0", "1"} and words.last() != "CARET":
        return ones(words, place)  # 1_n, also behind what it multiplies
    if _is_other_turned(words, place):
        return _turned(words, place)
    if token.text in {"1", "11"} and is_ones(words, place):
        words.out += [Token("CONSTANT", fn.ONES, token.start, token.end, token.glued, ()) for _ in token.text]
        return place + 1
    before = [earlier.kind for earlier in out[-3:-1] if earlier.kind != "MINUS"][-1:]
    if words.last() == "NUMBER" and before not in (["FRAC"], ["CARET"], ["HADPOW"]):
        raise mistakes.error(
            "E107", "two numbers side by side", Span(out[-1].start, token.end), hint="write a product of numbers with *"
        )
    _refuse_hexadecimal(token, following)
    out.append(token)
    return place + 1


def _refuse_hexadecimal(token: Token, following: Token) -> None:
    """Raise E107 for 0x10."""
    if following.glued and following.kind == "WORD" and token.text == "0" and following.text[1:].isalnum():
        raise mistakes.error(
            "E107", f"'{token.text}{following.text}' is no number of the language", Span(token.start, following.end)
        )


def _is_other_turned(words: TokenPass, place: int) -> bool:
    return words.given[place].text not in {"1", "11"} and _is_turned(words, place) and words.last() != "CARET"


def _turned(words: TokenPass, place: int) -> int:
    """0^T is a row of zeros; no other number is transposed but 1."""
    token = words.given[place]
    if token.text == "0":
        return ones(words, place)
    hint = f"leave the transpose of {token.text} out"
    raise mistakes.error("E107", f"the number {token.text} has no transpose", token.span, hint=hint)


def is_ones(words: TokenPass, place: int) -> bool:
    """Whether the numeral 1 is the vector of ones: it is transposed, or stands behind what it would multiply."""
    if _is_turned(words, place):
        return True
    token, out = words.given[place], words.out
    summand = bool(out) and out[-1].kind == "RPAR" and not out[-1].text  # behind the bounds of a sum
    if token.text != "1" or words.last() not in OPERAND_ENDS or summand:
        return token.text == "1" and _before_ones(words, place)
    argument = len(out) > 1 and out[-2].kind in {"FRAC", "CARET"}
    return not argument and words.last() not in {"NUMBER", "TEXT", "BAR", "NORMBAR"}


def _is_turned(words: TokenPass, place: int) -> bool:
    """Whether a transpose follows."""
    following = words.at(place + 1)
    if following.kind in {"QUOTE", "DOTQUOTE", "TURNED"} and following.glued:
        return True
    if following.kind == "SUPERSCRIPT" and following.text[0] == "ᵀ":
        return True
    if following.kind == "CARET":
        opened = words.at(place + 2).kind == "OPEN"
        top = _is_top(words, words.at(place + 2 + opened), opened)
        return top and words.at(place + 3 + opened).kind != "SUBSCRIPT"  # T_1 is a name
    return False


def _before_ones(words: TokenPass, place: int) -> bool:
    """1 1^T: the first of two."""
    following, sign = words.at(place + 1), words.at(place + 2)
    return (
        following.kind == "NUMBER"
        and following.text == "1"
        and (sign.kind in {"QUOTE", "CARET", "SUPERSCRIPT", "TURNED"})
    )


def ones(words: TokenPass, place: int) -> int:
    r"""\mathbf 1, 1_n, \mathbf{0}_n."""
    token, following = words.given[place], words.at(place + 1)
    name = fn.ZEROS if token.kind == "ZEROS" or token.text == "0" else fn.ONES
    if following.kind == "SUBSCRIPT":
        words.out.append(token.become("CONSTANT", name, following.end, sizes(subscript_raw(following), following)))
        return place + 2
    words.out.append(token.become("CONSTANT", name, value=()))
    return place + 1


def star(words: TokenPass, place: int) -> int:
    """In NumPy's text * multiplies entry by entry; the token's value says so.  Behind a matrix that nothing follows, A*
    is its conjugate transpose.
    """
    token, following = words.given[place], words.at(place + 1)
    if token.text == "*" and token.glued and words.last() in {"NAME", "CLOSE"}:
        if following.kind in _NO_FACTORS:
            words.notes.append(REAL.format("*"))
            return transposed(words, place)
        name = words.out[-1].text
        if (
            not following.glued
            and words.last() == "NAME"
            and name[:1].isupper()
            and words.at(place + 1).text[:1].isupper()
        ):
            raise mistakes.two_readings(
                f"{name}* {following.text}",
                ("a product", f"{name}*{following.text}"),
                ("the transpose", f"{name}^T {following.text}"),
                token.span,
            )
    token.value = words.scope.elementwise and token.text == "*"
    words.out.append(token)
    return place + 1


_FROBENIUS = frozenset(("F", "Fro", "fro"))
_NO_FACTORS = frozenset(("CLOSE", "PLUS", "$END", "CARET", "COMMA", "RBAR"))


def caret(words: TokenPass, place: int) -> int:
    """An exponent, or a transpose, inverse transpose, pseudoinverse or number of a name written as one."""
    token = words.given[place]
    token.value = words.scope.elementwise and token.text == "**"
    opened = words.at(place + 1).kind == "OPEN"
    if opened and words.at(place + 2).kind == "HADAMARD":  # X^{\odot 2}: entry by entry
        words.out.append(token.become("HADPOW"))
        del words.given[place + 2]
        return place + 1
    behind = _layer(words, place) or _sign(words, place, opened) or _transposed(words, place, opened)
    if behind:
        return behind
    words.out.append(token)
    minus = words.at(place + 1 + opened).kind == "MINUS"
    at = place + 1 + opened + minus
    if opened and words.at(at).kind == "NUMBER" and words.at(at + 1).kind == "CLOSE":
        # braces around a number say nothing
        words.out += words.given[place + 2 : at + 1]
        return at + 2
    return place + 1


def _transposed(words: TokenPass, place: int, opened: bool) -> int:
    """A transpose or inverse transpose written as an exponent; the place behind it, or 0."""
    token = words.given[place]
    minus = words.at(place + 1 + opened).kind == "MINUS"
    at = place + 1 + opened + minus
    top = words.at(at)
    if not _is_top(words, top, opened) or (opened and words.at(at + 1).kind != "CLOSE"):
        return 0
    end = words.at(at + opened).end
    if len(top.text) > 1 and top.kind in WORD_KINDS:
        # as in X^TX, what follows the T is the next factor
        if top.text[1].isdigit():
            raise mistakes.error(
                "E114",
                f"'^{top.text}' can be read in more than one way",
                top.span,
                hint=f"write ^T {top.text[1:]} or ^({top.text})",
            )
        end = top.start + 1
        words.given[at] = Token(top.kind, top.text[1:], end, top.end, glued=True)
        at -= 1
    if top.text[0] == "H" and top.kind in WORD_KINDS:
        words.notes.append(REAL.format(f"^{top.text[0]}"))
    words.out.append(
        Token("INVTRANS" if minus else "TRANSPOSE", "^-T" if minus else "^T", token.start, end, token.glued)
    )
    return at + opened + 1


REAL = "{} was read as the transpose: every matrix is real here"


def _sign(words: TokenPass, place: int, opened: bool) -> int:
    r"""X^+, A^*, A^\dagger, A^{\circ 2}: a sign as an exponent; the place behind it, or 0."""
    token, sign, following = words.given[place], words.at(place + 1 + opened), words.at(place + 2 + opened)
    alone = following.kind == "CLOSE" if opened else not (following.glued and following.kind in {"NUMBER", "OPEN"})
    end = words.at(place + 1 + 2 * opened).end
    if sign.kind == "DAGGER" and alone:
        raise mistakes.two_readings(
            "A^†", ("the pseudoinverse", "pinv(A)"), ("the conjugate transpose", "A^T"), Span(token.start, end)
        )
    if sign.kind == "PLUS" and alone:
        words.out.append(Token("PSEUDO", "^+", token.start, end, token.glued))
    elif sign.kind == "STAR" and alone and len(sign.text) != 2:
        words.notes.append(REAL.format("^*"))
        words.out.append(Token("TRANSPOSE", "^T", token.start, end, token.glued))
    else:
        return 0
    return place + 2 + 2 * opened


def _layer(words: TokenPass, place: int) -> int:
    """x^{(i)}, W^{(2)}, A^{[1]}: which one of several of that name; the place behind, or 0."""
    found = layer(words.given, place)
    if found is None or words.last() != "NAME":
        return 0
    inner, behind, turned = found
    named, end = words.out[-1], words.at(behind - 1).end
    base = named.text
    words.out[-1] = named.become("NAME", f"{base}_{inner.text}", end)
    words.layers[f"{base}_{inner.text}"] = (base, named.span)
    if turned:
        words.out.append(Token("TRANSPOSE", "^T", inner.start, end, glued=True))
    following = words.at(behind)
    if following.kind == "SUBSCRIPT":
        raise mistakes.not_supported(
            "an entry of a numbered name is not supported", following.span, hint="give it a name of its own"
        )
    return behind


def _is_top(words: TokenPass, top: Token, opened: bool) -> bool:
    """Whether a token in an exponent means a transpose: T, ⊤, a prime, or the T that a run of letters begins with."""
    if top.kind in {"TOP", "QUOTE"}:
        return True
    if top.kind not in WORD_KINDS or top.text[0] not in "TH" or words.scope.knows(top.text[0]):
        return False
    return len(top.text) == 1 or not (opened or words.scope.knows(top.text))


def superscript(words: TokenPass, place: int) -> int:
    """An exponent in Unicode's small letters: ᵀ, ⁻¹, ⁻ᵀ, ², ᵏ⁻¹."""
    token, out = words.given[place], words.out
    text = "".join([SUPERSCRIPTS[letter] for letter in token.text])
    if text == "-T":
        out.append(token.become("INVTRANS"))
        return place + 1
    if text[0] == "T":
        out.append(token.become("TRANSPOSE"))
        text = text[1:]
    behind = [token.become("TRANSPOSE")] if text[-1:] == "T" else []
    text = text[: len(text) - len(behind)]
    if text:
        out += [Token("CARET", "^", token.start, token.end, token.glued), *_exponent(words, token, text)]
    out += behind
    return place + 1


def _exponent(words: TokenPass, token: Token, text: str) -> list[Token]:
    inner = words.read(translated(token, text))
    if len(inner) == 1 or (len(inner) == 2 and inner[0].kind == "MINUS"):
        return inner
    return [token.become("OPEN", "("), *inner, token.become("CLOSE", ")")]


def quote(words: TokenPass, place: int) -> int:
    """A transpose behind an operand; before one, the quotes around 'fro'.  Raises E109 for any other."""
    token = words.given[place]
    if words.last() in OPERAND_ENDS and token.kind == "QUOTE":
        return transposed(words, place)
    word, close = words.at(place + 1), words.at(place + 2)
    if words.last() == "COMMA" and word.kind == "WORD" and close.kind == token.kind:
        words.out.append(token.become("TEXT", word.text, close.end))
        return place + 3
    raise mistakes.quote(token.span)


def transposed(words: TokenPass, place: int) -> int:
    """A transpose in one sign.  Raises E125 for x'', a second derivative to most who read it."""
    token, following = words.given[place], words.at(place + 1)
    if token.kind == following.kind == "QUOTE" and following.glued:
        raise mistakes.two_readings(
            token.text + following.text,
            ("a second derivative", "d^2/dt^2"),
            ("the transpose of a transpose", "(x^T)^T"),
            Span(token.start, following.end),
        )
    if token.kind == "QUOTE" and following.glued and _is_turned(words, place):  # x'^T
        raise mistakes.two_readings(
            f"{token.text}^T",
            ("the transpose of a variable that is called x'", "y^T, with a letter of its own"),
            ("the transpose of a transpose", "(x^T)^T"),
            Span(token.start, following.end),
        )
    words.out.append(words.given[place].become("TRANSPOSE"))
    return place + 1


def top(words: TokenPass, place: int) -> int:
    """x⊤, where the sign was not raised."""
    if words.last() not in OPERAND_ENDS:
        words.out.append(words.given[place])
        return place + 1
    return transposed(words, place)


def subscript(words: TokenPass, place: int) -> int:
    """A subscript that stands behind an exponent belongs to the name before it: x^T_n, x^2_n.  Others are a norm's
    kind.
    """
    token, out = words.given[place], words.out
    if subscript_raw(token) == "+" and words.last() in OPERAND_ENDS:
        out.append(token.become("PLUSPART", "_+"))
        return place + 1
    behind = 2 if words.last() in {"TRANSPOSE", "INVTRANS"} else 3 if len(out) > 1 and out[-2].kind == "CARET" else 0
    if behind and len(out) >= behind and out[-behind].kind == "NAME" and "_" not in out[-behind].text:
        named = out[-behind]
        out[-behind] = named.become("NAME", f"{named.text}_{subscript_text(token)}")
    elif behind == 3 and len(out) >= behind and out[-behind].kind in {"NORMBAR", "RIGHTNORM"}:
        out.insert(len(out) - 2, token)  # a norm's kind behind its exponent: ||x||^2_2
    elif words.last() == "CLOSE" and out[-1].text == "}" and len(out) > 1 and out[-2].kind in {"NORMBAR", "RIGHTNORM"}:
        out.append(token)  # the kind of a norm in braces
    elif words.last() == "RANGLE" and subscript_text(token, refuse=False) in _FROBENIUS:
        pass  # <A, B>_F is <A, B>
    elif words.last() in {"NORMBAR", "RIGHTNORM", "BAR"}:
        out.append(token)
    elif words.last() in {"CLOSE", "TRANSPOSE"} and (indices := entries.from_subscript(token)) is not None:
        out.append(token.become("ENTRY", entries.BELOW, value=indices))
    else:
        raise mistakes.not_supported(
            f"'{token.text}' is a subscript of no name",
            token.span,
            hint="entries of an expression are not supported: name it first",
        )
    return place + 1


def root(words: TokenPass, place: int) -> int:
    r"""√x, \sqrt{x} and \sqrt[3]{x}; raises E115 for other roots."""
    if words.at(place + 1).text == "[":
        if [words.at(place + k).text for k in (2, 3)] == ["3", "]"]:
            words.out.append(words.given[place].become("ROOT", value="3"))
            return place + 4
        raise mistakes.not_supported(
            "roots other than the square root and the cube root are not supported",
            words.given[place].span,
            hint="write x^(1/5)",
        )
    words.out.append(words.given[place])
    return place + 1
