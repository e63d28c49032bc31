"""What every name of a question refers to: a variable, a member of a family x_n, an entry A_ij, a size, an index of a
sum, a function.

This is settled before any kind or size is known; only which letters stand where matters, and what was declared.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.functools import cached_property
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Label, ShapeError
from matdiff.formula.occurrences import Occurrence, occurrences
from matdiff.formula.syntax import DELTA, Expr, Relation, Sym, Transpose, subtrees
from matdiff.functions import names as fn
from matdiff.reading import kinds, sizes
from matdiff.reading.declared import declare
from matdiff.reading.entities import ENTRY_LETTERS, Entity, Meaning, split
from matdiff.reading.indexed_letters import ahead, beside_entries, beside_its_base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matdiff.formula.question import Reading

_ARGUMENT_LETTERS = "zstvqrghabcdklmnopuwxy"


class Names:
    """The names of one question.

    meanings: by name as written.  entities: rows of the symbol table to be, in order.  soft: sizes that may turn out to
    be numbers.
    bound: indices of sums.  notes: what was guessed.  euler: whether an undeclared e is Euler's number.
    labelled: those z_y that are read as entries by their place alone; apart: those that are names of their own, as a
    first reading has shown.
    numbers: letters x of families x_n that are numbers, since they multiply entries.
    units: whether an undeclared e_n in a sum over n is a unit vector (else a family); units_in_sums: whether that made
    a difference.
    mixed: whether a number was met beside an array in a sum; spreading: whether such are added to every entry.
    applied: the arguments that a function has where it is written bare.
    vectors: undeclared names the members of which, y_i, are entries, since they are numbers beside entries x_i.
    """

    def __init__(
        self,
        reading: Reading,
        *,
        units: bool = True,
        apart: frozenset[str] = frozenset(),
        vectors: frozenset[str] = frozenset(),
    ) -> None:
        self.reading = reading
        self.apart, self.labelled = apart, set[str]()
        self.units = units
        self.units_in_sums = False
        self.euler = False
        self.mixed = self.spreading = False
        self.declared = declare(reading)
        self.meanings: dict[str, Meaning] = {}
        self.entities: dict[str, Entity] = {}
        self.families: dict[tuple[str, int], Entity] = {}
        self.applied: dict[str, tuple[Sym, ...]] = {}
        self.vectors, self.ahead = vectors, ahead(reading.expression)
        self.notes: list[str] = [
            *reading.notes,
            *[f"{name} with an index was read as an entry of {name}" for name in sorted(vectors)],
        ]
        self.found, self.bound = occurrences(reading.expression)
        self.operator_names = {by.name for by in reading.operator.by} if reading.operator else set()
        self.functions = {o.node.name for o in self.found if o.use == "function"} | {
            name for name, d in self.declared.items() if d.args
        }
        self.standing = {o.node.name for o in self.found if o.use == "value"}
        self.bare = self.standing | self.operator_names | vectors
        self.size_names = {
            atom for d in self.declared.values() for side in (d.rows, d.columns) for atom in atoms_of(side)
        }
        written = {o.node.name for o in self.found if o.use in {"size", "bound"} and o.node.name}
        self.soft: set[str] = {name for name in written if name not in self.size_names and name not in self.declared}
        self.size_names |= (written - self.bound) | set(reading.sizes)
        self._find_families()
        for occurrence in self.found:
            self._settle(occurrence)
        self._check_indices()

    def _find_families(self) -> None:
        for name, index in self.reading.families:
            self._family(name, index)
        self.entry_indices = {
            letter
            for o in self.found
            if "_" in o.node.name and o.node.name not in self.declared and self.has_entries(o.node.name)
            for letter in split(o.node.name.partition("_")[2])
        }
        self.numbers = beside_entries(self)
        if not self.bound:
            self.bare |= self.numbers
        else:
            self._declared_families()
            self._undeclared_families()

    def has_entries(self, name: str) -> bool:
        """Whether x_i is an entry: of a declared x, or of one that is differentiated by."""
        base = name.partition("_")[0]
        return base in self.operator_names or (base in self.declared and not self.declared[base].args)

    def is_family(self, base: str) -> bool:
        return any(name.partition("_")[0] == base for name in self.declared)

    def _check_indices(self) -> None:
        for name in self.bound & self.meanings.keys():
            places = [Label(o.node.span) for o in self.found if o.node.name == name and name not in o.scope]
            raise ShapeError(
                "E208",
                f"{name} is the index of a sum, and also stands outside of it as something else",
                *places[:1],
                hint="give the index another letter",
            )

    # -- families ----------------------------------------------------------------------------------------------------

    def _declared_families(self) -> None:
        """A declared x_n is a family if a sum binds n."""
        for name, declared in self.declared.items():
            index = _bound_index(name, self.bound)
            whole = len(index) == 1 or all(part in self.bound for part in index)
            if name.partition("_")[0] in self.vectors:
                continue
            if index and not declared.args and (whole or declared.kind == "scalar"):
                self._family(name, index)

    def _undeclared_families(self) -> None:
        """An undeclared x_n under a sum over n is one, too, unless x or a family of that name is there."""
        for occurrence in self.found:
            name = occurrence.node.name
            if occurrence.use != "value" or name in self.declared or name in occurrence.scope:
                continue
            index = _bound_index(name, occurrence.scope)
            if len(index) == 2 and self._holder(name.partition("_")[0], index) is not None:
                continue
            if index and not self._known_base(name, index) and not self._delta(name, index, occurrence.scope):
                alike = next((d for d, said in self.declared.items() if _alike(d, name, index) and not said.args), "")
                self._family(alike or name, split(alike.partition("_")[2]) if alike else index)

    def _known_base(self, name: str, index: tuple[str, ...]) -> bool:
        base = name.partition("_")[0]
        if len(index) > 1 and self.entry_indices.issuperset(index):
            self.bare.add(base)  # A_ij beside entries x_i x_j is an entry of A
        if (base, len(index)) in self.families or base in self.declared:
            return True
        if base == fn.EULER and name not in self.operator_names and base not in self.bare:
            self.units_in_sums = True
            return self.units
        return base in self.bare

    def _holder(self, base: str, index: tuple[str, ...]) -> Entity | None:
        """The declared family of vectors x_n that x_nk is an entry of a member of."""
        found = self.families.get((base, 1))
        known = found is not None and found.declared is not None and found.declared.kind == "vector"
        return found if known and len(index) == 2 and (base, 2) not in self.families else None

    def _family(self, name: str, index: tuple[str, ...]) -> None:
        self.families.setdefault(
            (name.partition("_")[0], len(index)), Entity(name, declared=self.declared.get(name), index=index)
        )

    # -- single names ------------------------------------------------------------------------------------------------

    def _settle(self, occurrence: Occurrence) -> None:
        node, use, name = occurrence.node, occurrence.use, occurrence.node.name
        if not name or use == "marker" or name in occurrence.scope or name.isdigit():
            return
        if name in self.functions:
            self._settle_function(occurrence)
            return
        meaning = self.meanings.get(name)
        if meaning is None:
            meaning = self.meanings[name] = self.meaning(name, use, occurrence.scope)
        if meaning.role == "unit":
            self._settle(Occurrence(Sym(meaning.index[0], span=node.span), "index", occurrence.scope))
        if meaning.entity is not None:
            self.entities.setdefault(meaning.entity.name, meaning.entity)
            if use == "exponent":
                meaning.entity.never |= {"vector", "matrix"}
            told = meaning.role != "plain"  # another reading may have said more
            node.variable, node.index = (meaning.entity.name, meaning.index) if told else ("", ())
        elif meaning.role == "delta":
            node.variable, node.index = DELTA, meaning.index

    def meaning(self, name: str, use: str, scope: tuple[str, ...]) -> Meaning:
        """What a name that was not met before refers to, from how it is written and used."""
        declared = self.declared.get(name)
        if declared is not None and declared.value is not None:
            return Meaning("number", value=Fraction(declared.value))
        if use in {"size", "bound", "index"}:
            return Meaning("plain", self._number_like(name, use))
        if name in self.reading.kinds:
            return Meaning("plain", self.plain(name))
        base, _, subscript = name.partition("_")
        if subscript and base in self.vectors:
            return self.entry(base, (subscript,) if subscript in scope else split(subscript))
        subscripted = self._subscripted(name, scope) if subscript else None
        return subscripted or Meaning("plain", self.plain(name))

    def _number_like(self, name: str, use: str) -> Entity:
        known = self.entities.get(name)
        if known is not None:
            return known
        declared = self.declared.get(name)
        if declared is not None:
            return Entity(name, "integer" if declared.kind == "integer" else "variable", declared)
        return Entity(name, "size" if use != "index" else "integer")

    def plain(self, name: str) -> Entity:
        """A row for a name that is nothing but itself."""
        declared = self.declared.get(name)
        if declared is not None:
            role = "function" if declared.args else "integer" if declared.kind == "integer" else "variable"
            return Entity(
                name,
                role,
                declared,
                args=declared.args,
                preferences=() if declared.kind else kinds.preferences(name, is_variable=False),
            )
        if name in self.size_names:
            return Entity(name, "size", preferences=kinds.SIZE_PREFERENCES)
        if name in self.reading.kinds:
            return Entity(name, preferences=((self.reading.kinds[name], 0.0),))
        return Entity(name, preferences=kinds.preferences(name, name in self.operator_names))

    def _subscripted(self, name: str, scope: tuple[str, ...]) -> Meaning | None:
        """What x_n or A_ij means, or None where it is a name like any other (T_1, S_xx)."""
        base, _, subscript = name.partition("_")
        member = self._member(name, base, subscript)
        if member is not None or name in self.declared:
            return member
        holder = self._holder(base, split(subscript))
        if holder is not None:
            return Meaning("component", holder, split(subscript))
        declared = self.declared.get(base)
        if declared is not None and not declared.args:
            cut = _cut(subscript, declared.arity, self.bound) if declared.arity else ()
            if cut and not all(part in self.bound or part in ENTRY_LETTERS or part.isdigit() for part in cut):
                self.notes.append(f"{name} was read as an entry of {base}, since {base} is declared and {name} is not")
            return self.entry(base, cut) if cut else None
        index = (subscript,) if subscript in scope else split(subscript)
        if base in self.bare:
            if subscript not in scope and name in self.turned:
                return None
            told = beside_its_base(self, name, base, index, scope)
            if told == "name":
                self.notes.append(f"{name} {kinds.TAKEN} a name of its own, no entry of {base}")
                return None
            if told == "entry":
                return self.entry(base, index)
        if base == fn.EULER and len(index) == 1 and name not in self.operator_names:
            return Meaning("unit", index=index)
        return self._delta(name, index, scope)

    @cached_property
    def turned(self) -> frozenset[str]:
        """The names x_k of which x_k^T or x_k <= x stands somewhere: they are no entries of x."""
        every = list(subtrees(self.reading.expression))
        turned = [node.arg for node in every if isinstance(node, Transpose)]
        sides = [(node.left, node.right) for node in every if isinstance(node, Relation)]
        turned += [
            one
            for left, right in sides
            for one, other in ((left, right), (right, left))
            if isinstance(one, Sym) and isinstance(other, Sym) and one.base == other.name
        ]
        return frozenset([inner.name for inner in turned if isinstance(inner, Sym)])

    def _delta(self, name: str, index: tuple[str, ...], scope: tuple[str, ...]) -> Meaning | None:
        """delta_kl of two indices of members: Kronecker's, where no other delta is about."""
        members = {part for known in self.operator_names for part in split(known.partition("_")[2])}
        members.update(self.reading.letters)
        if len(index) != 2 or not name.startswith(f"{DELTA}_") or DELTA in self.bare or name in self.operator_names:
            return None
        known = all(part in scope or part in members or part.isdigit() for part in index)
        return Meaning("delta", index=index) if known else None

    def _member(self, name: str, base: str, subscript: str) -> Meaning | None:
        for (family_base, arity), entity in self.families.items():
            own = name == entity.name
            index = entity.index if own else _cut(subscript, arity, self.bound)
            if family_base != base or not index or (name in self.declared and not own):
                continue
            if not entity.preferences:
                entity.preferences = self._of_members(entity, base, arity)
            return Meaning("member", entity, index)
        return None

    def _of_members(self, entity: Entity, base: str, arity: int) -> kinds.Alternatives:
        if base in self.numbers:
            if kinds.by_letter(base) != kinds.SCALAR_KIND:
                self.notes.append(f"{entity.name} {kinds.TAKEN} a scalar: it multiplies an entry")
            return ((kinds.SCALAR_KIND, 0.0),)
        letters = kinds.preferences(entity.name, entity.name in self.operator_names)
        return letters if arity == 1 else kinds.ENTRY_PREFERENCES

    def entry(self, base: str, index: tuple[str, ...]) -> Meaning:
        """An entry of `base`; an undeclared base is a vector or a matrix after that."""
        meaning = self.meanings.get(base)
        if meaning is None:
            meaning = self.meanings[base] = Meaning("plain", self.plain(base))
        entity = meaning.entity
        if entity is not None and entity.declared is None:
            entity.never |= {"scalar", "matrix"} if len(index) == 1 else {"scalar", "vector"}
        return Meaning("entry", entity, index)

    # -- functions ---------------------------------------------------------------------------------------------------

    def _settle_function(self, occurrence: Occurrence) -> None:
        """A function, applied or bare; a bare one has the arguments of its declaration or of its first use."""
        name = occurrence.node.name
        if running := [part for part in _bound_index(name, occurrence.scope) if part in occurrence.scope]:
            raise ShapeError(
                "E301",
                f"{name} would be another function for every {' and '.join(running)}: a family of functions is not "
                "supported yet",
                Label(occurrence.node.span),
            )
        if name not in self.entities:
            declared = self.declared.get(name)
            first = next((o.args for o in self.found if o.use == "function" and o.node.name == name), ())
            args = declared.args if declared and declared.args else self._formal(first)
            self.entities[name] = Entity(
                name, "function", declared, args=args, preferences=kinds.preferences(name, is_variable=False)
            )
            self.applied[name] = tuple([Sym(arg) for arg in args])
        if occurrence.use == "function":
            return
        known = {o.node.name for o in self.found} | set(self.declared)
        formal = set(self.entities[name].args)
        if occurrence.use != "value" or not formal <= known or formal & self.functions:
            raise ShapeError("E214", f"{name} is a function here: write its argument", Label(occurrence.node.span))
        for arg in self.applied[name]:
            self._settle(Occurrence(arg, "value", occurrence.scope))

    def _formal(self, args: tuple[Expr, ...]) -> tuple[str, ...]:
        """Names for the arguments of an undeclared function: their own where they are names, else letters that are
        free.
        """
        used = {occurrence.node.name for occurrence in self.found} | set(self.declared) | self.operator_names
        free = (letter for letter in _ARGUMENT_LETTERS if letter not in used)
        names: list[str] = []
        for arg in args:
            own = arg.name if isinstance(arg, Sym) and arg.name not in names else ""
            names.append(own or next(free, f"arg_{len(names) + 1}"))
        return tuple(names)

    def enter_declared(self) -> None:
        """Rows for what is declared and occurs nowhere."""
        for name, declared in self.declared.items():
            if name not in self.entities and declared.value is None and name.partition("_")[0] not in self.vectors:
                self.entities[name] = self.plain(name)


