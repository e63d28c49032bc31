"""Functions of one number, applied to every entry."""

from __future__ import annotations

from matdiff.functions.function import Function

_DLMF = "NIST Digital Library of Mathematical Functions, "


def _row(name: str, differential: str, numpy: str, source: str, **more: object) -> Function:
    return Function(name, "elementwise", "same", differential, numpy=numpy, source=source, **more)  # type: ignore[arg-type] # forwarded by name


ROWS = (
    _row("exp", "Ω", "np.exp({0})", _DLMF + "4.2.19", latex=r"\exp"),
    _row("log", "1/x", "np.log({0})", _DLMF + "4.7.1", latex=r"\log", spellings=("ln",), sample="positive"),
    Function(
        "sqrt",
        "definition",
        "same",
        definition="X.^(1/2)",
        latex=r"\sqrt",
        numpy="np.sqrt({0})",
        sample="positive",
        source=_DLMF + "1.4.10",
    ),
    _row("sin", "cos(x)", "np.sin({0})", _DLMF + "4.20.1", latex=r"\sin"),
    _row("cos", "-sin(x)", "np.cos({0})", _DLMF + "4.20.2", latex=r"\cos"),
    _row("tan", "1 + Ω^2", "np.tan({0})", _DLMF + "4.20.3", latex=r"\tan", sample="unit"),
    _row(
        "asin",
        "(1 - x^2)^(-1/2)",
        "np.arcsin({0})",
        _DLMF + "4.24.7",
        latex=r"\arcsin",
        unicode="arcsin",
        spellings=("arcsin",),
        sample="unit",
    ),
    _row(
        "acos",
        "-(1 - x^2)^(-1/2)",
        "np.arccos({0})",
        _DLMF + "4.24.8",
        latex=r"\arccos",
        unicode="arccos",
        spellings=("arccos",),
        sample="unit",
    ),
    _row(
        "atan",
        "1/(1 + x^2)",
        "np.arctan({0})",
        _DLMF + "4.24.9",
        latex=r"\arctan",
        unicode="arctan",
        spellings=("arctan",),
    ),
    _row("sinh", "cosh(x)", "np.sinh({0})", _DLMF + "4.34.1", latex=r"\sinh"),
    _row("cosh", "sinh(x)", "np.cosh({0})", _DLMF + "4.34.2", latex=r"\cosh"),
    _row("tanh", "1 - Ω^2", "np.tanh({0})", _DLMF + "4.34.3", latex=r"\tanh"),
    _row(
        "sigmoid",
        "Ω (1 - Ω)",
        "_sigmoid({0})",
        "Bishop, Pattern Recognition and Machine Learning, (4.88)",
        latex=r"\sigma",
        unicode="σ",
        typst="sigma",
        spellings=("logistic", "σ", "expit"),
        helper="def _sigmoid(z):\n    return np.exp(-np.logaddexp(0.0, -np.asarray(z)))",
    ),
    _row(
        "softplus",
        "sigmoid(x)",
        "np.logaddexp(0.0, {0})",
        "Dugas et al. 2001, Incorporating second-order functional knowledge",
    ),
    _row(
        "relu",
        "step(x)",
        "np.maximum({0}, 0.0)",
        "subgradient 0 at 0",
        latex=r"\operatorname{ReLU}",
        spellings=("ReLU",),
        note="relu has no derivative at 0; step(0) = 0 is taken there",
    ),
    _row(
        "step",
        "0",
        "np.where(np.asarray({0}) > 0, 1.0, 0.0)",
        "constant but for the jump at 0",
        spellings=("heaviside", "Heaviside"),
    ),
    _row(
        "abs",
        "sign(x)",
        "np.abs({0})",
        "subgradient 0 at 0",
        note="|x| has no derivative at 0; sign(0) = 0 is taken there",
    ),
    _row(
        "sign",
        "0",
        "np.sign({0})",
        "constant but for the jump at 0",
        latex=r"\operatorname{sign}",
        spellings=("sgn", "signum"),
    ),
    _row("erf", "2 pi^(-1/2) exp(-x^2)", "np.vectorize(math.erf)({0})", _DLMF + "7.9.1", helper="import math"),
)
