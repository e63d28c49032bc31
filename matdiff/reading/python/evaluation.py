"""One reading of a Python line: statements and expressions to arrays, as Python's parser sees them."""

from __future__ import annotations

import ast
import keyword
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Span
from matdiff.formula.syntax import Apply, Call, Expr, Sym
from matdiff.functions import names as fn
from matdiff.reading import kinds, mistakes
from matdiff.reading.letters import plain
from matdiff.reading.python import arrays as python_arrays
from matdiff.reading.python import calls as python_calls
from matdiff.reading.python import closures
from matdiff.reading.python import entrywise as python_entrywise
from matdiff.reading.python import indexing as python_indexing
from matdiff.reading.python.arguments import Arguments
from matdiff.reading.python.arrays import ARITHMETIC, Array, number, static
from matdiff.reading.python.kinds import Kinds, Uses, library_of
from matdiff.reading.python.refusals import ambiguous, half, shapes, unknown, unsupported
from matdiff.reading.python.source import MODULES
from matdiff.reading.python.values import Closure, Method, Other, Path, Prepared, Several, Value, array_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.formula.question import Declaration
    from matdiff.reading.python.definitions import Elsewhere
    from matdiff.reading.python.places import Places

_BUILTINS = frozenset(("sum", "abs", "max", "min", "pow", "len", "float"))


