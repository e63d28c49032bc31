"""A claim against the derivative in numbers: do they differ, where, and by what."""

from __future__ import annotations

from functools import cached_property
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculus.lower import Lowering
from matdiff.calculus.simplify import expanded
from matdiff.checking.derivatives import FORMULAS
from matdiff.checking.numeric import Laboratory, Point, compare
from matdiff.checking.verdict import Counterexample
from matdiff.errors import MatdiffError
from matdiff.formula.syntax import Add, Neg
from matdiff.graph import build
from matdiff.graph.nodes import Lin
from matdiff.notation.raising import present
from matdiff.writing import write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matdiff.checking.claims import Claim
    from matdiff.checking.derivatives import Derivatives
    from matdiff.checking.sampling import Array
    from matdiff.checking.verdict import Numbers
    from matdiff.formula.syntax import Expr
    from matdiff.graph.nodes import Node

_MOST_TERMS = 16
_MOST_NUMBERS = 60  # inputs with more are not shown
_VISIBLE = 0.02  # how far apart, of their size, the numbers of a counterexample should be


class Trial(NamedTuple):
    """A point, and what the derivative and the claim are there."""

    point: Point
    right: Array
    claimed: Array


class Trials:
    """Every point lies in the domain of the expression and of its derivative."""

    def __init__(self, derivatives: Derivatives, claim: Claim, node: Node) -> None:
        self.derivatives, self.claim, self.node = derivatives, claim, node
        self.right = derivatives.asked
        self.laboratory = Laboratory(derivatives.answer)
        self.value = self.laboratory.compiled(derivatives.answer.value)
        self.derivative = self.laboratory.compiled(self.right.node)
        self.claimed = self.laboratory.compiled(node)

    def trials(self, seed: int, *, simple: bool = False) -> Iterator[Trial]:
        import numpy as np  # noqa: PLC0415 # loaded only where numbers are drawn

        for point in self.laboratory.points(seed, simple=simple):
            value, right, claimed = self.value(point), self.derivative(point), self.claimed(point)
            if np.all(np.isfinite(value)) and np.all(np.isfinite(right)):
                yield Trial(point, right, claimed)

    @cached_property
    def generic(self) -> list[Trial]:
        return [trial for trial in self.trials(1) if compare(trial.right, trial.claimed)]

    def counts(self) -> tuple[int, int]:
        """At how many random points they differ, and at how many they agree."""
        found = [compare(trial.right, trial.claimed) for trial in self.generic]
        return found.count("different"), found.count("equal")

    def counterexample(self) -> Counterexample:
        """A point where they differ visibly, one of small round numbers if there is any."""
        different = [
            trial for trial in self.trials(2, simple=True) if compare(trial.right, trial.claimed) == "different"
        ]
        visible = [trial for trial in different if _gap(trial) > _VISIBLE]
        rest = [trial for trial in self.generic if compare(trial.right, trial.claimed) == "different"]
        return self._told(next(iter([*visible, *different, *rest])))

    def _told(self, trial: Trial) -> Counterexample:
        import numpy as np  # noqa: PLC0415 # as above

        alike = trial.right.shape == trial.claimed.shape
        place = (
            np.unravel_index(int(np.argmax(np.abs(trial.right - trial.claimed))), trial.right.shape) if alike else ()
        )
        count = sum(np.size(array) for array in (*trial.point.arrays.values(), trial.right))
        small = count <= _MOST_NUMBERS
        return Counterexample(
            {name: _numbers(array) for name, array in trial.point.arrays.items()} if small else {},
            _numbers(trial.claimed if small else trial.claimed[place]),
            _numbers(trial.right if small else trial.right[place]),
            trial.point.sizes,
            tuple([int(i) + 1 for i in place]),
            tuple([name for name, symbol in self.derivatives.answer.symbols.items() if symbol.kind == "function"]),
        )

    # -- what is wrong -------------------------------------------------------------------------------------------------

    def hint(self) -> str:
        """What is wrong with the claim, where it is one of the usual mistakes; else ""."""
        for find in (self._convention, self._factor, self._transposed, self._term):
            found = find()
            if found:
                return found
        return ""

    def _agree(self, left: Callable[[Trial], Array], right: Callable[[Trial], Array]) -> bool:
        found = [compare(left(trial), right(trial)) for trial in self.generic]
        return "equal" in found and "different" not in found

    def _convention(self) -> str:
        for convention in self.derivatives.others():
            if convention.laid.node.shape == self.right.node.shape:
                other = self.laboratory.compiled(convention.laid.node)
                if self._agree(lambda trial, other=other: other(trial.point), lambda trial: trial.claimed):  # type: ignore[misc] # bound at once
                    return convention.hint
        return self._unprojected()

    def _unprojected(self) -> str:
        """By a symmetric matrix: is the claim the gradient G as if it were not symmetric, or G + Gᵀ?"""
        name, asked = self.derivatives.symmetric, self.derivatives.answer.question.symmetric
        if not name or self.right.node.order != 2:
            return ""
        if self._agree(lambda trial: _within(asked, trial.claimed), lambda trial: trial.right):
            return f"this is G, the gradient as if {name} were not symmetric; what is asked for is {FORMULAS[asked]}"
        return ""

    def _factor(self) -> str:
        factor = self._ratio(lambda trial: trial.claimed, lambda trial: trial.right)
        return about_factor(factor) if factor is not None else self._size_factor()

    def _size_factor(self) -> str:
        for size in self.laboratory.sizes:
            if self._agree(lambda trial, size=size: trial.claimed * trial.point.sizes[size], lambda trial: trial.right):  # type: ignore[misc] # bound at once
                return f"a factor {size} is missing"
            if self._agree(lambda trial, size=size: trial.right * trial.point.sizes[size], lambda trial: trial.claimed):  # type: ignore[misc] # bound at once
                return f"a factor {size} is too much"
        return ""

    def _transposed(self) -> str:
        if self.right.node.order != 2 or len(set(self.right.node.shape)) != 1:
            return ""
        factor = self._ratio(lambda trial: trial.claimed, lambda trial: trial.right.T)
        if factor is None:
            return ""
        return "this is the transpose of the derivative" + (f", and {about_factor(factor)}" if factor != 1 else "")

    def _ratio(self, left: Callable[[Trial], Array], right: Callable[[Trial], Array]) -> Fraction | None:
        """The number by which `right` is multiplied to be `left`, the same at every point."""
        import numpy as np  # noqa: PLC0415 # as above

        ratio: Fraction | None = None
        for trial in self.generic:
            below = float(np.sum(right(trial) ** 2))
            if not below:
                continue
            ratio = Fraction(float(np.sum(left(trial) * right(trial))) / below).limit_denominator(24)
            break
        if not ratio:
            return None
        return ratio if self._agree(left, lambda trial: right(trial) * float(ratio)) else None

    def symmetry(self) -> str:
        """Would the claim be right if a matrix were symmetric?"""
        for name, known in self.laboratory.known.items():
            if known.var.order != 2 or known.var.structure or known.var.shape[0] != known.var.shape[1]:
                continue
            found = [compare(*self._with_symmetric(trial, name)) for trial in self.generic]
            if "equal" in found and "different" not in found:
                return f"it would be right for a symmetric {name}: declare -w '{name} symmetric' where it is"
        return ""

    def _with_symmetric(self, trial: Trial, name: str) -> tuple[Array, Array]:
        array = trial.point.arrays[name]
        point = trial.point._replace(arrays={**trial.point.arrays, name: (array + array.T) / 2})
        return self.derivative(point), self.claimed(point)

    def _term(self) -> str:
        """Is one term of the derivative missing, or of another factor, or one term of the claim too much?"""
        for told, term in self._claimed_terms():
            of_term = self.laboratory.compiled(term)
            if (
                self._ratio(
                    lambda trial: trial.claimed - trial.right,
                    lambda trial, of_term=of_term: of_term(trial.point),  # type: ignore[misc] # bound at once
                )
                == 1
            ):
                return f"the term {told} is too much"
        for node in dict.fromkeys((self.right.node, expanded(self.right.node))):
            for term in terms_of(node):
                of_term = self.laboratory.compiled(term)
                factor = self._ratio(
                    lambda trial: trial.claimed - trial.right,
                    lambda trial, of_term=of_term: of_term(trial.point),  # type: ignore[misc] # as above
                )
                told = self._written(term) if factor is not None else ""
                if told and factor is not None:
                    return (
                        f"the term {told} is missing"
                        if factor == -1
                        else f"in the term {told}, {about_factor(1 + factor)}"
                    )
        return ""

    def _claimed_terms(self) -> Iterator[tuple[str, Node]]:
        """The terms of the claim, as written."""
        tree = self.claim.tree
        if not isinstance(tree, Add) or self.claim.family or self.claim.node.shape != self.right.node.shape:
            return
        for term in tree.terms[:_MOST_TERMS]:
            node = Lowering(self.claim.symbols).lower(term).node
            if node.shape == self.right.node.shape:
                yield self._text(term), node

    def _text(self, term: Expr) -> str:
        inner = term.arg if isinstance(term, Neg) else term
        text = self.claim.text[inner.span.start : inner.span.end].strip()
        return f"-{text}" if isinstance(term, Neg) else text

    def _written(self, term: Node) -> str:
        return written(self.derivatives, term)


