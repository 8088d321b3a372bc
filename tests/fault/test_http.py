"""Law: what a head tells is answered from the head, in the words that it used."""

from __future__ import annotations

from harmful import assert_serves, floats, serve
from harness import Registry
from wire import Connection, ask, request

EXPECTING = (
    b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    b"Content-Length: 100\r\nExpect: 100-continue\r\n\r\n"
)


def test_no_body_is_asked_for_on_an_unknown_route(registry: Registry) -> None:
    with serve(registry, "cheap") as server, Connection(server.address, 2) as connection:
        connection.send(EXPECTING % b"/no/such/path")
        assert connection.answer().status == 404


def test_no_body_is_asked_for_by_a_method_that_is_not_answered(registry: Registry) -> None:
    with serve(registry, "cheap") as server, Connection(server.address, 2) as connection:
        connection.send((EXPECTING % b"/v2/models/cheap/infer").replace(b"POST", b"PUT"))
        assert connection.answer().status == 405


def test_a_body_that_is_wanted_is_asked_for(registry: Registry) -> None:
    with serve(registry, "cheap") as server, Connection(server.address, 5) as connection:
        connection.send(EXPECTING % b"/v2/models/cheap/infer")
        assert connection.answer().status == 100
        connection.send(b" " * 100)
        assert connection.answer().status == 400
        assert_serves(server)


def test_options_of_the_server_are_answered(registry: Registry) -> None:
    with serve(registry, "cheap") as server:
        answer = ask(server.address, b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")
        assert answer.status in (200, 204), answer
        assert_serves(server)


def test_trace_is_refused_and_repeats_nothing(registry: Registry) -> None:
    with serve(registry, "cheap") as server:
        raw = request("TRACE", "/health", headers={"X-Secret": "s3cret"}, content_type=None)
        answer = ask(server.address, raw)
        assert answer.status in (405, 501)
        assert b"s3cret" not in answer.body


def test_an_answer_names_its_request_whatever_went_wrong(registry: Registry) -> None:
    with serve(registry, "cheap") as server:
        bad = request("GET", "/nowhere", headers={"X-Request-Id": "order-7"})
        assert ask(server.address, bad).headers["x-request-id"] == "order-7"
        assert ask(server.address, floats("cheap", [1, 2, 3])).status == 400
