"""vec and Kronecker forms: pairs of indices fused into one are read off the network.

A fuse (p; s, f) says that p runs over the pairs of s and f, f faster.  Two fuses joined s–s′ and f–f′ are a Kronecker
product, joined crosswise one
times a commutation matrix; a matrix between s and f is a vec, two vectors at s and f are a Kronecker product of
vectors.
Magnus & Neudecker, Matrix Differential Calculus (2019), chapters 2 and 3.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.formula.syntax import Call, Expr
from matdiff.functions import names as fn
from matdiff.notation.chains import Link, Word, column, matrix, spelled, turned

if TYPE_CHECKING:
    from matdiff.notation.series_parallel import Network


class Fuse(NamedTuple):
    """A pair of indices `slow` and `fast` that `pair` runs over."""

    pair: int
    slow: int
    fast: int


def resolve(network: Network) -> bool:
    """Read one fuse, or two, as notation; False where no pattern fits."""
    for k, fuse in enumerate(network.fuses):
        if _unvec(network, fuse) or _vec(network, fuse) or _vectors(network, fuse) or _half(network, fuse):
            del network.fuses[k]
            network.release()
            return True
        for other in network.fuses[k + 1 :]:
            if _twin(network, fuse, other):
                network.release()
                return True
            if _diagonal(network, fuse, other) or _product(network, fuse, other):
                network.fuses.remove(fuse)
                network.fuses.remove(other)
                network.release()
                return True
    return False


def _edges(network: Network, v: int) -> int:
    return sum((edge.i == v) + (edge.j == v) for edge in network.edges)


def _uses(network: Network, v: int) -> int:
    """How many fuses have v as a part."""
    return sum((fuse.slow == v) + (fuse.fast == v) for fuse in network.fuses)


def _between(network: Network, i: int, j: int) -> Word | None:
    """The word from i to j with the pendants of both, taken out of the network; () where they are one index; None
    where they are not joined alone.
    """
    if i == j:
        return () if not _edges(network, i) and not network.pendants[i] else None
    found = [edge for edge in network.edges if {edge.i, edge.j} == {i, j}]
    if len(found) != 1 or _edges(network, i) != 1 or _edges(network, j) != 1:
        return None
    edge = found[0]
    entry = edge.entry if edge.i == i else edge.entry.turned()
    return (
        *network.diagonal(network.pendants[i], i),
        *network.plain(entry, i, j),
        *network.diagonal(network.pendants[j], j),
    )


def _drop(network: Network, *vertices: int) -> None:
    network.edges = [edge for edge in network.edges if edge.i not in vertices and edge.j not in vertices]
    for v in vertices:
        network.pendants.pop(v, None)
        network.closed.discard(v)


def _twin(network: Network, first: Fuse, second: Fuse) -> bool:
    """Two fuses of the same two parts, which nothing else meets: their pairs are one index."""
    parts = {first.slow, first.fast}
    if first[1:] != second[1:] or len(parts) < 2 or parts & set(network.out):
        return False
    if any(_edges(network, v) or network.pendants[v] or _uses(network, v) != 2 for v in parts):
        return False
    _drop(network, *parts)
    network.fuses = [fuse for fuse in network.fuses if fuse not in {first, second}]
    old, new = (second.pair, first.pair) if second.pair not in network.out else (first.pair, second.pair)
    if old in network.out:
        eye = Call(fn.IDENTITY, (network.size(old),))
        network.edge(new, old, (Link(eye, eye),))
    elif old != new:
        network.rename(old, new)
    return True


def _unvec(network: Network, fuse: Fuse) -> bool:
    """The matrix whose vec is a vector v that stands at the pair."""
    pair, slow, fast = fuse
    used = sum(other.pair == pair or pair in other[1:] for other in network.fuses)
    if pair in network.out or pair not in network.pendants or _edges(network, pair) or used != 1 or slow == fast:
        return False
    vector = spelled(network.hadamard(network.pendants[pair], (pair,)))
    rows, columns = network.size(fast), network.size(slow)
    here = Call(fn.UNVEC, (vector, rows, columns))
    _drop(network, pair)
    network.edge(fast, slow, (matrix(here),))
    return True


def _vec(network: Network, fuse: Fuse) -> bool:
    """vec(M), M from fast to slow; of one index twice, vec(diag(p)) or vec(I)."""
    v = fuse.slow
    if v == fuse.fast and v not in network.out and not _edges(network, v) and _uses(network, v) == 2:
        inside = (
            spelled(network.diagonal(network.pendants[v], v))
            if network.pendants[v]
            else Call(fn.IDENTITY, (network.size(v),))
        )
        _drop(network, v)
        network.pendant(fuse.pair, (column(Call(fn.VEC, (inside,))),))
        return True
    if (
        fuse.slow == fuse.fast
        or _uses(network, fuse.slow) != 1
        or _uses(network, fuse.fast) != 1
        or {fuse.slow, fuse.fast} & set(network.out)
    ):
        return False
    word = _between(network, fuse.fast, fuse.slow)
    if not word:
        return False
    _drop(network, fuse.slow, fuse.fast)
    network.pendant(fuse.pair, (column(Call(fn.VEC, (spelled(word),))),))
    return True


def _vectors(network: Network, fuse: Fuse) -> bool:
    """U ⊗ v."""
    ends = (fuse.slow, fuse.fast)
    if (
        fuse.slow == fuse.fast
        or set(ends) & set(network.out)
        or any(_edges(network, v) or _uses(network, v) != 1 for v in ends)
    ):
        return False
    parts = [spelled(network.hadamard(network.pendants[v], (v,))) for v in ends]
    _drop(network, *ends)
    network.pendant(fuse.pair, (column(Call(fn.KRONECKER, tuple(parts))),))
    return True


def _half(network: Network, fuse: Fuse) -> bool:
    """A vector at one part, a matrix to one other index at the other: u ⊗ M or M ⊗ v."""
    for near, far in ((fuse.slow, fuse.fast), (fuse.fast, fuse.slow)):
        if (
            near == far
            or near in network.out
            or _edges(network, near)
            or _uses(network, near) != 1
            or _uses(network, far) != 1
        ):
            continue
        other, word = _onward(network, far)
        if other is None or word is None or (other != far and _uses(network, other)):
            continue
        vector = spelled(network.hadamard(network.pendants[near], (near,)))
        here, there = _as_matrix(network, word, far), _as_matrix(network, turned(word), far)
        pair = (vector, here) if near == fuse.slow else (here, vector)
        flipped = (_row(vector), there) if near == fuse.slow else (there, _row(vector))
        _drop(network, near, *([far] if far != other else []))
        network.edge(fuse.pair, other, (Link(Call(fn.KRONECKER, pair), Call(fn.KRONECKER, flipped)),))
        return True
    return False


def _row(vector: Expr) -> Expr:
    return column(vector).there


def _onward(network: Network, v: int) -> tuple[int | None, Word | None]:
    """The one index beyond v, and the word to it; v itself where it is open."""
    if v in network.out:
        return (v, ()) if not _edges(network, v) and not network.pendants[v] else (None, None)
    ends = [edge.j if edge.i == v else edge.i for edge in network.edges if v in (edge.i, edge.j)]
    if len(ends) != 1 or ends[0] == v:
        return None, None
    edge = next(edge for edge in network.edges if v in (edge.i, edge.j))
    entry = edge.entry if edge.i == v else edge.entry.turned()
    return ends[0], (*network.diagonal(network.pendants[v], v), *network.plain(entry, v, ends[0]))


def _as_matrix(network: Network, word: Word, v: int) -> Expr:
    return spelled(word) if word else Call(fn.IDENTITY, (network.size(v),))


def _diagonal(network: Network, first: Fuse, second: Fuse) -> bool:
    """diag(vec(M)) where both fuses have the same parts and M stands between them, diag(u ⊗ v) where vectors stand at
    them.
    """
    if (first.slow, first.fast) != (second.slow, second.fast) or first.slow == first.fast:
        return False
    if (
        _uses(network, first.slow) != 2
        or _uses(network, first.fast) != 2
        or {first.slow, first.fast} & set(network.out)
    ):
        return False
    if not _edges(network, first.slow) and not _edges(network, first.fast):
        parts = [spelled(network.hadamard(network.pendants[v], (v,))) for v in first[1:]]
        expr = Call(fn.DIAG, (Call(fn.KRONECKER, tuple(parts)),))
    else:
        word = _between(network, first.fast, first.slow)
        if word is None:
            return False
        expr = Call(fn.DIAG, (Call(fn.VEC, (spelled(word),)),))
    _drop(network, first.slow, first.fast)
    network.edge(first.pair, second.pair, (Link(expr, expr),))
    return True


def _product(network: Network, first: Fuse, second: Fuse) -> bool:
    """W₁ ⊗ W₂, or crosswise (W₁ ⊗ W₂) K."""
    for crossed, ends in ((False, (second.slow, second.fast)), (True, (second.fast, second.slow))):
        if any(v in network.out for v in (first.slow, first.fast, *ends)):
            continue
        shared = [(first.slow, ends[0]), (first.fast, ends[1])]
        if any(
            _uses(network, i) != (2 if i == j else 1) or _uses(network, j) != (2 if i == j else 1) for i, j in shared
        ):
            continue
        words = [_between(network, i, j) for i, j in shared]
        if words[0] is None or words[1] is None:
            continue
        left, right = (_as_matrix(network, word, i) for word, (i, _) in zip(words, shared, strict=True))  # type: ignore[arg-type] # None was ruled out
        turned_left, turned_right = (
            _as_matrix(network, turned(word or ()), j) for word, (_, j) in zip(words, shared, strict=True)
        )
        link = Link(Call(fn.KRONECKER, (left, right)), Call(fn.KRONECKER, (turned_left, turned_right)))
        word: Word = (link,)
        if crossed:
            # columns (s′, f′) of the second fuse meet words that end in (f′, s′): K turns vec(Mᵀ) into vec(M)
            m, n = network.size(ends[0]), network.size(ends[1])
            turn = Link(Call(fn.COMMUTATION, (m, n)), Call(fn.COMMUTATION, (n, m)))
            plain = words == [(), ()]
            word = (turn,) if plain else (link, turn)
        _drop(network, first.slow, first.fast, *ends)
        network.edge(first.pair, second.pair, word)
        return True
    return False
