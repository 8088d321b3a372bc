"""The speed figures of the program, each beside its floor in the same run.

Server on CPU 0, load on CPU 1, default configuration. Throughput and latency stand beside nginx
answering 60 constant bytes, in alternating rounds; the median of the ratios counts.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import threading
import time
from pathlib import Path

import instructions
from programs import ROOT, make_registry, moorage, nginx, run_moorage, workplace, wrk

ROUNDS, SECONDS = 7, 4
BODY = ROOT / "examples/cancer/request.json"
PREDICT = "/api/v1/predict"


def say(name: str, value: str, goal: str) -> None:
    """One line of the report."""
    print(f"{name:44} {value:>28}   {goal}", flush=True)


def alternate(where: Path, connections: int) -> list[tuple[float, float, int, int, int]]:
    """Rounds of (rate ratio, rate, own p50, nginx p50, failed)."""
    rounds = []
    with moorage(where) as server, nginx(where) as floor:
        target = server.url + PREDICT
        server.answers(PREDICT, BODY.read_bytes())
        for url in (target, floor.url):
            wrk(url, BODY, connections, 2)
        for _ in range(ROUNDS):
            ours = wrk(target, BODY, connections, SECONDS)
            theirs = wrk(floor.url, BODY, connections, SECONDS)
            rounds.append((ours.rate / theirs.rate, ours.rate, ours.p50, theirs.p50, ours.failed))
    return rounds


def throughput(where: Path) -> None:
    """32 connections."""
    rounds = alternate(where, 32)
    ratios = sorted(r[0] for r in rounds)
    say(
        "32 connections: rate / nginx",
        f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})",
        "at least 0.70",
    )
    say("32 connections: requests/s", f"{statistics.median(r[1] for r in rounds):,.0f}", "")
    say("32 connections: failed requests", str(sum(r[4] for r in rounds)), "0")


def latency(where: Path) -> None:
    """One connection."""
    rounds = alternate(where, 1)
    above = statistics.median(r[2] - r[3] for r in rounds)
    say(
        "1 connection: p50 above nginx p50",
        f"{above:.0f} us "
        f"({statistics.median(r[2] for r in rounds):.0f} - "
        f"{statistics.median(r[3] for r in rounds):.0f})",
        "at most a bare run + 10 us",
    )


def idle(where: Path) -> None:
    """Three models loaded and no request."""
    with moorage(where) as server:
        server.answers(PREDICT, BODY.read_bytes())
        time.sleep(2)
        before, start = server.cpu_seconds(), time.monotonic()
        time.sleep(20)
        share = (server.cpu_seconds() - before) / (time.monotonic() - start) * 100
        say("idle, three models: resident", f"{server.resident_mib():.1f} MiB", "under 60 MiB")
        say("idle, three models: of a core", f"{share:.2f} %", "under 0.5 %")


def start(where: Path) -> None:
    """From the start of the process to the first prediction."""
    times = []
    for _ in range(5):
        begin = time.monotonic()
        with moorage(where) as server:
            server.answers(PREDICT, BODY.read_bytes())
            times.append(time.monotonic() - begin)
    say("start to first answer", f"{statistics.median(times) * 1000:.0f} ms", "under 300 ms")


def switch(where: Path) -> None:
    """A second version promoted and rolled back, again and again, under load."""
    example = ROOT / "examples/cancer"
    run_moorage(where, "push", "cancer", str(example / "model-v2.onnx"), "--version", "1.1.0")
    run_moorage(
        where, "validate", "cancer@1.1.0", "--data", str(example / "test.csv"), "--target", "target"
    )
    with moorage(where) as server:
        target = server.url + PREDICT
        server.answers(PREDICT, BODY.read_bytes())
        moves = 0
        stop = threading.Event()

        def flip() -> None:
            nonlocal moves
            while not stop.is_set():
                run_moorage(where, "promote", "cancer@1.1.0", "--to", "production")
                run_moorage(where, "rollback", "cancer")
                moves += 2

        thread = threading.Thread(target=flip)
        thread.start()
        load = wrk(target, BODY, 32, 6)
        stop.set()
        thread.join()
    say(
        "promote and roll back under load: failed",
        f"{load.failed} of {load.requests:,}",
        f"0 ({moves} moves)",
    )


def main() -> int:
    """All of it."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with workplace() as where:
        make_registry(where)
        throughput(where)
        latency(where)
        start(where)
        idle(where)
        switch(where)
    return instructions.judge()


if __name__ == "__main__":
    sys.exit(main())
