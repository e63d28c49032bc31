r"""Declarations as people write them, turned into the language's own: A = A^T, A is symmetric, A \in S^n, A: (n, n).

One clause at a time, between commas and semicolons; what is none of these passes as it is.
"""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.reading import mistakes
from matdiff.reading.declaration_spaces import Clause, in_the_reals, sign
from matdiff.reading.declaration_tokens import KINDS, STRUCTURES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matdiff.reading.lexing import Token

_RANGE = re.compile(
    r"\(?\s*(?:\b(?:for|all|each)\b\s*|∀|\\forall)*\s*\b[a-z]\s*=\s*[01]\s*,?\s*(?:\.\.\.?|…|\\[lc]?dots)\s*,?\s*[A-Za-z]\w*\s*\)?"
    r"|(?:\bfor\s+(?:all|each|every)\b|∀|\\forall)\s*[a-z]\b"
)
_VERBS = frozenset(("is", "are", "be"))
_ARTICLES = frozenset(("a", "an"))
_LEADING = frozenset(("let", "Let", "with", "assume", "suppose"))
_WORDS = {  # properties under other names
    "psd": "symmetric",
    "PSD": "symmetric",
    "pd": "spd",
    "PD": "spd",
    "hermitian": "symmetric",
    "Hermitian": "symmetric",
    "unitary": "orthogonal",
    "orthonormal": "orthogonal",
    "square": "matrix",
    "invertible": "matrix",
    "nonsingular": "matrix",
}
_TURNED = re.compile(r"(-?)([^\W\d]\w*?)(?:\^\{?(?:T|\\top|\\intercal|⊤)\}?|['⊤ᵀ]|\.T)")
_ORDERS = {"≻": "spd", "\\succ": "spd", "⪰": "symmetric", "≽": "symmetric", "\\succeq": "symmetric"}
_PLURALS = {"vectors": "vector", "matrices": "matrix", "scalars": "scalar", "integers": "integer", "numbers": "scalar"}
_SAYS_NOTHING = frozenset(("const", "constant", "constants", "fixed", "given", "known", "parameter", "data"))
_OF_SIZE = frozenset(("size", "shape", "dimension", "dimensions", "length", "order", "dim"))
_PREPOSITIONS = frozenset(("of", "with", "has", "have", "having"))


def without_ranges(text: str) -> str:
    """The text without "for n = 1, …, N", blanks in its place: the sum says what its index runs over."""
    return _RANGE.sub(lambda found: " " * len(found[0]), text) if "=" in text or "all" in text or "∀" in text else text


def translated(given: list[Token]) -> list[Token]:
    """The tokens of declarations in the language's own words."""
    out: list[Token] = []
    for clause, separator in _clauses(given):
        if not _is_plain(clause):
            if clause and _says_nothing(clause):
                continue
            for rule in _RULES:
                clause = rule(clause)  # noqa: PLW2901 # one rule after the other
        out += clause
        out += [separator] if separator is not None else []
    return out


def _is_plain(clause: Clause) -> bool:
    """Whether it is the language's own already: x in R, X in R^{a x b}."""
    if len(clause) < 3 or clause[1].text != "in" or clause[2].text != "R":
        return False
    return [token.kind for token in clause[3:]] in _PLAIN_SPACES and all(len(token.text) == 1 for token in clause[3:])


_PLAIN_SPACES: tuple[list[str], ...] = (
    [],
    ["CARET", "WORD"],
    ["CARET", "OPEN", "WORD", "WORD", "WORD", "CLOSE"],
)


def _says_nothing(clause: Clause) -> bool:
    """Whether it tells no kind and no shape: c is a constant."""
    words = [token.text for token in clause[1:] if token.text not in _VERBS | _ARTICLES]
    return bool(words) and all(word in _SAYS_NOTHING for word in words)


def _clauses(given: list[Token]) -> Iterator[tuple[Clause, Token | None]]:
    part: Clause = []
    depth = 0
    for place, token in enumerate(given):
        depth += (token.kind == "OPEN") - (token.kind == "CLOSE")
        if token.text == "and" and depth <= 0 and part:
            following = given[place + 1].text if place + 1 < len(given) else ""
            if following not in {*STRUCTURES, *KINDS, *_WORDS, "positive"}:
                yield part, token.become("COMMA", ",")
                part = []
        elif token.kind in {"COMMA", "SEMICOLON"} and depth <= 0:
            yield part, token
            part = []
        else:
            part.append(token)
    yield part, None


