"""The input language in Unicode: Xᵀ X⁻¹ x² βₙ ‖x‖ ∘ ∂u/∂x; it can be read back."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Call, Expr, IndexedSum, Num, Sym
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.writing.letters import ACCENTS, FONTS, GREEK, accent_and_index, lowered, raised
from matdiff.writing.linear import Linear
from matdiff.writing.walker import LOOSE, PRODUCT

if TYPE_CHECKING:
    from matdiff.writing.style import Style


_FEW = 10  # pieces of text in an exponent that is short


class Notation(Linear):
    hadamard = " ∘ "
    hadamard_division = " ⊘ "
    transposed = "ᵀ"
    inverse_transposed = "⁻ᵀ"
    double_bars = ("‖", "‖")
    open_sums = True
    d = "∂"

    def __init__(self, style: Style) -> None:
        super().__init__(style)
        self.calls[fn.KRONECKER] = self.kron

    def level(self, tree: Expr) -> int:
        return LOOSE if type(tree) is Call and tree.function == fn.KRONECKER else super().level(tree)

    def name(self, name: str) -> str:
        base, _, rest = name.partition("_")
        if self.style.changes.get(base):
            mark = base.removesuffix(self.style.changes[base])
            return GREEK.get(mark, mark) + self.name(name.removeprefix(mark))
        accent, index = accent_and_index(rest)
        letter = GREEK.get(base, base)
        if accent in FONTS or (accent and len(letter) > 1):
            return name
        if index and base in ("Sigma", "Pi"):  # Σ with a subscript would be a sum
            return name
        letter += ACCENTS.get(accent, "")
        return letter + (lowered(index) or "_" + index) if index else letter

    def function_name(self, name: str) -> str:
        spelled = TABLE[name].unicode
        return name if " " in spelled else spelled or name  # log det(X) would be read as log(det(X))

    def subscript(self, tree: Expr) -> None:
        self.say(self.index(tree))

    def index(self, tree: Expr) -> str:
        text = tree.name if isinstance(tree, Sym) else str(tree.value) if isinstance(tree, Num) else ""
        return lowered(text) or "_" + text

    def exponent(self, tree: Expr) -> None:
        """Raised characters where there are some for all of a short exponent: x², Xᵏ⁻¹, but x^(p/2)."""
        place = len(self.out)
        super().exponent(tree)
        if len(self.out) - place <= _FEW:
            small = raised("".join(self.out[place:]).strip("^()"))
            if small:
                self.out[place:] = [small]

    def kron(self, tree: Call) -> None:
        left, right = tree.args
        self.put(left, LOOSE if isinstance(left, Call) and left.function == tree.function else PRODUCT)
        self.say(" ⊗ ")
        self.put(right, PRODUCT)

    def norm_kind(self, kind: Expr) -> str:
        return self.index(kind) if isinstance(kind, Num) else super().norm_kind(kind)

    def small(self, exponent: int) -> str:
        return raised(str(exponent)) or super().small(exponent)

    def indexed_sum(self, tree: IndexedSum) -> None:
        self.say("∏" if tree.product else "∑", "_{", self.name(tree.index), "=")
        self.bound(tree.lo)
        self.say("}^")
        if isinstance(tree.hi, (Sym, Num)):
            self.bound(tree.hi)
        else:
            self.say("{")
            self.bound(tree.hi)
            self.say("}")
        self.say(" ")
        self.put(tree.body, LOOSE)
