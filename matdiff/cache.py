"""The user's cache folder: files that belong to this user alone and are whole, or none."""

# importing pathlib would take longer than all that is done here
# ruff: noqa: PTH103, PTH105, PTH107, PTH111, PTH117, PTH118, PTH123, PTH208

from __future__ import annotations

import os
import stat
import sys
from _imp import source_hash  # the checksum that Python gives its own bytecode

CHECKSUM = 8  # bytes
_LENGTH = 8  # bytes that tell the length of what the checksum is of
_KEY = 0x6D617464


def checksum(content: bytes | memoryview) -> bytes:
    return source_hash(_KEY, content)


def folder() -> str:
    """Where this user's cached files lie; "" where no place is told."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME", "") or os.path.expanduser("~/.cache")
    return os.path.join(base, "matdiff") if os.path.isabs(base) else ""


def read(name: str) -> bytes | None:
    """What was written under `name`; None where there is no such file, or none that is this user's and whole."""
    parts = read_parts(name)
    return parts and bytes(parts[0])


def read_parts(name: str) -> tuple[memoryview, memoryview] | None:
    """What was written under `name`, and what was attached to it: that is not known to be whole."""
    place = folder()
    if not place:
        return None
    try:
        held = memoryview(_own_content(f"{place}{os.sep}{name}"))
    except (OSError, ValueError):
        return None
    end = CHECKSUM + _LENGTH + int.from_bytes(held[CHECKSUM : CHECKSUM + _LENGTH], "little")
    if held[:CHECKSUM] != checksum(held[CHECKSUM:end]):
        return None
    return held[CHECKSUM + _LENGTH : end], held[end:]


def _own_content(place: str) -> bytes:
    """The content of a plain file that this user alone can write; anything else (a pipe, say) raises OSError.

    It is opened without waiting, so that a pipe in its place holds nobody up.
    """
    descriptor = os.open(place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        held = os.fstat(descriptor)
        foreign = hasattr(os, "getuid") and (held.st_uid != os.getuid() or held.st_mode & 0o022)
        if not stat.S_ISREG(held.st_mode) or foreign:
            raise PermissionError
        return b"".join(iter(lambda: os.read(descriptor, max(held.st_size, 1)), b""))
    finally:
        os.close(descriptor)


def is_writable() -> bool:
    """Whether files can be kept; the folder is made for that."""
    place = folder()
    try:
        os.makedirs(place, exist_ok=True)
    except OSError:
        return False
    return os.access(place, os.W_OK)


def write(name: str, content: bytes, attached: bytes = b"") -> None:
    """Keep `content` under `name`, if that can be done, and behind it what readers need not check as a whole.

    It is written to a file of our own first: another process may read or write at the same time.
    """
    place = folder()
    if not place:
        return
    draft = os.path.join(place, f"{name}.{os.getpid()}")
    try:
        os.makedirs(place, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with open(descriptor, "wb") as file:
            sealed = len(content).to_bytes(_LENGTH, "little") + content
            file.write(checksum(sealed) + sealed + attached)
        os.replace(draft, os.path.join(place, name))
    except OSError:
        _forget(draft)


def prune(kind: str, most: int) -> None:
    """Keep the `most` newest of the files whose names begin with `kind`."""
    place = folder()
    try:
        found = [os.path.join(place, name) for name in os.listdir(place) if name.startswith(kind)]
        found.sort(key=os.path.getmtime, reverse=True)
    except OSError:
        return
    for old in found[most:]:
        _forget(old)


def _forget(place: str) -> None:
    try:
        os.remove(place)
    except OSError:
        return
