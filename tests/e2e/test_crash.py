"""kill -9 at any moment: the registry holds whole versions only, and everybody goes on."""

from __future__ import annotations

import random
import subprocess
import time

from harness import DEADLINE, EXAMPLES, PROGRAM, Reference, Registry, Server, environment
from load import Load
from wire import ask, get, post

KILLS = 20
MODEL = EXAMPLES / "cancer" / "model.onnx"


def push_and_kill(registry: Registry, version: str, after: float) -> bool:
    """Starts a push and kills it after so many seconds; true if it was still at work."""
    process = subprocess.Popen(
        [PROGRAM, "push", "cancer", str(MODEL), "--version", version],
        cwd=registry.home,
        env=environment(registry.variables),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.kill()
    process.wait(DEADLINE)
    return process.returncode < 0


def test_a_push_that_is_killed_leaves_all_or_nothing(
    registry: Registry, cancer: Reference
) -> None:
    registry.release("cancer")
    start = time.monotonic()
    registry.run("push", "cancer", MODEL, "--version", "1.0.1")
    whole = time.monotonic() - start
    moments = random.Random(20261122)
    good = post("/predict", {"features": cancer.features[0]})
    killed = 0
    with Server(registry) as server, Load(server.address, [good], connections=2) as load:
        for number in range(KILLS):
            version = f"1.1.{number}"
            killed += push_and_kill(registry, version, moments.uniform(0, 1.2 * whole))
            if version in listed(registry):
                assert registry.json("show", f"cancer@{version}")["files"]
        assert registry.json("doctor")["healthy"] is True
        load.wait_for_answers(20)
    assert load.kinds.keys() == {"200"} and load.lost == 0
    assert killed > 0, "no push was ever caught at work"
    # What they left behind can be swept, and what is there stays.
    before = listed(registry)
    registry.run("gc", "--grace", "0s")
    assert registry.json("gc", "--grace", "0s")["count"] == 0
    assert registry.json("doctor")["problems"] == []
    assert listed(registry) == before
    assert registry.json("push", "cancer", MODEL, "--version", "1.2.0")["version"] == "1.2.0"
    assert registry.json("predict", "cancer@1.2.0", "--features", str(cancer.features[0]))


def test_a_push_that_was_killed_can_be_repeated_at_once(registry: Registry) -> None:
    registry.run("push", "cancer", MODEL)
    start = time.monotonic()
    registry.run("push", "cancer", MODEL, "--version", "1.0.1")
    whole = time.monotonic() - start
    moments = random.Random(7)
    for number in range(KILLS):
        version = f"1.1.{number}"
        if push_and_kill(registry, version, moments.uniform(0, 1.2 * whole)):
            again = registry.json("push", "cancer", MODEL, "--version", version)
            assert again["version"] == version


def listed(registry: Registry) -> set[str]:
    return {version["version"] for version in registry.json("models", "cancer")["versions"]}


def test_a_server_that_is_killed_starts_again(registry: Registry, cancer: Reference) -> None:
    registry.release("cancer")
    good = post("/predict", {"features": cancer.features[0]})
    for _ in range(2):
        with Server(registry) as server, Load(server.address, [good], connections=4) as load:
            load.wait_for_answers(50)
            server.kill()
            load.join()
    registry.run("doctor")
    with Server(registry) as server:
        assert get(server.address, "/health/ready").status == 200
        assert ask(server.address, good).status == 200
