"""Array programs as Python statements: what is used once stands in place, what is used twice or is long gets a name."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.codegen.precedence import ATOM, Code, number_code
from matdiff.codegen.solving import solves, system

if TYPE_CHECKING:
    from matdiff.codegen.arrays import Array
    from matdiff.codegen.expressions import Expressions
    from matdiff.codegen.names import Identifiers
    from matdiff.graph.nodes import Size

WIDTH = 76
_FRESH = frozenset(
    [*("zeros", "lin", "mul", "power", "map", "matmul", "gram", "tensordot", "einsum", "outers", "paired_outers")]
)
_IN_PLACE = frozenset({"name", "integer", "number", "size", "constant", "transpose", "expand", "recip"})


class Printer:
    """Writes the statements of one function."""

    def __init__(self, expressions: Expressions, names: Identifiers) -> None:
        self.names, self.expressions = names, expressions
        self.lines: list[str] = []
        self._code = self.expressions.code
        self._pending: dict[Array, None] = {}
        self._uses: dict[Array, int] = {}
        self._users: dict[Array, set[Array]] = {}
        self._sums: list[Array] = []
        self._made: set[Array] = set()  # by writing into an array
        self._in_place = expressions.target.in_place

    def prepare(self, roots: list[Array]) -> None:
        """Write what the roots need that does not vary."""
        self._begin(roots)
        self._block([part for root in roots for part in self._invariants(root, frozenset())], "", frozenset())

    def results(self, roots: list[Array], varying: frozenset[str] = frozenset()) -> list[str]:
        """Write what the roots need and is not there yet; the expressions that give them."""
        if not varying:
            self._begin(roots)
        self._block(roots, "", varying)
        return [self._root(root) for root in roots]

    def _begin(self, roots: list[Array]) -> None:
        self.expressions.solves = solves(roots)
        self._count_uses(roots)

    def _root(self, root: Array) -> str:
        code = self._code[root].text
        if self.expressions.target.language:
            return code
        if root.op == "number":
            return repr(float(root.data)) if code.lstrip("-").isdigit() else code
        return f"float({code})" if root.op == "size" else code

    def _children(self, node: Array) -> tuple[Array, ...]:
        """What must be there before `node` is written; a solve needs the matrix, not its inverse."""
        if node.op == "embed" and node.args[0].op == "zeros" and not self._in_place:
            return node.args[1:]
        if node not in self.expressions.solves:
            return node.args
        found = system(node)
        return (found.matrix, found.other)

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
                elif node.op == "row_sum":
                    before = tuple([part for other in self._sums for part in self._invariants(other.args[0], loops)])
                elif node.op == "choose":
                    before = tuple(self._shared(node))
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
                while node.op in _IN_PLACE and node.args:
                    node = node.args[0]
                self._uses[node] = self._uses.get(node, 0) + 2
            else:
                stack.extend(reversed(self._children(node)))
        return found

    def _shared(self, node: Array) -> list[Array]:
        """What stands before a choice: the parts of its two ways that something else needs too."""
        found: dict[Array, None] = {}
        for way in node.args:
            own = {way} if self._users[way] == {node} else set()
            for inner in reversed(self._cone(way)):
                if inner in own or self._users[inner] <= own:
                    own.add(inner)
                elif inner is way or self._users[inner] & own:
                    found[inner] = None
        return list(found)

    def _cone(self, root: Array) -> list[Array]:
        """What an array is made of, and itself; arguments first."""
        found: list[Array] = []
        seen: set[Array] = set()
        stack = [(root, False)]
        while stack:
            node, ready = stack.pop()
            if ready:
                found.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend([(child, False) for child in self._children(node)])
        return found

    def _count_uses(self, roots: list[Array]) -> None:
        """How often each array is used; what stands in place passes its uses on."""
        order = list(dict.fromkeys([node for root in roots for node in self._cone(root)]))
        self._sums = self._row_sums_of(roots)
        for root in roots:
            self._uses[root] = self._uses.get(root, 0) + 1
            self._users.setdefault(root, set()).add(root)
        for node in reversed(order):
            times = self._uses[node] if node.op in _IN_PLACE else 1
            for child in self._children(node):
                self._uses[child] = self._uses.get(child, 0) + times
                self._users.setdefault(child, set()).add(node)

    def _row_sums_of(self, roots: list[Array]) -> list[Array]:
        """The sums over rows that one loop computes: those outside of choices."""
        found: list[Array] = []
        seen: set[Array] = set()
        stack = list(reversed(roots))
        while stack:
            node = stack.pop()
            if node not in seen and node.op != "choose":
                seen.add(node)
                if node.op == "row_sum":
                    found.append(node)
                stack.extend(reversed(self._children(node)))
        return found

    def _block(self, roots: list[Array], indent: str, loops: frozenset[str]) -> None:
        for node in self._order(roots, loops):
            if node.op == "loop":
                self._loop(node, indent, loops)
                continue
            if node.op == "row_sum":
                self._row_sums(node, indent, loops)
                continue
            if node.op == "embed" and self._in_place:
                self._diagonal(node, indent)
                continue
            if node.op == "choose":
                self._choice(node, indent, loops)
                continue
            if node.op == "lin" and node.order > 2 and self._in_place and self._fresh(node.args[0], node.shape):
                self._added(node, indent)
                continue
            self._shorten(node, indent)
            self._code[node] = self.expressions.write(node)
            self._pending[node] = None
            if self._uses[node] > 1 and not _trivial(node):
                self._assign(node, indent)

    def _shorten(self, node: Array, indent: str) -> None:
        """Name the longest operands first, where the whole would be too long for a line."""
        while True:
            inline = [
                child
                for child in self._children(node)
                if child in self._pending and len(self._code[child].text) > 24 and not _trivial(child)
            ]
            total = sum([len(self._code[child].text) for child in self._children(node)])
            if total <= WIDTH or not inline:
                return
            self._assign(max(inline, key=lambda child: len(self._code[child].text)), indent)

    def _assign(self, node: Array, indent: str) -> None:
        name = self.names.temporary(*_wishes(node))
        self.lines.append(indent + self.expressions.assign(name, self._code[node].text, node))
        self._code[node] = Code(name, ATOM)
        del self._pending[node]

    def _loop(self, node: Array, indent: str, loops: frozenset[str]) -> None:
        body, lo, hi = node.args
        variable, shape = node.data
        name = self.names.temporary("total")
        start = self.expressions.constant_of("zeros", shape) if shape else "0.0"
        written = self.expressions
        self.lines += [indent + line for line in written.declared(name, node)]
        self.lines.append(indent + written.again(name, start))
        outside = set(self._code)
        head = written.loop(variable, self._code[lo].text, self._code[hi].text, self._after(hi))
        self.lines.append(indent + head)
        self._block([body], indent + "    ", loops | {variable})
        self.lines.append(f"{indent}    {written.again(name, f'{name} + {self._code[body].text}')}")
        self._ended(indent)
        self._forget(outside)
        self._code[node] = Code(name, ATOM)

    def _row_sums(self, node: Array, indent: str, loops: frozenset[str]) -> None:
        """All sums over the rows of one matrix, in one loop over blocks of them."""
        if node in self._code:
            return
        matrix, variable = node.args[1], node.data
        names = {total: self.names.temporary("total") for total in self._sums}
        self.lines.append(f"{indent}{' = '.join(names.values())} = 0.0")
        outside = set(self._code)
        blocks = self.expressions.call("row_blocks", self._code[matrix].text).text
        self.lines.append(f"{indent}for {variable} in {blocks}:")
        self._block([total.args[0] for total in names], indent + "    ", loops | {variable})
        for total, name in names.items():
            self.lines.append(f"{indent}    {name} = {name} + {self._code[total.args[0]].text}")
        self._forget(outside)
        self._code.update({total: Code(name, ATOM) for total, name in names.items()})

    def _diagonal(self, node: Array, indent: str) -> None:
        """An array written on a diagonal of another, through a view of it."""
        whole, part = node.args
        code = self._code[whole]
        if whole.op == "zeros":
            code = self._zeros_for(part, whole.shape, indent)
        if (whole.op != "embed" and whole not in self._made) or self._uses[whole] > 1:
            name = self.names.temporary(*(["H"] if whole.order > 3 else []))
            self.lines.append(f"{indent}{name} = {code.text if self._fresh(whole) else f'np.array({code.text})'}")
            self._pending.pop(whole, None)
            code = Code(name, ATOM)
        sign = "=" if whole.op == "zeros" else "+="
        self.lines.append(f'{indent}np.einsum("{node.data}", {code.text})[...] {sign} {self._code[part].text}')
        self._pending.pop(part, None)
        self._code[node] = code

    def _zeros_for(self, part: Array, shape: tuple[Size, ...], indent: str) -> Code:
        """Zeros that take the entries of an array as they are."""
        if part.order and not self._code[part].text.isidentifier():
            self._assign(part, indent)
        floating = f"np.result_type({self._code[part].text}, 1.0)" if part.order else self.expressions.floating
        return Code(f"np.zeros({self.expressions.shape(shape)}, {floating})", ATOM)

    def _added(self, node: Array, indent: str) -> None:
        """A sum of large arrays: one after the other is added to the first, in place."""
        name = self.names.temporary(*(["H"] if node.order > 3 else []))
        first, *rest = zip(node.data, node.args, strict=True)
        self.lines.append(f"{indent}{name} = {self._code[first[1]].text}")
        if first[0] != 1:
            self.lines.append(f"{indent}{name} *= {number_code(first[0]).text}")
        for c, arg in rest:
            term = self.expressions.scaled(abs(c), self._code[arg])
            self.lines.append(f"{indent}{name} {'+=' if c > 0 else '-='} {term.text}")
        for arg in node.args:
            self._pending.pop(arg, None)
        self._made.add(node)
        self._code[node] = Code(name, ATOM)

    def _fresh(self, node: Array, shape: tuple[Size, ...] | None = None) -> bool:
        """Is an array nobody else's (and of a shape), so that it may be written into?"""
        if shape is not None and node.shape != shape:
            return False
        while node.op in {"permute", "transpose", "reshape"} and self._uses[node] == 1:
            node = node.args[0]
        return node.op in _FRESH and self._uses[node] == 1

    def _choice(self, node: Array, indent: str, loops: frozenset[str]) -> None:
        """Two ways to the same array, and the test which costs less for the sizes at hand."""
        name = self.names.temporary()
        written = self.expressions
        self.lines += [indent + line for line in written.declared(name, node)]
        for head, way in zip((written.test(written.condition(node)), written.other), node.args, strict=True):
            outside, around = set(self._code), self._sums
            self._sums = self._row_sums_of([way])
            self.lines.append(f"{indent}{head}")
            self._block([way], indent + "    ", loops)
            self._sums = around
            self.lines.append(f"{indent}    {written.again(name, self._code[way].text)}")
            self._forget(outside)
        self._ended(indent)
        self._code[node] = Code(name, ATOM)

    def _ended(self, indent: str) -> None:
        if self.expressions.end:
            self.lines.append(indent + self.expressions.end)

    def _forget(self, outside: set[Array]) -> None:
        """What was computed within a block is not there after it."""
        for inner in [inner for inner in self._code if inner not in outside]:
            del self._code[inner]
            self._pending.pop(inner, None)

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


def _trivial(node: Array) -> bool:
    """Cheap enough to be written again wherever it is used."""
    if node.op in _IN_PLACE:
        return True
    if node.order == 0 and node.op == "lin" and len(node.args) <= 2:
        return all(arg.op in {"name", "integer", "number", "size"} for arg in node.args)
    return node.op in {"ones", "eye", "zeros"}


def _wishes(node: Array) -> list[str]:
    """Telling names for an intermediate result: X_inv for the inverse of X, Xw for X @ w."""
    names = [arg.data if arg.op == "name" else "" for arg in node.args]
    if not names or not all(names):
        return []
    if node.op == "block":
        return [f"{names[0]}_{node.data}"]
    if node.op in {"lu", "factored"}:
        return [f"{names[0]}_factors"]
    if node.op == "inv":
        return [f"{names[0]}_inv"]
    if node.op == "norm":
        return [f"norm_{names[0]}"]
    if node.op == "matmul":
        return ["".join(names) if all(len(name) == 1 for name in names) else "_".join(names)]
    return []
