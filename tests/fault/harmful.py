"""Servers of models that do harm, and what is measured of them from outside."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from exposition import Scrape
from harness import DEADLINE, EXAMPLES, MODELS, SOURCE, Address, Registry, Server, wait_until
from wire import Answer, Connection, ask, get, post, request

FAULT = SOURCE / "tests" / "testdata" / "fault"
LIVE = request("GET", "/health/live")
READY = request("GET", "/health/ready")
MIB = 1 << 20

Tensor = tuple[str, Sequence[int], str, Sequence[Any]]


def infer(model: str, *inputs: Tensor, headers: Mapping[str, str] | None = None) -> bytes:
    """A request of the tensor protocol."""
    tensors = [
        {"name": name, "shape": list(shape), "datatype": datatype, "data": list(data)}
        for name, shape, datatype, data in inputs
    ]
    raw: bytes = post(f"/v2/models/{model}/infer", {"inputs": tensors}, headers)
    return raw


def floats(model: str, *rows: Sequence[float], name: str = "input") -> bytes:
    """Asks a model of one FP32 input for these rows."""
    values = [value for row in rows for value in row]
    return infer(model, (name, (len(rows), len(rows[0])), "FP32", values))


def rounds(model: str, count: int) -> bytes:
    """Asks for so many rounds of a loop, by a request that looks like any other."""
    return floats(model, [count], name="rounds")


def data_of(answer: Answer) -> list[Any]:
    """The values of the first output."""
    assert answer.status == 200, answer
    data: list[Any] = answer.json()["outputs"][0]["data"]
    return data


def file_of(model: str) -> Path:
    """The file of a model of the test data or of an example. `slow_2` is another `slow`."""
    stem = model.rstrip("0123456789").removesuffix("_") if model[-1].isdigit() else model
    places: tuple[Path, ...] = (
        FAULT / f"{stem}.onnx", MODELS / f"{stem}.onnx", EXAMPLES / stem / "model.onnx"
    )  # fmt: skip
    return next(place for place in places if place.exists())


def serve(
    registry: Registry,
    *models: str,
    threads: int = 1,
    variables: Mapping[str, str] | None = None,
) -> Server:
    """A server of these files, with one reactor if nothing else is said."""
    words = [word for model in models for word in ("--model", f"{file_of(model)}={model}")]
    own = {"MOORAGE_SERVER__THREADS": str(threads), **(variables or {})}
    return Server(registry, *words, variables=own)


def publish(registry: Registry, model: str, version: str = "1.0.0") -> str:
    """Pushes a model that no data set can judge; the reference of the version."""
    registry.run("push", model, file_of(model), "--version", version)
    return f"{model}@{version}"


def promote(registry: Registry, ref: str) -> None:
    registry.run("promote", ref, "--to", "production", "--force", "--reason", "a test")


def release_harmful(registry: Registry, model: str) -> bool:
    """Pushes and promotes a model that a push or a promotion may refuse; true if none did."""
    ref = f"{model}@1.0.0"
    words = ("promote", ref, "--to", "production", "--force", "--reason", "a test")
    pushed = registry.run("push", model, file_of(model), code=None)
    return pushed.code == 0 and int(registry.run(*words, code=None).code) == 0


def promotion(model: str, version: str) -> bytes:
    """The request that promotes a version which no evidence supports."""
    document = {"version": version, "force": True, "reason": "a test"}
    path = f"/api/v1/models/{model}/aliases/production"
    raw: bytes = request("PUT", path, json.dumps(document).encode())
    return raw


# --- What the process is ---


def is_alive(server: Server) -> bool:
    return server.process.poll() is None


def assert_serves(server: Server, model: str = "cheap") -> None:
    """The process is there and answers rightly."""
    assert is_alive(server), f"the server ended with {server.process.poll()}"
    answer = ask(server.address, floats(model, [1, 2, 3, 4]), patience=5)
    assert data_of(answer) == [-1, -2, -3, -4]


def send_as_taken(connection: Connection, raw: bytes) -> None:
    """Sends all of it, unless the server answers or hangs up before."""
    step = 256 * 1024
    connection.send_what_is_taken(raw[at : at + step] for at in range(0, len(raw), step))


def ask_for_much(address: Address, raw: bytes) -> tuple[int, int]:
    """Status and length of an answer that is too large to be looked at again and again."""
    with socket.create_connection(address, DEADLINE) as client:
        client.sendall(raw)
        got = bytearray()
        while b"\r\n\r\n" not in got:
            got += client.recv(1 << 16)
        first, _, rest = bytes(got).partition(b"\r\n\r\n")
        lines = first.decode("latin-1").lower().split("\r\n")
        length = next(int(line[15:]) for line in lines if line.startswith("content-length:"))
        left = length - len(rest)
        while left > 0:
            more = client.recv(1 << 20)
            assert more, f"closed {left} bytes before the end of the answer"
            left -= len(more)
        return int(lines[0].split(" ")[1]), length


def status_field(server: Server, name: str) -> float:
    """A size of /proc/PID/status in MiB."""
    for line in Path(f"/proc/{server.process.pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise AssertionError(f"the server ended with {server.process.poll()}")


def resident(server: Server) -> float:
    """Resident memory in MiB."""
    return status_field(server, "VmRSS")


def peak(server: Server) -> float:
    """The most memory that was ever resident, in MiB."""
    return status_field(server, "VmHWM")


def forget_peak(server: Server) -> float:
    """From now on the peak is counted anew; what is resident now, in MiB."""
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")
    return resident(server)


def limit_memory(server: Server, more: int) -> None:
    """Refuses the server more address space than this beyond what it has."""
    now = int(status_field(server, "VmSize")) * MIB
    resource.prlimit(server.process.pid, resource.RLIMIT_AS, (now + more, now + more))


def settles_at(server: Server, most: float, patience: float = 2.0) -> float:
    """Resident memory in MiB once it is at most this, or after `patience` seconds."""
    end = time.monotonic() + patience
    while (now := resident(server)) > most and time.monotonic() < end:
        time.sleep(0.02)
    return now


@contextlib.contextmanager
def descriptors_left(server: Server, count: int) -> Iterator[None]:
    """Leaves the server so many descriptors, and gives the others back in the end."""
    pid = server.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    used = max(int(name) for name in os.listdir(f"/proc/{pid}/fd")) + 1
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + count, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


# --- What others notice ---


def reset(connection: Connection) -> None:
    """Closes with a reset, so that the server learns at once that nothing waits for it."""
    linger = struct.pack("ii", 1, 0)
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    connection.socket.close()


class Watch:
    """Another client that asks one thing again and again, and keeps the longest wait."""

    def __init__(self, address: Address, raw: bytes = LIVE) -> None:
        self.longest = 0.0
        self.asked = 0
        self._address = address
        self._raw = raw
        self._stopping = threading.Event()
        self._problem: BaseException | None = None
        self._connection = Connection(address, 20)
        assert self._connection.ask(raw).status == 200
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._thread.join(DEADLINE)
        self._connection.socket.close()
        if self._problem is not None and error is None:
            raise AssertionError(f"another client: {self._problem!r}") from self._problem

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                start = time.monotonic()
                answer = self._connection.ask(self._raw)
                self.longest = max(self.longest, time.monotonic() - start)
                assert answer.status == 200, answer
                self.asked += 1
                time.sleep(0.002)
        except (OSError, AssertionError) as error:
            self._problem = error


@dataclass(frozen=True)
class Heavy:
    """A request, and how long its run takes on this machine at this time."""

    raw: bytes
    seconds: float


def time_of(address: Address, raw: bytes) -> float:
    start = time.monotonic()
    answer = ask(address, raw)
    assert answer.status == 200, answer
    return time.monotonic() - start


def heavy_rounds(server: Server, model: str, seconds: float) -> Heavy:
    """Rounds of a loop that take about so long. Afterwards the server knows the model."""
    count = 20_000
    took = min(time_of(server.address, rounds(model, count)) for _ in range(3))
    count = int(count * seconds / took)
    raw = rounds(model, count)
    return Heavy(raw, seconds)


def heavy_node(server: Server, model: str, seconds: float) -> Heavy:
    """A product of matrices that takes about so long and cannot be stopped in its middle."""
    size = 1200
    took = min(time_of(server.address, product(model, size)) for _ in range(2))
    size = int(size * (seconds / took) ** (1 / 3))
    return Heavy(product(model, size), seconds)


def product(model: str, size: int) -> bytes:
    return infer(model, ("size", [1], "INT64", [size]))


# --- What was counted and written ---


def counted(scrape: Scrape, code: int) -> dict[str, float]:
    """What each counter that tells a status has counted under this one.

    Scrapes are left out, because the test makes them.
    """
    sums: dict[str, float] = {}
    for family in scrape.families.values():
        for (_, labels), value in family.samples.items():
            told = dict(labels)
            if family.type == "counter" and "code" in told and told.get("endpoint") != "metrics":
                own = value if told["code"] == str(code) else 0.0
                sums[family.name] = sums.get(family.name, 0.0) + own
    return sums


def log_records(server: Server) -> list[dict[str, Any]]:
    """Every record of the log file."""
    file = server.registry.home / "moorage-data" / "logs" / "moorage.log"
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text().split("\n")[:-1]]


def record_of(server: Server, request_id: str, patience: float = 5.0) -> dict[str, Any]:
    """Waits for the access record of a request."""

    def look() -> dict[str, Any] | None:
        found = [r for r in log_records(server) if r.get("request_id") == request_id]
        return next((record for record in found if record["type"] == "access"), None)

    record: dict[str, Any] = wait_until(f"the record of {request_id}", look, patience)
    return record


def version_of(server: Server, model: str) -> str:
    """The version that answers for a model, or nothing."""
    answer = get(server.address, f"/v2/models/{model}/ready")
    if answer.status != 200:
        return ""
    got = ask(server.address, floats(model, [1, 2, 3, 4]))
    return str(got.json()["model_version"]) if got.status == 200 else ""
