"""The line that tells how far a long stream has come."""

from __future__ import annotations

from matdiff.cli.streams.progress import PATIENCE, Progress


def test_a_short_stream_shows_nothing(capsys):
    seen = Progress(100, shown=True)
    seen.step(10)
    seen.clear()
    assert capsys.readouterr().err == ""


def test_a_long_one_shows_lines_and_part_and_cleans_up(capsys):
    seen = Progress(200, shown=True)
    seen.start -= PATIENCE
    seen.next = seen.start
    seen.step(50)
    assert capsys.readouterr().err.startswith("\r1 lines, 1 a second, 25 %")
    assert seen.next > seen.start + PATIENCE
    seen.clear()
    assert capsys.readouterr().err.endswith("\r\x1b[K")


def test_what_is_no_terminal_is_shown_nothing(capsys):
    seen = Progress(0, shown=False)
    seen.start -= 5 * PATIENCE
    seen.next = seen.start
    seen.step(50)
    seen.clear()
    assert capsys.readouterr().err == ""
