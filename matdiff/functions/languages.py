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
        **{
            name: _row(f"{name}.({{0}})", f"{name}({{0}})", f"(1 / {below}({{0}}))")
            for name, below in (
                ("sec", "cos"),
                ("csc", "sin"),
                ("cot", "tan"),
                ("sech", "cosh"),
                ("csch", "sinh"),
                ("coth", "tanh"),
            )
        },
        **{
            name: _row(f"{name}.({{0}})", f"{name}({{0}})", f"{name}({{0}})")
            for name in ("log2", "log10", "asinh", "acosh", "atanh")
        },
        "cbrt": _row("cbrt.({0})", "nthroot({0}, 3)", "(sign({0}) * abs({0})^(1 / 3))"),
        "logit": _row("log.({0} ./ (1 .- {0}))", "log({0} ./ (1 - {0}))", "qlogis({0})"),
        "silu": _row("({0} ./ (1 .+ exp.(-{0})))", "({0} ./ (1 + exp(-{0})))", "({0} * plogis({0}))"),
        "gelu": _row("", "({0} .* erfc(-{0} / sqrt(2)) / 2)", "({0} * pnorm({0}))"),
        "elu": _row(
            "(max.({0}, 0.0) .+ expm1.(min.({0}, 0.0)))",
            "(max({0}, 0) + expm1(min({0}, 0)))",
            "(({0} + abs({0})) / 2 + expm1(({0} - abs({0})) / 2))",
        ),
        "leaky_relu": _row("max.({0}, 0.01 .* {0})", "max({0}, 0.01 * {0})", "(0.505 * {0} + 0.495 * abs({0}))"),
        "huber": _row(
            "(clamp.({0}, -1, 1) .* ({0} .- clamp.({0}, -1, 1) ./ 2))",
            "(max(min({0}, 1), -1) .* ({0} - max(min({0}, 1), -1) / 2))",
            "((abs({0} + 1) - abs({0} - 1)) / 2 * ({0} - (abs({0} + 1) - abs({0} - 1)) / 4))",
        ),
        "erfc": _row("", "erfc({0})", "(2 * pnorm(-{0} * sqrt(2)))"),
        "lgamma": _row("", "gammaln({0})", "lgamma({0})"),
        "digamma": _row("", "psi({0})", "digamma({0})"),
        "trigamma": _row("", "psi(1, {0})", "trigamma({0})"),
        "tetragamma": _row("", "psi(2, {0})", "psigamma({0}, 2)"),
        "sinc": _row("(sin.({0}) ./ {0})", "(sin({0}) ./ {0})", "(sin({0}) / {0})"),
        "prod": _row("prod({0})", "prod(prod({0}))", "prod({0})"),
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
