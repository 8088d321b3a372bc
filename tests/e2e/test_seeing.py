"""What an operator sees of known traffic: metrics, statistics, the log file."""

# mypy: allow-untyped-decorators

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from exposition import OPENMETRICS, PROMETHEUS, Scrape, parse, scrape
from harness import EXAMPLES, Reference, Registry, Server, wait_until
from wire import Answer, Connection, ask, get, post, request

# A number that occurs nowhere else, so that a leak is found by looking for it.
MARKED = 4242.125


@pytest.fixture
def server(registry: Registry) -> Iterator[Server]:
    registry.release("cancer")
    with Server(registry) as made:
        yield made


def log_lines(server: Server, count: int, kind: str) -> list[dict[str, Any]]:
    """Waits until so many records of a kind are in the log file."""
    file = server.registry.home / "moorage-data" / "logs" / "moorage.log"

    def look() -> list[dict[str, Any]] | None:
        lines = file.read_text().split("\n")
        records = [json.loads(line) for line in lines[:-1]]
        found = [record for record in records if record["type"] == kind]
        return found if len(found) >= count else None

    found = wait_until(f"{count} records of type {kind}", look) if count else look() or []
    assert len(found) == count
    return found


def traffic(server: Server, cancer: Reference) -> None:
    """Five good predictions, three bad ones, one for an unknown model, and a look at the health."""
    row = cancer.features[0]
    with Connection(server.address) as connection:
        for _ in range(3):
            assert connection.ask(post("/predict", {"features": row})).status == 200
        for _ in range(2):
            assert connection.ask(post("/api/v2/predict", [row, row])).status == 200
        for _ in range(2):
            assert connection.ask(post("/predict", {"features": row[1:]})).status == 400
        assert connection.ask(request("POST", "/predict", b"{", content_type="text/plain"))
        unknown = post("/api/v1/models/nobody/predict", {"features": row})
        assert connection.ask(unknown).status == 404
        assert connection.ask(request("GET", "/health")).status == 200


@pytest.mark.parametrize("accept", ["text/plain", "application/openmetrics-text; version=1.0.0"])
def test_requests_are_counted_by_endpoint_model_version_and_code(
    server: Server, cancer: Reference, accept: str
) -> None:
    traffic(server, cancer)
    seen = scrape(server.metrics_address, accept)
    requests = {
        tuple(dict(own)[name] for name in ("endpoint", "model", "version", "code")): value
        for own, value in seen.series("model_requests_total").items()
    }
    assert requests == {
        ("predict", "cancer", "1.0.0", "200"): 3,
        ("predict", "cancer", "1.0.0", "400"): 2,
        ("predict", "", "", "415"): 1,
        ("predict_v2", "cancer", "1.0.0", "200"): 2,
        ("predict_model_v1", "", "", "404"): 1,
    }
    durations = seen.series("model_request_duration_seconds_count")
    assert sum(durations.values()) == sum(requests.values())
    sums = seen.series("model_request_duration_seconds_sum")
    assert all(0 < value < 60 for value in sums.values())
    one = seen.value(
        "model_request_duration_seconds_bucket", endpoint="predict", version="1.0.0", le="+Inf"
    )
    assert one == 5
    accuracy = seen.series("model_accuracy")
    assert [dict(own) for own in accuracy] == [{"model": "cancer", "version": "1.0.0"}]
    assert list(accuracy.values()) == pytest.approx([0.986013986013986])


def test_the_server_shows_its_own_state(server: Server, cancer: Reference) -> None:
    traffic(server, cancer)
    seen = scrape(server.metrics_address)
    (info,) = [dict(own) for own in seen.series("moorage_model_info")]
    assert (info["model"], info["version"], info["aliases"]) == ("cancer", "1.0.0", "production")
    assert info["digest"].startswith("sha256:")
    assert seen.value("moorage_batch_size_sum", model="cancer") == 7
    assert seen.value("process_resident_memory_bytes") > 1 << 20
    assert seen.value("process_open_fds") > 3
    for name in ("moorage_build_info", "moorage_connections", "process_cpu_seconds_total"):
        assert seen.series(name)


def test_the_time_of_a_request_is_told_by_stages(server: Server, cancer: Reference) -> None:
    traffic(server, cancer)

    # A client may have its answer before the reactor has counted the writing of it.
    def look() -> Scrape | None:
        seen = scrape(server.metrics_address)
        written = seen.value("moorage_stage_duration_seconds_count", stage="write")
        return seen if written >= 10 else None

    seen = wait_until("the last write to be counted", look)
    series = seen.series("moorage_stage_duration_seconds_count")
    counted = {dict(own)["stage"]: value for own, value in series.items()}
    assert counted.keys() == {"parse", "queue", "run", "write"}
    assert (counted["queue"], counted["run"]) == (5, 5)  # the good predictions
    assert counted["parse"] >= 10  # whatever was asked, the harness's own checks as well
    for stage in ("parse", "run", "write"):
        assert 0 < seen.value("moorage_stage_duration_seconds_sum", stage=stage) < 60


