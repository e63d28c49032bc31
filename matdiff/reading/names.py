"""Names: what is declared, canonical spelling with subscripts, and runs of letters split into names."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.formula.syntax import DELTA
from matdiff.functions import SPELLINGS, TABLE
from matdiff.reading import mistakes
from matdiff.reading.letters import COMMANDS, DECORATIONS, GREEK_NAMES, SUBSCRIPTS, plain
from matdiff.reading.lexing import Token

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matdiff.formula.question import Declaration

_PLAIN_SUBSCRIPT = re.compile(r"_\s*([A-Za-z0-9]+(?:_[A-Za-z0-9]+)*)\Z")
_DRESS = re.compile(
    r"\\(?:text|mathrm|mathbf|mathsf|mathit|bm|boldsymbol|operatorname|textrm|textit|mathcal)\s*\{([^{}]*)\}"
)
_COMMAND = re.compile(r"\\([A-Za-z]+)\s*")
_SPACING = re.compile(r"\\[,;:! ]|[\s,{}~]")
_LOWER_RUN = re.compile(r"[a-z]{3}")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_RUN = re.compile(r"[A-Za-z]+|[0-9]+")
_PIECES = re.compile(r"[A-Za-z](?:[0-9]+)?|[0-9]+")
_LONG_LOWER = re.compile(r"[a-z]{5}")
_TURNED = re.compile(r"[A-Z]t[A-Za-z]\Z")  # XtX, Xty: what programs call X^T X
_TWICE = re.compile(r"([a-z])\1")  # loss, diff
_WORDS_NO_PRODUCTS = frozenset(
    (
        "arg", "min", "max", "sup", "inf", "lim", "mod", "rem", "sgn", "rank", "prox", "proj", "dist", "span",
        "null", "dim", "var", "cov", "std", "corr", "grad", "div", "curl", "rot", "vol", "conv", "dom", "epi",
        "ran", "ker", "res", "ret", "err", "reg", "loss", "cost", "risk", "obj", "fun", "out", "avg", "tot", "tmp",
        "val", "mse", "rmse", "mae", "nll", "bce", "and", "not", "for", "all", "any", "let", "with", "such", "that",
        "from", "then", "else", "when", "the", "are",
    )
)  # fmt: skip

_WORDS = frozenset(("WORD", "LETTER", "UPRIGHT"))
_WORDY = 5
_LONGEST = 64

CONSTANTS = frozenset(row.name for row in TABLE.values() if row.shape == "constant")
_APPLIED = sorted(
    (
        name
        for name in SPELLINGS
        if len(name) > 1 and name.isalpha() and name.isascii() and SPELLINGS[name] not in CONSTANTS
    ),
    key=len,
    reverse=True,
)


class Scope(NamedTuple):
    """What is known of names before an expression is read.

    names: declared names, never split.  functions: declared unknown functions and the names of their arguments.
    elementwise: the text is NumPy's, in
    which * and ** act entry by entry.  tex: it is LaTeX's, in which a subscript without braces is one letter.
    variables: what the question differentiates by.  fonts: letters that stand in several fonts.
    """

    names: frozenset[str] = frozenset()
    functions: Mapping[str, tuple[str, ...]] = {}
    elementwise: bool = False
    tex: bool = False
    variables: frozenset[str] = frozenset()
    fonts: frozenset[str] = frozenset()

    def knows(self, name: str) -> bool:
        return name in self.names or name in self.functions


def sizes_in(declarations: Iterable[Declaration]) -> frozenset[str]:
    """The words that declared sizes are made of, dim of R^{n x dim}: names wherever they stand."""
    texts = [str(size) for item in declarations for size in (item.rows, item.columns) if isinstance(size, str)]
    return frozenset(word for text in texts for word in _WORD.findall(text) if len(word) > 1)


def subscript_text(token: Token, *, refuse: bool = True) -> str:
    """A subscript in canonical spelling: "1", "n", "ij" (of i, j), "train"; raises E115 where it is an expression (or
    returns it, if told so).
    """
    simple = _PLAIN_SUBSCRIPT.match(token.text)
    if simple and len(simple[1]) <= _LONGEST:
        return simple[1]
    if token.text[0] in SUBSCRIPTS:
        text = "".join([SUBSCRIPTS[letter] for letter in token.text])
    else:
        text = _separated(token.text[1:].strip().strip("()"))
        text = _COMMAND.sub(_command_name, _DRESS.sub(r"\1", text))
        text = _SPACING.sub("", text).replace("*", "star").replace("∞", "inf")
        text = text if text.isascii() else plain(text)
    if refuse and (not text or len(text) > _LONGEST or not text.isascii() or not text.replace("_", "").isalnum()):
        raise mistakes.ill_subscript(token.text.lstrip("_"), token.span)
    return text


def layer(tokens: list[Token], place: int) -> tuple[Token, int, bool] | None:
    """The number or letter in x^{(i)} or A^{[1]}, the place behind, and whether a transpose stands with it; None where
    the exponent here is none of these.
    """
    kinds = [token.kind for token in tokens[place : place + 7]]
    if kinds[:3] != ["CARET", "OPEN", "OPEN"] or tokens[place + 1].text != "{" or tokens[place + 2].text == "{":
        return None
    if (
        len(kinds) < 6
        or kinds[3] not in {"NUMBER", *_WORDS}
        or kinds[4] != "CLOSE"
        or not tokens[place + 3].text.isalnum()
    ):
        return None
    inner = tokens[place + 3]
    if kinds[5] == "CLOSE":
        return inner, place + 6, False
    turned = kinds[5] == "TOP" or (kinds[5] in _WORDS and tokens[place + 5].text == "T")
    return (inner, place + 7, True) if turned and kinds[6:] == ["CLOSE"] else None


def _separated(text: str) -> str:
    """Commas between numbers and words are kept as underscores, since A_{10,2} is not A_{1,02}; i,j is ij."""
    parts = [part.strip() for part in text.strip("{} ").split(",")]
    if len(parts) == 1 or all(len(part) == 1 and part.isalpha() for part in parts):
        return text
    return "_".join(parts)


def _command_name(match: re.Match[str]) -> str:
    name = match[1]
    if name in {"infty", "star", "max", "min"}:
        return {"infty": "inf"}.get(name, name)
    return COMMANDS.get(
        name, "" if name in {"mathrm", "mathbf", "mathsf", "text", "bm", "rm", "quad"} else match[0].strip()
    )


def first_of_subscript(base: str, written: str, scope: Scope, bound: frozenset[str]) -> int:
    r"""How many letters of a subscript without braces belong to it: `_2W_1x` is 2, and W_1 x stands behind.

    written: without its underscore.  bound: the indices of the sums in the text.  All of it where nothing tells them
    apart, as in x_train or A_ij.
    """
    whole = len(written)
    if scope.knows(f"{base}_{written}") or f"{base}_{written}" in SPELLINGS or not written.isascii():
        return whole
    run = _RUN.match(written)
    end = run.end() if run else whole
    if written[0].isdigit():
        return _of_number(base, written, end, scope)
    behind, index = written[end : end + 1], written[0]
    if run is None or not run[0].isalpha() or run[0] in DECORATIONS or end != 2 or run[0][1] in INDEX_LETTERS:
        return whole
    return 1 if behind == "_" or index in bound or scope.tex else whole


INDEX_LETTERS = frozenset("ijklmn")


def _of_number(base: str, written: str, end: int, scope: Scope) -> int:
    """How far a subscript reaches that begins with a number of `end` digits: Kronecker's delta_2k has a letter too."""
    is_delta = base == DELTA and len(written) == 2 and written[1] in INDEX_LETTERS
    return 2 if is_delta and not scope.tex else end


