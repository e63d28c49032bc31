"""What of `functools` the program needs: an attribute that is worked out once."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from functools import cached_property as cached_property
else:

    class cached_property:  # noqa: N801 # the standard name
        """A property whose value takes its place in the object."""

        def __init__(self, function):
            self._function, self._name, self.__doc__ = function, function.__name__, function.__doc__

        def __get__(self, owner, _):
            if owner is None:
                return self
            found = owner.__dict__[self._name] = self._function(owner)
            return found
