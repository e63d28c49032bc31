"""A claim, read with the question's symbols and brought into the question's tensor graph."""

from __future__ import annotations

from dataclasses import dataclass, field
from dataclasses import replace as changed
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, cast
from string import ascii_lowercase

from matdiff.calculus.lower import Lowering
from matdiff.errors import Label, MatdiffError, ShapeError, Span
from matdiff.formula.binding import rebuilt
from matdiff.formula.occurrences import children
from matdiff.formula.question import Declaration, Reading, Symbol, Typed
from matdiff.formula.syntax import DELTA, Add, Call, Derivative, IndexedSum, Mul, Neg, Node, Num, Sym, subtrees
from matdiff.functions import names as fn
from matdiff.reading.reader import read_declarations, read_expression, read_question
from matdiff.reading.shapes import infer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from matdiff.calculator import Answer
    from matdiff.formula.syntax import Expr, Shape, Size
    from matdiff.graph.nodes import Node as Tensor

_SIZELESS = {"E210"}  # nothing in the claim tells the size of an identity: the derivative does


@dataclass(frozen=True)
class Claim:
    """A claim with its shape and its graph; `strangers` are its symbols that the question does not have."""

    text: str
    tree: Expr
    shape: Shape
    node: Tensor
    symbols: dict[str, Symbol]
    family: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """What a question's names mean, for reading claims about it."""

    declarations: tuple[Declaration, ...]
    functions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    sizes: tuple[str, ...] = ()
    families: tuple[tuple[str, tuple[str, ...]], ...] = ()
    letters: Mapping[str, Size] = field(default_factory=dict)  # those that number members which the question
    # differentiates by, and how many members there are
    indices: Mapping[str, Size] = field(default_factory=dict)  # the same, with those that stand for numbers
    members: Mapping[str, tuple[Size, ...]] = field(default_factory=dict)
    lets: Mapping[str, Expr] = field(default_factory=dict)  # what the answer names

    @property
    def names(self) -> list[str]:
        return [item.name for item in self.declarations]


def vocabulary(answer: Answer) -> Vocabulary:
    """The declarations of a question, and of every symbol what it was taken for."""
    asked = answer.question
    where = read_question(asked.expr, asked.wrt, asked.where, asked.defaults).where_text
    declared = read_declarations(where) if where else ()
    sized = {item.name for item in declared if item.rows is not None or item.kind == "integer"}
    inferred = [
        _declaration(symbol) for symbol in answer.symbols.values() if symbol.name not in sized and symbol.kind != "size"
    ]
    changes = []
    if answer.operator is not None and not answer.operator.by:
        changes = [
            _change(symbol) for symbol in answer.symbols.values() if symbol.kind not in {"integer", "size", "function"}
        ]
    functions = {name: symbol.args for name, symbol in answer.symbols.items() if symbol.kind == "function"}
    named = [index for by in (answer.operator.by if answer.operator is not None else ()) for index in by.index]
    known = {*answer.symbols, *[item.name for item in (*declared, *changes)], *_size_names(answer), *named}
    families = tuple([(symbol.name, symbol.family) for symbol in answer.symbols.values() if symbol.family])
    unsaid = tuple(sorted(_size_names(answer) - set(answer.symbols)))
    sizes = (*unsaid, *[name for name, symbol in answer.symbols.items() if symbol.kind == "size"])
    by = [(variable, variable.symbol.family_sizes) for variable in answer.variables]
    indices = {name: size for variable, sides in by for name, size in zip(variable.by.index, sides, strict=False)}
    letters = {name: indices[name] for variable, _ in by if variable.part.family for name in variable.by.index}
    members = {name: symbol.family_sizes for name, symbol in answer.symbols.items() if symbol.family}
    declarations = (*declared, *inferred, *changes)
    return Vocabulary(
        declarations, functions, frozenset(known), sizes, families, letters, indices, members, answer.lets
    )


