"""Constants: the identity, ones, zeros, unit vectors, numbers."""

from __future__ import annotations

from matdiff.functions.function import Function, Traits

ROWS = (
    Function(
        "eye",
        "special",
        "constant",
        arity=(0, 1),
        spellings=("I", "Id", "identity"),
        traits=Traits(gives="diagonal"),
        takes=("size",),
        written="subscript",
        dialects={"mathematica": ("IdentityMatrix",)},
        example=("log det(t I + A)", "d/dt", "A in R^{n x n}"),
        source="identity matrix",
    ),
    Function(
        "ones",
        "special",
        "constant",
        arity=(0, 2),
        traits=Traits(sign="positive"),
        takes=("size",),
        example=("ones(n)^T x", "d/dx", ""),
        source="every entry is 1",
    ),
    Function(
        "zeros",
        "special",
        "constant",
        arity=(0, 2),
        traits=Traits(sign="nonnegative"),
        takes=("size",),
        example=("zeros(n)^T x", "d/dx", ""),
        source="every entry is 0",
    ),
    Function(
        "unit",
        "special",
        "constant",
        arity=(1, 1),
        traits=Traits(sign="nonnegative"),
        takes=("index",),
        written="subscript",
        dialects={"mathematica": ("UnitVector",)},
        example=("e_i^T A x", "d/dx", ""),
        source="e_i: 1 at i, else 0",
    ),
    Function(
        "commutation",
        "special",
        "constant",
        arity=(2, 2),
        traits=Traits(gives="orthogonal"),
        takes=("size",),
        example=("a^T commutation(m, n) vec(X)", "d/dX", "X in R^{m x n}"),
        source="Magnus & Neudecker (2019), section 3.7: K vec(X) = vec(X^T), X of m rows and n columns",
    ),
    Function(
        "elimination",
        "special",
        "constant",
        numpy="_elimination({0})",
        helper=(
            "def _elimination(n):\n    places = [i + j * n for j in range(n) for i in range(j, n)]\n"
            "    return np.array([np.arange(n * n) == place for place in places], dtype=float)"
        ),
        traits=Traits(sign="nonnegative"),
        takes=("size",),
        source=(
            "Magnus & Neudecker 1980, The elimination matrix: elimination(n) vec(X) = vech(X) for X of n rows and"
            " columns"
        ),
    ),
    Function(
        "pi",
        "special",
        "constant",
        arity=(0, 0),
        latex=r"\pi",
        unicode="π",
        traits=Traits(sign="positive"),
        dialects={"mathematica": ("Pi",)},
        sympy="pi",
        example=("pi t^2", "d/dt", ""),
        source="circle constant",
    ),
    Function(
        "e",
        "special",
        "constant",
        arity=(0, 0),
        latex="e",
        traits=Traits(sign="positive"),
        dialects={"mathematica": ("E",)},
        sympy="E",
        example=("e^(2 t)", "d/dt", ""),
        source="Euler's number",
    ),
)
