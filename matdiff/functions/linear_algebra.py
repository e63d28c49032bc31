"""Functions of matrices: inverse, determinant, trace, diagonal, Kronecker product, matrix functions."""

from __future__ import annotations

from matdiff.functions.function import Function

_COOKBOOK = "Petersen & Pedersen, The Matrix Cookbook (2012), "
_HIGHAM = "Higham, Functions of Matrices (2008), "

ROWS = (
    Function(
        "tr",
        "contraction",
        "square->scalar",
        einsum="ii->",
        spellings=("trace", "Tr", "Trace"),
        numpy="np.trace({0})",
        source=_COOKBOOK + "(36)",
    ),
    Function("transpose", "contraction", "transposed", einsum="ij->ji", numpy="{0}.T", source=_COOKBOOK + "(44)"),
    Function(
        "inv",
        "operator",
        "square->square",
        "-Ω dX Ω",
        spellings=("inverse",),
        numpy="np.linalg.inv({0})",
        sample="square",
        source=_COOKBOOK + "(40)",
    ),
    Function(
        "det",
        "operator",
        "square->scalar",
        "Ω tr(inv(X) dX)",
        latex=r"\det",
        numpy="np.linalg.det({0})",
        sample="square",
        source=_COOKBOOK + "(41)",
    ),
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
        "diag",
        "special",
        "diag",
        numpy="np.diag({0})",
        spellings=("Diag",),
        latex=r"\operatorname{diag}",
        source="Magnus & Neudecker (2019), section 1.9",
    ),
    Function(
        "vec",
        "special",
        "vec",
        latex=r"\operatorname{vec}",
        numpy="np.reshape({0}, -1, order='F')",
        source=_COOKBOOK + "(520)",
    ),
    Function(
        "unvec",
        "special",
        "unvec",
        arity=(3, 3),
        latex=r"\operatorname{unvec}",
        numpy="np.reshape({0}, ({1}, {2}), order='F')",
        source="the inverse of vec: unvec(vec(X), m, n) = X for X of m rows and n columns",
    ),
    Function("vech", "special", "vech", latex=r"\operatorname{vech}", source="Magnus & Neudecker (2019), section 3.8"),
    Function("kron", "special", "kron", arity=(2, 2), numpy="np.kron({0}, {1})", source=_COOKBOOK + "(504)"),
    Function(
        "dot",
        "special",
        "dot",
        arity=(2, 2),
        spellings=("inner", "vdot"),
        source="the inner product of vectors, tr(X^T Y) of matrices",
    ),
    Function("outer", "definition", "outer", arity=(2, 2), definition="X Y^T", source="Golub & Van Loan, section 1.1"),
    Function(
        "hadamard", "special", "hadamard", arity=(2, 2), spellings=("multiply",), source=_COOKBOOK + "section 10.2"
    ),
    Function(
        "symm",
        "definition",
        "square->square",
        definition="(X + X^T)/2",
        spellings=("sym",),
        source="Magnus & Neudecker (2019), section 1.5",
    ),
    Function(
        "skew",
        "definition",
        "square->square",
        definition="(X - X^T)/2",
        source="Magnus & Neudecker (2019), section 1.5",
    ),
    Function(
        "tril",
        "special",
        "square->square",
        numpy="np.tril({0})",
        sample="square",
        source="Magnus & Neudecker (2019), section 3.8",
    ),
    Function(
        "triu",
        "special",
        "square->square",
        numpy="np.triu({0})",
        sample="square",
        source="Magnus & Neudecker (2019), section 3.8",
    ),
    Function(
        "expm", "operator", "square->square", spellings=("matrix_exp",), sample="square", source=_HIGHAM + "(10.15)"
    ),
    Function("logm", "operator", "square->square", spellings=("matrix_log",), sample="spd", source=_HIGHAM + "(11.10)"),
    Function(
        "sqrtm", "operator", "square->square", spellings=("matrix_sqrt",), sample="spd", source=_HIGHAM + "(6.11)"
    ),
    Function(
        "dexpm",
        "operator",
        "square->square",
        arity=(2, 2),
        sample="square",
        source=_HIGHAM + "(10.15)",
        note=(
            "dexpm(M, E) is the integral of expm(s M) E expm((1 - s) M) over s from 0 to 1, the derivative of expm at M"
            " in the direction E"
        ),
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
        "jexpm",
        "special",
        "jacobian",
        numpy="_jacobian(_expm, {0})",
        sample="square",
        note=(
            "jexpm(M) is the Jacobian of vec(expm(X)) by vec(X) at M: its columns are vec(dexpm(M, E)) for the unit"
            " matrices E"
        ),
        source=_HIGHAM + "(10.15)",
    ),
    Function(
        "jlogm",
        "special",
        "jacobian",
        numpy="_jacobian(_logm, {0})",
        sample="spd",
        note=(
            "jlogm(M) is the Jacobian of vec(logm(X)) by vec(X) at M: its columns are vec(dlogm(M, E)) for the unit"
            " matrices E"
        ),
        source=_HIGHAM + "(11.10)",
    ),
    Function(
        "jsqrtm",
        "special",
        "jacobian",
        numpy="_jacobian(_sqrtm, {0})",
        sample="spd",
        note=(
            "jsqrtm(M) is the Jacobian of vec(sqrtm(X)) by vec(X) at M: its columns are vec(dsqrtm(M, E)) for the unit"
            " matrices E"
        ),
        source=_HIGHAM + "(6.11)",
    ),
    Function(
        "lambda_max",
        "operator",
        "square->scalar",
        "topvec(X)^T dX topvec(X)",
        latex=r"\lambda_{\max}",
        unicode="λ_max",
        typst="λ_max",
        spellings=("lambdamax", "eigmax"),
        numpy="np.linalg.eigvalsh({0})[-1]",
        sample="symmetric",
        note=(
            "lambda_max(X) is the largest eigenvalue of the symmetric matrix X, which must be simple for the derivative"
            " to exist"
        ),
        source="Magnus & Neudecker (2019), section 8.9",
    ),
    Function(
        "topvec",
        "operator",
        "rows",
        "inv(lambda_max(X) I - X + Ω Ω^T) (dX Ω - Ω (Ω^T dX Ω))",
        numpy="np.linalg.eigh({0})[1][:, -1]",
        sample="symmetric",
        note="topvec(X) is the unit eigenvector of the symmetric matrix X for its largest eigenvalue",
        source="Magnus & Neudecker (2019), section 8.9",
    ),
    Function(
        "spectral",
        "operator",
        "any->scalar",
        "leftvec(X)^T dX rightvec(X)",
        numpy="np.linalg.norm({0}, 2)",
        note="||X||_2 is the largest singular value, which must be simple for the derivative to exist",
        source="Watson 1992, Characterization of the subdifferential of some matrix norms",
    ),
    Function(
        "leftvec",
        "operator",
        "rows",
        "inv((Ω^T X rightvec(X))^2 I - X X^T + Ω Ω^T) ((dX X^T + X dX^T) Ω - 2 Ω (Ω^T dX X^T Ω))",
        numpy="np.linalg.svd({0})[0][:, 0]",
        note=(
            "leftvec(X) and rightvec(X) are the unit singular vectors u, v of X for its largest singular value: X v ="
            " ||X||_2 u"
        ),
        source="Golub & Van Loan, section 2.4",
    ),
    Function(
        "rightvec",
        "operator",
        "columns",
        "inv((leftvec(X)^T X Ω)^2 I - X^T X + Ω Ω^T) ((dX^T X + X^T dX) Ω - 2 Ω (Ω^T dX^T X Ω))",
        numpy="np.linalg.svd({0})[2][0]",
        note=(
            "leftvec(X) and rightvec(X) are the unit singular vectors u, v of X for its largest singular value: X v ="
            " ||X||_2 u"
        ),
        source="Golub & Van Loan, section 2.4",
    ),
    Function(
        "nuclear",
        "operator",
        "any->scalar",
        "tr(polar(X)^T dX)",
        sample="square",
        numpy="np.sum(np.linalg.svd({0}, compute_uv=False))",
        note="||X||_* is the sum of the singular values; its derivative exists where X has full rank",
        source="Watson 1992, Characterization of the subdifferential of some matrix norms",
    ),
    Function(
        "polar",
        "operator",
        "same",
        "dX inv(sqrtm(X^T X)) - Ω dsqrtm(X^T X, dX^T X + X^T dX) inv(sqrtm(X^T X))",
        sample="square",
        numpy="_polar({0})",
        helper="def _polar(a):\n    u, _, vt = np.linalg.svd(a, full_matrices=False)\n    return u @ vt",
        note="polar(X) = U V^T, where X = U S V^T is the singular value decomposition; X is taken to have full rank",
        source="Higham, Functions of Matrices (2008), chapter 8",
    ),
)