def atoms_of(term: sizes.SizeTerm | None) -> Iterator[str]:
    """The names in a size."""
    if isinstance(term, str):
        yield term
    elif isinstance(term, sizes.Polynomial):
        yield from {atom for atoms in term.monomials for atom in atoms if isinstance(atom, str)}


def _bound_index(name: str, bound: set[str] | tuple[str, ...]) -> tuple[str, ...]:
    """The subscript of a name as indices, some of them bound by a sum; () where none is."""
    subscript = name.partition("_")[2]
    if subscript in bound:
        return (subscript,)
    parts = split(subscript)
    return parts if len(parts) == 2 and any(part in bound for part in parts) else ()


def _cut(subscript: str, arity: int, bound: set[str]) -> tuple[str, ...]:
    """A subscript as `arity` indices, or () where it cannot be that."""
    if arity == 1 and (subscript in bound or len(subscript) == 1 or subscript.isdigit()):
        return (subscript,)
    parts = split(subscript)
    return parts if len(parts) == arity else ()


def _alike(declared: str, name: str, index: tuple[str, ...]) -> bool:
    """Whether a declared alpha_n is the family that alpha_m is a member of."""
    base, _, subscript = declared.partition("_")
    return base == name.partition("_")[0] and len(split(subscript)) == len(index) and not subscript.isdigit()
