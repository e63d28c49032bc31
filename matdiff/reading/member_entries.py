"""Members y_i of no declared family that stand beside entries x_i of the same index: entries of a vector y themselves,
where they are numbers.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Label, ShapeError
from matdiff.formula.syntax import Together
from matdiff.reading.sizes import SCALAR

if TYPE_CHECKING:
    from matdiff.formula.syntax import Sym
    from matdiff.reading.entities import Entity
    from matdiff.reading.inference import Inference
    from matdiff.reading.meanings import Names


def numbers(names: Names, inference: Inference) -> tuple[frozenset[str], list[Entity]]:
    """The names that are vectors, since their members are numbers beside entries, none where members of that index are
    vectors; and the families whose members are vectors undeclared, though numbers might do as well.
    """
    if isinstance(names.reading.expression, Together):
        return frozenset(), []  # a problem's data stay families, each by its own name
    entries = {part for meaning in names.meanings.values() if meaning.role == "entry" for part in meaning.index}
    shared = entries & names.bound
    found: set[str] = set()
    vectors: list[Entity] = []
    for meaning in names.meanings.values() if shared else ():
        entity = meaning.entity
        if meaning.role != "member" or entity is None or shared.isdisjoint(meaning.index):
            continue
        base = entity.name.partition("_")[0]
        if base in names.vectors or entity.name in names.operator_names or base in names.declared:
            continue
        if inference.shapes.get(entity.name) == SCALAR:
            found.add(base)
        else:
            vectors.append(entity)
    return frozenset() if vectors else frozenset(found), [one for one in vectors if one.declared is None]


def entry_or_vector(names: Names, entity: Entity) -> ShapeError:
    """E125: y_i beside x_i."""
    base = entity.name.partition("_")[0]
    place = next(o.node.span for o in names.found if o.node.name.partition("_")[0] == base and "_" in o.node.name)
    return ShapeError(
        "E125",
        f"'{entity.name}' can be read in two ways: as an entry of a vector {base}, or as one of several vectors",
        Label(place),
        hint=f"declare {base} in R^n or {entity.name} in R^n",
        source=names.reading.text,
    )


def check_transposed(names: Names, node: Sym) -> None:
    """Raise E125 for u_i^T in a question by u: an entry has no transpose, so that u_i looks like a vector."""
    meaning = names.meanings.get(node.name)
    if meaning is None or meaning.role != "entry" or meaning.entity is None or not node.subscript:
        return
    base = meaning.entity.name
    raise ShapeError(
        "E125",
        f"'{node.name}^T' can be read in two ways: {node.name} as an entry of {base}, or as one of several vectors",
        Label(node.span),
        hint=f"differentiate by {node.name}, or leave the transpose away for the entry",
        source=names.reading.text,
    )


def check_outside(names: Names) -> None:
    """Raise E208 for x_i outside of the only sum over i."""
    for occurrence in names.found:
        node = occurrence.node
        outside = [part for part in node.index if part in names.bound and part not in occurrence.scope]
        if outside and occurrence.use == "value":
            message = (
                f"{node.name} stands outside of the sum over {outside[0]}, which takes the product behind it alone"
            )
            hint = f"put what is summed into brackets, or give the index another letter than {outside[0]}"
            raise ShapeError("E208", message, Label(node.span), hint=hint, source=names.reading.text)


def check_behind(names: Names, node: Sym) -> None:
    """Raise E125 for x^T v_k, where v_k is read as an entry of an undeclared v."""
    meaning = names.meanings.get(node.name)
    if meaning is None or meaning.role != "entry" or meaning.entity is None or meaning.entity.declared is not None:
        return
    base = meaning.entity.name
    if node.subscript:
        raise ShapeError(
            "E125",
            f"'{node.name}' can be read in two ways: as an entry of {base}, or as a vector of its own",
            Label(node.span),
            hint=f"declare {node.name} in R^n, or {base} in R^n for the entry",
            source=names.reading.text,
        )
