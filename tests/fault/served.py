"""The server of the soak: its console is a pipe whose reader can be stopped."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping

from harness import DEADLINE, PROGRAM, Address, Registry, environment, wait_until

SMALL_PIPE = 4096
F_SETPIPE_SZ = 1031


class Served:
    """`moorage serve` of a registry, on free ports."""

    def __init__(self, registry: Registry, variables: Mapping[str, str]) -> None:
        self.registry = registry
        self._said = ""
        self._reading = threading.Event()
        self._reading.set()
        self._read, write = os.pipe()
        fcntl.fcntl(write, F_SETPIPE_SZ, SMALL_PIPE)
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--listen=127.0.0.1:0", "--metrics-listen=127.0.0.1:0"],
            cwd=registry.home,
            env=environment(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=write,
        )
        os.close(write)
        self._thread = threading.Thread(target=self._listen, name="console", daemon=True)
        self._thread.start()
        try:
            self.metrics_address = self._announced("metrics on")
            self.address = self._announced("listening on")
        except BaseException:
            self.kill()
            raise

    @contextlib.contextmanager
    def unread_console(self) -> Iterator[None]:
        """Nothing reads the console, and its pipe is full."""
        self._reading.clear()
        write = os.open(f"/proc/self/fd/{self._read}", os.O_WRONLY | os.O_NONBLOCK)
        try:
            for _ in range(3):  # the reader may have been about to read once more
                with contextlib.suppress(BlockingIOError):
                    while True:
                        os.write(write, b"x" * 512 + b"\n")
                time.sleep(0.05)
            yield
        finally:
            os.close(write)
            self._reading.set()

    def said(self) -> str:
        return self._said

    def kill(self) -> None:
        self._reading.set()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(DEADLINE)
        self._thread.join(DEADLINE)

    def _listen(self) -> None:
        while self._reading.wait() and (more := os.read(self._read, 1 << 12)):
            self._said = (self._said + more.decode(errors="replace"))[-100_000:]
        os.close(self._read)

    def _announced(self, words: str) -> Address:
        def look() -> Address | None:
            assert self.process.poll() is None, f"the server ended: {self._said}"
            found = re.search(rf"{words} http://([0-9.]+):(\d+)", self._said)
            return (found[1], int(found[2])) if found else None

        found: Address = wait_until(f"'{words}'", look)
        return found