def is_name(word: str) -> bool:
    """Whether a word is a name by itself: one letter (perhaps with digits), Greek, or either with hat, bar, tilde."""
    if len(word) == 1 or word in GREEK_NAMES or (word[1:].isdigit() and word.isascii()):
        return True
    if word.isascii() and word.rstrip("0123456789") in GREEK_NAMES:
        return True
    stem, _, decoration = word.partition("_")
    return decoration in DECORATIONS and is_name(stem)


def split(token: Token, scope: Scope, called: bool) -> list[Token]:
    """The names in a run of letters that is neither declared nor a function's name.

    called: an opening bracket follows directly.  A function's name in front of capital or Greek letters is a function
    word (trX).
    Raises E102 where the run looks like a function's name or a word rather than a product.
    """
    word = token.text
    if len(word) > _LONGEST:
        raise mistakes.error("E102", f"unknown name '{word[:20]}…' of {len(word):,} letters", token.span)
    if word.isascii():
        _refuse_words(token, called)
        _refuse_names(token, scope)
        starts = _ascii_pieces(word, scope)
    else:
        starts = _unicode_pieces(token, scope)
    found = []
    for begin, end, name in starts:
        if name.isdigit():
            raise mistakes.error(
                "E114",
                f"'{word}' can be read in more than one way",
                token.span,
                hint="put blanks or parentheses where they belong",
            )
        kind = "FUNCTION" if name in SPELLINGS and not is_name(name) and not scope.knows(name) else "NAME"
        found.append(
            Token(
                kind,
                SPELLINGS[name] if kind == "FUNCTION" else name,
                token.start + begin,
                token.start + end,
                token.glued if begin == 0 else True,
            )
        )
    return found


