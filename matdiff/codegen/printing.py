"""Array programs as Python statements: what is used once stands in place, what is used twice or is long gets a name."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from matdiff.codegen.arrays import Array
from matdiff.codegen.names import Names
from matdiff.codegen.solving import solves
from matdiff.codegen.targets import Target, call_template, function_template
from matdiff.errors import OutputError
from matdiff.graph.nodes import Coefficient, Size

SUM, PRODUCT, MATMUL, POWER, ATOM = range(5)
WIDTH = 76
_IN_PLACE = frozenset({"name", "number", "size", "constant", "transpose", "expand", "recip"})


class Code(NamedTuple):
    """A Python expression and how tightly its outermost operator binds."""

    text: str
    level: int

    def at(self, level: int) -> str:
        """The text, in parentheses if it binds less tightly than `level`."""
        return self.text if self.level >= level else f"({self.text})"

    @property
    def factor(self) -> str:
        """The text as a factor of `*`: a product may stand there bare, but not a matrix product."""
        return self.text if self.level in {PRODUCT, POWER, ATOM} else f"({self.text})"


class Printer:
    """Writes the statements of one function."""

    def __init__(self, target: Target, names: Names, dtype: str = "") -> None:
        self.target, self.names, self.dtype = target, names, dtype
        self.lines: list[str] = []
        self.helpers: dict[str, None] = {}
        self._code: dict[Array, Code] = {}
        self._pending: dict[Array, None] = {}
        self._uses: dict[Array, int] = {}
        self._solves: frozenset[Array] = frozenset()

    def results(self, roots: list[Array]) -> list[str]:
        """Write what the roots need; the expressions that give them."""
        self._solves = solves(roots)
        self._count_uses(roots)
        self._block(roots, "", frozenset())
        return [self._root(root) for root in roots]

    def _root(self, root: Array) -> str:
        code = self._code[root].text
        if root.op == "number":
            return repr(float(root.data)) if abs(root.data) < 1e308 else code
        return f"float({code})" if root.op == "size" and not self.dtype else code

    def _children(self, node: Array) -> tuple[Array, ...]:
        """What must be there before `node` is written; a solve needs the matrix, not its inverse."""
        if node in self._solves:
            left = node.args[0]
            inverse = left.args[0] if left.op == "transpose" else left
            return (inverse.args[0], node.args[1])
        return node.args

    def _order(self, roots: list[Array], loops: frozenset[str]) -> list[Array]:
        """What one block computes, children first: nothing that changes within an inner loop."""
        found: list[Array] = []
        seen = set(self._code)
        stack = [(root, False) for root in reversed(roots)]
        while stack:
            node, ready = stack.pop()
            if ready:
                found.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                before = self._children(node)
                if node.op == "loop":
                    before = (*node.args[1:], *self._invariants(node.args[0], loops))
                stack.extend([(child, False) for child in reversed(before)])
        return found

    def _invariants(self, body: Array, loops: frozenset[str]) -> list[Array]:
        """The largest parts of a loop's body that do not change in it."""
        found: list[Array] = []
        seen: set[Array] = set()
        stack = [body]
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            if node.loops <= loops:
                found.append(node)
                self._uses[node] = self._uses.get(node, 0) + 2
            else:
                stack.extend(reversed(self._children(node)))
        return found

    def _count_uses(self, roots: list[Array]) -> None:
        """How often each array is used; what stands in place passes its uses on."""
        seen: set[Array] = set()
        order: list[Array] = []
        stack = [(root, False) for root in roots]
        while stack:
            node, ready = stack.pop()
            if ready:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend([(child, False) for child in self._children(node)])
        for root in roots:
            self._uses[root] = self._uses.get(root, 0) + 1
        for node in reversed(order):
            times = self._uses[node] if node.op in _IN_PLACE else 1
            for child in self._children(node):
                self._uses[child] = self._uses.get(child, 0) + times

    def _block(self, roots: list[Array], indent: str, loops: frozenset[str]) -> None:
        for node in self._order(roots, loops):
            if node.op == "loop":
                self._loop(node, indent, loops)
                continue
            self._shorten(node, indent)
            self._code[node] = self._write(node)
            self._pending[node] = None
            if self._uses[node] > 1 and not _trivial(node):
                self._assign(node, indent)

    def _shorten(self, node: Array, indent: str) -> None:
        """Name the longest operands first, where the whole would be too long for a line."""
        while True:
            inline = [child for child in self._children(node) if child in self._pending and len(self._code[child].text) > 24 and not _trivial(child)]
            total = sum([len(self._code[child].text) for child in self._children(node)])
            if total <= WIDTH or not inline:
                return
            self._assign(max(inline, key=lambda child: len(self._code[child].text)), indent)

    def _assign(self, node: Array, indent: str) -> None:
        name = self.names.temporary(*_wishes(node))
        self.lines.append(f"{indent}{name} = {self._code[node].text}")
        self._code[node] = Code(name, ATOM)
        del self._pending[node]

    def _loop(self, node: Array, indent: str, loops: frozenset[str]) -> None:
        body, lo, hi = node.args
        variable, shape = node.data
        name = self.names.temporary("total")
        start = self._call("zeros", self._shape(shape)).text if shape else "0.0"
        self.lines.append(f"{indent}{name} = {start}")
        outside = set(self._code)
        self.lines.append(f"{indent}for {variable} in range({self._code[lo].text}, {self._after(hi)}):")
        self._block([body], indent + "    ", loops | {variable})
        self.lines.append(f"{indent}    {name} = {name} + {self._code[body].text}")
        for inner in [inner for inner in self._code if inner not in outside]:
            del self._code[inner]
            self._pending.pop(inner, None)
        self._code[node] = Code(name, ATOM)

    def _after(self, hi: Array) -> str:
        """The end of a range that includes `hi`."""
        terms = list(zip(hi.data, hi.args, strict=True)) if hi.op == "lin" else [(1, hi)]
        constant = sum([c * array.data for c, array in terms if array.op == "number"])
        rest = [(c, array) for c, array in terms if array.op != "number"]
        if constant == -1 and len(rest) == 1 and rest[0][0] == 1:
            return self._code[rest[0][1]].text
        if not rest:
            return str(constant + 1)
        return f"{self._code[hi].text} + 1"

    def _call(self, operation: str, *arguments: str) -> Code:
        template = call_template(self.target, operation)
        return Code(template.format(*arguments, dtype=self.dtype), ATOM)

    def _shape(self, shape: tuple[Size, ...]) -> str:
        sizes = [self.names.size_text(size) for size in shape]
        return sizes[0] if len(sizes) == 1 else f"({', '.join(sizes)})"

    def _write(self, node: Array) -> Code:
        writer = _WRITERS.get(node.op)
        if writer is not None:
            return writer(self, node)
        return self._call(node.op, *[self._code[arg].text for arg in node.args])

    def _number(self, node: Array) -> Code:
        return number_code(node.data)

    def _size(self, node: Array) -> Code:
        text = self.names.size_text(node.data)
        return Code(text, ATOM if text.isidentifier() else SUM)

    def _name(self, node: Array) -> Code:
        return Code(node.data, ATOM)

    def _constant(self, node: Array) -> Code:
        return self._call(node.data)

    def _lin(self, node: Array) -> Code:
        text = ""
        for c, arg in zip(node.data, node.args, strict=True):
            term = self._scaled(abs(c), self._code[arg])
            if not text:
                text = term.text if c > 0 else "-" + term.at(PRODUCT)
            elif c > 0:
                text += " + " + (f"({term.text})" if term.text.startswith("-") else term.text)
            else:
                text += " - " + term.at(PRODUCT)
        return Code(text, SUM if len(node.args) > 1 or node.data[0] < 0 else PRODUCT)

    def _scaled(self, c: Coefficient, code: Code) -> Code:
        if c == 1:
            return code
        if code.text == "1":
            return number_code(c)
        if isinstance(c, Fraction) and c.numerator == 1 and number_code(c).level == PRODUCT:
            return Code(f"{code.factor} / {c.denominator}", PRODUCT)
        return Code(f"{number_code(c).text} * {code.factor}", PRODUCT)

    def _mul(self, node: Array) -> Code:
        left, right = node.args
        first = self._code[left].factor
        if right.op == "recip":
            return Code(f"{first} / {self._code[right.args[0]].at(POWER)}", PRODUCT)
        if left is right:
            return Code(f"{self._code[left].at(ATOM)}**2", POWER)
        return Code(f"{first} * {self._code[right].factor}", PRODUCT)

    def _recip(self, node: Array) -> Code:
        return Code(f"1 / {self._code[node.args[0]].at(POWER)}", PRODUCT)

    def _power(self, node: Array) -> Code:
        base = self._code[node.args[0]].at(ATOM)
        exponent = number_code(node.data) if len(node.args) == 1 else self._code[node.args[1]]
        return Code(f"{base}**{exponent.at(ATOM)}", POWER)

    def _matmul(self, node: Array) -> Code:
        left, right = node.args
        if node in self._solves:
            inverse = left.args[0] if left.op == "transpose" else left
            matrix = self._code[inverse.args[0]]
            return self._call("solve", matrix.at(ATOM) + ".T" if left.op == "transpose" else matrix.text, self._code[right].text)
        first, second = self._code[left], self._code[right]
        return Code(f"{first.text if first.level == MATMUL else first.at(POWER)} @ {second.at(POWER)}", MATMUL)

    def _transpose(self, node: Array) -> Code:
        return Code(self._code[node.args[0]].at(ATOM) + ".T", ATOM)

    def _expand(self, node: Array) -> Code:
        axes = ", ".join([":" if there else "None" for there in node.data])
        return Code(f"{self._code[node.args[0]].at(ATOM)}[{axes}]", ATOM)

    def _take(self, node: Array) -> Code:
        array, place = node.args
        axes = [":"] * node.data + [self._minus_one(place)]
        return Code(f"{self._code[array].at(ATOM)}[{', '.join(axes)}]", ATOM)

    def _minus_one(self, place: Array) -> str:
        return str(place.data - 1) if place.op == "number" else f"{self._code[place].text} - 1"

    def _unit(self, node: Array) -> Code:
        return self._call("unit", self._code[node.args[0]].text, self.names.size_text(node.data))

    def _sum(self, node: Array) -> Code:
        arg = self._code[node.args[0]].text
        if not node.data:
            return self._call("sum", arg)
        return self._call("sum_axes", arg, str(node.data[0]) if len(node.data) == 1 else str(node.data))

    def _function(self, node: Array) -> Code:
        template, helper = function_template(self.target, node.data)
        if helper:
            self.helpers[helper] = None
        tight = template.count("{0}") > 1 or "({0}" not in template
        text = template.format(*[self._code[arg].at(ATOM if tight else SUM) for arg in node.args], dtype=self.dtype)
        return Code(text, SUM if template.startswith("-") else ATOM)

    def _shaped(self, node: Array) -> Code:
        return self._call(node.op, self._shape(node.data))

    def _eye(self, node: Array) -> Code:
        return self._call("eye", self.names.size_text(node.data[0]))

    def _reshape(self, node: Array) -> Code:
        arg = self._code[node.args[0]].text
        return self._call("flatten", arg) if len(node.data) == 1 else self._call("reshape", arg, self._shape(node.data))

    def _einsum(self, node: Array) -> Code:
        return self._call("einsum", *[self._code[arg].text for arg in node.args], node.data)

    def _tensordot(self, node: Array) -> Code:
        left, right = node.data
        axes = str((left[0], right[0])) if len(left) == 1 else f"({list(left)}, {list(right)})"
        if len(left) == 1:
            axes = f"([{left[0]}], [{right[0]}])"
        return self._call("tensordot", *[self._code[arg].text for arg in node.args], axes)

    def _permute(self, node: Array) -> Code:
        return self._call("permute", self._code[node.args[0]].text, str(node.data))

    def _diagonals(self, node: Array) -> Code:
        return self._call("diagonals", self._code[node.args[0]].text, *[str(axis) for axis in node.data])

    def _callable(self, node: Array) -> Code:
        return Code(f"{node.data}({', '.join([self._code[arg].text for arg in node.args])})", ATOM)


