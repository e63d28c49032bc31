"""Differentials of the functions of the table: the row's formula, with what stands in the place of X put in."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculus import row_formulas as templates
from matdiff.derivation.formulas import formula
from matdiff.derivation.step import Formula
from matdiff.derivation.trees import (
    SCALAR,
    add,
    constant,
    had,
    is_zero,
    mul,
    neg,
    num,
    power,
    quotient,
    rebuilt,
    shape,
    trace,
    transpose,
)
from matdiff.formula.syntax import (
    Add,
    Apply,
    Call,
    Derivative,
    Div,
    Expr,
    Had,
    HadDiv,
    HadPow,
    IndexedSum,
    Mul,
    Neg,
    Num,
    Pow,
    Sym,
    children,
)
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.records import replace

if TYPE_CHECKING:
    from matdiff.formula.question import Symbol
    from matdiff.formula.syntax import Shape
    from matdiff.functions import Function
    from matdiff.reading.given_rules import GivenRule

BILINEAR = {
    fn.INNER: ("d(dot(u, v))", "dot(du, v) + dot(u, dv)"),
    fn.HADAMARD: ("d(U .* V)", "dU .* V + U .* dV"),
    fn.KRONECKER: ("d(kron(U, V))", "kron(dU, V) + kron(U, dV)"),
    fn.OUTER: ("d(u v^T)", "du v^T + u dv^T"),
}
Told = tuple[str, Formula | None, Expr]


class Definition(NamedTuple):
    """A function said by others."""

    rule: str
    formula: Formula
    tree: Expr


def applied(e: Call, change: Expr) -> Told | None:
    """The differential of a function of one argument that changes by `change`."""
    if e.function == fn.NORM:
        return _norm(e, change)
    if e.function == fn.SQRT:
        below = mul(num(2), e)
        made = quotient(change, below)
        return (
            "d sqrt",
            formula("d(sqrt(u))", "du/(2 sqrt(u))")
            if shape(e) == SCALAR
            else formula("d(sqrt(u))", "du ./ (2 sqrt(u))"),
            made,
        )
    row = TABLE[e.function]
    if row.kind == "elementwise":
        slope = lifted(_typed(row.differential, {"x": SCALAR, "Omega": SCALAR}), {"x": e.args[0], "Omega": e})
        rule = f"chain rule, d {row.name}" if _composed(e) else f"d {row.name}"
        return (rule, row_formula(row, entrywise=shape(e) != SCALAR), _sloped(slope, change, shape(e)))
    if row.kind == "operator" and row.differential and ("dY" not in row.differential or len(e.args) == 1):
        itself: Expr = Pow(e.args[0], num(-1), shape=e.shape) if e.function == fn.INVERSE else e
        put = {"dX": change, "Omega": itself, **dict(zip(("X", "Y"), e.args, strict=False))}
        tree = _typed(row.differential, {name: shape(arg) for name, arg in {**put, "dX": e.args[0]}.items()})
        made = substituted(tree, put)
        return (f"d {row.name}", row_formula(row), made)
    return None


def _sloped(slope: Expr, change: Expr, sides: Shape) -> Expr:
    """f'(u) du, entry by entry for a vector; a fraction takes du above its line."""
    if is_zero(slope):
        return constant(fn.ZEROS, sides)
    if isinstance(slope, Neg):
        return neg(_sloped(slope.arg, change, sides))
    if sides != SCALAR:
        return quotient(change, slope.den) if isinstance(slope, HadDiv) and _is_ones(slope.num) else had(slope, change)
    return quotient(mul(slope.num, change), slope.den) if isinstance(slope, Div) else mul(slope, change)


def _is_ones(tree: Expr) -> bool:
    return isinstance(tree, Call) and tree.function == fn.ONES


def _composed(e: Call) -> bool:
    return not isinstance(e.args[0], Sym)


def _typed(text: str, arguments: dict[str, tuple[int | str, int | str]]) -> Expr:
    return templates.typed(text.replace("Ω", "Omega"), arguments).expression


def row_formula(row: Function, *, entrywise: bool = False) -> Formula | None:
    """The rule of a row in general: d f(X) = …, with the row's note as its condition."""
    if row.kind == "elementwise":
        slope = row.differential.replace("Ω", f"{row.name}(x)")
        return formula(
            f"d({row.name}(x))", f"({slope}) {'.* ' if entrywise else ''}dx" if slope != "0" else "0", row.note
        )
    if row.kind == "operator" and row.differential:
        itself = f"{row.name}({', '.join('XYZ'[: row.arity[0]])})"
        return formula(f"d({itself})", row.differential.replace("Ω", itself), row.note)
    if row.kind == "definition":
        return formula(f"{row.name}({', '.join('XY'[: row.arity[1]])})", row.definition, row.note)
    return None


def substituted(tree: Expr, values: dict[str, Expr]) -> Expr:
    """A formula with other formulas put in for its names."""
    if isinstance(tree, Sym):
        return values.get(tree.name, tree)
    if isinstance(tree, Call) and tree.function == fn.INVERSE:
        return Pow(substituted(tree.args[0], values), num(-1), shape=tree.shape)
    return rebuilt(tree, lambda child: substituted(child, values))


