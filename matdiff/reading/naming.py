"""Names for sizes that nobody named: an undeclared vector has n entries, an undeclared matrix m x n."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.reading.sizes import SizeTerm, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matdiff.reading.symbol_shapes import SymbolShapes

_FOR_ONE = ("n", "m", "p", "q", "r", "s", "l", "d")
_FOR_ROWS = ("m", "p", "r", "k", "l", "d")
_FOR_MEMBERS = ("N", "M", "K", "J", "P", "R", "n", "m", "p", "q", "r", "s")
_FOR_COLUMNS = ("n", "q", "s", "h", "g", "j")


def name_sizes(inference: SymbolShapes, also: Iterable[SizeTerm] = ()) -> None:
    """Give every unknown size in the symbol table (and `also` these) a name that the question does not use, in order
    of appearance.
    """
    taken = _taken(inference)
    for name in inference.names.entities:
        for axis, index in zip(inference.axes.get(name, ()), inference.names.entities[name].index, strict=False):
            _name(inference, axis, _for_members(index), taken)
    for name in inference.names.entities:
        dims = inference.shapes.get(name)
        if dims is None:
            continue
        rows, columns = inference.sizes.resolve(dims[0]), inference.sizes.resolve(dims[1])
        several = rows is not columns and isinstance(rows, Unknown) and isinstance(columns, Unknown)
        _name(inference, rows, _FOR_ROWS if several else _FOR_ONE, taken)
        _name(inference, columns, _FOR_COLUMNS if several else _FOR_ONE, taken)
    for size in also:
        _name(inference, size, _FOR_ONE, taken)
    for node, size in inference.open_sums:
        _name(inference, size, _for_members(node.index), taken)


def _for_members(index: str) -> tuple[str, ...]:
    """What the last number of an index may be called: N of n; never I, which is the identity."""
    return (*([index.upper()] if index not in {"i", "e"} else []), *_FOR_MEMBERS)


def _taken(inference: SymbolShapes) -> set[str]:
    names = inference.names
    return {*names.entities, *names.size_names, *names.bound, *names.meanings, *names.declared}


def _name(inference: SymbolShapes, size: SizeTerm, wanted: tuple[str, ...], taken: set[str]) -> None:
    size = inference.sizes.resolve(size)
    if isinstance(size, Unknown):
        size.bound = next(name for name in _candidates(wanted) if name not in taken)
        taken.add(size.bound)


def _candidates(wanted: tuple[str, ...]) -> Iterator[str]:
    yield from wanted
    yield from _FOR_ONE
    number = 1
    while True:
        yield f"n_{number}"
        number += 1
