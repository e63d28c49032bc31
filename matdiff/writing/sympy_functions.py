"""How SymPy says the functions of the table; what is missing here it cannot say of matrices of symbolic size."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.binding import rebuilt
from matdiff.formula.norms import norm_of
from matdiff.formula.syntax import Call, Sym, children
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.reading.reader import read_expression
from matdiff.writing.sympy_code import (
    ATOM,
    POWER,
    PRODUCT,
    SCALAR,
    SUM,
    Code,
    cannot,
    hadamard_product,
    matrix,
    multiplied,
    ones,
    squares,
    total,
    transposed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matdiff.formula.syntax import Expr, Shape
    from matdiff.functions import Function

_OPERAND = re.compile(r"\bz\b")
# Functions of one number: SymPy's name, or a formula in z where it has none.
ENTRYWISE = {
    row.name: row.sympy for row in TABLE.values() if row.sympy and row.shape == "same" and "{" not in row.sympy
}


def entrywise(function: str, arg: Code) -> Code:
    spelled = ENTRYWISE[function]
    formula = not spelled.isidentifier()
    if arg.is_scalar:
        return Code(f"({_OPERAND.sub(lambda _: arg.at(ATOM), spelled)})" if formula else f"{spelled}({arg.text})")
    return Code(f"{arg.at(ATOM)}.applyfunc({'lambda z: ' if formula else ''}{spelled})", ATOM, arg.shape)


def call(tree: Call, args: list[Code]) -> Code:
    """The call of a function; raises OutputError E402 where SymPy has no such function."""
    row = TABLE[tree.function]
    if row.name in ENTRYWISE:
        return entrywise(row.name, args[0])
    form = _form(row)
    if any(arg.shape is None for arg in args) or (form is None and not row.sympy):
        raise cannot(row.name)
    if form is not None:
        return form(*args)
    text = row.sympy.format(*[arg.at(ATOM if "{0}." in row.sympy else SUM) for arg in args])
    return Code(text, PRODUCT if "*" in text else ATOM, tree.shape or _shape(row, args))


def _form(row: Function) -> Callable[..., Code] | None:
    return _FORMS.get(row.operation or row.einsum or row.written)


def _shape(row: Function, args: list[Code]) -> Shape:
    """The shape of a call that nothing but its row tells."""
    if not args or row.shape.endswith("->scalar") or row.einsum.endswith("->"):
        return SCALAR
    if row.shape not in {"same", "square->square", "vector->vector", "transposed"}:
        raise cannot(row.name)
    rows, columns = args[0].shape or SCALAR
    return (columns, rows) if row.shape == "transposed" else (rows, columns)


def made_of(tree: Call, *, of_numbers: bool) -> Expr | None:
    """What the row says that a function is made of, where SymPy is told nothing else of it."""
    row = TABLE[tree.function]
    several = len(tree.args) > 1
    text = row.parametric if row.parametric and several else row.definition or row.formula
    if of_numbers and row.of_scalar:
        text = row.of_scalar
    elif row.name in ENTRYWISE or _form(row) is not None:
        return None
    names = ("x",) if row.kind == "elementwise" and not several else ("X", "Y", "Z")
    if not text:
        return None
    return _filled(read_expression(text, names), dict(zip(names, tree.args, strict=False)))


def _filled(tree: Expr, values: Mapping[str, Expr]) -> Expr:
    """A formula with other formulas for its names."""
    if isinstance(tree, Sym):
        return values.get(tree.name, tree)
    return rebuilt(tree, [_filled(child, values) for child in children(tree)])


def _bars(arg: Code) -> Code:
    square = arg.shape is not None and arg.shape[0] == arg.shape[1] and not arg.is_scalar
    return Code(f"Determinant({arg.text})") if square else entrywise(fn.ABSOLUTE, arg)


def _diag(arg: Code) -> Code:
    rows, columns = arg.shape or (1, 1)
    if 1 in (rows, columns):
        column = arg if columns == 1 else transposed(arg)
        size = rows if columns == 1 else columns
        return matrix(f"DiagMatrix({column.text})", size, size)
    if rows != columns:
        raise cannot("the diagonal of a matrix that is not square")
    return multiplied([matrix(f"HadamardProduct({arg.text}, Identity({rows}))", rows, rows), ones(rows, 1)])


def _kron(left: Code, right: Code) -> Code:
    if left.is_scalar or right.is_scalar:
        return multiplied([left, right])
    rows, columns = [f"({a})*({b})" for a, b in zip(left.shape or (), right.shape or (), strict=True)]
    return matrix(f"KroneckerProduct({left.text}, {right.text})", rows, columns)


def _dot(left: Code, right: Code) -> Code:
    if left.is_scalar or (left.shape and left.shape[1] == 1):
        return multiplied([transposed(left), right])
    return Code(f"Trace({transposed(left).text}*{right.at(PRODUCT)})")


def _mean(arg: Code) -> Code:
    rows, columns = arg.shape or (1, 1)
    return Code(f"{total(arg).at(PRODUCT)}/(({rows})*({columns}))", PRODUCT)


def _weighted(arg: Code, weight: Code) -> Code:
    return Code(f"sqrt({multiplied([transposed(arg), weight, arg]).text})")


def norm(tree: Call, arg: Code) -> Code:
    """A norm of a vector by a whole exponent, a letter or none; of a matrix the Frobenius norm alone."""
    found = norm_of(tree, is_vector=arg.shape is not None and 1 in arg.shape)
    if found.kind == "2":
        return Code(f"sqrt({squares(arg).text})")
    sizes = entrywise(fn.ABSOLUTE, arg)
    if found.kind == "1":
        return total(sizes)
    if found.exponent is None or not found.label.isalnum():
        raise cannot("this norm")
    powers = (
        Code(f"HadamardPower({sizes.text}, {found.label})", ATOM, arg.shape)
        if not arg.is_scalar
        else Code(f"{sizes.text}**{found.label}", POWER)
    )
    return Code(f"{total(powers).at(ATOM)}**(S(1)/{found.label})", POWER)


def constant(function: str, sizes: Sequence[str]) -> Code:
    """Ones or zeros, one column where one size is given."""
    if not sizes:
        raise cannot(f"{function} of unknown size")
    rows, columns = sizes[0], sizes[1] if len(sizes) > 1 else 1
    made = ones(rows, int(columns) if columns == "1" else columns)
    return made if function == fn.ONES else made._replace(text="Zero" + made.text.removeprefix("One"))


_FORMS: dict[str, Callable[..., Code]] = {  # by a row's operation, einsum, or how it is written
    "ij->ji": transposed,
    "ij->": total,
    "ij,ij->": _dot,
    "ij,ij->ij": lambda left, right: hadamard_product([left, right]),
    "mean of all": _mean,
    "size or determinant": _bars,
    "inverse matrix": lambda arg: Code(f"{arg.at(ATOM)}**-1", POWER, arg.shape),
    "diagonal": _diag,
    "kronecker product": _kron,
    "weighted norm": _weighted,
}
