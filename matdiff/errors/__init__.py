"""Every error a user can see: a stable code, a message, the places it points at, and a hint.

Codes: E1xx reading, E2xx shapes, E3xx calculus, E4xx output, E5xx data.  `matdiff explain E201` expands one.
"""

from __future__ import annotations

from matdiff.lean.typing import Any, NamedTuple


class Span(NamedTuple):
    """Half-open range of characters [start, end) in the text that was read."""

    start: int
    end: int


class Label(NamedTuple):
    """A place in the text and what is to be said about it (may be empty)."""

    span: Span
    text: str = ""


class MatdiffError(Exception):
    """A mistake in the question, or something this program cannot do; never a bug of its own.

    `source` is the text that the spans count in (expression, operator or declaration); whoever knows it fills it in.
    """

    def __init__(self, code: str, message: str, *labels: Label, hint: str = "", source: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.labels = labels
        self.hint = hint
        self.source = source

    def __str__(self) -> str:
        """The report that the command line gives: code, message, the line with carets under the place, hint."""
        from matdiff.errors.report import text_report  # noqa: PLC0415 # few errors are shown

        return text_report(self)

    def __reduce__(self) -> tuple[object, ...]:
        """What a copy is made of, here or in another process: all arguments, and what is known besides."""
        return _again, (type(self), (self.code, self.message, *self.labels), self.hint, self.source)

    def _render_traceback_(self) -> list[str]:
        """What IPython and notebooks show: the report alone, as the mistake is in the question and not in the code."""
        return str(self).split("\n")

    @property
    def span(self) -> Span | None:
        """The first place the error points at."""
        return self.labels[0].span if self.labels else None

    def within(self, source: str) -> MatdiffError:
        """The same error, knowing the text it speaks of (unless it knew already)."""
        if self.source is None:
            self.source = source
        return self


def _again(kind: type[MatdiffError], said: tuple[Any, ...], hint: str, source: str | None) -> MatdiffError:
    return kind(*said, hint=hint, source=source)


class ReadingError(MatdiffError):
    """E1xx: the text is not in the input language."""


class ShapeError(MatdiffError):
    """E2xx: kinds or sizes do not fit together."""


class CalculusError(MatdiffError):
    """E3xx: the derivative does not exist, or is not supported (yet): the message tells which."""


class OutputError(MatdiffError):
    """E4xx: the answer cannot be written in the form asked for."""


class DataError(MatdiffError):
    """E5xx: files and numbers."""
