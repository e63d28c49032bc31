"""R: base functions only, vectors without dimensions."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, ClassVar

from matdiff.codegen.languages.language import Language
from matdiff.codegen.precedence import ATOM, MATMUL, POWER, Code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matdiff.codegen.arrays import Array
    from matdiff.codegen.parameters import Parameter
    from matdiff.graph.nodes import Size

MATRIX_POWER = """.power <- function(X, k) {
  # A square matrix to an integer power, by repeated squaring.
  if (k < 0) return(.power(solve(X), -k))
  P <- diag(nrow(X))
  while (k > 0) {
    if (k %% 2 == 1) P <- P %*% X
    X <- X %*% X
    k <- k %/% 2
  }
  P
}"""

_RESERVED = """
if else repeat while function for next break TRUE FALSE NULL Inf NaN NA in c t pi sum diag solve outer matrix
exp log sqrt rep nrow ncol length T F
"""


class R(Language):
    assignment = "{0} <- {1}"
    end = "}"
    other = "} else {"
    times = "*"
    over = "/"
    raised = "^"
    by = "%*%"
    reserved = frozenset(_RESERVED.split())
    carried: ClassVar[Mapping[str, str]] = {"matpow": MATRIX_POWER}
    calls: ClassVar[Mapping[str, str]] = {
        "transpose": "t({0})",
        "dot": "sum({0} * {1})",
        "sum": "sum({0})",
        "sum_0": "colSums({0})",
        "sum_1": "rowSums({0})",
        "sqrt": "sqrt({0})",
        "norm": "sqrt(sum({0}^2))",
        "outer": "outer({0}, {1})",
        "kron_1": "c(kronecker({0}, {1}))",
        "kron": "kronecker({0}, {1})",
        "inv": "solve({0})",
        "solve": "solve({0}, {1})",
        "matpow": ".power({0}, {1})",
        "trace": "sum(diag({0}))",
        "diagonal": "diag({0})",
        "diag": "diag({0}, nrow = length({0}))",
        "flatten": "c({0})",
        "reshape": "matrix({0}, {1}, {2})",
        "ones_1": "rep(1, {0})",
        "ones_2": "matrix(1, {0}, {1})",
        "zeros_1": "rep(0, {0})",
        "zeros_2": "matrix(0, {0}, {1})",
        "eye": "diag(1, {0})",
        "unit": "as.numeric(seq_len({1}) == {0})",
        "slice_1_0": "{0}[({1}):({2})]",
        "slice_2_0": "{0}[({1}):({2}), , drop = FALSE]",
        "slice_2_1": "{0}[, ({1}):({2}), drop = FALSE]",
        "take_1_0": "{0}[{1}]",
        "take_2_0": "{0}[{1}, ]",
        "take_2_1": "{0}[, {1}]",
        "pi": "pi",
        "e": "exp(1)",
    }

    def of_numbers(self, rows: list[list[str]], order: int) -> str:
        entries = ", ".join([entry for row in rows for entry in row])
        return f"c({entries})" if order == 1 else f"matrix(c({entries}), {len(rows)}, {len(rows[0])}, byrow = TRUE)"

    def loop(self, variable: str, lo: str, hi: str, after: str) -> str:
        del after
        return f"for ({variable} in seq_len(max(0, {hi} - ({lo}) + 1)) + ({lo}) - 1) {{"

    def test(self, condition: str) -> str:
        return f"if ({condition}) {{"

    def length_of(self, name: str, array: str, axis: int, order: int) -> str:
        return self.assign(name, f"length({array})" if order == 1 else f"dim({array})[{axis + 1}]")

    def returned(self, results: Sequence[str]) -> list[str]:
        return [results[0] if len(results) == 1 else f"list({', '.join(results)})"]

    def definition(
        self, name: str, parameters: Sequence[Parameter], body: Sequence[str], shapes: Sequence[tuple[Size, ...]]
    ) -> str:
        del shapes
        given = ", ".join([parameter.identifier for parameter in parameters])
        return "\n".join([f"{name} <- function({given}) {{", *[f"  {line}" if line else "" for line in body], "}"])

    @staticmethod
    def bound(name: str) -> str:
        return f"derivative <- {name}"

    def lambda_of(self, variable: str, body: Sequence[str], order: int) -> list[str]:
        """A function that is returned."""
        del order
        return [f"function({variable}) {{", *[f"  {line}" for line in body], "}"]

    def row(self, arg: Array, node: Array) -> Code:
        rows, columns = [self.names.size_text(size) for size in node.shape]
        return Code(f"matrix({self.code[arg].text}, {rows}, {columns}, byrow = TRUE)", ATOM)

    def column(self, arg: Array, node: Array) -> Code:
        rows, columns = [self.names.size_text(size) for size in node.shape]
        return Code(f"matrix({self.code[arg].text}, {rows}, {columns})", ATOM)

    def product(self, first: Code, second: Code, node: Array) -> Code:
        text = f"{first.at(MATMUL)} {self.by} {second.at(POWER)}"
        return Code(f"c({text})", ATOM) if node.order == 1 else Code(text, MATMUL)
