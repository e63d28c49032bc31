"""Context variables: what the standard module passes on, without looking for that module's file."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextvars import ContextVar as ContextVar
else:
    from _contextvars import ContextVar as ContextVar
