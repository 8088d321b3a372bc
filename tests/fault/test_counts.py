"""Law: every answer is counted once with its reason, and time counts from the arrival."""

# mypy: allow-untyped-decorators

from __future__ import annotations

import time
from contextlib import ExitStack

import pytest
from exposition import scrape
from harmful import (
    LIVE,
    MIB,
    READY,
    counted,
    floats,
    heavy_rounds,
    log_records,
    promote,
    publish,
    record_of,
    serve,
)
from harness import Registry, Server, wait_until
from wire import Connection, ask, request

GOOD = floats("cheap", [1, 2, 3, 4])
BIG = b"POST /v2/models/cheap/infer HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % (99 * MIB)

REFUSED = {
    400: b"GET /health HTTP/1.1\r\n\r\n",
    404: request("GET", "/nowhere"),
    405: request("DELETE", "/v2/models/cheap/infer"),
    413: BIG,
    414: b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    415: request("POST", "/v2/models/cheap/infer", b"x", content_type="text/html"),
    417: b"GET /health HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\n\r\n",
    431: b"GET /health HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    501: request("POST", "/api/v1/gc", b"{}"),
}


def grown(server: Server, code: int, before: dict[str, float], count: int) -> set[float]:
    """By how much the counters have grown, once one has grown enough, or after a second."""
    end = time.monotonic() + 1
    while True:
        now = counted(scrape(server.metrics_address), code)
        growth = {value - before.get(name, 0.0) for name, value in now.items()} - {0.0}
        if any(value >= count for value in growth) or time.monotonic() > end:
            return growth
        time.sleep(0.02)


@pytest.mark.parametrize("code", REFUSED)
def test_every_refusal_is_in_a_counter(registry: Registry, code: int) -> None:
    with serve(registry, "cheap") as server:
        before = counted(scrape(server.metrics_address), code)
        for _ in range(3):
            assert ask(server.address, REFUSED[code]).status == code
        assert grown(server, code, before, 3) == {3}


def test_an_unloaded_version_leaves_no_series_behind(registry: Registry) -> None:
    promote(registry, publish(registry, "cheap"))
    with Server(registry, variables={"MOORAGE_SERVING__KEEP_PREVIOUS": "0"}) as server:
        assert ask(server.address, GOOD).status == 200
        assert named(server, "1.0.0")
        promote(registry, publish(registry, "cheap", "1.0.1"))
        wait_until("the new version", lambda: asked_version(server) == "1.0.1")
        wait_until("the end of the series", lambda: not named(server, "1.0.0"))
        assert named(server, "1.0.1")


def asked_version(server: Server) -> str:
    return str(ask(server.address, GOOD).json()["model_version"])


def named(server: Server, version: str) -> list[str]:
    """The families with a series of this version of cheap."""
    told = {("model", "cheap"), ("version", version)}
    families = scrape(server.metrics_address).families.values()
    return [
        family.name
        for family in families
        if any(told <= labels for _, labels in family.samples)
    ]


def test_calls_of_the_registry_are_in_a_counter(registry: Registry) -> None:
    publish(registry, "cheap")
    with Server(registry) as server:
        before = counted(scrape(server.metrics_address), 200)
        for path in ("/api/v1/models", "/api/v1/models/cheap", "/api/v1/audit"):
            assert ask(server.address, request("GET", path)).status == 200
        assert grown(server, 200, before, 3) == {3}


def test_a_wait_is_in_the_histogram_of_the_client_that_waited(registry: Registry) -> None:
    with serve(registry, "rounds") as server:
        heavy = heavy_rounds(server, "rounds", 0.6).raw
    with serve(registry, "rounds", "cheap") as server, ExitStack() as clients:
        busy = clients.enter_context(Connection(server.address))
        waiting = [clients.enter_context(Connection(server.address)) for _ in range(10)]
        for client in waiting:
            assert client.ask(LIVE).status == 200
        busy.send(heavy)
        time.sleep(0.05)
        start = time.monotonic()
        for client in waiting:
            client.send(GOOD)
        waited = 0.0
        for client in waiting:
            assert client.answer().status == 200
            waited += time.monotonic() - start
        name = "model_request_duration_seconds_sum"
        seen = scrape(server.metrics_address).value(name, model="cheap")
    assert seen > 0.5 * waited or waited < 0.5, f"waited {waited:.2f} s, counted {seen:.2f} s"


