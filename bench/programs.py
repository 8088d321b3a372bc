"""Starts and ends the programs that are measured: the server, nginx, wrk, valgrind."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[1]
# Longer than any step takes under valgrind on a busy machine. A wait that lasts longer has failed.
DEADLINE = 120.0
MOORAGE = Path(os.environ.get("MOORAGE", ROOT / "build/release/moorage"))
MODELS = ("cancer", "digits", "wine")
SERVER_CPU, CLIENT_CPU = "0", "1"

Answer = TypeVar("Answer")


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run_moorage(where: Path, *words: str) -> None:
    """One command of the program in directory `where`; its failure ends the measurement."""
    subprocess.run(
        [str(MOORAGE), *words], cwd=where, check=True, stdout=subprocess.DEVNULL, timeout=DEADLINE
    )


def make_registry(where: Path, models: tuple[str, ...] = MODELS) -> None:
    """Pushes, validates and promotes the examples."""
    for name in models:
        example = ROOT / "examples" / name
        run_moorage(where, "push", name, str(example / "model.onnx"))
        run_moorage(
            where,
            "validate",
            f"{name}@1.0.0",
            "--data",
            str(example / "test.csv"),
            "--target",
            "target",
        )
        run_moorage(where, "promote", f"{name}@1.0.0", "--to", "production")


class ProgramEndedError(RuntimeError):
    """The program that is measured ended by itself."""


@dataclass
class Program:
    """A running program, where it answers and what it prints."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path
    started: float = field(default_factory=time.monotonic)

    def wait_until(
        self, what: str, question: Callable[[], Answer | None], pause: float = 0.002
    ) -> Answer:
        """The first true answer to `question`. Fails if the program ends or the deadline passes."""
        end = time.monotonic() + DEADLINE
        while not (answer := question()):
            if self.process.poll() is not None:
                raise ProgramEndedError(
                    f"waited for {what}, but the program ended with code "
                    f"{self.process.returncode}: {self.printed()[-2000:]}"
                )
            if time.monotonic() > end:
                raise TimeoutError(f"waited {DEADLINE:.0f} s for {what}: {self.printed()[-2000:]}")
            time.sleep(pause)
        return answer

    def printed(self) -> str:
        """All that the program has written to its console."""
        return self.log.read_text(errors="replace")

    def answers(self, path: str, body: bytes | None = None, pause: float = 0.002) -> float:
        """Waits until `path` answers 200; the seconds that took."""

        def ask() -> bool:
            request = urllib.request.Request(self.url + path, data=body)
            if body is not None:
                request.add_header("Content-Type", "application/json")
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(request, timeout=DEADLINE) as answer,
            ):
                return bool(answer.status == 200)
            return False

        start = time.monotonic()
        self.wait_until(f"{path} to answer 200", ask, pause)
        return time.monotonic() - start

    def end(self, limit: float = DEADLINE) -> int:
        """Asks it to end and waits; the exit code. A program that does not end is killed."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise TimeoutError(f"not ended {limit:.0f} s after SIGTERM: {self.printed()}") from None

    def cpu_seconds(self) -> float:
        """Processor time so far, user and system."""
        text = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(text[11]) + int(text[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mib(self) -> float:
        """Memory that is resident."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


@contextlib.contextmanager
def moorage(where: Path, *before: str, **settings: str) -> Iterator[Program]:
    """The server on a free port; `before` are words to run it under, `settings` variables."""
    command = [
        *("taskset", "-c", SERVER_CPU),
        *before,
        str(MOORAGE),
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--metrics-listen",
        "127.0.0.1:0",
    ]
    environment = os.environ | settings
    environment.setdefault("MOORAGE_SERVING__DEFAULT_MODEL", "cancer@production")
    console = where / f"server-{time.monotonic_ns()}.log"
    with console.open("wb") as log:
        process = subprocess.Popen(command, cwd=where, stdout=log, stderr=log, env=environment)
    program = Program(process, "", console)
    try:
        listening = re.compile(r"listening on (http://\S+)")
        found = program.wait_until(
            "the line 'listening on'", lambda: listening.search(program.printed())
        )
        program.url = found[1]
        yield program
    finally:
        program.end()


@contextlib.contextmanager
def nginx(where: Path) -> Iterator[Program]:
    """nginx with one worker that answers every request with 60 bytes of JSON."""
    port = free_port()
    body = '{"prediction": 1, "probability": [0.02, 0.98], "pad": "xxxx"}'[:60]
    config = where / "nginx.conf"
    config.write_text(f"""
daemon off; worker_processes 1; pid {where}/nginx.pid; error_log {where}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000000; default_type application/json;
  client_body_temp_path {where}/body; proxy_temp_path {where}/proxy;
  fastcgi_temp_path {where}/fastcgi; uwsgi_temp_path {where}/uwsgi; scgi_temp_path {where}/scgi;
  server {{ listen 127.0.0.1:{port}; location / {{ return 200 '{body}'; }} }}
}}
""")
    console = where / "nginx.console"
    with console.open("wb") as log:
        process = subprocess.Popen(
            ["taskset", "-c", SERVER_CPU, "nginx", "-p", str(where), "-c", str(config)], stderr=log
        )
    program = Program(process, f"http://127.0.0.1:{port}", console)
    try:
        program.answers("/")
        yield program
    finally:
        program.end()


@dataclass
class Load:
    """What wrk saw. Latencies in microseconds."""

    requests: int
    seconds: float
    p50: int
    p99: int
    failed: int

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


def wrk(url: str, body: Path, connections: int, seconds: int, cpus: str = CLIENT_CPU) -> Load:
    """Closed-loop load from the client's CPU."""
    run = subprocess.run(
        [
            "taskset",
            "-c",
            cpus,
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{seconds}s",
            "--timeout",
            "5s",
            "-s",
            str(ROOT / "bench/post.lua"),
            url,
            "--",
            str(body),
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=seconds + DEADLINE,
    )
    found = re.search(r"^JSON (.*)$", run.stdout, re.M)
    if found is None:
        raise RuntimeError(run.stdout)
    return Load(**json.loads(found.group(1)))


@contextlib.contextmanager
def workplace() -> Iterator[Path]:
    """A temporary directory."""
    with tempfile.TemporaryDirectory(prefix="moorage-bench-") as name:
        yield Path(name)
