"""Law: a limit is what it says, for all reactors together, and no client takes it all."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import ExitStack

from exposition import scrape
from harmful import LIVE, floats, heavy_node, heavy_rounds, rounds, serve
from harness import Registry
from wire import Connection, ask


def test_one_client_may_ask_within_the_limit_whatever_the_reactors(registry: Registry) -> None:
    variables = {"MOORAGE_SERVING__MAX_CONCURRENT_REQUESTS": "100"}
    with serve(registry, "rounds", threads=8, variables=variables) as server:
        heavy = heavy_rounds(server, "rounds", 0.02)
        for _ in range(8):  # every reactor may have to learn
            ask(server.address, heavy.raw)
        with Connection(server.address) as connection:
            connection.send(heavy.raw * 16)
            statuses = Counter(connection.answer().status for _ in range(16))
    assert statuses == {200: 16}, "limit 100, one client, 16 requests"


def test_exactly_as_many_run_as_the_limit_says(registry: Registry) -> None:
    variables = {"MOORAGE_SERVING__MAX_CONCURRENT_REQUESTS": "4"}
    with (
        serve(registry, "rounds", threads=8, variables=variables) as server,
        ExitStack() as clients,
    ):
        heavy = heavy_rounds(server, "rounds", 0.5)
        waiting = [clients.enter_context(Connection(server.address)) for _ in range(40)]
        for client in waiting:
            assert client.ask(LIVE).status == 200
        for client in waiting:
            client.send(heavy.raw)
        answers = [client.answer() for client in waiting]
    statuses = Counter(answer.status for answer in answers)
    refused = [answer for answer in answers if answer.status != 200]
    assert set(statuses) <= {200, 429, 503}
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
    assert statuses[200] == 4, f"limit 4, 40 clients at once: {dict(statuses)}"


def test_one_client_leaves_room_for_another(registry: Registry) -> None:
    variables = {"MOORAGE_SERVING__MAX_CONCURRENT_REQUESTS": "8"}
    with serve(registry, "rounds", variables=variables) as server:
        heavy = heavy_rounds(server, "rounds", 0.15)
        with Connection(server.address) as greedy, Connection(server.address) as other:
            assert other.ask(LIVE).status == 200
            greedy.send(heavy.raw * 8)
            assert other.ask(LIVE).status == 200
            assert other.ask(heavy.raw).status == 200, "one connection took all places"


def test_turns_between_models_count_their_cost(registry: Registry) -> None:
    with serve(registry, "one_long_node", "one_long_node_2") as server:
        heavy = heavy_node(server, "one_long_node", 0.3)
        small = heavy_node(server, "one_long_node_2", 0.03)
        with Connection(server.address) as greedy:
            greedy.send(heavy.raw * 7)
            assert ask(server.address, LIVE).status == 200
            start = time.monotonic()
            assert ask(server.address, small.raw).status == 200
            waited = time.monotonic() - start
    assert waited < 3 * heavy.seconds, f"{waited:.2f} s behind seven runs of one tick"


def test_a_queue_is_counted_in_requests(registry: Registry) -> None:
    with serve(registry, "rounds") as server:
        heavy = heavy_rounds(server, "rounds", 0.5)
        many = floats("rounds", *([100.0] for _ in range(30)), name="rounds")
        with Connection(server.address) as busy, Connection(server.address) as queued:
            busy.send(heavy.raw)
            assert ask(server.address, LIVE).status == 200
            queued.send(many * 2)
            assert ask(server.address, LIVE).status == 200
            depth = scrape(server.metrics_address).value("moorage_queue_depth", model="rounds")
            assert depth <= 3, "three requests were sent"
            assert [queued.answer().status for _ in range(2)] == [200, 200]


def test_a_deadline_that_was_missed_is_not_a_full_queue(registry: Registry) -> None:
    variables = {"MOORAGE_SERVING__TIMEOUT": "200ms"}
    with serve(registry, "rounds", variables=variables) as server:
        assert ask(server.address, rounds("rounds", 1000)).status == 200
        answer = ask(server.address, rounds("rounds", 10_000_000), patience=10)
        assert answer.status == 504 and "retry-after" not in answer.headers
