"""Rules given with a question: "d f(X) = tr(g(X)^T dX)" makes f a function whose differential is known.

What f gives back is told from the right-hand side, which has the shape of f(X): X is tried as any matrix, then as a
square one, where its letter
is a capital; as a vector, then as a scalar, where it is not.
"""

from __future__ import annotations

from copy import deepcopy
from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING, Any, NamedTuple, cast

from matdiff.errors import Label, MatdiffError, ReadingError, Span
from matdiff.formula.question import Declaration, Reading, Typed
from matdiff.formula.syntax import Add, Apply, Expr, Node, Shape, Sym
from matdiff.functions import SPELLINGS
from matdiff.reading import shapes
from matdiff.reading.reader import read_expression
from matdiff.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEFT = re.compile(r"\s*d\s*\(?\s*([^\W\d_]\w*)\s*\(\s*([^\W\d_]\w*)\s*\)\s*\)?\s*")
_OUTPUT = "Omega"
_HINT = 'write it like "d f(X) = tr(X^T dX)"'
_P, _Q = 9973, 9967  # any sizes: numbers that no rule means, so that nothing unifies them
_MATRICES: tuple[Shape, ...] = ((_P, _Q), (_P, _P))
_VECTORS: tuple[Shape, ...] = ((_P, 1), (1, 1))


class GivenRule(NamedTuple):
    """The differential of a function of one argument.

    written: the right-hand side.  tree: the same with Omega for f(X).  change: d and the argument's name.
    takes, gives: the shapes of argument and value, with numbers that stand for any sizes.
    """

    name: str
    argument: str
    written: Expr
    tree: Expr
    takes: Shape
    gives: Shape
    text: str

    @property
    def change(self) -> str:
        return "d" + self.argument

    @property
    def declaration(self) -> Declaration:
        """The function as a question's declarations would have it, its shape left to its use."""
        kind = "scalar" if self.gives == (1, 1) else "vector" if self.gives[1] == 1 else "matrix"
        return Declaration(self.name, kind=kind, args=(self.argument,))

    def typed(self, argument: Shape, value: Shape) -> Typed:
        """The right-hand side for an argument and a value of these shapes."""
        given = ((self.argument, argument), (self.change, argument), (_OUTPUT, value))
        return _typed(self.tree, given, self.text)


def read_rule(text: str) -> GivenRule:
    """The rule in `text`.  Raises ReadingError E118 for what is no rule, and what reading and shapes raise for the
    right-hand side.
    """
    left, equals, right = text.partition("=")
    match = _LEFT.fullmatch(left)
    if not equals or match is None:
        raise ReadingError(
            "E118", "this is not a rule for a differential", Label(Span(0, len(text))), hint=_HINT, source=text
        )
    name, argument = match[1], match[2]
    if name in SPELLINGS:
        raise ReadingError(
            "E118",
            f"{name} has a rule of its own",
            Label(Span(match.start(1), match.end(1))),
            hint="take another name",
            source=text,
        )
    start = len(left) + 1
    try:
        tree = read_expression(" " * start + right, (argument, "d" + argument), {name: (argument,)})
    except MatdiffError as error:
        error.source = text
        raise
    for node in _below(tree):
        if isinstance(node, Sym) and node.name not in {argument, "d" + argument}:
            raise ReadingError(
                "E118",
                f"the rule may hold {argument} and d{argument} only, not {node.name}",
                Label(node.span),
                hint=_HINT,
                source=text,
            )
        if isinstance(node, Apply) and node.args != (Sym(argument),):
            raise ReadingError(
                "E118", f"the rule may hold {name} at {argument} only", Label(node.span), hint=_HINT, source=text
            )
    output = _with_output(tree)
    takes, gives = _shapes(output, argument, text)
    return GivenRule(name, argument, tree, output, takes, gives, text)


def _with_output(tree: Expr) -> Expr:
    """The formula with Omega for f(X)."""
    if isinstance(tree, Apply):
        return Sym(_OUTPUT, span=tree.span)
    changes: dict[str, Any] = {}
    for field in _fields(tree):
        value = getattr(tree, field)
        if isinstance(value, Node):
            changes[field] = _with_output(cast("Expr", value))
        elif isinstance(value, tuple) and value and isinstance(value[0], Node):
            changes[field] = tuple([_with_output(item) for item in value])
    return cast("Expr", replace(tree, **changes, span=tree.span)) if changes else tree


def _fields(tree: object) -> tuple[str, ...]:
    names: tuple[str, ...] = getattr(type(tree), "__match_args__", ())
    return names


def _below(tree: object) -> Iterator[Node]:
    if isinstance(tree, tuple):
        for item in tree:
            yield from _below(item)
    elif isinstance(tree, Node):
        yield tree
        if not isinstance(tree, Apply):
            for field in _fields(tree):
                yield from _below(getattr(tree, field))


def _shapes(tree: Expr, argument: str, text: str) -> tuple[Shape, Shape]:
    """The first shape of the argument that fits, and the value's; raises what was wrong with the first."""
    first: MatdiffError | None = None
    for takes in _MATRICES if argument[0].isupper() else _VECTORS:
        for value in ((1, 1), takes, takes[::-1], None):
            try:
                gives = _gives(tree, argument, takes, value, text)
            except MatdiffError as error:
                first = first or error
                continue
            if all(side in {1, *takes} for side in gives):
                return takes, gives
    raise first or ReadingError(
        "E118", "nothing tells the shape of the value", Label(Span(0, len(text))), hint=_HINT, source=text
    )


def _gives(tree: Expr, argument: str, takes: Shape, value: Shape | None, text: str) -> Shape:
    """The shape of the right-hand side; where f(X) stands in it, it is tried as `value`."""
    holds = any(isinstance(node, Sym) and node.name == _OUTPUT for node in _below(tree))
    given: tuple[tuple[str, Shape], ...] = ((argument, takes), ("d" + argument, takes))
    if not holds:
        return _typed(tree, given, text).expression.shape or (1, 1)
    if value is None:
        raise ReadingError("E118", "nothing tells the shape of the value", source=text)
    return _typed(Add((tree, Sym(_OUTPUT))), (*given, (_OUTPUT, value)), text).expression.shape or (1, 1)


def _typed(tree: Expr, given: tuple[tuple[str, Shape], ...], text: str) -> Typed:
    declarations = tuple([Declaration(name, shape[0], shape[1]) for name, shape in given])
    return shapes.infer(Reading(None, deepcopy(tree), declarations, text))
