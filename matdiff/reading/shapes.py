"""Kinds and shapes: what every name is, and the shape of every part of an expression.

A symbol's kind is what was declared, or what its use forces, or what its letter suggests (kinds.py).  The kinds are
tried first as the letters say;
where that does not fit, the attempt with the fewest and least surprising departures that does fit is taken, found by a
best-first search that
changes only names which have a part in the clash.  Within one attempt, sizes are unified (sizes.py).
"""

from __future__ import annotations

from itertools import count
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Label, MatdiffError, ReadingError, ShapeError, Span
from matdiff.formula.question import Reading, Symbol, Typed
from matdiff.formula.syntax import PRIME, Num, Shape, Sym
from matdiff.functions import names as fn
from matdiff.reading import clashes, evidence, indexed_letters, kinds, matrix_functions, operators, ranges, refusals
from matdiff.reading.blame import Clash
from matdiff.reading.blocks import without_blocks
from matdiff.reading.coefficients import check_vectors, coefficients
from matdiff.reading.declaration_tokens import ANALYTIC
from matdiff.reading.declared import kind_of
from matdiff.reading.inference import Inference
from matdiff.reading.meanings import Names
from matdiff.reading.naming import name_sizes
from matdiff.reading.sizes import Dims, Unknown
from matdiff.records import replace

if TYPE_CHECKING:
    from matdiff.formula import question, syntax
    from matdiff.reading.entities import Entity

ATTEMPTS = 160
GREEDY_ATTEMPTS = 160
FEWEST_ATTEMPTS = 12
NODES_A_SEARCH = 12_000
LONGEST_QUOTE = 60

Kinds = dict[str, str]
Reasons = tuple[tuple[str, str, Span], ...]


def infer(reading: Reading) -> Typed:
    """Settle what every name is and fill in the `shape` of every node.

    Returns the expression (rewritten where its meaning depends on shapes: |X|, a * b, e^x), the operator in terms of
    the symbol table, and the
    symbols in order of first appearance: in the expression, then in the operator, then declared ones that occur
    nowhere.
    Raises ShapeError (E2xx) where no kinds of the undeclared names make the question fit; it tells of the likeliest
    kinds.
    """
    try:
        names = Names(reading)
        indexed_letters.check_outside(names)
        try:
            return _settled(names)
        except ShapeError:
            if not names.units_in_sums and not names.labelled:
                raise
        return _settled(Names(reading, units=not names.units_in_sums, apart=frozenset(names.labelled)))
    except MatdiffError as error:
        raise error.within(reading.text) from None


def _settled(names: Names) -> Typed:
    operator = operators.resolve(names)
    names.enter_declared()
    inference, expression = _search(names)
    numbers, doubtful = indexed_letters.members_beside_entries(names, inference)
    if numbers:
        return _settled(Names(names.reading, units=names.units, apart=names.apart, vectors=names.vectors | numbers))
    for entity in doubtful:
        base = entity.name.partition("_")[0]
        if _fits(Names(names.reading, units=names.units, apart=names.apart, vectors=names.vectors | {base})):
            raise indexed_letters.entry_or_vector(names, entity)
    if doubtful:  # the nodes know their own names again
        names = Names(names.reading, units=names.units, apart=names.apart, vectors=names.vectors)
        operator = operators.resolve(names)
        names.enter_declared()
        inference, expression = _search(names)
    return _typed(names, inference, expression, operator)


def _fits(names: Names) -> bool:
    """Whether the names could be read so."""
    try:
        operators.resolve(names)
        names.enter_declared()
        _search(names)
    except MatdiffError:
        return False
    return True


def refuse_guesses(typed: Typed) -> None:
    """Raise E126 where a name has a kind that was guessed: neither declared, nor what its letter says."""
    guess = next((note for note in typed.notes if kinds.TAKEN in note), "")
    if guess:
        name = guess.split()[0]
        raise ReadingError(
            "E126",
            f"the answer would rest on a guess: {guess}",
            hint=f"declare it, as in {name} in R or {name} in R^n, or ask without --strict",
        )


# -- the search for kinds ----------------------------------------------------------------------------------------------


def _search(names: Names) -> tuple[Inference, syntax.Expr]:
    open_names = [entity for entity in names.entities.values() if not entity.fixed]
    if open_names:
        evidence.gather(names)
    default = {entity.name: kind for entity in names.entities.values() if (kind := _default(entity))}
    found = _fitting(names, default)
    if isinstance(found, Clash) and names.mixed and not (names.units_in_sums and names.units):
        names.spreading = True
        spread = _fitting(names, default)
        found = found if isinstance(spread, Clash) else spread
    if isinstance(found, Clash):
        raise found.tell()
    return found


def _fitting(names: Names, default: Kinds) -> tuple[Inference, syntax.Expr] | Clash:
    """The likeliest kinds that fit, or what does not fit about those that the letters say."""
    try:
        return _as_numbers(names, default, _attempt(names, default))
    except Clash as clash:
        first = clash
    found = _best(names, default, first, ATTEMPTS, greedy=False)
    return found or _best(names, default, first, GREEDY_ATTEMPTS, greedy=True) or first


