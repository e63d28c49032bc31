"""`matdiff repl`: questions at a prompt, with history, completion, lasting declarations, and the last answer at
hand.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from matdiff.lean.typing import TYPE_CHECKING, Any

import click

from matdiff.cli.attempt import Manner, attempt
from matdiff.cli.command import Command
from matdiff.cli.options import colour_option, question_options, time_option
from matdiff.cli.output import Writer, holds_unicode, is_terminal, message, wants_colour
from matdiff.cli.prompt.lines import goes_on, joined
from matdiff.cli.prompt.session import Session, Told, commands
from matdiff.cli.request import question_of
from matdiff.cli.streams.stream import LONGEST
from matdiff.errors import MatdiffError, ReadingError
from matdiff.errors.report import visible
from matdiff.functions import SPELLINGS
from matdiff.reading.letters import GREEK_LETTERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.calculator import Answer

PROMPT, FURTHER = "matdiff> ", "    ...> "
_GNU = ("tab: complete", "set show-all-if-ambiguous on", "set enable-bracketed-paste off")
_LIBEDIT = ("bind ^I rl_complete", "bind ^R em-inc-search-prev")  # as GNU's Ctrl-R
_KEPT = 2000  # lines of history
_CHUNK = 65_536
_SYMBOLS = {"\\" + name: letter for letter, name in reversed(GREEK_LETTERS.items())} | {
    "\\circ": "∘",
    "\\odot": "⊙",
    "\\otimes": "⊗",
    "\\partial": "∂",
    "\\nabla": "∇",
}
_BREAKS = " \t\n()[]{}+-*/^=,;|.'"


@click.command(
    "repl",
    cls=Command,
    epilog="\b\nExamples:\n  matdiff repl\n  printf 'let A symmetric\\nd/dx x^T A x\\n' | matdiff repl\n",
)
@question_options
@colour_option
@time_option
def repl(*, color: str, timeout: float, **given: Any) -> int:
    """Questions at a prompt.  :help tells what else can be said there; Ctrl-D ends it.

    Options, and the settings of files, hold for every question until something else is said.
    """
    if sys.stdin is None:
        raise click.UsageError("there is no standard input to read")
    manner = Manner(
        "unicode" if holds_unicode(sys.stdout) else "ascii",
        timeout,
        False,
        wants_colour(sys.stderr, color),
        getattr(sys.stderr, "encoding", "utf-8"),
    )
    session = Session(question_of("", "", given), notation=manner.notation)
    talks = is_terminal(sys.stdin) and is_terminal(sys.stdout)
    if not talks:
        return _loop(session, manner, _line_of_pipe, lambda: None)
    history = _with_readline(session)
    message(":help tells what can be said here; Ctrl-D ends it")
    try:
        return _loop(session, manner, input, lambda: message(""), colour=wants_colour(sys.stdout, color))
    finally:
        history()


def _line_of_pipe(_: str) -> str:
    line = sys.stdin.readline(LONGEST + 1)
    if not line:
        raise EOFError
    rest = line
    while len(rest) > _CHUNK and not rest.endswith("\n"):  # what is too long is not kept, only passed over
        rest = sys.stdin.readline(_CHUNK + 1)
    if len(line) > LONGEST:
        raise ReadingError("E192", f"the line is longer than {LONGEST} characters", hint="split it into parts")
    return line


def _loop(
    session: Session,
    manner: Manner,
    read: Callable[[str], str],
    new_line: Callable[[], None],
    *,
    colour: bool | None = None,
) -> int:
    """Read and reply until the end; `colour` is None where nobody looks.  1 if a line failed that came from a pipe,
    else 0.
    """
    failed = False
    while True:
        try:
            line = _whole(read, seen=colour is not None)
        except EOFError:
            new_line()
            break
        except KeyboardInterrupt:
            if colour is None:
                raise
            new_line()
            continue
        except UnicodeDecodeError:
            message("error[E190]: the line is not valid UTF-8")
            failed = True
            continue
        except MatdiffError as error:
            manner.complain(error)
            failed = True
            continue
        try:
            if not _say(session, line, manner, colour):
                break
        except MatdiffError as error:
            manner.complain(error)
            failed = True
        except KeyboardInterrupt:
            if colour is None:
                raise
            message("interrupted")
    return int(failed and colour is None)


def _whole(read: Callable[[str], str], *, seen: bool) -> str:
    """A line with those that continue it; at a terminal an empty one ends it."""
    line = read(PROMPT)
    while goes_on(line, seen=seen):
        more = read(FURTHER)
        if not more.strip():
            break
        line = joined(line, more)
    return line


def _say(session: Session, line: str, manner: Manner, colour: bool | None) -> bool:
    """Reply to a line; False where it asked for the end."""

    def reply() -> tuple[Answer | None, str | None]:
        got = session.reply(line)
        return (None, got) if got is None or isinstance(got, str) else (got, got.write(session.notation))

    got, text = attempt(reply, manner.seconds)
    if text and got is not None and colour is not None:
        from matdiff.cli.terminal import show  # noqa: PLC0415 # Rich is loaded only where a person looks

        show(got, text, notation=session.notation, colour=colour, quiet=False)
    elif text:
        Writer().told(text) if isinstance(text, Told) else Writer().line(text)
        for note in got.notes if got is not None else ():
            message(f"note: {visible(note)}")
    return text is not None


# -- readline ----------------------------------------------------------------------------------------------------------


def _with_readline(session: Session) -> Callable[[], None]:
    """Set history and completion up; what is returned writes the history.  Without readline there is neither."""
    try:
        import readline  # noqa: PLC0415 # not everywhere, and only a prompt needs it
    except ImportError:
        return lambda: None
    path = history_file()
    with suppress(OSError):  # none yet, or not readable: an empty history
        readline.read_history_file(path)
    readline.set_history_length(_KEPT)
    readline.set_completer_delims(_BREAKS)
    offers: list[str] = []

    def complete(text: str, state: int) -> str | None:
        if state == 0:
            offers[:] = completions(session, text, readline.get_line_buffer())
        return offers[state] if state < len(offers) else None

    readline.set_completer(complete)
    for binding in _LIBEDIT if "libedit" in (readline.__doc__ or "") else _GNU:
        readline.parse_and_bind(binding)

    def write() -> None:
        with suppress(OSError):  # a history that cannot be kept is no reason to complain at the end
            os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 # pathlib costs start-up time
            readline.write_history_file(path)

    return write


def history_file() -> str:
    """Where the history is kept: $XDG_STATE_HOME/matdiff/history."""
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")  # noqa: PTH111 # as above
    return os.path.join(state, "matdiff", "history")  # noqa: PTH118 # as above


def completions(session: Session, text: str, line: str) -> list[str]:
    r"""What `text`, the word at the cursor, may be completed to: commands behind a colon, letters for \alpha, names,
    functions.
    """
    if text.startswith("\\"):
        if text in _SYMBOLS:
            return [_SYMBOLS[text]]
        found = sorted(name for name in _SYMBOLS if name.startswith(text))
        return [_SYMBOLS[found[0]]] if len(found) == 1 else found
    if line.lstrip().startswith(":"):
        words = (
            [":" + name for name in commands()]
            if text.startswith(":")
            else ["denominator", "numerator", "mixed", "kron", "directional", "index", "matrix"]
        )
        return sorted(word for word in words if word.startswith(text))
    if not text:
        return []
    functions = [
        name + "(" for name in SPELLINGS if name.isascii() and len(name) > 1 and name.replace("_", "").isalnum()
    ]
    return sorted(
        {
            word
            for word in [
                *session.names(),
                *functions,
                "let ",
                "forget ",
                "check ",
                "solve ",
                "dual ",
                "update ",
                "symmetric",
                "diagonal",
                "orthogonal",
                "where ",
            ]
            if word.startswith(text)
        }
    )
