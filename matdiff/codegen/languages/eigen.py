"""C++ with Eigen: vectors and matrices of doubles, every intermediate result evaluated."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, ClassVar

from matdiff.codegen.languages.language import Language
from matdiff.codegen.precedence import ATOM, POWER, PRODUCT, SUM, Code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matdiff.codegen.arrays import Array
    from matdiff.codegen.parameters import Parameter
    from matdiff.graph.nodes import Coefficient, Size

_TYPES = ("double", "Eigen::VectorXd", "Eigen::MatrixXd")
MATRIX_POWER = """// A square matrix to an integer power, by repeated squaring.
inline Eigen::MatrixXd matrix_power(Eigen::MatrixXd X, int k) {
    if (k < 0) return matrix_power(X.inverse(), -k);
    Eigen::MatrixXd P = Eigen::MatrixXd::Identity(X.rows(), X.rows());
    for (; k > 0; k /= 2) {
        if (k % 2) P = P * X;
        X = X * X;
    }
    return P;
}"""

_RESERVED = """
alignas alignof and asm auto bool break case catch char class const constexpr continue default delete do
double else enum explicit export extern false float for friend goto if inline int long mutable namespace new
not operator or private protected public register return short signed sizeof static struct switch template
this throw true try typedef typeid typename union unsigned using virtual void volatile while xor std Eigen
matrix_power
"""


class Eigen(Language):
    head = "#include <cmath>\n#include <functional>\n#include <tuple>\n\n#include <Eigen/Dense>"
    comment = "// "
    terminator = ";"
    end = "}"
    other = "} else {"
    kept = "{0}.eval()"  # a matrix that takes another size forgets its entries
    reserved = frozenset(_RESERVED.split())
    carried: ClassVar[Mapping[str, str]] = {"matpow": MATRIX_POWER}
    calls: ClassVar[Mapping[str, str]] = {
        "transpose": "{0}.transpose()",
        "dot": "{0}.dot({1})",
        "sum": "{0}.sum()",
        "sum_0": "{0}.colwise().sum().transpose()",
        "sum_1": "{0}.rowwise().sum()",
        "sqrt": "{0}.cwiseSqrt()",
        "sqrt_0": "std::sqrt({0})",
        "norm": "{0}.norm()",
        "outer": "({0} * {1}.transpose())",
        "inv": "{0}.inverse()",
        "solve": "{0}.partialPivLu().solve({1})",
        "matpow": "matrix_power({0}, {1})",
        "trace": "{0}.trace()",
        "diagonal": "{0}.diagonal()",
        "diag": "Eigen::MatrixXd({0}.asDiagonal())",
        "ones_1": "Eigen::VectorXd::Ones({0})",
        "ones_2": "Eigen::MatrixXd::Ones({0}, {1})",
        "zeros_1": "Eigen::VectorXd::Zero({0})",
        "zeros_2": "Eigen::MatrixXd::Zero({0}, {1})",
        "eye": "Eigen::MatrixXd::Identity({0}, {0})",
        "unit": "Eigen::VectorXd::Unit({1}, {0} - 1)",
        "flatten": "Eigen::VectorXd({0}.reshaped())",
        "reshape": "Eigen::MatrixXd({0}.reshaped({1}, {2}))",
        "slice_1_0": "{0}.segment({1} - 1, {2} - ({1}) + 1)",
        "slice_2_0": "{0}.middleRows({1} - 1, {2} - ({1}) + 1)",
        "slice_2_1": "{0}.middleCols({1} - 1, {2} - ({1}) + 1)",
        "take_1_0": "{0}({2})",
        "take_2_0": "{0}.row({2}).transpose()",
        "take_2_1": "{0}.col({2})",
        "pi": "M_PI",
        "e": "M_E",
    }

    def of_numbers(self, rows: list[list[str]], order: int) -> str:
        entries = ", ".join([entry for row in rows for entry in row])
        if order == 1:
            return f"(Eigen::VectorXd({len(rows)}) << {entries}).finished()"
        return f"(Eigen::MatrixXd({len(rows)}, {len(rows[0])}) << {entries}).finished()"

    def assign(self, name: str, text: str, node: Array | None = None) -> str:
        """Assignments evaluate: `auto` would keep the expression, and its operands by reference."""
        kind = "const Eigen::Index" if node is None else _TYPES[node.order]
        return f"{kind} {name} = {text};"

    def declared(self, name: str, node: Array) -> list[str]:
        return [f"{_TYPES[node.order]} {name};"]

    def loop(self, variable: str, lo: str, hi: str, after: str) -> str:
        del after
        return f"for (Eigen::Index {variable} = {lo}; {variable} <= {hi}; ++{variable}) {{"

    def test(self, condition: str) -> str:
        return f"if ({condition}) {{"

    def length_of(self, name: str, array: str, axis: int, order: int) -> str:
        return self.assign(name, f"{array}.{'size' if order == 1 else ('rows', 'cols')[axis]}()")

    def returned(self, results: Sequence[str]) -> list[str]:
        return [f"return {results[0]};" if len(results) == 1 else f"return {{{', '.join(results)}}};"]

    def definition(
        self, name: str, parameters: Sequence[Parameter], body: Sequence[str], shapes: Sequence[tuple[Size, ...]]
    ) -> str:
        given = ", ".join([_declared(parameter) for parameter in parameters])
        kinds = [_TYPES[len(shape)] for shape in shapes]
        result = kinds[0] if len(kinds) == 1 else f"std::tuple<{', '.join(kinds)}>"
        if name == "hessian_operator":
            result = f"std::function<{kinds[0]}(const {kinds[0]}&)>"
        lines = [f"inline {result} {name}({given}) {{", *[f"    {line}" if line else "" for line in body], "}"]
        return "\n".join(lines)

    @staticmethod
    def bound(name: str) -> str:
        return f"constexpr auto derivative = {name};"

    def lambda_of(self, variable: str, body: Sequence[str], order: int) -> list[str]:
        """A function that is returned; it keeps copies of what was prepared."""
        kind = _TYPES[order]
        return [f"return [=](const {kind}& {variable}) -> {kind} {{", *[f"    {line}" for line in body], "};"]

    def coefficient(self, value: Coefficient) -> Code:
        """Numbers are doubles: 1 / 3 would be 0."""
        if value.denominator == 1:
            return Code(f"{float(value)!r}", ATOM if value >= 0 else SUM)
        found = super().coefficient(value)
        return found if "/" not in found.text else Code(f"{value.numerator}.0 / {value.denominator}.0", PRODUCT)

    def row(self, arg: Array, node: Array) -> Code:
        return Code(f"{self.code[arg].at(ATOM)}.transpose().replicate({self.names.size_text(node.shape[0])}, 1)", ATOM)

    def column(self, arg: Array, node: Array) -> Code:
        return Code(f"{self.code[arg].at(ATOM)}.replicate(1, {self.names.size_text(node.shape[1])})", ATOM)

    def spread(self, arg: Array, node: Array) -> Code:
        if node.order and not arg.order:
            sizes = ", ".join([self.names.size_text(size) for size in node.shape])
            return Code(f"{_TYPES[node.order]}::Constant({sizes}, {self.code[arg].text})", ATOM)
        return super().spread(arg, node)

    def entrywise(self, first: Code, second: Code) -> Code:
        return Code(f"{first.at(ATOM)}.cwiseProduct({second.text})", ATOM)

    def recip(self, node: Array) -> Code:
        if node.order:
            return Code(f"{self.code[node.args[0]].at(ATOM)}.cwiseInverse()", ATOM)
        return Code(f"1.0 / {self.code[node.args[0]].at(POWER)}", PRODUCT)

    def power(self, node: Array) -> Code:
        base = self.code[node.args[0]]
        exponent = self.coefficient(node.data) if len(node.args) == 1 else self.code[node.args[1]]
        if node.order:
            return Code(f"{base.at(ATOM)}.array().pow({exponent.text}).matrix()", ATOM)
        return Code(f"std::pow({base.text}, {exponent.text})", ATOM)

    def of_scalar(self, template: str) -> str:
        return template.replace("{0}.array().", "std::").replace("().matrix()", "({0})")


def _declared(parameter: Parameter) -> str:
    if parameter.var.role == "integer":
        return f"int {parameter.identifier}"
    kind = _TYPES[len(parameter.passed)]
    return (
        f"{kind} {parameter.identifier}"
        if parameter.var.structure == "diagonal"
        else (f"{kind} {parameter.identifier}" if kind == "double" else f"const {kind}& {parameter.identifier}")
    )
