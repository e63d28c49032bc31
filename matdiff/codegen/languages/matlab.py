"""MATLAB, and Octave: a file of functions, vectors as columns."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, ClassVar

from matdiff.codegen.languages.language import Language
from matdiff.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matdiff.codegen.parameters import Parameter
    from matdiff.graph.nodes import Size

_RESERVED = """
break case catch classdef continue else elseif end for function global if otherwise parfor persistent return
spmd switch try while pi i j e eps inv sum diag trace kron norm exp log sqrt ones zeros eye reshape size det
eig max min abs sign numel
"""


class Matlab(Language):
    head = "1; % a script of functions"
    comment = "% "
    terminator = ";"
    reserved = frozenset(_RESERVED.split())
    calls: ClassVar[Mapping[str, str]] = {
        "transpose": "{0}.'",
        "dot": "({0}.' * {1})",
        "sum": "sum(sum({0}))",
        "sum_0": "sum({0}, 1).'",
        "sum_1": "sum({0}, 2)",
        "sqrt": "sqrt({0})",
        "norm": "norm({0}, 'fro')",
        "outer": "({0} * {1}.')",
        "kron": "kron({0}, {1})",
        "inv": "inv({0})",
        "solve": "({0} \\ {1})",
        "matpow": "({0}^({1}))",
        "trace": "trace({0})",
        "diagonal": "diag({0})",
        "diag": "diag({0})",
        "flatten": "reshape({0}, [], 1)",
        "reshape": "reshape({0}, {1}, {2})",
        "ones_1": "ones({0}, 1)",
        "ones_2": "ones({0}, {1})",
        "zeros_1": "zeros({0}, 1)",
        "zeros_2": "zeros({0}, {1})",
        "eye": "eye({0})",
        "unit": "double((1:{1}).' == {0})",
        "slice_1_0": "{0}({1}:{2})",
        "slice_2_0": "{0}({1}:{2}, :)",
        "slice_2_1": "{0}(:, {1}:{2})",
        "take_1_0": "{0}({1})",
        "take_2_0": "{0}({1}, :).'",
        "take_2_1": "{0}(:, {1})",
        "pi": "pi",
        "e": "exp(1)",
    }

    def returned(self, results: Sequence[str]) -> list[str]:
        """The names of what a function returns stand at its head."""
        names = self.outputs(len(results))
        return [self.assign(name, text) for name, text in zip(names, results, strict=True)]

    @staticmethod
    def outputs(count: int) -> list[str]:
        return ["result"] if count == 1 else [f"result{k}" for k in range(1, count + 1)]

    def definition(
        self, name: str, parameters: Sequence[Parameter], body: Sequence[str], shapes: Sequence[tuple[Size, ...]]
    ) -> str:
        names = self.outputs(len(shapes))
        given = ", ".join([parameter.identifier for parameter in parameters])
        outputs = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
        head = f"function {outputs} = {name}({given})"
        return "\n".join([head, *[f"    {line}" if line else "" for line in body], "end"])

    @staticmethod
    def bound(name: str) -> str:
        del name
        return ""

    def lambda_of(self, variable: str, body: Sequence[str], order: int) -> list[str]:
        """A function that is returned: an expression, as functions in functions are."""
        del order
        if len(body) > 1:
            raise OutputError("E402", "no matlab code for this linear map yet", hint="--of hvp gives the product")
        text = body[0].removeprefix("result = ").removesuffix(";")
        return [self.assign("result", f"@({variable}) {text}")]
