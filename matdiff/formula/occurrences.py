"""Where names stand in an expression, and as what."""

from __future__ import annotations

from matdiff.formula import syntax
from matdiff.formula.syntax import Expr, Sym
from matdiff.functions import TABLE

NORM_KINDS = frozenset({"inf", "F", "nuclear", "fro"})
INDEXED = frozenset({"below", "()", "[]"})  # entries, as they are written


class Occurrence:
    """A name in its place; `scope` holds the indices of the sums around it.

    use: "value"; "size" (in ones(n)); "bound" (of a sum); "index" (of e_i); "exponent" (which norm); "marker" (F of a
    norm);
    "function" (with the `args` that it is applied to).
    """

    __slots__ = ("args", "node", "scope", "use")

    def __init__(self, node: Sym, use: str, scope: tuple[str, ...], args: tuple[Expr, ...] = ()) -> None:
        self.node, self.use, self.scope, self.args = node, use, scope, args


def occurrences(expression: Expr) -> tuple[list[Occurrence], set[str]]:
    """Every name in the expression in the order of the text, and the indices that sums bind."""
    found: list[Occurrence] = []
    bound: set[str] = set()
    stack: list[tuple[Expr, str, tuple[str, ...]]] = [(expression, "value", ())]
    while stack:
        node, use, scope = stack.pop()
        if isinstance(node, Sym):
            found.append(Occurrence(node, use, scope))
        elif isinstance(node, syntax.IndexedSum):
            bound.add(node.index)
            stack += [(node.body, use, (*scope, node.index)), (node.hi, "bound", scope), (node.lo, "bound", scope)]
        elif isinstance(node, syntax.Call):
            stack += [(arg, _use_in(node, k, arg, use), scope) for k, arg in reversed(list(enumerate(node.args)))]
        else:
            if isinstance(node, (syntax.Apply, syntax.Derivative)):
                found.append(Occurrence(Sym(node.name, span=node.span), "function", scope, node.args))
            if isinstance(node, syntax.Derivative):
                found += [Occurrence(Sym(name, span=node.span), "value", scope) for name, _ in node.by]
            stack += [(child, use, scope) for child in reversed(children(node))]
    return found, bound


def _use_in(call: syntax.Call, position: int, arg: Expr, use: str) -> str:
    if call.function in {"nrows", "ncols"}:
        return "value"
    if (call.function in INDEXED and position > 0) or call.function == "range":
        return "index"
    row = TABLE.get(call.function)
    takes = row.takes[min(position, len(row.takes) - 1)] if row is not None else "value"
    if takes == "norm":
        return "marker" if isinstance(arg, Sym) and arg.name in NORM_KINDS else "exponent"
    if takes != "value":
        return takes
    return use


def children(node: Expr) -> tuple[Expr, ...]:
    """The operands of a node; an indexed sum has none here, for its parts are not alike."""
    return () if type(node) is syntax.IndexedSum else syntax.children(node)


def mentions(tree: Expr, index: str) -> bool:
    """Does a formula depend on the index of a sum around it: by its name, or by a member or an entry of that index?"""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Sym):
            if node.name == index or index in node.subscript:
                return True
        elif isinstance(node, syntax.IndexedSum):
            stack += [node.lo, node.hi] if node.index == index else [node.lo, node.hi, node.body]
        else:
            stack += children(node)
    return False
