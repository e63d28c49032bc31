r"""LaTeX for amsmath: X^{\top}, \frac{a}{b}, \lVert x \rVert, \frac{\partial u}{\partial x}."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.length import is_repeated
from matdiff.formula.syntax import Call, Derivative, Div, Expr, HadPow, IndexedSum, Matrix, Neg, Num, Sym
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.reading.letters import ASIDE
from matdiff.writing.letters import FONTS, TEX, accent_and_index
from matdiff.writing.linear import Linear, differentials
from matdiff.writing.walker import BASE, FACTOR, LOOSE, PRODUCT

if TYPE_CHECKING:
    from matdiff.formula.question import Operator
    from matdiff.writing.style import Style

_CALL_LEVELS = {fn.KRONECKER: LOOSE, fn.SQRT: FACTOR, fn.INVERSE: FACTOR}
# A^{+} is a power, and \log\det(B) a function of a function: what follows would be taken to be in it
_CALL_LEVELS |= {row.name: FACTOR for row in TABLE.values() if row.raised}
_CALL_LEVELS |= {row.name: PRODUCT for row in TABLE.values() if re.fullmatch(r"(\\[a-z]+){2}", row.latex)}

ASIDE_OF = {short: long for long, short in ASIDE.items()}

_T = Sym("T")  # in an exponent it must not look like the mark of a transpose


class Notation(Linear):
    hadamard = r" \odot "
    hadamard_division = r" \oslash "
    product_sign = r" \otimes "
    times = r"\cdot "
    double_bars = (r"\lVert", r"\rVert")
    single_bars = (r"\lvert", r"\rvert")
    open_sums = True
    fraction_parts = (r"\frac{", "}{", "}")
    root_parts = (r"\sqrt{", "}")
    matrix_parts = (r"\begin{bmatrix} ", " & ", r" \\ ", r" \end{bmatrix}")
    transposed = r"^{\top}"
    inverse_transposed = r"^{-\top}"
    d = r"\partial"
    between_differentials = r" \, "
    sums = (r"\sum", r"\prod")
    total_differential = r"\mathrm{d}"
    infinity = r"\infty"
    elementwise = r"\odot "

    def __init__(self, style: Style) -> None:
        super().__init__(style)
        self.calls |= {row.name: self.inverse for row in TABLE.values() if row.raised}
        if style.turned:
            self.inverse_transposed = inverse_of(style.turned)
        self.tall = 0  # fractions and sums written so far: delimiters around any of them must stretch
        self.calls |= {
            fn.ONES: self.constant,
            fn.ZEROS: self.constant,
            fn.KRONECKER: self.kron,
            fn.SQRT: self.root_sign,
            fn.INVERSE: self.inverse,
            fn.ABSOLUTE: self.absolute,
        }

    # ---- precedence and delimiters

    def level(self, tree: Expr) -> int:
        if isinstance(tree, Call):
            return _CALL_LEVELS.get(tree.function, BASE)
        if isinstance(tree, Derivative):
            return FACTOR
        if isinstance(tree, Div) or (isinstance(tree, Num) and tree.value.denominator != 1):
            return PRODUCT if self.compact else FACTOR
        return super().level(tree)

    def enclosed(self, opening: str, tree: Expr, closing: str, *, bars: bool = False) -> None:  # noqa: ARG002 # these bars tell left from right
        self.listed(opening, (tree,), closing)

    def listed(self, opening: str, trees: tuple[Expr, ...], closing: str) -> None:
        """Fill the opening delimiter in last, when it is known how tall the content is."""
        place, tall = len(self.out), self.tall
        self.say("")
        for number, tree in enumerate(trees):
            if number:
                self.say(", ")
            self.put(tree)
        self.out[place], closing = self.delimiters(opening, closing, stretch=self.tall > tall)
        self.say(closing)

    def delimiters(self, opening: str, closing: str, *, stretch: bool) -> tuple[str, str]:
        space = " " if opening.startswith("\\") else ""
        left, right = (r"\left", r"\right") if stretch else ("", "")
        return left + opening + space, space + right + closing

    # ---- names and numbers

    def name(self, name: str) -> str:
        if name in self.style.spelled:
            return self.style.spelled[name]
        base, _, rest = name.partition("_")
        if base in self.style.changes:
            of = self.style.changes[base]
            return self.upright(base.removesuffix(of)) + (
                " " + self.name(name.removeprefix(base.removesuffix(of))) if of else ""
            )
        accent, index = accent_and_index(rest)
        twin = ASIDE_OF.get(base)
        if twin and twin in self.style.symbols:  # λ and lam are two names in this question
            letter = self.upright(base)
        else:
            letter = self.bold(base) if name in self.style.bold else self.letter(base)
        if accent:
            letter = self.accented(accent, letter)
        return letter + self.below(self.indices(index)) if index else letter

    def letter(self, base: str) -> str:
        if (
            base[0] == "d" and base not in TEX and (len(base) == 2 or base[1:] in TEX)
        ):  # dX, the change of X in a differential
            return rf"{self.upright('d')} {self.letter(base[1:])}"
        return TEX.get(base) or (base if len(base) == 1 else self.upright(base))

    def upright(self, word: str) -> str:
        return rf"\mathrm{{{word}}}"

    def bold(self, base: str) -> str:
        if self.style.embolden:
            return f"{self.style.embolden}{{{self.letter(base)}}}"
        return rf"\boldsymbol{{{self.letter(base)}}}" if base in TEX else rf"\mathbf{{{base}}}"

    def accented(self, accent: str, letter: str) -> str:
        command = accent
        if accent in FONTS:
            command = "boldsymbol" if accent == "bold" and letter[0] == "\\" else f"math{accent.removesuffix('old')}"
            command += "f" if command == "mathb" else ""
        return rf"\{command}{{{letter}}}"

    def indices(self, subscript: str) -> str:
        """n, ij and 12 as they are, Greek letters, words upright; x_n_m has two indices."""
        parts = subscript.split("_")
        return ",".join(
            [
                self.run(part) if part not in TEX and (len(part) < 3 or part.isdigit()) else self.letter(part)
                for part in parts
            ]
        )

    def run(self, letters: str) -> str:
        """Letters side by side, each a name of its own."""
        return letters

    def below(self, text: str) -> str:
        opening, closing = self.scripts
        return f"_{opening}{text}{closing}"

    def small(self, exponent: int) -> str:
        opening, closing = self.scripts
        return f"^{opening}{exponent}{closing}"

    def number(self, tree: Num) -> None:
        numerator, denominator = tree.value.as_integer_ratio()
        if denominator == 1:
            self.say(str(numerator))
        else:
            self.fraction(Num(Fraction(numerator)), Num(Fraction(denominator)))

    # ---- arithmetic

    def number_after_number(self, number: Expr) -> None:
        self.say(self.times)
        self.put(number, FACTOR)

    def quotient(self, tree: Div) -> None:
        self.fraction(tree.num, tree.den)

    def fraction(self, num: Expr, den: Expr) -> None:
        if self.compact:
            self.put(num, PRODUCT)
            self.say("/")
            self.put(den, FACTOR)
            return
        self.tall += 1
        opening, between, closing = self.fraction_parts
        self.say(opening)
        self.put(num)
        self.say(between)
        self.put(den)
        self.say(closing)

    # ---- exponents and subscripts

    def script(self, sign: str, tree: Expr, *, set_apart: bool = False) -> None:
        """An exponent or a subscript; `sign` is what it begins with.  What is set apart gets parentheses."""
        opening, closing = self.scripts
        before, self.compact = self.compact, True
        self.say(sign[0] + opening + sign[1:])
        (self.group if set_apart else self.put)(tree)
        self.say(closing)
        self.compact = before

    def exponent(self, tree: Expr) -> None:
        self.script("^", tree, set_apart=(tree.arg if isinstance(tree, Neg) else tree) == _T)

    def hadamard_power(self, tree: HadPow) -> None:
        self.base(tree.base)
        self.script("^" + self.elementwise, tree.exponent)

    def subscript(self, tree: Expr) -> None:
        self.script("_", tree)

    # ---- functions

    def function_name(self, name: str) -> str:
        row = TABLE[name]
        if row.latex:
            return row.latex
        return self.upright(name) if row.arity == (0, 0) else rf"\operatorname{{{name.replace('_', ' ')}}}"

    def eye(self, tree: Call) -> None:
        self.say(fn.IDENTITY_LETTER)
        if tree.args:
            self.subscript(tree.args[0])

    def unit(self, tree: Call) -> None:
        self.say(fn.EULER)
        self.subscript(tree.args[0])

    def matrix(self, tree: Matrix) -> None:
        self.tall += 1
        opening, between, below, closing = self.matrix_parts
        self.say(opening)
        for k, row in enumerate(tree.rows):
            self.say(*[below][:k])
            for m, cell in enumerate(row):
                self.say(*[between][:m])
                self.put(cell)
        self.say(closing)

    def constant(self, tree: Call) -> None:
        """A vector or matrix of ones or zeros: a bold digit with its size."""
        digit = "1" if tree.function == fn.ONES else "0"
        self.say(self.bold(digit))
        if len(tree.args) == 1:
            self.subscript(tree.args[0])
        elif tree.args:
            self.sizes(tree.args)

    def sizes(self, sizes: tuple[Expr, ...]) -> None:
        opening, closing = self.scripts
        rows, columns = sizes
        self.say("_" + opening)
        self.put(rows, FACTOR)
        self.say(self.by)
        self.put(columns, FACTOR)
        self.say(closing)

    by = r" \times "

    def kron(self, tree: Call) -> None:
        left, right = tree.args
        self.put(left, LOOSE if isinstance(left, Call) and left.function == tree.function else PRODUCT)
        self.say(self.product_sign)
        self.put(right, PRODUCT)

    def root_sign(self, tree: Call) -> None:
        opening, closing = self.root_parts
        self.say(opening)
        self.put(tree.args[0])
        self.say(closing)

    def inverse(self, tree: Call) -> None:
        opening, closing = self.scripts
        self.base(tree.args[0])
        self.say("^", opening, TABLE[tree.function].raised or "-1", closing)

    def absolute(self, tree: Call) -> None:
        """Bars around a number or a vector; around a matrix they would be taken for a determinant."""
        if 1 in (tree.args[0].shape or ()):
            self.bars(tree)
        else:
            self.plain_call(tree)

    def norm(self, tree: Call) -> None:
        self.subscripted_norm(tree, "")
        if len(tree.args) > 1:
            kind = tree.args[1]
            named = {"nuclear": "*", "inf": self.infinity}.get(kind.name) if isinstance(kind, Sym) else None
            if named:
                self.say(self.below(named))
            else:
                self.subscript(kind)

    def norm_weighted(self, tree: Call) -> None:
        self.subscripted_norm(tree, "")
        self.subscript(tree.args[1])

    # ---- derivatives and sums

    def derivative(self, tree: Derivative) -> None:
        self.tall += 1
        self.say(self.ratio(self.name(tree.name), tree.by))
        if tree.args:
            self.arguments(tree.args)

    def ratio(self, of: str, by: tuple[tuple[str, bool], ...]) -> str:
        opening, between, closing = self.fraction_parts
        over = self.d + (self.small(len(by)) if len(by) > 1 else "")
        return (
            f"{opening}{over} {of}{between}{self.denominator(by)}{closing}"
            if of
            else f"{opening}{over}{between}{self.denominator(by)}{closing}"
        )

    def denominator(self, by: tuple[tuple[str, bool], ...]) -> str:
        if is_repeated(by):
            return f"{self.d} {self.name(by[0][0])}{self.small(len(by))}"
        return self.between_differentials.join(
            f"{self.d} {self.name(name)}{self.transposed if transposed else ''}" for name, transposed in by
        )

    def operator(self, operator: Operator) -> str:
        return self.ratio("", differentials(operator)) if operator.by else self.total_differential

    def indexed_sum(self, tree: IndexedSum) -> None:
        self.tall += 1
        opening, closing = self.scripts
        self.say(self.sums[tree.product], "_", opening, self.name(tree.index), "=")
        self.bound(tree.lo)
        self.say(closing, "^", opening)
        self.bound(tree.hi)
        self.say(closing, " ")
        self.put(tree.body, LOOSE)


def inverse_of(turned: str) -> str:
    r"""The mark of an inverse transpose beside the mark of a transpose: ^{-\mathsf T} beside ^{\mathsf T}."""
    mark = (
        turned.removeprefix("^").removeprefix("{").removesuffix("}")
        if turned.startswith("^{")
        else turned.removeprefix("^")
    )
    return rf"^{{-{mark}}}" if turned.startswith("^") else r"^{-\top}"
