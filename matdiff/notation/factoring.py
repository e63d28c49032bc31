"""Sums written short: common content, common scalars, common prefixes and suffixes: BX + BᵀX → (B + Bᵀ) X.

A step is taken only where the sum gets shorter.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING
from math import gcd, lcm

from matdiff.formula.length import length
from matdiff.formula.syntax import Add, Call, Expr, IndexedSum, Neg, Num, Transpose
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.notation.chains import Link, Word, negated, transposed, turned
from matdiff.notation.signs import positive
from matdiff.notation.terms import Scalar, Term, hoisted, sign, spell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matdiff.graph.nodes import Coefficient

_PARTIAL = 4  # symbols that putting only some of the terms together must save at least
_EAGER = 4  # symbols that a common factor may cost where factors are asked for
_LEVELS = 2  # sums within sums that are still put together
_BARE = 3  # symbols that a bare I left behind must save, _BARE_COSTS more than another way
_BARE_COSTS = 2
_MUCH = -1  # stands for: a quarter of the sum, and not less than _PARTIAL
_MANY = 24  # beyond so many terms only what all of them share is taken out
_FACTORS = 40  # the same beyond so many factors in all


def spell_sum(terms: list[Term], level: int = 0) -> Expr:
    """A sum as an expression, factored where that is shorter."""
    return spelled(collect(terms, level=level))


def spelled(terms: list[Term]) -> Expr:
    """A sum as it stands; a positive term comes first where there is one."""
    if not terms:
        return Num(Fraction(0))
    if terms[0].coefficient < 0:
        first = next((k for k, term in enumerate(terms) if term.coefficient > 0), 0)
        terms = [terms[first], *terms[:first], *terms[first + 1 :]]
    exprs = [spell(positive(terms[0])), *[spell(term) for term in terms[1:]]]
    if len(exprs) == 1:
        return exprs[0]
    flat: list[Expr] = []
    for expr in exprs:
        if isinstance(expr, Add):
            flat.extend(expr.terms)
        elif isinstance(expr, Neg) and isinstance(expr.arg, Add):
            flat.extend([negated(term) for term in expr.arg.terms])
        else:
            flat.append(expr)
    first = next((k for k, expr in enumerate(flat) if sign(expr) > 0), 0)
    return Add((flat[first], *flat[:first], *flat[first + 1 :]) if sign(flat[0]) < 0 else tuple(flat))


def cost(terms: list[Term]) -> int:
    """The symbols and operators of a sum."""
    return sum(length(spell(term)) + 1 for term in terms) - 1


def collected_cost(terms: list[Term]) -> int:
    """The symbols and operators of a sum once it is put together."""
    return cost(collect(terms))


def collect(terms: list[Term], *, eager: bool = False, level: int = 0) -> list[Term]:
    """The same sum in fewer symbols; `eager`: in fewer terms, also where that takes a few symbols more.

    `level`: how many sums this one stands within; deep inside, where every try is paid for many times, less is tried.
    """
    if level > _LEVELS:
        return terms
    terms = _sums_joined(terms)
    price = cost(terms) if len(terms) > 1 else 0
    while len(terms) > 1:
        best, least = None, price
        for candidate, gain in _candidates(terms, level):
            asked = cost(candidate) + (_BARE_COSTS if gain == _BARE else 0)
            if eager and len(candidate) < len(terms) and asked <= price + _EAGER and (best is None or asked < least):
                best, least = candidate, asked
                continue
            least_gain = max(_PARTIAL, price // 4) if gain == _MUCH else 1 if gain == _BARE else gain
            if asked + least_gain <= price and asked < least:
                best, least = candidate, asked
        if best is None:
            break
        terms, price = best, cost(best)
    return terms


def _sums_joined(terms: list[Term]) -> list[Term]:
    """Sums over one range as one sum: sum of a_i less sum of b_i is the sum of a_i - b_i."""
    groups: list[tuple[IndexedSum, bool, str, list[tuple[Coefficient, IndexedSum]]]] = []
    left: list[Term] = []
    for term in terms:
        whole = _whole_sum(term)
        if whole is None:
            left.append(term)
            continue
        total, turned, side = whole
        for known, other_turned, other_side, parts in groups:
            alike = (known.index, known.lo, known.hi, other_turned, other_side) == (
                total.index,
                total.lo,
                total.hi,
                turned,
                side,
            )
            if alike:
                parts.append((term.coefficient, total))
                break
        else:
            groups.append((total, turned, side, [(term.coefficient, total)]))
    if all(len(parts) == 1 for *_, parts in groups):
        return terms
    return [_joined_sum(*group) for group in groups] + left


def _whole_sum(term: Term) -> tuple[IndexedSum, bool, str] | None:
    """The sum over an index that a term is a multiple of, whether it is transposed, and the shape of its word."""
    if term.scalars and not term.word and len(term.scalars) == 1 and term.scalars[0].exponent == 1:
        expr, side = term.scalars[0].base, "scalar"
    elif len(term.word) == 1 and not term.scalars:
        expr, side = term.word[0].here, term.word[0].side
    else:
        return None
    turned = isinstance(expr, Transpose)
    inside = expr.arg if isinstance(expr, Transpose) else expr
    return (inside, turned, side) if isinstance(inside, IndexedSum) and not inside.product else None


def _joined_sum(total: IndexedSum, turned: bool, side: str, parts: list[tuple[Coefficient, IndexedSum]]) -> Term:
    number, bodies = _bodies(parts)
    before: tuple[Scalar, ...] = ()
    if len(bodies) == 1:
        (_, before, _), body = hoisted(bodies[0], total.index)
        bodies = [body]
    expr: Expr = IndexedSum(total.index, total.lo, total.hi, spelled(bodies))
    if side == "scalar":
        return Term(number, (*before, Scalar(expr, Fraction(1))), ())
    here = Transpose(expr) if turned else expr
    return Term(number, before, (Link(here, transposed(here), side),))


def _bodies(parts: list[tuple[Coefficient, IndexedSum]]) -> tuple[Coefficient, list[Term]]:
    """The summands of sums over one range as one sum, its content apart; collected where their terms are known."""
    if not all(part.terms for _, part in parts):
        number = _content([Term(c, (), ()) for c, _ in parts])
        return number, [Term(Fraction(c) / number, (Scalar(part.body, Fraction(1)),), ()) for c, part in parts]
    bodies = collect(
        [term._replace(coefficient=term.coefficient * Fraction(c)) for c, part in parts for term in part.terms]
    )
    number = _content(bodies)
    return number, [term._replace(coefficient=Fraction(term.coefficient) / number) for term in bodies]


def _candidates(terms: list[Term], level: int) -> Iterator[tuple[list[Term], int]]:
    """Ways to put terms together, each with the symbols it must save: partial ones hide that terms are alike, so those
    must save much.
    """
    everything = list(range(len(terms)))
    prefix, suffix = _prefix(terms), _suffix(terms, 0)
    for start, end in dict.fromkeys(((0, 0), (prefix, 0), (0, suffix), (prefix, suffix))):
        grouped = _grouped(terms, start, end, level)
        if grouped is not None:
            left = {len(term.word) > start + end for term in terms}
            bare = bool(start or end) and len(left) == 2  # an identity stays behind in some terms
            if bare and all(_crosses(link) for term in terms for link in term.word[start : len(term.word) - end]):
                bare = False  # (I + K) is a symmetrizer, and reads well
            yield [grouped], _BARE if bare else 1 if start or end or grouped.scalars or _are_transposes(terms) else 2
    if len(terms) > _MANY or sum([len(term.scalars) + len(term.word) for term in terms]) > _FACTORS:
        return
    for end in (0, -1):
        for group in _groups(terms, end):
            if group == everything:
                group = [k for k in group if len(terms[k].word) > 1]  # noqa: PLW2901 # those that leave no bare I
            if group == everything or len(group) < 2:
                continue
            chosen = [terms[k] for k in group]
            prefix, suffix = (_prefix(chosen), 0) if end == 0 else (0, _suffix(chosen, 0))
            grouped = _grouped(chosen, prefix, suffix, level)
            if grouped is not None:
                simple = all(len(term.word) - prefix - suffix == 1 for term in chosen)
                yield _replaced(terms, group, grouped), 1 if simple else _MUCH
    if level < _LEVELS:
        yield from _by_scalars(terms, level)


def _are_transposes(terms: list[Term]) -> bool:
    """4 X + 4 X^T, which reads better as 4 (X + X^T)."""
    words = [term.word for term in terms]
    return len(words) == 2 and all(len(word) == 1 for word in words) and words[0][0].here == words[1][0].there


def _crosses(link: Link) -> bool:
    """Is a link a commutation matrix?"""
    return isinstance(link.here, Call) and bool(TABLE[link.here.function].letter)


def _by_scalars(terms: list[Term], level: int) -> Iterator[tuple[list[Term], int]]:
    """Some of the terms put together for a scalar factor that they share."""
    bases: list[tuple[Expr, list[int]]] = []
    for k, term in enumerate(terms):
        for scalar in term.scalars:
            found = next((group for base, group in bases if base == scalar.base), None)
            if found is None:
                bases.append((scalar.base, [k]))
            else:
                found.append(k)
    for _, group in bases:
        if 1 < len(group) < len(terms):
            grouped = _grouped([terms[k] for k in group], 0, 0, level)
            if grouped is not None:
                yield _replaced(terms, group, grouped), _MUCH


def _groups(terms: list[Term], end: int) -> Iterator[list[int]]:
    """Sets of terms whose words begin (end 0) or stop (end -1) with the same link."""
    found: list[tuple[Expr, list[int]]] = []
    for k, term in enumerate(terms):
        if not term.word:
            continue
        here = term.word[end].here
        group = next((group for known, group in found if known == here), None)
        if group is None:
            found.append((here, [k]))
        else:
            group.append(k)
    for _, group in found:
        if len(group) > 1:
            yield group


def _replaced(terms: list[Term], group: list[int], new: Term) -> list[Term]:
    result = [term for k, term in enumerate(terms) if k not in group]
    result.insert(min(group[0], len(result)), new)
    return result


def _prefix(terms: list[Term]) -> int:
    shared = 0
    for links in zip(*[term.word for term in terms], strict=False):
        if any(link.here != links[0].here for link in links[1:]):
            break
        shared += 1
    return shared


def _suffix(terms: list[Term], prefix: int) -> int:
    shared = 0
    shortest = min(len(term.word) for term in terms) - prefix
    while shared < shortest and all(
        term.word[-1 - shared].here == terms[0].word[-1 - shared].here for term in terms[1:]
    ):
        shared += 1
    return shared


def _grouped(terms: list[Term], prefix: int, suffix: int, level: int) -> Term | None:
    """One term for several: their common number, scalars, prefix and suffix, and the sum of what is left of them."""
    number = _content(terms)
    scalars = _shared_scalars(terms)
    words = [term.word for term in terms]
    same = all(len(word) == len(words[0]) for word in words) and prefix + suffix >= len(words[0]) > 0
    if words[0] and not same:
        prefix, suffix = _room(words, prefix, suffix)
    if number == 1 and not scalars and not prefix and not suffix:
        return None
    left = [
        Term(
            term.coefficient if number == 1 else Fraction(term.coefficient) / number,
            _without(term.scalars, scalars),
            word[prefix : len(word) - suffix if not same else prefix],
        )
        for term, word in zip(terms, words, strict=True)
    ]
    if same or not words[0]:
        inner = spelled(collect([Term(term.coefficient, term.scalars, ()) for term in left], level=level + 1))
        return Term(number, (*scalars, Scalar(inner, Fraction(1))), words[0])
    start, end = words[0][:prefix], words[0][len(words[0]) - suffix :]
    collected = collect(
        [Term(term.coefficient, term.scalars, term.word or (Link(_IDENTITY, _IDENTITY),)) for term in left],
        level=level + 1,
    )
    if len(collected) == 1:
        return Term(number * collected[0].coefficient, scalars + collected[0].scalars, start + collected[0].word + end)
    link = _sum_link(collected, level + 1)
    return None if link is None else Term(number, scalars, (*start, link, *end))


def _room(words: list[Word], prefix: int, suffix: int) -> tuple[int, int]:
    """Shared links that may be taken out: what is left of each word must keep its shape, so a lone column or row is
    not left empty.
    """
    shortest = min(len(word) for word in words)
    if any(len(word) == prefix and word[-1].side == "column" for word in words):
        prefix = max(0, shortest - 1)
    if any(len(word) == suffix and word[0].side == "row" for word in words):
        suffix = max(0, shortest - 1)
    while prefix + suffix > shortest:
        suffix -= 1
    return prefix, suffix


def _sum_link(terms: list[Term], level: int) -> Link | None:
    """A sum of several terms as a link."""
    sides = {_side(term.word) for term in terms}
    if len(sides) > 1:
        return None
    side = sides.pop()
    expr = spelled(terms)
    if side:
        return Link(expr, transposed(expr), side)

    def there() -> Expr:
        found = spell_sum([Term(term.coefficient, term.scalars, turned(term.word)) for term in terms], level)
        return found if length(found) <= length(expr) + 1 else transposed(expr)

    return Link(expr, there, side)


_IDENTITY: Expr = Call(fn.IDENTITY, ())


def _side(word: Word) -> str:
    """The shape of a word: "column", "row", or "" for a matrix (an outer product too)."""
    if word[0].side == "row":
        return "row"
    return "column" if word[-1].side == "column" else ""


def _content(terms: list[Term]) -> Fraction:
    top, bottom = 0, 1
    for term in terms:
        c = term.coefficient
        top, bottom = gcd(top, c.numerator), lcm(bottom, c.denominator)
    if bottom > 1 and any(term.coefficient.denominator != bottom for term in terms):
        top, bottom = 1, 1
    found = Fraction(top, bottom)
    return -found if all(term.coefficient < 0 for term in terms) else found


def _shared_scalars(terms: list[Term]) -> tuple[Scalar, ...]:
    """Scalar factors with numeric exponents that every term has, each to the smallest of its powers."""
    shared = []
    for base, exponent in terms[0].scalars:
        if not isinstance(exponent, Fraction):
            if all(any(s.base == base and s.exponent == exponent for s in term.scalars) for term in terms[1:]):
                shared.append(Scalar(base, exponent))
            continue
        powers = [exponent]
        for term in terms[1:]:
            found = next(
                (s.exponent for s in term.scalars if s.base == base and isinstance(s.exponent, Fraction)), Fraction(0)
            )
            powers.append(found)
        least = min(powers) if min(powers) > 0 else max(powers) if max(powers) < 0 else Fraction(0)
        if not least and len({power % 1 for power in powers}) == 1 and powers[0].denominator != 1:
            least = max(powers, key=powers.count)  # roots go out, what they leave is whole: sqrt(n) (I - ones/n)
        if least:
            shared.append(Scalar(base, least))
    return tuple(shared)


def _without(scalars: tuple[Scalar, ...], gone: tuple[Scalar, ...]) -> tuple[Scalar, ...]:
    left = []
    for base, exponent in scalars:
        if not isinstance(exponent, Fraction):
            if not any(s.base == base and s.exponent == exponent for s in gone):
                left.append(Scalar(base, exponent))
            continue
        taken = next((s.exponent for s in gone if s.base == base and isinstance(s.exponent, Fraction)), Fraction(0))
        if exponent != taken:
            left.append(Scalar(base, exponent - taken))
    return tuple(left)
