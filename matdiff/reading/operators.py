"""The variables of an operator, told in terms of the symbol table."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Label, ShapeError
from matdiff.formula.question import By, Operator
from matdiff.functions import SPELLINGS, TABLE
from matdiff.functions import names as fn

if TYPE_CHECKING:
    from matdiff.reading.entities import Entity, Meaning
    from matdiff.reading.meanings import Names


def resolve(names: Names) -> Operator | None:
    """The operator with every `by` naming a row of the symbol table; a variable that does not occur gets a row, and a
    note.

    Raises ShapeError: E208 for an index of a sum, E211 for what is no variable.
    """
    operator = names.reading.operator
    if operator is None:
        return None
    if operator.bare and not _stands(names, operator.by[0].name):
        name = operator.text.strip()
        raise ShapeError(
            "E110",
            f"'{name}' is not an operator, and no variable of the question",
            Label(operator.by[0].span),
            hint=f"write d/d{re.split('_|^d', name)[-1]}, d^2/dx dx^T for a Hessian, or ∇_x",
            source=_source(names),
        )
    return Operator(tuple([_resolved(names, by) for by in operator.by]), operator.text, operator.power)


def _stands(names: Names, name: str) -> bool:
    """Whether a name is one of the question's: as written, declared, or as a member or an entry of what is."""
    base = name.partition("_")[0]
    known = {*names.meanings, *names.declared, *[base for base, _ in names.families]}
    return name in known or (base != name and base in known)


def _resolved(names: Names, by: By) -> By:
    written = f"{by.name}_{''.join(by.index)}" if by.index else by.name
    if written in _CONSTANT_NAMES and written not in names.declared and not _has_members_alone(names, written):
        raise _no_variable(
            names, by, f"{written} is a constant: there is no derivative by it", f"declare {written} in R"
        )
    meaning = names.meanings.get(written)
    if meaning is None:
        meaning = names.meanings[written] = _new_meaning(names, by, written)
    if by.index and meaning.role == "plain" and meaning.entity is not None and meaning.entity.declared is None:
        meaning = names.meanings[written] = names.entry(by.name, by.index)
    entity = meaning.entity
    if meaning.role == "component" and entity is not None:
        _refuse_component(names, by, written, entity, meaning.index)
    if entity is None:
        raise _no_variable(names, by, f"{written} is a {'number' if meaning.role == 'number' else 'unit vector'} here")
    _check(names, by, entity)
    _check_dotted(names, by, entity)
    if entity.name not in names.entities:
        names.entities[entity.name] = entity
        _check_entries(names, by, written)
        _check_alike(names, by, entity)
        names.notes.append(f"{entity.name} does not occur in the expression")
    return By(entity.name, by.transposed, meaning.index, span=by.span)


def _has_members_alone(names: Names, name: str) -> bool:
    """Whether the question has pi_k, and pi nowhere: then pi is what has these entries, and no constant."""
    return name not in names.standing and any(
        known.partition("_")[0] == name for known in names.meanings if "_" in known
    )


def _check_entries(names: Names, by: By, written: str) -> None:
    """E125 where x_m stands nowhere, but x_mk does: an entry of it, or another name, by which the derivative is 0."""
    entry = next(
        (name for name in names.meanings if "_" in written and name[:-1] == written and name[-1].isalpha()),
        None,
    )
    if entry is not None:
        base, _, subscript = entry.partition("_")
        raise ShapeError(
            "E125",
            f"'{entry}' can be read in two ways: as an entry of {written}, or as a name of its own",
            Label(by.span),
            hint=f"write e_{subscript[-1]}^T {written} for the entry, or give one of them another letter than {base}",
            source=_source(names),
        )


