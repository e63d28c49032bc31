"""Functions of matrices: inverse, determinant, trace, diagonal, Kronecker product, matrix functions."""

from __future__ import annotations

from matdiff.functions.function import Function

_COOKBOOK = "Petersen & Pedersen, The Matrix Cookbook (2012), "
_HIGHAM = "Higham, Functions of Matrices (2008), "

ROWS = (
    Function("tr", "contraction", "square->scalar", einsum="ii->", spellings=("trace", "Tr", "Trace"), numpy="np.trace({0})", source=_COOKBOOK + "(36)"),
    Function("transpose", "contraction", "transposed", einsum="ij->ji", numpy="{0}.T", source=_COOKBOOK + "(44)"),
    Function("inv", "operator", "square->square", "-Ω dX Ω", spellings=("inverse",), numpy="np.linalg.inv({0})", sample="square", source=_COOKBOOK + "(40)"),
    Function("det", "operator", "square->scalar", "Ω tr(inv(X) dX)", latex=r"\det", numpy="np.linalg.det({0})", sample="square", source=_COOKBOOK + "(41)"),
    Function(
        "logdet",
        "operator",
        "square->scalar",
        "tr(inv(X) dX)",
        spellings=("log_det", "slogdet"),
        latex=r"\log\det",
        unicode="log det",
        numpy="np.linalg.slogdet({0})[1]",
        sample="spd",
        source=_COOKBOOK + "(43)",
    ),
    Function(
        "pinv",
        "operator",
        "transposed",
        "-Ω dX Ω + Ω Ω^T dX^T (I - X Ω) + (I - Ω X) dX^T Ω^T Ω",
        spellings=("pseudoinverse",),
        numpy="np.linalg.pinv({0})",
        note="the rank of X is taken to be constant near X",
        source="Golub & Pereyra 1973, (4.12)",
    ),
    Function(
        "adj",
        "definition",
        "square->square",
        definition="det(X) inv(X)",
        spellings=("adjugate", "adjoint"),
        sample="square",
        note="adj(X) is taken as det(X) X^-1: X invertible",
        source="Magnus & Neudecker (2019), section 1.11",
    ),
    Function(
        "diag", "special", "diag", numpy="np.diag({0})", spellings=("Diag",), latex=r"\operatorname{diag}", source="Magnus & Neudecker (2019), section 1.9"
    ),
    Function("vec", "special", "vec", latex=r"\operatorname{vec}", numpy="np.reshape({0}, -1, order='F')", source=_COOKBOOK + "(520)"),
    Function("vech", "special", "vech", latex=r"\operatorname{vech}", source="Magnus & Neudecker (2019), section 3.8"),
    Function("kron", "special", "kron", arity=(2, 2), numpy="np.kron({0}, {1})", source=_COOKBOOK + "(504)"),
    Function("dot", "special", "dot", arity=(2, 2), spellings=("inner", "vdot"), source="the inner product of vectors, tr(X^T Y) of matrices"),
    Function("outer", "definition", "outer", arity=(2, 2), definition="X Y^T", source="Golub & Van Loan, section 1.1"),
    Function("hadamard", "special", "hadamard", arity=(2, 2), spellings=("multiply",), source=_COOKBOOK + "section 10.2"),
    Function("symm", "definition", "square->square", definition="(X + X^T)/2", spellings=("sym",), source="Magnus & Neudecker (2019), section 1.5"),
    Function("skew", "definition", "square->square", definition="(X - X^T)/2", source="Magnus & Neudecker (2019), section 1.5"),
    Function("tril", "special", "square->square", numpy="np.tril({0})", sample="square", source="Magnus & Neudecker (2019), section 3.8"),
    Function("triu", "special", "square->square", numpy="np.triu({0})", sample="square", source="Magnus & Neudecker (2019), section 3.8"),
    Function("expm", "operator", "square->square", spellings=("matrix_exp",), sample="square", source=_HIGHAM + "(10.15)"),
    Function("logm", "operator", "square->square", spellings=("matrix_log",), sample="spd", source=_HIGHAM + "(11.10)"),
    Function("sqrtm", "operator", "square->square", spellings=("matrix_sqrt",), sample="spd", source=_HIGHAM + "(6.11)"),
    Function(
        "dexpm",
        "operator",
        "square->square",
        arity=(2, 2),
        sample="square",
        source=_HIGHAM + "(10.15)",
        note="dexpm(M, E) is the integral of expm(s M) E expm((1 - s) M) over s from 0 to 1, the derivative of expm at M in the direction E",
    ),
    Function(
        "dlogm",
        "operator",
        "square->square",
        arity=(2, 2),
        sample="spd",
        source=_HIGHAM + "(11.10)",
        note="dlogm(M, E) is the L with dexpm(logm(M), L) = E, the derivative of logm at M in the direction E",
    ),
    Function(
        "dsqrtm",
        "operator",
        "square->square",
        arity=(2, 2),
        sample="spd",
        source=_HIGHAM + "(6.11)",
        note="dsqrtm(M, E) is the L with sqrtm(M) L + L sqrtm(M) = E, the derivative of sqrtm at M in the direction E",
    ),
    Function(
        "lambda_max",
        "operator",
        "square->scalar",
        latex=r"\lambda_{\max}",
        unicode="λ_max",
        typst="λ_max",
        spellings=("lambdamax", "eigmax"),
        sample="symmetric",
        source="Magnus & Neudecker (2019), section 8.9",
    ),
)
