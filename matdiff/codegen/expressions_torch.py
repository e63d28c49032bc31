"""Array operations as Torch's expressions, where they are others than NumPy's."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.codegen.expressions import Expressions
from matdiff.codegen.precedence import ATOM, POWER, Code
from matdiff.codegen.row_blocks import BLOCK

if TYPE_CHECKING:
    from matdiff.codegen.arrays import Array


class TorchExpressions(Expressions):
    """MKL multiplies wide matrices faster than tall ones, has no product of an array with itself, and small
    contractions cost less entry by entry.
    """

    def write(self, node: Array) -> Code:
        return self.embed(node) if node.op == "embed" else super().write(node)

    def matmul(self, node: Array) -> Code:
        left, right = node.args
        if node.order < 2 or node in self.solves:
            return super().matmul(node)
        if left.op == "transpose" and left.args[0] is right:
            return self.call("square", self.code[right].text)
        rows, columns = node.shape
        if rows == columns or (isinstance(rows, int) and isinstance(columns, int) and rows <= 2 * columns):
            return super().matmul(node)
        if BLOCK in left.loops and left.op != "transpose" and BLOCK not in right.loops:
            first, second = self._turned(right), self._turned(left)
            return Code(f"({first} @ {second}).T", ATOM)
        return self.call("product", self.code[left].text, self.code[right].text)

    def _turned(self, node: Array) -> str:
        """The transpose of an array as a factor of a matrix product."""
        return self.code[node.args[0]].at(POWER) if node.op == "transpose" else self.code[node].at(ATOM) + ".T"

    def outers(self, node: Array) -> Code:
        """A sum of outer products, entry by entry."""
        count = len(node.args) // 2
        if count != 2:
            return super().outers(node)
        pairs = [self._spread(*pair) for pair in zip(node.args[:count], node.args[count:], strict=True)]
        (first, second), (third, fourth) = pairs
        return Code(f"torch.addcmul({first} * {second}, {third}, {fourth})", ATOM)

    def _spread(self, left: Array, right: Array) -> tuple[str, str]:
        axes = ", ".join([":"] * left.order + ["None"] * right.order)
        return f"{self.code[left].at(ATOM)}[{axes}]", self.code[right].at(ATOM)

    def embed(self, node: Array) -> Code:
        """An array on a diagonal of zeros, or added to a diagonal of another."""
        whole, part = node.args
        inputs, view = node.data.split("->")
        letter = next(letter for letter in view if inputs.count(letter) > 1)
        first, second = [k for k, other in enumerate(inputs) if other == letter]
        axes = [*[other for other in inputs if other != letter], letter]
        code = self._aligned(part, view[len(view) - part.order :], axes)
        if whole.op != "zeros":
            dims = "" if node.data == "ii->i" else f", {first}, {second}"
            return self.call("plus_diagonal", self.code[whole].text, code.text + dims)
        own = view[len(view) - part.order :]
        if part.order < len(axes):
            sizes = [whole.shape[inputs.index(other)] for other in axes]
            lengths = [
                "-1" if other in own else self.names.size_text(size) for other, size in zip(axes, sizes, strict=True)
            ]
            code = Code(f"{code.text}.expand({', '.join(lengths)})", ATOM)
        return Code(f"torch.diag_embed({code.text}, dim1={first}, dim2={second})", ATOM)

    def _aligned(self, part: Array, own: str, axes: list[str]) -> Code:
        """An array whose axes are named `own` with these axes, of length one where it has none."""
        there = [other for other in axes if other in own]
        order = tuple([own.index(other) for other in there])
        code = self.code[part]
        if order != tuple(range(part.order)):
            code = self.call("permute", code.text, str(order))
        if part.order and part.order < len(axes):
            code = Code(f"{code.at(ATOM)}[{', '.join([':' if other in own else 'None' for other in axes])}]", ATOM)
        return code