def _plain_words(clause: Clause) -> Clause:
    """Without verbs, articles and what else carries nothing; properties by their usual names."""
    if clause and clause[0].text in _LEADING and len(clause) > 2:
        clause = clause[1:]
    found: Clause = []
    for place, token in enumerate(clause):
        last = place + 1 == len(clause)
        carries_nothing = token.text in _VERBS | _SAYS_NOTHING or (
            not last and token.text in _ARTICLES | {"real"} and _is_word(clause[place + 1]) and place > 0
        )
        if carries_nothing and place:
            continue
        if place and token.text in _WORDS:
            others = any(other.text not in {*_WORDS, *_VERBS, *_ARTICLES} for other in clause[1:] if other is not token)
            name = _WORDS[token.text]
            if name == "matrix" and others:
                continue
            token = token.become("WORD", name)  # noqa: PLW2901 # the same place
        found.append(token.become("WORD", _PLURALS[token.text]) if place and token.text in _PLURALS else token)
    return _semidefinite(_by(found))


def _is_word(token: Token) -> bool:
    """Whether an article may stand before it: the a of R^{a x b} is a size."""
    return token.kind == "WORD" and token.text != "x"


def _by(clause: Clause) -> Clause:
    """n-by-n and n by n as n x n; a d-dimensional vector and a vector of length d as : d."""
    texts = [token.text for token in clause]
    if "by" in texts[1:]:
        at = texts.index("by", 1)
        around = [k for k in (at - 1, at + 1) if k < len(clause) and clause[k].kind == "MINUS"]
        clause = [token.become("CROSS", "x") if k == at else token for k, token in enumerate(clause) if k not in around]
    texts = [token.text for token in clause]
    if "dimensional" in texts[2:]:
        at = texts.index("dimensional")
        start = at - 1 - (clause[at - 1].kind == "MINUS")
        size = clause[start]
        rest = [token for token in clause[at + 1 :] if token.text != "vector"]
        clause = [*clause[:start], size.become("COLON", ":"), size, *rest]
    for at, token in enumerate(clause[1:-1], 1):
        if token.text in _OF_SIZE and len(clause) > at + 1:
            start = at - (clause[at - 1].text in _PREPOSITIONS)
            before = [word for word in clause[1:start] if word.text not in {"vector", "matrix"}]
            return [clause[0], token.become("COLON", ":"), *clause[at + 1 :], *before]
    return clause


def _name_first(clause: Clause) -> Clause:
    """Symmetric A in R^{n x n}, matrix A: the properties go behind the name."""
    known = {*STRUCTURES, *KINDS, "positive", "definite", "square"}
    many = next((k for k, token in enumerate(clause) if token.text not in known or len(token.text) == 1), 0)
    if not many or many >= len(clause) or clause[many].kind not in {"WORD", "LETTER"}:
        return clause
    before = [token for token in clause[:many] if len(clause) == many + 1 or token.text not in KINDS]
    end = many + 1 + (many + 1 < len(clause) and clause[many + 1].kind == "SUBSCRIPT")
    return [*clause[many:end], *clause[end:], *before]


def _space_first(clause: Clause) -> Clause:
    """A symmetric in R^{n x n}: the space goes before the properties."""
    place = sign(clause)
    between = clause[1:place]
    if place < 2 or not all(token.text in {*STRUCTURES, *KINDS, "positive", "definite"} for token in between):
        return clause
    kept = [token for token in between if token.text not in KINDS]
    return [clause[0], clause[place].become("IN", "∈"), *clause[place + 1 :], *kept]


def _semidefinite(clause: Clause) -> Clause:
    """Positive semidefinite says symmetric: definite it need not be."""
    texts = [token.text for token in clause]
    for phrase in (
        ["positive", "semidefinite"],
        ["positive", "semi", "-", "definite"],
        ["positive", "semi", "definite"],
    ):
        for place in range(1, len(texts) - len(phrase) + 1):
            if texts[place : place + len(phrase)] == phrase:
                rest = [token for token in clause[place + len(phrase) :] if token.text != "symmetric"]
                before = [token for token in clause[:place] if token.text != "symmetric"]
                return [*before, clause[place].become("WORD", "symmetric"), *rest]
    return clause


