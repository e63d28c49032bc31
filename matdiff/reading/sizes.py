"""Sizes as symbols: numbers, declared names, unknowns, and polynomials in them; unification by union-find.

A declared name is rigid: n equals neither m nor 3 nor 1.  A name that only stands in ones(n) or I_n may turn out to be
a number.  An unknown is
the size of something undeclared: it may turn out to be anything but 1, for what has size one is told apart beforehand
(see kinds.py).
"""

from __future__ import annotations

from itertools import count
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Unknown:
    """A size not known yet; `bound` is what it turned out to be."""

    __slots__ = ("bound", "serial")
    _serials = count()

    def __init__(self) -> None:
        self.bound: SizeTerm | None = None
        self.serial = next(self._serials)


Atom = str | Unknown
Monomials = dict[tuple[Atom, ...], Fraction]


class Polynomial:
    """A size that is a sum of products, such as m*n or n*(n+1)/2."""

    __slots__ = ("monomials",)

    def __init__(self, monomials: Monomials) -> None:
        self.monomials = monomials

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Polynomial) and self.monomials == other.monomials

    def __hash__(self) -> int:
        return hash(frozenset(self.monomials.items()))


class Partition(Polynomial):
    """The size of a block matrix: a sum whose parts are known one by one."""

    __slots__ = ("parts",)

    def __init__(self, monomials: Monomials, parts: tuple[SizeTerm, ...]) -> None:
        super().__init__(monomials)
        self.parts = parts


SizeTerm = int | str | Unknown | Polynomial
Dims = tuple[SizeTerm, SizeTerm]
SCALAR: Dims = (1, 1)


def rank(atom: Atom) -> str:
    """What atoms are sorted by."""
    return atom if isinstance(atom, str) else f"~{atom.serial}"


def _monomials(term: SizeTerm) -> Monomials:
    if isinstance(term, int):
        return {(): Fraction(term)} if term else {}
    return term.monomials if isinstance(term, Polynomial) else {(term,): Fraction(1)}


def _term(monomials: Monomials) -> SizeTerm:
    """The plainest term that says the same: a number or a name where it is one."""
    kept = {atoms: c for atoms, c in monomials.items() if c}
    if not kept:
        return 0
    if len(kept) == 1:
        ((atoms, c),) = kept.items()
        if not atoms and c.denominator == 1:
            return int(c)
        if c == 1 and len(atoms) == 1:
            return atoms[0]
    return Polynomial(kept)


def plus(a: SizeTerm, b: SizeTerm, sign: int = 1) -> SizeTerm:
    """The sum a + b, or the difference a - b."""
    total = dict(_monomials(a))
    for atoms, c in _monomials(b).items():
        total[atoms] = total.get(atoms, Fraction(0)) + sign * c
    return _term(total)


def partition(parts: list[SizeTerm]) -> SizeTerm:
    """The sum of sizes that remembers its parts, unless it is a number."""
    total: SizeTerm = 0
    for part in parts:
        total = plus(total, part)
    return Partition(total.monomials, tuple(parts)) if isinstance(total, Polynomial) and len(parts) > 1 else total


def times(a: SizeTerm, b: SizeTerm) -> SizeTerm:
    """The product, numbers multiplied out."""
    total: Monomials = {}
    for left, c in _monomials(a).items():
        for right, d in _monomials(b).items():
            atoms = tuple(sorted(left + right, key=rank))
            total[atoms] = total.get(atoms, Fraction(0)) + c * d
    return _term(total)


def over(a: SizeTerm, divisor: int) -> SizeTerm:
    """A size divided by a number."""
    return _term({atoms: c / divisor for atoms, c in _monomials(a).items()})


def triangle(n: SizeTerm) -> SizeTerm:
    """The number of entries on and below the diagonal, n (n + 1)/2."""
    return over(times(n, plus(n, 1)), 2)


