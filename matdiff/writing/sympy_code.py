"""Pieces of SymPy code that know their shape, and how they are put together.

SymPy keeps numbers and 1×1 matrices apart: of a product of matrices that is a number the only entry is taken.
"""

from __future__ import annotations

from keyword import iskeyword
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matdiff.formula.syntax import Shape, Size

SUM, NEGATIVE, PRODUCT, POWER, ATOM = range(5)
SCALAR: Shape = (1, 1)
SIZE_TO_COME = "\0"


class Code(NamedTuple):
    """Code, how tightly it holds together, and its shape; None is that of a multiple of the identity before its size
    is known.
    """

    text: str
    level: int = ATOM
    shape: Shape | None = SCALAR

    def at(self, level: int) -> str:
        return self.text if self.level >= level else f"({self.text})"

    @property
    def is_scalar(self) -> bool:
        return self.shape == SCALAR

    def sized(self, shape: Shape | None) -> Code:
        """The same, with the size of its identity matrices filled in."""
        if self.shape or not shape:
            return self
        return Code(self.text.replace(SIZE_TO_COME, str(shape[0])), self.level, shape)


def cannot(what: str) -> OutputError:
    return OutputError("E402", f"SymPy's matrix expressions cannot say {what}", hint="the other formats can")


def python_name(name: str) -> str:
    return name + "_" if iskeyword(name) else name


def matrix(text: str, rows: Size, columns: Size) -> Code:
    return Code(text, ATOM, (rows, columns))


def ones(rows: Size, columns: Size) -> Code:
    return matrix(f"OneMatrix({rows}, {columns})", rows, columns)


def entry(product: str) -> Code:
    """The only entry of a 1×1 product."""
    return Code(f"({product})[0, 0]")


def alike(codes: Sequence[Code]) -> list[Code]:
    """Codes of one shape: what one of them knows tells the others."""
    known = next((code.shape for code in codes if code.shape), None)
    return [code.sized(known) for code in codes]


def added(codes: Sequence[Code]) -> Code:
    codes = alike(codes)
    rest = [f" - {code.text[1:]}" if code.level == NEGATIVE else f" + {code.at(PRODUCT)}" for code in codes[1:]]
    return Code("".join([codes[0].text, *rest]), SUM if len(codes) > 1 else codes[0].level, codes[0].shape)


def multiplied(codes: Iterable[Code]) -> Code:
    """A product of numbers and matrices in any order; each run of matrices that is a number is made one, also amid
    others: B x^T y.
    """
    codes = list(codes)
    factors = [code for code in codes if code.is_scalar]
    runs: list[list[Code]] = [[]]
    for code in between_neighbours([code for code in codes if not code.is_scalar]):
        if _is_row(code) and runs[-1] and not _is_column(runs[-1][-1]):
            runs.append([])
        run = runs[-1]
        run.append(code)
        if _is_row(run[0]) and _is_column(code):
            factors.append(entry("*".join([piece.at(PRODUCT) for piece in run])))
            runs[-1:] = [[]] if len(runs) == 1 else []
    if len(runs) > 1:
        raise cannot("a product whose factors do not fit")
    factors += runs[0]
    if len(factors) == 1:
        return factors[0]
    first, last = (runs[0][0].shape, runs[0][-1].shape) if runs[0] else (SCALAR, SCALAR)
    return Code(
        "*".join([code.at(PRODUCT) for code in factors]), PRODUCT, (first[0], last[1]) if first and last else None
    )


def _is_row(code: Code) -> bool:
    return code.shape is not None and code.shape[0] == 1


def _is_column(code: Code) -> bool:
    return code.shape is not None and code.shape[1] == 1


def between_neighbours(matrices: list[Code]) -> list[Code]:
    """The factors of a product, identities sized by what stands beside them."""
    for step in (1, -1):
        known: Size | None = None
        for place in range(len(matrices))[::step]:
            if known is not None:
                matrices[place] = matrices[place].sized((known, known))
            shape = matrices[place].shape
            known = shape[step] if shape and step == 1 else shape[0] if shape else None
    return matrices


def transposed(code: Code) -> Code:
    if code.is_scalar or code.shape is None:
        return code
    return matrix(code.at(ATOM) + ".T", *code.shape[::-1])


def hadamard_product(codes: Sequence[Code]) -> Code:
    codes = alike(codes)
    if codes[0].is_scalar:
        return multiplied(codes)
    return Code(f"HadamardProduct({', '.join([code.text for code in codes])})", ATOM, codes[0].shape)


def hadamard_power(base: Code, exponent: Code) -> Code:
    if base.is_scalar:
        return Code(f"{base.at(ATOM)}**{exponent.at(ATOM)}", POWER)
    return Code(f"HadamardPower({base.text}, {exponent.text})", ATOM, base.shape)


def total(code: Code) -> Code:
    """The sum of the entries."""
    if code.shape is None:
        raise cannot("the sum of an identity matrix of unknown size")
    if code.is_scalar:
        return code
    rows, columns = code.shape
    left = [ones(1, rows)] if rows != 1 else []
    right = [ones(columns, 1)] if columns != 1 else []
    return multiplied([*left, code, *right])


def squares(code: Code) -> Code:
    """The sum of the squares of the entries."""
    if code.is_scalar:
        return Code(f"{code.at(ATOM)}**2", POWER)
    if code.shape and code.shape[0] == 1:
        code = transposed(code)
    product = f"{transposed(code).text}*{code.at(PRODUCT)}"
    return entry(product) if code.shape and code.shape[1] == 1 else Code(f"Trace({product})")
