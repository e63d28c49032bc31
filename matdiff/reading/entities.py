"""What a question's names stand for: entities, which get rows in the symbol table, and what a name means of one."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matdiff.lean.fractions import Fraction

    from matdiff.reading import kinds
    from matdiff.reading.declared import Declared

ENTRY_LETTERS = frozenset("ijklmn")  # what numbers the entries of an array


class Entity:
    """Something that gets a row in the symbol table.

    role: "variable" "function" "integer" "size".  never: kinds that its uses rule out, and why (`because`).  index: a
    family's index names.
    """

    __slots__ = ("args", "because", "declared", "index", "name", "never", "preferences", "role")

    def __init__(
        self,
        name: str,
        role: str = "variable",
        declared: Declared | None = None,
        *,
        index: tuple[str, ...] = (),
        args: tuple[str, ...] = (),
        preferences: kinds.Alternatives = (),
    ) -> None:
        self.name, self.role, self.declared, self.index, self.args, self.preferences = (
            name,
            role,
            declared,
            index,
            args,
            preferences,
        )
        self.never: set[str] = set()
        self.because = ""

    @property
    def fixed(self) -> bool:
        """Whether its kind is known beforehand."""
        return (
            self.role == "integer"
            or len(self.preferences) == 1
            or (self.declared is not None and self.declared.kind != "")
        )


class Meaning:
    """What a name refers to: role "plain", "member" or "entry" of an entity, or "component": an entry x_nk of a member
    x_n; "unit" vector e_i; "delta" of two indices;
    "number" where `n = 3` was declared.
    """

    __slots__ = ("entity", "index", "role", "value")

    def __init__(
        self, role: str, entity: Entity | None = None, index: tuple[str, ...] = (), value: Fraction | None = None
    ) -> None:
        self.role, self.entity, self.index, self.value = role, entity, index, value


def split(subscript: str) -> tuple[str, ...]:
    """A subscript as indices: "ij" → ("i", "j"), "1,2" → ("1", "2"), "train" → its letters (too many to be indices)."""
    if "," in subscript:
        return tuple(subscript.split(","))
    if "_" in subscript:
        return tuple(subscript.split("_"))
    return (subscript,) if subscript.isdigit() and len(subscript) > 2 else tuple(subscript)
