"""What the passes over the tokens share: where they are, what they have put out, and what is known of names."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Span
from matdiff.reading import mistakes
from matdiff.reading.differentials import Differentials
from matdiff.reading.lexing import Token

if TYPE_CHECKING:
    from matdiff.reading.names import Scope

OPERAND_ENDS = frozenset(
    (
        "NUMBER",
        "NAME",
        "CONSTANT",
        "CLOSE",
        "RPAR",
        "TRANSPOSE",
        "INVTRANS",
        "KIND",
        "SUBSCRIPT",
        "RIGHTBAR",
        "RIGHTNORM",
        "BAR",
        "NORMBAR",
        "TEXT",
        "PSEUDO",
        "PLUSPART",
        "RANGLE",
        "MATRIXEND",
    )
)
WORD_KINDS = frozenset(("WORD", "LETTER", "UPRIGHT"))
_DEEPEST = 20
_END = Token("$END", "", 0, 0)


class TokenPass:
    """One pass over the tokens; `read` makes the same pass over others, such as those in an exponent."""

    def __init__(self, given: list[Token], scope: Scope, depth: int = 0, notes: list[str] | None = None) -> None:
        self.given = given
        self.notes: list[str] = [] if notes is None else notes
        self.scope = scope
        self.out: list[Token] = []
        self.layers: dict[str, tuple[str, Span]] = {}
        self.depth = depth
        self.differentials = Differentials(given, scope)

    def run(self) -> list[Token]:
        raise NotImplementedError

    def read(self, given: list[Token]) -> list[Token]:
        """The same pass over the tokens of a bound or an exponent; raises E106 where bounds stand in bounds too
        deep.
        """
        if self.depth >= _DEEPEST:
            raise mistakes.too_deep(given[0].span if given else Span(0, 0), _DEEPEST)
        return type(self)(given, self.scope, self.depth + 1, self.notes).run()

    def at(self, place: int) -> Token:
        return self.given[place] if place < len(self.given) else _END

    def last(self) -> str:
        return self.out[-1].kind if self.out else ""


def sizes(raw: str, token: Token) -> tuple[str, ...]:
    r"""The sizes below a ones vector or an identity: 1_n, 1_{m \times n}."""
    parts = [part.strip() for part in raw.replace("\\times", "×").replace(",", "×").split("×")]
    if len(parts) > 2 or not all(part.isascii() and part.replace("_", "").isalnum() for part in parts):
        raise mistakes.ill_subscript(raw, token.span)
    return tuple(parts)
