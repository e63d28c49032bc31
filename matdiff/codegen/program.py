"""Walks over an array program: its order, how often each array is used, and the program with arrays replaced."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from matdiff.codegen.arrays import Array, Arrays

_TOLD = frozenset({"op", "call"})  # only who made them knows their shapes


def in_order(roots: Iterable[Array]) -> list[Array]:
    """All arrays, arguments first."""
    found: list[Array] = []
    seen: set[Array] = set()
    stack = [(root, False) for root in reversed(list(roots))]
    while stack:
        node, ready = stack.pop()
        if ready:
            found.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend([(arg, False) for arg in reversed(node.args)])
    return found


def uses_of(roots: Iterable[Array]) -> dict[Array, int]:
    """How often each array is an argument or a root."""
    roots = list(roots)
    uses: dict[Array, int] = {}
    for root in roots:
        uses[root] = uses.get(root, 0) + 1
    for node in in_order(roots):
        for arg in node.args:
            uses[arg] = uses.get(arg, 0) + 1
    return uses


def rebuilt(arrays: Arrays, roots: list[Array], change: Callable[[Array, Array], Array]) -> list[Array]:
    """Every array changed, its arguments first; `change` gets the array on changed arguments, and the old one."""
    done: dict[Array, Array] = {}
    for node in in_order(roots):
        args = tuple([done[arg] for arg in node.args])
        same = all(new is old for new, old in zip(args, node.args, strict=True))
        done[node] = change(node if same else remade(arrays, node, args), node)
    return [done[root] for root in roots]


def remade(arrays: Arrays, node: Array, args: tuple[Array, ...]) -> Array:
    """The operation of a node on other arguments."""
    if node.op == "transpose":
        return arrays.transpose(args[0])
    if node.op == "loop":
        return arrays.loop(*node.data, *args)
    return arrays.make(node.op, args, node.data, node.shape if node.op in _TOLD else None)
