"""Differentials of functions: the formula in the row, with what stands in the place of X put in; unknown functions."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.derivation import powers
from matdiff.derivation.applied import Applied, lifted, substituted, told, typed
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
    quotient,
    shape,
    trace,
    transpose,
    typed_as,
)
from matdiff.formula.question import Symbol
from matdiff.formula.syntax import Apply, Call, Derivative, Div, Expr, HadDiv, Mul, Neg, Pow, Sym
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.functions.rules import RULES, leibniz
from matdiff.graph.matrices import FRECHET

if TYPE_CHECKING:
    from matdiff.derivation.changes import Changes
    from matdiff.formula.syntax import Shape
    from matdiff.functions import Function
    from matdiff.reading.given_rules import GivenRule

SHORTER = {fn.SQRT: "rule of square roots"}  # definitions with a rule of their own that reads shorter


def applied(e: Call, change: Expr) -> Applied | None:
    """The differential of a function of one argument that changes by `change`."""
    if e.function in SHORTER:
        name = SHORTER[e.function]
        tree = typed(RULES[name].right, {"u": SCALAR, "du": SCALAR})
        return told(name, lifted(tree, {"u": e.args[0], "du": change}), "" if shape(e) == SCALAR else "entrywise")
    row = TABLE[e.function]
    if row.kind == "elementwise":
        slope = lifted(typed(row.differential, {"x": SCALAR, "Omega": SCALAR}), {"x": e.args[0], "Omega": e})
        rule = f"chain rule, d {row.name}" if _composed(e) else f"d {row.name}"
        return Applied(rule, row_formula(row, entrywise=shape(e) != SCALAR), _sloped(slope, change, shape(e)))
    if row.kind == "operator" and row.differential and ("dY" not in row.differential or len(e.args) == 1):
        inverse = row.differential == TABLE[fn.INVERSE].differential
        itself: Expr = Pow(e.args[0], num(-1), shape=e.shape) if inverse else e
        put = {"dX": change, "Omega": itself, **dict(zip(("X", "Y", "Z"), e.args, strict=False))}
        tree = typed(row.differential, {name: shape(arg) for name, arg in {**put, "dX": e.args[0]}.items()})
        return Applied(f"d {row.name}", row_formula(row), substituted(tree, put))
    return powers.norm(e, change)


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
        return formula(f"{row.name}({', '.join('XYZ'[: row.arity[1]])})", row.definition, row.note)
    return None


# -- what is linear ----------------------------------------------------------------------------------------------------


def is_trace(e: Call) -> bool:
    return TABLE[e.function].einsum == "ii->"


def is_transpose(e: Call) -> bool:
    return TABLE[e.function].einsum == "ij->ji"


def formula_of_linear(e: Call, varying: list[int]) -> Formula | None:
    """d(kron(U, V)) = kron(dU, V) + kron(U, dV): a function that is linear in the arguments that vary, in general."""
    if any(takes != "value" for takes in TABLE[e.function].takes):
        return None  # sizes and the like have no letters
    upper, constant_names = iter("UV"), iter("ABC")
    letters = [_cased(next(upper if place in varying else constant_names), arg) for place, arg in enumerate(e.args)]
    terms = leibniz(list(enumerate(letters)), lambda at: (at[0], "d" + at[1]) if at[0] in varying else None)
    called = [f"{e.function}({', '.join([letter for _, letter in term])})" for term in terms]
    return formula(f"d({e.function}({', '.join(letters)}))", " + ".join(called))


def _cased(letter: str, arg: Expr) -> str:
    return letter.lower() if 1 in shape(arg) and shape(arg) != SCALAR else letter


def trace_of_function(e: Call, changes: Changes) -> Applied | None:
    """The differential of tr f(U), tr(f'(U) dU) for f of the table, read from the differentiator; None for another
    trace.  (Magnus & Neudecker (2019), section 8.8.)
    """
    inside = e.args[0]
    if not isinstance(inside, Call) or inside.function not in FRECHET:
        return None
    sides = shape(inside)
    formal = changes.of_symbols({"U": Symbol("U", "matrix", sides)})
    general = Call(e.function, (Call(inside.function, (Sym("U", shape=sides),), shape=sides),), shape=SCALAR)
    raised = changes.raiser.raised(formal.lower(Apply(formal.mark, (general,), shape=SCALAR)).node)
    tree = _change_last(typed_as(raised, formal.symbols, SCALAR), formal.names["U"])
    arg = inside.args[0]
    put = {"U": arg, formal.names["U"]: changes.of(arg)}
    rule = Formula(Apply("d", (general,)), tree)
    return Applied("trace of a matrix function", rule, substituted(tree, put))


def _change_last(tree: Expr, change: str) -> Expr:
    """tr(dU A) as tr(A dU)."""
    if isinstance(tree, Div):
        return quotient(_change_last(tree.num, change), tree.den)
    if not (isinstance(tree, Call) and isinstance(tree.args[0], Mul)):
        return tree
    first, *rest = tree.args[0].factors
    return trace(mul(*rest, first)) if isinstance(first, Sym) and first.name == change else tree


# -- unknown functions -------------------------------------------------------------------------------------------------


def by_given_rule(e: Apply, change: Expr, rule: GivenRule) -> Applied:
    """The differential of a function that the question brings a rule for."""
    tree = rule.typed(shape(e.args[0]), shape(e)).expression
    general = Formula(Apply("d", (Apply(rule.name, (Sym(rule.argument),)),)), rule.written)
    put = {rule.argument: e.args[0], rule.change: change, "Omega": e}
    return Applied(f"d {e.name}", general, substituted(tree, put))


def unknown(e: Apply, changes: list[Expr | None], symbol: Symbol) -> Applied | None:
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
    return told("chain rule", add(*terms))


def _along(symbol: Symbol, name: str, of: Shape, args: tuple[Expr, ...], change: Expr) -> Expr | None:
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