def test_the_answer_says_which_format_it_is(town: Server) -> None:
    for accept, content_type in (
        ("text/plain", PROMETHEUS),
        ("", PROMETHEUS),
        ("*/*", PROMETHEUS),
        ("application/openmetrics-text; version=1.0.0", OPENMETRICS),
        ("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.9", PROMETHEUS),
        ("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5",
         OPENMETRICS),
    ):  # fmt: skip
        answer = get(town.metrics_address, "/metrics", {"Accept": accept})
        assert answer.headers["content-type"] == content_type, accept
        assert parse(answer.body.decode(), content_type == OPENMETRICS).families


def test_the_strict_reader_would_notice() -> None:
    good = '# HELP a_total A.\n# TYPE a_total counter\na_total{x="1"} 2\n'
    assert parse(good, False).value("a_total") == 2
    for bad in (
        good.removesuffix("\n"),
        good + 'a_total{x="1"} 3\n',
        good + good,
        good.replace("# HELP a_total A.\n", ""),
        good.replace('{x="1"}', '{x="1",x="2"}'),
        good.replace('{x="1"}', "{x=1}"),
        good.replace("_total", ""),
    ):
        with pytest.raises((AssertionError, ValueError)):
            parse(bad, False)


def test_statistics_count_every_endpoint(server: Server, cancer: Reference) -> None:
    traffic(server, cancer)
    answer = get(server.address, "/api/v1/stats")
    assert answer.headers["api-version"] == "v1"
    endpoints = answer.json()["endpoints"]
    assert {name: (e["count"], e["errors"]) for name, e in endpoints.items()} == {
        "predict": (6, 3),
        "predict_v2": (2, 0),
        "predict_model_v1": (1, 1),
    }
    for one in endpoints.values():
        assert 0 < one["min_ms"] <= one["p50_ms"] <= one["p90_ms"] <= one["p99_ms"]
        assert one["p99_ms"] <= one["max_ms"]
        assert one["min_ms"] <= one["mean_ms"] <= one["max_ms"]


def test_predictions_and_errors_are_logged_without_values(
    server: Server, cancer: Reference
) -> None:
    row = [MARKED, *cancer.features[0][1:]]
    named = {"X-Request-Id": "order-1"}
    good = ask(server.address, post("/predict", {"features": row}, named))
    assert good.status == 200
    (record,) = log_lines(server, 1, "prediction")
    assert record["request_id"] == "order-1"
    assert record["level"] == "info"
    assert (record["model"], record["version"]) == ("cancer", "1.0.0")
    assert record["endpoint"] == "predict"
    assert record["code"] == 200
    assert 0 < record["duration_ms"] < 60_000
    assert record["timestamp"].endswith("Z")
    assert record["request"] == {"features": {"array": 30, "of": "number"}}
    assert record["response"] == good.json()

    with Connection(server.address) as connection:  # records of one connection keep their order
        refused = connection.ask(post("/predict", {"features": row[1:]}, named))
        secret = connection.ask(post("/predict", {"features": ["s3cret", *row[1:]]}))
    assert (refused.status, secret.status) == (400, 400)
    first, second = log_lines(server, 2, "error")
    assert first["level"] == "warning"
    assert first["request_id"] == "order-1"
    assert first["error"] == "invalid_argument"
    assert first["message"] == refused.json()["error"]
    assert first["code"] == 400
    assert first["response"] == refused.json()
    assert first["request"] == {"features": {"array": 29, "of": "number"}}
    assert second["request_id"] == secret.headers["x-request-id"]

    file = server.registry.home / "moorage-data" / "logs" / "moorage.log"
    written = file.read_text() + server.said()
    for leak in (str(MARKED), "s3cret", str(cancer.features[0][3])):
        assert leak not in written


def test_calls_that_predict_nothing_are_logged_as_accesses(
    server: Server, cancer: Reference
) -> None:
    with Connection(server.address) as connection:  # records of one connection keep their order
        models = connection.ask(request("GET", "/v2/models/cancer"))
        assert connection.ask(request("GET", "/health")).status == 200
        assert connection.ask(post("/predict", {"features": cancer.features[0]})).status == 200
        nowhere = connection.ask(request("GET", "/nowhere?token=s3cret"))
        listed = connection.ask(request("GET", "/api/v1/models"))
    assert (models.status, nowhere.status, listed.status) == (200, 404, 200)
    records = log_lines(server, 3, "access")
    assert [(r["method"], r["path"], r["code"], r["level"]) for r in records] == [
        ("GET", "/v2/models/cancer", 200, "info"),
        ("GET", "/nowhere", 404, "info"),
        ("GET", "/api/v1/models", 200, "info"),
    ]
    for record, answer in zip(records, (models, nowhere, listed), strict=True):
        assert record["request_id"] == answer.headers["x-request-id"]
        assert record["client"].startswith("127.0.0.1:")
        assert 0 < record["duration_ms"] < 60_000
    (error,) = log_lines(server, 1, "error")
    assert error["request_id"] == records[1]["request_id"]
    file = server.registry.home / "moorage-data" / "logs" / "moorage.log"
    assert "s3cret" not in file.read_text()