def _check_alike(names: Names, by: By, entity: Entity) -> None:
    """E211 where the variable stands nowhere, but a name that looks like it does: x_i for x, w_i for the rows of W; or
    where it stands in the subscript of another alone: V_x.
    """
    base = entity.name.partition("_")[0].casefold()
    for name in names.meanings:
        if name.partition("_")[2] == entity.name and name not in names.declared:
            raise _no_variable(
                names,
                by,
                f"{entity.name} does not occur in the expression but in the name {name}",
                f"write {name.partition('_')[0]}({entity.name}) if it depends on {entity.name}, or declare {name}",
            )
        alike = name.partition("_")[0].casefold().rstrip("0123456789") == base and name not in names.operator_names
        if alike and name not in names.declared:
            raise _no_variable(
                names,
                by,
                f"{entity.name} does not occur in the expression, but {name} does",
                f"write d/d{name}, or declare {entity.name} and {name} if they have nothing to do with each other",
            )
        if len(name) == 2 and entity.name in name and name.isalpha() and name not in names.declared:  # Xw in Python
            raise _no_variable(
                names,
                by,
                f"{entity.name} does not occur in the expression, but {name} does, which is one name here",
                f"write {name[0]} @ {name[1]} if a product is meant, or declare {name}",
            )


def _check_dotted(names: Names, by: By, entity: Entity) -> None:
    """E211 where the time differentiates what has a dot, which changes with it."""
    for name in names.meanings:
        if entity.name == "t" and name.partition("_")[2] in _DOTS and name not in names.declared:
            base = name.partition("_")[0]
            hint = f"write v(t) for it, a function of its own, or declare {name} if it is a constant"
            raise _no_variable(names, by, f"{name} is the derivative of {base} by the time: it depends on t", hint)


_DOTS = frozenset(("dot", "ddot"))


def _refuse_component(names: Names, by: By, written: str, entity: Entity, index: tuple[str, ...]) -> None:
    raise ShapeError(
        "E115",
        f"{written} is an entry of {entity.name}, which is a family: a derivative by that is not supported",
        Label(by.span),
        hint=f"differentiate by {written.partition('_')[0]}_{index[0]}, and take its entry {index[1]}",
        source=_source(names),
    )


_CONSTANT_NAMES = frozenset(name for name, row in SPELLINGS.items() if TABLE[row].shape == "constant") - {fn.EULER}


def _new_meaning(names: Names, by: By, written: str) -> Meaning:
    if written in names.bound:
        raise ShapeError(
            "E208",
            f"{written} is the index of a sum here: it is bound, and there is no derivative by it",
            Label(by.span, "the index of a sum"),
            hint="differentiate by a variable",
            source=_source(names),
        )
    if written in names.functions:
        raise _no_variable(names, by, f"{written} is a function here: differentiate by its argument")
    if written in names.size_names and written not in names.declared:
        raise _no_variable(
            names,
            by,
            f"{written} is a size here: there is no derivative by it",
            f"declare {written}, and name the size differently",
        )
    family = next(
        (entity for (base, _), entity in names.families.items() if base == written and written not in names.declared),
        None,
    )
    if family is not None:
        raise _no_variable(
            names,
            by,
            f"{written} is not a variable here, but {family.name} is a family",
            f"write d/d{family.name}, or declare {written}",
        )
    return names.meaning(written, "value", ())


def _source(names: Names) -> str | None:
    """The text that an operator's spans count in: its own, or the expression in front of which it stands."""
    reading = names.reading
    return reading.text if reading.operator_text in reading.text else reading.operator_text


def _check(names: Names, by: By, entity: Entity) -> None:
    if entity.role in {"integer", "size"}:
        what = "an integer" if entity.role == "integer" else "a size"
        hint = f"declare {entity.name} in R if it is a number that varies"
        raise _no_variable(names, by, f"{entity.name} is {what} here: there is no derivative by it", hint)
    if entity.role == "function":
        raise _no_variable(names, by, f"{entity.name} is a function here: differentiate by its argument")


def _no_variable(names: Names, by: By, message: str, hint: str = "") -> ShapeError:
    return ShapeError(
        "E211", message, Label(by.span), hint=hint or "differentiate by a variable", source=_source(names)
    )
