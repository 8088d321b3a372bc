"""Whatever is sent gets the right 4xx in the one error form, and a good request works after it."""

# mypy: allow-untyped-decorators

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator

import pytest
from harness import Reference, Registry, Server
from wire import Answer, Connection, ask, get, post, request

ROW = Reference.load("cancer").features[0]
GOOD = post("/predict", {"features": ROW})
BODY = json.dumps({"features": ROW}).encode()
NUMBERS = b"1" + b",1" * 28  # one short of a row


def features(first: bytes) -> bytes:
    return request("POST", "/predict", b'{"features": [' + first + b"," + NUMBERS + b"]}")


def body(raw: bytes) -> bytes:
    return request("POST", "/predict", raw)


def framed(*lines: bytes, rest: bytes = b"") -> bytes:
    return b"\r\n".join((*lines, b"", b"")) + rest


def check(answer: Answer, status: int, paths: list[str] | None = None) -> None:
    """The status, the one error form, and the places of the problems if they are given."""
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/json"
    document = answer.json()
    assert list(document)[:3] == ["error", "code", "request_id"]
    assert list(document)[3:] in ([], ["details"], ["details", "remedy"])
    assert document["request_id"] == answer.headers["x-request-id"] != ""
    assert document["error"] and "\n" not in document["error"]
    assert document["code"] == document["code"].lower()
    for detail in document.get("details", []):
        assert list(detail) == ["path", "problem"] and detail["problem"]
    if paths is not None:
        assert [detail["path"] for detail in document.get("details", [])] == paths
    for secret in ("Ort::", "src/", "/work", "/tmp", "std::", "0x", "exception"):
        assert secret not in document["error"], "internals must not leak"


def serves(server: Server) -> None:
    assert ask(server.address, GOOD).status == 200


