"""Eigenvalues, singular values, and the vectors and factors that belong to them."""

from __future__ import annotations

from matdiff.functions.function import Function, Traits

ROWS = (
    Function(
        "lambda_max",
        "operator",
        "square->scalar",
        "topvec(X)^T dX topvec(X)",
        of_scalar="X",
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
        traits=Traits(
            "0", "1", convexity="convex", monotone=("loewner increasing",), needs=("symmetric",), keeps=("transpose",)
        ),
        conjugate=("0", "Y >> 0, tr(Y) = 1"),
        source="Magnus & Neudecker (2019), section 8.9",
        code={
            "dask": "",
            "julia": "eigmax(Symmetric({0}))",
            "matlab": "max(eig({0}))",
            "r": "max(eigen({0}, symmetric = TRUE, only.values = TRUE)$values)",
            "eigen": "Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>({0}).eigenvalues().maxCoeff()",
        },
    ),
    *[
        Function(
            name,
            "operator",
            "rows",
            f"inv({eigenvalue}(X) I - X {sign} Ω Ω^T) (dX Ω - Ω (Ω^T dX Ω))",
            of_scalar="1",
            numpy=f"np.linalg.eigh({{0}})[1][:, {place}]",
            code={"dask": ""},
            sample="symmetric",
            traits=Traits(needs=("symmetric",)),
            note=f"{name}(X) is the unit eigenvector of the symmetric matrix X for its {extreme} eigenvalue",
            example=(f"{eigenvalue}(S)", "d/dS", "S symmetric"),
            source="Magnus & Neudecker (2019), section 8.9",
        )
        for name, eigenvalue, sign, place, extreme in (
            ("topvec", "lambda_max", "+", -1, "largest"),
            ("bottomvec", "lambda_min", "-", 0, "smallest"),
        )
    ],
    Function(
        "spectral",
        "operator",
        "any->scalar",
        "leftvec(X)^T dX rightvec(X)",
        of_scalar="abs(X)",
        spellings=("sigma_max", "sigmamax"),
        dialects={"julia": ("opnorm",)},
        norm="2",
        numpy="np.linalg.norm({0}, 2)",
        note="||X||_2 is the largest singular value, which must be simple for the derivative to exist",
        traits=Traits("0", "1", "even", "nonnegative", "convex", needs=("matrix",), keeps=("transpose",)),
        conjugate=("0", "||Y||_* <= 1"),
        example=("||X||_2", "d/dX", "X in R^{m x n}"),
        source="Watson 1992, Characterization of the subdifferential of some matrix norms",
    ),
    Function(
        "leftvec",
        "operator",
        "rows",
        "inv((Ω^T X rightvec(X))^2 I - X X^T + Ω Ω^T) ((dX X^T + X dX^T) Ω - 2 Ω (Ω^T dX X^T Ω))",
        traits=Traits(needs=("matrix",)),
        numpy="np.linalg.svd({0})[0][:, 0]",
        note=(
            "leftvec(X) and rightvec(X) are the unit singular vectors u, v of X for its largest singular value: X v ="
            " ||X||_2 u"
        ),
        source="Golub & Van Loan, section 2.4",
        code={
            "dask": "",
        },
    ),
    Function(
        "rightvec",
        "operator",
        "columns",
        "inv((leftvec(X)^T X Ω)^2 I - X^T X + Ω Ω^T) ((dX^T X + X^T dX) Ω - 2 Ω (Ω^T dX^T X Ω))",
        traits=Traits(needs=("matrix",)),
        numpy="np.linalg.svd({0})[2][0]",
        note=(
            "leftvec(X) and rightvec(X) are the unit singular vectors u, v of X for its largest singular value: X v ="
            " ||X||_2 u"
        ),
        source="Golub & Van Loan, section 2.4",
        code={
            "dask": "",
        },
    ),
    Function(
        "nuclear",
        "operator",
        "any->scalar",
        "tr(polar(X)^T dX)",
        of_scalar="abs(X)",
        sample="square",
        norm="nuclear",
        numpy="np.sum(np.linalg.svd({0}, compute_uv=False))",
        note="||X||_* is the sum of the singular values; its derivative exists where X has full rank",
        traits=Traits("0", "n", "even", "nonnegative", "convex", needs=("matrix", "full rank"), keeps=("transpose",)),
        conjugate=("0", "||Y||_2 <= 1"),
        example=("||X||_*", "d/dX", "X in R^{m x n}"),
        source="Watson 1992, Characterization of the subdifferential of some matrix norms",
        code={
            "array-api": "xp.sum(xp.linalg.svd({0}, full_matrices=False)[1])",
            "torch": "torch.linalg.matrix_norm({0}, 'nuc')",
            "dask": "da.sum(da.linalg.svd({0})[1])",
            "jax": 'jnp.linalg.norm({0}, "nuc")',
        },
    ),
    Function(
        "polar",
        "operator",
        "same",
        "dX inv(sqrtm(X^T X)) - Ω dsqrtm(X^T X, dX^T X + X^T dX) inv(sqrtm(X^T X))",
        of_scalar="sign(X)",
        sample="square",
        numpy="_polar({0})",
        helper=("def _polar(a):\n    u, _, vt = np.linalg.svd(a, full_matrices=False)\n    return u @ vt",),
        note="polar(X) = U V^T, where X = U S V^T is the singular value decomposition; X is taken to have full rank",
        traits=Traits(
            at_one="eye(n)",
            parity="odd",
            needs=("matrix", "full rank"),
            keeps=("transpose", "definite", "diagonal"),
            gives="orthogonal",
        ),
        example=("tr(A polar(X))", "d/dX", "X in R^{n x n}"),
        source="Higham, Functions of Matrices (2008), chapter 8",
    ),
    Function(
        "lambda_min",
        "operator",
        "square->scalar",
        "bottomvec(X)^T dX bottomvec(X)",
        of_scalar="X",
        traits=Traits(
            "0",
            "1",
            convexity="concave",
            monotone=("loewner increasing",),
            needs=("symmetric",),
            keeps=("transpose",),
        ),
        rewrites=(("lambda_min(-X)", "-lambda_max(X)"),),
        conjugate=("0", "-Y >> 0, tr(Y) = -1"),
        latex=r"\lambda_{\min}",
        unicode="λ_min",
        typst="λ_min",
        spellings=("lambdamin", "eigmin"),
        numpy="np.linalg.eigvalsh({0})[0]",
        code={"dask": ""},
        sample="symmetric",
        note=(
            "lambda_min(X) is the smallest eigenvalue of the symmetric matrix X, which must be simple for the"
            " derivative to exist"
        ),
        source="Magnus & Neudecker (2019), section 8.9",
    ),
    Function(
        "schatten",
        "operator",
        "any->scalar",
        "Ω^(1 - Y) tr(svdpower(X, Y - 1)^T dX)",
        arity=(2, 2),
        takes=("value", "norm"),
        traits=Traits(
            "0", parity="even", sign="nonnegative", convexity="convex", needs=("matrix",), keeps=("transpose",)
        ),
        rewrites=(("schatten(X, 2)", "norm(X)"),),
        conjugate=("0", "schatten(Y, p/(p - 1)) <= 1"),
        numpy="(np.sum(np.linalg.svd({0}, compute_uv=False) ** {1}) ** (1 / {1}))",
        code={
            "torch": "(torch.sum(torch.linalg.svdvals({0}) ** {1}) ** (1 / {1}))",
            "array-api": "(xp.sum(xp.linalg.svd({0}, full_matrices=False)[1] ** {1}) ** (1 / {1}))",
            "dask": "(da.sum(da.linalg.svd({0})[1] ** {1}) ** (1 / {1}))",
        },
        note="schatten(X, p) is the p-norm of the singular values of X; its derivative exists where X has full rank",
        example=("schatten(X, 3)", "d/dX", "X in R^{m x n}"),
        source="Bhatia, Matrix Analysis, section IV.2",
        said="the Schatten norm",
    ),
    Function(
        "svdpower",
        "operator",
        "same",
        arity=(2, 2),
        takes=("value", "norm"),
        traits=Traits(keeps=("transpose",)),
        numpy="_svdpower({0}, {1})",
        helper=(
            "def _svdpower(a, p):\n    u, s, vt = np.linalg.svd(a, full_matrices=False)\n    return (u * s**p) @ vt",
        ),
        note="svdpower(X, p) = U S^p V^T, where X = U S V^T is the singular value decomposition",
        example=("schatten(X, 3)", "d/dX", "X in R^{m x n}"),
        source="Bhatia, Matrix Analysis, section IV.2",
    ),
)
