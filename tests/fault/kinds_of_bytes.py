"""Hostile clients that send and read bytes in a way that the server did not hope for."""

from __future__ import annotations

import asyncio
import gzip
from typing import ClassVar

from asked import CHEAP, head, infer, rows_of
from hostile import BUSY, NO_ROOM, Hostile, Link

MIB = 1 << 20
GET_LIVE = b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"


class SlowHeads(Hostile):
    name = "slow-head"
    most_seconds = 20.0
    clients = 20
    allowed = frozenset({408})
    bound = "408 or an end within the time for a head"

    async def visit(self, link: Link) -> None:
        self.seen.sent += 1
        await link.send_slowly(GET_LIVE[:-4] + b"X: y\r\n" * 20, 1, 1.0)
        await link.answer()


class HalfHeads(Hostile):
    name = "half-head"
    most_seconds = 20.0
    clients = 20
    allowed = frozenset({408})
    bound = "408 or an end within the time for a head"

    async def visit(self, link: Link) -> None:
        self.seen.sent += 1
        await link.send(GET_LIVE[: self.random.randrange(1, len(GET_LIVE) - 2)])
        await link.answer()


class HalfBodies(Hostile):
    name = "half-body"
    most_seconds = 80.0
    clients = 20
    allowed = frozenset({408}) | NO_ROOM
    bound = "408 when the window of a body is over"

    async def visit(self, link: Link) -> None:
        self.seen.sent += 1
        await link.send(CHEAP[: -self.random.randrange(1, 60)])
        await link.answer()


class DrippingBodies(Hostile):
    name = "drip-body"
    may_be_cut = False
    clients = 8
    allowed = frozenset({200, 408}) | BUSY
    bound = "an answer, however slowly a small body comes"

    async def visit(self, link: Link) -> None:
        self.seen.sent += 1
        at = CHEAP.index(b"\r\n\r\n") + 4
        await link.send(CHEAP[:at])
        await link.send_slowly(CHEAP[at:], 1, 0.02)
        await link.answer()


class Promises(Hostile):
    name = "promised"
    most_seconds = 80.0
    clients = 20
    allowed = frozenset({408, 413}) | NO_ROOM
    bound = "a promise of 60 MiB takes no memory"

    async def visit(self, link: Link) -> None:
        self.seen.sent += 1
        await link.send(head("POST", "/v2/models/cheap/infer", 60 * MIB))
        await link.answer()


class Nowhere(Hostile):
    name = "nowhere"
    may_be_cut = False
    clients = 8
    pause = 1.0
    allowed = frozenset({404, 413}) | NO_ROOM
    bound = "404 from the head; 40 MiB are not kept"
    block: ClassVar[bytes] = b" " * MIB

    async def visit(self, link: Link) -> None:
        self.seen.sent += 1
        await link.send(head("POST", "/no/such/path", 40 * MIB))
        for _ in range(40):
            await link.send(self.block)
            if await link.answers_within(0.01):
                break
        await link.answer()


class GetBodies(Hostile):
    name = "get-body"
    clients = 2
    pause = 1.0
    allowed = frozenset({200, 400, 413}) | NO_ROOM
    bound = "a body that nothing asked for is not looked at"

    async def visit(self, link: Link) -> None:
        self.seen.sent += 1
        await link.send(head("GET", "/health/live", 16 * MIB))
        for _ in range(16):
            await link.send(b"[" * MIB)
            if await link.answers_within(0.005):
                break
        await link.answer()


class EndlessChunks(Hostile):
    name = "endless-chunks"
    clients = 2
    pause = 1.0
    allowed = frozenset({400, 408, 413}) | NO_ROOM
    bound = "413 at the limit of a body"

    async def visit(self, link: Link) -> None:
        self.seen.sent += 1
        first = head("POST", "/v2/models/cheap/infer", None)
        await link.send(first + b"Transfer-Encoding: chunked\r\n\r\n")
        chunk = b"40000\r\n" + b" " * 0x40000 + b"\r\n"
        while not await link.answers_within(0.01):
            await link.send(chunk)
        await link.answer()


class TooMuch(Hostile):
    name = "too-much"
    clients = 4
    allowed = frozenset({200, 400}) | BUSY
    bound = "what follows the end is refused or ignored"

    async def visit(self, link: Link) -> None:
        self.seen.sent += 1
        closing = CHEAP.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)
        await link.send(closing + self.random.randbytes(200_000))
        await link.answer()


