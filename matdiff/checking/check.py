"""The whole way of a check.

claim ──read with the question's symbols──▶ tensor graph ──same node, same multiplied out, same in exact arithmetic──▶
proved
      ──else numbers at random points──▶ refuted with a counterexample and a hint, or undecided
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculator import answer
from matdiff.calculus.simplify import expanded
from matdiff.checking.claims import Claim, read_claim, read_tree, vocabulary
from matdiff.checking.corrections import correction
from matdiff.checking.derivatives import Derivatives
from matdiff.checking.exact import proof
from matdiff.checking.precise import compared
from matdiff.checking.trials import Trials, about_factor, terms_of, written
from matdiff.checking.verdict import Verdict
from matdiff.errors import MatdiffError, OutputError, ShapeError
from matdiff.graph import build
from matdiff.notation.families import common_place
from matdiff.reading.matrix_functions import sibling
from matdiff.records import replace

if TYPE_CHECKING:
    from matdiff.calculator import Answer, Question
    from matdiff.formula.syntax import Shape
    from matdiff.graph.nodes import Node, Size

_MISFITS = {
    "E201",
    "E202",
    "E203",
    "E206",
    "E213",
}  # with the question's sizes the claim cannot be evaluated at all: it is no derivative

_FACTORS = (Fraction(1, 2), Fraction(2), Fraction(-1))  # by which a claim is most often wrong


def check(question: Question, claim: str) -> Verdict:
    """Is `claim`, an expression in the input language, the derivative that `question` asks for, in its layout?

    Raises MatdiffError for every mistake in the question and in the spelling of the claim, and for what is not
    supported.
    """
    try:
        given = answer(question)
    except MatdiffError as error:
        settled = _in_both_readings(question, claim, error)
        if settled is None:
            raise
        return settled
    with given.graph.branch().in_force():  # the claim's nodes are compared with the answer's
        return _Examination(given, claim).verdict()


def _in_both_readings(question: Question, claim: str, error: MatdiffError) -> Verdict | None:
    """A claim about tr(exp(X)), which may mean expm(X) or exp entry by entry: what holds of both readings, or the one
    that proves it; None where the question is wrong for another reason, or where neither tells.
    """
    if error.code != "E125" or error.span is None or error.source != question.expr:
        return None
    before, call, after = (
        question.expr[: error.span.start],
        question.expr[error.span.start : error.span.end],
        question.expr[error.span.end :],
    )
    name, opening, inside = call.partition("(")
    if not opening or not sibling(name.strip()):
        return None
    found = []
    for called, how in ((f"{name}.", "entry by entry"), (sibling(name.strip()), "as a function of the matrix")):
        verdict = check(replace(question, expr=f"{before}{called}({inside}{after}"), claim)
        if verdict.verdict == "proved":
            return Verdict(**{**vars(verdict), "how": f"{verdict.how}, {call} read {how}"})
        found.append(verdict)
    return found[0] if all(verdict.verdict == "refuted" for verdict in found) else None


class _Examination:
    """One claim about one answer."""

    def __init__(self, given: Answer, text: str) -> None:
        self.given, self.text = given, text
        self.right = Derivatives(given)
        self.laid = self.right.asked
        self.shape: Shape = (self.laid.shape[0], self.laid.shape[1]) if self.laid.shape else (1, 1)
        self.words = vocabulary(given)

    def verdict(self) -> Verdict:
        try:
            claim = read_claim(self.text, self.words, self.shape)
        except ShapeError as error:
            if error.code not in _MISFITS or _scalar_beside_an_array(error):
                raise self._with_numbers(error) from None
            return self._says("refuted", f"the sizes do not fit: {error.message}", self._correction())
        node = self._comparable(claim)
        if node is None:
            return self._misshapen(claim)
        how = proof(self.laid.node, node)
        if how:
            return self._says("proved", how)
        try:
            return self._tried(claim, node)
        except OutputError as error:  # there is no NumPy
            if compared(build.sub(self.laid.node, node), self.laid.node) == "different":
                hint = _about_strangers(claim) or self._exact_hint(node) or self._correction()
                return self._says("refuted", "the numbers differ", hint)
            return self._says(
                "undecided", f"no proof was found, and numbers cannot be tried: {error.message}", error.hint
            )

    def _with_numbers(self, error: ShapeError) -> ShapeError:
        """The error, with what would make the claim right: that a variable taken for a vector is a number."""
        asked = self.given.question
        for variable in self.given.variables:
            where = f"{variable.var.name} in R"
            if variable.var.order != 1 or variable.part.family:
                continue
            try:
                as_number = check(replace(asked, where=(*asked.where, where)), self.text)
            except MatdiffError:
                continue
            if as_number.verdict == "proved":
                name = variable.var.name
                error.hint = f"{name} is read as a vector; for a number {name} the claim is right: say -w '{where}'"
        return error

    def _comparable(self, claim: Claim) -> Node | None:
        """The claim's tensor with the indices of the derivative's, or None where the shapes differ."""
        family = self.right.family
        node = claim.node
        if not alike(claim.shape, self.shape):
            if build.is_zero(node):
                return build.zero(self.laid.node.shape)  # 0 stands for a zero of every shape
            return None
        if len(claim.family) == len(family) and set(claim.family) == set(family):
            lead = tuple([claim.family.index(name) for name in family])  # delta_lk has the letters turned round
            rest = tuple(range(len(family), node.order))
            axes = tuple(range(node.order))
            return self._in_part(node if lead + rest == axes else build.ein([(node, axes)], lead + rest))
        if claim.family:
            return None
        sizes = dict(enumerate(self.laid.node.shape))
        axes = tuple(range(len(family) + node.order))
        return self._in_part(build.ein([(node, axes[len(family) :])], axes, sizes))

    def _in_part(self, node: Node) -> Node:
        """A claim about members of a part of a family, as the derivative is 0 by every other one."""
        place = common_place(self.laid.node, list(self.right.family))
        if place is None:
            return node
        axes = tuple(range(node.order))
        inside = [(place, (node.order + axis, axis)) for axis in axes[: len(self.right.family)]]
        return build.ein([(node, axes), *inside], axes)

    def _misshapen(self, claim: Claim) -> Verdict:
        how = f"the claim is {_said(claim.shape)}, and the derivative {_said(self.shape)}"
        if claim.family and claim.family != self.right.family:
            how = f"no sum binds the index {claim.family[0]} of the claim"
        for convention in self.right.others():
            laid = convention.laid
            if (
                alike(claim.shape, laid.shape or (1, 1))
                and claim.family == self.right.family
                and proof(laid.node, claim.node)
            ):
                return self._says("refuted", how, convention.hint)
        if alike(claim.shape[::-1], self.shape) and not claim.family and not self.right.family:
            node = build.transposed(claim.node) if claim.node.order == 2 else claim.node
            if proof(self.laid.node, node):
                return self._says("refuted", how, "this is the transpose of the derivative")
        layouts = [
            convention.layout
            for convention in self.right.others()
            if alike(claim.shape, convention.laid.shape or (1, 1))
        ]
        return self._says(
            "refuted",
            how,
            _about_strangers(claim)
            or self._correction()
            or (f"in {layouts[0]} layout it would have this shape" if layouts else ""),
        )

    def _correction(self) -> str:
        return correction(self.text, read_tree(self.text, self.words), self.words, self.shape, self.laid.node)

    def _exact_hint(self, node: Node) -> str:
        """What is wrong with a claim, by exact arithmetic alone: a factor, or a term that is missing; else ""."""
        right = self.laid.node
        for factor in _FACTORS:
            if proof(build.scale(factor, right), node):
                return about_factor(factor)
        for whole in dict.fromkeys((right, expanded(right))):
            for term in terms_of(whole):
                told = written(self.right, term) if proof(build.sub(right, term), node) else ""
                if told:
                    return f"the term {told} is missing"
        return ""

    def _tried(self, claim: Claim, node: Node) -> Verdict:
        trials = Trials(self.right, claim, node)
        different, equal = trials.counts()
        if different >= 2:
            hint = _about_strangers(claim) or trials.hint() or self._correction() or trials.symmetry()
            verdict = self._says("refuted", "the numbers differ", hint)
            return Verdict(**{**vars(verdict), "counterexample": trials.counterexample()})
        if different == 0 and equal >= 2:
            if compared(build.sub(self.laid.node, node), self.laid.node) == "different":
                return self._says("refuted", "the numbers differ, in digits that floating point does not have")
            return self._says("undecided", f"the numbers agree at {equal} random points, but no proof was found")
        return self._says("undecided", "no proof was found, and the numbers do not tell")

    def _says(self, verdict: str, how: str, hint: str = "") -> Verdict:
        return Verdict(verdict, how, self.text, self.given, hint)


def _scalar_beside_an_array(error: ShapeError) -> bool:
    """Is it a sum of a scalar and an array, which may be meant in two ways?"""
    return error.code == "E202" and " is a scalar" in error.message


def alike(left: tuple[Size, ...], right: tuple[Size, ...]) -> bool:
    """Whether two shapes are the same: m*n is n*m."""
    return [_parts(size) for size in left] == [_parts(size) for size in right]


def _parts(size: Size) -> list[str]:
    return sorted(str(size).replace(" ", "").split("*"))


def _said(shape: tuple[Size, ...]) -> str:
    return "a scalar" if shape == (1, 1) else " x ".join(map(str, shape))


def _about_strangers(claim: Claim) -> str:
    if not claim.strangers:
        return ""
    names = ", ".join(claim.strangers)
    return f"{names} {'does' if len(claim.strangers) == 1 else 'do'} not occur in the question: write what is meant"