def lifted(tree: Expr, values: dict[str, Expr]) -> Expr:
    """A scalar formula read entry by entry, with vectors or matrices of one shape put in for its names."""
    if isinstance(tree, Sym) and tree.name in values:
        return values[tree.name]
    if not _mentions(tree, values):
        return tree
    like = shape(next(iter(values.values())))
    if isinstance(tree, Add):
        return add(*[_spread_out(lifted(term, values), like) for term in tree.terms])
    if isinstance(tree, Neg):
        return neg(lifted(tree.arg, values))
    if isinstance(tree, (Mul, Had)):
        return had(*[lifted(factor, values) for factor in tree.factors])
    if isinstance(tree, Div):
        return quotient(lifted(tree.num, values), lifted(tree.den, values))
    if isinstance(tree, (Pow, HadPow)):
        return power(lifted(tree.base, values), tree.exponent)
    if isinstance(tree, Call):
        return replace(tree, args=tuple([lifted(arg, values) for arg in tree.args]), shape=like)
    return tree


def _mentions(tree: Expr, values: dict[str, Expr]) -> bool:
    if isinstance(tree, Sym):
        return tree.name in values
    return any(_mentions(child, values) for child in children(tree))


def _spread_out(term: Expr, like: tuple[int | str, int | str]) -> Expr:
    """A number in a sum of vectors stands for a vector of that number."""
    if shape(term) == like:
        return term
    ones = constant(fn.ONES, like)
    return neg(mul(term.arg, ones)) if isinstance(term, Neg) else mul(term, ones)


# -- norms
# -----------------------------------------------------------------------------------------------------------------


def _kind(norm: Call) -> str:
    """euclidean, 1, p, or nothing where no rule is told here."""
    if len(norm.args) == 1:
        return "2"
    kind = norm.args[1]
    vector = 1 in shape(norm.args[0])
    if isinstance(kind, Sym):
        return {"F": "2", "inf": "", "nuclear": ""}.get(kind.name, "p" if vector else "")
    if isinstance(kind, Num) and vector:
        return {1: "1", 2: "2"}.get(int(kind.value), "p") if kind.value.denominator == 1 else "p"
    return ""


def squared_norm(e: Call, change: Expr) -> Told | None:
    """The differential of ‖u‖²."""
    if e.function == fn.WEIGHTED_NORM:
        return None
    if e.function != fn.NORM or _kind(e) != "2":
        return None
    u = e.args[0]
    if shape(u)[1] == 1:
        return ("square of a norm", formula("d(norm(u)^2)", "2 u^T du"), mul(num(2), transpose(u), change))
    if shape(u)[0] == 1:
        return ("square of a norm", formula("d(norm(u)^2)", "2 u^T du"), mul(num(2), change, transpose(u)))
    made = mul(num(2), trace(mul(transpose(u), change)))
    return ("square of a norm", formula("d(norm(U, F)^2)", "2 tr(U^T dU)"), made)


def _norm(e: Call, change: Expr) -> Told | None:
    if _kind(e) != "2":
        return None
    u = e.args[0]
    if shape(u)[1] == 1:
        return ("norm rule", formula("d(norm(u))", "u^T du/norm(u)"), quotient(mul(transpose(u), change), e))
    if shape(u)[0] == 1:
        return ("norm rule", formula("d(norm(u))", "u^T du/norm(u)"), quotient(mul(change, transpose(u)), e))
    return (
        "norm rule",
        formula("d(norm(U, F))", "tr(U^T dU)/norm(U, F)"),
        quotient(trace(mul(transpose(u), change)), e),
    )


# -- traces of matrix functions
# --------------------------------------------------------------------------------------------


_TRACE_SLOPES = {fn.EXPM: "expm(U)", fn.LOGM: "U^-1", fn.SQRTM: "sqrtm(U)^-1/2"}


def trace_of_function(e: Call, change: Expr) -> Told | None:
    """The differential of tr f(U) is tr(f'(U) dU): expm, logm, sqrtm.  (Magnus & Neudecker (2019), section 8.8.)"""
    text = _TRACE_SLOPES.get(e.function)
    if text is None:
        return None
    slope: Expr = e
    if e.function != fn.EXPM:
        inverse = Pow(e if e.function == fn.SQRTM else e.args[0], num(-1), shape=e.shape)
        slope = quotient(inverse, num(2)) if e.function == fn.SQRTM else inverse
    return (
        "trace of a matrix function",
        formula(f"d(tr({e.function}(U)))", f"tr({text} dU)"),
        trace(mul(slope, change)),
    )


# -- definitions
# -----------------------------------------------------------------------------------------------------------


