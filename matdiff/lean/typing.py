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
                space["_defaults"] = {field: space[field] for field in fields if field in space}
                space["_fields"] = space["__match_args__"] = fields
                for place, field in enumerate(fields):
                    space[field] = _tuplegetter(place, None)
            space.setdefault("__slots__", ())
            return type.__new__(mcs, name, bases, space)

    _tuple = tuple.__new__

    class NamedTuple(tuple, metaclass=_Fielded):  # noqa: SLOT001 # its metaclass sees to that
        _fields = ()
        _defaults = MappingProxyType({})

        def __new__(cls, *given, **named):
            fields = cls._fields
            if len(given) != len(fields):
                if len(given) > len(fields):
                    raise TypeError(f"{cls.__name__} takes {len(fields)} fields, not {len(given)}")
                given += tuple([_value(cls, field, named) for field in fields[len(given) :]])
            if named:
                raise TypeError(f"{cls.__name__} has no further field: {', '.join(named)}")
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

    def _value(cls, field, named):
        if field in named:
            return named.pop(field)
        if field in cls._defaults:
            return cls._defaults[field]
        raise TypeError(f"{cls.__name__} lacks its field {field}")
