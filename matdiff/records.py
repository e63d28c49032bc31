"""Records: classes of named fields that compare by them, at a tenth of a dataclass' price when the program starts."""

from __future__ import annotations

from matdiff.lean.typing import Any, ClassVar, TypeVar, dataclass_transform


class Compared:  # noqa: PLW1641 # they are changed while they are filled in
    """What has fields and is equal to another of its class where these are.

    A class names its fields in `__match_args__`, in the order of its constructor, and in `_compared` those that make
    two equal, where these are not all.
    """

    __slots__ = ()
    _fields: ClassVar[tuple[str, ...]] = ()
    _compared: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls._fields = getattr(cls, "__match_args__", ())
        if "_compared" not in cls.__dict__:
            cls._compared = cls._fields

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        for name in self._compared:  # noqa: SIM110 # a generator would cost a frame on every level of a formula
            if getattr(self, name) != getattr(other, name):
                return False
        return True

    def __repr__(self) -> str:
        said = ", ".join([f"{name}={getattr(self, name)!r}" for name in self._fields])
        return f"{type(self).__name__}({said})"


@dataclass_transform()
class Record(Compared):
    """What a dataclass is: fields by position or name, in the order of their annotations; the class holds defaults."""

    def __init_subclass__(cls) -> None:
        own = [name for name in cls.__annotations__ if not name.startswith("_")]
        cls._fields = tuple(dict.fromkeys([*cls._fields, *own]))
        if "_compared" not in cls.__dict__:
            cls._compared = cls._fields

    def __init__(self, *positional: Any, **named: Any) -> None:  # a field's own type is the type checker's matter
        fields = self._fields
        if len(positional) > len(fields) or (named and not named.keys() <= {*fields}):
            raise TypeError(f"{type(self).__name__} has no such field: {sorted(named.keys() - {*fields})}")
        own = self.__dict__
        if positional:
            own.update(zip(fields, positional, strict=False))
        if named:
            own.update(named)


R = TypeVar("R", bound=Compared)


def replace(record: R, **changes: Any) -> R:
    """A copy of a record with other values in some fields; a formula keeps its span and shape, too."""
    names = (*record._fields, *getattr(record, "_named", ()))
    return type(record)(**{name: changes[name] if name in changes else getattr(record, name) for name in names})
