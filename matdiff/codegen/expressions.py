"""Array operations as Python expressions, with the parentheses that they need."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.codegen.precedence import ATOM, MATMUL, POWER, PRODUCT, SUM, Code, decimal, number_code
from matdiff.codegen.solving import System, system
from matdiff.codegen.syntax import Statements
from matdiff.codegen.targets import CARRIED, Target, call_template, function_template

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.codegen.arrays import Array
    from matdiff.codegen.names import Identifiers
    from matdiff.graph.nodes import Coefficient, Size


class Expressions(Statements):
    """Writes arrays over the code of their arguments, which stands in `code`; `solves` are the products that are
    written as solutions of systems.
    """

    def __init__(self, target: Target, names: Identifiers, like: str) -> None:
        self.target, self.names = target, names
        alone = f"{target.prefix}.float64" if target.lone else "float"
        self.dtype = f"{like}.dtype" if like else alone
        self.floating = target.floating.format(like) if like else alone  # also where the data are whole numbers
        self.code: dict[Array, Code] = {}
        self.helpers: dict[str, None] = {}
        self.solves: frozenset[Array] = frozenset()

    def scalar(self, number: str) -> str:
        """A Python number as a scalar of the library."""
        like = self.dtype.removesuffix(".dtype")
        return self.target.entry.format(number, like) if like != self.dtype else self.target.lone.format(number)

    def call(self, operation: str, *arguments: str) -> Code:
        template = call_template(self.target, operation)
        self.helpers.update(dict.fromkeys(self.target.carried.get(operation, CARRIED.get(operation, ()))))
        text = template.format(*arguments, dtype=self.dtype, floating=self.floating)
        return Code(text.replace(", dtype=float)", ")"), ATOM)

    def constant_of(self, kind: str, shape: tuple[Size, ...]) -> str:
        """Zeros or ones of a shape."""
        return self.call(kind, self.shape(shape)).text

    def shape(self, shape: tuple[Size, ...]) -> str:
        sizes = [self.names.size_text(size) for size in shape]
        return sizes[0] if len(sizes) == 1 else f"({', '.join(sizes)})"

    def write(self, node: Array) -> Code:
        writer = _WRITERS.get(node.op)
        if writer is not None:
            code: Code = getattr(self, writer.__name__)(node)  # a language may have its own
            return code
        of_numbers = self.target.prefix == "np" and is_python_number(node)  # NumPy's scalars would widen arrays
        if node.op == "sqrt" and node.order == 0 and (self.target.entry or of_numbers):
            return Code(self.code[node.args[0]].at(ATOM) + "**0.5", POWER)
        often = call_template(self.target, node.op).count("{0}") > 1
        return self.call(node.op, *[self.code[arg].at(ATOM if often else SUM) for arg in node.args])

    @staticmethod
    def writes(operation: str) -> bool:
        """Has an operation a method here?"""
        return operation in _WRITERS

    def number(self, node: Array) -> Code:
        return number_code(node.data)

    def size(self, node: Array) -> Code:
        text = self.names.size_text(node.data)
        return Code(text, ATOM if text.isidentifier() else SUM)

    def name(self, node: Array) -> Code:
        return Code(node.data, ATOM)

    def constant(self, node: Array) -> Code:
        return self.call(node.data)

    def lin(self, node: Array) -> Code:
        text = ""
        for c, arg in zip(node.data, node.args, strict=True):
            term = self.scaled(abs(c), self.code[arg])
            if not text:
                text = term.text if c > 0 else "-" + term.factor
            elif c > 0:
                text += " + " + (f"({term.text})" if term.text.startswith("-") else term.text)
            else:
                text += " - " + term.at(PRODUCT)
        return Code(text, SUM if len(node.args) > 1 or node.data[0] < 0 else PRODUCT)

    def scaled(self, c: Coefficient, code: Code) -> Code:
        if c == 1:
            return code
        if code.text == "1":
            return number_code(c)
        if isinstance(c, Fraction) and c.numerator == 1 and number_code(c).level == PRODUCT:
            return Code(f"{code.factor} / {c.denominator}", PRODUCT)
        if code.level == PRODUCT and code.text.startswith("1 / "):
            return Code(number_code(c).text + code.text[1:], PRODUCT)
        return Code(f"{number_code(c).text} * {code.factor}", PRODUCT)

    def mul(self, node: Array) -> Code:
        left, right = node.args
        first = self.code[left].factor
        if right.op == "recip":
            return Code(f"{first} / {self.code[right.args[0]].at(POWER)}", PRODUCT)
        if left is right:
            return Code(f"{self.code[left].at(ATOM)}**2", POWER)
        return Code(f"{first} * {self.code[right].factor}", PRODUCT)

    def recip(self, node: Array) -> Code:
        return Code(f"1 / {self.code[node.args[0]].at(POWER)}", PRODUCT)

    def power(self, node: Array) -> Code:
        base = self.code[node.args[0]].at(ATOM)
        exponent = number_code(node.data) if len(node.args) == 1 else self.code[node.args[1]]
        return Code(f"{base}**{exponent.at(ATOM)}", POWER)

    def matmul(self, node: Array) -> Code:
        left, right = node.args
        if node in self.solves:
            return self.solution(system(node))
        if left.op == "transpose" and right.order == 1:  # r @ X reads X row by row, X.T @ r need not
            return Code(f"{self.code[right].at(POWER)} @ {self.code[left.args[0]].at(POWER)}", MATMUL)
        first, second = self.code[left], self.code[right]
        return Code(f"{first.text if first.level == MATMUL else first.at(POWER)} @ {second.at(POWER)}", MATMUL)

    def solution(self, found: System) -> Code:
        """M⁻¹B as it is, B M⁻¹ as the transpose of M⁻ᵀBᵀ."""
        matrix, other = self.code[found.matrix], self.code[found.other]
        turned = found.turned != (found.after and not found.matrix.symmetric)
        first = matrix.at(ATOM) + ".T" if turned else matrix.text
        if not found.after:
            return self.call("solve", first, other.text)
        second = (
            other.text[:-2] if found.other.op == "transpose" and other.text.endswith(".T") else other.at(ATOM) + ".T"
        )
        return Code(self.call("solve", first, second).text + ".T", ATOM)

    def transpose(self, node: Array) -> Code:
        text = self.code[node.args[0]].at(ATOM)
        return Code(text[:-2] if node.args[0] in self.solves and text.endswith(").T") else text + ".T", ATOM)

    def factors(self, node: Array) -> Code:
        self.helpers.update(dict.fromkeys(self.target.factors[node.op]))
        head = {"lu": "_LU", "factored": "_factored", "low_rank": "_low_rank", "definite": "_definite"}[node.op]
        return Code(f"{head}({', '.join([self.code[arg].text for arg in node.args])})", ATOM)

    def method(self, node: Array) -> Code:
        """What is asked of a matrix by its factors."""
        given, *rest = [self.code[arg] for arg in node.args]
        arguments = [*[code.text for code in rest], *(["transposed=True"] if node.data else [])]
        method = _METHODS[node.op]
        return Code(f"{given.at(ATOM)}.{method}({', '.join(arguments)})", ATOM)

    def expand(self, node: Array) -> Code:
        axes = ", ".join([":" if there else "None" for there in node.data])
        return Code(f"{self.code[node.args[0]].at(ATOM)}[{axes}]", ATOM)

    def take(self, node: Array) -> Code:
        array, place = node.args
        axes = [":"] * node.data + [self.minus_one(place)]
        return Code(f"{self.code[array].at(ATOM)}[{', '.join(axes)}]", ATOM)

    def slice(self, node: Array) -> Code:
        axis, low, last, _, start = node.data
        first = "" if low == start else self.less(low, start)
        axes = [":"] * axis + [f"{first}:{self.less(last, start - 1)}"]
        return Code(f"{self.code[node.args[0]].at(ATOM)}[{', '.join(axes)}]", ATOM)

    def less(self, size: Size, number: int) -> str:
        """A size less a number."""
        text = self.names.size_text(size)
        if isinstance(size, int) or not number:
            return str(size - number) if isinstance(size, int) else text
        return f"{text} {'-' if number > 0 else '+'} {abs(number)}"

    def minus_one(self, place: Array) -> str:
        return str(place.data - 1) if place.op == "number" else f"{self.code[place].text} - 1"

    def unit(self, node: Array) -> Code:
        return self.call("unit", self.code[node.args[0]].text, self.names.size_text(node.data))

    def sum(self, node: Array) -> Code:
        arg = self.code[node.args[0]].text
        if not node.data:
            return self.call("sum", arg)
        return self.call("sum_axes", arg, str(node.data[0]) if len(node.data) == 1 else str(node.data))

    def max(self, node: Array) -> Code:
        """The largest entry, or those along one axis."""
        arg = self.code[node.args[0]].text
        whole = len(node.data) == node.args[0].order
        return self.call("max", arg) if whole else self.call("max_axis", arg, str(node.data[0]))

    def dots(self, node: Array) -> Code:
        """Sums of products entry by entry, over all entries or along one axis."""
        level = SUM if "* {1}" not in call_template(self.target, "dots") else POWER
        first, second = [self.code[arg].at(level) for arg in node.args]
        if node.data is None:
            return self.call("dots", first, second)
        letters = "i" if node.data == 1 else "j"
        return self.call("dots_axis", first, second, letters, str(node.data))

    def block(self, node: Array) -> Code:
        """A block of rows."""
        return Code(f"{self.code[node.args[0]].at(ATOM)}[{node.data}]", ATOM)

    def outers(self, node: Array) -> Code:
        """A sum of outer products, one matrix product over all of them."""
        count = len(node.args) // 2
        sides = [[self.code[arg].text for arg in side] for side in (node.args[:count], node.args[count:])]
        if count == 1:
            return self.call("outer_product", sides[0][0], sides[1][0])
        return self.call("outer_products", *[f"[{', '.join(side)}]" for side in sides])

    def paired_outers(self, node: Array) -> Code:
        codes = iter([self.code[arg].text for arg in node.args])
        sides = [[next(codes) for _ in range(count)] for count in node.data[1] for _ in range(2)]
        return self.call("paired_outers", *[f"[{', '.join(side)}]" for side in sides])

    def chain(self, node: Array) -> Code:
        mirrored = [f"mirrored={node.data}"] if node.data else []
        return self.call("chain", ", ".join([*[self.code[arg].text for arg in node.args], *mirrored]))

    def condition(self, node: Array) -> str:
        """The test whether the first of two ways costs less, for the sizes at hand."""
        first, second = [[self._monomial(*term) for term in side] for side in node.data]
        return f"{' + '.join(first) or '0'} <= {' + '.join(second) or '0'}"

    def _monomial(self, sizes: tuple[str, ...], number: float) -> str:
        factors = [*([f"{number:g}"] if number != 1 or not sizes else []), *map(self.names.size_text, sizes)]
        return " * ".join([factor if factor.replace(".", "").isalnum() else f"({factor})" for factor in factors])

    def function(self, node: Array) -> Code:
        template, helpers = function_template(self.target, node.data)
        self.helpers.update(dict.fromkeys(helpers))
        arguments = [self.code[arg].at(needed(template, k)) for k, arg in enumerate(node.args)]
        if self.target.entry and is_python_number(node.args[0]):
            arguments[0] = self.scalar(arguments[0])
        shape = "".join([f"{self.names.size_text(size)}, " for size in node.shape]) if "{shape}" in template else ""
        text = template.format(*arguments, all=", ".join(arguments), dtype=self.dtype, shape=f"({shape})")
        if self.target.prefix == "np" and not node.order and all(map(is_python_number, node.args)):
            return Code(f"float({text})", ATOM)  # one of NumPy's own would widen arrays
        return Code(text, SUM if template.startswith("-") else ATOM)

    def shaped(self, node: Array) -> Code:
        return self.call(node.op, self.shape(node.data))

    def literal(self, node: Array) -> Code:
        """A matrix of numbers; a vector where it has one column or row."""
        whole = all(entry.denominator == 1 for row in node.data for entry in row)
        rows = [[decimal(entry) for entry in row] for row in node.data]
        if node.order == 1:
            rows = [[entry for row in rows for entry in row]]
        texts = [f"[{', '.join(row)}]" for row in rows]
        text = texts[0] if node.order == 1 else f"[{', '.join(texts)}]"
        return self.call("literal", text, self.dtype if whole else self.floating)

    def eye(self, node: Array) -> Code:
        return self.call("eye", self.names.size_text(node.data[0]))

    def reshape(self, node: Array) -> Code:
        arg = self.code[node.args[0]].text
        return self.call("flatten", arg) if len(node.data) == 1 else self.call("reshape", arg, self.shape(node.data))

    def einsum(self, node: Array) -> Code:
        return self.call("einsum", *[self.code[arg].text for arg in node.args], node.data)

    def tensordot(self, node: Array) -> Code:
        left, right = node.data
        return self.call("tensordot", *[self.code[arg].text for arg in node.args], f"({list(left)}, {list(right)})")

    def permute(self, node: Array) -> Code:
        return self.call("permute", self.code[node.args[0]].text, str(node.data))

    def diagonals(self, node: Array) -> Code:
        return self.call("diagonals", self.code[node.args[0]].text, *[str(axis) for axis in node.data])

    def callable(self, node: Array) -> Code:
        return Code(f"{node.data}({', '.join([self.code[arg].text for arg in node.args])})", ATOM)


_METHODS = {
    "solved": "solve",
    "inverse_of": "inverse",
    "logdet_of": "logdet",
    "inner_of": "inner",
    "diagonal_of": "diagonal",
    "congruence_of": "congruence",
    "forms_of": "forms",
}
_WRITERS: dict[str, Callable[[Expressions, Array], Code]] = {
    "number": Expressions.number,
    "size": Expressions.size,
    "name": Expressions.name,
    "integer": Expressions.name,
    "constant": Expressions.constant,
    "lin": Expressions.lin,
    "mul": Expressions.mul,
    "recip": Expressions.recip,
    "power": Expressions.power,
    "matmul": Expressions.matmul,
    "transpose": Expressions.transpose,
    **dict.fromkeys(("lu", "factored", "definite", "low_rank"), Expressions.factors),
    **dict.fromkeys(_METHODS, Expressions.method),
    "expand": Expressions.expand,
    "take": Expressions.take,
    "slice": Expressions.slice,
    "unit": Expressions.unit,
    "sum": Expressions.sum,
    "max": Expressions.max,
    "dots": Expressions.dots,
    "chain": Expressions.chain,
    "outers": Expressions.outers,
    "paired_outers": Expressions.paired_outers,
    "block": Expressions.block,
    "map": Expressions.function,
    "op": Expressions.function,
    "ones": Expressions.shaped,
    "zeros": Expressions.shaped,
    "eye": Expressions.eye,
    "literal": Expressions.literal,
    "reshape": Expressions.reshape,
    "einsum": Expressions.einsum,
    "tensordot": Expressions.tensordot,
    "permute": Expressions.permute,
    "diagonals": Expressions.diagonals,
    "call": Expressions.callable,
}


def needed(template: str, place: int) -> int:
    """How tightly an argument has to bind where a function's template has it: between brackets, commas and comparisons
    not at all.
    """
    before, *behind = template.split(f"{{{place}}}")
    alone = len(behind) == 1 and before.endswith(("(", "[", ", ")) and behind[0].startswith((")", "]", ",", " >", " <"))
    return SUM if alone else ATOM


def is_python_number(node: Array) -> bool:
    """Is a scalar made of nothing but numbers, sizes and integers?"""
    stack = [node]
    while stack:
        part = stack.pop()
        if part.order or part.op not in {
            "number",
            "size",
            "constant",
            "integer",
            "lin",
            "mul",
            "recip",
            "power",
            "sqrt",
        }:
            return False
        stack.extend(part.args)
    return True