class Sizes:
    """What is known about the sizes of one question.

    values: names that are numbers (n = 3).  soft: names that may yet turn out to be numbers.
    """

    def __init__(self, values: dict[str, int], soft: Iterable[str]) -> None:
        self.values = dict(values)
        self.soft = frozenset(soft)
        self.deferred: list[tuple[SizeTerm, SizeTerm]] = []

    def resolve(self, term: SizeTerm) -> SizeTerm:
        """What a size is known to be."""
        while term.__class__ is Unknown and term.bound is not None:
            term = term.bound
        if isinstance(term, str):
            return self.values.get(term, term) if self.values else term
        return self._substituted(term) if isinstance(term, Polynomial) else term

    def _substituted(self, term: Polynomial) -> SizeTerm:
        if isinstance(term, Partition):
            return partition([self.resolve(part) for part in term.parts])
        total: SizeTerm = 0
        for atoms, c in term.monomials.items():
            product: SizeTerm = _term({(): c}) if c.denominator == 1 else Polynomial({(): c})
            for atom in atoms:
                product = times(product, self.resolve(atom))
            total = plus(total, product)
        return total

    def unify(self, a: SizeTerm, b: SizeTerm) -> bool:
        """Make two sizes one; False where they can never be."""
        a, b = self.resolve(a), self.resolve(b)
        if a is b or a == b:
            return True
        if isinstance(a, Unknown):
            return self._bind(a, b)
        if isinstance(b, Unknown):
            return self._bind(b, a)
        if isinstance(a, Partition) and isinstance(b, Partition) and len(a.parts) == len(b.parts):
            return all(self.unify(one, other) for one, other in zip(a.parts, b.parts, strict=True))
        if isinstance(a, Polynomial) or isinstance(b, Polynomial):
            return self._unify_polynomials(a, b)
        return self._number(a, b) or self._number(b, a)

    def could_unify(self, a: SizeTerm, b: SizeTerm) -> bool:
        """Whether two sizes may be one; nothing is changed."""
        a, b = self.resolve(a), self.resolve(b)
        if a == b:
            return True
        if a == 1 or b == 1:
            return False
        return any(isinstance(x, (Unknown, Polynomial)) or x in self.soft for x in (a, b))

    def _bind(self, unknown: Unknown, term: SizeTerm) -> bool:
        if term == 1 or (isinstance(term, Polynomial) and any(unknown in atoms for atoms in term.monomials)):
            return False
        unknown.bound = term
        return True

    def _number(self, name: SizeTerm, value: SizeTerm) -> bool:
        """A name that may be a number becomes one."""
        if isinstance(name, str) and name in self.soft and isinstance(value, int) and value > 1:
            self.values[name] = value
            return True
        return False

    def _unify_polynomials(self, a: SizeTerm, b: SizeTerm) -> bool:
        left, right = dict(_monomials(a)), dict(_monomials(b))
        if len(left) == 1 and len(right) == 1:
            ((p, c),), ((q, d),) = left.items(), right.items()
            common = [atom for atom in set(p) | set(q) for _ in range(min(p.count(atom), q.count(atom)))]
            for atom in common:
                p, q = _without(p, atom), _without(q, atom)
            return self._unify_monomials(p, c, q, d)
        return self._apart_by_a_number(a, b) or self._later(a, b)

    def _apart_by_a_number(self, a: SizeTerm, b: SizeTerm) -> bool:
        """Two unknown sizes that differ by a number, as those of x and y in x[1:] + y[:-1]: one follows from the
        other.
        """
        ahead = dict(_monomials(plus(a, b, -1)))
        number = ahead.pop((), Fraction(0))
        if len(ahead) != 2 or sorted(ahead.values()) != [-1, 1]:
            return False
        more, less = sorted(ahead, key=lambda atoms: -ahead[atoms])
        if len(more) != 1 or len(less) != 1 or isinstance(more[0], str) or isinstance(less[0], str):
            return False
        larger, smaller = (more[0], less[0]) if number <= 0 else (less[0], more[0])
        return self._bind(larger, plus(smaller, int(abs(number))))

    def _unify_monomials(self, p: tuple[Atom, ...], c: Fraction, q: tuple[Atom, ...], d: Fraction) -> bool:
        for left, right, ratio in ((p, q, d / c), (q, p, c / d)):
            if len(left) == 1 and not isinstance(left[0], str) and ratio.denominator == 1:
                return self._bind(left[0], _term({right: ratio}))
            if len(left) == 1 and left[0] in self.soft and not right:
                return ratio.denominator == 1 and self._number(left[0], int(ratio))
        return self._later(_term({p: c}), _term({q: d}))

    def _later(self, a: SizeTerm, b: SizeTerm) -> bool:
        """Keep for the end what cannot be decided now; a number against names is given the benefit of the doubt."""
        if self._undecided(a, b):
            self.deferred.append((a, b))
            return True
        return False

    def _undecided(self, a: SizeTerm, b: SizeTerm) -> bool:
        if 1 in (a, b):  # one row or column is no matter of size but of kind
            return False
        if any(isinstance(atom, Unknown) for term in (a, b) for atoms in _monomials(term) for atom in atoms):
            return True
        for number, other in ((a, b), (b, a)):
            if isinstance(number, int) and isinstance(other, Polynomial):
                return _may_equal(other, number)
        return False

    def contradiction(self) -> tuple[SizeTerm, SizeTerm] | None:
        """A pair kept for the end that has turned out different, or None."""
        for a, b in self.deferred:
            left, right = self.resolve(a), self.resolve(b)
            if (
                left != right
                and not self._undecided(left, right)
                and not isinstance(left, Unknown)
                and not isinstance(right, Unknown)
            ):
                return left, right
        return None


def _without(atoms: tuple[Atom, ...], atom: Atom) -> tuple[Atom, ...]:
    at = atoms.index(atom)
    return atoms[:at] + atoms[at + 1 :]


def _may_equal(polynomial: Polynomial, number: int) -> bool:
    """Whether positive whole numbers could make them equal, as far as one look tells."""
    if len(polynomial.monomials) > 1:
        return number > 0
    ((atoms, c),) = polynomial.monomials.items()
    quotient = number / c
    if quotient.denominator != 1 or quotient < 1:
        return False
    if len(set(atoms)) > 1 or number > 10**12:
        return True
    root = round(int(quotient) ** (1 / len(atoms)))
    return any(r ** len(atoms) == quotient for r in (root - 1, root, root + 1))
