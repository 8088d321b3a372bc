"""Law: memory is charged before it is taken, and given back. No body ends the process."""

# mypy: allow-untyped-decorators

from __future__ import annotations

import json
import select
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from harmful import (
    FAULT,
    LIVE,
    MIB,
    assert_serves,
    data_of,
    descriptors_left,
    floats,
    forget_peak,
    infer,
    is_alive,
    limit_memory,
    peak,
    publish,
    resident,
    send_as_taken,
    serve,
    settles_at,
)
from harness import PROGRAM, Registry, Server
from wire import Connection, NoAnswerError, ask, request

FILES = 128  # that a server may open which has few
HEAD_OF_MANY = b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"


def head(method: bytes, path: bytes, length: int) -> bytes:
    return b"%s %s HTTP/1.1\r\nHost: a\r\n" % (method, path) + HEAD_OF_MANY % length


def test_many_empty_rows_cost_what_their_text_costs(registry: Registry) -> None:
    with serve(registry, "wide_row", "cheap") as server:
        before = forget_peak(server)
        limit_memory(server, 1024 * MIB)
        body = b'{"instances": [' + b",".join([b"[]"] * 4000) + b"]}"
        raw = request("POST", "/api/v2/models/wide_row/predict", body)
        assert ask(server.address, raw, patience=10).status in (400, 413)
        assert peak(server) - before < 64, "12 KB took more than 64 MiB"
        assert_serves(server)


def test_one_row_for_all_its_tensors_is_refused_by_its_text(registry: Registry) -> None:
    with serve(registry, "wide_row", "cheap") as server:
        before = forget_peak(server)
        limit_memory(server, 1024 * MIB)
        rows = 4000
        tensor = {"name": "input", "shape": [rows, 262144], "datatype": "FP32", "data": []}
        body = json.dumps({"inputs": [tensor]}).encode()
        raw = request("POST", "/v2/models/wide_row/infer", body)
        assert ask(server.address, raw, patience=10).status in (400, 413)
        assert peak(server) - before < 64
        assert_serves(server)


def test_padding_beside_no_data_buys_no_strings(registry: Registry) -> None:
    with serve(registry, "identity_string", "cheap") as server:
        before = forget_peak(server)
        limit_memory(server, 1024 * MIB)
        padding = b" " * (12 * MIB)
        body = (
            b'{"inputs": [{"name": "input", "shape": [2000000, 3], "datatype": "BYTES", "data": ['
            + padding
            + b"]}]}"
        )
        raw = request("POST", "/v2/models/identity_string/infer", body)
        assert ask(server.address, raw, patience=10).status in (400, 413)
        assert peak(server) - before < 12 + 64, "12 MiB of blanks took more than 64 MiB beside"
        assert_serves(server)


def test_refused_strings_are_given_back(registry: Registry) -> None:
    with serve(registry, "identity_string", "cheap") as server:
        long = "x" * (4 * MIB)
        raw = infer("identity_string", ("input", (1, 3), "BYTES", [long, long, 1]))
        before = resident(server)
        with Connection(server.address) as connection:
            for _ in range(6):
                assert connection.ask(raw).status == 400
        assert settles_at(server, before + 16) - before < 16, "refused strings are kept"
        assert_serves(server)


def test_strings_that_were_answered_are_given_back(registry: Registry) -> None:
    with serve(registry, "identity_string", "cheap") as server:
        long = "x" * (4 * MIB)
        raw = infer("identity_string", ("input", (1, 3), "BYTES", [long, long, "y"]))
        before = resident(server)
        with Connection(server.address) as connection:
            for _ in range(3):
                assert connection.ask(raw).status == 200
        assert settles_at(server, before + 16) - before < 16, "answered strings are kept"


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        (b"POST", b"/no/such/path", {404, 413}),
        (b"POST", b"/health", {405, 413}),
        (b"POST", b"/v2/models/nobody/infer", {404, 413}),
        (b"GET", b"/health/live", {200, 400, 413}),
        (b"DELETE", b"/v2/models/cheap/infer", {405, 413}),
    ],
    ids=["path", "method", "model", "GET", "DELETE"],
)
def test_a_head_that_cannot_be_served_is_answered_before_its_body(
    registry: Registry, method: bytes, path: bytes, statuses: set[int]
) -> None:
    with serve(registry, "cheap") as server, Connection(server.address, patience=2) as connection:
        connection.send(head(method, path, 40 * MIB) + b" " * 65536)
        assert connection.answer().status in statuses
        assert_serves(server)


def test_bodies_for_no_path_are_not_kept(registry: Registry) -> None:
    with serve(registry, "cheap") as server, ExitStack() as clients:
        before = forget_peak(server)
        raw = head(b"POST", b"/no/such/path", 16 * MIB) + b" " * (16 * MIB - 1)
        for _ in range(4):
            client = clients.enter_context(Connection(server.address, patience=5))
            send_as_taken(client, raw)
        assert peak(server) - before < 24, "four bodies of 16 MiB that nothing asked for"
        assert_serves(server)


