"""Answers as pictures in the terminal, where that says it can show them.

The terminal is asked, once: for kitty's graphics, for its name, its colours, the size of a letter, and what it is
(DA1), which every terminal answers last.
"""

from __future__ import annotations

import os
import sys
from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.cli.output import is_terminal
from matdiff.errors import OutputError
from matdiff.writing import images
from matdiff.writing.svg import drawn

if TYPE_CHECKING:
    from matdiff.writing.images import Colour

_PATIENCE = 1.0  # seconds; an answer may come through ssh
_TYPE = 0.75  # the size of type in a line's height
_LETTER = (10, 20)  # pixels, where the terminal doesn't say

_ASKED = b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[>0q\x1b]10;?\x1b\\\x1b]11;?\x1b\\\x1b[16t\x1b[c"
_LAST = re.compile(r"\x1b\[\?([0-9;]*)c")
_KITTY = re.compile(r"\x1b_Gi=31;OK")
_NAME = re.compile(r"\x1bP>\|([^\x1b]*)\x1b")
_COLOUR = re.compile(r"\x1b\](1[01]);rgb:([0-9a-fA-F]+)/([0-9a-fA-F]+)/([0-9a-fA-F]+)")
_SIZE = re.compile(r"\x1b\[6;([0-9]+);([0-9]+)t")
_SPEAK_ITERM2 = ("iterm2", "wezterm", "konsole", "mintty")


class Screen(NamedTuple):
    """A terminal that shows pictures: how ("kitty", "iterm2", "sixel", "" for not at all), the colours of its text and
    ground, a letter's width and height in pixels, and its name.
    """

    protocol: str = ""
    text: Colour = (128, 128, 128)
    ground: Colour = (0, 0, 0)
    letter: tuple[int, int] = _LETTER
    name: str = ""


def shown(text: str) -> str:
    """What makes this terminal show the picture of `text`.  Raises OutputError (E413) where it shows none."""
    if not is_terminal(sys.stdout):
        raise OutputError("E413", "a picture is shown in a terminal, and this is none", hint="-o x.png writes a file")
    return drawn_for(screen(), text, _columns())


def drawn_for(screen: Screen, text: str, columns: int) -> str:
    """The picture of `text` as a screen takes it, no wider than `columns`.  Raises OutputError (E413)."""
    if not screen.protocol:
        named = f" ({screen.name})" if screen.name else ""
        raise OutputError(
            "E413",
            f"this terminal shows no pictures{named}: it speaks neither kitty's protocol, iTerm2's nor sixel",
            hint="-o x.png or -o x.svg writes a file",
        )
    images.ready()
    svg = drawn(text, "#{:02x}{:02x}{:02x}".format(*screen.text))
    width = float(svg.partition(' width="')[2].partition('"')[0])
    zoom = min(_TYPE * screen.letter[1] / images.EM * 1.25, columns * screen.letter[0] / max(width, 1.0))
    image = images.png(svg, zoom)
    if screen.protocol == "sixel":
        return images.sixel(image, screen.text, screen.ground)
    return images.kitty(image) if screen.protocol == "kitty" else images.iterm2(image)


def screen() -> Screen:
    """The terminal of this process, as it describes itself."""
    return described(_answer() if os.environ.get("TERM") != "dumb" else "")


def described(answer: str) -> Screen:
    """The terminal that gives this answer to what `screen` asks."""
    colours = {found[1]: _colour(found.groups()[1:]) for found in _COLOUR.finditer(answer)}
    size, name, last = _SIZE.search(answer), _NAME.search(answer), _LAST.search(answer)
    told = name[1] if name else os.environ.get("LC_TERMINAL", "") or os.environ.get("TERM_PROGRAM", "")
    protocol = ""
    if _KITTY.search(answer):
        protocol = "kitty"
    elif "tmux" not in told and any(one in told.lower() for one in _SPEAK_ITERM2):
        protocol = "iterm2"
    elif last and "4" in last[1].split(";")[1:]:
        protocol = "sixel"
    letter = (int(size[2]), int(size[1])) if size and 0 < int(size[1]) < 1000 and 0 < int(size[2]) < 1000 else _LETTER
    known = "".join([character for character in told if character.isprintable()])[:40]
    plain = Screen()
    return Screen(protocol, colours.get("10", plain.text), colours.get("11", plain.ground), letter, known)


def _colour(parts: tuple[str, ...]) -> Colour:
    """Red, green and blue to 255, from hexadecimal fractions of any length."""
    red, green, blue = [round(255 * int(part, 16) / (16 ** len(part) - 1)) for part in parts]
    return red, green, blue


def _columns() -> int:
    from matdiff.cli.wrapping import width  # noqa: PLC0415 # loaded where a picture is shown

    return width()


def _answer() -> str:
    """What the terminal says, up to what every terminal says; "" where there is none to ask."""
    try:
        import termios  # noqa: PLC0415 # POSIX only, and only for pictures
        import tty  # noqa: PLC0415 # as above

        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except (ImportError, OSError):
        return ""
    try:
        before = termios.tcgetattr(terminal)
        try:
            tty.setcbreak(terminal, termios.TCSAFLUSH)
            os.write(terminal, _ASKED)
            return _heard(terminal)
        finally:
            termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
    except (OSError, termios.error):
        return ""
    finally:
        os.close(terminal)


def _heard(terminal: int) -> str:
    from select import select  # noqa: PLC0415 # as above
    from time import monotonic  # noqa: PLC0415 # as above

    heard, end = b"", monotonic() + _PATIENCE
    while (left := end - monotonic()) > 0 and len(heard) < 4096 and not _LAST.search(heard.decode("latin-1")):
        if select([terminal], [], [], left)[0]:
            heard += os.read(terminal, 1024)
    return heard.decode("latin-1")
