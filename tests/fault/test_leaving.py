"""Law: what nothing waits for any more is dropped, ended or answered, and never goes on."""

from __future__ import annotations

import json
import os
import time
from contextlib import ExitStack
from pathlib import Path

from harmful import (
    FAULT,
    LIVE,
    assert_serves,
    floats,
    heavy_node,
    heavy_rounds,
    is_alive,
    product,
    promotion,
    publish,
    reset,
    rounds,
    serve,
)
from harness import Registry, Server, wait_until
from wire import Connection, NoAnswerError, ask, request


def test_the_run_of_a_client_that_was_reset_ends(registry: Registry) -> None:
    with serve(registry, "rounds", "rounds_2") as server:
        heavy = heavy_rounds(server, "rounds", 1.5)
        heavy_rounds(server, "rounds_2", 0.1)  # it is known to be expensive as well
        gone = Connection(server.address)
        gone.send(heavy.raw)
        assert ask(server.address, LIVE).status == 200  # the run is on its way
        start = time.monotonic()
        reset(gone)
        assert ask(server.address, rounds("rounds_2", 1000)).status == 200
        waited = time.monotonic() - start
    assert waited < heavy.seconds / 3, f"{waited:.2f} s behind a run that nothing waits for"


def test_a_client_that_was_reset_gives_its_place_back(registry: Registry) -> None:
    variables = {"MOORAGE_SERVING__MAX_CONCURRENT_REQUESTS": "1"}
    with serve(registry, "rounds", "cheap", variables=variables) as server:
        heavy = heavy_rounds(server, "rounds", 1.5)
        gone = Connection(server.address)
        gone.send(heavy.raw)
        assert ask(server.address, LIVE).status == 200
        start = time.monotonic()
        reset(gone)
        good = floats("cheap", [1, 2, 3, 4])
        wait_until("a place", lambda: ask(server.address, good).status == 200)
        waited = time.monotonic() - start
    assert waited < heavy.seconds / 3, f"{waited:.2f} s until the place was free"


def test_the_deadline_is_answered_when_it_comes(registry: Registry) -> None:
    with serve(registry, "one_long_node") as server:
        heavy = heavy_node(server, "one_long_node", 1.5)
    variables = {"MOORAGE_SERVING__TIMEOUT": "300ms"}
    with serve(registry, "one_long_node", "cheap", variables=variables) as server:
        # The model is known to be expensive, so that its runs are not the reactor's.
        assert ask(server.address, product("one_long_node", 700)).status == 200
        start = time.monotonic()
        answer = ask(server.address, heavy.raw)
        waited = time.monotonic() - start
        assert answer.status == 504
        assert waited < 0.3 + heavy.seconds / 4, f"504 after {waited:.2f} s, the timeout is 0.3 s"
        assert_serves(server)


def test_a_drain_answers_queued_requests_and_ends_in_time(registry: Registry) -> None:
    variables = {"MOORAGE_SERVER__DRAIN": "200ms"}
    with (
        serve(registry, "one_long_node", variables=variables) as server,
        ExitStack() as clients,
    ):
        heavy = heavy_node(server, "one_long_node", 0.7)
        waiting = [clients.enter_context(Connection(server.address)) for _ in range(5)]
        for client in waiting:  # each in a tick of its own
            client.send(heavy.raw)
            assert ask(server.address, LIVE).status == 200
        start = time.monotonic()
        server.terminate()
        assert server.ended() == 0
        took = time.monotonic() - start
        # The run under way cannot be stopped, and what is queued must not begin.
        assert took < 0.2 + 2 * heavy.seconds, f"{took:.2f} s for a drain of 0.2 s"


def test_an_end_waits_for_no_run_longer_than_the_drain(registry: Registry) -> None:
    variables = {"MOORAGE_SERVER__DRAIN": "200ms"}
    with serve(registry, "one_long_node", variables=variables) as server:
        heavy = heavy_node(server, "one_long_node", 2.4)
        with Connection(server.address) as client:
            client.send(heavy.raw)
            assert ask(server.address, LIVE).status == 200
            start = time.monotonic()
            server.terminate()
            assert server.ended() == 0
            took = time.monotonic() - start
    assert took < 0.2 + heavy.seconds / 2, f"{took:.2f} s for a drain of 0.2 s"


def test_a_drain_answers_503_to_what_is_queued(registry: Registry) -> None:
    variables = {"MOORAGE_SERVER__DRAIN": "1500ms"}
    with (
        serve(registry, "one_long_node", variables=variables) as server,
        ExitStack() as clients,
    ):
        heavy = heavy_node(server, "one_long_node", 0.6)
        waiting = [clients.enter_context(Connection(server.address)) for _ in range(6)]
        for client in waiting:  # each in a tick of its own
            client.send(heavy.raw)
            assert ask(server.address, LIVE).status == 200
        server.terminate()
        statuses = []
        for client in waiting:
            try:
                statuses.append(client.answer().status)
            except NoAnswerError:
                statuses.append(0)
        assert server.ended() == 0
    assert set(statuses) <= {200, 503}, f"{statuses}: 0 is a client that was cut"