class Noise(Hostile):
    name = "noise"
    clients = 4
    allowed = frozenset({400, 404, 405, 408, 411, 413, 414, 415, 417, 431, 501, 505})
    bound = "a refusal; the process goes on"

    async def visit(self, link: Link) -> None:
        self.seen.sent += 1
        raw = bytearray(GET_LIVE.replace(b"/health/live", b"/no"))
        for _ in range(self.random.randrange(1, 8)):
            raw[self.random.randrange(len(raw))] = self.random.randrange(256)
        await link.send(bytes(raw) + b"\r\n\r\n")
        if await link.answers_within(0.5):
            await link.answer()


class SlowReaders(Hostile):
    name = "slow-reader"
    may_be_cut = False
    clients = 8
    allowed = frozenset({200, 413}) | BUSY
    bound = "a steady reader has its whole answer"

    async def visit(self, link: Link) -> None:
        self.seen.sent += 1
        await link.send(rows_of("large_answer", 4))
        await link.answer(piece=32 << 10, pause=0.05)


class VerySlowReaders(Hostile):
    name = "very-slow-reader"
    may_be_cut = False
    clients = 2
    allowed = frozenset({200, 413}) | BUSY
    bound = "progress is measured in bytes, so a steady reader is never cut"

    async def visit(self, link: Link) -> None:
        self.seen.sent += 1
        await link.send(rows_of("large_answer", 4))
        await link.answer(piece=4 << 10, pause=0.08)  # the whole takes about 45 s


class NoReaders(Hostile):
    name = "never-reads"
    clients = 8
    allowed = frozenset({200, 413}) | BUSY
    bound = "answers that no client reads are bounded"

    async def visit(self, link: Link) -> None:
        self.seen.sent += 4
        await link.send(rows_of("large_answer", 4) * 4)
        await asyncio.sleep(8)
        link.reset()


class Storm(Hostile):
    name = "connect-close"
    clients = 4
    pause = 0.02
    bound = "connections that come and go cost nothing that stays"

    async def visit(self, link: Link) -> None:
        self.seen.sent += 1
        if self.random.random() < 0.5:
            link.reset()


class Holders(Hostile):
    name = "connect-hold"
    clients = 150
    allowed = frozenset({408}) | NO_ROOM
    bound = "idle connections are kept or closed, and hold nobody's place"

    async def visit(self, link: Link) -> None:
        self.seen.sent += 1
        await link.reader.read(1)  # until the server closes


class GzipBombs(Hostile):
    name = "gzip-bomb"
    may_be_cut = False
    clients = 2
    pause = 0.5
    allowed = frozenset({400, 413, 415}) | BUSY
    bound = "a body is as large as it becomes"
    bomb: ClassVar[bytes] = gzip.compress(b" " * (200 * MIB), 9)

    async def visit(self, link: Link) -> None:
        first = head("POST", "/v2/models/cheap/infer", len(self.bomb))
        encoded = first.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
        await self.ask(link, encoded + self.bomb)


class Padding(Hostile):
    name = "padding"
    may_be_cut = False
    clients = 2
    pause = 0.5
    allowed = frozenset({400, 413}) | BUSY
    bound = "blanks beside no data buy no strings"

    async def visit(self, link: Link) -> None:
        body = (
            b'{"inputs": [{"name": "input", "shape": [300000, 3], "datatype": "BYTES", "data": ['
            + b" " * (4 * MIB)
            + b"]}]}"
        )
        first = head("POST", "/v2/models/identity_string/infer", len(body))
        await self.ask(link, first + body)


class RefusedStrings(Hostile):
    name = "refused-strings"
    may_be_cut = False
    clients = 2
    pause = 0.3
    allowed = frozenset({400, 413}) | BUSY
    bound = "refused strings are given back"
    raw: ClassVar[bytes] = infer(
        "identity_string", "input", [1, 3], "BYTES", ["x" * MIB, "y" * MIB, 1]
    )

    async def visit(self, link: Link) -> None:
        for _ in range(5):
            await self.ask(link, self.raw)
            await asyncio.sleep(self.pause)


KINDS: tuple[type[Hostile], ...] = (
    SlowHeads,
    HalfHeads,
    HalfBodies,
    DrippingBodies,
    Promises,
    Nowhere,
    GetBodies,
    EndlessChunks,
    TooMuch,
    Noise,
    SlowReaders,
    VerySlowReaders,
    NoReaders,
    Storm,
    Holders,
    GzipBombs,
    Padding,
    RefusedStrings,
)
