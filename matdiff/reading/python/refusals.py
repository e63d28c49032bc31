"""What a Python line is refused for: every error names what it is about and points at it."""

from __future__ import annotations

from matdiff.errors import Label, MatdiffError, ShapeError, Span
from matdiff.reading import mistakes


def shapes(message: str, span: Span, hint: str = "") -> MatdiffError:
    """Axes that NumPy would refuse, too."""
    return ShapeError("E213", message, Label(span), hint=hint)


def unsupported(what: str, span: Span, hint: str = "") -> MatdiffError:
    return mistakes.not_supported(f"{what} not supported yet in a Python line", span, hint=hint)


def ambiguous(message: str, span: Span, one: str, other: str) -> MatdiffError:
    """Two readings with different answers, each with the spelling that says it."""
    return mistakes.error("E125", message, span, hint=f"{one}, or {other}")


def unknown(name: str, span: Span) -> MatdiffError:
    """A function or method that is not known, with the nearest that is."""
    near = mistakes.closest(name)
    say = f"did you mean '{near}'?" if near and near != name else ""
    hint = "" if say or "." in name else f"declare it ('{name}(x) in R^m') if it is a function of your own"
    return mistakes.error("E102", f"unknown function '{name}'", span, say=say, hint=hint)


def half(sign: str, span: Span) -> MatdiffError:
    """A sign of mathematics in what else is Python."""
    return ambiguous(
        f"'{sign}' is no sign of Python, and the rest of the line is Python",
        span,
        "write it all as NumPy (** for a power, .T, np.linalg.norm)",
        "all in the plain language (X^T, ||x||, A .* B)",
    )
