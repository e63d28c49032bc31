"""Elementwise functions of the graph: parity, inverses of one another, and the names people know (σ, softplus,
logsumexp, cosh).
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.graph import current
from matdiff.graph.nodes import ONE, Ein, Indices, Lin, Map, Node, Op, Power, Size, Var, number
from matdiff.graph.rewriting import rewrite
from matdiff.graph.signs import nonnegative

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.graph.build import Summand

_ROWS = [row for row in TABLE.values() if row.kind == "elementwise"]
ODD = frozenset([row.name for row in _ROWS if row.traits.parity == "odd"])
EVEN = frozenset([row.name for row in _ROWS if row.traits.parity == "even"])
_ORIENTED = frozenset(
    {fn.ABSOLUTE, fn.SIGN}
)  # |a - b| stands for |b - a|, too: of differences these two alone take one sign


def apply(function: str, arg: Node) -> Node:
    """function(arg), entry by entry."""
    c, inside = build.split(arg)
    if build.is_zero(arg):
        found = _at_zero(function, arg)
        if found is not None:
            return found
    if isinstance(inside, Lin) and function in _ORIENTED:
        current().signs.setdefault(inside, -1 if c < 0 else 1)
    if c < 0 and (not isinstance(inside, Lin) or function in _ORIENTED):
        if function in ODD:
            return build.scale(-1, apply(function, build.scale(-1, arg)))
        if function in EVEN:
            return apply(function, build.scale(-1, arg))
    if isinstance(arg, Map) and arg.function == TABLE[function].traits.undoes:
        return arg.arg
    simpler = _RULES[function](arg) if function in _RULES else None
    if simpler is not None:
        return simpler
    kept, turned = build.oriented(arg)
    return build.transposed(Map(function, kept)) if turned else Map(function, kept)


def _at_zero(function: str, arg: Node) -> Node | None:
    """f(0) of a tensor of zeros: a number times ones."""
    known = TABLE[function].traits.at_zero
    if known.replace("/", "").isdigit():
        return build.scale(build.exact(Fraction(known)), build.ones(arg.shape))
    return build.mul(Map(function, build.zero(())), build.ones(arg.shape)) if arg.shape else None


def is_euler(node: Node) -> bool:
    """Is it the number e?"""
    return isinstance(node, Var) and node.role == "number" and node.name == fn.EULER


def _log(arg: Node) -> Node | None:
    if is_euler(arg):
        return ONE
    if arg is ONE or _is_ones(arg):
        return build.zero(arg.shape)
    rule = _LOGARITHMS.get(type(arg))
    return None if rule is None else rule(arg)


def _log_of_map(arg: Map) -> Node | None:
    """Log σ(u) = −softplus(−u), log |det X| = logdet X."""
    if arg.function == fn.SIGMOID:
        return build.scale(-1, apply(fn.SOFTPLUS, build.scale(-1, arg.arg)))
    return _log_of_operator(arg.arg, of_size=True) if arg.function == fn.ABSOLUTE else None


def _log_of_operator(arg: Node, *, of_size: bool = False) -> Node | None:
    """Log det X = logdet X, log softmax(z) = z − logsumexp(z) 1; of the first the size will do."""
    if not isinstance(arg, Op):
        return None
    if arg.name == fn.DETERMINANT:
        return Op(fn.LOGDET, arg.args, ())
    if arg.name == fn.SOFTMAX and not of_size:
        inside = arg.args[0]
        return build.sub(inside, build.mul(Op(fn.LOGSUMEXP, (inside,), ()), build.ones(inside.shape)))
    return None


def _log_of_product(arg: Ein) -> Node | None:
    """Log 1ᵀe^x = logsumexp(x); where nothing is summed, log(e^u v) = u + log v."""
    inside = arg.factors[0][0] if len(arg.factors) == 1 and not arg.out else None
    if isinstance(inside, Map) and inside.function == fn.EXP and inside.order == 1:
        return Op(fn.LOGSUMEXP, (inside.arg,), ())
    return _log_of_entry(arg) or _of_product(arg)


def _log_of_entry(arg: Ein) -> Node | None:
    """Log of an entry of v as that entry of log v, where log v is something else: of softmax(z), exp(z), sigmoid(z)."""
    picks = [factor for factor, _ in arg.factors if isinstance(factor, Op) and factor.name == "pick"]
    others = [factor for factor, _ in arg.factors if factor not in picks]
    if arg.out or len(picks) != 1 or len(others) != 1 or others[0].order != 1:
        return None
    log = apply(fn.LOG, others[0])
    if isinstance(log, Map) and log.function == fn.LOG:
        return None
    return build.ein([(picks[0], (0,)), (log, (0,))], (), {0: log.shape[0]})


def _of_product(product: Ein) -> Node | None:
    """log(e^u v) = u + log v entry by entry, where e^u is a factor; and log(e^u/v) = u - log v."""
    inside = {index for _, indices in product.factors for index in indices}
    if len(set(product.out)) != len(product.out) or not inside <= set(product.out):
        return None  # a sum
    sizes = dict(enumerate(product.sizes))
    for place, (factor, indices) in enumerate(product.factors):
        if isinstance(factor, Map) and factor.function == fn.EXP and len(set(indices)) == len(indices):
            others = [pair for k, pair in enumerate(product.factors) if k != place]
            exponent = build.ein([(factor.arg, indices)], product.out, sizes)
            return build.add(exponent, _log_of_factors(others, product.out, sizes))
    return None


def _log_of_factors(factors: list[tuple[Node, Indices]], out: Indices, sizes: dict[int, Size]) -> Node:
    """The logarithm of a product entry by entry: of one factor, log v or, of v = 1/w, -log w."""
    if len(factors) != 1 or len(set(factors[0][1])) != len(factors[0][1]):
        return apply(fn.LOG, build.ein(factors, out, sizes))
    (factor, indices) = factors[0]
    inverted = isinstance(factor, Power) and number(factor.args[1]) == -1
    log = build.scale(-1, apply(fn.LOG, factor.args[0])) if inverted else apply(fn.LOG, factor)
    return build.ein([(log, indices)], out, sizes)


def _softplus(arg: Lin) -> Node | None:
    """log(1 + e^u)."""
    exponent = _one_plus_exp(arg)
    return None if exponent is None else apply(fn.SOFTPLUS, exponent)


def _abs(arg: Node) -> Node | None:
    if isinstance(arg, Map) and arg.function == fn.ABSOLUTE:
        return arg
    return arg if nonnegative(arg) else None


_LOGARITHMS: dict[type, Callable[..., Node | None]] = {
    Map: _log_of_map,
    Op: _log_of_operator,
    Ein: _log_of_product,
    Lin: _softplus,
}


def _relu(arg: Node) -> Node | None:
    """The positive part of a number, or of one number in all entries."""
    c, inside = build.split(arg)
    return build.scale(max(c, 0), inside) if inside is ONE or _is_ones(inside) else None


_RULES = {fn.LOG: _log, fn.ABSOLUTE: _abs, fn.RELU: _relu}


def _is_ones(node: Node) -> bool:
    return isinstance(node, Ein) and not node.factors and len(set(node.out)) == len(node.out)


def _one_plus_exp(node: Lin) -> Node | None:
    """The u of 1 + e^u."""
    if len(node.terms) != 2:
        return None
    for (c, first), (d, second) in (node.terms, node.terms[::-1]):
        if c == d == 1 and _is_ones(first) and isinstance(second, Map) and second.function == fn.EXP:
            return second.arg
    return None


def reciprocal_sum(node: Lin) -> Node | None:
    """1/(1 + e^u) = σ(−u)."""
    exponent = _one_plus_exp(node)
    return None if exponent is None else apply(fn.SIGMOID, build.scale(-1, exponent))


@rewrite
def named_sum(terms: list[Summand], shape: tuple[Size, ...]) -> list[Summand]:
    """1 − σ(u) = σ(−u); e^u + e^−u = 2 cosh u; e^u − e^−u = 2 sinh u."""
    maps = {node: c for c, node in terms if isinstance(node, Map)}
    if not maps:
        return terms
    where = {node: c for c, node in terms}
    for node, c in maps.items():
        if node.function == fn.SIGMOID:
            one = build.ones(shape)
            if where.get(one) == -c:
                return _replaced(terms, {node, one}, (-c, apply(fn.SIGMOID, build.scale(-1, node.arg))), shape)
        elif node.function == fn.EXP:
            other = Map(fn.EXP, build.scale(-1, node.arg))
            d = maps.get(other)
            if d is not None and abs(d) == abs(c) and other is not node:
                named = apply(fn.COSH if d == c else fn.SINH, node.arg)
                return _replaced(terms, {node, other}, (2 * c, named), shape)
    return terms


def _replaced(terms: list[Summand], gone: set[Node], new: Summand, shape: tuple[Size, ...]) -> list[Summand]:
    left = [term for term in terms if term[1] not in gone]
    total = build.lin([*left, new], shape)
    return list(total.terms) if isinstance(total, Lin) else [(1, total)]
