"""Inputs that nobody would write on purpose: questions of the corpus mutilated by tokens, characters and bytes, and
noise.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import NamedTuple

from matdiff.functions import SPELLINGS
from matdiff.reading.lexing import TABLES

CORPUS = Path(__file__).parent.parent / "corpus"


class Input(NamedTuple):
    """A question as texts that may be anything."""

    expr: str
    wrt: str
    where: tuple[str, ...]


def corpus():
    """The questions of the corpus."""
    found = []
    for name in ("visible.jsonl", "variants_visible.jsonl", "errors_visible.jsonl"):
        for line in (CORPUS / name).read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            where = case.get("where") or ()
            found.append(
                Input(
                    case.get("expr") or "", case.get("wrt") or "", (where,) if isinstance(where, str) else tuple(where)
                )
            )
    return found


COMMON = (
    *r"""
    A B X x y a b t k 0 1 2 + - * / ( ) [ ] { } , ^ _ .* ./ .^ ' ^T ᵀ ⁻¹ ^-1 ^{-1} ^2 ^k | || x_n A_ij x_{n,m} beta \beta β tr( det( inv( log exp( sum(
    diag( norm( vec( kron( sum_{n=1}^N sum(n,1,N, u(x) f(X) du/dx \frac{ I I_n ones(n) 1/2 _F _2
    """.split(),  # noqa: SIM905 # a list would take a line for each
    " ",
)
RARE = (
    *r"""
    x̂ ² ₁ ½ d/dx d/dX d^2/dx^2 ∂/∂x \nabla_x d \sum_{i}^{n} where in R^{ m x n} symmetric ‖ _* $ & % \ \\ ; = . .. e9 1e999
    9999999999999999999999999999999999999999 0.1 np.linalg.inv( .sum() X.T __import__('os') lambda def None `id` 🙂 Ω ⅆ 𝐗
    """.split(),  # noqa: SIM905 # a list would take a line for each
    *TABLES.spellings,
    *SPELLINGS,
    *("\n", "\t", "\x00", "\x1b[2J", "\ud800", "\ufeff", "\u202e", "$(touch x)"),
)


class Mutations:
    """An endless source of inputs; the same seed gives the same ones."""

    def __init__(self, seed):
        self.random = random.Random(seed)  # noqa: S311 # nothing secret
        self.corpus = corpus()

    def input(self):
        """One more input."""
        kind = self.random.random()
        if kind < 0.08:
            return Input(self.noise(), self.random.choice(("", "d/dx", "d/dX", self.noise())), ())
        one = self.random.choice(self.corpus)
        if kind < 0.2:
            return one._replace(wrt=self.mutated(one.wrt))
        if kind < 0.3:
            return one._replace(where=tuple(self.mutated(text) for text in (*one.where, "A in R^{m x n}")))
        if kind < 0.4:
            return Input(f"{one.wrt} {self.mutated(one.expr)} where {self.mutated('; '.join(one.where))}", "", ())
        if kind < 0.45:
            return one._replace(expr=self.random.choice(self.corpus).expr)
        return one._replace(expr=self.mutated(one.expr))

    def noise(self):
        """Characters or pieces of the language in any order."""
        count = self.random.randrange(40)
        if self.random.random() < 0.5:
            return "".join(chr(self.random.randrange(1, 0x11000)) for _ in range(count))
        return self.random.choice(("", " ")).join(self.piece() for _ in range(count))

    def piece(self):
        """A piece of the language, now and then a strange one."""
        return self.random.choice(COMMON if self.random.random() < 0.75 else RARE)

    def mutated(self, text):
        """The text with one to four mutilations."""
        for _ in range(self.random.choice((1, 1, 1, 2, 3, 4))):
            text = self.random.choice(self.WAYS)(self, text)
        return text

    def place(self, text):
        return self.random.randrange(len(text) + 1)

    def part(self, text):
        start = self.place(text)
        return start, min(len(text), start + self.random.choice((1, 1, 2, 3, 5, 10)))

    def cut(self, text):
        start, end = self.part(text)
        return text[:start] + text[end:]

    def insert(self, text):
        place = self.place(text)
        return text[:place] + self.piece() + text[place:]

    def replace(self, text):
        start, end = self.part(text)
        return text[:start] + self.piece() + text[end:]

    def double(self, text):
        start, end = self.part(text)
        return text[:end] + text[start:]

    def repeat(self, text):
        start, end = self.part(text)
        return text[:start] + text[start:end] * self.random.choice((3, 10, 50)) + text[end:]

    def swap(self, text):
        start, end = self.part(text)
        middle = self.random.randrange(start, end + 1)
        return text[:start] + text[middle:end] + text[start:middle] + text[end:]

    def truncate(self, text):
        return text[: self.place(text)]

    def splice(self, text):
        other = self.random.choice(self.corpus).expr
        return text[: self.place(text)] + other[self.place(other) :]

    def character(self, text):
        place = self.place(text)
        return (
            text[:place]
            + chr(self.random.choice((0x20, 0x300, 0x370, 0x2000, 0x2200, 0x1D400)) + self.random.randrange(0x100))
            + text[place:]
        )

    def byte(self, text):
        """One byte of the text's UTF-8 changed, read as arguments of a process are."""
        data = bytearray(text.encode("utf-8", "surrogatepass"))
        if data:
            data[self.random.randrange(len(data))] ^= 1 << self.random.randrange(8)
        return data.decode("utf-8", "surrogateescape")

    def wrap(self, text):
        opening, closing = self.random.choice(
            (
                ("(", ")"),
                ("|", "|"),
                ("\\left(", "\\right)"),
                ("log ", ""),
                ("-", ""),
                ("inv(", ")"),
                ("sum(", ")"),
                ("tr(", ")"),
            )
        )
        count = self.random.choice((1, 1, 2, 20, 120))
        return opening * count + text + closing * count

    WAYS = (cut, insert, insert, replace, replace, double, repeat, swap, truncate, splice, character, byte, wrap)
