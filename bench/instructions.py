"""Instructions of our own code per request by callgrind, at exact batch sizes.

Counted are the instructions that the reactor's thread spends in the moorage binary itself. The C
library and ONNX Runtime choose other code on each processor. Other threads work by the clock.
Neither is part of a figure that is the same on every machine. The figure is the difference
of two request counts, so start-up cancels out. The server is stopped while a round of requests is
sent and continues when all have arrived, so every tick holds the whole round. Compares with
bench/baseline.json (`--update` writes it). The exit code is 1 if a figure is more than 3 % over it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from programs import DEADLINE, MOORAGE, ROOT, Program, make_registry, moorage, workplace

BASELINE = ROOT / "bench/baseline.json"
COUNTED = "instructions a request, of the moorage binary only, on the reactor's thread"
FEW, MANY = 640, 3_840
GROWTH = 1.03
REACTOR = "moorage::net::Reactor::"  # functions that only the reactor's thread runs in number


@dataclass(frozen=True)
class Load:
    """One row a request, `batch` requests in a tick."""

    name: str
    path: str
    batch: int
    bound: int | None = None  # with the libraries, where that is promised; far above the figure


LOADS = (
    Load("predict_v1_batches_of_32", "/api/v1/predict", 32, 16_000),
    Load("predict_v1_batches_of_1", "/api/v1/predict", 1),
)


@dataclass(frozen=True)
class Count:
    """Instructions of one thread."""

    ours: int
    everything: int
    reactor: int  # in functions of the reactor

    def per_request(self, other: Count) -> Count:
        """The difference to a run with fewer requests, for each request."""
        share = [
            round((a - b) / (MANY - FEW))
            for a, b in (
                (self.ours, other.ours),
                (self.everything, other.everything),
                (self.reactor, other.reactor),
            )
        ]
        return Count(*share)


def read_profile(text: str, program: str) -> Count:
    """Adds up a profile of callgrind (the format: its manual, "Callgrind Format Specification")."""
    names: dict[str, str] = {}
    here = {"ob": "", "fn": ""}
    ours = everything = reactor = 0
    skip = False
    for line in text.splitlines():
        if named := re.match(r"(c?(?:ob|fn))=\((\d+)\)(?: (.*))?$", line):
            kind, key = named[1].removeprefix("c"), named[1][-2:] + named[2]
            if named[3] is not None:
                names[key] = named[3]
            if kind == named[1]:
                here[kind] = names[key]
        elif line.startswith("calls="):
            skip = True  # the next line is the cost of the callee, which is counted where it arises
        elif re.match(r"[\d+*-]", line):
            cost = line.split()[1:]
            if not skip and cost:
                everything += int(cost[0])
                if here["ob"] == program:
                    ours += int(cost[0])
                    reactor += int(cost[0]) if here["fn"].startswith(REACTOR) else 0
            skip = False
    return Count(ours, everything, reactor)


def reactor_thread(profiles: list[Path], program: str) -> Count:
    """The count of the one thread that runs the reactor."""
    counts = [read_profile(profile.read_text(), program) for profile in profiles]
    if not counts:
        raise RuntimeError("callgrind wrote no profile")
    best = max(counts, key=lambda count: count.reactor)
    if best.reactor == 0:
        raise RuntimeError(f"no thread runs {REACTOR}: is the binary stripped?")
    return best


class Rounds:
    """Keep-alive connections that ask together and wait together."""

    def __init__(self, server: Program, path: str, body: bytes, size: int) -> None:
        host, port = server.url.removeprefix("http://").split(":")
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self.request = head.encode() + body
        self.server = server
        self.tasks = Path(f"/proc/{server.process.pid}/task")
        address = (host, int(port))
        self.connections = [socket.create_connection(address, DEADLINE) for _ in range(size)]

    def ask(self) -> int:
        """One round; the number of answers that were not 200."""
        os.kill(self.server.process.pid, signal.SIGSTOP)
        self.server.wait_until("every thread of the server to stop", self.is_stopped, pause=0)
        for connection in self.connections:
            connection.sendall(self.request)
        os.kill(self.server.process.pid, signal.SIGCONT)
        answers = [self.receive(connection) for connection in self.connections]
        return sum(not answer.startswith(b"HTTP/1.1 200") for answer in answers)

    def receive(self, connection: socket.socket) -> bytes:
        """What the server sends; an error that names what was awaited if that is nothing."""
        try:
            answer = connection.recv(65536)
        except TimeoutError:
            answer = b""
        if not answer:
            raise RuntimeError(
                f"waited at most {DEADLINE:.0f} s for the answer to a prediction, and none came: "
                f"{self.server.printed()[-2000:]}"
            )
        return answer

    def is_stopped(self) -> bool:
        """Whether every thread has stopped. A thread that ends meanwhile counts as stopped."""
        states = []
        for task in self.tasks.iterdir():
            try:
                states.append((task / "stat").read_text().rsplit(")", 1)[1].split()[0])
            except (FileNotFoundError, ProcessLookupError):
                continue
        return bool(states) and all(state == "T" for state in states)

    def close(self) -> None:
        """Ends the connections."""
        for connection in self.connections:
            connection.close()


def count_instructions(where: Path, load: Load, body: bytes, requests: int) -> Count:
    """Instructions of the reactor's thread that answered so many requests."""
    output = where / f"callgrind.{load.name}.{requests}"
    valgrind = (
        "setarch",
        "-R",
        "valgrind",
        "--tool=callgrind",
        "--separate-threads=yes",
        f"--callgrind-out-file={output}",
        f"--log-file={where}/valgrind.log",
    )
    # The default configuration logs at most 1,000 predictions a second, one in a hundred at its
    # real speed, and runs this model on the event loop, because a run is short. Valgrind is far
    # slower, so both are asked for.
    settings = {
        "MOORAGE_LOGGING__PREDICTIONS__SAMPLE": "0.01",
        "MOORAGE_SERVING__INLINE_RUN": "1h",
        "MOORAGE_SERVING__INLINE_TICK": "1h",
        "MOORAGE_SERVER__THREADS": "1",
    }
    with moorage(where, *valgrind, **settings) as server:
        server.answers("/health/ready", pause=0.2)
        rounds = Rounds(server, load.path, body, load.batch)
        bad = sum(rounds.ask() for _ in range(requests // load.batch))
        rounds.close()
        if bad:
            raise RuntimeError(f"{bad} of {requests} answers were not 200")
    return reactor_thread(sorted(where.glob(output.name + "-*")), str(MOORAGE.resolve()))


def judge(update: bool = False) -> int:
    """Measures; the exit code."""
    body = (ROOT / "examples/cancer/request.json").read_bytes()
    counts = {}
    with workplace() as where:
        make_registry(where, ("cancer",))
        for load in LOADS:
            few = count_instructions(where, load, body, FEW)
            many = count_instructions(where, load, body, MANY)
            counts[load.name] = many.per_request(few)
    if update:
        written = {"counted": COUNTED} | {name: count.ours for name, count in counts.items()}
        BASELINE.write_text(json.dumps(written, indent=2) + "\n")
    baseline = json.loads(BASELINE.read_text())
    failed = 0
    for load in LOADS:
        count = counts[load.name]
        bound = round(baseline[load.name] * GROWTH)
        too_many = count.ours > bound or count.everything > (load.bound or sys.maxsize)
        failed += too_many
        print(
            f"{load.name}: {count.ours:,} of our own instructions a request (bound {bound:,}, "
            f"baseline {baseline[load.name]:,}), {count.everything:,} with the libraries"
            f"{f' (bound {load.bound:,})' if load.bound else ''}{'  TOO MANY' if too_many else ''}"
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
