"""What Julia, MATLAB and R say of functions of every entry, computed by NumPy: the templates are arithmetic and names,
whose dots and powers are turned into Python's.
"""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from columns import Point, value

from matdiff.functions import TABLE

DOTTED = re.compile(r"\.(?=[*/^+\-<>(])")


def _normal(z):
    return np.vectorize(math.erfc)(-np.asarray(z) / math.sqrt(2)) / 2


def _polygamma(order, z):
    """By differences of the logarithm of the Gamma function."""
    h = 1e-3
    psi = (math.lgamma(z + h) - math.lgamma(z - h)) / (2 * h)
    if not order:
        return psi
    return (_polygamma(order - 1, z + h) - _polygamma(order - 1, z - h)) / (2 * h)


def _psi(*args):
    order, z = args if len(args) == 2 else (0, args[0])
    return np.vectorize(lambda x: _polygamma(order, x))(z)


NAMES = {
    **{name: getattr(np, name) for name in ["exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "abs", "sign", "log2", "log10", "log1p", "expm1"]},
    **{name: getattr(np, f"arc{name[1:]}") for name in ["asin", "acos", "atan", "asinh", "acosh", "atanh"]},
    **{f"a{name}": getattr(np, f"arc{name}") for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "sec": lambda z: 1 / np.cos(z), "csc": lambda z: 1 / np.sin(z), "cot": lambda z: 1 / np.tan(z),
    "sech": lambda z: 1 / np.cosh(z), "csch": lambda z: 1 / np.sinh(z), "coth": lambda z: 1 / np.tanh(z),
    "sqrt": np.sqrt, "cbrt": np.cbrt, "nthroot": lambda z, _: np.cbrt(z), "max": np.maximum, "min": np.minimum,
    "clamp": np.clip, "Float64": lambda z: z * 1.0, "double": lambda z: z * 1.0, "pnorm": _normal,
    "qlogis": lambda p: np.log(p / (1 - p)), "plogis": lambda z: 1 / (1 + np.exp(-z)),
    "erf": np.vectorize(math.erf), "erfc": np.vectorize(math.erfc), "lgamma": np.vectorize(math.lgamma),
    "gammaln": np.vectorize(math.lgamma), "psi": _psi, "digamma": _psi, "trigamma": lambda z: _psi(1, z),
    "psigamma": lambda z, order: _psi(order, z),
}  # fmt: skip
CODE = {name: row.code for name, row in TABLE.items() if row.code.keys() & {"julia", "matlab", "r", "eigen"}}
ENTRYWISE = [name for name in CODE if TABLE[name].kind == "elementwise"]


@pytest.mark.parametrize("name", ENTRYWISE)
@pytest.mark.parametrize("language", ["julia", "matlab", "r"])
def test_a_template_computes_the_function(name, language):
    template = CODE[name].get(language)
    if template:
        z = Point(TABLE[name]).draw()
        said = DOTTED.sub("", template.format("z")).replace("^", "**")
        found = eval(said, {"__builtins__": {}}, {**NAMES, "z": z})  # noqa: S307 # the table's own text
        assert np.allclose(found, value(TABLE[name], z), rtol=1e-4, atol=1e-4 if "gamma" in name else 1e-8)


def test_every_language_says_the_functions_of_every_entry():
    """Julia has the error and Gamma functions in a package, which is not asked for."""
    packages = {name for name in ENTRYWISE if not CODE[name].get("julia")}
    assert packages <= {"erf", "erfc", "gelu", "lgamma", "digamma", "trigamma", "tetragamma"}
    assert all(CODE[name].get("matlab") and CODE[name].get("r") for name in ENTRYWISE)
