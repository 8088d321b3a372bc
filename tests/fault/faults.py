"""Faults of the machine and of operators, one after the other beside the hostile clients."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping

from harness import Registry
from served import Served
from wire import ask, request

DESCRIPTORS = 6  # that are left to the server when they run out
LOG_SIZE = "256k"

# The names of the plan, in its order.
FAULTS = ("unread console", "SIGHUP", "promotions", "full disk", "no descriptors")


class Faults:
    """A thread with a plan: each fault has its share of the time."""

    def __init__(
        self,
        served: Served,
        registry: Registry,
        seconds: float,
        chance: random.Random,
        skip: Mapping[str, str],
    ) -> None:
        self.notes: list[str] = []
        self.judged: list[tuple[str, bool, str]] = []
        self._served = served
        self._registry = registry
        self._share = seconds / 7
        self._chance = chance
        self._skip = skip
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="faults", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(60)

    def _run(self) -> None:
        steps = (
            self._unread_console,
            self._hang_up,
            self._promotions,
            self._full_disk,
            self._no_descriptors,
        )
        self._wait(self._share)  # nothing beside the hostile clients
        for name, fault in zip(FAULTS, steps, strict=True):
            if self._stopping.is_set() or self._served.process.poll() is not None:
                self.notes.append(f"{name}: not done: no time was left")
                continue
            if name in self._skip:
                self.notes.append(f"{name}: not done: {self._skip[name]}")
                continue
            try:
                fault()
            except (OSError, AssertionError, subprocess.SubprocessError) as error:
                self.judged.append((name, False, f"{name}: {error!r}"))

    def _wait(self, seconds: float) -> None:
        self._stopping.wait(seconds)

    def _unread_console(self) -> None:
        """Nothing reads the console, while the server has something to say."""
        with self._served.unread_console():
            end = time.monotonic() + self._share
            while time.monotonic() < end and not self._stopping.is_set():
                self._switch("1.1.0")
                self._switch("1.0.0")

    def _hang_up(self) -> None:
        for _ in range(3):
            self._served.process.send_signal(signal.SIGHUP)
            self._wait(self._share / 6)
        gone = self._served.process.poll() is not None
        self.judged.append(
            ("SIGHUP", not gone, "SIGHUP ends nothing" + ("; but it ended the process" * gone))
        )

    def _promotions(self) -> None:
        """Moves an alias to and fro; afterwards each answer is of the version that was promoted."""
        wrong = []
        end = time.monotonic() + self._share
        count = 0
        while time.monotonic() < end and not self._stopping.is_set():
            version = ("1.1.0", "1.0.0")[count % 2]
            count += 1
            status = self._switch(version)
            if status != 200:
                wrong.append(f"promote was answered {status}")
                continue
            row = b'{"instances": [[' + b",".join([b"1"] * 30) + b"]]}"
            answer = ask(
                self._served.address, request("POST", "/api/v2/models/cancer/predict", row)
            )
            if answer.status == 200 and answer.json()["version"] != version:
                wrong.append(f"{answer.json()['version']} answered after {version} was promoted")
        sentence = f"{count} promotions were in force when they were answered"
        if wrong:
            sentence += f"; but {'; '.join(sorted(set(wrong))[:5])}"
        self.judged.append(("promotions", not wrong, sentence))

    def _switch(self, version: str) -> int:
        body = b'{"version": "%s", "force": true, "reason": "a soak"}' % version.encode()
        path = "/api/v1/models/cancer/aliases/production"
        answer = ask(self._served.address, request("PUT", path, body), patience=15)
        return int(answer.status)

    def _no_descriptors(self) -> None:
        with descriptors_left(self._served.process.pid, DESCRIPTORS):
            self._wait(min(self._share, 4.0))

    def _full_disk(self) -> None:
        """The file system of the log is full. It is a small one of its own, made for this."""
        logs = self._registry.home / "moorage-data" / "logs"
        filler = logs / "filler"
        if not os.path.ismount(logs):
            self.notes.append("full disk: not done: a file system of its own needs mount(8)")
            return
        with contextlib.suppress(OSError), filler.open("wb") as file:
            while True:
                file.write(b"x" * 4096)
        try:
            self._wait(self._share)
        finally:
            filler.unlink()


@contextlib.contextmanager
def descriptors_left(pid: int, count: int) -> Iterator[None]:
    """Leaves a process so many descriptors, and gives the others back in the end."""
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    used = max(int(name) for name in os.listdir(f"/proc/{pid}/fd")) + 1
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + count, before[1]))
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


@contextlib.contextmanager
def small_disk(registry: Registry) -> Iterator[None]:
    """A small file system for the log, if this process may mount one."""
    logs = registry.home / "moorage-data" / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={LOG_SIZE}", "tmpfs", str(logs)]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield
    finally:
        if mounted:
            subprocess.run(["umount", str(logs)], check=False, capture_output=True)
