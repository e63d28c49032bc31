"""What of `typing` is there at run time: records with named fields, and names that only annotations mention."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any as Any
    from typing import BinaryIO as BinaryIO
    from typing import ClassVar as ClassVar
    from typing import Generic as Generic
    from typing import Literal as Literal
    from typing import NamedTuple as NamedTuple
    from typing import NoReturn as NoReturn
    from typing import Protocol as Protocol
    from typing import Self as Self
    from typing import TextIO as TextIO
    from typing import TypeGuard as TypeGuard
    from typing import TypeVar as TypeVar
    from typing import cast as cast
    from typing import dataclass_transform as dataclass_transform
else:
    from _collections import _tuplegetter  # the getter that collections.namedtuple uses, too
    from matdiff.lean.types import MappingProxyType

    Any = BinaryIO = ClassVar = NoReturn = Self = TextIO = TypeGuard = object

    def TypeVar(*_, **__):
        return object

    def cast(_, value):
        return value

    def dataclass_transform(**_):
        return lambda cls: cls

    class Generic:
        __slots__ = ()

        def __class_getitem__(cls, _):
            return cls

    Literal = Protocol = Generic

    class _Fielded(type):
        """Makes a class of tuples out of annotated fields, without writing a program for it as the standard does."""

        def __new__(mcs, name, bases, space):
            fields = tuple(space.get("__annotations__", ()))
            if fields:
                space["_defaults"] = defaults = {field: space[field] for field in fields if field in space}
                space["_most"] = len(fields)
                space["_tail"] = tuple(defaults.values())  # of the last fields
                space["_fields"] = space["__match_args__"] = fields
                for place, field in enumerate(fields):
                    space[field] = _tuplegetter(place, None)
            space.setdefault("__slots__", ())
            return type.__new__(mcs, name, bases, space)

    _tuple = tuple.__new__

    class NamedTuple(tuple, metaclass=_Fielded):  # noqa: SLOT001 # its metaclass sees to that
        _fields = ()
        _defaults = MappingProxyType({})
        _most, _tail = 0, ()

        def __new__(cls, *given, **named):
            lacking = cls._most - len(given)
            if named or not 0 <= lacking <= len(cls._tail):
                given = _completed(cls, given, named)
            elif lacking:
                given += cls._tail[-lacking:]
            return _tuple(cls, given)

        def __getnewargs__(self):
            return tuple(self)

        def __repr__(self):
            return (
                f"{type(self).__name__}({', '.join([f'{f}={v!r}' for f, v in zip(self._fields, self, strict=True)])})"
            )

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def _replace(self, **changes):
            made = _tuple(
                type(self), [changes.pop(field, value) for field, value in zip(self._fields, self, strict=True)]
            )
            if changes:
                raise ValueError(f"{type(self).__name__} has no such field: {', '.join(changes)}")
            return made

    def _completed(cls, given, named):
        """The values of all fields, of which some were given by position, some by name, and others have defaults."""
        fields, defaults = cls._fields, cls._defaults
        if len(given) > len(fields) or not named.keys() <= {*fields[len(given) :]}:
            raise TypeError(f"{cls.__name__} takes the fields {', '.join(fields)}, each once")
        try:
            rest = [named[field] if field in named else defaults[field] for field in fields[len(given) :]]
        except KeyError as lacking:
            raise TypeError(f"{cls.__name__} lacks its field {lacking}") from None
        return (*given, *rest)
