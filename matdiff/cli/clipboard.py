"""The clipboard: through the desktop's own tool, else through the terminal (OSC 52), which also reaches over ssh."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

from matdiff.cli.output import message

_LONGEST = 74_994  # bytes that terminals take by OSC 52
_SECONDS = 5


def copy(text: str) -> None:
    """Put `text` on the clipboard; where there is none, say so on standard error."""
    data = text.rstrip("\n").encode("utf-8", "replace")
    if not _by_tool(data) and not _by_terminal(data):
        message("note: not copied: there is neither a clipboard tool (wl-copy, xclip, xsel, pbcopy) nor a terminal")


def tools() -> list[list[str]]:
    """The commands that may put their input on a clipboard here, best first."""
    if sys.platform == "darwin":
        return [["pbcopy"]]
    if sys.platform == "win32":
        return [["clip"]]
    found = [["tmux", "load-buffer", "-w", "-"]] if os.environ.get("TMUX") else []  # -w: the outer terminal's, too
    found += [["wl-copy"]] if os.environ.get("WAYLAND_DISPLAY") else []
    if os.environ.get("DISPLAY"):
        found += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    return [*found, ["clip.exe"]] if os.environ.get("WSL_DISTRO_NAME") else found


def _by_tool(data: bytes) -> bool:
    for command in tools():
        path = shutil.which(command[0])
        if path is None:
            continue
        given = data.decode().encode("utf-16") if command[0].startswith("clip") else data
        try:
            done = subprocess.run(  # noqa: S603 # fixed names, found on the PATH
                [path, *command[1:]],
                input=given,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return True
    return False


def _by_terminal(data: bytes) -> bool:
    if len(data) > _LONGEST or os.environ.get("TERM") == "dumb":
        return False
    try:
        with Path("/dev/tty").open("wb", buffering=0) as terminal:
            terminal.write(sequence(data, multiplexer="TMUX" in os.environ))
    except OSError:
        return False
    return True


def sequence(data: bytes, *, multiplexer: bool) -> bytes:
    """What asks a terminal to keep `data`; within tmux it is wrapped, so that tmux passes it on."""
    asked = b"\x1b]52;c;" + b64encode(data) + b"\x07"
    return b"\x1bPtmux;" + asked.replace(b"\x1b", b"\x1b\x1b") + b"\x1b\\" if multiplexer else asked
