"""The program under test: its commands, and a server that runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

PROGRAM = os.environ["MOORAGE"]
SOURCE = Path(os.environ["MOORAGE_SOURCE_DIR"])
EXAMPLES = SOURCE / "examples"
MODELS = SOURCE / "tests" / "testdata" / "models"

# Longer than anything takes on a machine that does much else; a test that waits this long fails.
DEADLINE = 60.0

Answer = TypeVar("Answer")
Address = tuple[str, int]


def wait_until(
    what: str, question: Callable[[], Answer | None], deadline: float = DEADLINE
) -> Answer:
    """The first answer that is true. Asks again and again, and fails after `deadline` seconds."""
    end = time.monotonic() + deadline
    while True:
        answer = question()
        if answer:
            return answer
        assert time.monotonic() < end, f"{what}: not within {deadline} s"
        time.sleep(0.005)


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's variables without those that would configure the program."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("MOORAGE") and name not in ("MODEL_PATH", "PORT", "LOG_LEVEL")
    }
    return kept | {"USER": "ada"} | dict(more or {})


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Registry:
    """A directory with a registry in it, and the commands that work on it."""

    home: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def run(self, *words: str | Path, code: int | None = 0) -> Ran:
        """Runs a command; `code` is how it must end, None if any way will do."""
        done = subprocess.run(
            [PROGRAM, *map(str, words)],
            cwd=self.home,
            env=environment(self.variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=2 * DEADLINE,
            check=False,
        )
        ran = Ran(done.returncode, done.stdout, done.stderr)
        assert code is None or ran.code == code, f"{words}: ended with {ran}"
        return ran

    def json(self, *words: str | Path) -> Any:
        return self.run(*words, "--json").json()

    def release(self, name: str, alias: str = "production", file: str = "model.onnx") -> str:
        """Pushes, validates and promotes an example; answers the reference of the version."""
        directory = EXAMPLES / name
        version = self.json("push", name, directory / file)["version"]
        ref = f"{name}@{version}"
        self.run("validate", ref, "--data", directory / "test.csv", "--target", "target")
        self.run("promote", ref, "--to", alias)
        return ref


class Server:
    """`moorage serve` on free ports. Ends with the block that uses it.

    `listen` is None where the configuration says it.
    """

    def __init__(
        self,
        registry: Registry,
        *words: str | Path,
        variables: Mapping[str, str] | None = None,
        listen: str | None = "127.0.0.1:0",
    ) -> None:
        self.registry = registry
        self.journal = registry.home / f"serve-{time.monotonic_ns()}.err"
        with self.journal.open("wb") as journal:
            self.process = subprocess.Popen(
                [
                    PROGRAM,
                    "serve",
                    *([] if listen is None else [f"--listen={listen}"]),
                    "--metrics-listen=127.0.0.1:0",
                    *map(str, words),
                ],
                cwd=registry.home,
                env=environment({**registry.variables, **(variables or {})}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=journal,
            )
        try:
            self.address = self._announced("listening on")
            self.metrics_address = self._announced("metrics on")
        except BaseException:
            self.kill()
            raise

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def url(self) -> str:
        return f"http://{self.address[0]}:{self.address[1]}"

    def said(self) -> str:
        """All that the server has written to its console."""
        return self.journal.read_text(errors="replace")

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def ended(self) -> int:
        """Waits for the end of the process; its exit code."""
        return self.process.wait(DEADLINE)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(DEADLINE)

    def _announced(self, words: str) -> Address:
        def look() -> Address | None:
            assert self.process.poll() is None, f"the server ended: {self.said()}"
            found = re.search(rf"{words} http://([0-9.]+):(\d+)", self.said())
            return (found[1], int(found[2])) if found else None

        return wait_until(f"'{words}'", look)


@dataclass(frozen=True)
class Reference:
    """What scikit-learn's model answers through ONNX Runtime, for the first rows of test.csv."""

    features: list[list[float]]
    labels: list[Any]
    predictions: list[Any]
    probabilities: list[list[float]] | None

    @staticmethod
    def load(name: str) -> Reference:
        file = SOURCE / "tests" / "reference" / f"predictions_{name}.json"
        document = json.loads(file.read_text())
        return Reference(
            document["features"],
            document["labels"],
            document["label"] if "label" in document else document["value"],
            document.get("probabilities"),
        )
