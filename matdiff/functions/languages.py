"""How the languages beside Python say the functions of the table: templates over {0}, {1}, the arguments.

Elementwise ones are for arrays; Eigen's take `.array()` and give a matrix back.
"""

from __future__ import annotations

from matdiff.lean.types import MappingProxyType
from matdiff.lean.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SAME = (
    "exp",
    "log",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "abs",
    "sign",
    "asin",
    "acos",
    "atan",
    "log1p",
    "expm1",
)


def _everywhere(name: str) -> Mapping[str, str]:
    """A function that has one name in all of them."""
    return MappingProxyType(
        {
            "julia": f"{name}.({{0}})",
            "matlab": f"{name}({{0}})",
            "r": f"{name}({{0}})",
            "eigen": f"{{0}}.array().{name}().matrix()",
        }
    )


def _row(julia: str = "", matlab: str = "", r: str = "", eigen: str = "") -> Mapping[str, str]:
    return MappingProxyType({"julia": julia, "matlab": matlab, "r": r, "eigen": eigen})


CODE: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        **{name: _everywhere(name) for name in _SAME},
        "sigmoid": _row(
            "(1 ./ (1 .+ exp.(-{0})))",
            "(1 ./ (1 + exp(-{0})))",
            "(1 / (1 + exp(-{0})))",
            "(1.0 / (1.0 + (-{0}.array()).exp())).matrix()",
        ),
        "softplus": _row(
            "(max.({0}, 0.0) .+ log1p.(exp.(-abs.({0}))))",
            "(max({0}, 0) + log1p(exp(-abs({0}))))",
            "(({0} + abs({0})) / 2 + log1p(exp(-abs({0}))))",
            "({0}.array().max(0.0) + (-{0}.array().abs()).exp().log1p()).matrix()",
        ),
        "relu": _row("max.({0}, 0.0)", "max({0}, 0)", "(({0} + abs({0})) / 2)", "{0}.array().max(0.0).matrix()"),
        "step": _row(
            "Float64.({0} .> 0)", "double({0} > 0)", "(({0} > 0) * 1)", "({0}.array() > 0.0).cast<double>().matrix()"
        ),
        "erf": _row(
            "",
            "erf({0})",
            "(2 * pnorm({0} * sqrt(2)) - 1)",
            "{0}.unaryExpr([](double z) {{ return std::erf(z); }}).array().matrix()",
        ),
        "softmax": _row(
            "(exp.({0} .- maximum({0})) / sum(exp.({0} .- maximum({0}))))",
            "(exp({0} - max({0})) / sum(exp({0} - max({0}))))",
            "(exp({0} - max({0})) / sum(exp({0} - max({0}))))",
            "(({0}.array() - {0}.maxCoeff()).exp() / ({0}.array() - {0}.maxCoeff()).exp().sum()).matrix()",
        ),
        "logsumexp": _row(
            "(maximum({0}) + log(sum(exp.({0} .- maximum({0})))))",
            "(max({0}) + log(sum(exp({0} - max({0})))))",
            "(max({0}) + log(sum(exp({0} - max({0})))))",
            "({0}.maxCoeff() + std::log(({0}.array() - {0}.maxCoeff()).exp().sum()))",
        ),
        "det": _row("det({0})", "det({0})", "det({0})", "{0}.determinant()"),
        "logdet": _row(
            "logabsdet({0})[1]",
            "sum(log(abs(diag(qr({0})))))",
            "as.numeric(determinant({0})$modulus)",
            "{0}.partialPivLu().matrixLU().diagonal().array().abs().log().sum()",
        ),
        "pinv": _row("pinv({0})", "pinv({0})", "", "{0}.completeOrthogonalDecomposition().pseudoInverse()"),
        "max": _row("maximum({0})", "max({0})", "max({0})", "{0}.maxCoeff()"),
        "min": _row("minimum({0})", "min({0})", "min({0})", "{0}.minCoeff()"),
        "tril": _row(
            "tril({0})",
            "tril({0})",
            "({0} * lower.tri({0}, TRUE))",
            "Eigen::MatrixXd({0}.triangularView<Eigen::Lower>())",
        ),
        "triu": _row(
            "triu({0})",
            "triu({0})",
            "({0} * upper.tri({0}, TRUE))",
            "Eigen::MatrixXd({0}.triangularView<Eigen::Upper>())",
        ),
        "expm": _row("exp({0})", "expm({0})"),
        "logm": _row("log({0})", "logm({0})"),
        "sqrtm": _row("sqrt({0})", "sqrtm({0})"),
        "lambda_max": _row(
            "eigmax(Symmetric({0}))",
            "max(eig({0}))",
            "max(eigen({0}, symmetric = TRUE, only.values = TRUE)$values)",
            "Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>({0}).eigenvalues().maxCoeff()",
        ),
    }
)
