"""Places in sorted lists: what the standard module passes on, without the functions that it writes in Python first."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from bisect import bisect_left as bisect_left
else:
    from _bisect import bisect_left as bisect_left
