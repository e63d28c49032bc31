"""Letters with an index, told by what stands beside them: in A_ij x_i y_j, where A is a matrix of the question, x_i and
y_j are numbers, too; x_k in a question that has x is an entry of it; members y_i of no declared family that stand
beside entries x_i of the same index are entries of a vector y themselves, where they are numbers.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Label, ShapeError
from matdiff.formula.syntax import Add, Call, Mul, Num, Sym, Together, subtrees
from matdiff.reading import kinds
from matdiff.reading.entities import ENTRY_LETTERS, split
from matdiff.reading.sizes import SCALAR

if TYPE_CHECKING:
    from matdiff.errors import Span
    from matdiff.formula.syntax import Expr
    from matdiff.reading.entities import Entity
    from matdiff.reading.inference import Inference
    from matdiff.reading.meanings import Names


def beside_entries(names: Names) -> set[str]:
    """The undeclared x and y of A_ij x_i y_j, a product of letters with an entry.

    In A_ij x_i^T x_j and A_ij ||x_i - x_j||^2 they need not be numbers; nor need x_i be one in alpha_i x_i.
    """
    found: set[str] = set()
    if not any("_" in occurrence.node.name for occurrence in names.found):
        return found
    products = [node.factors for node in subtrees(names.reading.expression) if isinstance(node, Mul)]
    of_letters = [[f.name for f in one if isinstance(f, Sym)] for one in products if _has_only_letters(one)]
    while more := {base for product in of_letters for base in _numbers_among(names, product, found)} - found:
        found |= more
    return found


def _numbers_among(names: Names, product: list[str], known: set[str]) -> set[str]:
    """The bases of those in a product with an entry that are numbers as well; known: bases found before."""
    parted = [(name, *name.partition("_")[::2]) for name in product if "_" in name]
    entries = [(base, index) for name, base, index in parted if base in known or names.has_entries(name)]
    running = names.bound | ENTRY_LETTERS
    letters = {letter for _, index in entries for letter in split(index)} & running
    weights = all(base in kinds.GREEK and len(split(index)) == 1 for base, index in entries)
    return {
        base
        for name, base, index in parted
        if name not in names.declared
        and not names.is_family(base)
        and letters & set(split(index))
        and (len(index) == 1 or set(split(index)) <= running)
        and not (weights and base in kinds.USUAL_VECTORS)
    }


def _has_only_letters(factors: tuple[Expr, ...]) -> bool:
    return all(isinstance(factor, (Sym, Num)) for factor in factors)


def beside_its_base(names: Names, name: str, base: str, index: tuple[str, ...], scope: tuple[str, ...]) -> str:
    """What x_k is in a question that has x: an "entry" of it, a "name" of its own, or neither: "".

    W_2 beside W is another matrix, an entry of which has two indices; z_y is an entry where that fits.
    """
    if base in names.functions or len(index) > len("ij"):
        return ""
    running = any(part in scope for part in index)
    if not running and not _counts(index):
        if len(index) > 1 or len(index[0]) > 1 or not index[0].islower():
            return ""
        if name in names.apart:
            return "name"
        names.labelled.add(name)
    alone = len(index) == 1 and not running and base in names.standing
    return "name" if alone and kinds.by_letter(base) == kinds.MATRIX_KIND else "entry"


def _counts(index: tuple[str, ...]) -> bool:
    """Whether an index numbers entries to all who read it: x_2, A_ij."""
    return set(index) <= ENTRY_LETTERS or all(part.isdigit() and part.strip("0") for part in index)


def members_beside_entries(names: Names, inference: Inference) -> tuple[frozenset[str], list[Entity]]:
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


def _two_readings(names: Names, place: Span, name: str, readings: str, hint: str) -> ShapeError:
    """E125: a letter with an index reads in two ways."""
    message = f"'{name}' can be read in two ways: {readings}"
    return ShapeError("E125", message, Label(place), hint=hint, source=names.reading.text)


def entry_or_vector(names: Names, entity: Entity) -> ShapeError:
    """E125: y_i beside x_i."""
    base = entity.name.partition("_")[0]
    place = next(o.node.span for o in names.found if o.node.name.partition("_")[0] == base and "_" in o.node.name)
    readings = f"as an entry of a vector {base}, or as one of several vectors"
    return _two_readings(names, place, entity.name, readings, f"declare {base} in R^n or {entity.name} in R^n")


def _owner_of_entry(names: Names, node: Sym) -> Entity | None:
    """What a letter with an index is read as an entry of."""
    meaning = names.meanings.get(node.name)
    return meaning.entity if meaning is not None and meaning.role == "entry" and node.subscript else None


def check_transposed(names: Names, node: Sym) -> None:
    """Raise E125 for u_i^T in a question by u: an entry has no transpose, so that u_i looks like a vector."""
    owner = _owner_of_entry(names, node)
    if owner is None:
        return
    readings = f"{node.name} as an entry of {owner.name}, or as one of several vectors"
    hint = f"differentiate by {node.name}, or leave the transpose away for the entry"
    raise _two_readings(names, node.span, f"{node.name}^T", readings, hint)


def check_behind(names: Names, node: Sym) -> None:
    """Raise E125 for x^T v_k, where v_k is read as an entry of an undeclared v."""
    owner = _owner_of_entry(names, node)
    if owner is None or owner.declared is not None:
        return
    readings = f"as an entry of {owner.name}, or as a vector of its own"
    hint = f"declare {node.name} in R^n, or {owner.name} in R^n for the entry"
    raise _two_readings(names, node.span, node.name, readings, hint)


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


def ahead(tree: Expr) -> frozenset[str]:
    """The names x of which an entry x_{i+1} stands somewhere: how long they are is not told by x_i."""
    calls = [node for node in subtrees(tree) if isinstance(node, Call) and len(node.args) > 1]
    return frozenset(
        [
            node.args[0].name
            for node in calls
            if isinstance(node.args[0], Sym) and any(isinstance(index, Add) for index in node.args[1:])
        ]
    )