def test_a_budget_of_bytes_holds_for_all_clients_together(registry: Registry) -> None:
    budget = 96
    variables = {"MOORAGE_SERVER__MEMORY": f"{budget}MiB"}
    with serve(registry, "cheap", variables=variables) as server, ExitStack() as clients:
        before = forget_peak(server)
        raw = head(b"POST", b"/v2/models/cheap/infer", 24 * MIB) + b" " * (24 * MIB - 1)
        refused = 0
        for _ in range(10):
            client = clients.enter_context(Connection(server.address, patience=5))
            send_as_taken(client, raw)
            client.patience = 0.3
            client.socket.settimeout(0.3)
            try:
                answer = client.answer()
            except NoAnswerError:
                continue  # it has a place, and waits for the last byte
            assert answer.status in (413, 429, 503)
            assert answer.status == 413 or int(answer.headers["retry-after"]) >= 1
            refused += 1
        assert refused >= 5, "240 MiB were taken"
        assert peak(server) - before < budget + 16
        assert_serves(server)


def test_large_answers_leave_no_memory_behind(registry: Registry) -> None:
    with serve(registry, "large_answer", "cheap") as server, ExitStack() as clients:
        raw = floats("large_answer", *([0.12345678] for _ in range(12)))
        assert ask(server.address, raw).status == 200
        before = resident(server)
        idle = [clients.enter_context(Connection(server.address)) for _ in range(16)]
        for client in idle:
            client.send(raw)
        for client in idle:  # none is read before all of them are there
            assert select.select([client.socket], [], [], 20)[0]
        for client in idle:
            assert len(client.answer().body) > 3 * MIB
            assert client.ask(LIVE).status == 200
        grown = settles_at(server, before + 20) - before
        assert grown < 20, f"sixteen idle connections hold {grown:.0f} MiB"


def test_an_answer_beyond_all_memory_is_refused_alone(registry: Registry) -> None:
    with serve(registry, "allocation_on_run", "cheap") as server:
        limit_memory(server, 512 * MIB)
        raw = infer("allocation_on_run", ("size", [1], "INT64", [2**28]))
        answer = ask(server.address, raw, patience=10)
        assert answer.status in (413, 503), answer
        assert_serves(server)


def test_validating_very_many_classes_ends_no_server(registry: Registry) -> None:
    classes = 40_000
    document = json.loads((FAULT / "many_classes.onnx.metadata").read_text())
    document |= {
        "task": "classification",
        "labels": list(range(classes)),
        "output_roles": {"probabilities": "probabilities"},
    }
    file = registry.home / "many.onnx"
    file.write_bytes((FAULT / "many_classes.onnx").read_bytes())
    (registry.home / "many.onnx.metadata").write_text(json.dumps(document))
    registry.run("push", "many_classes", file)
    publish(registry, "cheap")
    data = "input,target\n" + "".join(f"{i},{i}\n" for i in range(40))
    boundary = "5b1e"
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="data"; filename="d.csv"\r\n\r\n'
    body = f"{part}{data}\r\n--{boundary}--\r\n".encode()
    path = "/api/v1/models/many_classes/versions/1.0.0/validations?target=target"
    kind = f"multipart/form-data; boundary={boundary}"
    with Server(registry) as server:
        limit_memory(server, 1024 * MIB)
        answer = ask(server.address, request("POST", path, body, content_type=kind), patience=20)
        assert answer.status in (200, 400, 413, 503)
        assert is_alive(server)
        assert ask(server.address, LIVE).status == 200


def test_the_longest_idle_connection_is_shed_for_a_new_one(registry: Registry) -> None:
    variables = {"MOORAGE_SERVER__MAX_CONNECTIONS": "16"}
    with serve(registry, "cheap", variables=variables) as server, ExitStack() as clients:
        idle = [clients.enter_context(Connection(server.address, 5)) for _ in range(16)]
        for client in idle:
            assert client.ask(LIVE).status == 200
        last = clients.enter_context(Connection(server.address, 5))
        assert last.ask(LIVE).status == 200
        assert idle[0].is_closed_cleanly()
        assert idle[-1].ask(LIVE).status == 200


def test_half_a_head_keeps_no_connection(registry: Registry) -> None:
    variables = {"MOORAGE_SERVER__MAX_CONNECTIONS": "8"}
    with serve(registry, "cheap", variables=variables) as server, ExitStack() as clients:
        for _ in range(8):
            half = clients.enter_context(Connection(server.address, 5))
            half.send(LIVE[:20])
        last = clients.enter_context(Connection(server.address, 5))
        assert last.ask(LIVE).status == 200


def held(server: Server, clients: ExitStack, count: int) -> Iterator[Connection]:
    for _ in range(count):
        yield clients.enter_context(Connection(server.address, 5))


def test_metrics_and_health_keep_descriptors_of_their_own(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = registry.home / "moorage-with-few-files"
    program.write_text(f'#!/bin/sh\nulimit -n {FILES}\nexec "{PROGRAM}" "$@"\n')
    program.chmod(0o755)
    monkeypatch.setattr("harness.PROGRAM", str(program))
    with serve(registry, "cheap") as server, ExitStack() as clients:
        list(held(server, clients, FILES))
        raw = request("GET", "/metrics")
        assert ask(server.metrics_address, raw, patience=2).status == 200
        assert ask(server.address, LIVE, patience=2).status == 200


def test_a_server_recovers_when_descriptors_are_back(registry: Registry) -> None:
    with serve(registry, "cheap") as server:
        with ExitStack() as clients, descriptors_left(server, 8):
            list(held(server, clients, 30))
            assert is_alive(server)
        start = time.monotonic()
        assert_serves(server)
        assert time.monotonic() - start < 5


def test_rows_by_the_thousand_are_right(registry: Registry) -> None:
    with serve(registry, "cheap") as server:
        rows = [[float(i), 0.0, 1.0, 2.0] for i in range(3000)]
        got = data_of(ask(server.address, floats("cheap", *rows)))
        assert got == [-value for row in rows for value in row]
