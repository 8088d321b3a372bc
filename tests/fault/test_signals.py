"""Law: no log sink can block another or the end; SIGHUP reopens and ends nothing."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harmful import (
    assert_serves,
    floats,
    is_alive,
    log_records,
    promote,
    publish,
    reset,
    serve,
    version_of,
)
from harness import DEADLINE, PROGRAM, Address, Registry, Server, environment, wait_until
from wire import Connection, ask, request

SMALL_PIPE = 4096
F_SETPIPE_SZ = 1031


class UnreadConsole:
    """A server of the registry whose standard error is a full pipe that no process reads.

    It has what the tests ask of a `Server`.
    """

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._said = b""
        self._read, write = os.pipe()
        os.set_blocking(self._read, False)
        fcntl.fcntl(write, F_SETPIPE_SZ, SMALL_PIPE)
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--listen=127.0.0.1:0", "--metrics-listen=127.0.0.1:0"],
            cwd=registry.home,
            env=environment({"MOORAGE_SERVER__DRAIN": "200ms"}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=write,
        )
        os.close(write)
        try:
            # "listening" is the last that a start writes; afterwards nothing is read any more.
            self.address = wait_until("the address", lambda: self._announced("listening on"))
            fill(self._read)
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        self.process.kill()
        self.process.wait(DEADLINE)
        os.close(self._read)

    def _announced(self, words: str) -> Address | None:
        assert self.process.poll() is None, f"the server ended: {self._said!r}"
        with contextlib.suppress(BlockingIOError):
            self._said += os.read(self._read, 1 << 16)
        found = re.search(rf"{words} http://([0-9.]+):(\d+)", self._said.decode())
        return (found[1], int(found[2])) if found else None


def fill(pipe: int) -> None:
    """Writes into the pipe until it takes no more, by an opening of its own."""
    write = os.open(f"/proc/self/fd/{pipe}", os.O_WRONLY | os.O_NONBLOCK)
    try:
        for block in (b"x" * 1024, b"x"):
            with contextlib.suppress(BlockingIOError):
                while True:
                    os.write(write, block)
    finally:
        os.close(write)


@contextlib.contextmanager
def unread(registry: Registry) -> Iterator[Any]:
    for version in ("1.0.0", "1.1.0"):
        publish(registry, "cheap", version)
    promote(registry, "cheap@1.0.0")
    server = UnreadConsole(registry)
    try:
        yield server
    finally:
        server.end()


def wrong(request_id: str) -> bytes:
    named = {"X-Request-Id": request_id}
    raw: bytes = request("POST", "/v2/models/cheap/infer", b"{", named)
    return raw


def ids(server: Server) -> set[str]:
    return {record.get("request_id", "") for record in log_records(server)}


def test_an_unread_console_holds_no_end(registry: Registry) -> None:
    with unread(registry) as server:
        assert_serves(server)
        start = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        wait_until("the end", lambda: not is_alive(server), 2.2)
        assert server.process.returncode == 0
        assert time.monotonic() - start < 2.2


def test_an_unread_console_holds_no_log_file(registry: Registry) -> None:
    with unread(registry) as server:
        promote(registry, "cheap@1.1.0")  # the console would show it
        wait_until("the promotion", lambda: version_of(server, "cheap") == "1.1.0")
        assert ask(server.address, wrong("after")).status == 400
        wait_until("the record", lambda: "after" in ids(server), 2.5)


def test_sighup_ends_nothing(registry: Registry) -> None:
    with serve(registry, "cheap") as server:
        server.process.send_signal(signal.SIGHUP)
        time.sleep(0.2)
        assert_serves(server)


def test_sighup_opens_the_log_file_again(registry: Registry) -> None:
    with serve(registry, "cheap") as server:
        assert ask(server.address, wrong("before")).status == 400
        wait_until("the first record", lambda: "before" in ids(server))
        file = Path(registry.home / "moorage-data" / "logs" / "moorage.log")
        file.rename(file.with_name("moved.log"))
        server.process.send_signal(signal.SIGHUP)
        wait_until("a new file", file.exists, 2)
        assert ask(server.address, wrong("behind")).status == 400
        wait_until("the second record", lambda: "behind" in ids(server), 2)


def test_a_full_disk_ends_nothing(registry: Registry) -> None:
    variables = {"MOORAGE_LOGGING__FILE": "/dev/full"}
    with serve(registry, "cheap", variables=variables) as server:
        for number in range(50):
            assert ask(server.address, wrong(f"w-{number}")).status == 400
        assert_serves(server)
        server.terminate()
        assert server.ended() == 0


def test_a_limit_of_file_sizes_ends_nothing(registry: Registry) -> None:
    with serve(registry, "cheap") as server:
        # From now on a write to a file raises SIGXFSZ, unless that is ignored.
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (1, 1))
        for number in range(50):
            assert ask(server.address, wrong(f"w-{number}")).status == 400
        time.sleep(0.3)  # the log is written a tenth of a second later
        assert_serves(server)


def test_a_client_that_reads_nothing_raises_no_signal(registry: Registry) -> None:
    with serve(registry, "cheap") as server:
        for _ in range(20):
            client = Connection(server.address)
            client.send(floats("cheap", [1, 2, 3, 4]) * 20)
            reset(client)
        assert_serves(server)


def test_a_stopped_process_goes_on_where_it_was(registry: Registry) -> None:
    with serve(registry, "cheap") as server:
        server.process.send_signal(signal.SIGSTOP)
        time.sleep(0.3)
        server.process.send_signal(signal.SIGCONT)
        assert_serves(server)
        assert ask(server.address, floats("cheap", [0, 0, 0, 0])).status == 200