def slow_validation(name: str, count: int) -> bytes:
    """A validation whose rows take long, as the form that curl would send."""
    rows = "".join(f"{count},{i % 2}\n" for i in range(40))
    head = '--b\r\nContent-Disposition: form-data; name="data"; filename="d.csv"\r\n\r\n'
    body = f"{head}rounds,target\n{rows}\r\n--b--\r\n".encode()
    path = f"/api/v1/models/{name}/versions/1.0.0/validations?target=target&baseline=none"
    raw: bytes = request("POST", path, body, content_type="multipart/form-data; boundary=b")
    return raw


def test_no_alias_moves_for_a_caller_that_was_cut(registry: Registry) -> None:
    publish(registry, "cheap")
    registry.run("push", "busy", registry_model(registry))
    variables = {"MOORAGE_SERVER__DRAIN": "200ms"}
    with Server(registry, variables=variables) as server, ExitStack() as clients:
        for _ in range(2):  # both threads of the jobs are busy
            client = clients.enter_context(Connection(server.address))
            client.send(slow_validation("busy", 400_000))
        assert ask(server.address, LIVE).status == 200
        caller = clients.enter_context(Connection(server.address))
        caller.send(promotion("cheap", "1.0.0"))
        assert ask(server.address, LIVE).status == 200
        server.terminate()
        try:
            answered = caller.answer().status
        except NoAnswerError:
            answered = 0
        assert server.ended() == 0
    moved = bool(registry.json("models", "cheap")["aliases"])
    assert moved == (answered == 200), f"the caller was answered {answered}, moved: {moved}"


def test_a_push_whose_client_left_ends_its_trial_and_registers_nothing(registry: Registry) -> None:
    head = '--b\r\nContent-Disposition: form-data; name="{}"; filename="f"\r\n\r\n'
    files = {"model": "endless.onnx", "metadata": "endless.onnx.metadata"}
    parts = [
        head.format(name).encode() + (FAULT / file).read_bytes() + b"\r\n"
        for name, file in files.items()
    ]
    body = b"".join(parts) + b"--b--\r\n"
    raw = request("POST", "/api/v1/models/endless/versions", body,
                  content_type="multipart/form-data; boundary=b")  # fmt: skip
    publish(registry, "cheap")
    with Server(registry) as server:
        client = Connection(server.address)
        client.send(raw)
        wait_until("a run of it", lambda: any(computed(child) > 0.5 for child in children(server)))
        start = time.monotonic()
        reset(client)
        wait_until("the end of the trial", lambda: not children(server))
        took = time.monotonic() - start
        assert_answers(server)
    assert took < 2, f"{took:.2f} s for a trial that nothing waits for"
    assert [model["name"] for model in registry.json("models")["models"]] == ["cheap"]


def children(server: Server) -> list[str]:
    """The processes that the server has started and that have not ended."""
    threads = Path(f"/proc/{server.process.pid}/task").iterdir()
    return [child for thread in threads for child in (thread / "children").read_text().split()]


def computed(process: int | str) -> float:
    """The processor time that a process has taken, in seconds. 0 if it has ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(") ", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def assert_answers(server: Server) -> None:
    assert ask(server.address, request("GET", "/api/v1/models")).status == 200


def test_a_validation_whose_client_left_gives_its_thread_back(registry: Registry) -> None:
    registry.run("push", "busy", registry_model(registry))
    with Server(registry) as server:
        gone = [Connection(server.address) for _ in range(2)]  # as many as there are threads
        for client in gone:
            client.send(slow_validation("busy", 800_000))
        begun = computed(server.process.pid)
        wait_until("runs of both", lambda: computed(server.process.pid) > begun + 0.5)
        for client in gone:
            reset(client)
        start = time.monotonic()
        assert_answers(server)
        took = time.monotonic() - start
        told = ask(server.address, request("GET", "/api/v1/models/busy/versions/1.0.0")).json()
    assert took < 2, f"{took:.2f} s behind validations that nothing waits for"
    assert told["evidence"] == []


def registry_model(registry: Registry) -> str:
    """The loop as a regression, so that a data set can be run over it."""
    document = json.loads((FAULT / "rounds.onnx.metadata").read_text())
    document |= {
        "model_name": "busy", "task": "regression", "output_roles": {"output": "value"}
    }  # fmt: skip
    file = registry.home / "busy.onnx"
    file.write_bytes((FAULT / "rounds.onnx").read_bytes())
    (registry.home / "busy.onnx.metadata").write_text(json.dumps(document))
    return str(file)


def test_a_client_that_leaves_a_stream_of_requests_leaves_nothing(registry: Registry) -> None:
    with serve(registry, "cheap") as server:
        for _ in range(30):
            client = Connection(server.address)
            client.send(floats("cheap", [1, 2, 3, 4]) * 50)
            reset(client)
        assert is_alive(server)
        assert_serves(server)
