"""What the languages of matrices have in common: products of matrices and products entry by entry are two operators, a
vector is a column, places are counted from one, and blocks end with a word or a brace.

A language is a table of templates; what is no template is a method that the language replaces.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, ClassVar

from matdiff.codegen.expressions import Expressions, needed
from matdiff.codegen.precedence import ATOM, MATMUL, POWER, PRODUCT, SUM, Code, number_code
from matdiff.codegen.solving import system
from matdiff.codegen.targets import function_template
from matdiff.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matdiff.codegen.arrays import Array
    from matdiff.codegen.parameters import Parameter
    from matdiff.graph.nodes import Coefficient, Size

    Shape = tuple[Size, ...]


class Language(Expressions):
    """Arrays of at most two axes as expressions of one language, and its statements.

    calls: templates by operation ({0}, {1} the arguments, then sizes).  reserved: words that are no names.
    """

    head: ClassVar[str] = ""  # what a file begins with
    comment: ClassVar[str] = "# "
    assignment: ClassVar[str] = "{0} = {1}"
    terminator: ClassVar[str] = ""
    end: ClassVar[str] = "end"
    other: ClassVar[str] = "else"
    times: ClassVar[str] = ".*"  # entry by entry, as all that follow
    over: ClassVar[str] = "./"
    kept: ClassVar[str] = "{0}"  # what is made of a name, to take its place
    plus: ClassVar[str] = "+"  # of arrays that are stretched
    raised: ClassVar[str] = ".^"
    by: ClassVar[str] = "*"  # of matrices
    calls: ClassVar[Mapping[str, str]] = {}
    carried: ClassVar[Mapping[str, str]] = {}
    reserved: ClassVar[frozenset[str]] = frozenset()

    # -- statements --

    def assign(self, name: str, text: str, node: Array | None = None) -> str:  # noqa: ARG002 # types depend on it
        return self.assignment.format(name, text) + self.terminator

    def kept_diagonals(self, parameters: Sequence[Parameter]) -> list[str]:
        """Statements that keep of diagonal matrices their diagonals, which the code computes with.  Raises OutputError
        E402 for a family of them.
        """
        for p in parameters:
            if p.var.structure == "diagonal":
                self.within_two_axes(len(p.passed))
        return [
            self.again(p.identifier, self.kept.format(self.calls["diagonal"].format(p.identifier)))
            for p in parameters
            if p.var.structure == "diagonal"
        ]

    def again(self, name: str, text: str) -> str:
        """An assignment to a name that is there."""
        return self.assignment.format(name, text) + self.terminator

    def loop(self, variable: str, lo: str, hi: str, after: str) -> str:  # noqa: ARG002 # Python takes the end after
        return f"for {variable} = {lo}:{hi}"

    def test(self, condition: str) -> str:
        return f"if {condition}"

    def length_of(self, name: str, array: str, axis: int, order: int) -> str:  # noqa: ARG002 # order matters in R
        """The length of an axis."""
        return self.assign(name, f"size({array}, {axis + 1})")

    def returned(self, results: Sequence[str]) -> list[str]:
        return [f"return {', '.join(results)}"]

    def definition(
        self, name: str, parameters: Sequence[Parameter], body: Sequence[str], shapes: Sequence[Shape]
    ) -> str:
        """A whole function; `body` ends with what is returned, of `shapes`."""
        raise NotImplementedError

    @staticmethod
    def bound(name: str) -> str:
        """A second name for a function; "" where the language has none."""
        return f"derivative = {name}"

    # -- expressions --

    def template(self, operation: str, *arguments: str) -> Code:
        found = self.calls.get(operation, "")
        if not found:
            raise OutputError(
                "E402", f"no {self.target.name} code for '{operation}' yet", hint="--to numpy may have it"
            )
        if operation in self.carried:
            self.helpers[self.carried[operation]] = None
        return Code(found.format(*arguments), ATOM)

    def call(self, operation: str, *arguments: str) -> Code:
        return self.template(operation, *arguments)

    def within_two_axes(self, order: int) -> None:
        """Raises OutputError E402 for an array of more axes."""
        if order > 2:
            raise OutputError(
                "E402",
                f"no {self.target.name} code for arrays of {order} axes yet",
                hint="--to numpy has it; --of hvp is the product with a direction",
            )

    def write(self, node: Array) -> Code:
        self.within_two_axes(node.order)
        if self.writes(node.op):
            return super().write(node)
        return self.of_order(node.op, node, *[self.code[arg].at(ATOM) for arg in node.args])

    def of_order(self, operation: str, node: Array, *arguments: str) -> Code:
        """The template for scalars, vectors or matrices, where they differ."""
        own = f"{operation}_{node.order}"
        return self.template(own if own in self.calls else operation, *arguments)

    def lin(self, node: Array) -> Code:
        terms = [(c, self.spread(arg, node)) for c, arg in zip(node.data, node.args, strict=True)]
        stretched = len({arg.shape for arg in node.args}) > 1
        plus, minus = (
            (f" {sign} " for sign in (self.plus, self.plus.replace("+", "-"))) if stretched else (" + ", " - ")
        )
        text = ""
        for c, code in terms:
            term = self.scaled(abs(c), code)
            if not text:
                text = term.text if c > 0 else "-" + term.factor
            else:
                text += (plus if c > 0 else minus) + (f"({term.text})" if term.level <= SUM else term.text)
        return Code(text, SUM if len(terms) > 1 or node.data[0] < 0 else PRODUCT)

    def scaled(self, c: Coefficient, code: Code) -> Code:
        if c == 1:
            return code
        number = self.coefficient(c)
        return number if code.text == "1" else Code(f"{number.at(POWER)} * {code.factor}", PRODUCT)

    def coefficient(self, value: Coefficient) -> Code:
        """A number: whole, as a decimal where that is exact, else as a quotient."""
        if not -(2**53) < value < 2**53:
            return Code(repr(float(value)), ATOM)
        if value.denominator == 1:
            return Code(str(value), ATOM if value >= 0 else SUM)
        decimal = repr(float(value))
        if len(decimal) < 8 and Fraction(decimal) == value:
            return Code(decimal, ATOM if value > 0 else SUM)
        return Code(f"{value.numerator} / {value.denominator}", PRODUCT)

    def number(self, node: Array) -> Code:
        return self.coefficient(node.data)

    def spread(self, arg: Array, node: Array) -> Code:
        """An argument of an operation entry by entry, as it stands beside matrices of the result's shape."""
        if node.order < 2 or arg.order == 0:
            return self.code[arg]
        if arg.order == 1:
            return self.row(arg, node)
        if arg.shape[1] == 1 != node.shape[1]:
            return self.column(arg, node)
        return self.code[arg]

    def row(self, arg: Array, node: Array) -> Code:  # noqa: ARG002 # some languages need the shape
        return self.turned(self.code[arg])

    def column(self, arg: Array, node: Array) -> Code:  # noqa: ARG002 # as above
        return self.code[arg]

    def turned(self, code: Code) -> Code:
        return self.template("transpose", code.at(ATOM))

    def expand(self, node: Array) -> Code:
        return self.code[node.args[0]]

    def mul(self, node: Array) -> Code:
        left, right = node.args
        if left.order == 0 or right.order == 0:
            if right.op == "recip":
                return Code(f"{self.code[left].factor} / {self.code[right.args[0]].at(POWER)}", PRODUCT)
            return Code(f"{self.code[left].factor} * {self.code[right].factor}", PRODUCT)
        return self.entrywise(self.spread(left, node), self.spread(right, node))

    def entrywise(self, first: Code, second: Code) -> Code:
        return Code(f"{first.factor} {self.times} {second.at(POWER)}", PRODUCT)

    def recip(self, node: Array) -> Code:
        code = self.code[node.args[0]].at(POWER)
        return Code(f"1 {self.over if node.order else '/'} {code}", PRODUCT)

    def power(self, node: Array) -> Code:
        base = self.code[node.args[0]].at(ATOM)
        exponent = self.coefficient(node.data) if len(node.args) == 1 else self.code[node.args[1]]
        return Code(f"{base}{self.raised if node.order else '^'}{exponent.at(ATOM)}", POWER)

    def matmul(self, node: Array) -> Code:
        if node in self.solves:
            found = system(node)
            turn = found.turned != (found.after and not found.matrix.symmetric)
            matrix = self.turned(self.code[found.matrix]) if turn else self.code[found.matrix]
            other = (
                self.turned(self.code[found.other])
                if found.after and found.other.order == 2
                else self.code[found.other]
            )
            solved = self.template("solve", matrix.at(ATOM), other.at(ATOM))
            return self.turned(solved) if found.after and found.other.order == 2 else solved
        left, right = node.args
        if left.order == right.order == 1:
            return self.template("dot", self.code[left].at(ATOM), self.code[right].at(ATOM))
        if left.order == 1:
            return self.product(self.turned(self.code[right]), self.code[left], node)
        return self.product(self.code[left], self.code[right], node)

    def product(self, first: Code, second: Code, node: Array) -> Code:  # noqa: ARG002 # a vector is dressed in R
        return Code(f"{first.at(MATMUL)} {self.by} {second.at(POWER)}", MATMUL if self.by != "*" else PRODUCT)

    def chain(self, node: Array) -> Code:
        codes = [self.code[arg] for arg in node.args]
        whole = codes[0]
        for code in codes[1:]:
            whole = self.product(whole if whole is codes[0] else whole._replace(level=MATMUL), code, node)
        return whole

    def transpose(self, node: Array) -> Code:
        return self.turned(self.code[node.args[0]])

    def take(self, node: Array) -> Code:
        array, place = node.args
        if array.op != "name":
            raise OutputError(
                "E402", f"no {self.target.name} code for an entry of a result yet", hint="--to numpy has it"
            )
        operation = f"take_{array.order}_{node.data}"
        return self.template(operation, self.code[array].text, self.code[place].text, self.minus_one(place))

    def unit(self, node: Array) -> Code:
        return self.template("unit", self.code[node.args[0]].text, self.names.size_text(node.data))

    def sum(self, node: Array) -> Code:
        code = self.code[node.args[0]].at(ATOM)
        return self.template("sum" if not node.data else f"sum_{node.data[0]}", code)

    def dots(self, node: Array) -> Code:
        product = self.entrywise(*[self.code[arg] for arg in node.args]).at(ATOM)
        return self.template("sum" if node.data is None else f"sum_{node.data}", product)

    def function(self, node: Array) -> Code:
        """A function of the table, from the template in its row."""
        found, helpers = function_template(self.target, node.data)
        self.helpers.update(dict.fromkeys(helpers))
        if node.order == 0 and node.op == "map":
            found = self.of_scalar(found)
        return Code(found.format(*[self.code[arg].at(ATOM) for arg in node.args]), ATOM)

    def of_scalar(self, template: str) -> str:
        """The template of an elementwise function for a number."""
        return template

    def shaped(self, node: Array) -> Code:
        return self.constant_code(node.op, node.data)

    def constant_of(self, kind: str, shape: tuple[Size, ...]) -> str:
        return self.constant_code(kind, shape).text

    def constant_code(self, kind: str, shape: tuple[Size, ...]) -> Code:
        return self.template(f"{kind}_{len(shape)}", *[self.names.size_text(size) for size in shape])

    def literal(self, node: Array) -> Code:
        """A matrix of numbers; a column where it has one dimension."""
        rows = [[number_code(entry).text for entry in row] for row in node.data]
        if node.order == 1:
            rows = [[entry] for row in rows for entry in row]
        return Code(self.of_numbers(rows, node.order), ATOM)

    def of_numbers(self, rows: list[list[str]], order: int) -> str:
        """Numbers by rows, as the language writes a matrix or a vector of them."""
        del order
        return f"[{'; '.join([', '.join(row) for row in rows])}]"

    def slice(self, node: Array) -> Code:
        """The part of an array between two places."""
        axis, low, last, _, _ = node.data
        ends = self.names.size_text(low), self.names.size_text(last)
        return self.template(f"slice_{node.order}_{axis}", self.code[node.args[0]].at(ATOM), *ends)

    def eye(self, node: Array) -> Code:
        return self.template("eye", self.names.size_text(node.data[0]))

    def reshape(self, node: Array) -> Code:
        """Entries are numbered along rows; these languages number them along columns."""
        array = node.args[0]
        code = self.code[array]
        if array.order > 1:
            along_columns = self.code[array.args[0]] if array.op == "transpose" else self.turned(code)
            code = self.template("flatten", along_columns.at(ATOM))
        if node.order == 1:
            return code
        flat = code.at(needed(self.calls.get("reshape", ""), 0))
        sizes = [self.names.size_text(size) for size in node.data]
        return self.turned(self.template("reshape", flat, *reversed(sizes)))
