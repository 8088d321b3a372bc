"""Law: a model that fails, signals or never ends hurts no other model and no process."""

# mypy: allow-untyped-decorators

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import time
from pathlib import Path

import pytest
from harmful import (
    FAULT,
    LIVE,
    READY,
    assert_serves,
    floats,
    forget_peak,
    infer,
    is_alive,
    peak,
    promote,
    publish,
    release_harmful,
    serve,
)
from harness import PROGRAM, Registry, Server, environment, wait_until
from wire import NoAnswerError, ask, get, request

LEAST = -(2**63)


@pytest.mark.parametrize("model", ["div_shifted", "mod_shifted"])
@pytest.mark.parametrize(
    ("a", "b"),
    [([7], [-1]), ([7, 8, 9], [-1, 0, -1]), ([LEAST], [-2]), ([LEAST, 1], [-2, 0])],
    ids=["zero", "zero among rows", "too large", "too large among rows"],
)
def test_a_quotient_that_there_is_not_fails_alone(
    registry: Registry, model: str, a: list[int], b: list[int]
) -> None:
    with serve(registry, model, "cheap") as server:
        shape = (len(a), 1)
        raw = infer(model, ("a", shape, "INT64", a), ("b", shape, "INT64", b))
        try:
            ask(server.address, raw, patience=10)
        except (NoAnswerError, OSError) as error:
            raise AssertionError(f"no answer, the process: {server.process.poll()}") from error
        assert_serves(server)


def test_a_model_that_signals_in_its_trial_ends_no_server(registry: Registry) -> None:
    publish(registry, "cheap")
    promote(registry, "cheap@1.0.0")
    with Server(registry) as server:
        release_harmful(registry, "div_trial")
        end = time.monotonic() + 1
        while time.monotonic() < end and is_alive(server):
            time.sleep(0.02)
        assert_serves(server)


def test_a_model_that_signals_in_its_trial_prevents_no_start(registry: Registry) -> None:
    publish(registry, "cheap")
    promote(registry, "cheap@1.0.0")
    # A push or a promotion that refuses the model keeps the law as well.
    release_harmful(registry, "div_trial")
    for _ in range(2):
        with Server(registry) as server:
            assert_serves(server)


def test_health_names_a_model_that_signals(registry: Registry) -> None:
    publish(registry, "cheap")
    promote(registry, "cheap@1.0.0")
    if not release_harmful(registry, "div_trial"):
        return  # it never comes to a server
    with Server(registry) as server:
        wait_until("the name", lambda: b"div_trial" in get(server.address, "/health").body, 3)
        assert_serves(server)


def broken(registry: Registry) -> None:
    """cheap in production, and another one whose bytes are no longer what they were."""
    publish(registry, "cheap")
    promote(registry, "cheap@1.0.0")
    registry.run("push", "rounds", FAULT / "rounds.onnx")
    promote(registry, "rounds@1.0.0")
    whole = (FAULT / "rounds.onnx").read_bytes()
    files = (registry.home / "moorage-data" / "blobs" / "sha256").rglob("*")
    (stored,) = [file for file in files if file.is_file() and file.read_bytes() == whole]
    stored.chmod(0o644)
    stored.write_bytes(whole[:-7] + b"damaged")


def test_a_model_that_cannot_be_loaded_is_unavailable_not_unknown(registry: Registry) -> None:
    broken(registry)
    with Server(registry) as server:
        assert_serves(server)
        answer = ask(server.address, floats("rounds", [1], name="rounds"))
        assert answer.status == 503, answer
        assert answer.json()["code"] == "unavailable"
        assert ask(server.address, floats("nobody", [1])).status == 404


def test_health_names_a_model_that_cannot_be_loaded(registry: Registry) -> None:
    broken(registry)
    with Server(registry) as server:
        wait_until("the reason", lambda: b"rounds" in get(server.address, "/health").body, 5)
        assert get(server.address, "/v2/models/cheap/ready").status == 200
        assert get(server.address, "/v2/models/rounds/ready").status == 503


def test_constants_that_a_graph_describes_cost_the_server_nothing(registry: Registry) -> None:
    document = (FAULT / "folded.onnx").read_bytes()
    head = b'--b\r\nContent-Disposition: form-data; name="model"; filename="folded.onnx"\r\n\r\n'
    meta = b'\r\n--b\r\nContent-Disposition: form-data; name="metadata"; filename="m"\r\n\r\n'
    body = head + document + meta + (FAULT / "folded.onnx.metadata").read_bytes() + b"\r\n--b--\r\n"
    path = "/api/v1/models/folded/versions"
    raw = request("POST", path, body, content_type="multipart/form-data; boundary=b")
    with Server(registry) as server:
        before = forget_peak(server)
        answer = ask(server.address, raw, patience=20)
        assert answer.status in (201, 400, 413, 503), answer
        grown = peak(server) - before
        assert grown < 150, f"{len(document)} bytes took {grown:.0f} MiB of the server"


def test_functions_that_expand_end_a_push_in_time(registry: Registry) -> None:
    process = subprocess.Popen(
        [PROGRAM, "push", "expanding", str(FAULT / "expanding.onnx")],
        cwd=registry.home,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        process.wait(timeout=120)
    finally:
        process.kill()
        process.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Processor time, because others may use the machine. A million nodes take 45 s of it.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 15


def test_a_push_that_a_server_works_on_holds_no_end(registry: Registry) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="model"; filename="x.onnx"\r\n\r\n'
    meta = b'\r\n--b\r\nContent-Disposition: form-data; name="metadata"; filename="m"\r\n\r\n'
    body = head + (FAULT / "expanding.onnx").read_bytes() + meta
    body += (FAULT / "expanding.onnx.metadata").read_bytes() + b"\r\n--b--\r\n"
    path = "/api/v1/models/expanding/versions"
    raw = request("POST", path, body, content_type="multipart/form-data; boundary=b")
    with Server(registry, variables={"MOORAGE_SERVER__DRAIN": "200ms"}) as server:
        with contextlib.suppress(NoAnswerError):  # it may be refused at once
            ask(server.address, raw, patience=0.5)
        assert ask(server.address, LIVE).status == 200
        server.terminate()
        wait_until("the end", lambda: not is_alive(server), 2.5)
        assert server.process.returncode == 0


def test_other_models_are_ready_while_one_is_tried(registry: Registry) -> None:
    publish(registry, "cheap")
    promote(registry, "cheap@1.0.0")
    with Server(registry) as server:
        release_harmful(registry, "endless")
        assert_serves(server)
        assert ask(server.address, READY).status == 200


def test_a_start_waits_for_no_model_without_end(registry: Registry) -> None:
    publish(registry, "cheap")
    promote(registry, "cheap@1.0.0")
    release_harmful(registry, "endless")
    process = subprocess.Popen(
        [PROGRAM, "serve", "--listen=127.0.0.1:0", "--metrics-listen=127.0.0.1:0"],
        cwd=registry.home,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=(registry.home / "start.err").open("wb"),
    )
    try:
        said = Path(registry.home / "start.err")
        wait_until("the other model", lambda: "listening on" in said.read_text(), 3)
    finally:
        os.kill(process.pid, 9)
        process.wait()
