"""Sums, means, norms, softmax and logsumexp."""

from __future__ import annotations

from matdiff.functions.function import Function

_BOYD = "Boyd & Vandenberghe, Convex Optimization, "

ROWS = (
    Function("sum", "special", "any->scalar", numpy="np.sum({0})", source="1^T X 1"),
    Function(
        "max",
        "operator",
        "vector->scalar",
        "maxpos(X)^T dX",
        numpy="np.max({0})",
        spellings=("maximum",),
        note="max(x) has a derivative where the largest entry is the only one of its size",
        source=_BOYD + "3.1.5",
    ),
    Function(
        "min",
        "definition",
        "vector->scalar",
        definition="-max(-X)",
        spellings=("minimum",),
        numpy="np.min({0})",
        source=_BOYD + "3.1.5",
    ),
    Function(
        "maxpos",
        "operator",
        "vector->vector",
        "0 dX",
        numpy="np.where(np.arange(np.size({0})) == np.argmax({0}), 1.0, 0.0)",
        note="maxpos(x) is the unit vector at the largest entry of x",
        source="subgradient of max",
    ),
    Function(
        "mean",
        "special",
        "any->scalar",
        spellings=("average",),
        numpy="np.mean({0})",
        source="the sum over the number of entries",
    ),
    Function("norm", "special", "any->scalar", arity=(1, 2), source=_BOYD + "A.1.5"),
    Function(
        "norm_weighted", "definition", "any->scalar", arity=(2, 2), definition="(X^T Y X)^(1/2)", source=_BOYD + "A.1.6"
    ),
    Function("bars", "special", "bars", source="|x| of a scalar or vector, |X| the determinant of a square matrix"),
    Function(
        "softmax",
        "operator",
        "vector->vector",
        "Ω .* dX - Ω (Ω^T dX)",
        numpy="_softmax({0})",
        source="Bridle 1990",
        helper="def _softmax(z):\n    e = np.exp(z - np.max(z))\n    return e / np.sum(e)",
    ),
    Function(
        "logsumexp",
        "operator",
        "vector->scalar",
        "softmax(X)^T dX",
        numpy="_logsumexp({0})",
        spellings=("lse", "LSE"),
        source=_BOYD + "3.1.5",
        helper="def _logsumexp(z):\n    top = np.max(z)\n    return top + np.log(np.sum(np.exp(z - top)))",
    ),
)

CONSTANTS = (
    Function("eye", "special", "constant", arity=(0, 1), spellings=("I", "Id", "identity"), source="identity matrix"),
    Function("ones", "special", "constant", arity=(0, 2), source="every entry is 1"),
    Function("zeros", "special", "constant", arity=(0, 2), source="every entry is 0"),
    Function("unit", "special", "constant", arity=(1, 1), source="e_i: 1 at i, else 0"),
    Function(
        "commutation",
        "special",
        "constant",
        arity=(2, 2),
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
        source=(
            "Magnus & Neudecker 1980, The elimination matrix: elimination(n) vec(X) = vech(X) for X of n rows and"
            " columns"
        ),
    ),
    Function("pi", "special", "constant", arity=(0, 0), latex=r"\pi", unicode="π", source="circle constant"),
    Function("e", "special", "constant", arity=(0, 0), latex="e", source="Euler's number"),
)
