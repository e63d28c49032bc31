"""Signals by their numbers: what the standard module gives names by enumerations is made by this one, at no price."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from signal import *
else:
    from _signal import *
    from _signal import ITIMER_REAL as ITIMER_REAL
