"""A page that shows formulas as MathML, which browsers draw by themselves; made from LaTeX."""

from __future__ import annotations

from html import escape
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors.report import visible
from matdiff.writing.mathml import converted

if TYPE_CHECKING:
    from collections.abc import Sequence

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ margin: 2em; font-family: sans-serif }}
math {{ font-size: 1.3em }}
</style>
</head>
<body>
{body}
</body>
</html>"""


def page(text: str, title: str, notes: Sequence[str] = ()) -> str:
    """The page of a formula of LaTeX, or of lines of text with formulas between dollars; below it the notes.

    Raises OutputError (E403) where latex2mathml is missing.
    """
    lines = [_line(line) for line in text.split("\n") if line.strip()] if "$" in text else [converted(text, "block")]
    told = [f"<p>{_plain(line)}</p>" for line in notes]
    return _PAGE.format(title=_plain(title), body="\n".join([*[f"<p>{line}</p>" for line in lines], *told]))


def _line(text: str) -> str:
    """A line of text, every second piece between dollars a formula."""
    pieces = text.split("$")
    return "".join([converted(piece) if k % 2 else _plain(piece) for k, piece in enumerate(pieces)])


def _plain(text: str) -> str:
    """Text of a page: nothing in it is a mark, or acts on whoever reads the page's source in a terminal."""
    return escape(visible(text))
