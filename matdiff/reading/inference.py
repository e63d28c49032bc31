"""One attempt at the shapes of an expression, the kinds of all names given: rows and columns from the leaves up, sizes
by unification.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.errors import Label, ShapeError
from matdiff.formula import syntax
from matdiff.formula.occurrences import children
from matdiff.formula.syntax import Expr, Num, Sym
from matdiff.functions import names as fn
from matdiff.reading import (
    block_shapes,
    broadcasting,
    clashes,
    function_shapes,
    indexed_letters,
    kronecker_sizes,
    matrix_functions,
    quotients,
    refusals,
    signs,
)
from matdiff.reading.kinds import GREEK, TAKEN
from matdiff.reading.meanings import atoms_of
from matdiff.reading.size_text import of_expression
from matdiff.reading.sizes import SCALAR, Dims, SizeTerm, Unknown
from matdiff.reading.symbol_shapes import SymbolShapes, Typing

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.reading.entities import Entity


class Inference(SymbolShapes):
    """Works the shapes out.  Raises Clash where something does not fit, ShapeError where no choice of kinds could mend
    it.
    """

    def visit(self, node: Expr) -> Typing:
        """The node with its meaning settled, and its dimensions."""
        done = self.settled.get(id(node)) if self.settled else None
        done = done or _RULES[node.__class__](self, node)
        self.record.append(done)
        self.written[id(node)] = done[1]
        return done

    def visit_all(self, nodes: tuple[Expr, ...]) -> tuple[tuple[Expr, ...], list[Dims]]:
        """Many nodes; the very same tuple comes back where nothing was rewritten."""
        done = [self.visit(node) for node in nodes]
        same = all(new is old for (new, _), old in zip(done, nodes, strict=True))
        return nodes if same else tuple([new for new, _ in done]), [dims for _, dims in done]

    # -- arithmetic --------------------------------------------------------------------------------------------------

    def num(self, node: Num) -> Typing:
        return node, SCALAR

    def neg(self, node: syntax.Neg) -> Typing:
        arg, dims = self.visit(node.arg)
        return (node if arg is node.arg else syntax.Neg(arg, span=node.span)), dims

    def add(self, node: syntax.Add) -> Typing:
        node = broadcasting.with_powers_of_bars(self, node)
        terms, shapes = self.visit_all(node.terms)
        if SCALAR in shapes:
            spread = broadcasting.spread(self, node, terms, shapes)
            if spread is not None:
                return spread
        for k in range(1, len(shapes)):
            if shapes[k] is not shapes[0] and not self.same(shapes[0], shapes[k]):
                first = broadcasting.told_scalar(node.terms, shapes) if shapes[0] == SCALAR else 0
                raise clashes.addition(self, node, (node.terms[first], shapes[0]), (node.terms[k], shapes[k]))
        return (node if terms is node.terms else syntax.Add(terms, span=node.span)), shapes[0]

    def mul(self, node: syntax.Mul) -> Typing:
        other = quotients.reassociated(self, node)
        if other is not None:
            return self.visit(other)
        factors, shapes = self.visit_all(node.factors)
        total = self.product(node, shapes)
        return (node if factors is node.factors else syntax.Mul(factors, span=node.span)), total

    def product(self, node: syntax.Mul, shapes: list[Dims]) -> Dims:
        """The shape of a product, left to right; a scalar may stand anywhere."""
        total = SCALAR
        for k, dims in enumerate(shapes):
            if dims[0] == 1 and dims[1] == 1:
                continue
            if k:
                kronecker_sizes.align(self, node.factors[k - 1], node.factors[k])
            if total[0] == 1 and total[1] == 1:
                total = dims
            elif self.sizes.unify(total[1], dims[0]):
                total = (total[0], dims[1])
            else:
                raise clashes.product(self, node.factors, shapes, k, total)
        return total

    def div(self, node: syntax.Div) -> Typing:
        num, dims = self.visit(node.num)
        den, below = self.visit(node.den)
        if below != SCALAR:
            raise clashes.division(self, node, below)
        same = num is node.num and den is node.den
        return (node if same else syntax.Div(num, den, span=node.span)), dims

    def had(self, node: syntax.Had) -> Typing:
        factors, shapes = self.visit_all(node.factors)
        total = self.elementwise(node, node.factors, shapes)
        return (node if factors is node.factors else syntax.Had(factors, span=node.span)), total

    def elementwise(self, node: Expr, operands: tuple[Expr, ...], shapes: list[Dims]) -> Dims:
        """The shape of an elementwise operation: all the same, or scalars."""
        total, first = SCALAR, 0
        for k, dims in enumerate(shapes):
            if dims == SCALAR:
                continue
            if total == SCALAR:
                total, first = dims, k
            elif not self.same(total, dims):
                raise clashes.elementwise(self, node, (operands[first], total), (operands[k], dims))
        return total

    def had_div(self, node: syntax.HadDiv) -> Typing:
        (num, den), shapes = self.visit_all((node.num, node.den))
        same = num is node.num and den is node.den
        return (node if same else syntax.HadDiv(num, den, span=node.span)), self.elementwise(
            node, (node.num, node.den), shapes
        )

    def had_pow(self, node: syntax.HadPow) -> Typing:
        (base, exponent), shapes = self.visit_all((node.base, node.exponent))
        same = base is node.base and exponent is node.exponent
        return (node if same else syntax.HadPow(base, exponent, span=node.span)), self.elementwise(
            node, (node.base, node.exponent), shapes
        )

    def pow(self, node: syntax.Pow) -> Typing:
        base, dims = self._base(node)
        signs.check_small_top(self, node)
        turned = signs.declared_top(self, node, dims)
        if turned is not None:
            return self.visit(turned)
        exponent, upper = self.visit(node.exponent)
        if isinstance(base, syntax.Call) and not base.args and base.function == fn.EULER:
            return matrix_functions.euler_power(self, node, exponent, upper)
        if upper != SCALAR:
            raise clashes.matrix_exponent(self, node, upper)
        if dims != SCALAR:
            rooted = None if 1 in dims else matrix_functions.fractional_power(self, node, base, dims)
            if rooted is not None:
                return rooted
            self._check_matrix_power(node, exponent, dims)
        same = base is node.base and exponent is node.exponent
        return (node if same else syntax.Pow(base, exponent, span=node.span)), dims

    def _check_matrix_power(self, node: syntax.Pow, exponent: Expr, dims: Dims) -> None:
        if 1 in dims:
            raise clashes.vector_power(self, node, dims)
        if not self.square(dims):
            raise clashes.power_not_square(self, node, dims)
        if not self.is_integer(exponent):
            raise clashes.real_exponent(self, node, dims)

    def _base(self, node: syntax.Pow) -> Typing:
        """e^x with an undeclared e is Euler's number to a power."""
        base = node.base
        if self.names.euler and isinstance(base, Sym) and base.name == fn.EULER and fn.EULER not in self.bound:
            return self.visit(syntax.Call(fn.EULER, (), span=base.span))
        return self.visit(base)

    def is_integer(self, node: Expr) -> bool:
        """Whether an exponent is an integer; an undeclared scalar in it is one from now on."""
        if isinstance(node, Num):
            return node.value.denominator == 1
        if isinstance(node, Sym):
            return self._is_integer_name(node)
        if isinstance(node, syntax.Neg):
            return self.is_integer(node.arg)
        if isinstance(node, syntax.Add):
            return all(self.is_integer(term) for term in node.terms)
        if isinstance(node, syntax.Call):
            return node.function in {"nrows", "ncols"}
        return isinstance(node, syntax.Mul) and all(self.is_integer(factor) for factor in node.factors)

    def _is_integer_name(self, node: Sym) -> bool:
        if node.name in self.bound:
            return True
        entity = self.names.meanings[node.name].entity
        if entity is None or node.index or entity.name in self.names.operator_names:
            return False
        if entity.role == "variable" and entity.declared is None:
            if entity.name in GREEK:
                return False  # X^alpha: no reader takes alpha for a whole number
            self.integers.add(entity.name)
            return True
        if entity.role == "size" and entity.name in self.names.soft:
            self.integers.add(entity.name)
        return entity.role in {"integer", "size"}

    def transpose(self, node: syntax.Transpose) -> Typing:
        if isinstance(node.arg, Sym):
            indexed_letters.check_transposed(self.names, node.arg)
        arg, dims = self.visit(node.arg)
        if dims == SCALAR and isinstance(node.arg, Sym):
            signs.check_prime(self, node)
        return (node if arg is node.arg else syntax.Transpose(arg, span=node.span)), (dims[1], dims[0])

    # -- functions and sums ------------------------------------------------------------------------------------------

    def call(self, node: syntax.Call) -> Typing:
        rule = function_shapes.rule(node.function)
        if rule is None:
            raise ShapeError("E206", f"no function is called {node.function}", Label(node.span))
        return rule(self, node)

    def apply(self, node: syntax.Apply) -> Typing:
        args, shapes = self.visit_all(node.args)
        entity = self.names.entities.get(node.name)
        if entity is None:
            raise refusals.index_applied(self, node)
        if len(entity.args) != len(shapes):
            raise refusals.argument_count(self, node, len(entity.args))
        broadcasting.check_entries_beside(self, node.args, shapes)
        if self._is_of_number(entity, node, shapes):
            self.shapes[node.name] = SCALAR
            self.notes.append(f"{node.name} {TAKEN} a number, a function of a number")
        if node.name.removesuffix(syntax.PRIME) in self.names.reading.analytic:
            if len(shapes) != 1 or not self.square(shapes[0]):
                raise clashes.not_square(self, f"an analytic function {node.name}", node.args[0], shapes[0])
            self.shapes.setdefault(node.name, shapes[0])
        formal = self.formal.get(node.name)
        if formal is None:
            formal = self.formal[node.name] = self._formal_shapes(entity, node, shapes)
        for k, (expected, given) in enumerate(zip(formal, shapes, strict=True)):
            if expected is not given and not self.same(expected, given):
                raise clashes.argument(self, node, node.args[k], expected, given)
        ruled = self.names.reading.values.get(node.name)
        if ruled is not None:
            self._by_rule(node, shapes[0], *ruled)
        return (node if args is node.args else syntax.Apply(node.name, args, span=node.span)), self.shape_of(entity)

    def _is_of_number(self, entity: Entity, node: syntax.Apply, shapes: list[Dims]) -> bool:
        """Whether f(w^T x) is a number for all who read it: undeclared, and of numbers that are worked out."""
        free = entity.declared is None and node.name not in self.shapes and "scalar" not in entity.never
        composed = not any(isinstance(arg, Sym) for arg in node.args)
        default = next((kind for kind, _ in entity.preferences), "")
        return free and composed and set(shapes) == {SCALAR} and self.kinds.get(node.name) == default == "vector"

    def _by_rule(self, node: syntax.Apply, argument: Dims, takes: syntax.Shape, gives: syntax.Shape) -> None:
        """Unify the shapes of a function that a rule was given for with those of the rule."""
        sides: dict[syntax.Size, SizeTerm] = {1: 1}
        for name, size in zip(takes, argument, strict=True):
            if not self.sizes.unify(sides.setdefault(name, size), size):
                raise clashes.argument(self, node, node.args[0], (sides[takes[0]], sides[takes[1]]), argument)
        value = (sides[gives[0]], sides[gives[1]])
        if not self.same(self.shape_of(self.names.entities[node.name]), value):
            raise clashes.argument(self, node, node, value, self.shape_of(self.names.entities[node.name]))

    def _formal_shapes(self, entity: Entity, node: syntax.Apply, shapes: list[Dims]) -> list[Dims]:
        """The shapes of a function's arguments: of the variables that stand in its declaration, unless it is applied
        to something composed.
        """
        if not all(isinstance(arg, Sym) for arg in node.args):
            return shapes
        meant = [self.names.meanings.get(name) for name in entity.args]
        return [
            self.shape_of(meaning.entity)
            if meaning is not None and meaning.role == "plain" and meaning.entity is not None
            else dims
            for meaning, dims in zip(meant, shapes, strict=True)
        ]

    def derivative(self, node: syntax.Derivative) -> Typing:
        args, shapes = self.visit_all(node.args)
        function = self.names.entities[node.name]
        given = dict(zip(function.args, shapes, strict=False))  # what it is applied to, where that is written
        by, flips = [], []
        for name, flip in node.by:
            meaning = self.names.meanings.get(name)
            if name in given:
                by.append(given[name])
            elif meaning is not None and meaning.entity is not None:
                by.append(self.shape_of(meaning.entity))
            else:
                continue
            flips.append(flip)
        dims = function_shapes.derivative(self.shape_of(function), by, flips)
        return (node if args is node.args else syntax.Derivative(node.name, node.by, args, span=node.span)), dims

    def indexed_sum(self, node: syntax.IndexedSum) -> Typing:
        lo, low = self.limit(node.lo)
        hi, high = (node.hi, None) if isinstance(node.hi, Sym) and not node.hi.name else self.limit(node.hi)
        last: SizeTerm = Unknown() if high is None else high
        around = self.bound, self.starts
        self.bound = {**self.bound, node.index: last}
        self.starts = {**self.starts, node.index: 1 if low is None else low}
        body, dims = self.visit(node.body)
        self.bound, self.starts = around
        if node.product and not self.square(dims):
            raise clashes.not_square(self, "a product over an index", node.body, dims)
        new = syntax.IndexedSum(node.index, lo, hi, body, node.product, span=node.span)
        self.ranges.append((new, 1 if low is None else low, last))
        if high is None:
            self.open_sums.append((new, last))
        return new, dims

    # -- problems ----------------------------------------------------------------------------------------------------

    def together(self, node: syntax.Together) -> Typing:
        parts, shapes = self.visit_all(node.parts)
        if node.scalar and any(self.sizes.resolve(side) != 1 for side in shapes[0]):
            raise clashes.objective(self, node.parts[0], shapes[0])
        return (node if parts is node.parts else syntax.Together(parts, node.scalar, span=node.span)), SCALAR

    def relation(self, node: syntax.Relation) -> Typing:
        """Both sides of one shape; a number, or a scalar beside no array, holds for every entry of the other side."""
        (left, right), (first, second) = self.visit_all((node.left, node.right))
        new = syntax.Relation(left, node.relation, right, span=node.span)
        for side, dims, other in ((left, first, second), (right, second, first)):
            if self.bound and dims != SCALAR and other == SCALAR:  # y_n (w^T x_n + b) >= 1 for each n: numbers, if so
                clash = clashes.objective(self, side, dims, "a relation for each member")
                if clash.names:
                    raise clash
        if first != SCALAR and second == SCALAR and self._for_all_entries(node.right, node.relation):
            return new, first
        if second != SCALAR and first == SCALAR and self._for_all_entries(node.left, node.relation):
            return new, second
        if not self.same(first, second):
            difference = syntax.Add((left, syntax.Neg(right, span=right.span)), span=node.span)
            raise clashes.addition(self, difference, (left, first), (difference.terms[1], second))
        return new, first

    def _for_all_entries(self, node: Expr, relation: str) -> bool:
        """Is it a number, or a scalar made of scalars alone?  An equation has numbers only."""
        parts = _below(node)
        if all(isinstance(part, (Num, syntax.Neg, syntax.Div)) for part in parts):
            return True
        named = [part for part in parts if isinstance(part, Sym) and (part.name in self.names.meanings)]
        scalars = all(self.visit(part)[1] == SCALAR for part in named)
        return scalars and relation in {"<=", ">="}

    def limit(self, node: Expr) -> tuple[Expr, SizeTerm | None]:
        """A bound of a sum and the size that it says."""
        new, dims = self.visit(node)
        size = of_expression(new)
        if dims != SCALAR or size is None:
            raise clashes.bound(self, node)
        return new, size

    # -- sizes as arguments ------------------------------------------------------------------------------------------

    def size_argument(self, call: syntax.Call, node: Expr) -> SizeTerm:
        """The size that ones(n) or I_n asks for."""
        for part in _below(node):
            self.record.append((part, SCALAR))
            meaning = self.names.meanings.get(part.name) if isinstance(part, Sym) else None
            if meaning is not None and meaning.entity is not None and self.shape_of(meaning.entity) != SCALAR:
                raise clashes.wrong_kind(self, call, part, self.shape_of(meaning.entity), "a size")
        size = of_expression(node)
        size = None if size is None else self.sizes.resolve(size)
        if size is None or (isinstance(size, int) and size < 1) or any(atom in self.bound for atom in atoms_of(size)):
            raise refusals.no_size(self, call, node)
        return size


def _below(node: Expr) -> list[Expr]:
    """A node of sizes and everything below it."""
    parts = [node]
    for part in parts:
        parts.extend(children(part))
    return parts


_RULES: dict[type, Callable[[Inference, Any], Typing]] = {
    Num: Inference.num,
    Sym: Inference.sym,
    syntax.Neg: Inference.neg,
    syntax.Add: Inference.add,
    syntax.Mul: Inference.mul,
    syntax.Div: Inference.div,
    syntax.Had: Inference.had,
    syntax.HadDiv: Inference.had_div,
    syntax.HadPow: Inference.had_pow,
    syntax.Pow: Inference.pow,
    syntax.Transpose: Inference.transpose,
    syntax.Call: Inference.call,
    syntax.Matrix: block_shapes.written_out,
    syntax.Apply: Inference.apply,
    syntax.Derivative: Inference.derivative,
    syntax.IndexedSum: Inference.indexed_sum,
    syntax.Relation: Inference.relation,
    syntax.Together: Inference.together,
}
