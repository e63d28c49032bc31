"""What every name of a question refers to: a variable, a member of a family x_n, an entry A_ij, a size, an index of a sum, a function.

This is settled before any kind or size is known; only which letters stand where matters, and what was declared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from matdiff.errors import Label, ShapeError, Span
from matdiff.reading import kinds, sizes, syntax
from matdiff.reading.declared import Declared, declare
from matdiff.reading.syntax import By, Expr, Reading, Sym

NORM_KINDS = frozenset({"inf", "F", "nuclear", "fro"})
SIZED = frozenset({"ones", "zeros", "eye"})
_ENTRY_LETTERS = frozenset("ijklmn")


@dataclass(slots=True)
class Entity:
    """Something that gets a row in the symbol table.

    role: "variable" "function" "integer" "size".  never: kinds that its uses rule out.  index: a family's index names.
    """

    name: str
    role: str = "variable"
    declared: Declared | None = None
    index: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    never: set[str] = field(default_factory=set)
    because: str = ""
    preferences: kinds.Alternatives = ()
    span: Span = syntax.NOWHERE

    @property
    def fixed(self) -> bool:
        """Whether its kind is known beforehand."""
        return self.role == "integer" or (self.declared is not None and self.declared.kind != "")


@dataclass(slots=True)
class Meaning:
    """What a name refers to: role "plain", "member" or "entry" of an entity; "unit" vector e_i; "number" where `n = 3` was declared."""

    role: str
    entity: Entity | None = None
    index: tuple[str, ...] = ()
    value: Fraction | None = None


@dataclass(slots=True)
class Occurrence:
    """A name in its place.  use: "value" "size" "bound" "index" "exponent" "function"."""

    node: Sym
    use: str
    scope: tuple[str, ...]


def occurrences(expression: Expr) -> tuple[list[Occurrence], set[str]]:
    """Every name in the expression in the order of the text, with its use, and the indices that sums bind."""
    found: list[Occurrence] = []
    bound: set[str] = set()
    stack: list[tuple[Expr, str, tuple[str, ...]]] = [(expression, "value", ())]
    while stack:
        node, use, scope = stack.pop()
        if isinstance(node, Sym):
            found.append(Occurrence(node, use, scope))
            continue
        if isinstance(node, syntax.IndexedSum):
            bound.add(node.index)
            inner = (*scope, node.index)
            stack += [(node.body, use, inner), (node.hi, "bound", scope), (node.lo, "bound", scope)]
        elif isinstance(node, (syntax.Apply, syntax.Derivative)):
            found.append(Occurrence(Sym(node.name, span=node.span), "function", scope))
            stack += [(arg, use, scope) for arg in reversed(node.args)]
            if isinstance(node, syntax.Derivative):
                found += [Occurrence(Sym(name, span=node.span), "value", scope) for name, _ in node.by]
        elif isinstance(node, syntax.Call):
            stack += [(arg, _use_in(node, k, arg, use), scope) for k, arg in reversed(list(enumerate(node.args)))]
        else:
            stack += [(child, use, scope) for child in reversed(children(node))]
    return found, bound


def _use_in(call: syntax.Call, position: int, arg: Expr, use: str) -> str:
    if call.function in SIZED:
        return "size"
    if call.function == "unit":
        return "index"
    if call.function == "norm" and position == 1:
        return "marker" if isinstance(arg, Sym) and arg.name in NORM_KINDS else "exponent"
    return use


def children(node: Expr) -> tuple[Expr, ...]:
    """The operands of a node that has nothing but operands."""
    if isinstance(node, (syntax.Neg, syntax.Transpose)):
        return (node.arg,)
    if isinstance(node, syntax.Add):
        return node.terms
    if isinstance(node, (syntax.Mul, syntax.Had)):
        return node.factors
    if isinstance(node, (syntax.Div, syntax.HadDiv)):
        return (node.num, node.den)
    if isinstance(node, (syntax.Pow, syntax.HadPow)):
        return (node.base, node.exponent)
    return node.args if isinstance(node, (syntax.Call, syntax.Apply, syntax.Derivative)) else ()


class Names:
    """The names of one question.

    meanings: by name as written.  entities: rows of the symbol table to be, in order.  soft: sizes that may turn out to be numbers.
    bound: indices of sums.  notes: what was guessed.  euler: whether an undeclared e is Euler's number.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.declared = declare(reading)
        self.meanings: dict[str, Meaning] = {}
        self.entities: dict[str, Entity] = {}
        self.families: dict[tuple[str, int], Entity] = {}
        self.notes: list[str] = []
        self.euler = False
        self.found, self.bound = occurrences(reading.expression)
        self.operator_names = {by.name for by in reading.operator.by} if reading.operator else set()
        self.functions = {o.node.name for o in self.found if o.use == "function"} | {name for name, d in self.declared.items() if d.args}
        self.bare = {o.node.name for o in self.found if o.use == "value"} | self.operator_names
        self.size_names = {atom for d in self.declared.values() for side in (d.rows, d.columns) for atom in atoms_of(side)}
        written = {o.node.name for o in self.found if o.use in {"size", "bound"} and o.node.name}
        self.soft = {name for name in written if name not in self.size_names and name not in self.declared}
        self.size_names |= written - self.bound
        self._collect_families()
        for occurrence in self.found:
            self._settle(occurrence)

    # -- families ----------------------------------------------------------------------------------------------------

    def _collect_families(self) -> None:
        """Families are known by a subscript that a sum binds; a declared name goes before one that only occurs."""
        if not self.bound:
            return
        for name, declared in self.declared.items():
            index = self._family_index(name, self.bound)
            if index and not declared.args and (_single(index) or index[0] in self.bound or declared.kind == "scalar"):
                self._family(name, index)
        for occurrence in self.found:
            name = occurrence.node.name
            if occurrence.use != "value" or name in self.declared or name in occurrence.scope or not occurrence.scope:
                continue
            index = self._family_index(name, set(occurrence.scope))
            if index and not self._known_base(name, index):
                declared_alike = next((d for d in self.declared if _alike(d, name, index) and not self.declared[d].args), "")
                self._family(declared_alike or name, tuple(declared_alike.partition("_")[2]) if declared_alike else index)

    def _family_index(self, name: str, bound: set[str]) -> tuple[str, ...]:
        subscript = name.partition("_")[2]
        if not subscript:
            return ()
        if subscript in bound:
            return (subscript,)
        parts = split(subscript)
        return parts if len(parts) > 1 and any(part in bound for part in parts) else ()

    def _known_base(self, name: str, index: tuple[str, ...]) -> bool:
        """Whether x_n is something else than a member of a new family: an entry of x, a unit vector, a member of a family there is."""
        base = name.partition("_")[0]
        if (base, len(index)) in self.families or base in self.declared:
            return True
        return base in self.bare or (base == "e" and name not in self.operator_names)

    def _family(self, name: str, index: tuple[str, ...]) -> None:
        key = (name.partition("_")[0], len(index))
        if key not in self.families:
            self.families[key] = Entity(name, declared=self.declared.get(name), index=index)

    # -- single names ------------------------------------------------------------------------------------------------

    def _settle(self, occurrence: Occurrence) -> None:
        node, use = occurrence.node, occurrence.use
        name = node.name
        if not name or use == "marker":
            return
        if name in occurrence.scope or (use == "index" and name in self.bound):
            return
        if use == "function":
            self._function(node)
            return
        meaning = self.meanings.get(name)
        if meaning is None:
            meaning = self.meanings[name] = self._meaning(name, use, occurrence.scope)
        if meaning.entity is not None:
            self._enter(meaning.entity, node.span)
            if use == "exponent":
                meaning.entity.never |= {"vector", "matrix"}
        if meaning.role in {"member", "entry"}:
            node.variable = meaning.entity.name if meaning.entity else ""
            node.index = meaning.index

    def _enter(self, entity: Entity, span: Span) -> None:
        if entity.name not in self.entities:
            self.entities[entity.name] = entity
            entity.span = span

    def _meaning(self, name: str, use: str, scope: tuple[str, ...]) -> Meaning:
        declared = self.declared.get(name)
        if declared is not None and declared.value is not None:
            return Meaning("number", value=Fraction(declared.value))
        if use in {"size", "bound", "index"}:
            return Meaning("plain", self._number_like(name, use))
        subscripted = self._subscripted(name, scope) if "_" in name else None
        return subscripted or Meaning("plain", self._plain(name))

    def _number_like(self, name: str, use: str) -> Entity:
        known = self.entities.get(name)
        if known is not None:
            return known
        declared = self.declared.get(name)
        if declared is not None:
            return Entity(name, "integer" if declared.kind == "integer" else "variable", declared)
        return Entity(name, "size" if use != "index" else "integer")

    def _plain(self, name: str) -> Entity:
        declared = self.declared.get(name)
        if declared is not None:
            role = "function" if declared.args else "integer" if declared.kind == "integer" else "variable"
            return Entity(name, role, declared, args=declared.args)
        if name in self.size_names and name not in self.operator_names:
            return Entity(name, "size", preferences=kinds.SIZE_PREFERENCES)
        return Entity(name, preferences=kinds.preferences(name, name in self.operator_names))

    def _subscripted(self, name: str, scope: tuple[str, ...]) -> Meaning | None:
        """What x_n or A_ij means, or None where it is a name like any other (T_1, S_xx)."""
        base, _, subscript = name.partition("_")
        member = self._member(name, base, subscript)
        if member is not None or name in self.declared:
            return member
        base_declared = self.declared.get(base)
        if base_declared is not None and not base_declared.args:
            index = _entry_index(base_declared.arity, subscript, self.bound)
            return self._entry(base, index) if index else None
        index = split(subscript)
        in_sum = any(part in scope for part in (*index, subscript))
        if base in self.bare and (in_sum or set(index) <= _ENTRY_LETTERS) and base not in self.functions and len(index) <= 2:
            return self._entry(base, (subscript,) if subscript in scope else index)
        if base == "e" and len(index) == 1 and name not in self.operator_names:
            return Meaning("unit", index=index)
        return None

    def _member(self, name: str, base: str, subscript: str) -> Meaning | None:
        for (family_base, arity), entity in self.families.items():
            if family_base != base:
                continue
            index = entity.index if name == entity.name else _cut(subscript, arity, self.bound)
            if index and name not in self.declared or name == entity.name:
                if any(part.isdigit() for part in index):
                    raise ShapeError("E209", f"{name} looks like one numbered member of the family {entity.name}; single members by number are not supported yet",
                                     hint=f"declare {name} to be a variable of its own")
                if not entity.preferences:
                    entity.preferences = kinds.preferences(entity.name, entity.name in self.operator_names)
                return Meaning("member", entity, index)
        return None

    def _entry(self, base: str, index: tuple[str, ...]) -> Meaning:
        meaning = self.meanings.get(base)
        if meaning is None:
            meaning = self.meanings[base] = Meaning("plain", self._plain(base))
        entity = meaning.entity
        if entity is not None and entity.declared is None:
            entity.never |= {"scalar", "matrix"} if len(index) == 1 else {"scalar", "vector"}
        return Meaning("entry", entity, index)

    def _function(self, node: Sym) -> None:
        if node.name not in self.entities:
            declared = self.declared.get(node.name)
            entity = Entity(node.name, "function", declared, args=declared.args if declared else ())
            entity.preferences = kinds.preferences(node.name, is_variable=False)
            self._enter(entity, node.span)

    # -- the operator ------------------------------------------------------------------------------------------------

    def resolve_by(self, by: By) -> By:
        """The same `by`, told in terms of the symbol table; a variable that does not occur gets a row there.

        Raises ShapeError: E208 for an index of a sum, E211 for what is no variable.
        """
        if by.index:
            return self._indexed_by(by)
        name = by.name
        meaning = self.meanings.get(name) or self._by_meaning(name, by)
        if meaning.entity is None:
            raise self._no_variable(by, f"{name} is a number here" if meaning.role == "number" else f"{name} is a unit vector here")
        self._check_variable(by, meaning.entity)
        if meaning.entity.name not in self.entities:
            self._enter(meaning.entity, syntax.NOWHERE)
            self.notes.append(f"{name} does not occur in the expression")
        self.meanings.setdefault(name, meaning)
        if meaning.entity.index and not meaning.index:
            raise self._no_variable(by, f"{name} is a family: differentiate by one of its members")
        return By(meaning.entity.name, by.transposed, meaning.index, span=by.span)

    def _indexed_by(self, by: By) -> By:
        written = f"{by.name}_{''.join(by.index)}"
        meaning = self.meanings.get(written) or self._by_meaning(written, by)
        if meaning.role in {"member", "entry"} and meaning.entity is not None:
            self._enter(meaning.entity, syntax.NOWHERE)
            return By(meaning.entity.name, by.transposed, meaning.index, span=by.span)
        entity = self._entry(by.name, by.index).entity
        if entity is None:
            raise self._no_variable(by, f"{by.name} is a number here")
        self._check_variable(by, entity)
        self._enter(entity, syntax.NOWHERE)
        return by

    def _by_meaning(self, name: str, by: By) -> Meaning:
        if name in self.bound:
            raise ShapeError("E208", f"{name} is the index of a sum here: it is bound, and there is no derivative by it", Label(by.span, "the index of a sum"),
                             hint="differentiate by a variable", source=self.reading.operator_text or None)
        if name in self.functions:
            raise self._no_variable(by, f"{name} is a function here: differentiate by its argument")
        family = next((entity for (base, _), entity in self.families.items() if base == name and name not in self.declared), None)
        if family is not None:
            raise self._no_variable(by, f"{name} is not a variable here, but {family.name} is a family", f"write d/d{family.name}, or declare {name}")
        return self._meaning(name, "value", ())

    def _check_variable(self, by: By, entity: Entity) -> None:
        if entity.role in {"integer", "size"}:
            what = "an integer" if entity.role == "integer" else "a size"
            raise self._no_variable(by, f"{entity.name} is {what}: there is no derivative by it", f"declare {entity.name} in R if it is a number that varies")
        if entity.role == "function":
            raise self._no_variable(by, f"{entity.name} is a function here: differentiate by its argument")

    def _no_variable(self, by: By, message: str, hint: str = "") -> ShapeError:
        return ShapeError("E211", message, Label(by.span), hint=hint or "differentiate by a variable", source=self.reading.operator_text or None)

    def enter_declared(self) -> None:
        """Rows for what is declared and occurs nowhere."""
        for name, declared in self.declared.items():
            if name not in self.entities and declared.value is None:
                self.entities[name] = self._plain(name)