class Evaluation:
    """One reading of a module.  scope: what names stand for; library: the library that its functions are of."""

    def __init__(
        self,
        module: ast.Module,
        places: Places,
        declarations: tuple[Declaration, ...],
        *,
        strong: bool,
        columns: bool,
    ) -> None:
        self.places: Places | Elsewhere = places
        self.strong, self.columns = strong, columns
        uses = Uses()
        uses.visit(module)
        self.kinds = Kinds(declarations, uses)
        self.functions = {item.name: item for item in declarations if item.args}
        self.scope: dict[str, Value] = {}
        self.notes: list[str] = []
        self.turned: Span | None = None
        self.calls = 0
        self.library = library_of(module)

    # -- statements ------------------------------------------------------------------------------------------------

    def question(self, module: ast.Module) -> Expr:
        """What the last statement is about: an expression, an assigned value, the value of a function."""
        last = self.block(module.body)
        if last is None:
            raise mistakes.error("E100", "the expression is empty", self.places.whole)
        if isinstance(last, Closure):
            last = closures.called(self, last, [], {}, free=True)
        return array_of(last).tree

    def block(self, body: list[ast.stmt]) -> Value | None:
        """Statements one after the other; the value of the last, or what is returned."""
        last: Value | None = None
        for statement in body:
            step = _STATEMENTS.get(type(statement))
            if step is None:
                what = type(statement).__name__.lower()
                raise unsupported(f"the statement '{what}' is", self.places.span(statement))
            found = step(self, statement)
            last = last if found is None else found
            if isinstance(statement, ast.Return):
                break
        return last

    def assign(self, node: ast.Assign) -> Value:
        value = self.value(node.value)
        for target in node.targets:
            self._bind(target, value)
        return value

    def _bind(self, target: ast.expr, value: Value) -> None:
        if isinstance(target, ast.Name):
            self.scope[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, Several):
            if len(value.items) != len(target.elts):
                raise shapes("as many names as values are needed", self.places.span(target))
            for part, item in zip(target.elts, value.items, strict=True):
                self._bind(part, item)
        else:
            raise unsupported("an assignment to anything but a name is", self.places.span(target))

    def annotated(self, node: ast.AnnAssign) -> Value | None:
        if node.value is None:
            return None
        value = self.value(node.value)
        self._bind(node.target, value)
        return value

    def augmented(self, node: ast.AugAssign) -> Value:
        if not isinstance(node.target, ast.Name):
            raise unsupported("an assignment to anything but a name is", self.places.span(node.target))
        before = self.name(ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target))
        value = self.operation(node.op, array_of(before), array_of(self.value(node.value)), self.places.span(node))
        self.scope[node.target.id] = value
        return value

    def function(self, node: ast.FunctionDef) -> Value:
        closure = closures.closure(self, node.args, node.body, self.places.span(node))
        self.scope[node.name] = closure
        return closure

    def returned(self, node: ast.Return) -> Value:
        if node.value is None:
            raise mistakes.error("E100", "nothing is returned", self.places.span(node))
        return self.value(node.value)

    def expression(self, node: ast.Expr) -> Value | None:
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            return None  # a docstring
        return self.value(node.value)

    def imported(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            module = f"{node.module}." if isinstance(node, ast.ImportFrom) and node.module else ""
            self.scope[alias.asname or alias.name.partition(".")[0]] = Path(
                f"{module}{alias.name}" if alias.asname or module else alias.name.partition(".")[0],
                self.places.span(node),
            )

    # -- expressions -----------------------------------------------------------------------------------------------

    def value(self, node: ast.expr) -> Value:
        step = _EXPRESSIONS.get(type(node))
        if step is None:
            raise unsupported(f"'{type(node).__name__}' is", self.places.span(node))
        found: Value = step(self, node)
        if isinstance(found, Array):
            found.tree.span = (
                self.places.span(node) if found.tree.span.end <= found.tree.span.start else found.tree.span
            )
        return found

    def constant(self, node: ast.Constant) -> Value:
        span, value = self.places.span(node), node.value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            if isinstance(value, complex):
                raise unsupported("a complex number is", span)
            return Other(value, span)
        return number(exact(ast.get_source_segment(self.places.source, node) or "", value, span), span)

    def name(self, node: ast.Name) -> Value:
        span = self.places.span(node)
        known = self.scope.get(node.id)
        if known is not None:
            return known
        name = canonical(node.id, span)
        declared = name in self.kinds.declared
        if not declared:
            if node.id in MODULES:
                return Path(node.id, span)
            if name == fn.IDENTITY_LETTER:
                return Array(Call(fn.IDENTITY, (), span=span), (None, None))
            if name == fn.PI:
                return Array(Call(fn.PI, (), span=span))
        return self.symbol(name, node.id, span)

    def symbol(self, name: str, given: str, span: Span) -> Array:
        axes = self.kinds.axes(name, given)
        tree = Sym(name, span=span)
        if self.columns and len(axes) == 1:
            axes = (axes[0], 1)
        return Array(tree, axes)

    def array(self, value: Value) -> Array:
        """An argument as an array; a list of numbers is one, too."""
        if not isinstance(value, Several):
            return array_of(value)
        return array_of(self.called(Path("array", value.span), [value], {}, value.span))

    def attribute(self, node: ast.Attribute) -> Value:
        span = self.places.span(node)
        if isinstance(node.value, ast.Name) and node.value.id in MODULES and node.value.id not in self.scope:
            clash = node.value.id in self.kinds.declared or node.attr in {"T", "shape", "t"}
            of = self.name(node.value) if not clash else self.symbol(node.value.id, node.value.id, span)
        else:
            of = self.value(node.value)
        if isinstance(of, Path):
            path = Path(f"{of.name}.{node.attr}", span)
            return python_calls.constant(path) or path
        if isinstance(of, Array) and of.order == 1 and node.attr in {"T", "t", "transpose"}:
            self.turned = span
        return python_indexing.attribute(of, node.attr, span)

    def binary(self, node: ast.BinOp) -> Value:
        span = self.places.span(node)
        if isinstance(node.op, ast.BitXor):
            at = self.places.span(node.left).end
            raise half("^", Span(at, self.places.span(node.right).start))
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(left, Several) and isinstance(right, Several) and isinstance(node.op, ast.Add):
            return Several([*left.items, *right.items], span)
        return self.operation(node.op, array_of(left), array_of(right), span)

    def operation(self, op: ast.operator, left: Array, right: Array, span: Span) -> Array:
        if isinstance(op, ast.MatMult):
            return _placed(python_arrays.matmul(left, right, span), span)
        act = ARITHMETIC.get(type(op).__name__)
        if act is None:
            raise unsupported(f"the operator '{type(op).__name__}' is", span)
        self._check_guess(op, left, right, span)
        return _placed(act(left, right), span)

    def _check_guess(self, op: ast.operator, left: Array, right: Array, span: Span) -> None:
        """Raise E125 where a name whose letter alone says its kind makes an array of a number."""
        if not self.strong and not isinstance(op, (ast.Add, ast.Sub)):
            self._check_stars(op, left, right, span)
        for one, other in ((left, right), (right, left)):
            name = one.tree.name if isinstance(one.tree, Sym) else ""
            if name not in self.kinds.by_letter or name in self.kinds.declared or static(other) is not None:
                continue
            additive = isinstance(op, (ast.Add, ast.Sub))
            if isinstance(op, ast.Pow) and one is right:
                continue
            if (not one.axes and other.axes and additive) or (one.axes and not other.axes and other is not one):
                size = "n" if kinds.by_letter(name) != kinds.MATRIX_KIND else "m x n"
                raise ambiguous(
                    f"'{name}' can be a number or an array here",
                    one.span,
                    f"declare it a number: -w '{name} in R'",
                    f"an array: -w '{name} in R^{{{size}}}'",
                )

    def _check_stars(self, op: ast.operator, left: Array, right: Array, span: Span) -> None:
        """Raise E125 where a line that may be SymPy's multiplies or raises arrays."""
        if isinstance(op, ast.Pow) and len(left.axes) > 1:
            raise ambiguous("'**' of a matrix can be read in two ways", span, "NumPy: np.square(X)", "X @ X")
        if isinstance(op, ast.Mult) and left.axes and right.axes:
            raise ambiguous("'*' of arrays can be read in two ways", span, "np.multiply(A, B)", "A @ B")

    def unary(self, node: ast.UnaryOp) -> Value:
        operand = array_of(self.value(node.operand))
        if isinstance(node.op, ast.USub):
            return _placed(python_arrays.negative(operand), self.places.span(node))
        if isinstance(node.op, ast.UAdd):
            return operand
        raise unsupported(f"the operator '{type(node.op).__name__}' is", self.places.span(node))

    def call(self, node: ast.Call) -> Value:
        span = self.places.span(node)
        if any(isinstance(arg, ast.Starred) for arg in node.args) or any(part.arg is None for part in node.keywords):
            raise unsupported("an argument with a star is", span)
        function = self._called(node.func)
        if isinstance(function, str):
            return self._applied(function, node, span)
        args = [self.value(arg) for arg in node.args]
        named = {str(part.arg): self.value(part.value) for part in node.keywords}
        if isinstance(function, Closure):
            return closures.called(self, function, args, named)
        if isinstance(function, Path):
            found = self.called(function, args, named, span)
        elif isinstance(function, Prepared):
            found = self.called(function.path, [*args, *function.items], {**named, **function.named}, span)
        elif isinstance(function, Method):
            found = python_calls.method(self, function, args, named, span)
        else:
            raise mistakes.error("E102", "this is no function", self.places.span(node.func))
        return _placed(found, span) if isinstance(found, Array) else found

    def called(self, path: Path, args: list[Value], named: dict[str, Value], span: Span) -> Value:
        """The value of a library's function."""
        library = self.library if path.library not in {"np", "numpy", "scipy"} else "numpy"
        return python_calls.call(Arguments(self, path, args, named, span=span, library=library))

    def defined(self, text: str, args: list[Value], named: dict[str, Value], span: Span) -> Value:
        """The value of a function that a lambda of the library's says."""
        return closures.defined(self, text, args, named, span)

    def _called(self, node: ast.expr) -> Value | str:
        """What is called; the name of a declared function as text."""
        if isinstance(node, ast.Name) and node.id not in self.scope:
            span = self.places.span(node)
            name = canonical(node.id, span)
            if name in self.functions:
                return name
            if python_calls.is_known(node.id) or node.id in _BUILTINS:
                return Path(node.id, span)
            raise unknown(node.id, span)
        if isinstance(node, ast.Attribute) and node.attr == "size" and self.library == "torch":
            of = self.value(node.value)
            return Method(of, "size", self.places.span(node)) if isinstance(of, Array) else self.value(node)
        return self.value(node)

    def _applied(self, name: str, node: ast.Call, span: Span) -> Array:
        """A declared unknown function of its arguments."""
        args = tuple([array_of(self.value(arg)).tree for arg in node.args])
        axes = self.kinds.axes(name, name)
        return Array(Apply(name, args, span=span), axes)

    def subscript(self, node: ast.Subscript) -> Value:
        return python_indexing.subscript(self, node)

    def several(self, node: ast.Tuple | ast.List) -> Value:
        return Several([self.value(item) for item in node.elts], self.places.span(node))

    def anonymous(self, node: ast.Lambda) -> Value:
        return closures.closure(self, node.args, node.body, self.places.span(node))

    def comparison(self, node: ast.Compare) -> Value:
        span = self.places.span(node)
        if len(node.ops) > 1:
            raise unsupported("a chain of comparisons is", span)
        left, right = array_of(self.value(node.left)), array_of(self.value(node.comparators[0]))
        return python_entrywise.compared(type(node.ops[0]).__name__, left, right, span)


def exact(segment: str, value: float, span: Span) -> Fraction:
    """An exact number, as it is written."""
    text = segment.replace("_", "") if segment else repr(value)
    try:
        return Fraction(text) if not isinstance(value, int) else Fraction(value)
    except (ValueError, OverflowError):
        raise mistakes.error("E107", f"'{segment}' is not a number", span) from None


def canonical(identifier: str, span: Span) -> str:
    """A Python name in the language's spelling: θ is theta, lambda_ is lambda."""
    name = plain(identifier) if not identifier.isascii() else identifier
    if name.endswith("_") and keyword.iskeyword(name[:-1]):
        name = name[:-1]
    if not name.isascii() or not name.strip("_") or name.startswith("_") or name.endswith("_"):
        raise mistakes.error("E103", f"'{identifier}' is not supported as a name", span)
    return name


def _placed(array: Array, span: Span) -> Array:
    if isinstance(array.tree, Sym) or array.tree.span == span:
        return array
    array.tree.span = span
    return array


_STATEMENTS: dict[type, Callable[..., Value | None]] = {
    ast.Assign: Evaluation.assign,
    ast.AnnAssign: Evaluation.annotated,
    ast.AugAssign: Evaluation.augmented,
    ast.FunctionDef: Evaluation.function,
    ast.Return: Evaluation.returned,
    ast.Expr: Evaluation.expression,
    ast.Import: Evaluation.imported,
    ast.ImportFrom: Evaluation.imported,
    ast.Pass: lambda *_: None,
}
_EXPRESSIONS: dict[type, Callable[..., Value]] = {
    ast.Constant: Evaluation.constant,
    ast.Name: Evaluation.name,
    ast.Attribute: Evaluation.attribute,
    ast.BinOp: Evaluation.binary,
    ast.UnaryOp: Evaluation.unary,
    ast.Call: Evaluation.call,
    ast.Subscript: Evaluation.subscript,
    ast.Tuple: Evaluation.several,
    ast.List: Evaluation.several,
    ast.Lambda: Evaluation.anonymous,
    ast.Compare: Evaluation.comparison,
}
