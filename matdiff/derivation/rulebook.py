"""The rules that are no function's: what the steps of a derivation name, with formula, condition, source and a
question that uses the rule.
"""

from __future__ import annotations

from matdiff.lean.typing import NamedTuple

_MAGNUS = "Magnus & Neudecker, Matrix Differential Calculus (2019), "
_DLMF = "NIST Digital Library of Mathematical Functions, "
_COOKBOOK = "Petersen & Pedersen, The Matrix Cookbook (2012), "


class Rule(NamedTuple):
    """left = right, in the input language; expr and wrt: a question whose steps use the rule."""

    name: str
    left: str
    right: str
    source: str
    expr: str
    wrt: str
    condition: str = ""
    where: tuple[str, ...] = ()


RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("linearity", "d(A U B)", "A dU B", _MAGNUS + "section 8.2", "A x", "d/dx", "A and B constant"),
        Rule("sum rule", "d(U + V)", "dU + dV", _MAGNUS + "section 8.2", "a^T x + x^T A x", "d/dx"),
        Rule("trace rule", "d(tr(U))", "tr(dU)", _MAGNUS + "section 8.2", "tr(A X)", "d/dX"),
        Rule("product rule", "d(U V)", "dU V + U dV", _MAGNUS + "section 8.2", "x^T A x", "d/dx"),
        Rule(
            "product rule, entry by entry",
            "d(U .* V)",
            "dU .* V + U .* dV",
            _MAGNUS + "section 8.2",
            "a^T (x .* sin(x))",
            "d/dx",
        ),
        Rule("quotient rule", "d(u/v)", "du/v - (u dv)/v^2", _MAGNUS + "section 8.2", "(x^T A x)/(x^T x)", "d/dx"),
        Rule(
            "quotient rule, entry by entry",
            "d(U ./ V)",
            "dU ./ V - U .* dV ./ V.^2",
            _MAGNUS + "section 8.2",
            "sum(sin(x) ./ x)",
            "d/dx",
        ),
        Rule("power rule", "d(u^a)", "a u^(a - 1) du", _MAGNUS + "section 8.2", "(a^T x)^3", "d/dx", "a constant"),
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
        Rule("inverse rule", "d(U^-1)", "-U^-1 dU U^-1", _COOKBOOK + "(40)", "tr(A X^-1)", "d/dX", "U invertible"),
        Rule(
            "rule of powers",
            "d(U^k)",
            "sum(r, 0, k - 1, U^r dU U^(k - 1 - r))",
            _COOKBOOK + "(90)",
            "tr(A X^k)",
            "d/dX",
            "k a natural number",
            ("k in N",),
        ),
        Rule("square of a norm", "d(norm(u)^2)", "2 u^T du", _COOKBOOK + "(131)", "||X w - y||^2", "d/dw"),
        Rule("norm rule", "d(norm(u))", "u^T du/norm(u)", _COOKBOOK + "(129)", "||x - a||", "d/dx", "u not 0"),
        Rule("chain rule", "d(f(x))", "df/dx^T dx", _MAGNUS + "section 5.12", "A u(x)", "d/dx", where=("u(x) in R^m",)),
        Rule("traces", "tr(A dX B)", "tr((A^T B^T)^T dX)", _COOKBOOK + "(99)-(123)", "tr(A X B X^T)", "d/dX"),
        Rule("columns stacked", "vec(A dX B)", "kron(B^T, A) vec(dX)", _COOKBOOK + "(520)", "A X B", "d/dX"),
    )
}
