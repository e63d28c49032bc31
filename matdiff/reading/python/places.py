"""Places: where the nodes of Python's parser stand in the text of the question."""

from __future__ import annotations

from matdiff.lean.typing import Any

from matdiff.errors import Span


class Places:
    """Counts characters where Python counts lines and bytes.

    source: the text for the parser, from `start` on; blanks around it are left out, and where its lines are indented
    alike a line is put before them that makes them a block.
    """

    def __init__(self, text: str, start: int) -> None:
        while start < len(text) and text[start] in " \t\r\n;":
            start += 1
        self.start, self.end = start, len(text.rstrip(" \t\r\n;,."))
        self.source = text[self.start : self.end].replace("\t", " ").replace("\f", " ")
        self._lines = self.source.split("\n")
        self._starts = [self.start]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        indents = {len(line) - len(line.lstrip()) for line in self._lines[1:] if line.strip()}
        self._cut = min(indents, default=0) if not self._lines[0].rstrip().endswith(":") else 0
        if self._cut:
            self.source = "\n".join([self._lines[0], *[line[self._cut :] for line in self._lines[1:]]])

    @property
    def whole(self) -> Span:
        return Span(self.start, self.end)

    def at(self, line: int, column: int) -> int:
        """The place of a character by line and column, both as Python numbers them, the column in characters."""
        line = min(max(line, 1), len(self._lines))
        cut = self._cut if line > 1 else 0
        return min(self._starts[line - 1] + cut + max(column, 0), self.end)

    def span(self, node: Any) -> Span:
        if not hasattr(node, "lineno"):
            return Span(self.start, self.end)
        return Span(
            self._place(node.lineno, node.col_offset), self._place(node.end_lineno or 1, node.end_col_offset or 0)
        )

    def _place(self, line: int, column: int) -> int:
        """The place of a byte."""
        cut = self._cut if line > 1 else 0
        text = self._lines[line - 1][cut:]
        return self.at(line, column if text.isascii() else len(text.encode()[:column].decode(errors="ignore")))
