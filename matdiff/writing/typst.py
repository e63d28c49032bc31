"""Typst: X^top, frac(a, b), norm(x), ∂; parentheses grow by themselves there."""

from __future__ import annotations

from matdiff.functions import TABLE
from matdiff.writing import latex
from matdiff.writing.letters import GREEK

_GREEK = {**GREEK, "varphi": "φ", "phi": "ϕ", "ell": "ℓ", "lam": "λ", "eps": "ϵ"}
_ACCENTS = {"bar": "macron", "check": "caron"}


class Notation(latex.Notation):
    hadamard = " ⊙ "
    hadamard_division = " ⊘ "
    product_sign = " ⊗ "
    times = "⋅ "
    by = " × "
    double_bars = ("norm(", ")")
    single_bars = ("abs(", ")")
    scripts = ("(", ")")
    fraction_parts = ("frac(", ", ", ")")
    root_parts = ("sqrt(", ")")
    matrix_parts = ('mat(delim: "[", ', ", ", "; ", ")")
    transposed = "^top"
    inverse_transposed = "^(-top)"
    d = "∂"
    between_differentials = " thin "
    sums = ("∑", "∏")
    total_differential = "upright(d)"
    infinity = "∞"
    elementwise = "⊙ "

    def delimiters(self, opening: str, closing: str, *, stretch: bool) -> tuple[str, str]:  # noqa: ARG002 # Typst stretches them itself
        return opening, closing

    def letter(self, base: str) -> str:
        return _GREEK.get(base) or (base if len(base) == 1 else self.upright(base))

    def upright(self, word: str) -> str:
        return f'upright("{word}")'

    def bold(self, base: str) -> str:
        return f"bold({self.letter(base)})" if base in _GREEK or len(base) > 1 else f"upright(bold({base}))"

    def accented(self, accent: str, letter: str) -> str:
        return f"{_ACCENTS.get(accent, accent)}({letter})"

    def run(self, letters: str) -> str:
        return letters if letters.isdigit() else " ".join(letters)

    def function_name(self, name: str) -> str:
        row = TABLE[name]
        if row.typst:
            return row.typst
        return row.unicode or name if row.arity == (0, 0) else f'op("{row.unicode or name}")'