def _equation(clause: Clause) -> Clause:
    """A = A^T is symmetric, A = -A^T skew; Q^T Q = I does not say that Q is square.  Raises E115 for that."""
    sign = next((place for place, token in enumerate(clause) if token.kind == "EQUALS"), 0)
    if not sign:
        return clause
    one, other = ("".join([token.text for token in side]) for side in (clause[:sign], clause[sign + 1 :]))
    for plain, turned in ((one, other), (other, one)):
        found = _TURNED.fullmatch(turned)
        if found is not None and plain in {found[2], f"-{found[2]}"}:
            skew = (plain[0] == "-") != (found[1] == "-")
            return _said(clause, found[2], "skew" if skew else "symmetric")
    if clause[-1].text[:1] == "I" and "".join([token.text for token in clause]).count("=") > 1:
        name = clause[0].text  # Q^T Q = Q Q^T = I
        if f"{name}{name}^" in other.replace("{", "").replace("}", "") and _TURNED.match(one):
            return [clause[0], clause[-1].become("WORD", "orthogonal")]
    square = re.fullmatch(rf"{_TURNED.pattern}([^\W\d]\w*)", one)
    if square is not None and square[2] == square[3] and other[:1] == "I":
        raise mistakes.not_supported(
            f"orthonormal columns of '{square[2]}' as a declaration are not supported",
            clause[0].span,
            hint=f"declare '{square[2]} orthogonal' where it is square",
        )
    return clause


def _said(clause: Clause, name: str, structure: str) -> Clause:
    subject = next(token for token in clause if token.text == name)
    return [subject, clause[-1].become("WORD", structure)]


def _order(clause: Clause) -> Clause:
    """A ≻ 0 is positive definite, A ⪰ 0 at least symmetric."""
    if len(clause) == 3 and clause[1].text in _ORDERS and clause[2].text == "0":
        return [clause[0], clause[1].become("WORD", _ORDERS[clause[1].text])]
    return clause


def _shape(clause: Clause) -> Clause:
    """A: (n, n), A.shape = (n, n), X: R^{n x d}, A n x n."""
    if len(clause) < 3:
        return clause
    if clause[1].text == ".shape" and clause[2].kind in {"EQUALS", "RELATION"}:
        clause = [clause[0], clause[2].become("COLON", ":"), *clause[3:]]
    if clause[1].kind == "COLON" and clause[2].text == "R" and len(clause) > 3:
        return [clause[0], clause[1].become("IN"), *clause[2:]]
    if clause[1].kind == "COLON" and clause[2].kind == "REALS":
        return [clause[0], clause[1].become("IN"), *clause[2:]]
    if (
        clause[1].text == "("
        and clause[-1].text == ")"
        and any(token.text in {"x", "×", "\\times"} for token in clause[2:])
    ):
        return [clause[0], clause[1].become("COLON", ":"), *clause[2:-1]]
    if clause[1].kind == "COLON" and clause[2].text == "(" and any(token.kind == "COMMA" for token in clause):
        end = next((k for k, token in enumerate(clause) if token.text == ")"), len(clause))
        inner = clause[3:end]
        inner = inner[:-1] if inner and inner[-1].kind == "COMMA" else inner
        sizes = [token.become("CROSS", "x") if token.kind == "COMMA" else token for token in inner]
        return [*clause[:2], *sizes, *clause[end + 1 :]]
    return _sizes_between(clause)


def _sizes_between(clause: Clause) -> Clause:
    for place in range(1, len(clause) - 2):
        one, sign, other = clause[place : place + 3]
        kinds = {"WORD", "NUMBER", "LETTER"}
        if (sign.kind == "CROSS" or sign.text == "x") and one.kind in kinds and other.kind in kinds:
            before = clause[1:place]
            if all(token.kind == "WORD" and token.text != "in" for token in before):
                colon = one.become("COLON", ":")
                sizes = [one, sign.become("CROSS", "x"), other]
                return [clause[0], colon, *sizes, *before, *clause[place + 3 :]]
    return clause


_RULES: tuple[Callable[[Clause], Clause], ...] = (
    _plain_words,
    _name_first,
    _equation,
    _order,
    in_the_reals,
    _space_first,
    _shape,
)
