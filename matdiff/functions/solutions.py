"""Solutions that have no formula: of matrix equations, eigenvectors of a problem's matrix, thresholds."""

from __future__ import annotations

from matdiff.functions.function import Function, Traits

_SIGNED = (
    "def _signed(v):\n    top = np.argmax(np.abs(v), axis=0)\n"
    "    return v * np.sign(v[top] if v.ndim == 1 else v[top, np.arange(v.shape[1])])"
)
_SCIPY = "import scipy.linalg"
_STEIN = (
    "def _stein(a, b, c):\n    m, n = c.shape\n    whole = np.eye(m * n) - np.kron(b.T, a)\n"
    '    return np.reshape(np.linalg.solve(whole, np.reshape(c, -1, order="F")), (m, n), order="F")'
)
_EIGENVECTOR = "def _eigenvector(place, a, *b):\n    return _signed(scipy.linalg.eigh(a, *b)[1][:, place])"
_NUMPY = frozenset({"numpy"})


def _only_numpy(template: str) -> dict[str, str]:
    return {"numpy": template, "jax": "", "torch": "", "array-api": "", "dask": ""}


ROWS = (
    Function(
        "sylvester",
        "operator",
        "sylvester",
        arity=(3, 3),
        spellings=("solve_sylvester", "sylv"),
        code=_only_numpy("scipy.linalg.solve_sylvester({0}, {1}, {2})"),
        carried={"numpy": (_SCIPY,)},
        sample="square",
        traits=Traits(linear=(2,), needs=("square",)),
        note="sylvester(A, B, C) is the X with A X + X B = C",
        example=("tr(sylvester(A, B, C))", "d/dC", "A in R^{n x n}, B in R^{n x n}, C in R^{n x n}"),
        source="Bartels & Stewart 1972",
    ),
    Function(
        "lyapunov",
        "operator",
        "lyapunov",
        arity=(2, 2),
        spellings=("solve_lyapunov", "lyap"),
        code=_only_numpy("scipy.linalg.solve_continuous_lyapunov({0}, {1})"),
        carried={"numpy": (_SCIPY,)},
        sample="square",
        traits=Traits(linear=(1,), needs=("square",)),
        note="lyapunov(A, C) is the X with A X + X A^T = C",
        example=("tr(lyapunov(A, C))", "d/dC", "A in R^{n x n}, C in R^{n x n}"),
        source="Bartels & Stewart 1972",
    ),
    Function(
        "stein",
        "operator",
        "sylvester",
        arity=(3, 3),
        spellings=("solve_stein", "dlyap"),
        code=_only_numpy("_stein({0}, {1}, {2})"),
        carried={"numpy": (_STEIN,)},
        sample="square",
        traits=Traits(linear=(2,), needs=("square",)),
        note="stein(A, B, C) is the X with X - A X B = C",
        example=("tr(stein(A, B, C))", "d/dC", "A in R^{n x n}, B in R^{n x n}, C in R^{n x n}"),
        source="Kitagawa 1977, An algorithm for solving the matrix equation X = F X F^T + S",
    ),
    *[
        Function(
            f"eigvec_{which}",
            "operator",
            "eigenvector",
            arity=(1, 2),
            code=_only_numpy(f"_eigenvector({place}, {{all}})"),
            carried={"numpy": (_SCIPY, _SIGNED, _EIGENVECTOR)},
            sample="symmetric",
            traits=Traits(needs=("symmetric",)),
            note=(
                f"eigvec_{which}(A) is the unit eigenvector of the symmetric matrix A for its {extreme} eigenvalue;"
                f" eigvec_{which}(A, B) the v with A v = c B v and v^T B v = 1 for the {extreme} c, B positive definite"
            ),
            example=(f"eigvec_{which}(S)", "d/dS", "S symmetric"),
            source="Golub & Van Loan, sections 8.1 and 8.7",
        )
        for which, place, extreme in (("min", 0, "smallest"), ("max", -1, "largest"))
    ],
    *[
        Function(
            f"eigvecs_{which}",
            "operator",
            "eigenvectors",
            arity=(2, 2),
            takes=("value", "size"),
            code=_only_numpy(template),
            carried={"numpy": (_SIGNED,)},
            sample="symmetric",
            traits=Traits(needs=("symmetric",)),
            note=f"eigvecs_{which}(S, k) has the unit eigenvectors of S for its k {extreme} eigenvalues as columns",
            example=(f"eigvecs_{which}(S, 2)", "d/dS", "S symmetric"),
            source="Golub & Van Loan, section 8.1",
        )
        for which, template, extreme in (
            ("min", "_signed(np.linalg.eigh({0})[1][:, :{1}])", "smallest"),
            ("max", "_signed(np.linalg.eigh({0})[1][:, ::-1][:, :{1}])", "largest"),
        )
    ],
    Function(
        "soft",
        "operator",
        "bounded",
        ("dX .* (step(X - Y .* X.^0) + step(-X - Y .* X.^0)) + dY .* (step(-X - Y .* X.^0) - step(X - Y .* X.^0))"),
        arity=(2, 2),
        spellings=("soft_threshold", "shrink"),
        numpy="(np.sign({0}) * np.maximum(np.abs({0}) - {1}, 0.0))",
        code={
            "torch": "(torch.sign({0}) * torch.relu(torch.abs({0}) - {1}))",
            "array-api": "(xp.sign({0}) * (xp.abs(xp.abs({0}) - {1}) + xp.abs({0}) - {1}) / 2)",
        },
        note="soft(v, t) is sign(v) .* max(abs(v) - t, 0), entry by entry, for t >= 0",
        example=("soft(v, t)", "d/dv", "t in R"),
        source="Donoho 1995, De-noising by soft-thresholding",
    ),
    Function(
        "clip",
        "operator",
        "bounded",
        (
            "dX .* (X.^0 - step(Y .* X.^0 - X) - step(X - Z .* X.^0))"
            " + dY .* step(Y .* X.^0 - X) + dZ .* step(X - Z .* X.^0)"
        ),
        arity=(3, 3),
        spellings=("clamp",),
        numpy="np.minimum(np.maximum({0}, {1}), {2})",
        code={
            "torch": "torch.minimum(torch.maximum({0}, torch.as_tensor({1})), torch.as_tensor({2}))",
            "array-api": "_clip({0}, {1}, {2})",
        },
        carried={
            "array-api": (
                "def _clip(v, a, b):\n    v = np.where(v < a, a + 0 * v, v)\n    return np.where(v > b, b + 0 * v, v)",
            )
        },
        note="clip(v, a, b) is v, at least a and at most b in every entry",
        example=("clip(v, a, b)", "d/dv", "a in R, b in R"),
        source="Boyd & Vandenberghe, Convex Optimization, section 8.1.1",
    ),
)
