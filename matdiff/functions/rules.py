"""Rules of differentials that are no function's: of sums, products, quotients, powers, norms.

Each is told here once, in the input language.  The differentiator lowers the right sides of the rules of powers, the
steps of a derivation put formulas in for their names; sums and products need no text, since `leibniz` serves both.
"""

from __future__ import annotations

from matdiff.lean.types import MappingProxyType
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple, TypeVar

from matdiff.functions import TABLE
from matdiff.functions import names as fn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")

_MAGNUS = "Magnus & Neudecker, Matrix Differential Calculus (2019), "
_DLMF = "NIST Digital Library of Mathematical Functions, "
_COOKBOOK = "Petersen & Pedersen, The Matrix Cookbook (2012), "
_NO_FORMS: Mapping[str, tuple[str, str]] = MappingProxyType({})


class Rule(NamedTuple):
    """left = right, in the input language; expr and wrt: a question whose steps use the rule.

    forms: the same rule as it is told of formulas of another kind, by what tells them apart: "entrywise" of vectors and
    matrices entry by entry, "matrix" of matrices, "constant" where all but one part are constant, "scaled" of c U,
    "power" of U^2.
    """

    name: str
    left: str
    right: str
    source: str
    expr: str
    wrt: str
    condition: str = ""
    where: tuple[str, ...] = ()
    forms: Mapping[str, tuple[str, str]] = _NO_FORMS


def leibniz(arguments: Sequence[T], change: Callable[[T], T | None]) -> list[list[T]]:
    """The differential of what is linear in each of its arguments: for each one that changes, the arguments with its
    change in its place.  (Magnus & Neudecker (2019), section 8.2.)
    """
    changes = [change(argument) for argument in arguments]
    return [
        [*arguments[:place], moved, *arguments[place + 1 :]] for place, moved in enumerate(changes) if moved is not None
    ]


_INVERSE = TABLE[fn.INVERSE].differential.replace("Ω", "U^-1").replace("dX", "dU")

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            "linearity",
            "d(A U B)",
            "A dU B",
            _MAGNUS + "section 8.2",
            "A x",
            "d/dx",
            "A and B constant",
            forms={
                "scaled": ("d(c U)", "c dU"),
                "entrywise": ("d(A .* U)", "A .* dU"),
                "transposed": ("d(U^T)", "dU^T"),
            },
        ),
        Rule("sum rule", "d(U + V)", "dU + dV", _MAGNUS + "section 8.2", "a^T x + x^T A x", "d/dx"),
        Rule("trace rule", "d(tr(U))", "tr(dU)", _MAGNUS + "section 8.2", "tr(A X)", "d/dX"),
        Rule(
            "product rule",
            "d(U V)",
            "dU V + U dV",
            _MAGNUS + "section 8.2",
            "x^T A x",
            "d/dx",
            forms={"power": ("d(U^2)", "dU U + U dU")},
        ),
        Rule(
            "product rule, entry by entry",
            "d(U .* V)",
            "dU .* V + U .* dV",
            _MAGNUS + "section 8.2",
            "a^T (x .* sin(x))",
            "d/dx",
        ),
        Rule(
            "quotient rule",
            "d(u/v)",
            "du/v - (u dv)/v^2",
            _MAGNUS + "section 8.2",
            "(x^T A x)/(x^T x)",
            "d/dx",
            forms={"constant": ("d(c/v)", "-(c dv)/v^2")},
        ),
        Rule(
            "quotient rule, entry by entry",
            "d(U ./ V)",
            "dU ./ V - U .* dV ./ V.^2",
            _MAGNUS + "section 8.2",
            "sum(sin(x) ./ x)",
            "d/dx",
            forms={"constant": ("d(A ./ V)", "-A .* dV ./ V.^2")},
        ),
        Rule(
            "power rule",
            "d(u^a)",
            "a u^(a - 1) du",
            _MAGNUS + "section 8.2",
            "(a^T x)^3",
            "d/dx",
            "a constant",
            forms={"entrywise": ("d(u.^a)", "a u.^(a - 1) .* du")},
        ),
        Rule(
            "exponential rule",
            "d(c^u)",
            "c^u log(c) du",
            _DLMF + "4.2.19",
            "a^b",
            "d/db",
            "c constant",
            ("a in R", "b in R"),
        ),
        Rule("inverse rule", "d(U^-1)", _INVERSE, _COOKBOOK + "(40)", "tr(A X^-1)", "d/dX", "U invertible"),
        Rule(
            "rule of powers",
            "d(U^k)",
            "sum(r, 0, k - 1, U^r dU U^(k - r - 1))",
            _COOKBOOK + "(90)",
            "tr(A X^k)",
            "d/dX",
            "k a natural number",
            ("k in N",),
        ),
        Rule(
            "square of a norm",
            "d(norm(u)^2)",
            "2 u^T du",
            _COOKBOOK + "(131)",
            "||X w - y||^2",
            "d/dw",
            forms={"matrix": ("d(norm(U, F)^2)", "2 tr(U^T dU)")},
        ),
        Rule(
            "norm rule",
            "d(norm(u))",
            "u^T du/norm(u)",
            _COOKBOOK + "(129)",
            "||x - a||",
            "d/dx",
            "u not 0",
            forms={"matrix": ("d(norm(U, F))", "tr(U^T dU)/norm(U, F)")},
        ),
        Rule(
            "rule of square roots",
            "d(sqrt(u))",
            "du/(2 sqrt(u))",
            _MAGNUS + "section 8.2",
            "sqrt(x^T x)",
            "d/dx",
            "u positive",
            forms={"entrywise": ("d(sqrt(u))", "du ./ (2 sqrt(u))")},
        ),
        Rule("chain rule", "d(f(x))", "df/dx^T dx", _MAGNUS + "section 5.12", "A u(x)", "d/dx", where=("u(x) in R^m",)),
        Rule("traces", "tr(A dX B)", "tr((A^T B^T)^T dX)", _COOKBOOK + "(99)-(123)", "tr(A X B X^T)", "d/dX"),
        Rule("columns stacked", "vec(A dX B)", "kron(B^T, A) vec(dX)", _COOKBOOK + "(520)", "A X B", "d/dX"),
    )
}


def rule_of_powers(index: str) -> str:
    """The differential of a matrix power as a sum over `index`, which the formulas put in must not have."""
    return RULES["rule of powers"].right.replace("r", index)  # the letter is nothing else there
