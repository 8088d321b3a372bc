"""Many keep-alive connections that ask without a pause, watched from one thread."""

from __future__ import annotations

import selectors
import socket
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from types import TracebackType

from harness import DEADLINE, Address, wait_until
from wire import Answer, parse

# Which of the load's requests was asked, and its answer; says what kind of answer it is.
Judge = Callable[[int, Answer], str]


def by_status(_: int, answer: Answer) -> str:
    return str(answer.status)


class _Line:
    """A connection with one request under way."""

    def __init__(self, index: int) -> None:
        self.asked = index
        self.received = b""
        self.socket: socket.socket | None = None


class Load:
    """Asks `requests` in turn on each of `connections`, until stopped or refused a connection.

    `kinds` counts the answers by what the judge calls them. `lost` counts requests that were sent
    on an accepted connection and never answered; `refused` connections that were not accepted.
    """

    def __init__(
        self,
        address: Address,
        requests: Sequence[bytes],
        judge: Judge = by_status,
        connections: int = 16,
    ) -> None:
        self.kinds: Counter[str] = Counter()
        self.lost = 0
        self.refused = 0
        self.problem: Exception | None = None
        self._address = address
        self._requests = requests
        self._judge = judge
        self._lines = [_Line(index) for index in range(connections)]
        self._selector = selectors.DefaultSelector()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)

    def __enter__(self) -> Load:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def answered(self) -> int:
        return sum(self.kinds.values())

    def wait_for_answers(self, more: int) -> None:
        """Waits until so many more requests have been answered."""
        goal = self.answered + more
        wait_until(f"{more} answers", lambda: self.answered >= goal or self.ended)
        assert self.answered >= goal, f"the load ended: {self}"

    def wait_for(self, kind: str) -> None:
        """Waits for an answer of this kind that is given from now on."""
        before = self.kinds[kind]
        wait_until(f"an answer of kind {kind}", lambda: self.kinds[kind] > before or self.ended)
        assert self.kinds[kind] > before, f"the load ended: {self}"

    @property
    def ended(self) -> bool:
        return not self._thread.is_alive()

    def join(self) -> None:
        """Waits until no connection is left: the server has gone."""
        self._thread.join(DEADLINE)
        assert self.ended, f"{self} still waits for answers"
        self._raise_problem()

    def stop(self) -> None:
        """Waits for the answers that are under way, and ends."""
        self._stopping.set()
        self.join()

    def __str__(self) -> str:
        return f"{dict(self.kinds)}, {self.lost} lost, {self.refused} refused: {self.problem}"

    def _raise_problem(self) -> None:
        if self.problem is not None:
            raise self.problem

    def _run(self) -> None:
        try:
            for line in self._lines:
                self._connect(line)
            while self._selector.get_map():
                ready = self._selector.select(DEADLINE)
                if not ready:
                    raise AssertionError(f"silence for {DEADLINE} s")
                for key, _ in ready:
                    self._read(key.data)
        except Exception as error:  # whatever it is, the test's own thread raises it
            self.problem = error
        finally:
            for line in self._lines:
                if line.socket is not None:
                    line.socket.close()
            self._selector.close()

    def _connect(self, line: _Line) -> None:
        line.received = b""
        try:
            line.socket = socket.create_connection(self._address, DEADLINE)
        except ConnectionRefusedError:
            line.socket = None
            self.refused += 1
            return
        line.socket.setblocking(False)
        self._selector.register(line.socket, selectors.EVENT_READ, line)
        self._ask(line)

    def _hang_up(self, line: _Line) -> None:
        assert line.socket is not None
        self._selector.unregister(line.socket)
        line.socket.close()
        line.socket = None

    def _lose(self, line: _Line) -> None:
        self.lost += 1
        self._hang_up(line)
        if not self._stopping.is_set():
            self._connect(line)

    def _ask(self, line: _Line) -> None:
        assert line.socket is not None
        line.asked = (line.asked + 1) % len(self._requests)
        raw = self._requests[line.asked]
        try:
            sent = line.socket.send(raw)
        except (BrokenPipeError, ConnectionResetError):
            self._lose(line)
            return
        assert sent == len(raw), "requests of a load must fit into the socket's buffer"

    def _read(self, line: _Line) -> None:
        assert line.socket is not None
        try:
            more = line.socket.recv(1 << 16)
        except BlockingIOError:
            return
        except ConnectionResetError:
            more = b""
        if not more:
            self._lose(line)
            return
        line.received += more
        got = parse(line.received)
        if got is None:
            return
        answer, length = got
        assert length == len(line.received), "more than the answer"
        line.received = b""
        self.kinds[self._judge(line.asked, answer)] += 1
        if self._stopping.is_set():
            self._hang_up(line)
        elif answer.closes:
            self._hang_up(line)
            self._connect(line)
        else:
            self._ask(line)
