"""HTTP/1.1 byte by byte: what is sent is exactly what the test says, and nothing is repaired."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from harness import DEADLINE, Address

JSON = "application/json"


class NoAnswerError(AssertionError):
    """The server closed the connection, or said nothing, where an answer is due."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def closes(self) -> bool:
        return self.headers.get("connection", "").lower() == "close"


def request(
    method: str,
    path: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    content_type: str | None = JSON,
) -> bytes:
    """A well-formed request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    if method not in ("GET", "HEAD"):
        lines.append(f"Content-Length: {len(body)}")
        if content_type is not None:
            lines.append(f"Content-Type: {content_type}")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def post(path: str, document: Any, headers: Mapping[str, str] | None = None) -> bytes:
    return request("POST", path, json.dumps(document).encode(), headers)


def parse(received: bytes) -> tuple[Answer, int] | None:
    """The first answer in `received` and its length, or nothing if it is not complete.

    The server frames its answers by Content-Length; one that does not is a failure.
    """
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    first, *lines = received[:end].decode("latin-1").split("\r\n")
    protocol, status, _ = first.split(" ", 2)
    assert protocol == "HTTP/1.1", first
    headers = {}
    for line in lines:
        name, value = line.split(":", 1)
        assert name.lower() not in headers, f"{name} is there twice"
        headers[name.lower()] = value.strip()
    start = end + 4
    length = 0 if status == "100" else int(headers["content-length"])
    if len(received) < start + length:
        return None
    body = received[start : start + length]
    return Answer(int(status), headers, body), start + length


class Connection:
    """One connection. Answers come in the order of the requests."""

    def __init__(self, address: Address, patience: float = DEADLINE) -> None:
        self.patience = patience
        self.socket = socket.create_connection(address, patience)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.socket.close()

    def send(self, raw: bytes) -> None:
        self.socket.sendall(raw)

    def send_what_is_taken(self, chunks: Iterable[bytes]) -> int:
        """Sends until the server answers or hangs up; the number of bytes that it took."""
        taken = 0
        end = time.monotonic() + self.patience
        try:
            for chunk in chunks:
                if time.monotonic() > end:
                    raise NoAnswerError(f"{taken} bytes in {self.patience} s, and no answer")
                self.socket.sendall(chunk)
                taken += len(chunk)
                if self._has_input():
                    break
        except (BrokenPipeError, ConnectionResetError):
            pass  # what it said before may still be there to be read
        return taken

    def answer(self) -> Answer:
        end = time.monotonic() + self.patience
        while True:
            got = parse(self.received)
            if got is not None:
                self.received = self.received[got[1] :]
                return got[0]
            if time.monotonic() > end:
                raise NoAnswerError(f"no answer within {self.patience} s")
            try:
                more = self.socket.recv(1 << 16)
            except (ConnectionResetError, TimeoutError) as error:
                raise NoAnswerError(f"{error!r} after {self.received[:200]!r}") from error
            if not more:
                raise NoAnswerError(f"closed after {self.received[:200]!r}")
            self.received += more

    def ask(self, raw: bytes) -> Answer:
        self.send(raw)
        return self.answer()

    def is_closed_cleanly(self) -> bool:
        """Waits for the server to hang up; true if it did without a byte and without a reset."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return False

    def _has_input(self) -> bool:
        self.socket.setblocking(False)
        try:
            more = self.socket.recv(1 << 16)
        except BlockingIOError:
            return False
        finally:
            self.socket.settimeout(self.patience)
        self.received += more
        return True


def ask(address: Address, raw: bytes, patience: float = DEADLINE) -> Answer:
    """One request on a connection of its own."""
    with Connection(address, patience) as connection:
        return connection.ask(raw)


def get(address: Address, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    return ask(address, request("GET", path, headers=headers))
