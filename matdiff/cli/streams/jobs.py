"""A stream answered by several processes, in order and in constant memory.

One loop waits for input and for the workers alike, so that an answer goes out as soon as it and those before it are
known, even where the
next question comes only after it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from matdiff.lean.typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast
from multiprocessing import get_context
from multiprocessing.connection import wait
from threading import Thread
from time import sleep

from matdiff.cli.streams.stream import LONGEST, Reply, collect_early, reply_to
from matdiff.errors import MatdiffError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from matdiff.cli.attempt import Manner
    from matdiff.cli.streams.stream import Asked

_AHEAD = 32  # lines for each worker that are read before the oldest is answered
_TOGETHER = 8  # lines that a worker gets at once, where so many wait
_CHUNK = 65_536
_LOOK = 0.5  # seconds between looks at whether the first process still lives

Batch = list[tuple[int, bytes]]  # numbered lines


class Worker(NamedTuple):
    """A process and the connection to it."""

    process: BaseProcess
    connection: Connection


def replies(lines: BinaryIO, asked: Asked, manner: Manner, jobs: int) -> Iterator[Reply]:
    """The replies to `lines`, in their order, from `jobs` processes."""
    pool = Pool(asked, manner, min(jobs, os.cpu_count() or 1))
    try:
        yield from pool.run(Lines(lines))
    finally:
        pool.close()


class Lines:
    """Lines from a descriptor, each cut off where it is longer than any question; `waits` tells what to wait for
    before `read`.
    """

    def __init__(self, source: BinaryIO) -> None:
        self.source = source
        self.ready: deque[bytes] = deque()
        self.ended = False
        self.waits = source.fileno() if sys.platform != "win32" else None
        self._rest = b""
        self._skips = False

    def read(self) -> None:
        """Take in what has come."""
        chunk = os.read(self.source.fileno(), _CHUNK)
        if not chunk:
            self.ended = True
            self._take(self._rest)
            self._rest = b""
            return
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        for line in whole:
            self._take(line + b"\n")
        if len(self._rest) > LONGEST:
            self._take(self._rest[: LONGEST + 1])
            self._rest, self._skips = b"", True

    def _take(self, line: bytes) -> None:
        if self._skips:
            self._skips = not line.endswith(b"\n")
        elif line:
            self.ready.append(line[: LONGEST + 1])


class Pool:
    """Workers that answer some lines at a time; a worker that dies is replaced, and what it worked on is tried again
    line by line.
    """

    def __init__(self, asked: Asked, manner: Manner, jobs: int) -> None:
        self.asked = asked
        self.manner = manner
        self.jobs = jobs
        self.context = get_context("fork" if sys.platform == "linux" else "spawn")
        self.idle: list[Worker] = []
        self.busy: dict[Connection, tuple[Worker, Batch]] = {}
        self.again: list[Batch] = []
        self.done: dict[int, Reply] = {}

    def run(self, lines: Lines) -> Iterator[Reply]:
        """The replies in order."""
        taken = given = 0
        while not lines.ended or lines.ready or self.again or self.busy or self.done:
            while self.idle or len(self.busy) < self.jobs:
                if self.again:
                    self._give(self.again.pop())
                elif lines.ready and taken - given < _AHEAD * self.jobs:
                    batch = [
                        (taken + place, lines.ready.popleft())
                        for place in range(1, 1 + max(1, min(_TOGETHER, len(lines.ready) // self.jobs)))
                    ]
                    taken += len(batch)
                    self._give(batch)
                else:
                    break
            self._gather(lines, wants_lines=not lines.ended and not lines.ready)
            while given + 1 in self.done:
                given += 1
                yield self.done.pop(given)

    def _give(self, batch: Batch) -> None:
        worker = self.idle.pop() if self.idle else self._started()
        self.busy[worker.connection] = (worker, batch)
        try:
            worker.connection.send(batch)
        except OSError:
            self._bury(worker.connection)

    def _gather(self, lines: Lines, *, wants_lines: bool) -> None:
        """Wait for replies, and for lines where they are wanted."""
        at_hand = wants_lines and lines.waits is None  # a system that cannot wait for a pipe and the workers together
        if at_hand:
            lines.read()
        source = [lines.waits] if wants_lines and lines.waits is not None else []
        if not source and not self.busy:
            return
        for ready in wait([*source, *self.busy], timeout=0 if at_hand else None):
            if isinstance(ready, int):
                lines.read()
            else:
                self._receive(cast("Connection", ready))

    def _receive(self, connection: Connection) -> None:
        worker, batch = self.busy[connection]
        try:
            found: list[Reply] = connection.recv()
        except (EOFError, OSError):
            self._bury(connection)
            return
        self.done.update(zip([number for number, _ in batch], found, strict=True))
        del self.busy[connection]
        self.idle.append(worker)

    def _bury(self, connection: Connection) -> None:
        worker, batch = self.busy.pop(connection)
        connection.close()
        worker.process.join()
        if len(batch) > 1:
            self.again += [[one] for one in reversed(batch)]
        else:
            number, line = batch[0]
            self.done[number] = lost(line, number, self.asked, self.manner)

    def _started(self) -> Worker:
        ours, theirs = self.context.Pipe()
        forks = self.context.get_start_method() == "fork"
        others = [*(worker.connection for worker in self.idle), *self.busy, ours] if forks else []
        process = self.context.Process(target=work, args=(theirs, others, self.asked, self.manner), daemon=True)  # type: ignore[attr-defined] # typeshed's BaseContext lacks it
        process.start()
        theirs.close()
        return Worker(process, ours)

    def close(self) -> None:
        """End the workers."""
        for worker in [*self.idle, *(held[0] for held in self.busy.values())]:
            worker.connection.close()
            worker.process.terminate()
            worker.process.join()


def work(connection: Connection, others: list[Connection], asked: Asked, manner: Manner) -> None:
    """A worker's life: answer the lines that come, until the other end is closed.  `others` are the ends that a fork
    brought along.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends the run
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    for other in others:
        other.close()
    collect_early()
    try:
        while True:
            batch: Batch = connection.recv()
            connection.send([reply_to(line, number, asked, manner) for number, line in batch])
    except (EOFError, OSError):
        return


def _end_with(parent: int) -> None:
    """End this process when its parent has ended, however that came: nobody is left to answer."""
    while os.getppid() == parent:
        sleep(_LOOK)
    os._exit(1)


def lost(line: bytes, number: int, asked: Asked, manner: Manner) -> Reply:
    """The reply to a line whose worker was killed, as systems do that run out of memory."""
    return reply_to(
        line,
        number,
        asked,
        manner,
        MatdiffError("E903", "the process that worked on this question was killed", hint="split it into parts"),
    )
