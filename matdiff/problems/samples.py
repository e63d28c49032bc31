"""Sums over samples taken apart: which terms of an objective run over samples, and one sample's share of them.

A sample is a member of a family x_n, or a row of the matrices and an entry of the vectors of the data.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.errors import CalculusError
from matdiff.graph import build, elementwise, powers
from matdiff.graph.nodes import Ein, Lin, Map, Op, Power, Var, number, walk
from matdiff.graph.sums import depends

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matdiff.graph.nodes import Node, Size


class NoSampleError(Exception):
    """The node doesn't fall into samples along this index."""


class Sampled(NamedTuple):
    """member: the share of one sample and the terms without samples; mean: the same with the mean over all samples.

    size: of the samples' index.  sliced: the data that are indexed by samples.  members: what stands for them.
    """

    member: Node
    mean: Node
    size: Size
    sliced: tuple[Var, ...]
    members: tuple[Var, ...]


def sampled(objective: Node, unknowns: Sequence[Var], index: str, counts: frozenset[Node] = frozenset()) -> Sampled:
    """The objective by samples; `counts` are numbers that can only be that of the samples, the N of 1/N ||X w - y||^2.

    Raises CalculusError E301 where it is no sum over samples.
    """
    terms = objective.terms if isinstance(objective, Lin) else ((1, objective),)
    size: Size | None = None
    shares, means, found = [], [], _Members(unknowns, index)
    for c, term in terms:
        share = _share(term, found, size, counts)
        if share is None:
            shares.append((c, term))
            means.append((c, term))
            continue
        size, one, averaged = share
        shares.append((c, one))
        means.append((c, averaged))
    if size is None:
        raise CalculusError("E301", "the objective is no sum over samples", hint="gd takes the whole gradient")
    count = build.size_node(size)
    if any(depends(node, count) for _, node in shares):
        raise CalculusError(
            "E301", f"the number of samples {size} stands outside of a mean", hint="divide the sum by it"
        )
    if any(set(inner.shape) & {size} for _, term in shares for inner in walk(term)):
        raise CalculusError("E301", f"a part of the objective runs over {size}, and is no sum over samples")
    return Sampled(build.lin(shares, ()), build.lin(means, ()), size, tuple(found.made), tuple(found.made.values()))


class _Members:
    """The Vars of single samples, by the Vars of all."""

    def __init__(self, unknowns: Sequence[Var], index: str) -> None:
        self.unknowns, self.index = frozenset(unknowns), index
        self.made: dict[Var, Var] = {}

    def of(self, var: Var) -> Var:
        if var in self.unknowns or var.role != "symbol" or var.structure:
            raise NoSampleError
        known = self.made.get(var)
        if known is None:
            base = var.name.partition("_")[0] if var.family else var.name
            if var.order > 1 and not var.family:
                base = base.lower() if base.lower() != base else base
            rest = var.shape[1:]
            rows = rest[0] if rest else 1
            known = Var(f"{base}_{self.index}", rest, rows_columns=(rows, rest[1] if len(rest) > 1 else 1))
            self.made[var] = known
        return known


def _share(term: Node, members: _Members, size: Size | None, counts: frozenset[Node]) -> tuple[Size, Node, Node] | None:
    """The index of samples that a term sums over, one sample's share, and the term as a mean."""
    scalars: list[Node] = []
    whole = core = term
    if isinstance(whole, Ein):
        open_parts = [(factor, slots) for factor, slots in whole.factors if slots]
        if not open_parts:  # scalars times one closed part
            for factor, _ in whole.factors:
                if isinstance(factor, Ein) and any(slots for _, slots in factor.factors) and core is whole:
                    core = factor
                else:
                    scalars.append(factor)
    if not isinstance(core, Ein):
        return None
    for place in range(len(core.sizes)):
        if size is not None and core.sizes[place] != size:
            continue
        before = dict(members.made)
        try:
            one = _dropped(core, place, members)
        except NoSampleError:
            members.made = before
            continue
        return _scaled(core, place, one, scalars, counts)
    return None


def _scaled(core: Ein, place: int, one: Node, scalars: list[Node], counts: frozenset[Node]) -> tuple[Size, Node, Node]:
    """The share without 1/N, and the whole as a mean."""
    size = core.sizes[place]
    count = build.size_node(size)
    whole: Node = build.mul(*scalars, core) if scalars else core
    over = build.mul(*scalars, one)
    below = [*scalars, *[factor for factor, slots in core.factors if not slots]]
    for number_of_samples in (count, *counts):
        if any(_divides(factor, number_of_samples) for factor in below):
            return (
                size,
                build.mul(number_of_samples, over),
                build.mul(number_of_samples, build.reciprocal(count), whole),
            )
    return size, over, build.mul(build.reciprocal(count), whole)


def _divides(factor: Node, count: Node) -> bool:
    return isinstance(factor, Power) and factor.base is count and number(factor.exponent) == -1


def _dropped(node: Ein, place: int, members: _Members) -> Node:
    """The product with one index fixed to a sample."""
    if not any(place in slots for _, slots in node.factors):
        raise NoSampleError
    factors = []
    order = node.written or range(len(node.factors))
    for k in order:
        factor, slots = node.factors[k]
        axes = tuple([axis for axis, i in enumerate(slots) if i == place])
        kept = tuple([i for i in slots if i != place])
        factors.append((fixed(factor, axes, members) if axes else factor, kept))
    out = tuple([i for i in node.out if i != place])
    sizes = {
        i: size for i, size in enumerate(node.sizes) if i != place and (i in out or any(i in s for _, s in factors))
    }
    return build.ein(factors, out, sizes)


def fixed(node: Node, axes: tuple[int, ...], members: _Members) -> Node:
    """A node with the axes of the samples fixed to one.  Raises NoSampleError where that is not said."""
    if isinstance(node, Var):
        if axes != (0,):
            raise NoSampleError
        return members.of(node)
    if isinstance(node, Lin):
        shape = tuple([size for axis, size in enumerate(node.shape) if axis not in axes])
        return build.lin([(c, fixed(term, axes, members)) for c, term in node.terms], shape)
    if isinstance(node, Map):
        return elementwise.apply(node.function, fixed(node.arg, axes, members))
    if isinstance(node, Power) and not node.exponent.order:
        return powers.power(fixed(node.base, axes, members), node.exponent)
    if isinstance(node, Ein) and len({node.out[axis] for axis in axes}) == 1:
        place = node.out[axes[0]]
        if not any(place in slots for _, slots in node.factors):
            out = tuple([i for axis, i in enumerate(node.out) if axis not in axes])
            sizes = {i: size for i, size in enumerate(node.sizes) if i != place}
            return build.ein([*node.factors], out, sizes)
        return _dropped(node, place, members)
    if isinstance(node, Op):
        raise NoSampleError
    raise NoSampleError