def _as_numbers(names: Names, default: Kinds, found: tuple[Inference, syntax.Expr]) -> tuple[Inference, syntax.Expr]:
    """The same with the letters that only multiply numbers as numbers, where that fits too."""
    numbers = coefficients(found[0])
    if not numbers:
        return found
    try:
        inference, expression = _attempt(names, {**default, **dict.fromkeys(numbers, "scalar")})
    except Clash:
        return found
    inference.notes += [f"{name} {kinds.TAKEN} a scalar: it multiplies numbers" for name in sorted(numbers)]
    return inference, expression


def _of_numbers(
    names: Names, taken: Kinds, found: tuple[Inference, syntax.Expr], reasons: Reasons
) -> tuple[Inference, syntax.Expr]:
    """The same with all letters as numbers, where the variable is one by its use and nothing in the question is an
    array: a x^2 + b x + c.
    """
    scalars = {name for name, kind, _ in reasons if kind == "scalar"}
    every = names.entities.values()
    unfixed = [entity for entity in every if not entity.fixed and not _only_euler(names, entity)]
    open_ones = [entity for entity in unfixed if taken.get(entity.name) == "vector"]
    arrays = [entity for entity in every if "scalar" in entity.never or entity.declared is not None]
    matrices = "matrix" in taken.values()
    if matrices or arrays or not open_ones or not (names.operator_names & scalars):
        return found
    try:
        inference, expression = _attempt(names, {**taken, **{entity.name: "scalar" for entity in open_ones}})
    except Clash:
        return found
    inference.notes += [f"{entity.name} {kinds.TAKEN} a scalar, as {min(scalars)} is" for entity in open_ones]
    return inference, expression


def _default(entity: Entity) -> str:
    return next((kind for kind, _ in entity.preferences if kind not in entity.never), "")


