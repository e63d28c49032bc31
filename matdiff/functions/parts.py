"""Parts of a square matrix: the symmetric and the skew part, triangles, Cholesky's factor."""

from __future__ import annotations

from matdiff.functions.function import Function, Traits


def _triangle(name: str, side: str) -> Function:
    """The part of a square matrix on one side of its diagonal, with the diagonal."""
    return Function(
        name,
        "special",
        "square->square",
        operation="triangle",
        numpy=f"np.{name}({{0}})",
        sample="square",
        traits=Traits(
            convexity="affine",
            monotone=("increasing",),
            linear=(0,),
            needs=("square",),
            keeps=("diagonal", "triangular"),
            gives=side,
        ),
        source="Magnus & Neudecker (2019), section 3.8",
        code={
            "julia": f"{name}({{0}})",
            "matlab": f"{name}({{0}})",
            "r": f"({{0}} * {side}.tri({{0}}, TRUE))",
            "eigen": f"Eigen::MatrixXd({{0}}.triangularView<Eigen::{side.capitalize()}>())",
        },
    )


ROWS = (
    Function(
        "symm",
        "definition",
        "square->square",
        definition="(X + X^T)/2",
        spellings=("sym",),
        traits=Traits(
            convexity="affine",
            linear=(0,),
            monotone=("increasing",),
            needs=("square",),
            keeps=("transpose", "definite", "diagonal"),
            gives="symmetric",
        ),
        source="Magnus & Neudecker (2019), section 1.5",
        own=True,
    ),
    Function(
        "skew",
        "definition",
        "square->square",
        definition="(X - X^T)/2",
        traits=Traits(convexity="affine", linear=(0,), needs=("square",), keeps=("transpose",), gives="skew"),
        source="Magnus & Neudecker (2019), section 1.5",
        own=True,
    ),
    _triangle("tril", "lower"),
    _triangle("triu", "upper"),
    Function(
        "chol",
        "operator",
        "square->square",
        "Ω (tril(inv(Ω) dX inv(Ω^T)) - diag(diag(inv(Ω) dX inv(Ω^T)))/2)",
        of_scalar="X^(1/2)",
        traits=Traits(at_one="eye(n)", needs=("symmetric", "positive definite"), keeps=("diagonal",), gives="lower"),
        rewrites=(("chol(X) chol(X)^T", "X"),),
        latex=r"\operatorname{chol}",
        spellings=("cholesky",),
        dialects={"mathematica": ("CholeskyDecomposition",)},
        numpy="np.linalg.cholesky({0})",
        code={
            "dask": "da.linalg.cholesky({0}, lower=True)",
            "array-api": "_chol({0})",
            "julia": "Matrix(cholesky(Symmetric({0})).L)",
            "matlab": "chol({0}, 'lower')",
            "r": "t(chol({0}))",
            "eigen": "Eigen::MatrixXd(Eigen::LLT<Eigen::MatrixXd>({0}).matrixL())",
        },
        # array_api_compat 1.16 over Dask gives the upper factor, against the standard
        carried={
            "array-api": ("def _chol(a):\n    L = np.linalg.cholesky(a)\n    return np.tril(L) + np.triu(L, k=1).T",)
        },
        sample="spd",
        example=("tr(A chol(S))", "d/dS", "S symmetric"),
        note="chol(S) is the lower triangular L with L L^T = S and a positive diagonal",
        source="Murray 2016, Differentiation of the Cholesky decomposition, (8)",
    ),
)
