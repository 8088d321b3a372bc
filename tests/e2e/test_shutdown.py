"""SIGTERM: the server says at once that it goes, answers what it has accepted, and ends with 0."""

# mypy: allow-untyped-decorators

from __future__ import annotations

import signal
import statistics
import time
from collections.abc import Callable

import pytest
from harness import DEADLINE, MODELS, Reference, Registry, Server, wait_until
from load import Load
from wire import Connection, NoAnswerError, ask, post, request

READY = request("GET", "/health/ready")
SLOW = MODELS / "slow_loop.onnx"
ENDLESS = 2**40  # rounds of the slow model


def slow_request(iterations: int) -> bytes:
    tensor = {"name": "iterations", "shape": [1], "datatype": "INT64", "data": [iterations]}
    return post("/v2/models/slow/infer", {"inputs": [tensor]}, {"X-Request-Id": "slow-1"})


def iterations_that_take(server: Server, seconds: float) -> int:
    """How many rounds of the slow model take about so long on this machine at this time.

    Afterwards a server with one thread has seen so many slow runs that it expects more of them.
    """
    rounds = 1000
    took = 0.0
    while took < 0.02:
        rounds *= 2
        took = time_of(server, rounds)
    took = statistics.median(time_of(server, rounds) for _ in range(25))
    return int(rounds * seconds / took)


def time_of(server: Server, rounds: int) -> float:
    start = time.monotonic()
    assert ask(server.address, slow_request(rounds)).status == 200
    return time.monotonic() - start


def test_no_accepted_request_is_lost(registry: Registry, cancer: Reference) -> None:
    registry.release("cancer")
    good = post("/predict", {"features": cancer.features[0]})
    with Server(registry) as server, Load(server.address, [good], connections=32) as load:
        load.wait_for_answers(300)
        server.terminate()
        load.join()
        assert load.refused == 32, "every client learns that the port is closed"
        assert load.lost == 0
        assert load.kinds.keys() == {"200"}
        assert server.ended() == 0
        assert "every request was answered" in server.said()


def test_ready_says_no_at_once_and_health_tells_why(registry: Registry) -> None:
    with Server(registry, "--model", f"{SLOW}=slow") as server:
        rounds = iterations_that_take(server, 2)
        with Connection(server.address) as busy, Connection(server.address) as watcher:
            assert watcher.ask(READY).status == 200
            busy.send(slow_request(rounds))
            server.terminate()
            wait_until("the leave-taking", lambda: "SIGTERM" in server.said())
            ready = watcher.ask(READY)
            assert ready.status == 503 and ready.json()["ready"] is False
            assert ready.json()["reasons"]
            # What was under way when the signal came is answered in full.
            answer = busy.answer()
            assert answer.status == 200
            assert answer.headers["x-request-id"] == "slow-1"
            assert server.ended() == 0


def test_idle_connections_are_closed_cleanly(registry: Registry) -> None:
    with Server(registry) as server:
        connections = [Connection(server.address) for _ in range(5)]
        for connection in connections[1:]:  # the first has never said a word
            assert connection.ask(request("GET", "/health/live")).status == 200
        start = time.monotonic()
        server.terminate()
        assert all(connection.is_closed_cleanly() for connection in connections)
        assert server.ended() == 0
        assert time.monotonic() - start < 8, "idle connections do not use up the drain of 10 s"
        for connection in connections:
            connection.socket.close()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_ends_at_once(registry: Registry, end: signal.Signals) -> None:
    with Server(registry) as server:
        start = time.monotonic()
        server.process.send_signal(end)
        assert server.ended() == 0
        assert time.monotonic() - start < 5


def test_what_takes_longer_than_the_drain_is_stopped(registry: Registry) -> None:
    variables = {"MOORAGE_SERVER__DRAIN": "200ms", "MOORAGE_SERVER__THREADS": "1"}
    with Server(registry, "--model", f"{SLOW}=slow", variables=variables) as server:
        rounds = iterations_that_take(server, 8)
        with Connection(server.address) as busy:
            busy.send(slow_request(rounds))
            with Connection(server.address) as other:  # the slow one is on its way now
                assert other.ask(request("GET", "/health/live")).status == 200
            start = time.monotonic()
            server.terminate()
            # The run is told to stop shortly before the limit. It is answered if it stops then.
            try:
                answer = busy.answer()
                assert answer.status == 503 and answer.json()["code"] == "unavailable"
            except NoAnswerError:
                assert "cut" in server.said()
            assert server.ended() == 0
            assert time.monotonic() - start < 5


def test_a_run_past_its_deadline_is_given_up(registry: Registry) -> None:
    variables = {"MOORAGE_SERVING__TIMEOUT": "300ms", "MOORAGE_SERVER__THREADS": "1"}
    with Server(registry, "--model", f"{SLOW}=slow", variables=variables) as server:
        iterations_that_take(server, 1)
        answer = ask(server.address, slow_request(ENDLESS), patience=15)
        assert answer.status == 504
        assert answer.json()["code"] == "deadline_exceeded"
        assert answer.json()["request_id"] == "slow-1"
        assert ask(server.address, slow_request(10)).status == 200


def test_a_run_that_nobody_knew_to_be_slow_is_given_up_too(registry: Registry) -> None:
    variables = {"MOORAGE_SERVING__TIMEOUT": "300ms", "MOORAGE_SERVER__THREADS": "1"}
    with (
        Server(registry, "--model", f"{SLOW}=slow", variables=variables) as server,
        Connection(server.address, patience=10) as other,
    ):
        assert other.ask(READY).status == 200
        assert ask(server.address, slow_request(ENDLESS), patience=10).status == 504
        assert other.ask(READY).status == 200


def test_beyond_the_bound_requests_are_turned_away(registry: Registry) -> None:
    variables = {"MOORAGE_SERVING__MAX_CONCURRENT_REQUESTS": "2", "MOORAGE_SERVER__THREADS": "1"}
    with Server(registry, "--model", f"{SLOW}=slow", variables=variables) as server:
        raw = slow_request(iterations_that_take(server, 0.5))
        connections = [Connection(server.address) for _ in range(8)]
        for connection in connections:
            connection.send(raw)
        answers = [connection.answer() for connection in connections]
        for connection in connections:
            connection.socket.close()
        statuses = sorted(answer.status for answer in answers)
        assert statuses.count(200) >= 2 and set(statuses) <= {200, 429, 503}
        refused = [answer for answer in answers if answer.status != 200]
        assert refused, "eight requests at once where two may wait"
        assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)


def test_one_after_another_on_the_same_port(registry: Registry, cancer: Reference) -> None:
    registry.release("cancer")
    good = post("/predict", {"features": cancer.features[0]})
    ends: list[Callable[[Server], None]] = [Server.terminate, Server.kill]
    with Server(registry) as first:
        port = first.address[1]
        assert ask(first.address, good).status == 200
        first.terminate()
        assert first.ended() == 0
    for end in ends:
        with Server(registry, listen=f"127.0.0.1:{port}") as server:
            assert ask(server.address, good).status == 200
            end(server)
            server.process.wait(DEADLINE)