_WRITERS: dict[str, Callable[[Printer, Array], Code]] = {
    "number": Printer._number, "size": Printer._size, "name": Printer._name, "constant": Printer._constant, "lin": Printer._lin, "mul": Printer._mul,
    "recip": Printer._recip, "power": Printer._power, "matmul": Printer._matmul, "transpose": Printer._transpose, "expand": Printer._expand,
    "take": Printer._take, "unit": Printer._unit, "sum": Printer._sum, "map": Printer._function, "op": Printer._function, "ones": Printer._shaped,
    "zeros": Printer._shaped, "eye": Printer._eye, "reshape": Printer._reshape, "einsum": Printer._einsum, "tensordot": Printer._tensordot,
    "permute": Printer._permute, "diagonals": Printer._diagonals, "call": Printer._callable,
}


def number_code(value: Coefficient) -> Code:
    """A number: an int, a decimal where that is exact and short, else a quotient; large ones as floats, which arrays of floats can take."""
    if abs(value) >= 2**53 or (isinstance(value, Fraction) and value.denominator >= 2**53):
        try:
            return Code(repr(float(value)), ATOM if value > 0 else SUM)
        except OverflowError:
            raise OutputError("E405", "a number in the answer is too large for floating point") from None
    if value.denominator == 1:
        return Code(str(value), ATOM if value >= 0 else SUM)
    decimal = repr(float(value))
    if len(decimal) < 8 and Fraction(decimal) == value:
        return Code(decimal, ATOM if value > 0 else SUM)
    return Code(f"{value.numerator} / {value.denominator}", PRODUCT if value > 0 else SUM)


def _trivial(node: Array) -> bool:
    """Cheap enough to be written again wherever it is used."""
    if node.op in _IN_PLACE:
        return True
    if node.order == 0 and node.op == "lin" and len(node.args) <= 2:
        return all(arg.op in {"name", "number", "size"} for arg in node.args)
    return node.op in {"ones", "eye", "zeros"}


def _wishes(node: Array) -> list[str]:
    """Telling names for an intermediate result: X_inv for the inverse of X, Xw for X @ w."""
    names = [arg.data if arg.op == "name" else "" for arg in node.args]
    if not names or not all(names):
        return []
    if node.op == "inv":
        return [f"{names[0]}_inv"]
    if node.op == "norm":
        return [f"norm_{names[0]}"]
    if node.op == "matmul":
        return ["".join(names) if all(len(name) == 1 for name in names) else "_".join(names)]
    return []
