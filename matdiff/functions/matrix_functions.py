"""Exponential, logarithm and square root of a square matrix, and their derivatives."""

from __future__ import annotations

from matdiff.functions.function import Function, Traits

_HIGHAM = "Higham, Functions of Matrices (2008), "

ROWS = (
    Function(
        "expm",
        "operator",
        "square->square",
        of_scalar="exp(X)",
        spellings=("matrix_exp",),
        sample="square",
        traits=Traits(
            "eye(n)",
            "e eye(n)",
            needs=("square",),
            keeps=("transpose", "definite", "symmetric to definite", "diagonal", "triangular"),
        ),
        rewrites=(("expm(X) expm(-X)", "eye(n)"),),
        dialects={"mathematica": ("MatrixExp",)},
        example=("expm(t A)", "d/dt", ""),
        source=_HIGHAM + "(10.15)",
        code={
            "numpy": "_expm({0})",
            "torch": "torch.linalg.matrix_exp({0})",
            "jax": "jax.scipy.linalg.expm({0})",
            "julia": "exp({0})",
            "matlab": "expm({0})",
        },
        carried={"numpy": ("import math", "EXPM")},
        frechet="dexpm",
        jacobian="jexpm",
    ),
    Function(
        "logm",
        "operator",
        "square->square",
        of_scalar="log(X)",
        spellings=("matrix_log",),
        sample="spd",
        traits=Traits(
            at_one="zeros(n, n)", needs=("positive definite",), keeps=("transpose", "diagonal", "triangular")
        ),
        rewrites=(("expm(logm(X))", "X"),),
        dialects={"mathematica": ("MatrixLog",)},
        example=("tr(logm(X))", "d/dX", ""),
        source=_HIGHAM + "(11.10)",
        code={
            "numpy": "_logm({0})",
            "julia": "log({0})",
            "matlab": "logm({0})",
        },
        carried={"numpy": ("SQRTM", "LOGM")},
        frechet="dlogm",
        jacobian="jlogm",
    ),
    Function(
        "sqrtm",
        "operator",
        "square->square",
        of_scalar="X^(1/2)",
        spellings=("matrix_sqrt",),
        sample="spd",
        traits=Traits(
            at_one="eye(n)", needs=("positive definite",), keeps=("transpose", "definite", "diagonal", "triangular")
        ),
        rewrites=(("sqrtm(X) sqrtm(X)", "X"),),
        example=("tr(sqrtm(X))", "d/dX", ""),
        source=_HIGHAM + "(6.11)",
        code={
            "numpy": "_sqrtm({0})",
            "julia": "sqrt({0})",
            "matlab": "sqrtm({0})",
        },
        carried={"numpy": ("SQRTM",)},
        frechet="dsqrtm",
        jacobian="jsqrtm",
    ),
    Function(
        "dexpm",
        "operator",
        "square->square",
        of_scalar="exp(X) Y",
        arity=(2, 2),
        sample="square",
        traits=Traits(linear=(1,), needs=("square",), keeps=("transpose", "diagonal", "triangular")),
        example=("tr(A dexpm(M, E))", "d/dE", ""),
        source=_HIGHAM + "(10.15)",
        note=(
            "dexpm(M, E) is the integral of expm(s M) E expm((1 - s) M) over s from 0 to 1, the derivative of expm at M"
            " in the direction E"
        ),
        code={"numpy": "_frechet(_expm, {0}, {1})"},
        carried={"numpy": ("import math", "EXPM", "FRECHET")},
    ),
    Function(
        "dlogm",
        "operator",
        "square->square",
        of_scalar="Y/X",
        arity=(2, 2),
        sample="spd",
        traits=Traits(linear=(1,), needs=("positive definite",), keeps=("transpose", "diagonal", "triangular")),
        example=("tr(A dlogm(M, E))", "d/dE", ""),
        source=_HIGHAM + "(11.10)",
        note="dlogm(M, E) is the L with dexpm(logm(M), L) = E, the derivative of logm at M in the direction E",
        code={"numpy": "_frechet(_logm, {0}, {1})"},
        carried={"numpy": ("SQRTM", "LOGM", "FRECHET")},
    ),
    Function(
        "dsqrtm",
        "operator",
        "square->square",
        of_scalar="Y/(2 X^(1/2))",
        arity=(2, 2),
        sample="spd",
        traits=Traits(linear=(1,), needs=("positive definite",), keeps=("transpose", "diagonal", "triangular")),
        example=("tr(A dsqrtm(M, E))", "d/dE", ""),
        source=_HIGHAM + "(6.11)",
        note="dsqrtm(M, E) is the L with sqrtm(M) L + L sqrtm(M) = E, the derivative of sqrtm at M in the direction E",
        code={"numpy": "_frechet(_sqrtm, {0}, {1})"},
        carried={"numpy": ("SQRTM", "FRECHET")},
    ),
    Function(
        "jexpm",
        "special",
        "jacobian",
        operation="jacobian",
        sample="square",
        note=(
            "jexpm(M) is the Jacobian of vec(expm(X)) by vec(X) at M: its columns are vec(dexpm(M, E)) for the unit"
            " matrices E"
        ),
        traits=Traits(needs=("square",)),
        source=_HIGHAM + "(10.15)",
        code={"numpy": "_jacobian(_expm, {0})"},
        carried={"numpy": ("import math", "EXPM", "FRECHET", "JACOBIAN")},
    ),
    Function(
        "jlogm",
        "special",
        "jacobian",
        operation="jacobian",
        sample="spd",
        note=(
            "jlogm(M) is the Jacobian of vec(logm(X)) by vec(X) at M: its columns are vec(dlogm(M, E)) for the unit"
            " matrices E"
        ),
        traits=Traits(needs=("positive definite",)),
        source=_HIGHAM + "(11.10)",
        code={"numpy": "_jacobian(_logm, {0})"},
        carried={"numpy": ("SQRTM", "LOGM", "FRECHET", "JACOBIAN")},
    ),
    Function(
        "jsqrtm",
        "special",
        "jacobian",
        operation="jacobian",
        sample="spd",
        note=(
            "jsqrtm(M) is the Jacobian of vec(sqrtm(X)) by vec(X) at M: its columns are vec(dsqrtm(M, E)) for the unit"
            " matrices E"
        ),
        traits=Traits(needs=("positive definite",)),
        source=_HIGHAM + "(6.11)",
        code={"numpy": "_jacobian(_sqrtm, {0})"},
        carried={"numpy": ("SQRTM", "FRECHET", "JACOBIAN")},
    ),
)