def test_the_lag_of_the_loop_has_a_histogram(registry: Registry) -> None:
    with serve(registry, "cheap") as server:
        assert ask(server.address, GOOD).status == 200
        families = scrape(server.metrics_address).families.values()
        lags = [family.name for family in families if family.type == "histogram"]
        assert [name for name in lags if "lag" in name], lags


def test_a_sample_of_half_meets_every_model(registry: Registry) -> None:
    variables = {"MOORAGE_LOGGING__PREDICTIONS__SAMPLE": "0.5"}
    with (
        serve(registry, "cheap", "cheap_2", variables=variables) as server,
        Connection(server.address) as connection,
    ):
        for _ in range(30):
            for model in ("cheap", "cheap_2"):
                assert connection.ask(floats(model, [1, 2, 3, 4])).status == 200
        # A refusal is always logged, and after what came before it.
        bad = request("POST", "/v2/models/cheap/infer", b"{", {"X-Request-Id": "last"})
        assert connection.ask(bad).status == 400
        wait_until("the last record", lambda: "last" in ids(server))
        sampled = {r["model"] for r in log_records(server) if r["type"] == "prediction"}
    assert sampled == {"cheap", "cheap_2"}


def ids(server: Server) -> set[str]:
    return {record.get("request_id", "") for record in log_records(server)}


def test_a_probe_that_says_no_is_no_error_of_the_server(registry: Registry) -> None:
    with serve(registry, "rounds") as server:
        heavy = heavy_rounds(server, "rounds", 1.0)
        with Connection(server.address) as busy, Connection(server.address) as watcher:
            assert watcher.ask(READY).status == 200
            busy.send(heavy.raw)
            server.terminate()
            wait_until("the drain", lambda: watcher.ask(READY).status == 503)
            assert busy.answer().status == 200
            assert server.ended() == 0
        errors = [r for r in log_records(server) if r["type"] == "error" and r["level"] == "error"]
    assert not errors, errors[0]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/v2/models/cheap/infer"),
        ("TRACE", "/health"),
        ("OPTIONS", "/no/such/path"),
        ("PROPFIND", "/health"),
        ("DELETE", "/health"),
    ],
)
def test_a_refused_method_keeps_its_name(registry: Registry, method: str, path: str) -> None:
    with serve(registry, "cheap") as server:
        named = {"X-Request-Id": "named"}
        answer = ask(server.address, request(method, path, headers=named, content_type=None))
        assert answer.status in (200, 204, 404, 405, 501)
        assert record_of(server, "named")["method"] == method


def test_a_new_version_keeps_its_name_in_the_metrics(registry: Registry) -> None:
    publish(registry, "cheap")
    promote(registry, "cheap@1.0.0")
    with Server(registry) as server:
        assert ask(server.address, GOOD).status == 200
        seen = scrape(server.metrics_address)
        assert seen.value("model_requests_total", model="cheap", version="1.0.0", code="200") == 1


def test_memory_that_is_held_and_refused_is_seen(registry: Registry) -> None:
    limit = 32 * MIB
    with serve(registry, "cheap", variables={"MOORAGE_SERVER__MEMORY": "32MiB"}) as server:
        path = b"POST /v2/models/cheap/infer HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"

        def held() -> float:
            return float(scrape(server.metrics_address).value("moorage_memory_bytes"))

        def refused() -> float:
            seen = scrape(server.metrics_address)
            return float(seen.value("moorage_memory_refusals_total", purpose="input"))

        assert scrape(server.metrics_address).value("moorage_memory_limit_bytes") == limit
        assert held() < MIB
        before = refused()
        with Connection(server.address) as half:
            half.send(path % (8 * MIB) + b" " * (6 * MIB))
            wait_until("the bytes that arrived", lambda: held() >= 6 * MIB)
            assert held() <= limit
            with Connection(server.address) as other:
                other.send_what_is_taken([path % (31 * MIB), *([b" " * MIB] * 30)])
                assert other.answer().status == 429
            assert refused() > before
        wait_until("what the clients have left", lambda: held() < MIB)
        assert ask(server.address, GOOD).status == 200
