"""Reciprocals of the circular and hyperbolic functions."""

from __future__ import annotations

from matdiff.functions.elementwise import row
from matdiff.functions.function import Traits
from matdiff.functions.languages import but_eigen

_DLMF = "NIST Digital Library of Mathematical Functions, "

ROWS = (
    row(
        "sec",
        "Ω tan(x)",
        "(1 / np.cos({0}))",
        _DLMF + "4.20.5",
        Traits("1", "1/cos(1)", "even"),
        latex="\\sec",
        dialects={"mathematica": ("Sec",)},
        formula="1/cos(x)",
        sample="unit",
        code={**but_eigen("sec"), "r": "(1 / cos({0}))"},
    ),
    row(
        "csc",
        "-Ω cot(x)",
        "(1 / np.sin({0}))",
        _DLMF + "4.20.4",
        Traits(at_one="1/sin(1)", parity="odd"),
        latex="\\csc",
        dialects={"mathematica": ("Csc",)},
        formula="1/sin(x)",
        sample="positive",
        code={**but_eigen("csc"), "r": "(1 / sin({0}))"},
    ),
    row(
        "cot",
        "-1 - Ω^2",
        "(1 / np.tan({0}))",
        _DLMF + "4.20.6",
        Traits(at_one="1/tan(1)", parity="odd"),
        latex="\\cot",
        dialects={"mathematica": ("Cot",)},
        formula="1/tan(x)",
        sample="positive",
        code={**but_eigen("cot"), "r": "(1 / tan({0}))"},
    ),
    row(
        "sech",
        "-Ω tanh(x)",
        "(1 / np.cosh({0}))",
        _DLMF + "4.34.5",
        Traits("1", "1/cosh(1)", "even", "positive"),
        latex=r"\operatorname{sech}",
        dialects={"mathematica": ("Sech",)},
        formula="1/cosh(x)",
        code={**but_eigen("sech"), "r": "(1 / cosh({0}))"},
    ),
    row(
        "csch",
        "-Ω coth(x)",
        "(1 / np.sinh({0}))",
        _DLMF + "4.34.4",
        Traits(at_one="1/sinh(1)", parity="odd"),
        latex=r"\operatorname{csch}",
        dialects={"mathematica": ("Csch",)},
        formula="1/sinh(x)",
        sample="positive",
        code={**but_eigen("csch"), "r": "(1 / sinh({0}))"},
    ),
    row(
        "coth",
        "1 - Ω^2",
        "(1 / np.tanh({0}))",
        _DLMF + "4.34.6",
        Traits(at_one="1/tanh(1)", parity="odd"),
        latex=r"\coth",
        dialects={"mathematica": ("Coth",)},
        formula="1/tanh(x)",
        sample="positive",
        code={**but_eigen("coth"), "r": "(1 / tanh({0}))"},
    ),
)
