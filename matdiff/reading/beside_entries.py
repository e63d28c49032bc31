"""Letters with an index, told by what stands beside them: in A_ij x_i y_j, where A is a matrix of the question, x_i and
y_j are numbers, too; x_k in a question that has x is an entry of it.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Mul, Num, Sym, subtrees
from matdiff.reading import kinds
from matdiff.reading.entities import ENTRY_LETTERS, split

if TYPE_CHECKING:
    from matdiff.formula.syntax import Expr
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