def test_health_checks_are_logged_at_level_debug(registry: Registry) -> None:
    registry.release("cancer")
    with Server(registry, variables={"LOG_LEVEL": "debug"}) as server:
        named = {"X-Request-Id": "probe-1"}
        assert ask(server.address, request("GET", "/health/ready", headers=named)).status == 200
        file = registry.home / "moorage-data" / "logs" / "moorage.log"

        def look() -> dict[str, Any] | None:
            lines = [json.loads(line) for line in file.read_text().split("\n")[:-1]]
            return next((line for line in lines if line.get("request_id") == "probe-1"), None)

        record = wait_until("the probe's record", look)
    assert (record["type"], record["level"]) == ("access", "debug")
    assert record["path"] == "/health/ready"


def ask_with(registry: Registry, cancer: Reference, payload: str) -> dict[str, Any]:
    variables = {"MOORAGE_LOGGING__PREDICTIONS__PAYLOAD": payload}
    with Server(registry, variables=variables) as server:
        row = [MARKED, *cancer.features[0][1:]]
        assert ask(server.address, post("/predict", {"features": row})).status == 200
        return log_lines(server, 1, "prediction")[0]


def test_the_payload_is_logged_in_full_only_when_asked_for(
    registry: Registry, cancer: Reference
) -> None:
    registry.release("cancer")
    full = ask_with(registry, cancer, "full")
    assert full["request"]["features"][0] == MARKED
    (registry.home / "moorage-data" / "logs" / "moorage.log").unlink()
    none = ask_with(registry, cancer, "none")
    assert "request" not in none


def test_a_sample_of_none_logs_errors_only(registry: Registry, cancer: Reference) -> None:
    registry.release("cancer")
    variables = {"MOORAGE_LOGGING__PREDICTIONS__SAMPLE": "0"}
    with Server(registry, variables=variables) as server, Connection(server.address) as client:
        row = cancer.features[0]
        assert client.ask(post("/predict", {"features": row})).status == 200
        assert client.ask(post("/predict", {"features": row[1:]})).status == 400
        log_lines(server, 1, "error")  # written after the prediction would have been
        log_lines(server, 0, "prediction")


def test_the_log_file_is_rotated_and_the_oldest_goes(
    registry: Registry, cancer: Reference
) -> None:
    registry.release("cancer")
    variables = {
        "MOORAGE_LOGGING__MAX_SIZE": "64KiB",
        "MOORAGE_LOGGING__KEEP": "2",
        "MOORAGE_LOGGING__PREDICTIONS__MAX_PER_SECOND": "0",
        "MOORAGE_LOGGING__PREDICTIONS__PAYLOAD": "full",
    }
    logs = registry.home / "moorage-data" / "logs"
    with Server(registry, variables=variables) as server:
        good = post("/predict", {"features": cancer.features[0]})
        with Connection(server.address) as connection:

            def rotated() -> bool:
                for _ in range(50):
                    assert connection.ask(good).status == 200
                return len(list(logs.iterdir())) == 3

            wait_until("three files", rotated)
            for _ in range(400):  # at least one more file is full by now
                assert connection.ask(good).status == 200
        server.terminate()
        assert server.ended() == 0
    files = {file.name: file for file in logs.iterdir()}
    assert files.keys() == {"moorage.log", "moorage.1.log", "moorage.2.log"}
    for file in files.values():
        assert file.stat().st_size < 64 * 1024 + 4096
        for line in file.read_text().splitlines():
            assert json.loads(line)["type"] in ("prediction", "server")


def test_the_console_can_speak_json(registry: Registry) -> None:
    with Server(registry, variables={"LOG_LEVEL": "debug"}) as server:
        assert "listening on" in server.said()
    model = EXAMPLES / "wine" / "model.onnx"
    own = Registry(registry.home, {"MOORAGE_LOGGING__CONSOLE": "json"})
    with Server(own, "--model", model) as server:
        server.terminate()
        assert server.ended() == 0
        records = [json.loads(line) for line in server.said().splitlines()]
        assert any("listening on" in record["message"] for record in records)
        assert "every request was answered" in records[-1]["message"]


def test_traces_and_request_ids_come_back(server: Server, cancer: Reference) -> None:
    row = cancer.features[0]
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    def answer(**headers: str) -> Answer:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return ask(server.address, post("/api/v2/predict", [row], names))

    assert answer(X_Request_Id="a-1", traceparent=trace).headers["x-request-id"] == "a-1"
    generated = {answer().headers["x-request-id"] for _ in range(20)}
    assert len(generated) == 20
