"""Reductions of a matrix along its rows or columns: sums, means, extrema, softmax and logsumexp of each."""

from __future__ import annotations

from matdiff.functions.function import Function, Traits

_BOYD = "Boyd & Vandenberghe, Convex Optimization, "


def _by_columns(row: Function, name: str, spellings: tuple[str, ...] = (), source: str = "") -> Function:
    """The same of each column: of the transpose."""
    traits = row.traits
    same = row.shape == "same"
    return Function(
        name,
        "definition",
        row.shape if same else "columns",
        definition=f"{row.name}(X^T)^T" if same else f"{row.name}(X^T)",
        traits=Traits(convexity=traits.convexity, monotone=traits.monotone, linear=traits.linear, sign=traits.sign),
        example=(row.example[0].replace(row.name, name), *row.example[1:]),
        latex=row.latex.replace("rows", "columns"),
        spellings=spellings,
        note=row.note.replace(row.name, name).replace("each row", "each column"),
        source=source or row.source.replace("each row", "each column"),
        own=row.own,
    )


_SUM = Function(
    "rowsum",
    "definition",
    "rows",
    definition="diag(X (X.^0)^T)",
    traits=Traits(convexity="affine", monotone=("increasing",), linear=(0,)),
    note="rowsum(X) is a column vector, the sum of each row of X",
    source="the sum of each row",
)
_MEAN = Function(
    "rowmean",
    "definition",
    "rows",
    definition="diag(X (X.^0)^T) ./ diag(X.^0 (X.^0)^T)",
    traits=Traits(convexity="affine", monotone=("increasing",), linear=(0,)),
    note="rowmean(X) is a column vector, the mean of each row of X",
    source="the mean of each row",
)
_SOFTMAX = Function(
    "softmax_rows",
    "operator",
    "same",
    "Ω .* dX - diag(diag((Ω .* dX) (X.^0)^T)) Ω",
    traits=Traits(sign="positive", needs=("matrix",)),
    example=("tr(A softmax_rows(X))", "d/dX", ""),
    rewrites=(("rowsum(softmax_rows(X))", "ones(n)"),),
    formula="exp(X) ./ (diag(rowsum(exp(X))) X.^0)",
    latex=r"\operatorname{softmax}_{\mathrm{rows}}",
    spellings=("rowsoftmax",),
    numpy="_softmax_rows({0})",
    helper=(
        (
            "def _softmax_rows(z):\n    e = np.exp(z - np.max(z, axis=1)[:, None])\n"
            "    return e / np.sum(e, axis=1)[:, None]"
        ),
    ),
    code={
        "jax": "jax.nn.softmax({0}, axis=1)",
        "torch": "torch.softmax({0}, dim=1)",
        "julia": "(E -> E ./ sum(E, dims = 2))(exp.({0} .- maximum({0}, dims = 2)))",
        "matlab": "feval(@(E) E ./ sum(E, 2), exp({0} - max({0}, [], 2)))",
        "r": "(function(E) E / rowSums(E))(exp({0} - apply({0}, 1, max)))",
        "eigen": (
            "[](const Eigen::MatrixXd& Z) {{ Eigen::MatrixXd E = (Z.colwise() - Z.rowwise().maxCoeff()).array().exp();"
            " return Eigen::MatrixXd(E.array().colwise() / E.rowwise().sum().array()); }}({0})"
        ),
    },
    note="softmax_rows(X) is the softmax of each row of X",
    source="Vaswani et al. 2017, Attention is all you need, (1)",
    own=True,
)
_MAX = Function(
    "max_rows",
    "operator",
    "rows",
    "diag((maxpos_rows(X) .* dX) (X.^0)^T)",
    traits=Traits(convexity="convex", monotone=("increasing",), needs=("matrix",)),
    latex=r"\operatorname{max}_{\mathrm{rows}}",
    spellings=("rowmax",),
    numpy="np.max({0}, axis=1)",
    code={"torch": "torch.amax({0}, dim=1)"},
    note="max_rows(X) is the column vector of the largest entry of each row of X",
    source=_BOYD + "3.1.5",
)
_LOGSUMEXP = Function(
    "logsumexp_rows",
    "operator",
    "rows",
    "diag((softmax_rows(X) .* dX) (X.^0)^T)",
    traits=Traits(convexity="convex", monotone=("increasing",), needs=("matrix",)),
    formula="log(rowsum(exp(X)))",
    latex=r"\operatorname{logsumexp}_{\mathrm{rows}}",
    spellings=("lse_rows", "rowlogsumexp"),
    numpy="_logsumexp_rows({0})",
    helper=(
        (
            "def _logsumexp_rows(z):\n    top = np.max(z, axis=1)\n"
            "    return top + np.log(np.sum(np.exp(z - top[:, None]), axis=1))"
        ),
    ),
    code={
        "jax": "jax.nn.logsumexp({0}, axis=1)",
        "torch": "torch.logsumexp({0}, dim=1)",
        "julia": "(Z -> vec(maximum(Z, dims = 2) .+ log.(sum(exp.(Z .- maximum(Z, dims = 2)), dims = 2))))({0})",
        "matlab": "feval(@(Z) max(Z, [], 2) + log(sum(exp(Z - max(Z, [], 2)), 2)), {0})",
        "r": "(function(Z, top = apply(Z, 1, max)) top + log(rowSums(exp(Z - top))))({0})",
        "eigen": (
            "[](const Eigen::MatrixXd& Z) {{ Eigen::VectorXd top = Z.rowwise().maxCoeff();"
            " return Eigen::VectorXd(top.array() + (Z.colwise() - top).array().exp().rowwise().sum().log()); }}({0})"
        ),
    },
    note="logsumexp_rows(X) is the column vector of the logsumexp of each row of X",
    source=_BOYD + "3.1.5",
)
ROWS = (
    _SUM,
    _by_columns(_SUM, "colsum"),
    _MEAN,
    _by_columns(_MEAN, "colmean"),
    _SOFTMAX,
    _by_columns(_SOFTMAX, "softmax_columns", ("softmax_cols", "colsoftmax"), "Bridle 1990"),
    Function(
        "maxpos_rows",
        "operator",
        "same",
        "0 dX",
        numpy="_maxpos_rows({0})",
        helper=(
            (
                "def _maxpos_rows(z):\n"
                "    return np.where(np.arange(z.shape[1])[None, :] == np.argmax(z, axis=1)[:, None], 1.0, 0.0)"
            ),
        ),
        code={
            "array-api": "xp.astype(xp.arange({0}.shape[1])[None, :] == xp.argmax({0}, axis=1)[:, None], {0}.dtype)",
            "torch": "(torch.arange({0}.shape[1])[None, :] == torch.argmax({0}, dim=1)[:, None]).to({0}.dtype)",
        },
        traits=Traits(sign="nonnegative", needs=("matrix",)),
        example=("tr(A maxpos_rows(X))", "d/dA", ""),
        note="maxpos_rows(X) is 1 at the largest entry of each row of X, else 0",
        source="subgradient of max",
    ),
    _MAX,
    _by_columns(_MAX, "max_columns", ("colmax",)),
    _LOGSUMEXP,
    _by_columns(_LOGSUMEXP, "logsumexp_columns", ("lse_columns", "logsumexp_cols")),
)
