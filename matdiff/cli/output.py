"""Where answers and messages go: encodings that lack characters, closed pipes, full disks, and files that appear whole
or not at all.
"""

from __future__ import annotations

import os
import sys
from matdiff.lean.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matdiff.lean.typing import Self, TextIO
    from pathlib import Path
    from types import TracebackType

_NEEDED = "ᵀ∂‖⁻¹"


class WritingError(Exception):
    """The answer could not be written; the message says why."""


def holds_unicode(stream: TextIO | None) -> bool:
    """Whether the stream's encoding has the characters of the Unicode notation."""
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("_", "-")
    if encoding in {"utf-8", "utf8"}:
        return True
    try:
        _NEEDED.encode(encoding)
    except (UnicodeError, LookupError):
        return False
    return True


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person is likely to look at the stream."""
    return stream is not None and not stream.closed and stream.isatty()


def wants_colour(stream: TextIO | None, choice: str = "auto") -> bool:
    """Whether to colour messages: as `choice` says ("auto", "always", "never"), else NO_COLOR, FORCE_COLOR, TERM and
    the terminal.
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


class Writer:
    """Writes answers line by line to standard output, or to a file; whole lines, flushed, raw.

    A file is there, whole, when `close` returns; before that, and where the run ends early, what was there before
    stays.  As a context
    it is closed at the end, and given up where an error passes through.
    Raises BrokenPipeError when the reader has gone, WritingError for a full disk or a missing output.
    """

    def __init__(self, path: str = "") -> None:
        self.path = path = "" if path in {"-", "/dev/stdout"} else path
        self._draft = ""
        try:
            self.stream: TextIO | None = self._opened(path) if path else sys.stdout
        except (OSError, ValueError) as error:
            raise WritingError(f"cannot write {path}: {getattr(error, 'strerror', None) or error}") from None
        if self.stream is None:
            raise WritingError("there is no standard output to write to")
        self._lenient = holds_unicode(self.stream)

    def _opened(self, path: str) -> TextIO:
        """A draft beside the file, which takes its name in the end; what is no plain file (a device, a pipe) is
        written to directly.
        """
        stream, self._draft = _draft_of(path)
        _end_orderly()
        return stream

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        elif self.path and self.stream is not None:
            self._give_up()

    def line(self, text: str) -> None:
        """Write `text` and an end of line, and flush."""
        stream = self.stream
        assert stream is not None  # noqa: S101 # __init__ saw to it
        if not self._lenient and not text.isascii():
            text = text.encode(stream.encoding, "backslashreplace").decode(stream.encoding)
        try:
            stream.write(text + "\n")
            stream.flush()
        except BrokenPipeError:
            raise
        except UnicodeEncodeError:
            stream.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")
            stream.flush()
        except OSError as error:
            raise WritingError(f"cannot write {self.path or 'the answer'}: {error.strerror}") from None

    def told(self, text: str) -> None:
        """Write `text`, which people read: on a terminal no word is broken."""
        if not self.path and is_terminal(self.stream):
            from matdiff.cli.wrapping import fitted  # noqa: PLC0415 # loaded where a person looks

            text = fitted(text)
        self.line(text)

    def bytes(self, data: bytes) -> None:
        """Write `data` as it is, and flush."""
        stream = self.stream
        assert stream is not None  # noqa: S101 # as in line
        try:
            stream.flush()
            stream.buffer.write(data)
            stream.buffer.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise WritingError(f"cannot write {self.path or 'the answer'}: {error.strerror}") from None

    def close(self) -> None:
        """End the file and put it in its place.  Raises WritingError."""
        if not self.path or self.stream is None:
            return
        try:
            self.stream.close()
            if self._draft:
                os.replace(self._draft, os.path.realpath(self.path))  # noqa: PTH105 # pathlib costs start-up time
        except OSError as error:
            self._give_up()
            raise WritingError(f"cannot write {self.path}: {error.strerror}") from None

    def _give_up(self) -> None:
        from contextlib import suppress  # noqa: PLC0415 # seldom wanted

        with suppress(OSError):
            if self.stream is not None:
                self.stream.close()
        with suppress(OSError):
            if self._draft:
                os.unlink(self._draft)  # noqa: PTH108 # as above


def _draft_of(path: str) -> tuple[TextIO, str]:
    """An open file for what is to stand at `path`, and the name that it has until then ("" where `path` itself is
    written to).

    That is so for what is no plain file (a device, a pipe), and where its folder takes no new files.  Raises OSError.
    """
    import stat  # noqa: PLC0415 # loaded only where a file is written
    import tempfile  # noqa: PLC0415 # as above
    from pathlib import Path  # noqa: PLC0415 # as above

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


class TerminatedError(BaseException):
    """The system asks the process to end (SIGTERM, SIGHUP, SIGQUIT); `number` is the signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _end_orderly() -> None:
    """Let signals that end the process pass through as an exception, so that a draft does not stay behind."""
    from matdiff.lean import signal  # noqa: PLC0415 # only wanted where a file is written

    def end(number: int, _frame: object) -> None:
        raise TerminatedError(number)

    for name in ("SIGTERM", "SIGHUP", "SIGQUIT"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, end)


def message(text: str) -> None:
    """Write `text` and an end of line to standard error, if there is one; on a terminal no word is broken."""
    if sys.stderr is None:
        return
    if is_terminal(sys.stderr):
        from matdiff.cli.wrapping import fitted  # noqa: PLC0415 # loaded where a person looks

        text = fitted(text)
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        return  # nobody is left to tell


def abandon_output() -> None:
    """Point standard output at nothing, so that Python's own flush at exit cannot fail on a closed pipe or a full
    disk.
    """
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    except OSError:
        return
