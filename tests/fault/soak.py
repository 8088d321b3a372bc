"""Every hostile client at once against one real server, with polite ones beside them.

usage: run.sh [--seconds N] [--seed N] [--only KIND]... [--all] [--list]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asked import CHEAP, CHEAP_ROW, post
from exposition import scrape
from faults import FAULTS, Faults, small_disk
from harmful import counted, promote, publish
from harness import Reference, Registry
from hostile import Hostile, kinds
from open_bounds import OPEN_BOUNDS, OPEN_KINDS
from polite import Lag, Polite, quantile
from served import Served
from wire import Answer

MIB = 1 << 20
MOST_RESIDENT = 1024.0  # MiB; the server is killed above it, whatever the bound
BOUND_RESIDENT = 512.0  # MiB; until there is a key that says it
BUDGET = 256  # MiB; where there is
LIVE_BOUND = 0.020  # seconds
# What a busy machine of two processors adds to any figure, whatever the server does.
CHEAP_FLOOR = 0.010
SETTLED = 10.0  # MiB that may remain
SETTLE_PATIENCE = 20.0
REST_PATIENCE = 3.0
STOP_PATIENCE = 10.0
DRAIN = 3.0
END_PATIENCE = 2.0  # beyond the drain
MODELS = (
    "cheap", "wide_row", "rounds", "one_long_node", "large_answer", "repeats", "identity_string",
    "div_shifted",
)  # fmt: skip


@dataclass
class Bound:
    """A bound, whether it held, and the sentence that says what was seen."""

    name: str
    held: bool
    sentence: str

    @property
    def verdict(self) -> str:
        if self.name in OPEN_BOUNDS:
            return "known" if not self.held else "pass (open in the table)"
        return "pass" if self.held else "FAIL"


@dataclass
class Report:
    bounds: list[Bound] = field(default_factory=list)

    def judge(self, name: str, held: bool, sentence: str) -> None:
        self.bounds.append(Bound(name, held, sentence))

    @property
    def failed(self) -> list[Bound]:
        return [bound for bound in self.bounds if bound.verdict == "FAIL"]


class Watchdog:
    """Samples the resident memory of the server, and kills it above MOST_RESIDENT."""

    def __init__(self, pid: int) -> None:
        self.most = 0.0
        self.killed = False
        self._pid = pid
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
        self._thread.start()

    def now(self) -> float:
        """Resident memory in MiB; 0 once the process has ended."""
        try:
            pages = int(Path(f"/proc/{self._pid}/statm").read_text().split()[1])
        except (OSError, IndexError):
            return 0.0
        return pages * resource.getpagesize() / MIB

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._stopping.wait(0.02):
            self.most = max(self.most, self.now())
            if self.most > MOST_RESIDENT and not self.killed:
                self.killed = True
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._pid, signal.SIGKILL)


class Crowd:
    """The process of the hostile clients."""

    def __init__(self, served: Served, seconds: float, seed: int, names: list[str]) -> None:
        host, port = served.address
        program = Path(__file__).with_name("hostile.py")
        self._process = subprocess.Popen(
            [sys.executable, str(program), host, str(port), str(seconds), str(seed), *names],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def end(self) -> dict[str, Any]:
        """Stops them, and what each kind has seen."""
        try:
            out, _ = self._process.communicate(timeout=30)  # closes its input, so it stops
        finally:
            self._process.kill()
        if self._process.returncode != 0:
            raise RuntimeError(f"the hostile clients ended with {self._process.returncode}")
        seen: dict[str, Any] = json.loads(out)["kinds"]
        return seen


def has_key(registry: Registry, key: str) -> bool:
    """True if the program knows this key of the section `server`."""
    return key in registry.json("config", "show")["server"]


def make_registry(home: Path) -> Registry:
    registry = Registry(home)
    for model in MODELS:
        promote(registry, publish(registry, model))
    registry.release("cancer", "staging", "model-v2.onnx")
    registry.release("cancer")
    return registry


def polite_clients(served: Served) -> list[Polite]:
    """One that looks at the health, one of a cheap model, one of a model that is switched."""
    right = {
        "1.0.0": Reference.load("cancer"),
        "1.1.0": Reference.load("cancer_v2"),
    }
    row = right["1.0.0"].features[0]

    def judge_live(answer: Answer) -> str:
        return "" if answer.json() == {"live": True} else f"health: {answer.body!r}"

    def judge_cheap(answer: Answer) -> str:
        data = answer.json()["outputs"][0]["data"]
        return "" if data == [-value for value in CHEAP_ROW] else f"cheap: {data}"

    def judge_cancer(answer: Answer) -> str:
        document = answer.json()
        version = document["version"]
        wanted = right[version].probabilities
        assert wanted is not None
        got = list(document["predictions"][0]["probabilities"].values())
        near = all(abs(a - b) < 1e-5 for a, b in zip(got, wanted[0], strict=True))
        return "" if near else f"cancer@{version}: {got}, not {wanted[0]}"

    ask_cancer = post(
        "/api/v2/models/cancer/predict", json.dumps({"instances": [row]}).encode()
    )
    live = b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"
    return [
        Polite("live", served.address, live, judge_live),
        Polite("cheap", served.address, CHEAP, judge_cheap),
        Polite("cancer", served.address, ask_cancer, judge_cancer),
    ]


def judge_kinds(
    report: Report, known: dict[str, type[Hostile]], seen: dict[str, Any], alive: bool
) -> None:
    for name, own in seen.items():
        # A process that has ended has cut them all; that is one fault, and told once.
        wrong = [line for line in own["wrong"] if alive or not line.startswith("was cut")]
        sentence = known[name].bound
        if wrong:
            sentence += f"; but it {', '.join(sorted(set(wrong)))}"
        report.judge(f"kind {name}", not wrong, sentence)


def judge_waits(
    report: Report, quiet: dict[str, list[float]], loud: dict[str, list[float]]
) -> None:
    # A machine that is slow by itself cannot show what the server does. The twin is a server on the
    # same machine at the same time that only a polite client asks.
    lag, twin = (quantile(loud[name], 0.99) for name in ("lag", "twin"))
    print(
        f"this process wakes up {lag * 1e3:.1f} ms late (p99), "
        f"a server without hostile clients answers in {twin * 1e3:.1f} ms (p99)"
    )
    live_quiet, live_loud = (quantile(times["live"], 0.99) for times in (quiet, loud))
    bound = max(LIVE_BOUND, 2 * twin)
    report.judge(
        "health p99",
        live_loud <= bound,
        f"/health/live: p99 {live_loud * 1e3:.1f} ms beside the hostile clients, "
        f"{live_quiet * 1e3:.1f} ms without; bound {bound * 1e3:.0f} ms, "
        f"worst {max(loud['live'], default=0) * 1e3:.0f} ms",
    )
    cheap_quiet, cheap_loud = (quantile(times["cheap"], 0.99) for times in (quiet, loud))
    bound = max(2 * cheap_quiet, CHEAP_FLOOR, 2 * twin)
    report.judge(
        "cheap p99",
        cheap_loud <= bound,
        f"a cheap model: p99 {cheap_loud * 1e3:.1f} ms beside the hostile clients, "
        f"{cheap_quiet * 1e3:.1f} ms without; bound {bound * 1e3:.0f} ms",
    )


def judge_counts(
    report: Report, before: dict[int, dict[str, float]], served: Served, answered: Counter[int]
) -> None:
    """Every answer that a client has read was counted."""
    missing = []
    for code, count in sorted(answered.items()):
        # Predictions have a counter of their own, so an answer is in one counter or the other.
        now = counted(scrape(served.metrics_address), code)
        growth = sum(now.values()) - sum(before[code].values())
        if growth < count:
            missing.append(f"{code}: {count} read, {growth:.0f} counted")
    report.judge(
        "counts",
        not missing,
        "every answer was counted" + (f"; but {'; '.join(missing)}" if missing else ""),
    )


def table(known: dict[str, type[Hostile]], seen: dict[str, Any], skipped: dict[str, str]) -> None:
    print(f"{'kind':18}{'clients':>8}{'sent':>9}{'refused':>9}{'cut':>7}  answered")
    for name, own in seen.items():
        statuses = " ".join(f"{code}:{count}" for code, count in sorted(own["statuses"].items()))
        print(
            f"{name:18}{known[name].clients:8}{own['sent']:9}{own['refused']:9}{own['cut']:7}"
            f"  {statuses or '-'}"
        )
    for name, reason in skipped.items():
        print(f"{name:18} not run: {reason}")


def sleep_until(end: float, served: Served) -> None:
    """Waits, but not for a server that has ended."""
    while time.monotonic() < end and served.process.poll() is None:
        time.sleep(0.05)


def measure(clients: list[Polite], lag: Lag) -> dict[str, list[float]]:
    return {"lag": lag.take_times()} | {client.name: client.take_times() for client in clients}


def print_ticks(served: Served) -> None:
    """How long the reactors were busy with one wake-up."""
    seen = scrape(served.metrics_address)
    ticks = seen.value("moorage_loop_lag_seconds_count")
    shares = [
        f"{1 - seen.value('moorage_loop_lag_seconds_bucket', le=edge) / ticks:.2%} above {edge} s"
        for edge in ("0.0025", "0.01", "0.025")
    ]
    print(f"{ticks:.0f} ticks of the reactors: {', '.join(shares)}")


@contextlib.contextmanager
def twin_of(registry: Registry) -> Iterator[Polite]:
    """A polite client of a second server, which shows what the machine adds to every figure."""
    own = Registry(registry.home / "twin")
    own.home.mkdir()
    promote(own, publish(own, "cheap"))
    served = Served(own, {"MOORAGE_SERVER__THREADS": "2"})
    client = Polite("twin", served.address, CHEAP, lambda _: "")
    try:
        yield client
    finally:
        client.stop()
        served.kill()


@contextlib.contextmanager
def started(registry: Registry) -> Iterator[tuple[Served, Watchdog, float]]:
    variables = {
        "MOORAGE_SERVER__THREADS": "2",
        "MOORAGE_SERVER__DRAIN": f"{int(DRAIN)}s",
        "MOORAGE_SERVING__TIMEOUT": "1s",
        "MOORAGE_SERVING__MAX_CONCURRENT_REQUESTS": "100",
    }
    bound = BOUND_RESIDENT
    if has_key(registry, "memory"):
        variables["MOORAGE_SERVER__MEMORY"] = f"{BUDGET}MiB"
    served = Served(registry, variables)
    watchdog = Watchdog(served.process.pid)
    if "MOORAGE_SERVER__MEMORY" in variables:
        bound = watchdog.now() + BUDGET
    try:
        yield served, watchdog, bound
    finally:
        watchdog.stop()
        served.kill()
        if watchdog.killed:
            print(f"the server was killed above {MOST_RESIDENT:.0f} MiB")


def soak(
    registry: Registry, seconds: float, seed: int, names: list[str], skip: dict[str, str]
) -> Report:
    report = Report()
    known = kinds()
    with started(registry) as (served, watchdog, bound), twin_of(registry) as twin:
        clients = polite_clients(served)
        lag = Lag()
        twin.start()
        lag.start()
        for client in clients:
            client.start()
        quiet_time = min(10.0, seconds / 4)
        sleep_until(time.monotonic() + quiet_time, served)
        quiet = measure([*clients, twin], lag)
        before = {code: counted(scrape(served.metrics_address), code) for code in range(200, 600)}
        polite_before = [client.statuses.copy() for client in clients]
        resident_before = watchdog.now()
        watchdog.most = resident_before

        faults = Faults(served, registry, seconds, random.Random(seed), skip)
        crowd = Crowd(served, seconds, seed, names)
        end = time.monotonic() + seconds
        faults.start()
        sleep_until(end, served)
        faults.stop()
        loud = measure([*clients, twin], lag)
        if served.process.poll() is None:
            print_ticks(served)
        seen = crowd.end()
        twin.stop()
        table(known, seen, {name: why for name, why in skip.items() if name in known})
        for note in faults.notes:
            print(note)

        code = served.process.poll()
        alive = code is None
        sentence = "the process goes on" + ("" if alive else f"; but it ended with {code}")
        report.judge("alive", alive, sentence)
        judge_kinds(report, known, seen, alive)
        judge_waits(report, quiet, loud)
        report.judge(
            "memory", watchdog.most <= bound and not watchdog.killed,
            f"resident memory: at most {watchdog.most:.0f} MiB, {resident_before:.0f} before; "
            f"bound {bound:.0f} MiB",
        )  # fmt: skip
        lag.stop()
        if alive:
            judge_rest(report, served)
            judge_memory_after(report, watchdog, resident_before)
        for client in clients:
            client.stop()
        if alive:
            answered = answers_of(seen, clients, polite_before)
            judge_counts(report, before, served, answered)
        wrong = [line for client in clients for line in client.wrong]
        report.judge(
            "polite answers", not wrong,
            f"{sum(client.answered for client in clients)} polite requests had their answers"
            + (f"; but {'; '.join(wrong)}" if wrong else ""),
        )  # fmt: skip
        for name, held, sentence in faults.judged:
            report.judge(name, held, sentence)
        if alive:
            judge_end(report, served, seed, names)
    return report


def answers_of(
    seen: dict[str, Any], clients: list[Polite], earlier: list[Counter[int]]
) -> Counter[int]:
    """How many answers of each status all clients have read since the hostile ones came."""
    answered: Counter[int] = Counter()
    for own in seen.values():
        answered.update({int(code): count for code, count in own["statuses"].items()})
    for client, before in zip(clients, earlier, strict=True):
        answered.update(client.statuses - before)
    return answered


def judge_memory_after(report: Report, watchdog: Watchdog, before: float) -> None:
    end = time.monotonic() + SETTLE_PATIENCE
    while watchdog.now() > before + SETTLED and time.monotonic() < end:
        time.sleep(0.1)
    after = watchdog.now()
    report.judge(
        "memory given back", after <= before + SETTLED,
        f"resident memory: {after:.0f} MiB after the hostile clients, {before:.0f} before; "
        f"bound {SETTLED:.0f} MiB more",
    )  # fmt: skip


def judge_rest(report: Report, served: Served) -> None:
    """The hostile clients are gone: so are their connections, and nothing works for them."""
    end = time.monotonic() + REST_PATIENCE
    polite = 3
    while True:
        seen = scrape(served.metrics_address)
        connections = seen.value("moorage_connections")
        if time.monotonic() > end:
            break
        time.sleep(0.1)
    report.judge(
        "connections", connections <= polite,
        f"{connections:.0f} connections are left of the hostile clients and {polite} polite ones",
    )  # fmt: skip
    share = processors_used(served)
    # A run whose node cannot be stopped goes on to the end of that node.
    while share >= 0.5 and time.monotonic() < end + STOP_PATIENCE:
        share = processors_used(served)
    report.judge(
        "nothing goes on", share < 0.5,
        f"{share:.2f} processors are used {REST_PATIENCE + STOP_PATIENCE:.0f} s after the "
        "hostile clients, or before",
    )  # fmt: skip


def processors_used(served: Served) -> float:
    """The processors that the server uses in one second."""
    name = "process_cpu_seconds_total"
    start = time.monotonic()
    before = scrape(served.metrics_address).value(name)
    sleep_until(start + 1, served)
    used = float(scrape(served.metrics_address).value(name)) - float(before)
    return used / (time.monotonic() - start)


def judge_end(report: Report, served: Served, seed: int, names: list[str]) -> None:
    """SIGTERM while the hostile clients are connected and ask on."""
    crowd = Crowd(served, 2 + DRAIN + END_PATIENCE, seed + 1, names)
    sleep_until(time.monotonic() + 2, served)
    start = time.monotonic()
    served.process.send_signal(signal.SIGTERM)
    while served.process.poll() is None and time.monotonic() - start < DRAIN + END_PATIENCE:
        time.sleep(0.02)
    took, code = time.monotonic() - start, served.process.poll()
    crowd.end()
    said = "has not ended" if code is None else f"ended with {code}"
    report.judge(
        "end under load", code == 0,
        f"SIGTERM under load: the process {said} {took:.1f} s later; the drain is {DRAIN:.0f} s, "
        f"and {END_PATIENCE:.0f} s may follow",
    )  # fmt: skip


def chosen(arguments: argparse.Namespace) -> tuple[list[str], dict[str, str]]:
    """The kinds to run, and what is not run with the reason."""
    known = kinds()
    if arguments.only:
        unknown = set(arguments.only) - set(known)
        if unknown:
            raise SystemExit(f"no kind {', '.join(sorted(unknown))}; --list shows them")
        return arguments.only, dict.fromkeys(FAULTS, "only kinds were asked for")
    skip = {} if arguments.all else dict(OPEN_KINDS)
    return [name for name in known if name not in skip], skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--only", metavar="KIND", action="append", help="repeatable")
    parser.add_argument("--all", action="store_true", help="also what is known to end the server")
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    if arguments.list:
        for name, kind in kinds().items():
            mark = " (open: " + OPEN_KINDS[name] + ")" if name in OPEN_KINDS else ""
            print(f"{name:18}{kind.clients:4} clients: {kind.bound}{mark}")
        return 0
    seed = arguments.seed if arguments.seed is not None else int(time.time())
    names, skip = chosen(arguments)
    print(f"seed {seed}, {arguments.seconds:.0f} s, {len(names)} kinds", flush=True)
    with tempfile.TemporaryDirectory(prefix="moorage-soak-") as home:
        registry = make_registry(Path(home))
        with small_disk(registry):
            report = soak(registry, arguments.seconds, seed, names, skip)
    print()
    for bound in report.bounds:
        print(f"{bound.verdict:6} {bound.name}: {bound.sentence}")
    print(f"\n{len(report.failed)} bounds failed; repeat with --seed {seed}")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
