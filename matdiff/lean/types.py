"""What of `types` the program needs: a view of a mapping that nobody can change."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import MappingProxyType as MappingProxyType
else:
    MappingProxyType = type(type.__dict__)
