r"""Sets that declarations name, as R^n and R^{n x n} with properties: S^n, Sym(n), O(n), M_n(R), \{-1, 1\}, R_+^n."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.reading import mistakes
from matdiff.reading.letters import plain

if TYPE_CHECKING:
    from matdiff.reading.lexing import Token

Clause = list["Token"]
_SYMMETRIC = frozenset(("S", "𝕊"))
_REALS = frozenset(("R", "ℝ"))
_GROUPS = {"Sym": "symmetric", "O": "orthogonal", "SO": "orthogonal", "GL": "", "Mat": "", "M": ""}
_NUMBERS = frozenset(("NUMBER", "MINUS", "PLUS", "COMMA", "INFINITY"))
_OPENS = frozenset(("{", "\\{", "\\lbrace", "[", "("))


def in_the_reals(clause: Clause) -> Clause:
    """A declaration `x in <set>` with the set as one of real vectors or matrices; others as they are."""
    place = sign(clause)
    if not place or place + 1 >= len(clause):
        return clause
    head, rest = clause[:place], clause[place + 1 :]
    into = clause[place].become("IN", "∈")
    if rest[0].text in _SYMMETRIC:
        return _symmetric(head, into, rest)
    if rest[0].text in _GROUPS and len(rest) > 1:
        return _group(head, into, rest) or clause
    if rest[0].text in _OPENS and all(token.kind in _NUMBERS for token in rest[1:-1]) and len(rest) > 2:
        return [*head, into, rest[0].become("WORD", "R", rest[-1].end)]  # {-1, 1}, [0, 1]: a number
    if (rest[0].kind == "REALS" or rest[0].text in _REALS) and len(rest) > 1:
        return _reals(head, into, rest)
    return clause


def sign(clause: Clause) -> int:
    """The place of the sign of membership, or 0."""
    return next((k for k, token in enumerate(clause) if k and (token.kind == "IN" or token.text == "in")), 0)


def _reals(head: Clause, into: Token, rest: Clause) -> Clause:
    """R_+^n is R^n, R^(m, n) is R^{m x n}.  Raises E125 for a matrix' letter in R^{m*n}."""
    kept = [token for token in rest if token.kind != "SUBSCRIPT" or set(token.text.strip("_{} ")) - set("+>0≥")]
    end = next((k for k, token in enumerate(kept) if token.kind == "CLOSE"), len(kept))
    within = range(kept[1].kind == "CARET" and 2, end) if len(kept) > 1 else range(0)
    starred = [k for k in within if kept[k].kind == "STAR"]
    if starred and head[0].text[:1].isupper():
        name, at = head[0].text, starred[0]
        one, other = kept[at - 1].text, kept[min(at + 1, len(kept) - 1)].text
        raise mistakes.two_readings(
            f"R^{{{one}*{other}}}",
            ("a matrix", f"{name} in R^{{{one} x {other}}}"),
            ("a vector of that many entries", f"{name} in R^{{({one} {other}) x 1}}"),
            kept[at].span,
        )
    commas = [k for k in within if kept[k].kind == "COMMA"]
    return [*head, into, *[token.become("CROSS", "x") if k in commas else token for k, token in enumerate(kept)]]


def _group(head: Clause, into: Token, rest: Clause) -> Clause | None:
    """Sym(n), O(n), SO(n), Mat(m, n), GL(n), M_n(R), M_{m x n}: real matrices, with what is known of them."""
    word = rest[0]
    structure = [word.become("WORD", _GROUPS[word.text])] if _GROUPS[word.text] else []
    behind = rest[1:]
    if behind[0].kind == "SUBSCRIPT":
        from matdiff.reading.subscripts import subscript_tokens  # noqa: PLC0415 # rare, and it reads tokens itself

        inner, left = subscript_tokens(behind[0]), behind[1:]
        field = left[1:2] if left[:1] and left[0].kind == "OPEN" else []
        left = left[3:] if field and (field[0].kind == "REALS" or field[0].text in _REALS) else left
    elif behind[0].kind == "OPEN":
        end = next((k for k, token in enumerate(behind) if token.kind == "CLOSE"), len(behind))
        inner, left = behind[1:end], behind[end + 1 :]
    else:
        return None
    inner = [token.become("CROSS", "x") if token.kind == "COMMA" else token for token in inner]
    if inner[-1:] and inner[-1].text in _REALS:
        inner = inner[:-2]  # GL(n, R)
    return _square([*head, into], inner, word, [*structure, *left])


def _symmetric(head: Clause, into: Token, rest: Clause) -> Clause:
    """A in S^n, S_+^n, S_{++}^n: symmetric, or positive definite, of n rows."""
    word, behind = rest[0], rest[1:]
    below = [token for token in behind if token.kind == "SUBSCRIPT"]
    above = [token for token in behind if token.kind != "SUBSCRIPT"]
    structure = word.become("WORD", "spd" if below and below[0].text.count("+") > 1 else "symmetric")
    if not above:
        return [*head, structure]
    if above[0].kind not in {"CARET", "SUPERSCRIPT"}:
        return [*head, into, *rest]
    size = above[1:] if above[0].kind == "CARET" else [above[0].become("WORD", _lowered(above[0])), *above[1:]]
    inner, left = size[:1], size[1:]
    if size and size[0].kind == "OPEN":
        end = next((k for k, token in enumerate(size) if token.kind == "CLOSE"), 0)
        inner, left = size[1:end], size[end + 1 :]
    return _square([*head, into], inner, word, [structure, *left])


def _lowered(token: Token) -> str:
    from matdiff.reading.letters import SUPERSCRIPTS  # noqa: PLC0415 # as rare as the notation

    return plain("".join([SUPERSCRIPTS[letter] for letter in token.text]))


def _square(head: Clause, inner: Clause, word: Token, behind: Clause) -> Clause:
    """`head` R^{n x n} behind, the sizes written once or twice."""
    at = inner[0] if inner else word
    crossed = any(token.kind == "CROSS" or token.text == "x" for token in inner)
    twice = inner if crossed else [*inner, at.become("CROSS", "x"), *inner]
    sides = [at.become("CARET", "^"), at.become("OPEN", "("), *twice, at.become("CLOSE", ")")]
    return [*head, word.become("WORD", "R"), *sides, *behind]
