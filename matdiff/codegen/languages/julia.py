"""Julia, with its standard library LinearAlgebra."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, ClassVar

from matdiff.codegen.languages.language import Language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matdiff.codegen.parameters import Parameter
    from matdiff.graph.nodes import Size

_RESERVED = """
baremodule begin break catch const continue do else elseif end export false finally for function global if
import let local macro module quote return struct true try using while I im pi dot norm diag inv tr kron sum
ones zeros exp log sqrt vec reshape size eigvals
"""


class Julia(Language):
    head = "using LinearAlgebra"
    plus = ".+"
    reserved = frozenset(_RESERVED.split())
    calls: ClassVar[Mapping[str, str]] = {
        "transpose": "{0}'",
        "dot": "dot({0}, {1})",
        "sum": "sum({0})",
        "sum_0": "vec(sum({0}, dims=1))",
        "sum_1": "vec(sum({0}, dims=2))",
        "sqrt": "sqrt.({0})",
        "sqrt_0": "sqrt({0})",
        "norm": "norm({0})",
        "outer": "({0} * {1}')",
        "kron": "kron({0}, {1})",
        "inv": "inv({0})",
        "solve": "({0} \\ {1})",
        "matpow": "({0}^{1})",
        "trace": "tr({0})",
        "diagonal": "diag({0})",
        "diag": "Matrix(Diagonal({0}))",
        "flatten": "vec({0})",
        "reshape": "reshape({0}, {1}, {2})",
        "ones_1": "ones({0})",
        "ones_2": "ones({0}, {1})",
        "zeros_1": "zeros({0})",
        "zeros_2": "zeros({0}, {1})",
        "eye": "Matrix(1.0I, {0}, {0})",
        "unit": "Float64.(1:{1} .== {0})",
        "slice_1_0": "{0}[{1}:{2}]",
        "slice_2_0": "{0}[{1}:{2}, :]",
        "slice_2_1": "{0}[:, {1}:{2}]",
        "take_1_0": "{0}[{1}]",
        "take_2_0": "{0}[{1}, :]",
        "take_2_1": "{0}[:, {1}]",
        "pi": "pi",
        "e": "exp(1.0)",
    }

    def of_numbers(self, rows: list[list[str]], order: int) -> str:
        if order == 1:
            return f"Float64[{', '.join([row[0] for row in rows])}]"
        return f"Float64[{'; '.join([' '.join(row) for row in rows])}]"

    def definition(
        self, name: str, parameters: Sequence[Parameter], body: Sequence[str], shapes: Sequence[tuple[Size, ...]]
    ) -> str:
        del shapes
        inside = "\n".join([f"    {line}" if line else "" for line in body])
        return f"function {name}({', '.join(parameter.identifier for parameter in parameters)})\n{inside}\nend"

    def lambda_of(self, variable: str, body: Sequence[str], order: int) -> list[str]:
        """A function that is returned."""
        del order
        return [f"return function ({variable})", *[f"    {line}" for line in body], "end"]
