"""Syntax trees as short texts, so that a test reads as a pair: what was written, how it was read."""

from __future__ import annotations

from matdiff.formula import syntax


def told(tree):
    """Mul(a b), Pow(X, -1), tr(X), u!(x) for an unknown function, D[u]/x^T for its derivative, SUM[n,1,N](…)."""
    match tree:
        case syntax.Num(value):
            return str(value)
        case syntax.Sym(name):
            return name
        case syntax.Call(name, args):
            return f"{name}({', '.join(map(told, args))})"
        case syntax.Apply(name, args):
            return f"{name}!({', '.join(map(told, args))})"
        case syntax.Derivative(name, by, args):
            below = " ".join(variable + "^T" * transposed for variable, transposed in by)
            return f"D[{name}]/{below}" + (f"({', '.join(map(told, args))})" if args else "")
        case syntax.IndexedSum(index, lo, hi, body, product):
            return f"{'PRODUCT' if product else 'SUM'}[{index}, {told(lo)}, {told(hi)}]({told(body)})"
        case syntax.Add(parts) | syntax.Mul(parts) | syntax.Had(parts):
            return f"{type(tree).__name__}({' '.join(map(told, parts))})"
        case syntax.Neg(arg) | syntax.Transpose(arg):
            return f"{type(tree).__name__}({told(arg)})"
        case _:
            return f"{type(tree).__name__}({', '.join(told(getattr(tree, name)) for name in tree.__match_args__)})"


def variables(operator):
    """X y^T for d^2/dx dy^T."""
    return " ".join(
        by.name + "".join(f"[{','.join(by.index)}]" for _ in by.index[:1]) + "^T" * by.transposed for by in operator.by
    )


def walk(tree):
    """Every node of a tree."""
    rest = [tree]
    while rest:
        node = rest.pop()
        if isinstance(node, tuple):
            rest.extend(node)
        elif isinstance(node, syntax.Node):
            yield node
            rest.extend(getattr(node, name) for name in node.__match_args__)