def _declaration(symbol: Symbol) -> Declaration:
    if symbol.kind == "integer":
        return Declaration(symbol.name, kind="integer")
    return Declaration(symbol.name, *symbol.shape, structure=symbol.structure, args=symbol.args)


def _change(symbol: Symbol) -> Declaration:
    """The symbol dX of a total differential."""
    return Declaration("d" + symbol.name, *symbol.shape, structure=symbol.structure)


def _size_names(answer: Answer) -> set[str]:
    sizes = [size for symbol in answer.symbols.values() for size in (*symbol.shape, *symbol.family_sizes)]
    sizes += [*answer.shape, *answer.value.shape]  # that of an identity in the question stands nowhere else
    words = "".join([c if c.isalnum() or c == "_" else " " for c in " ".join(map(str, sizes))]).split()
    return {word for word in words if not word.isdigit()}


def read_claim(text: str, words: Vocabulary, like: Shape) -> Claim:
    """The claim as written; `like` is the derivative's shape, which is used where nothing in the claim tells its own,
    or where it is the same (12 and m n).

    Raises MatdiffError (E1xx, E2xx) that points into the claim.
    """
    try:
        found = interpret(text, read_tree(text, words), words, like)
    except MatdiffError as error:
        of_ones = _with_ones(text, words, like)
        if of_ones is None:
            raise error.within(text) from None
        return of_ones
    if found.shape != like and len(like) == 2:
        found = _with_ones(text, words, like) or found
    if found.shape == like:
        return found
    try:
        forced = interpret(text, read_tree(text, words), words, like, forced=True)
    except MatdiffError:
        return found
    if forced.node.order != found.node.order:
        return found
    return (
        forced if found.strangers else changed(found, shape=like)
    )  # with known symbols alone the sizes are the same already, only told otherwise


def _with_ones(text: str, words: Vocabulary, like: Shape) -> Claim | None:
    """A claim that does not fit as it stands, its factors 1 read as vectors of ones, as in I - 1 softmax(x)^T; None
    where it has none, or does not fit so either.
    """
    tree = read_tree(text, words)
    ones = Call(fn.ONES, tuple([Num(Fraction(side)) if isinstance(side, int) else _size(side) for side in like[:1]]))
    vectors = _ones_for(tree, ones)
    if vectors == tree:
        return None
    try:
        found = interpret(text, vectors, words, like)
    except MatdiffError:
        return None
    return found if found.shape == like else None


def _ones_for(tree: Expr, ones: Expr) -> Expr:
    """A tree with a vector of ones in place of a 1 that stands first in a product."""
    if isinstance(tree, (Sym, IndexedSum)):
        return tree
    parts = [_ones_for(child, ones) for child in children(tree)]
    if isinstance(tree, Mul) and parts[0] == Num(Fraction(1)):
        parts[0] = ones
    return rebuilt(tree, parts)


def read_tree(text: str, words: Vocabulary) -> Expr:
    """The claim's syntax tree, without shapes."""
    tree = read_expression(text, [*words.names, *words.lets], words.functions, words.declarations)
    tree = _spelled_out(tree, words.lets) if words.lets else tree
    return _numbered(tree, words)


def _spelled_out(tree: Expr, lets: Mapping[str, Expr]) -> Expr:
    """A claim with what the answer names written out: X for the matrix of rows x_n^T."""
    if isinstance(tree, Sym):
        return lets.get(tree.name, tree)
    if isinstance(tree, IndexedSum):
        lo, hi, body = [_spelled_out(part, lets) for part in (tree.lo, tree.hi, tree.body)]
        return IndexedSum(tree.index, lo, hi, body, tree.product, span=tree.span)
    return rebuilt(tree, [_spelled_out(child, lets) for child in children(tree)])


