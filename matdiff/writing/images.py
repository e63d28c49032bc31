"""Pictures in pixels: PNG from SVG, and the three ways to put one into a terminal.

Sources: kitty's graphics protocol (sw.kovidgoyal.net/kitty/graphics-protocol), iTerm2's inline images
(iterm2.com/documentation-images.html), sixel (DEC, VT330/VT340 programmer reference, chapter 14).
"""

from __future__ import annotations

import sys
import zlib
from base64 import b64encode
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.errors import OutputError
from matdiff.errors.installing import how_to_install

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EM = 24  # the size of type in the SVG, in its pixels
_ZOOM = 3.0  # of a file
_PIECE = 4096  # bytes that kitty takes at once
_LEVELS = 15  # shades between a terminal's background and its text
_BAND = 6  # rows of pixels that sixel writes at once

Colour = tuple[int, int, int]


def png(svg: str, zoom: float, *, background: str = "") -> bytes:
    """The picture as a PNG, `zoom` times as large; transparent where no `background` is named.

    Raises OutputError (E402) where the picture gets too large; `ready` says whether all is there.
    """
    from resvg_py import svg_to_bytes  # noqa: PLC0415 # an extra, loaded when a picture is asked for

    try:
        return bytes(svg_to_bytes(svg_string=svg, zoom=zoom, background=background or None, skip_system_fonts=True))
    except ValueError as error:
        raise OutputError("E402", f"the picture cannot be drawn ({error})", hint="--to svg writes it") from None


def ready() -> None:
    """Raise OutputError (E403) where a package is missing that pictures in pixels need."""
    from importlib.util import find_spec  # noqa: PLC0415 # loaded when a picture is asked for

    missing = [name for name in ("ziamath", "resvg_py") if name not in sys.modules and find_spec(name) is None]
    if missing:
        hint = how_to_install("ziamath", "resvg_py", extra="picture")
        raise OutputError("E403", f"a picture in pixels needs the package {' and '.join(missing)}", hint=hint)


def file_of(svg: str) -> bytes:
    """The picture as a PNG for a file: large enough for a slide, on white."""
    return png(svg, _ZOOM, background="white")


def kitty(image: bytes) -> str:
    """What makes kitty, and those who speak its protocol, show a PNG where the cursor is."""
    data = b64encode(image).decode()
    pieces = [data[at : at + _PIECE] for at in range(0, len(data), _PIECE)]
    sent = []
    for k, piece in enumerate(pieces):
        more = int(k + 1 < len(pieces))
        keys = f"a=T,f=100,q=2,m={more}" if k == 0 else f"q=2,m={more}"
        sent.append(f"\x1b_G{keys};{piece}\x1b\\")
    return "".join(sent)


def iterm2(image: bytes) -> str:
    """What makes iTerm2 and WezTerm show a PNG."""
    size = len(image)
    return f"\x1b]1337;File=inline=1;size={size};preserveAspectRatio=1:{b64encode(image).decode()}\x07"


def sixel(image: bytes, text: Colour, ground: Colour) -> str:
    """What makes a terminal with sixel graphics show a PNG: its opacity in shades from `ground` to `text`."""
    rows = [[round(alpha * _LEVELS / 255) for alpha in row] for row in opacity(image)]
    shades = [
        ";".join([str(round((a + (b - a) * k / _LEVELS) / 2.55)) for a, b in zip(ground, text, strict=True)])
        for k in range(_LEVELS + 1)
    ]
    palette = "".join([f"#{k};2;{shade}" for k, shade in enumerate(shades) if k])
    bands = [rows[at : at + _BAND] for at in range(0, len(rows), _BAND)]
    drawing = "-".join(["$".join(_shades_of(band)) for band in bands])
    return f'\x1bP0;1q"1;1;{len(rows[0])};{len(rows)}{palette}{drawing}\x1b\\'


def _shades_of(band: list[list[int]]) -> Iterator[str]:
    """Up to six rows of pixels, one text for each shade in them: a character a column, its bits the rows."""
    for shade in sorted({level for row in band for level in row} - {0}):
        bits = [[(level == shade) << bit for level in row] for bit, row in enumerate(band)]
        columns = [sum(column) for column in zip(*bits, strict=True)]
        yield f"#{shade}" + "".join(_repeated(columns))


def _repeated(columns: list[int]) -> Iterator[str]:
    start = 0
    for at in range(1, len(columns) + 1):
        if at == len(columns) or columns[at] != columns[start]:
            count, character = at - start, chr(63 + columns[start])
            yield f"!{count}{character}" if count > 3 else character * count
            start = at


class _Header(NamedTuple):
    width: int
    height: int
    depth: int
    kind: int
    interlaced: int


def opacity(image: bytes) -> list[list[int]]:
    """How opaque every pixel of a PNG is, row by row, 0 to 255.  Raises ValueError for a kind that isn't written here:
    eight bits of red, green, blue and alpha, one after the other.
    """
    header, data = _chunks(image)
    if header[2:] != (8, 6, 0):
        raise ValueError("an image of eight bits of red, green, blue and alpha is wanted")
    packed = zlib.decompress(data)
    stride = 4 * header.width + 1  # a filter's number, then the pixels
    above, rows = [0] * header.width, []
    for at in range(0, header.height * stride, stride):
        above = _unfiltered(packed[at], packed[at + 4 : at + stride : 4], above)
        rows.append(above)
    return rows


def _chunks(image: bytes) -> tuple[_Header, bytes]:
    """The header of a PNG and its packed pixels."""
    at, header, data = 8, None, b""
    while at < len(image):
        length, kind = int.from_bytes(image[at : at + 4]), image[at + 4 : at + 8]
        held = image[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            header = _Header(int.from_bytes(held[:4]), int.from_bytes(held[4:8]), held[8], held[9], held[12])
        elif kind == b"IDAT":
            data += held
        at += length + 12
    if header is None:
        raise ValueError("an image without a header")
    return header, data


def _unfiltered(kind: int, row: bytes, above: list[int]) -> list[int]:
    """One channel of a row as it was before it was filtered, which mixes no channels (PNG specification, section 9)."""
    guess = _GUESSES[kind]
    made: list[int] = []
    left = corner = 0
    for byte, over in zip(row, above, strict=True):
        left = (byte + guess(left, over, corner)) & 255
        corner = over
        made.append(left)
    return made


def _nearest(left: int, above: int, corner: int) -> int:
    """Paeth's predictor: the neighbour nearest to left + above - corner."""
    wanted = left + above - corner
    return min((left, above, corner), key=lambda value: abs(wanted - value))


_GUESSES: tuple[Callable[[int, int, int], int], ...] = (
    lambda _left, _above, _corner: 0,
    lambda left, _above, _corner: left,
    lambda _left, above, _corner: above,
    lambda left, above, _corner: (left + above) // 2,
    _nearest,
)
