"""Norms of matrices that others define: by their columns, rows and singular values."""

from __future__ import annotations

from matdiff.functions.function import Function, Traits

_GOLUB = "Golub & Van Loan, section 2.3"

ROWS = (
    Function(
        "norm_one",
        "definition",
        "any->scalar",
        definition="max(colsum(abs(X)))",
        norm="1",
        traits=Traits("0", "1", "even", "nonnegative", "convex", ("magnitude",), needs=("matrix",)),
        numpy="np.linalg.norm({0}, 1)",
        note="||X||_1 of a matrix is its largest column sum of absolute values; sum(abs(X)) adds all of them",
        example=("||X||_1", "d/dX", "X in R^{m x n}"),
        source=_GOLUB,
    ),
    Function(
        "norm_inf",
        "definition",
        "any->scalar",
        definition="max(rowsum(abs(X)))",
        norm="inf",
        traits=Traits("0", "1", "even", "nonnegative", "convex", ("magnitude",), needs=("matrix",)),
        numpy="np.linalg.norm({0}, np.inf)",
        note="||X||_inf of a matrix is its largest row sum of absolute values; max(abs(X)) is its largest entry",
        example=("||X||_inf", "d/dX", "X in R^{m x n}"),
        source=_GOLUB,
    ),
    Function(
        "norm21",
        "definition",
        "any->scalar",
        definition="sum(colsum(X.^2).^(1/2))",
        norm="2,1",
        traits=Traits("0", "n", "even", "nonnegative", "convex", ("magnitude",), needs=("matrix",)),
        spellings=("l21",),
        note="||X||_{2,1} adds the Euclidean norms of the columns of X; ||X^T||_{2,1} those of its rows",
        example=("norm21(X)", "d/dX", "X in R^{m x n}"),
        source="Ding, Zhou, He, Zha 2006, R1-PCA: rotational invariant L1-norm principal component analysis",
    ),
    Function(
        "norm_entries",
        "definition",
        "any->scalar",
        definition="sum(colsum(abs(X).^Y).^(Z/Y))^(1/Z)",
        arity=(3, 3),
        takes=("value", "norm"),
        traits=Traits("0", parity="even", sign="nonnegative", monotone=("magnitude",), needs=("matrix",)),
        note="||X||_{p,q} is the q-norm of the p-norms of the columns of X; ||X^T||_{p,q} takes those of its rows",
        example=("norm_entries(X, 3, 2)", "d/dX", "X in R^{m x n}"),
        source="Kowalski 2009, Sparse regression using mixed norms",
    ),
)
