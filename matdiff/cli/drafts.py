"""Files that appear whole or not at all: they are written beside their place, under another name, and moved there in
the end.
"""

from __future__ import annotations

import os
import stat
import tempfile
from matdiff.lean.typing import TextIO
from pathlib import Path


def draft(path: str) -> tuple[TextIO, str]:
    """An open file for what is to stand at `path`, and the name that it has until then ("" where `path` itself is
    written to).

    That is so for what is no plain file (a device, a pipe), and where its folder takes no new files.  Raises OSError.
    """
    place = Path(os.path.realpath(path))
    try:
        held: os.stat_result | None = place.stat()
    except FileNotFoundError:
        held = None
    is_plain = not Path(path).absolute().is_relative_to("/dev") and (held is None or stat.S_ISREG(held.st_mode))
    if not is_plain:
        return _opened(place), ""
    if held is not None and not os.access(place, os.W_OK):
        raise PermissionError(13, "Permission denied")
    try:
        descriptor, name = tempfile.mkstemp(prefix=".matdiff-", dir=place.parent)
    except PermissionError:
        return _opened(place), ""
    if os.name == "posix":
        os.fchmod(descriptor, stat.S_IMODE(held.st_mode) if held is not None else 0o666 & ~_mask())
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="\n"), name


def _opened(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="\n")


def _mask() -> int:
    """The bits that new files lack; the system tells them only when they are set."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