def _best(
    names: Names, default: Kinds, first: Clash, attempts: int, *, greedy: bool
) -> tuple[Inference, syntax.Expr] | None:
    """The cheapest change of kinds that fits; greedy: go on from the attempt that came furthest, instead of the
    cheapest.
    """
    ticket = count()
    queue: list[tuple[float, float, int, Kinds, Reasons]] = []
    seen: set[frozenset[tuple[str, str]]] = set()

    def push(taken: Kinds, reasons: Reasons, clash: Clash, cost: float) -> None:
        for name, kind, more in _alternatives(names, default, taken, clash):
            changed = {**taken, name: kind}
            key = frozenset(changed.items())
            if key not in seen:
                seen.add(key)
                total = cost + more
                queue.append(
                    (
                        -clash.progress if greedy else total,
                        total,
                        next(ticket),
                        changed,
                        (*reasons, (name, kind, clash.span)),
                    )
                )

    push(default, (), first, 0.0)
    for _ in range(max(FEWEST_ATTEMPTS, min(attempts, NODES_A_SEARCH // (len(names.found) + 1)))):
        if not queue:
            return None
        cheapest = min(queue)
        queue.remove(cheapest)
        _, cost, _, taken, reasons = cheapest
        try:
            found = _attempt(names, taken)
        except Clash as clash:
            push(taken, reasons, clash, cost)
            continue
        if not greedy:
            _refuse_equals(names, taken, [other[3] for other in queue if other[1] <= cost + _EQUAL])
        return _taken(names, found, reasons)
    return None


def _taken(names: Names, found: tuple[Inference, syntax.Expr], reasons: Reasons) -> tuple[Inference, syntax.Expr]:
    """What fits, with the letters that are numbers then, and what is to be said of it.  Raises E125 for a guess."""
    inference, _ = found = _of_numbers(names, found[0].kinds, found, reasons)
    check_vectors(names, {name for name, kind, _ in reasons if kind == "scalar"}, inference.kinds)
    inference, expression = _as_numbers(names, inference.kinds, found)
    inference.notes += [_reason(names, inference, *reason) for reason in reasons]
    return inference, expression


def _refuse_equals(names: Names, taken: Kinds, others: list[Kinds]) -> None:
    """Raise E125 where other kinds that surprise no more fit as well."""
    for other in others:
        try:
            inference, _ = _attempt(names, other)
        except Clash:
            continue
        one = [f"{name} in {_SPACES[kind]}" for name, kind in taken.items() if other[name] != kind]
        two = [f"{name} in {_SPACES[kind]}" for name, kind in other.items() if taken[name] != kind]
        ways = [", ".join(way) for way in (one, two)]
        root = inference.names.reading.expression
        raise ShapeError(
            "E125",
            f"the question can be read in two ways: with {ways[0]}, or with {ways[1]}",
            Label(root.span),
            hint=f"declare {ways[0]}, or {ways[1]}",
            source=names.reading.text,
        )


_EQUAL = 1e-9
_SPACES = {"scalar": "R", "vector": "R^n", "matrix": "R^{m x n}", "integer": "N"}


def _alternatives(names: Names, default: Kinds, taken: Kinds, clash: Clash) -> list[tuple[str, str, float]]:
    """What may be changed after a clash: (name, kind, cost); a name is changed once only."""
    found = []
    for name, entity in names.entities.items():
        if name not in clash.names or taken.get(name) != default.get(name):
            continue
        found += [
            (name, kind, cost)
            for kind, cost in entity.preferences
            if kind != taken.get(name) and kind not in entity.never and cost < kinds.NEVER_GUESSED
        ]
    return found


def _attempt(names: Names, taken: Kinds) -> tuple[Inference, syntax.Expr]:
    inference = Inference(names, taken)
    inference.spreading = names.spreading
    try:
        expression, _ = inference.visit(names.reading.expression)
        pair = inference.sizes.contradiction() if inference.sizes.deferred else None
        if pair is not None:
            raise clashes.contradiction(inference, *pair)
    except Clash as clash:
        clash.progress = len(inference.record)
        raise
    return inference, expression


def _reason(names: Names, inference: Inference, name: str, kind: str, span: Span) -> str:
    what = "an integer" if name in inference.integers else f"a {kind}"
    text = names.reading.text[span.start : span.end].strip()
    place = f" in {text}" if 0 < len(text) <= LONGEST_QUOTE else ""
    return f"{name} {kinds.TAKEN} {what}: as a {kinds.by_letter(name)} it does not fit{place}"


# -- the result --------------------------------------------------------------------------------------------------------


def _typed(names: Names, inference: Inference, expression: syntax.Expr, operator: question.Operator | None) -> Typed:
    for entity in names.entities.values():
        if entity.name in inference.shapes or not _only_euler(names, entity):
            inference.shape_of(entity)
    ranges.settle_places(inference)
    inference.settle_ranged()
    inference.settle_products()
    inference.settle_identities()
    inference.settle_units()
    starts = ranges.settle(inference)
    matrix_functions.refuse(inference)
    name_sizes(inference)
    ranges.tell(inference)
    ranges.check_places(inference)
    matrix_functions.check(inference)
    for node, unknown in inference.unsized:
        if isinstance(inference.sizes.resolve(unknown), Unknown):
            raise refusals.unknown_size(inference, node)
    known: dict[Dims, Shape] = {}
    for node, dims in inference.record:
        shape = known.get(dims)
        if shape is None:
            shape = known[dims] = (inference.text(dims[0]), inference.text(dims[1]))
        node.shape = shape
    for node, size in inference.open_sums:
        node.hi = _limit(node, inference.text(size))
    symbols = {
        entity.name: _symbol(inference, entity, starts.get(entity.name, ()))
        for entity in names.entities.values()
        if entity.name in inference.shapes
    }
    symbols = _with_slopes(symbols, names.reading.analytic)
    solved = [
        f"{name} = {inference.sizes.values[name]} follows from the sizes"
        for name in sorted(names.soft & inference.sizes.values.keys())
    ]
    expression = without_blocks(expression, inference.notes)
    return Typed(operator, expression, symbols, (*names.notes, *_evidence(names, inference), *inference.notes, *solved))


def _with_slopes(symbols: dict[str, Symbol], analytic: tuple[str, ...]) -> dict[str, Symbol]:
    """The symbols, each analytic function among them with its derivative F'."""
    for name in analytic:
        known = symbols.get(name) or symbols.get(name + PRIME)
        if known is not None:
            alike = {one: replace(known, name=one, structure=ANALYTIC) for one in (name, name + PRIME)}
            symbols = {**{one: symbol for one, symbol in symbols.items() if one not in alike}, **alike}
    return symbols


def _only_euler(names: Names, entity: Entity) -> bool:
    return names.euler and entity.name == fn.EULER


def _limit(node: syntax.IndexedSum, size: syntax.Size) -> syntax.Expr:
    shape: Shape = (1, 1)
    return (
        Num(Fraction(size), span=node.hi.span, shape=shape)
        if isinstance(size, int)
        else Sym(size, span=node.hi.span, shape=shape)
    )


def _evidence(names: Names, inference: Inference) -> list[str]:
    """What was taken for something else than its letter says because of how it is used."""
    notes = []
    for entity in names.entities.values():
        if entity.because and entity.preferences and _default(entity) != entity.preferences[0][0]:
            what = "an integer" if entity.name in inference.integers else f"a {_default(entity)}"
            notes.append(f"{entity.name} {kinds.TAKEN} {what}: {entity.because}")
    return notes


def _symbol(inference: Inference, entity: Entity, starts: tuple[int, ...]) -> Symbol:
    rows, columns = inference.shapes[entity.name]
    shape = (inference.text(rows), inference.text(columns))
    kind = entity.role if entity.role != "variable" else kind_of(*shape)
    if entity.name in inference.integers:
        kind = "integer"
    axes = tuple([inference.text(axis) for axis in inference.axes.get(entity.name, ())])
    declared = entity.declared
    structure = declared.structure if declared is not None else ""
    return Symbol(
        entity.name,
        kind,
        shape,
        structure,
        entity.index if axes else (),
        axes,
        entity.args,
        declared is not None,
        starts,
    )


__all__ = ["ShapeError", "infer"]
