"""Law: after a promotion was answered, no request that begins is answered by the old version."""

from __future__ import annotations

import contextlib
import time
from contextlib import ExitStack

from harmful import (
    FAULT,
    LIVE,
    file_of,
    floats,
    heavy_rounds,
    is_alive,
    promote,
    promotion,
    publish,
    release_harmful,
    rounds,
    serve,
    version_of,
)
from harness import Registry, Server, wait_until
from wire import Connection, NoAnswerError, ask, request

ROW = floats("cheap", [1, 2, 3, 4])


def two_versions(registry: Registry) -> None:
    """cheap@1.0.0 in production, cheap@1.1.0 beside it, and a loop that looks cheap."""
    publish(registry, "cheap")
    publish(registry, "cheap", "1.1.0")
    promote(registry, "cheap@1.0.0")
    publish(registry, "rounds")
    promote(registry, "rounds@1.0.0")


def version(connection: Connection) -> str:
    return str(connection.ask(ROW).json()["model_version"])


def test_a_request_after_the_answer_of_a_promotion_gets_the_new_version(
    registry: Registry,
) -> None:
    two_versions(registry)
    with Server(registry) as server, ExitStack() as stack:
        clients = [stack.enter_context(Connection(server.address)) for _ in range(16)]
        for client in clients:
            assert version(client) == "1.0.0"
        answer = ask(server.address, promotion("cheap", "1.1.0"))
        assert answer.status == 200
        assert [version(client) for client in clients] == ["1.1.0"] * 16


def test_a_reactor_that_was_busy_meanwhile_takes_the_new_version_first(
    registry: Registry,
) -> None:
    with serve(registry, "rounds") as server:
        raw = heavy_rounds(server, "rounds", 1.6).raw
    two_versions(registry)
    variables = {"MOORAGE_SERVER__THREADS": "2"}
    with Server(registry, variables=variables) as server, ExitStack() as stack:
        clients = [stack.enter_context(Connection(server.address)) for _ in range(12)]
        for client in clients:
            assert version(client) == "1.0.0"
        clients[0].send(raw)  # its reactor is busy from now on, if a run can keep it busy
        time.sleep(0.05)
        free = [client for client in clients[1:] if is_answered_at_once(client)]
        busy = [client for client in clients[1:] if client not in free]
        assert free, "all connections met one reactor"
        assert free[0].ask(promotion("cheap", "1.1.0")).status == 200
        for client in busy:
            client.send(ROW)
        for client in busy:
            assert client.answer().status == 200  # the look at /health/live
        seen = [str(client.answer().json()["model_version"]) for client in busy]
        assert set(seen) <= {"1.1.0"}, f"after the answer: {seen}"


def is_answered_at_once(client: Connection) -> bool:
    client.socket.settimeout(0.05)
    client.send(LIVE)
    try:
        client.answer()
    except NoAnswerError:
        return False
    finally:
        client.socket.settimeout(client.patience)
    return True


def test_a_promotion_during_the_start_reaches_every_reactor(registry: Registry) -> None:
    two_versions(registry)
    with Server(registry, variables={"MOORAGE_SERVER__THREADS": "64"}) as server:
        assert ask(server.address, promotion("cheap", "1.1.0")).status == 200
        for _ in range(300):
            with Connection(server.address) as client:
                assert version(client) == "1.1.0"


def test_a_loop_without_end_holds_no_other_promotion(registry: Registry) -> None:
    two_versions(registry)
    registry.run("push", "endless", FAULT / "endless.onnx", code=None)
    with Server(registry) as server:
        # It may be refused, or answered; what counts is the promotion after it.
        with contextlib.suppress(NoAnswerError):
            ask(server.address, promotion("endless", "1.0.0"), patience=1)
        promote(registry, "cheap@1.1.0")
        wait_until("the other model", lambda: version_of(server, "cheap") == "1.1.0", 3)
        assert is_alive(server)


def test_a_loop_without_end_holds_no_end_of_the_process(registry: Registry) -> None:
    two_versions(registry)
    variables = {"MOORAGE_SERVER__DRAIN": "200ms"}
    with Server(registry, variables=variables) as server:
        release_harmful(registry, "endless")
        time.sleep(0.3)  # the server has begun to load it, or has refused to
        start = time.monotonic()
        server.terminate()
        wait_until("the end", lambda: server.process.poll() is not None, 3)
        assert server.process.returncode == 0
        assert time.monotonic() - start < 2.2


def test_a_roll_back_is_in_force_when_it_is_answered(registry: Registry) -> None:
    two_versions(registry)
    promote(registry, "cheap@1.1.0")
    with Server(registry) as server, Connection(server.address) as client:
        assert version(client) == "1.1.0"
        path = "/api/v1/models/cheap/aliases/production/rollback"
        assert ask(server.address, request("POST", path, b'{"reason": "x"}')).status == 200
        assert version(client) == "1.0.0"
        assert ask(server.address, rounds("rounds", 3)).status == 200


def test_a_load_beyond_its_time_is_given_up_and_its_reason_shown(registry: Registry) -> None:
    registry.run("push", "cancer", file_of("cancer"))
    variables = {"MOORAGE_SERVING__LOAD_TIMEOUT": "1ms"}
    with Server(registry, variables=variables) as server:
        moved = ask(server.address, promotion("cancer", "1.0.0"))
        assert moved.status == 200
        assert "serving.load_timeout (1ms)" in moved.json()["not_served"]
        health = ask(server.address, request("GET", "/health"))
        assert health.status == 503
        assert "serving.load_timeout (1ms)" in " ".join(health.json()["reasons"])


def test_an_alias_that_is_not_served_is_named_as_such(registry: Registry) -> None:
    two_versions(registry)
    with Server(registry) as server:
        raw = promotion("cheap", "1.0.0").replace(b"/aliases/production", b"/aliases/canary", 1)
        moved = ask(server.address, raw)
        assert moved.status == 200
        assert moved.json()["to"] == "1.0.0"
        assert "serving.aliases" in moved.json()["not_served"]
    aliases = {row["alias"]: row["version"] for row in registry.json("models", "cheap")["aliases"]}
    assert aliases["canary"] == "1.0.0"
