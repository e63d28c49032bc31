"""Functions, derivatives and sums as the input language spells them: the part of the walk where notations differ
most.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.length import is_bare, is_norm_name, is_repeated, is_subscript, is_weight, unsigned
from matdiff.formula.syntax import PRIME, Apply, Call, Derivative, Expr, IndexedSum, Matrix, Num, Sym, children
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.reading.words import ENTRY_LETTERS
from matdiff.writing.style import PLAIN, Style
from matdiff.writing.walker import FACTOR, SUM, Walker

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.formula.question import Operator


_WRITTEN = {row.name: row.written for row in TABLE.values() if row.written and row.written != "sign"}
_LETTERED = tuple([row.name for row in TABLE.values() if row.letter])


def _is_below(size: Expr) -> bool:
    """May a size stand below a letter without being read as the place of an entry?"""
    return is_subscript(size) and not (isinstance(size, Sym) and size.name in ENTRY_LETTERS)


class Linear(Walker):
    """The input language in ASCII."""

    double_bars = ("||", "||")
    single_bars = ("|", "|")
    d = "d"
    scripts = ("{", "}")  # around what is raised or lowered, where it is more than a letter

    def __init__(self, style: Style = PLAIN) -> None:
        super().__init__(style)
        self.ambiguous: frozenset[str] | None = None
        self.forms |= {
            Call: self.call,
            Matrix: self.matrix,
            Apply: self.apply,
            Derivative: self.derivative,
            IndexedSum: self.indexed_sum,
        }
        self.calls: dict[str, Callable[[Call], None]] = {
            **dict.fromkeys(_LETTERED, self.lettered),
        }
        written = {
            "identity": self.eye,
            "unit vector": self.unit,
            "unit vectors": self.units,
            "norm": self.norm,
            "weighted norm": self.norm_weighted,
            "bars": self.bars,
        }
        self.calls.update({name: written[how] for name, how in _WRITTEN.items()})

    # ---- functions

    def function_name(self, name: str) -> str:
        return name

    def call(self, tree: Call) -> None:
        special = self.calls.get(tree.function)
        if special:
            special(tree)
        else:
            self.plain_call(tree)

    def plain_call(self, tree: Call) -> None:
        self.say(self.function_name(tree.function))
        if tree.args or tree.function in (fn.ONES, fn.ZEROS):
            self.arguments(tree.args)

    def arguments(self, args: tuple[Expr, ...]) -> None:
        self.listed("(", args, ")")

    def subscript(self, tree: Expr) -> None:
        self.say("_")
        self.put(tree)

    def eye(self, tree: Call) -> None:
        if not tree.args:
            self.say(fn.IDENTITY_LETTER)
        elif is_subscript(tree.args[0]):
            self.say(fn.IDENTITY_LETTER)
            self.subscript(tree.args[0])
        else:
            self.plain_call(tree)

    def unit(self, tree: Call) -> None:
        if is_subscript(tree.args[0]):
            self.say(fn.EULER)
            self.subscript(tree.args[0])
        else:
            self.say("e_", self.scripts[0])
            self.tight(tree.args[0], "", self.scripts[1])

    def units(self, tree: Call) -> None:
        """e_{2:n}, the columns 2 to n of the identity."""
        self.say("e_", self.scripts[0])
        self.tight(tree.args[0], "", ":")
        self.tight(tree.args[1], "", self.scripts[1])

    def matrix(self, tree: Matrix) -> None:
        """A matrix that is written out, [1 2; 3 4]: spaces part cells, so a product stands in parentheses."""
        self.say("[")
        for k, row in enumerate(tree.rows):
            self.say(*["; "][:k])
            for m, cell in enumerate(row):
                self.say(*[" "][:m])
                self.put(cell, SUM if isinstance(unsigned(cell), Num) else FACTOR)
        self.say("]")

    def lettered(self, tree: Call) -> None:
        """K_{m,n}, where the question has no K of its own, and K_{i,j} would be no entry."""
        letter = TABLE[tree.function].letter
        if any(name.partition("_")[0] == letter for name in self.style.symbols) or not all(map(_is_below, tree.args)):
            self.plain_call(tree)
            return
        self.say(letter, "_", self.scripts[0])
        for place, size in enumerate(tree.args):
            self.say(*[","][:place])
            self.put(size)
        self.say(self.scripts[1])

    def between(self, bars: tuple[str, str], tree: Call) -> None:
        """Bars within bars are put in parentheses: ||A (||x||)||."""
        opening, closing = bars
        if self.barred:
            opening, closing = "(" + opening, closing + ")"
        self.enclosed(opening, tree.args[0], closing, bars=True)

    def bars(self, tree: Call) -> None:
        self.between(self.single_bars, tree)

    def norm(self, tree: Call) -> None:
        if len(tree.args) > 1 and not is_norm_name(tree.args[1]):
            self.plain_call(tree)
        else:
            self.subscripted_norm(tree, self.norm_kind(tree.args[1]) if len(tree.args) > 1 else "")

    def norm_kind(self, kind: Expr) -> str:
        """What stands behind the bars: _1, _F, _*."""
        if isinstance(kind, Sym):
            return "_*" if kind.name == "nuclear" else "_" + kind.name
        return f"_{kind.value}" if isinstance(kind, Num) else ""

    def subscripted_norm(self, tree: Call, subscript: str) -> None:
        opening, closing = self.double_bars
        if self.barred:
            opening, subscript = "(" + opening, subscript + ")"
        self.enclosed(opening, tree.args[0], closing, bars=True)
        self.say(subscript)

    def norm_weighted(self, tree: Call) -> None:
        weight = tree.args[1]
        if isinstance(weight, Sym) and is_weight(weight):
            self.subscripted_norm(tree, "_" + weight.name)
        else:
            self.plain_call(tree)

    # ---- unknown functions

    def apply(self, tree: Apply) -> None:
        if tree.name.endswith(PRIME):
            self.say(self.name(tree.name.removesuffix(PRIME)), "'")
            self.arguments(tree.args)
            return
        self.say(self.name(tree.name))
        symbol = self.style.symbols.get(tree.name)
        own = symbol is None or (not symbol.structure and _names(tree) in {symbol.args, ()})
        if not own or not is_bare(tree) or tree.name in self.with_arguments():
            self.arguments(tree.args)

    def with_arguments(self) -> frozenset[str]:
        """Unknown functions that need their arguments written."""
        if self.ambiguous is None:
            self.ambiguous = _with_arguments(self.root)
        return self.ambiguous

    def derivative(self, tree: Derivative) -> None:
        order = len(tree.by)
        over = self.d if order == 1 else self.d + self.small(order)
        self.say(over, self.name(tree.name), "/", self.denominator(tree.by))
        if tree.args:
            self.arguments(tree.args)

    def small(self, exponent: int) -> str:
        return f"^{exponent}"

    def denominator(self, by: tuple[tuple[str, bool], ...]) -> str:
        """What a derivative is by: dx, dx^T, dx_p dx_q, dt^2."""
        if is_repeated(by):
            return self.d + self.name(by[0][0]) + self.small(len(by))
        return " ".join(self.d + self.name(name) + (self.transposed if transposed else "") for name, transposed in by)

    def operator(self, operator: Operator) -> str:
        """The operator alone: d/dX, d^2/dx dx^T, d for the total differential."""
        if not operator.by:
            return "d"
        names = differentials(operator)
        over = self.d if len(names) == 1 else self.d + self.small(len(names))
        return f"{over}/{self.denominator(names)}"

    # ---- sums over an index

    def indexed_sum(self, tree: IndexedSum) -> None:
        before, self.barred = self.barred, False
        self.say("prod(" if tree.product else "sum(", self.name(tree.index), ", ")
        self.bound(tree.lo)
        self.say(", ")
        self.bound(tree.hi)
        self.say(", ")
        self.put(tree.body)
        self.say(")")
        self.barred = before

    def bound(self, tree: Expr) -> None:
        before, self.compact = self.compact, True
        self.put(tree)
        self.compact = before


def differentials(operator: Operator) -> tuple[tuple[str, bool], ...]:
    """What an operator differentiates by: (name, transposed), an entry as X_ij, a member of a family x_n as x_k."""
    return tuple(
        (f"{item.name.partition('_')[0]}_{''.join(item.index)}" if item.index else item.name, item.transposed)
        for item in operator.by
    )


def _with_arguments(root: Expr | None) -> frozenset[str]:
    """The unknown functions that a formula applies to different arguments, or within a sum to its members: f(x_n)."""
    found: dict[str, Apply] = {}
    told: set[str] = set()
    rest: list[tuple[Expr, str]] = [(root, "")] if root is not None else []
    while rest:
        tree, bound = rest.pop()
        if isinstance(tree, Apply) and (found.setdefault(tree.name, tree) != tree or _of_member(tree, bound)):
            told.add(tree.name)
        inside = bound + tree.index if isinstance(tree, IndexedSum) else bound
        rest.extend([(child, inside) for child in children(tree)])
    return frozenset(told)


def _names(call: Apply) -> tuple[str, ...]:
    return tuple([arg.name for arg in call.args if isinstance(arg, Sym)])


def _of_member(call: Apply, bound: str) -> bool:
    """Whether an argument is a member whose index a sum binds."""
    return any(set(name.partition("_")[2]) & set(bound) for name in _names(call))