def definition(e: Call) -> Definition | None:
    """A function as what it stands for, where the derivation goes on with that."""
    row = TABLE.get(e.function)
    if row is None:
        return None
    if row.parametric and len(e.args) > 1:
        return _with_parameter(row, e)
    if row.kind == "definition" and e.function != fn.SQRT:
        names = dict(zip(("X", "Y"), e.args, strict=False))
        tree = substituted(_typed(row.definition, {name: shape(arg) for name, arg in names.items()}), names)
        told = row_formula(row)
        return None if told is None else Definition(f"definition of {row.name}", told, tree)
    if e.function == fn.NORM and len(e.args) > 1 and _kind(e) in {"1", "p"}:
        return _p_norm(e)
    if e.function == fn.LOG:
        return _logarithm(e.args[0])
    return None


def _with_parameter(row: Function, e: Call) -> Definition | None:
    """A function of one argument that has a second; what is no array, or a number, comes second where it may."""
    first, second = e.args
    if row.traits.commutes and shape(first) == SCALAR and (shape(second) != SCALAR or isinstance(first, Num)):
        first, second = second, first
    text = row.parametric
    if isinstance(second, Num) and second.value == 0:
        text = text.replace("Y .* X.^0 + ", "").replace(" - Y .* X.^0", "")
    elif shape(first) == shape(second):
        text = text.replace("Y .* X.^0", "Y")
    told = formula(f"{row.name}(X, Y)", row.parametric)
    tree = substituted(_typed(text, {"X": shape(first), "Y": shape(second)}), {"X": first, "Y": second})
    return None if told is None else Definition(f"definition of {row.name}", told, tree)


def _logarithm(inner: Expr) -> Definition | None:
    """The logarithm of a determinant, or of its absolute value, is logdet; that of a product over an index a sum."""
    of = inner.args[0] if isinstance(inner, Call) and inner.function in {fn.ABSOLUTE, fn.BARS} else inner
    if isinstance(of, Call) and of.function == fn.DETERMINANT:
        return Definition(
            "logarithm of the determinant",
            formula("log(det(X))", "logdet(X)", "det(X) > 0"),
            Call(fn.LOGDET, of.args, shape=SCALAR),
        )
    if isinstance(inner, IndexedSum) and inner.product:
        logs = IndexedSum(inner.index, inner.lo, inner.hi, Call(fn.LOG, (inner.body,), shape=SCALAR), shape=SCALAR)
        return Definition("logarithm of a product", formula("log(U V)", "log(U) + log(V)"), logs)
    return None


def _p_norm(e: Call) -> Definition:
    u, p = e.args
    absolute = Call(fn.ABSOLUTE, (u,), shape=shape(u))
    if _kind(e) == "1":
        return Definition(
            "definition of the norm", formula("norm(u, 1)", "sum(abs(u))"), Call(fn.SUM, (absolute,), shape=SCALAR)
        )
    p = replace(p, shape=SCALAR)
    total = Call(fn.SUM, (power(absolute, p),), shape=SCALAR)
    made = power(total, num(1 / p.value) if isinstance(p, Num) else Div(num(1), p, shape=SCALAR))
    return Definition("definition of the norm", formula("norm(u, p)", "(sum(abs(u).^p))^(1/p)"), made)


# -- unknown functions
# -----------------------------------------------------------------------------------------------------


def by_given_rule(e: Apply, change: Expr, rule: GivenRule) -> tuple[Formula, Expr]:
    """The differential of a function that the question brings a rule for."""
    typed = rule.typed(shape(e.args[0]), shape(e)).expression
    itself = Apply(rule.name, (Sym(rule.argument),))
    told = Formula(Apply("d", (itself,)), rule.written)
    return told, substituted(typed, {rule.argument: e.args[0], rule.change: change, "Omega": e})


def unknown(e: Apply, changes: list[Expr | None], symbol: Symbol) -> tuple[Formula, Expr] | None:
    """Du = (∂u/∂x^T) dx, a term for each argument that changes; None where no product says it."""
    bare = all(isinstance(arg, Sym) and arg.name == name for arg, name in zip(e.args, symbol.args, strict=False))
    args = () if bare else e.args
    terms = []
    for name, arg, change in zip(symbol.args, e.args, changes, strict=False):
        if change is None:
            continue
        term = _along(symbol, name, shape(arg), args, change)
        if term is None:
            return None
        terms.append(term)
    told = formula("d(f(x))", "df/dx^T dx")
    return told, add(*terms)


def _along(
    symbol: Symbol, name: str, of: tuple[int | str, int | str], args: tuple[Expr, ...], change: Expr
) -> Expr | None:
    value = symbol.shape
    by_row = Derivative(symbol.name, ((name, True),), args)
    plain = Derivative(symbol.name, ((name, False),), args)
    if of == SCALAR:
        lies = (1, value[0]) if value[1] == 1 and value[0] != 1 else value
        plain.shape = lies
        return mul(change, transpose(plain) if lies != value else plain)
    if of[1] == 1 and value[1] == 1:
        by_row.shape = (value[0], of[0])
        return mul(by_row, change)
    if value == SCALAR:
        plain.shape = of
        return trace(mul(transpose(plain), change))
    return None