BODIES: dict[str, tuple[bytes, int, list[str] | None]] = {
    "empty": (body(b""), 400, []),
    "white space": (body(b" \r\n\t "), 400, None),
    "half an object": (body(b"{"), 400, ["byte 1"]),
    "an array": (body(b"[]"), 400, None),
    "a number": (body(b"7"), 400, None),
    "null": (body(b"null"), 400, None),
    "an empty object": (body(b"{}"), 400, ["features"]),
    "text for the array": (body(b'{"features": "abc"}'), 400, ["features"]),
    "no feature": (body(b'{"features": []}'), 400, ["features"]),
    "one feature short": (post("/predict", {"features": ROW[1:]}), 400, ["features"]),
    "one feature more": (post("/predict", {"features": [*ROW, 1]}), 400, ["features"]),
    "NaN": (features(b"NaN"), 400, None),
    "Infinity": (features(b"-Infinity"), 400, None),
    "beyond a double": (features(b"1e400"), 400, ["features[0]"]),
    "beyond a float": (features(b"1e39"), 400, ["features[0]"]),
    "text among numbers": (features(b'"x"'), 400, ["features[0]"]),
    "null among numbers": (features(b"null"), 400, ["features[0]"]),
    "a boolean among numbers": (features(b"true"), 400, ["features[0]"]),
    "an array among numbers": (features(b"[1]"), 400, ["features"]),
    "an object among numbers": (features(b'{"a": 1}'), 400, ["features[0]"]),
    "a leading zero": (features(b"01"), 400, None),
    "a leading plus": (features(b"+1"), 400, None),
    "a hexadecimal number": (features(b"0x10"), 400, None),
    "a comma too many": (body(b'{"features": [1,]}'), 400, None),
    "single quotes": (body(b"{'features': [1]}"), 400, None),
    "a comment": (body(b'{"features": [1] /* one */}'), 400, None),
    "text behind the document": (body(BODY + b"x"), 400, None),
    "two documents": (body(BODY + BODY), 400, None),
    "a byte order mark": (body(b"\xef\xbb\xbf{}"), 400, None),
    "UTF-16": (body('{"features": []}'.encode("utf-16")), 400, None),
    "a zero byte": (body(b'{"features": [1\0]}'), 400, None),
    "not UTF-8": (features(b'"\xff\xfe"'), 400, None),
    "half a surrogate": (features(b'"\\ud800"'), 400, None),
    "deeply nested": (body(b'{"features": ' + b"[" * 10_000 + b"]" * 10_000 + b"}"), 400, None),
    "deep objects": (body(b'{"a":' * 10_000 + b"1" + b"}" * 10_000), 400, None),
    "given twice": (body(BODY[:-1] + b"," + BODY[1:]), 400, ["features"]),
    "an unknown member": (body(BODY[:-1] + b', "color": "red"}'), 400, ["color"]),
    "an unknown feature": (body(b'{"features": {"mean horror": 1}}'), 400, None),
    "a feature twice": (body(b'{"features": {"mean area": 1, "mean area": 1}}'), 400, None),
    "v2 in v1": (post("/api/v1/predict", {"instances": [ROW]}), 400, ["instances", "features"]),
    "no row": (post("/api/v2/predict", {"instances": []}), 400, ["instances"]),
    "one bad row": (post("/api/v2/predict", [ROW, ROW[1:]]), 400, None),
    "one bad value": (
        post("/api/v2/predict", {"instances": [ROW, ["x", *ROW[1:]]]}), 400, ["instances[1][0]"]
    ),
    "no inputs": (post("/v2/models/cancer/infer", {}), 400, ["inputs"]),
    "an input that is not there": (
        post("/v2/models/cancer/infer", {
            "inputs": [{"name": "x", "shape": [1], "datatype": "FP32", "data": [1]}]
        }), 400, ["inputs[0].name"],
    ),
    "a shape that does not fit": (
        post("/v2/models/cancer/infer", {
            "inputs": [{"name": "input", "shape": [1, 29], "datatype": "FP32", "data": ROW[1:]}]
        }), 400, ["inputs[0].shape"],
    ),
    "a huge shape": (
        post("/v2/models/cancer/infer", {
            "inputs": [
                {"name": "input", "shape": [2**62, 30], "datatype": "FP32", "data": ROW}
            ]
        }), 400, None,
    ),
    "fewer elements than the shape": (
        post("/v2/models/cancer/infer", {
            "inputs": [{"name": "input", "shape": [1, 30], "datatype": "FP32", "data": ROW[1:]}]
        }), 400, ["inputs[0].data"],
    ),
    "another datatype": (
        post("/v2/models/cancer/infer", {
            "inputs": [{"name": "input", "shape": [1, 30], "datatype": "INT64", "data": ROW}]
        }), 400, ["inputs[0].datatype"],
    ),
    "text/plain": (request("POST", "/predict", BODY, content_type="text/plain"), 415, None),
    "another charset": (
        request("POST", "/predict", BODY, content_type="application/json; charset=utf-16"),
        415, None,
    ),
    "unknown path": (request("POST", "/no-such-path", BODY), 404, None),
    "unknown model": (post("/api/v1/models/nobody/predict", {"features": ROW}), 404, None),
    "unknown version": (post("/api/v1/models/cancer@9.9.9/predict", {"features": ROW}), 404, None),
    "unknown alias": (post("/api/v2/models/cancer@nobody/predict", [ROW]), 404, None),
    "a path with dots": (request("GET", "/predict/../health"), 404, None),
}  # fmt: skip

