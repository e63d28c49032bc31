"""A stream answered by several processes, in order and in constant memory.

One loop waits for input and for the workers alike, so that an answer goes out as soon as it and those before it are known, even where the
next question comes only after it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from multiprocessing import get_context
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from matdiff.cli.stream import LONGEST, Reply, reply_to
from matdiff.errors import MatdiffError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from matdiff.cli.manner import Manner
    from matdiff.cli.request import Request

_AHEAD = 16  # lines for each worker that are read before the oldest is answered
_CHUNK = 65_536


class Worker(NamedTuple):
    """A process and the connection to it."""

    process: BaseProcess
    connection: Connection


def replies(lines: BinaryIO, request: Request, manner: Manner, jobs: int) -> Iterator[Reply]:
    """The replies to `lines`, in their order, from `jobs` processes."""
    pool = Pool(request, manner, jobs)
    try:
        yield from pool.run(Lines(lines))
    finally:
        pool.close()


class Lines:
    """Lines from a descriptor, each cut off where it is longer than any question; `waits` tells what to wait for before `read`."""

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
    """Workers that answer a line each; a worker that dies is replaced, and its line answered with an error."""

    def __init__(self, request: Request, manner: Manner, jobs: int) -> None:
        self.request = request
        self.manner = manner
        self.jobs = jobs
        self.context = get_context("fork" if sys.platform == "linux" else "spawn")
        self.idle: list[Worker] = []
        self.busy: dict[Connection, tuple[Worker, int, bytes]] = {}
        self.done: dict[int, Reply] = {}

    def run(self, lines: Lines) -> Iterator[Reply]:
        """The replies in order."""
        taken = given = 0
        while not lines.ended or lines.ready or self.busy or self.done:
            while lines.ready and taken - given < _AHEAD * self.jobs and (self.idle or len(self.busy) < self.jobs):
                taken += 1
                self._give(taken, lines.ready.popleft())
            self._gather(lines, wants_lines=not lines.ended and not lines.ready)
            while given + 1 in self.done:
                given += 1
                yield self.done.pop(given)

    def _give(self, number: int, line: bytes) -> None:
        worker = self.idle.pop() if self.idle else self._started()
        self.busy[worker.connection] = (worker, number, line)
        try:
            worker.connection.send((number, line))
        except OSError:
            self._bury(worker.connection)

    def _gather(self, lines: Lines, *, wants_lines: bool) -> None:
        """Wait for replies, and for lines where they are wanted."""
        source = [lines.waits] if wants_lines and lines.waits is not None else []
        if wants_lines and lines.waits is None:
            lines.read()
        if not source and not self.busy:
            return
        for ready in wait([*source, *self.busy], timeout=0 if lines.waits is None and wants_lines else None):
            if isinstance(ready, int):
                lines.read()
                continue
            connection = ready
            worker, number, _ = self.busy[connection]  # type: ignore[index] # wait gives back what it was given
            try:
                self.done[number] = worker.connection.recv()
            except (EOFError, OSError):
                self._bury(worker.connection)
                continue
            del self.busy[worker.connection]
            self.idle.append(worker)

    def _bury(self, connection: Connection) -> None:
        worker, number, line = self.busy.pop(connection)
        connection.close()
        worker.process.join()
        self.done[number] = lost(line, number, self.request, self.manner)

    def _started(self) -> Worker:
        ours, theirs = self.context.Pipe()
        others = [worker.connection for worker in self.idle] + list(self.busy) + [ours] if self.context.get_start_method() == "fork" else []
        process = self.context.Process(target=work, args=(theirs, others, self.request, self.manner), daemon=True)  # type: ignore[attr-defined]
        process.start()
        theirs.close()
        return Worker(process, ours)

    def close(self) -> None:
        """End the workers."""
        for worker in [*self.idle, *(held[0] for held in self.busy.values())]:
            worker.connection.close()
            worker.process.terminate()
            worker.process.join()


def work(connection: Connection, others: list[Connection], request: Request, manner: Manner) -> None:
    """A worker's life: answer the lines that come, until the other end is closed.  `others` are the ends that a fork brought along."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends the run
    for other in others:
        other.close()
    try:
        while True:
            number, line = connection.recv()
            connection.send(reply_to(line, number, request, manner))
    except (EOFError, OSError):
        return


def lost(line: bytes, number: int, request: Request, manner: Manner) -> Reply:
    """The reply to a line whose worker was killed, as systems do that run out of memory."""
    return reply_to(line, number, request, manner, MatdiffError("E903", "the process that worked on this question was killed", hint="split it into parts"))
