"""A claim, read with the question's symbols and brought into the question's tensor graph."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from matdiff.calculus.lower import Lowering
from matdiff.errors import Label, MatdiffError, ShapeError, Span
from matdiff.reading.reader import read_declarations, read_expression, read_question
from matdiff.reading.shapes import infer
from matdiff.reading.syntax import Add, Call, Declaration, Mul, Neg, Num, Reading, Sym, Symbol, Typed

if TYPE_CHECKING:
    from matdiff.calculator import Answer
    from matdiff.graph.nodes import Node
    from matdiff.reading.syntax import Expr, Shape

_SIZELESS = {"E210"}  # nothing in the claim tells the size of an identity: the derivative does


@dataclass(frozen=True)
class Claim:
    """A claim with its shape and its graph; `strangers` are its symbols that the question does not have."""

    text: str
    tree: Expr
    shape: Shape
    node: Node
    symbols: dict[str, Symbol]
    family: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """What a question's names mean, for reading claims about it."""

    declarations: tuple[Declaration, ...]
    functions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()

    @property
    def names(self) -> list[str]:
        return [item.name for item in self.declarations]


def vocabulary(answer: Answer) -> Vocabulary:
    """The declarations of a question, and of every symbol what it was taken for."""
    asked = answer.question
    where = read_question(asked.expr, asked.wrt, asked.where, asked.defaults).where_text
    declared = read_declarations(where) if where else ()
    sized = {item.name for item in declared if item.rows is not None or item.kind == "integer"}
    inferred = [_declaration(symbol) for symbol in answer.symbols.values() if symbol.name not in sized and symbol.kind != "size"]
    changes = []
    if answer.operator is not None and not answer.operator.by:
        changes = [_change(symbol) for symbol in answer.symbols.values() if symbol.kind not in {"integer", "size", "function"}]
    functions = {name: symbol.args for name, symbol in answer.symbols.items() if symbol.kind == "function"}
    indices = [index for by in (answer.operator.by if answer.operator is not None else ()) for index in by.index]
    known = {*answer.symbols, *[item.name for item in (*declared, *changes)], *_size_names(answer), *indices}
    return Vocabulary((*declared, *inferred, *changes), functions, frozenset(known))


def _declaration(symbol: Symbol) -> Declaration:
    if symbol.kind == "integer":
        return Declaration(symbol.name, kind="integer")
    return Declaration(symbol.name, *symbol.shape, structure=symbol.structure, args=symbol.args)


def _change(symbol: Symbol) -> Declaration:
    """The symbol dX of a total differential."""
    return Declaration("d" + symbol.name, *symbol.shape, structure=symbol.structure)


def _size_names(answer: Answer) -> set[str]:
    sizes = [size for symbol in answer.symbols.values() for size in (*symbol.shape, *symbol.family_sizes)]
    words = "".join([c if c.isalnum() or c == "_" else " " for c in " ".join(map(str, sizes))]).split()
    return {word for word in words if not word.isdigit()}


def read_claim(text: str, words: Vocabulary, like: Shape) -> Claim:
    """The claim as written; `like` is the derivative's shape, for an identity whose size nothing else tells.

    Raises MatdiffError (E1xx, E2xx) that points into the claim.
    """
    try:
        return interpret(text, read_tree(text, words), words, like)
    except MatdiffError as error:
        raise error.within(text) from None


def read_tree(text: str, words: Vocabulary) -> Expr:
    """The claim's syntax tree, without shapes."""
    return read_expression(text, words.names, words.functions)


def interpret(text: str, tree: Expr, words: Vocabulary, like: Shape) -> Claim:
    """A claim from its syntax tree."""
    typed = _typed(text, tree, words, like)
    value = Lowering(typed.symbols).lower(typed.expression)
    strangers = tuple([name for name, symbol in typed.symbols.items() if name not in words.known and symbol.kind != "size"])
    _refuse_functions(typed, strangers, text)
    return Claim(text, typed.expression, typed.expression.shape or (1, 1), value.node, typed.symbols, value.family, strangers)


def _typed(text: str, tree: Expr, words: Vocabulary, like: Shape) -> Typed:
    try:
        return infer(Reading(None, tree, words.declarations, text))
    except ShapeError as error:
        if error.code not in _SIZELESS:
            raise
    return _typed_like(text, tree, words, like)


def _typed_like(text: str, tree: Expr, words: Vocabulary, like: Shape) -> Typed:
    """The claim as a matrix of shape `like`."""
    zeros = Call("zeros", tuple([Num(Fraction(size)) if isinstance(size, int) else _size(size) for size in like]))
    typed = infer(Reading(None, Add((tree, Neg(zeros))), words.declarations, text))
    assert isinstance(typed.expression, Add)  # noqa: S101 # what goes in as a sum comes out as one
    typed.expression = typed.expression.terms[0]
    return typed


def fits(text: str, words: Vocabulary, like: Shape) -> bool:
    """Whether the claim may have the shape `like`, which is written in another way: m n and 12."""
    try:
        _typed_like(text, read_tree(text, words), words, like)
    except MatdiffError:
        return False
    return True


def _size(size: str) -> Expr:
    """A size as an expression: a name, or a product of names."""
    parts = [Num(Fraction(part)) if part.isdigit() else Sym(part) for part in size.split("*")]
    return parts[0] if len(parts) == 1 else Mul(tuple(parts))


def _refuse_functions(typed: Typed, strangers: tuple[str, ...], text: str) -> None:
    for name in strangers:
        if typed.symbols[name].kind == "function":
            raise ShapeError("E214", f"the function '{name}' of the claim does not occur in the question", Label(Span(0, len(text))), source=text)