FRAMING: dict[str, tuple[bytes, int]] = {
    "no Host": (framed(b"GET /health HTTP/1.1"), 400),
    "two Hosts": (framed(b"GET /health HTTP/1.1", b"Host: a", b"Host: b"), 400),
    "a length and chunks": (
        framed(b"POST /predict HTTP/1.1", b"Host: a", b"Content-Length: 3",
               b"Transfer-Encoding: chunked", rest=b"0\r\n\r\n"), 400,
    ),
    "two lengths": (
        framed(b"POST /predict HTTP/1.1", b"Host: a", b"Content-Length: 3",
               b"Content-Length: 4", rest=b"abcd"), 400,
    ),
    "a length that is none": (
        framed(b"POST /predict HTTP/1.1", b"Host: a", b"Content-Length: 3x"), 400,
    ),
    "a negative length": (
        framed(b"POST /predict HTTP/1.1", b"Host: a", b"Content-Length: -1"), 400,
    ),
    "a length beyond 64 bits": (
        framed(b"POST /predict HTTP/1.1", b"Host: a", b"Content-Length: " + b"9" * 30), 413,
    ),
    "bare line feeds": (b"GET /health HTTP/1.1\nHost: a\n\n", 400),
    "a bare carriage return": (b"GET /health HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400),
    "a folded header": (framed(b"GET /health HTTP/1.1", b"Host: a", b"X: y", b" z"), 400),
    "space before the colon": (framed(b"GET /health HTTP/1.1", b"Host : a"), 400),
    "a header without colon": (framed(b"GET /health HTTP/1.1", b"Host: a", b"nonsense"), 400),
    "a control character": (framed(b"GET /health HTTP/1.1", b"Host: a", b"X: \x01"), 400),
    "a zero byte in a header": (framed(b"GET /health HTTP/1.1", b"Host: a", b"X: \0"), 400),
    "a header that is too large": (
        framed(b"GET /health HTTP/1.1", b"Host: a", b"X: " + b"a" * 100_000), 431,
    ),
    "too many headers": (
        framed(b"GET /health HTTP/1.1", b"Host: a", *[b"X%d: y" % i for i in range(2000)]), 431,
    ),
    "a target that is too long": (
        framed(b"GET /" + b"a" * 100_000 + b" HTTP/1.1", b"Host: a"), 414,
    ),
    "a bad escape": (framed(b"GET /%zz HTTP/1.1", b"Host: a"), 400),
    "half an escape": (framed(b"GET /health% HTTP/1.1", b"Host: a"), 400),
    "an escaped zero byte": (framed(b"GET /%00 HTTP/1.1", b"Host: a"), 400),
    "a bad escape in the query": (
        framed(b"GET /api/v1/audit?limit=%zz HTTP/1.1", b"Host: a"), 400,
    ),
    "a fragment": (framed(b"GET /health#top HTTP/1.1", b"Host: a"), 400),
    "no version": (framed(b"GET /health", b"Host: a"), 400),
    "another TLS port": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "a proxy's CONNECT": (framed(b"CONNECT a:443 HTTP/1.1", b"Host: a"), 400),
    "a chunk size that is none": (
        framed(b"POST /predict HTTP/1.1", b"Host: a", b"Transfer-Encoding: chunked",
               rest=b"zz\r\n\r\n"), 400,
    ),
    "a chunk that does not end": (
        framed(b"POST /predict HTTP/1.1", b"Host: a", b"Transfer-Encoding: chunked",
               rest=b"3\r\nabcd\r\n0\r\n\r\n"), 400,
    ),
    "an unknown expectation": (
        framed(b"POST /predict HTTP/1.1", b"Host: a", b"Expect: wonders", b"Content-Length: 0"),
        417,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BODIES)
def test_a_bad_body_is_told_what_is_wrong_and_where(town: Server, case: str) -> None:
    raw, status, paths = BODIES[case]
    with Connection(town.address) as connection:
        check(connection.ask(raw), status, paths)
        assert connection.ask(GOOD).status == 200, "the connection must live on"
    serves(town)


@pytest.mark.parametrize("case", FRAMING)
def test_what_is_no_http_is_refused(town: Server, case: str) -> None:
    raw, status = FRAMING[case]
    check(ask(town.address, raw), status)
    serves(town)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/predict", "POST"),
        ("DELETE", "/predict", "POST"),
        ("PUT", "/api/v2/predict", "POST"),
        ("GET", "/v2/models/cancer/infer", "POST"),
        ("POST", "/health", "GET, HEAD"),
        ("POST", "/api/v1/models", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_told_the_right_one(
    town: Server, method: str, path: str, allowed: str
) -> None:
    answer = ask(town.address, request(method, path, BODY if method != "GET" else b""))
    check(answer, 405)
    assert answer.headers["allow"] == allowed


def test_the_metrics_port_refuses_as_well(town: Server) -> None:
    check(get(town.metrics_address, "/predict"), 404)
    check(ask(town.metrics_address, request("POST", "/metrics", b"x")), 405)
    check(ask(town.metrics_address, b"GET /metrics HTTP/1.1\r\n\r\n"), 400)
    assert get(town.metrics_address, "/metrics").status == 200


def test_an_encoding_of_the_body_that_is_not_read_is_refused_by_its_name(town: Server) -> None:
    for encoding, status in (("gzip", 400), ("br", 415), ("identity", 200)):
        raw = request("POST", "/predict", BODY, {"Content-Encoding": encoding})
        assert ask(town.address, raw).status == status


def test_a_compressed_body_is_read_and_an_answer_is_compressed_on_request(town: Server) -> None:
    for encoding, body in (("gzip", gzip.compress(BODY)), ("deflate", zlib.compress(BODY))):
        raw = request("POST", "/predict", body, {"Content-Encoding": encoding})
        assert ask(town.address, raw).status == 200, encoding
    raw = request("GET", "/openapi.json", headers={"Accept-Encoding": "gzip"})
    answer = ask(town.address, raw)
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body) == get(town.address, "/openapi.json").body


def test_a_request_id_is_kept_if_it_is_one(town: Server) -> None:
    bad = features(b'"x"')
    for own, kept in ((b"order-66", True), (b"a b", False), (b"x" * 1000, False)):
        answer = ask(town.address, bad.replace(b"\r\n", b"\r\nX-Request-Id: " + own + b"\r\n", 1))
        check(answer, 400)
        assert (answer.json()["request_id"] == own.decode()) == kept


def endless(first: bytes, block: bytes) -> Iterator[bytes]:
    yield first
    while True:
        yield block


def test_a_body_that_announces_too_much_is_refused_before_it_comes(
    registry: Registry, town: Server
) -> None:
    head = framed(b"POST /predict HTTP/1.1", b"Host: a", b"Content-Type: application/json",
                  b"Content-Length: 99999999999")  # fmt: skip
    with Connection(town.address) as connection:
        check(connection.ask(head), 413)
    with Connection(town.address) as connection:
        # A client that sends before it listens still reads the answer.
        assert connection.send_what_is_taken(endless(head, b" " * 65536)) < 1 << 30
        check(connection.answer(), 413)
    serves(town)


def test_chunks_beyond_the_limit_are_refused_while_they_come(registry: Registry) -> None:
    registry.release("cancer")
    with Server(registry, variables={"MOORAGE_SERVER__MAX_BODY": "64KiB"}) as server:
        head = framed(b"POST /predict HTTP/1.1", b"Host: a", b"Transfer-Encoding: chunked")
        chunk = b"2000\r\n" + b" " * 0x2000 + b"\r\n"
        with Connection(server.address) as connection:
            connection.send_what_is_taken(endless(head, chunk))
            check(connection.answer(), 413)
        exact = BODY + b" " * (65536 - len(BODY))
        assert ask(server.address, body(exact)).status == 200
        check(ask(server.address, body(exact + b" ")), 413)
        serves(server)


def test_a_large_body_within_the_limit_is_read_to_its_end(town: Server) -> None:
    many = b"[" + b",".join([b"1"] * 5_000_000) + b"]"
    check(ask(town.address, body(b'{"features": ' + many + b"}")), 400, ["features"])
    serves(town)


def test_a_client_that_leaves_in_the_middle_disturbs_nobody(town: Server) -> None:
    for length in (1, 20, 60, len(GOOD) - 1):
        with Connection(town.address) as connection:
            connection.send(GOOD[:length])
        serves(town)


def test_a_request_may_come_byte_by_byte_and_many_may_come_at_once(town: Server) -> None:
    with Connection(town.address) as connection:
        for at in range(len(GOOD)):
            connection.send(GOOD[at : at + 1])
        assert connection.answer().status == 200
        connection.send((GOOD + features(b'"x"')) * 20)
        statuses = [connection.answer().status for _ in range(40)]
        assert statuses == [200, 400] * 20
