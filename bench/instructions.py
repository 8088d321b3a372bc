"""User instructions per request by callgrind, at exact batch sizes.

The difference of two request counts, so that start-up cancels out. The server is stopped while a
round of requests is sent and goes on when all have arrived, so every tick holds the whole round and
the count does not depend on how busy the machine is. Compares with bench/baseline.json (`--update`
writes it); exit code 1 if one is above its bound or more than 3 % over the baseline.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from programs import ROOT, Program, make_registry, moorage, workplace

BASELINE = ROOT / "bench/baseline.json"
FEW, MANY = 640, 3_840
GROWTH = 1.03


@dataclass(frozen=True)
class Load:
    """One row a request, `batch` requests in a tick."""

    name: str
    path: str
    batch: int
    bound: int | None = None  # user instructions per request, where one is promised


LOADS = (
    Load("predict_v1_batches_of_32", "/api/v1/predict", 32, 16_000),
    Load("predict_v1_batches_of_1", "/api/v1/predict", 1),
)


class Rounds:
    """Keep-alive connections that ask together and wait together."""

    def __init__(self, server: Program, path: str, body: bytes, size: int) -> None:
        host, port = server.url.removeprefix("http://").split(":")
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self.request = head.encode() + body
        self.pid = server.process.pid
        self.tasks = Path(f"/proc/{self.pid}/task")
        self.connections = [socket.create_connection((host, int(port)), 60) for _ in range(size)]

    def ask(self) -> int:
        """One round; the number of answers that were not 200."""
        os.kill(self.pid, signal.SIGSTOP)
        while not self.is_stopped():
            pass
        for connection in self.connections:
            connection.sendall(self.request)
        os.kill(self.pid, signal.SIGCONT)
        answers = [connection.recv(65536) for connection in self.connections]
        return sum(not answer.startswith(b"HTTP/1.1 200") for answer in answers)

    def is_stopped(self) -> bool:
        """Whether the last thread has taken notice of the signal."""
        states = (task.joinpath("stat").read_text() for task in self.tasks.iterdir())
        return all(state.rsplit(")", 1)[1].split()[0] == "T" for state in states)

    def close(self) -> None:
        """Ends the connections."""
        for connection in self.connections:
            connection.close()


def count_instructions(where: Path, load: Load, body: bytes, requests: int) -> int:
    """Instructions of the whole process that answered so many requests."""
    output = where / f"callgrind.{load.name}.{requests}"
    valgrind = (
        "setarch",
        "-R",
        "valgrind",
        "--tool=callgrind",
        f"--callgrind-out-file={output}",
        f"--log-file={output}.log",
    )
    # The default configuration logs at most 1,000 predictions a second, one in a hundred at its
    # real speed, and runs this model on the event loop, because a run is short. Valgrind is far
    # slower, so both are asked for.
    settings = {
        "MOORAGE_LOGGING__PREDICTIONS__SAMPLE": "0.01",
        "MOORAGE_SERVING__INLINE_RUN": "1h",
        "MOORAGE_SERVING__INLINE_TICK": "1h",
    }
    with moorage(where, *valgrind, **settings) as server:
        wait_until_quiet(server)
        rounds = Rounds(server, load.path, body, load.batch)
        bad = sum(rounds.ask() for _ in range(requests // load.batch))
        rounds.close()
        if bad:
            raise RuntimeError(f"{bad} of {requests} answers were not 200")
    found = re.search(r"Collected : (\d+)", (output.parent / f"{output.name}.log").read_text())
    if found is None:
        raise RuntimeError(f"no count in {output}.log")
    return int(found.group(1))


def wait_until_quiet(server: Program) -> None:
    """Until the start-up has cost its last processor time."""
    before = -1.0
    while (now := server.cpu_seconds()) != before:
        before = now
        time.sleep(0.5)


def judge(update: bool = False) -> int:
    """Measures; the exit code."""
    body = (ROOT / "examples/cancer/request.json").read_bytes()
    counts = {}
    with workplace() as where:
        make_registry(where, ("cancer",))
        for load in LOADS:
            few = count_instructions(where, load, body, FEW)
            many = count_instructions(where, load, body, MANY)
            counts[load.name] = round((many - few) / (MANY - FEW))
    if update:
        BASELINE.write_text(json.dumps(counts, indent=2) + "\n")
    baseline = json.loads(BASELINE.read_text())
    failed = 0
    for load in LOADS:
        count = counts[load.name]
        bound = min(load.bound or sys.maxsize, round(baseline[load.name] * GROWTH))
        failed += count > bound
        print(
            f"{load.name}: {count:,} user instructions per request (bound {bound:,}, "
            f"baseline {baseline[load.name]:,}){'  TOO MANY' if count > bound else ''}"
        )
    print(f"{len(counts) - failed} passed, {failed} failed")
    return 1 if failed else 0


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="write the baseline")
    return judge(parser.parse_args().update)


if __name__ == "__main__":
    sys.exit(main())