def atoms_of(term: sizes.Term | None) -> Iterator[str]:
    """The names in a size."""
    if isinstance(term, str):
        yield term
    elif isinstance(term, sizes.Polynomial):
        yield from {atom for atoms in term.monomials for atom in atoms if isinstance(atom, str)}


def split(subscript: str) -> tuple[str, ...]:
    """A subscript as indices: "ij" → ("i", "j"), "1,2" → ("1", "2"), "train" → its letters (too many to be indices)."""
    if "," in subscript:
        return tuple(subscript.split(","))
    return (subscript,) if subscript.isdigit() and len(subscript) > 2 else tuple(subscript)


def _cut(subscript: str, arity: int, bound: set[str]) -> tuple[str, ...]:
    """A subscript as `arity` indices, or () where it cannot be that."""
    if arity == 1 and (subscript in bound or len(subscript) == 1 or subscript.isdigit()):
        return (subscript,)
    parts = split(subscript)
    return parts if len(parts) == arity else ()


def _entry_index(arity: int, subscript: str, bound: set[str]) -> tuple[str, ...]:
    return _cut(subscript, arity, bound) if arity else ()


def _single(index: tuple[str, ...]) -> bool:
    return len(index) == 1


def _alike(declared: str, name: str, index: tuple[str, ...]) -> bool:
    """Whether a declared alpha_n is the family that alpha_m is a member of."""
    base, _, subscript = declared.partition("_")
    return base == name.partition("_")[0] and len(split(subscript)) == len(index) and not subscript.isdigit() and subscript != ""
