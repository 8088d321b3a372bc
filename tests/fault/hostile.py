"""The base of a hostile client, and the process in which all of them run at once.

A kind is a class with a name, a number of clients, a bound and the statuses that it may be
answered with. Its counters are printed as one JSON document when the time is over, or when
standard input ends.

usage: hostile.py HOST PORT SECONDS SEED KIND...
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import resource
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

CONNECT_PATIENCE = 5.0
MOST_SOCKETS = 480

# Statuses that say that the server has no room. They carry Retry-After.
NO_ROOM = frozenset({429, 503})
# What a request to a model may get beside: its deadline may pass while it waits.
BUSY = NO_ROOM | {504}


@dataclass
class Seen:
    """What the clients of a kind have seen."""

    sent: int = 0  # requests, whole or not
    statuses: Counter[int] = field(default_factory=Counter)
    refused: int = 0  # connections that were not accepted
    cut: int = 0  # connections that the server ended where an answer was due
    wrong: list[str] = field(default_factory=list)  # the first few answers that break the bound

    def complain(self, what: str) -> None:
        if len(self.wrong) < 5:
            self.wrong.append(what)


class Link:
    """One connection of a hostile client."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kind: Hostile
    ) -> None:
        self.reader = reader
        self.writer = writer
        self._kind = kind
        self._first: asyncio.Future[bytes] | None = None  # a read that answers_within() began
        self.announced_end = False  # the last answer said that the connection closes

    async def send(self, raw: bytes) -> None:
        self.writer.write(raw)
        await self.writer.drain()

    async def send_slowly(self, raw: bytes, step: int, pause: float) -> None:
        """Sends in pieces. Ends early if the server answers."""
        for at in range(0, len(raw), step):
            await self.send(raw[at : at + step])
            if await self.answers_within(pause):
                return

    async def answers_within(self, seconds: float) -> bool:
        """Waits so long; true as soon as there is something to read or the end of it."""
        if self._first is None:
            self._first = asyncio.ensure_future(self.reader.read(1))
        done, _ = await asyncio.wait([self._first], timeout=seconds)
        return bool(done)

    async def answer(self, piece: int = 1 << 16, pause: float = 0.0) -> int:
        """Reads one answer and counts it; its status. Raises if there is none."""
        first = b""
        if self._first is not None:
            first = await self._first
            self._first = None
            if not first:
                raise asyncio.IncompleteReadError(b"", None)
        head = first + await self.reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").lower().split("\r\n")
        status = int(lines[0].split(" ")[1])
        headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        self.announced_end = headers.get("connection") == "close"
        left = int(headers.get("content-length", "0"))
        while left > 0:
            more = await self.reader.read(min(left, piece))
            if not more:
                raise asyncio.IncompleteReadError(b"", left)
            left -= len(more)
            if pause:
                await asyncio.sleep(pause)
        self._kind.count(status, headers)
        return status

    def close(self) -> None:
        if self._first is not None:
            self._first.cancel()
        self.writer.close()

    def reset(self) -> None:
        """Ends with a reset instead of a close."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


class Hostile:
    """A kind of hostile client. A kind says what one client does on one connection."""

    name: ClassVar[str] = ""
    clients: ClassVar[int] = 1
    pause: ClassVar[float] = 0.1  # between two connections of a client
    allowed: ClassVar[frozenset[int]] = frozenset()
    bound: ClassVar[str] = ""  # what the server owes to this kind, as a sentence
    may_be_cut: ClassVar[bool] = True  # false where every request must be answered
    most_seconds: ClassVar[float] = 0.0  # a visit may last so long; 0 is without a bound

    def __init__(self, address: tuple[str, int], seed: int) -> None:
        self.address = address
        self.random = random.Random(f"{seed} {self.name}")
        self.seen = Seen()

    async def visit(self, link: Link) -> None:
        """What one client does on one connection."""
        raise NotImplementedError

    def count(self, status: int, headers: Mapping[str, str]) -> None:
        if status == 100:
            return
        self.seen.statuses[status] += 1
        if status not in self.allowed:
            self.seen.complain(f"was answered {status}")
        elif status in NO_ROOM and "retry-after" not in headers:
            self.seen.complain(f"was answered {status} without Retry-After")

    async def ask(self, link: Link, raw: bytes) -> int:
        self.seen.sent += 1
        await link.send(raw)
        return await link.answer()

    async def connect(self) -> Link | None:
        try:
            async with asyncio.timeout(CONNECT_PATIENCE):
                reader, writer = await asyncio.open_connection(*self.address, limit=1 << 16)
        except (OSError, TimeoutError):
            self.seen.refused += 1
            return None
        return Link(reader, writer, self)

    async def live(self) -> None:
        """One client: connects, visits, goes, again and again."""
        await asyncio.sleep(self.random.uniform(0, 0.5))
        while True:
            link = await self.connect()
            if link is not None:
                start = time.monotonic()
                try:
                    await self.visit(link)
                except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                    # A request that is refused before its body is whole ends its connection.
                    if not link.announced_end:
                        self.seen.cut += 1
                    if not self.may_be_cut and not link.announced_end:
                        took = time.monotonic() - start
                        self.seen.complain(f"was cut after {took:.1f} s where an answer was due")
                finally:
                    link.close()
                took = time.monotonic() - start
                if self.most_seconds and took > self.most_seconds:
                    self.seen.complain(f"waited {took:.1f} s")
            await asyncio.sleep(self.pause * self.random.uniform(0.5, 1.5))


def kinds() -> dict[str, type[Hostile]]:
    """Every kind by its name."""
    import kinds_of_bytes  # noqa: PLC0415
    import kinds_of_work  # noqa: PLC0415

    every = (*kinds_of_bytes.KINDS, *kinds_of_work.KINDS)
    return {kind.name: kind for kind in every}


async def run(hostiles: list[Hostile], seconds: float) -> None:
    """Lets all of them live for so long, or until standard input ends."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()

    def hear() -> None:
        if not os.read(sys.stdin.fileno(), 1):
            over.set()

    loop.add_reader(sys.stdin.fileno(), hear)
    clients = [hostile for hostile in hostiles for _ in range(hostile.clients)]
    tasks = [asyncio.create_task(hostile.live()) for hostile in clients]
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(over.wait(), seconds)
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(ended, Exception):
            raise ended


def main() -> int:
    host, port, seconds, seed, *names = sys.argv[1:]
    os.nice(5)  # the polite clients measure the server, not the hostile ones
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    known = kinds()
    hostiles = [known[name]((host, int(port)), int(seed)) for name in names]
    if sum(hostile.clients for hostile in hostiles) > MOST_SOCKETS:
        raise ValueError(f"more than {MOST_SOCKETS} clients")
    start = time.monotonic()
    asyncio.run(run(hostiles, float(seconds)))
    report = {hostile.name: vars(hostile.seen) for hostile in hostiles}
    json.dump({"seconds": time.monotonic() - start, "kinds": report}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