def _numbered(tree: Expr, words: Vocabulary) -> Expr:
    """A claim whose k in k y_k is the number of the member: the sum of n delta_kn."""
    alone = {inner.name for inner in subtrees(tree) if isinstance(inner, Sym)} & set(words.letters)
    if not alone:
        return tree
    taken = {letter for inner in subtrees(tree) for letter in getattr(inner, "name", "")}
    index = next(letter for letter in ascii_lowercase if letter not in {*taken, *words.known, *words.names})

    def number(name: str) -> Expr:
        member = Mul((Sym(index), Sym(f"{DELTA}_{name}{index}")))
        return IndexedSum(index, Num(Fraction(1)), _size(str(words.letters[name])), member)

    return _spelled_out(tree, {name: number(name) for name in alone})


def interpret(text: str, tree: Expr, words: Vocabulary, like: Shape, *, forced: bool = False) -> Claim:
    """A claim from its syntax tree; `forced`: into the shape `like`.  Raises MatdiffError."""
    typed = _typed_like(text, tree, words, like) if forced else _typed(text, tree, words, like)
    _refuse_derivatives(typed, text)
    lowering = Lowering(typed.symbols)
    lowering.sizes.update(words.indices)
    value = lowering.lower(typed.expression)
    others = tuple([name for name in value.family if name not in words.letters])
    if others:  # x_3, x_N, or the x_k of a question about one member: a number each
        value = lowering.member_by_number(typed.expression, others)
    strangers = tuple(
        [name for name, symbol in typed.symbols.items() if name not in words.known and symbol.kind != "size"]
    )
    _refuse_functions(typed, words, text)
    shape = like if forced else typed.expression.shape or (1, 1)
    return Claim(text, typed.expression, shape, value.node, typed.symbols, value.family, strangers)


def _typed(text: str, tree: Expr, words: Vocabulary, like: Shape) -> Typed:
    try:
        return infer(_reading(text, tree, words))
    except ShapeError as error:
        if error.code not in _SIZELESS:
            raise
    return _typed_like(text, tree, words, like)


def _reading(text: str, tree: Expr, words: Vocabulary) -> Reading:
    return Reading(
        None,
        tree,
        words.declarations,
        text,
        sizes=words.sizes,
        families=words.families,
        members=words.members,
        letters=tuple(words.indices),
    )


def _typed_like(text: str, tree: Expr, words: Vocabulary, like: Shape) -> Typed:
    """The claim as a matrix of shape `like`."""
    zeros = Call(fn.ZEROS, tuple([Num(Fraction(size)) if isinstance(size, int) else _size(size) for size in like]))
    whole = Add((tree, Neg(zeros)))
    typed = infer(_reading(text, whole, words))
    assert isinstance(typed.expression, Add)  # noqa: S101 # what goes in as a sum comes out as one
    typed.expression = typed.expression.terms[0]
    return typed


def _size(size: str) -> Expr:
    """A size as an expression: a name, or a product of names."""
    parts = [Num(Fraction(part)) if part.isdigit() else Sym(part) for part in size.split("*")]
    return parts[0] if len(parts) == 1 else Mul(tuple(parts))


def _refuse_derivatives(typed: Typed, text: str) -> None:
    """Raise E214 for du/dA where u is no function of A."""
    for tree in nodes_of(typed.expression):
        if isinstance(tree, Derivative):
            symbol = typed.symbols.get(tree.name)
            args = symbol.args if symbol is not None else ()
            wrong = next((name for name, _ in tree.by if name not in args), "")
            if wrong or not args:
                raise ShapeError(
                    "E214", f"{tree.name} is no function of {wrong or 'anything'}", Label(tree.span), source=text
                )


def nodes_of(tree: Expr) -> Iterator[Expr]:
    """Every node of a syntax tree."""
    stack: list[object] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, tuple):
            stack.extend(node)
        elif isinstance(node, Node):
            yield cast("Expr", node)
            names: tuple[str, ...] = getattr(type(node), "__match_args__", ())
            stack.extend([getattr(node, name) for name in names])


def _refuse_functions(typed: Typed, words: Vocabulary, text: str) -> None:
    for name, symbol in typed.symbols.items():
        if symbol.kind == "function" and name not in words.functions:
            raise ShapeError(
                "E214",
                f"the function '{name}' of the claim does not occur in the question",
                Label(Span(0, len(text))),
                source=text,
            )
