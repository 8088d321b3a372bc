"""Hostile clients whose requests are well-formed, and ask for more than they seem to."""

from __future__ import annotations

import asyncio
import time
from typing import ClassVar

from asked import CHEAP, infer, post, rounds
from hostile import BUSY, NO_ROOM, Hostile, Link

LEAST = -(2**63)
LONG = 300_000  # rounds of the loop: half a second on a machine of today


class Pipeliners(Hostile):
    name = "pipeline"
    may_be_cut = False
    clients = 4
    pause = 1.0
    allowed = frozenset({200}) | NO_ROOM
    bound = "as many answers as requests, in their order"
    many: ClassVar[int] = 2000

    async def visit(self, link: Link) -> None:
        live = b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"
        self.seen.sent += self.many
        sending = asyncio.ensure_future(link.send(live * self.many))
        try:
            for _ in range(self.many):
                await link.answer()
        finally:
            sending.cancel()


class DeepPipeliners(Hostile):
    name = "deep-pipeline"
    may_be_cut = False
    clients = 2
    pause = 0.5
    allowed = frozenset({200}) | BUSY
    bound = "one client of a cheap model leaves room for others"
    many: ClassVar[int] = 500

    async def visit(self, link: Link) -> None:
        self.seen.sent += self.many
        sending = asyncio.ensure_future(link.send(CHEAP * self.many))
        try:
            for _ in range(self.many):
                await link.answer()
        finally:
            sending.cancel()


class EmptyRows(Hostile):
    name = "empty-rows"
    may_be_cut = False
    clients = 2
    pause = 0.5
    allowed = frozenset({400, 413}) | NO_ROOM
    bound = "12 KB of rows cost what their text costs"
    raw: ClassVar[bytes] = post(
        "/api/v2/models/wide_row/predict", b'{"instances": [' + b",".join([b"[]"] * 4000) + b"]}"
    )

    async def visit(self, link: Link) -> None:
        await self.ask(link, self.raw)


class FewEmptyRows(Hostile):
    name = "few-empty-rows"
    may_be_cut = False
    clients = 2
    pause = 0.3
    allowed = frozenset({400, 413}) | BUSY
    bound = "100 empty rows cost what their text costs"
    raw: ClassVar[bytes] = post(
        "/api/v2/models/wide_row/predict", b'{"instances": [' + b",".join([b"[]"] * 100) + b"]}"
    )

    async def visit(self, link: Link) -> None:
        await self.ask(link, self.raw)


class WideAndDeep(Hostile):
    name = "wide-deep-json"
    may_be_cut = False
    clients = 2
    pause = 0.2
    allowed = frozenset({400, 413}) | NO_ROOM
    bound = "400, whatever the form of the document"
    wide: ClassVar[bytes] = b"{" + b",".join(b'"m%d": 1' % i for i in range(50_000)) + b"}"
    deep: ClassVar[bytes] = b'{"inputs": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"

    async def visit(self, link: Link) -> None:
        for body in (self.wide, self.deep):
            await self.ask(link, post("/v2/models/cheap/infer", body))


class ManyRows(Hostile):
    name = "many-rows"
    may_be_cut = False
    clients = 1
    pause = 0.5
    allowed = frozenset({200, 413}) | BUSY
    bound = "60,000 rows are answered in slices"
    raw: ClassVar[bytes] = infer("cheap", "input", [60_000, 4], "FP32", [0.5] * 240_000)

    async def visit(self, link: Link) -> None:
        await self.ask(link, self.raw)


class Leavers(Hostile):
    name = "reset-under-run"
    clients = 6
    pause = 0.5
    allowed = frozenset({200}) | BUSY
    bound = "a run that nothing waits for ends"

    async def visit(self, link: Link) -> None:
        self.seen.sent += 1
        await link.send(rounds(LONG))
        await asyncio.sleep(self.random.uniform(0, 0.05))
        link.reset()


class Loops(Hostile):
    name = "data-loop"
    may_be_cut = False
    clients = 2
    pause = 0.5
    allowed = frozenset({200}) | BUSY
    bound = "a loop that looks cheap holds no other client"

    async def visit(self, link: Link) -> None:
        for _ in range(5):
            await self.ask(link, rounds(self.random.choice((0, 0, 0, LONG))))


class ShortDeadlines(Hostile):
    name = "short-deadline"
    may_be_cut = False
    clients = 2
    pause = 0.5
    allowed = frozenset({400, 504}) | NO_ROOM
    bound = "a timeout of the client is obeyed or refused, and answered when it comes"

    async def visit(self, link: Link) -> None:
        await self.ask(link, rounds(LONG, {"timeout": 20_000}))  # microseconds


class PastDeadlines(Hostile):
    name = "past-deadline"
    may_be_cut = False
    clients = 1
    pause = 3.0
    allowed = frozenset({200, 504}) | NO_ROOM
    bound = "504 at the deadline of the server"

    patience: ClassVar[float] = 2.5  # the timeout of the server is 1 s, the run takes longer

    async def visit(self, link: Link) -> None:
        await self.ask(link, b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")  # it is accepted
        start = time.monotonic()
        await self.ask(link, infer("one_long_node", "size", [1], "INT64", [3500]))
        took = time.monotonic() - start
        if took > self.patience:
            self.seen.complain(f"waited {took:.1f} s")


class LargeAnswers(Hostile):
    name = "large-answer"
    may_be_cut = False
    clients = 1
    pause = 1.0
    allowed = frozenset({200, 413}) | BUSY
    bound = "an answer is within the budget of bytes"

    async def visit(self, link: Link) -> None:
        await self.ask(link, infer("repeats", "times", [1], "INT64", [20]))


class Divisions(Hostile):
    name = "division"
    may_be_cut = False
    clients = 1
    pause = 0.2
    allowed = frozenset({200, 400, 422}) | BUSY
    bound = "a quotient that there is not fails alone"

    async def visit(self, link: Link) -> None:
        tensors = b'{"name": "%s", "shape": [1, 1], "datatype": "INT64", "data": [%d]}'
        a, b = self.random.choice(((7, -1), (LEAST, -2), (7, 2)))
        body = b'{"inputs": [' + tensors % (b"a", a) + b"," + tensors % (b"b", b) + b"]}"
        await self.ask(link, post("/v2/models/div_shifted/infer", body))


KINDS: tuple[type[Hostile], ...] = (
    Pipeliners,
    DeepPipeliners,
    EmptyRows,
    FewEmptyRows,
    WideAndDeep,
    ManyRows,
    Leavers,
    Loops,
    ShortDeadlines,
    PastDeadlines,
    LargeAnswers,
    Divisions,
)
