"""Polite clients: they ask one thing at a time, know the answer, and measure how long it took."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

from harness import Address
from wire import Answer, Connection

# Says what is wrong with an answer, or nothing.
Judge = Callable[[Answer], str]


def quantile(times: list[float], share: float) -> float:
    """The time that this share of them does not exceed, in seconds; 0 if there is none."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class Lag:
    """How late this process wakes up: what the machine adds to every figure of a client."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lag", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(10)

    def take_times(self) -> list[float]:
        taken, self._times = self._times, []
        return taken

    def _run(self) -> None:
        while not self._stopping.is_set():
            start = time.monotonic()
            time.sleep(0.005)
            self._times.append(time.monotonic() - start - 0.005)


class Polite:
    """One client on one connection, in a thread of its own."""

    def __init__(
        self, name: str, address: Address, raw: bytes, judge: Judge, pause: float = 0.01
    ) -> None:
        self.name = name
        self.statuses: Counter[int] = Counter()
        self.wrong: list[str] = []
        self.lost = 0  # requests without an answer
        self._address = address
        self._raw = raw
        self._judge = judge
        self._pause = pause
        self._times: list[float] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(30)

    @property
    def answered(self) -> int:
        return sum(self.statuses.values())

    def take_times(self) -> list[float]:
        """The times since this was asked last."""
        taken, self._times = self._times, []
        return taken

    def complain(self, what: str) -> None:
        if len(self.wrong) < 5:
            self.wrong.append(f"{self.name}: {what}")

    def _run(self) -> None:
        connection: Connection | None = None
        while not self._stopping.is_set():
            start = time.monotonic()
            try:
                if connection is None:
                    connection = Connection(self._address, 10)
                answer = connection.ask(self._raw)
            except (OSError, AssertionError) as error:
                self._times.append(time.monotonic() - start)
                if not self._stopping.is_set():
                    self.lost += 1
                    self.complain(f"no answer: {error!r}")
                if connection is not None:
                    connection.socket.close()
                connection = None
                self._stopping.wait(0.2)
                continue
            self._times.append(time.monotonic() - start)
            self.statuses[answer.status] += 1
            problem = f"was answered {answer.status}" if answer.status != 200 else ""
            problem = problem or self._judge(answer)
            if problem:
                self.complain(problem)
            if answer.closes:
                connection.socket.close()
                connection = None
            self._stopping.wait(self._pause)
        if connection is not None:
            connection.socket.close()