def written(derivatives: Derivatives, term: Node) -> str:
    """A term of the derivative in ASCII, "" where it cannot be written."""
    question = derivatives.answer.question
    try:
        tree = present(derivatives.asked._replace(node=term), derivatives.typed, derivatives.variables, question)
    except MatdiffError:
        return ""
    return write(tree, "ascii")


def terms_of(node: Node) -> list[Node]:
    if not isinstance(node, Lin) or not 1 < len(node.terms) <= _MOST_TERMS:
        return []
    return [build.scale(c, term) for c, term in node.terms]


def about_factor(factor: Fraction) -> str:
    """What is wrong where a claim is `factor` times what it should be."""
    if factor == -1:
        return "the sign is wrong"
    sign = " and the sign is wrong" if factor < 0 else ""
    size = abs(factor)
    if size.numerator == 1:
        return f"a factor {size.denominator} is missing{sign}"
    if size.denominator == 1:
        return f"a factor {size.numerator} is too much{sign}"
    return f"it is {size} times what it should be{sign}"


def _within(convention: str, gradient: Array) -> Array:
    """What a convention makes of a gradient G by a symmetric matrix."""
    import numpy as np  # noqa: PLC0415 # as above

    total = gradient + gradient.T
    return total / 2 if convention == "project" else total - gradient * np.eye(gradient.shape[0])


def _gap(trial: Trial) -> float:
    import numpy as np  # noqa: PLC0415 # as above

    if trial.right.shape != trial.claimed.shape:
        return 0.0
    size = max(float(np.max(np.abs(trial.right))), float(np.max(np.abs(trial.claimed))))
    return float(np.max(np.abs(trial.right - trial.claimed))) / size


def _numbers(array: Array) -> Numbers:
    """Numbers of six digits as plain Python; whole ones as ints."""
    import numpy as np  # noqa: PLC0415 # as above

    if np.ndim(array):
        return [_numbers(part) for part in array]  # type: ignore[return-value] # lists nest as deep as the array
    rounded = float(f"{float(array):.6g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded
