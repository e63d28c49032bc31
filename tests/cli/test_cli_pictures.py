"""Pictures: files, pages, and the terminal's own graphics, which it is asked for."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
import zlib
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path

import pytest

from matdiff.cli import main, pictures
from matdiff.errors import OutputError
from matdiff.writing.html import page
from matdiff.writing.images import iterm2, kitty, opacity, png, sixel
from matdiff.writing.svg import drawn

pytest.importorskip("ziamath")
pytest.importorskip("resvg_py")
pytest.importorskip("latex2mathml")
ROOT = Path(__file__).parent.parent.parent
MAGIC = b"\x89PNG\r\n\x1a\n"
KITTY = "\x1b_Gi=31;OK\x1b\\\x1bP>|kitty(0.36)\x1b\\\x1b]10;rgb:dddd/dddd/dddd\x1b\\\x1b[6;24;12t\x1b[?62;c"
XTERM = "\x1bP>|XTerm(390)\x1b\\\x1b]10;rgb:0/0/0\x07\x1b]11;rgb:ffff/ffff/ffff\x07\x1b[?64;1;2;4;6c"


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("LC_TERMINAL", "TERM_PROGRAM", "MATDIFF_TO"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("answer", "protocol", "text"),
    [
        (KITTY, "kitty", (221, 221, 221)),
        ("\x1bP>|WezTerm 20240203\x1b\\\x1b[?65;4;6c", "iterm2", (128, 128, 128)),
        ("\x1bP>|iTerm2 3.5\x1b\\\x1b[?62;4c", "iterm2", (128, 128, 128)),
        (XTERM, "sixel", (0, 0, 0)),
        ("\x1bP>|tmux 3.4\x1b\\\x1b[?1;2;4c", "sixel", (128, 128, 128)),
        ("\x1bP>|tmux 3.3a\x1b\\\x1b[?1;2c", "", (128, 128, 128)),
        ("\x1b[?4;6c", "", (128, 128, 128)),  # the first number is the terminal's class
        ("\x1b[?64;14;40c", "", (128, 128, 128)),
        ("\x1b[6;0;0t\x1b[?64;4c", "sixel", (128, 128, 128)),
        ("", "", (128, 128, 128)),
    ],
)
def test_the_terminal_says_what_it_shows(answer, protocol, text):
    found = pictures.described(answer)
    assert (found.protocol, found.text) == (protocol, text)
    assert min(found.letter) > 0


def test_a_terminal_inside_another_is_not_taken_for_it(monkeypatch):
    monkeypatch.setenv("LC_TERMINAL", "iTerm2")
    assert pictures.described("\x1b[?62;c").protocol == "iterm2"  # over ssh
    assert pictures.described("\x1bP>|tmux 3.3a\x1b\\\x1b[?1;2c").protocol == ""


def test_a_terminal_without_pictures_says_the_way_out():
    with pytest.raises(OutputError) as refused:
        pictures.drawn_for(pictures.Screen(name="dumb\tone"), "x", 80)
    assert refused.value.code == "E413"
    assert "-o x.png" in refused.value.hint


def test_each_protocol_carries_the_same_picture():
    image = png(drawn(r"\frac{\partial f}{\partial x} = A^{\top} \left(A x - b\right)"), 2.0)
    assert image.startswith(MAGIC)
    pieces = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", kitty(image))
    assert pieces[0][0].startswith("a=T,f=100,q=2")
    assert [keys.split("m=")[1] for keys, _ in pieces] == ["1"] * (len(pieces) - 1) + ["0"]
    assert all(len(data) <= 4096 for _, data in pieces)
    assert b64decode("".join([data for _, data in pieces])) == image
    assert b64decode(iterm2(image).partition(":")[2].rstrip("\x07")) == image
    assert f"size={len(image)};" in iterm2(image)


def test_sixel_has_the_pixels_of_the_picture():
    image = png(drawn(r"\sigma(x)^{\top}"), 1.5)
    seen = shades(sixel(image, (255, 255, 255), (0, 0, 0)))
    wanted = [[round(alpha / 17) for alpha in row] for row in opacity(image)]
    assert seen == wanted
    assert {0, 15} <= {level for row in wanted for level in row}


def shades(text):
    """What a terminal with sixel graphics draws: the number of the colour of every pixel, 0 where there is none."""
    head = re.match(r'\x1bP0;1q"1;1;(\d+);(\d+)', text)
    width, height = int(head[1]), int(head[2])
    rows = [[0] * width for _ in range(height)]
    body = re.sub(r"#\d+;2;\d+;\d+;\d+", "", text[head.end() : -2])
    column = colour = band = 0
    for mark, number, count, character, single in re.findall(r"([$-])|#(\d+)|!(\d+)([?-~])|([?-~])", body):
        if mark:
            column, band = 0, band + (mark == "-")
        elif number:
            colour = int(number)
        else:
            end = column + int(count or 1)
            for bit in [bit for bit in range(6) if ord(character or single) - 63 >> bit & 1]:
                rows[6 * band + bit][column:end] = [colour] * (end - column)
            column = end
    return rows


@pytest.mark.parametrize("kind", range(5))
def test_every_filter_of_png_is_undone(kind):
    """Rows filtered as the PNG specification says, by each of its five filters."""
    alphas = [[(7 * x * y + 31 * x + 13 * y) % 256 for x in range(9)] for y in range(6)]
    packed = b""
    for y, row in enumerate(alphas):
        packed += bytes([kind])
        for x, alpha in enumerate(row):
            a, b = row[x - 1] if x else 0, alphas[y - 1][x] if y else 0
            c = alphas[y - 1][x - 1] if x and y else 0
            p = a + b - c
            paeth = a if abs(p - a) <= abs(p - b) and abs(p - a) <= abs(p - c) else b if abs(p - b) <= abs(p - c) else c
            packed += bytes([1, 2, 3, (alpha - (0, a, b, (a + b) // 2, paeth)[kind]) % 256])
    header = (9).to_bytes(4) + (6).to_bytes(4) + bytes([8, 6, 0, 0, 0])
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(packed)), (b"IEND", b"")]
    data = MAGIC + b"".join([len(held).to_bytes(4) + name + held + b"\0" * 4 for name, held in chunks])
    assert opacity(data) == alphas
    with pytest.raises(ValueError, match="alpha"):
        opacity(data.replace(header, header[:9] + b"\2" + header[10:]))


ASKED = [
    ["d/dx", "x^T A x"],
    ["d/dX", "tr(A X)", "--explicit", "2"],
    ["d/dx", "x^T A x", "--steps"],
    ["d/dW, d/db", "||W x + b||^2"],
    ["d/dW, d/db", "||W x + b||^2", "--steps"],
    ["d/dx", "x^T A x", "--lets"],
    ["solve", "d/dw", "||X w - y||^2"],
    ["dual", "min_x c^T x s.t. A x = b, x >= 0"],
    ["update", "d/dw", "||X w - y||^2"],
]


@pytest.mark.parametrize("line", ASKED, ids=" ".join)
def test_every_answer_is_a_picture_and_a_page(line, tmp_path, capsys):
    for name in ("x.svg", "x.png", "x.html"):
        assert main([*line, "-q", "-o", name]) == 0
    assert capsys.readouterr() == ("", "")
    picture = ET.parse(tmp_path / "x.svg").getroot()  # noqa: S314 # our own text
    assert picture.tag.endswith("}svg")
    assert picture.find("{*}title") is not None
    assert (tmp_path / "x.png").read_bytes().startswith(MAGIC)
    HTMLParser().feed(text := (tmp_path / "x.html").read_text(encoding="utf-8"))
    assert "<math" in text
    assert "$" not in text


def test_steps_are_further_down_the_page(tmp_path):
    assert main(["d/dx", "x^T A x", "--steps", "-o", "x.html"]) == 0
    assert "product rule" in (tmp_path / "x.html").read_text(encoding="utf-8")
    assert main(["d/dx", "x^T A x", "--steps", "-o", "long.svg"]) == main(["d/dx", "x^T A x", "-o", "short.svg"]) == 0
    height = [
        float(ET.parse(tmp_path / name).getroot().get("height"))  # noqa: S314 # our own text
        for name in ("long.svg", "short.svg")
    ]
    assert height[0] > 4 * height[1]


@pytest.mark.parametrize("text", ["\x1b]52;c;aGk=\x07", "\x9b31m", "<script>alert(1)</script>", "&", "\u202e"])
def test_titles_and_notes_do_nothing(text):
    for one in (drawn(f"{text} $x$"), page("x", text, [text]), page(f"{text} $x$", "")):
        assert all(character.isprintable() or character == "\n" for character in one)
        assert "<script" not in one
    assert page("x", text).count("<title>") == 1


def test_what_is_missing_is_named_at_once(monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.delitem(sys.modules, "resvg_py")
    assert main(["d/dx", "x^T x", "-o", "x.png"]) == 1
    said = capsys.readouterr().err
    assert "E403" in said
    assert "resvg_py" in said
    assert "picture" in said


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (["d/dx", "x^T x", "--to", "picture"], "E413"),
        (["solve", "d/dx", "||A x - b||^2", "--to", "picture"], "E413"),
        (["d/dx", "x^T x", "-t", "png", "--json"], "E409"),
        (["d/dx", "x^T x", "-t", "picture", "--json"], "E409"),
        (["-", "--to", "picture"], "for one answer"),
        (["-", "-o", "x.png"], "for one answer"),
    ],
)
def test_what_is_no_place_for_a_picture(line, says, capsys):
    assert main(line) in {1, 2}
    assert says in "".join(capsys.readouterr())


def test_a_picture_in_a_pipe_is_its_bytes():
    command = [sys.executable, "-m", "matdiff", "d/dx", "x^T x", "--to", "png"]
    done = subprocess.run(
        command, capture_output=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60
    )
    assert done.stdout.startswith(MAGIC)
    assert done.stdout.endswith(b"IEND\xaeB`\x82")


@pytest.mark.parametrize(
    ("answer", "begins"),
    [(KITTY, b"\x1b_Ga=T"), (XTERM, b'\x1bP0;1q"'), ("\x1bP>|WezTerm 1\x1b\\\x1b[?65;4c", b"\x1b]1337;File=inline=1")],
)
def test_in_a_terminal(answer, begins):
    shown = at_a_terminal(["d/dx", "x^T A x", "--to", "picture"], answer)
    assert begins in shown
    assert b"denominator layout" in shown
    assert answer.encode() not in shown  # what the terminal says isn't echoed


def test_in_a_terminal_without_pictures():
    shown = at_a_terminal(["d/dx", "x^T A x", "--to", "picture"], "\x1bP>|linux\x1b\\\x1b[?6c")
    assert b"E413" in shown
    assert b"(linux)" in shown


def test_a_png_is_not_thrown_at_a_terminal():
    assert b"-o x.png" in at_a_terminal(["d/dx", "x^T A x", "--to", "png"], "")


def at_a_terminal(arguments, answer):
    """What the program writes to a terminal that gives `answer` when it is asked what it is."""
    child, master = pty.fork()
    if not child:
        os.environ |= {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}
        os.execv(sys.executable, [sys.executable, "-m", "matdiff", *arguments])
    seen, told, end = b"", False, time.monotonic() + 60
    try:
        while time.monotonic() < end:
            if not select.select([master], [], [], 1)[0]:
                continue
            try:
                seen += os.read(master, 65536)
            except OSError:
                return seen
            if not told and b"\x1b[c" in seen:
                os.write(master, answer.encode())
                told = True
        raise AssertionError(f"no end: {seen!r}")
    finally:
        os.close(master)
        os.waitpid(child, 0)


PROBLEMS = [
    ["solve", "min_x ||x||^2 s.t. A x = b"],
    ["solve", "mu, Sigma", "sum(n,1,N, logdet(Sigma) + (x_n-mu)^T inv(Sigma) (x_n-mu))", "-w", "Sigma spd"],
    ["dual", "min_x c^T x s.t. A x = b, x >= 0"],
    ["update", "d/dw", "||X w - y||^2", "--method", "momentum"],
]


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda words: words[0])
def test_steps_of_problems_are_drawn_and_written_as_text_with_formulas(tmp_path, monkeypatch, capsys, problem):
    pytest.importorskip("ziamath")
    pytest.importorskip("latex2mathml")
    monkeypatch.chdir(tmp_path)
    for more in ([], ["--steps"]):
        assert main([*problem, *more, "-q", "--to", "markdown"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert all(line.count("$") % 2 == 0 for line in lines)
        assert "aligned" not in "".join(lines)
        plain = re.sub(r"\$[^$]*\$", "", "".join(lines))
        assert not re.search(r"[=\\^]|<-", plain), plain
        assert main([*problem, *more, "-q", "--to", "mathml"]) == 0
        ET.fromstring(f"<p>{capsys.readouterr().out}</p>")  # noqa: S314 # our own text
        assert main([*problem, *more, "-q", "-o", "x.svg"]) == 0
        ET.fromstring((tmp_path / "x.svg").read_text(encoding="utf-8"))  # noqa: S314 # as above
        assert main([*problem, *more, "-q", "-o", "x.html"]) == 0
        shown = (tmp_path / "x.html").read_text(encoding="utf-8")
        assert shown.count("<math") >= len([line for line in lines if "$" in line])
        assert "<mi>&</mi>" not in shown