def _refuse_words(token: Token, called: bool) -> None:
    word = token.text
    lower = word.islower()
    if called:
        near = mistakes.closest(word) if len(word) > 2 or lower or word.isupper() else ""
        same = near.casefold() == word.casefold()
        swapped = len(word) == 2 and sorted(near) == sorted(word)
        if (
            _LOWER_RUN.search(word)
            or same
            or swapped
            or (near and len(word) > 2 and (lower or word.istitle()))
            or _ends_with_function(word)
        ):
            raise mistakes.unknown_function(word, token.span)
        return
    begin = _function_in_front(word)
    if begin and word[len(begin)].islower() and (len(word) < _WORDY or not mistakes.closest(word)):
        raise mistakes.error(
            "E114",
            f"'{word}' can be read as a function or as a product",
            token.span,
            say=f"did you mean '{begin} {word[len(begin) :]}'?",
            hint=f"write '{begin}({word[len(begin) :]})' or declare '{word}'",
        )
    if _LONG_LOWER.search(word) or (lower and len(word) >= _WORDY and mistakes.closest(word)):
        raise mistakes.unknown_word(word, token.span)


def _refuse_names(token: Token, scope: Scope) -> None:
    """Raise E102 for a run of letters that is a word or the name of something rather than a product: rank, res, loss,
    XtX.  abx holds the variable x, and reads as a product.
    """
    word = token.text
    run = word if word.islower() else word[1:]
    known = scope.variables | scope.names
    if _TURNED.match(word) and "t" not in known:
        raise mistakes.two_readings(
            word,
            ("a name that is declared", f"{word} in R^{{n x n}}"),
            ("a product with a transpose", f"{word[0]}^T {word[2]}"),
            token.span,
        )
    if not run.islower() or not run.isalpha() or len(run) < 2 or _function_in_front(word):
        return
    prose = word.lower() in _WORDS_NO_PRODUCTS
    named = len(run) > 2 and bool(scope.variables) and known.isdisjoint(word)
    if prose or named or (len(run) > 2 and _TWICE.search(run)):
        raise mistakes.unknown_word(word, token.span)


def _ends_with_function(word: str) -> bool:
    return any(word.endswith(name) for name in _APPLIED if len(name) > 2)


def _function_in_front(word: str) -> str:
    return next((name for name in _APPLIED if word.startswith(name) and len(word) > len(name)), "")


def _ascii_pieces(word: str, scope: Scope) -> list[tuple[int, int, str]]:
    pieces = []
    at = 0
    begin = _function_in_front(word)
    if begin:
        pieces.append((0, len(begin), begin))
        at = len(begin)
    while at < len(word):
        end = next(
            (end for end in range(len(word), at + 1, -1) if scope.knows(word[at:end]) or word[at:end] in GREEK_NAMES), 0
        )
        if not end:
            match = _PIECES.match(word, at)
            end = match.end() if match else at + 1
        pieces.append((at, end, word[at:end]))
        at = end
    return pieces


def _unicode_pieces(token: Token, scope: Scope) -> list[tuple[int, int, str]]:
    """Letters with their combining marks, each in plain spelling; ASCII stretches between them as above."""
    word = token.text
    pieces: list[tuple[int, int, str]] = []
    at = 0
    while at < len(word):
        end = at + 1
        if word[at].isascii():
            while end < len(word) and word[end].isascii():
                end += 1
            if end < len(word) and "\u0300" <= word[end] <= "\u036f":
                end -= 1
        if end > at + 1 or (
            end == at + 1 and word[at].isascii() and not (end < len(word) and "\u0300" <= word[end] <= "\u036f")
        ):
            pieces += [(at + begin, at + stop, name) for begin, stop, name in _ascii_pieces(word[at:end], scope)]
            at = end
            continue
        end = max(end, at + 1)
        while end < len(word) and "\u0300" <= word[end] <= "\u036f":
            end += 1
        name = plain(word[at:end])
        while end < len(word) and word[end].isdigit():
            name, end = name + word[end], end + 1
        if not name.isascii() or not name.replace("_", "").isalnum():
            raise mistakes.strange_letter(word, word[at], token.span)
        pieces.append((at, end, name))
        at = end
    return pieces
