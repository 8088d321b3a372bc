"""Law: nothing on a reactor takes longer than 2 ms, whatever one client sends."""

from __future__ import annotations

import json

from harmful import (
    LIVE,
    MIB,
    Watch,
    ask_for_much,
    floats,
    heavy_rounds,
    rounds,
    send_as_taken,
    serve,
    time_of,
)
from harness import Registry, Server
from wire import Connection, ask, request

# A wait that a busy machine makes of 2 ms. A share of the whole is the bound where that is longer.
LEAST = 0.1


def bound(seconds: float, share: float = 0.25) -> float:
    return max(LEAST, seconds * share)


def heavy_for_a_fresh_server(registry: Registry, seconds: float) -> bytes:
    """A request that takes so long, found out on a server that then ends."""
    with serve(registry, "rounds") as server:
        return heavy_rounds(server, "rounds", seconds).raw


def test_a_run_that_looked_cheap_holds_no_other_client(registry: Registry) -> None:
    raw = heavy_for_a_fresh_server(registry, 0.6)
    with serve(registry, "rounds") as server, Watch(server.address) as watch:
        took = time_of(server.address, raw)
    assert watch.longest < bound(took), f"a run of {took:.2f} s held /health/live"


def test_cheap_runs_do_not_make_the_next_one_look_cheap(registry: Registry) -> None:
    raw = heavy_for_a_fresh_server(registry, 0.6)
    with serve(registry, "rounds") as server:
        time_of(server.address, raw)
        with Connection(server.address) as connection:
            for _ in range(300):
                assert connection.ask(rounds("rounds", 0)).status == 200
        with Watch(server.address) as watch:
            took = time_of(server.address, raw)
    assert watch.longest < bound(took), f"a run of {took:.2f} s held /health/live"


def test_a_row_among_cheap_rows_does_not_hide_its_cost(registry: Registry) -> None:
    raw = heavy_for_a_fresh_server(registry, 0.6)
    with serve(registry, "rounds") as server, Connection(server.address) as connection:
        assert connection.ask(rounds("rounds", 0)).status == 200
        with Watch(server.address) as watch:
            connection.send(rounds("rounds", 0) * 8 + raw + rounds("rounds", 0) * 8)
            assert {connection.answer().status for _ in range(17)} == {200}
    assert watch.longest < LEAST + 0.05


def test_a_large_body_is_decoded_in_slices(registry: Registry) -> None:
    with serve(registry, "wide_row") as server:
        rows = 24
        data = b",".join([b"0.12345"] * (262_144 * rows))
        shape = b'"shape": [%d, 262144], "datatype": "FP32", ' % rows
        body = b'{"inputs": [{"name": "input", ' + shape + b'"data": [' + data + b"]}]}"
        raw = request("POST", "/v2/models/wide_row/infer", body)
        assert 40 * MIB < len(raw) < 60 * MIB
        with Watch(server.address) as watch:
            assert ask(server.address, raw).status in (200, 413, 429, 503)
    assert watch.longest < LEAST, f"{watch.longest:.2f} s for 48 MiB of numbers"


def test_sixty_thousand_rows_are_answered_in_slices(registry: Registry) -> None:
    with serve(registry, "cancer") as server:
        data = b",".join([b"1.23456789"] * (30 * 60_000))
        shape = b'"shape": [60000, 30], "datatype": "FP32", '
        body = b'{"inputs": [{"name": "input", ' + shape + b'"data": [' + data + b"]}]}"
        raw = request("POST", "/v2/models/cancer/infer", body)
        with Watch(server.address) as watch:
            status, _ = ask_for_much(server.address, raw)
            assert status in (200, 413, 429, 503)
    assert watch.longest < LEAST, f"{watch.longest:.2f} s for 60,000 rows"


def test_a_body_that_nothing_asked_for_is_not_looked_at(registry: Registry) -> None:
    with serve(registry, "cheap") as server:
        length = 16 * MIB
        raw = b"GET /health/live HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % length
        with Watch(server.address) as watch, Connection(server.address) as connection:
            send_as_taken(connection, raw + b"[" * length)
            assert connection.answer().status in (200, 400, 413)
    assert watch.longest < LEAST, f"{watch.longest:.2f} s for a GET"


def test_a_large_document_for_the_registry_is_parsed_elsewhere(registry: Registry) -> None:
    with Server(registry, variables={"MOORAGE_SERVER__THREADS": "1"}) as server:
        document = {"version": "1.0.0", "reason": "x", "x": [[0, 1]] * 2_500_000}
        raw = request("PUT", "/api/v1/models/a/aliases/b", json.dumps(document).encode())
        with Watch(server.address, LIVE) as watch, Connection(server.address) as connection:
            connection.send(raw)
            assert connection.answer().status in (400, 404, 413)
    assert watch.longest < LEAST, f"{watch.longest:.2f} s for {len(raw) // MIB} MiB"


def test_a_large_answer_is_written_in_slices(registry: Registry) -> None:
    with serve(registry, "large_answer") as server:
        raw = floats("large_answer", *([0.12345678] for _ in range(80)))
        assert ask_for_much(server.address, raw)[0] == 200
        with Watch(server.address) as watch:
            status, length = ask_for_much(server.address, raw)
            assert status == 200 and length > 30 * MIB
    assert watch.longest < LEAST, f"{watch.longest:.2f} s for an answer of 30 MiB"
