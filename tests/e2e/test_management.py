"""The registry over HTTP: what curl can do, and that a server answers what the registry answers."""

# mypy: allow-untyped-decorators

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from harness import EXAMPLES, MODELS, Reference, Registry, Server

CANCER = EXAMPLES / "cancer"


def curl(url: str, *words: str | Path) -> tuple[int, Any]:
    """Status and document of a call by curl."""
    done = subprocess.run(
        ["curl", "-sS", "-w", "\n%{http_code}", *map(str, words), url],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    body, status = done.stdout.rsplit("\n", 1)
    return int(status), json.loads(body)


def test_curl_brings_a_file_to_production_and_back(registry: Registry, cancer: Reference) -> None:
    with Server(registry) as server:
        models = f"{server.url}/api/v1/models"
        # A form that has its metadata and training data beside the model.
        for version, file in (("1.0.0", "model.onnx"), ("1.1.0", "model-v2.onnx")):
            status, pushed = curl(
                f"{models}/cancer/versions",
                "-F", f"model=@{CANCER / file}",
                "-F", f"metadata=@{CANCER / file}.metadata",
                "-F", f"reference=@{CANCER / 'reference.csv'}",
            )  # fmt: skip
            assert (status, pushed["version"]) == (201, version)
            assert pushed["artifact"].startswith("sha256:")
        status, again = curl(
            f"{models}/cancer/versions?version=1.1.0",
            "-F", f"model=@{CANCER / 'model-v2.onnx'}",
            "-F", f"metadata=@{CANCER / 'model-v2.onnx'}.metadata",
            "-F", f"reference=@{CANCER / 'reference.csv'}",
        )  # fmt: skip
        assert (status, again["already_there"]) == (200, True)

        production = f"{models}/cancer/aliases/production"
        as_json = ("-X", "PUT", "-H", "Content-Type: application/json")
        status, refused = curl(production, *as_json, "-d", '{"version": "1.0.0"}')
        assert (status, refused["code"]) == (403, "permission_denied")

        for version in ("1.0.0", "1.1.0"):
            status, verdict = curl(
                f"{models}/cancer/versions/{version}/validations?target=target",
                "-F", f"data=@{CANCER / 'test.csv'}",
            )  # fmt: skip
            assert (status, verdict["outcome"], verdict["exit_code"]) == (200, "PASS", 0)
            assert verdict["data"]["rows"] == 143

            status, move = curl(production, *as_json, "-d", f'{{"version": "{version}"}}')
            assert (status, move["to"], move["changed"]) == (200, version, True)
            row = json.dumps({"instances": cancer.features[:1]})
            _, answer = curl(
                f"{server.url}/api/v2/predict", "-H", "Content-Type: application/json", "-d", row
            )
            assert answer["version"] == version, "in force as soon as it is answered"

        as_post = ("-X", "POST", "-H", "Content-Type: application/json")
        status, move = curl(f"{production}/rollback", *as_post, "-d", '{"reason": "a drill"}')
        assert (status, move["from"], move["to"]) == (200, "1.1.0", "1.0.0")
        status, _ = curl(f"{production}/rollback", "-X", "POST")
        assert status == 409, "there is nothing to go back to"

        status, history = curl(f"{models}/cancer/history?alias=production")
        verbs = [(move["verb"], move["to"], move["reason"]) for move in history["moves"]]
        assert status == 200
        assert verbs == [
            ("rollback", "1.0.0", "a drill"), ("promote", "1.1.0", ""), ("promote", "1.0.0", "")
        ]  # fmt: skip
        status, audit = curl(f"{server.url}/api/v1/audit?name=cancer&limit=1000")
        assert status == 200
        written = [event["verb"] for event in audit["events"]]
        assert written[0] == "rollback" and written.count("promote") == 2
        assert written.count("publish") == 2

        status, _ = curl(f"{models}/cancer/versions/1.0.0", "-X", "DELETE")
        assert status == 409, "an alias points to it"
        status, gone = curl(f"{models}/cancer/versions/1.1.0", "-X", "DELETE")
        assert (status, gone["deleted"]) == (200, True)
        assert curl(f"{models}/cancer/versions/1.1.0")[0] == 404
        assert curl(f"{server.url}/api/v1/doctor")[1]["healthy"] is True


@pytest.mark.parametrize(
    ("file", "status", "words"),
    [
        ("empty.onnx", 400, "empty"),
        ("truncated.onnx", 400, "ONNX"),
        ("text.onnx", 400, "text"),
        ("pickle.onnx", 400, "pickle"),
        ("zip.onnx", 400, "archive"),
        ("no_inputs.onnx", 400, "input"),
        ("cycle.onnx", 400, "cycle"),
        ("unsupported_op.onnx", 501, "FrobnicateTensor"),
        ("ambiguous_two_float_outputs.onnx", 400, "task"),
    ],
)
def test_what_is_no_model_is_refused_and_nothing_is_kept(
    town: Server, file: str, status: int, words: str
) -> None:
    url = f"{town.url}/api/v1/models/junk/versions"
    got, error = curl(url, "-F", f"model=@{MODELS / file}")
    assert got == status
    assert words in error["error"]
    assert httpx.get(f"{town.url}/api/v1/models/junk").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/v1/models/nobody", None, 404),
        ("GET", "/api/v1/models/No%20Name!", None, 400),
        ("GET", "/api/v1/models/cancer/versions/9.9.9", None, 404),
        ("GET", "/api/v1/models/cancer/versions/1.x", None, 400),
        ("GET", "/api/v1/models?color=red", None, 400),
        ("GET", "/api/v1/audit?limit=0", None, 400),
        ("GET", "/api/v1/audit?limit=1&limit=2", None, 400),
        ("GET", "/api/v1/audit?since=yesterday", None, 400),
        ("GET", "/api/v1/diff?from=cancer@1.0.0", None, 400),
        ("GET", "/api/v1/diff?from=cancer@1.0.0&to=cancer@7.0.0", None, 404),
        ("PUT", "/api/v1/models/cancer/aliases/production", b"{", 400),
        ("PUT", "/api/v1/models/cancer/aliases/production", b"[]", 400),
        ("PUT", "/api/v1/models/cancer/aliases/production", b"{}", 400),
        ("PUT", "/api/v1/models/cancer/aliases/production", b'{"version": 1}', 400),
        ("PUT", "/api/v1/models/cancer/aliases/production", b'{"version": "7.0.0"}', 404),
        ("PUT", "/api/v1/models/cancer/aliases/production",
         b'{"version": "1.1.0", "expected": "1.1.0"}', 409),
        ("PUT", "/api/v1/models/cancer/aliases/production",
         b'{"version": "1.1.0", "force": true}', 400),
        ("PUT", "/api/v1/models/cancer/aliases/production",
         b'{"version": "1.1.0", "colour": 1}', 400),
        ("PUT", "/api/v1/models/cancer/aliases/1.0.0", b'{"version": "1.0.0"}', 400),
        ("POST", "/api/v1/models/cancer/aliases/nobody/rollback", b"{}", 404),
        ("POST", "/api/v1/models/cancer/versions", b"{}", 400),
        ("POST", "/api/v1/models/cancer/versions/1.0.0/validations?target=target", b"", 400),
        ("DELETE", "/api/v1/models/cancer/versions/production", None, 400),
        ("POST", "/api/v1/gc", b'{"grace": "soon"}', 400),
    ],
)  # fmt: skip
def test_a_wrong_call_is_a_clear_4xx(
    town: Server, method: str, path: str, body: bytes | None, status: int
) -> None:
    headers = {"Content-Type": "application/json"} if body else {}
    answer = httpx.request(method, town.url + path, content=body, headers=headers, timeout=30)
    assert answer.status_code == status, answer.text
    document = answer.json()
    assert document["error"] and document["code"] and document["request_id"]
    assert "API-Version" in answer.headers


@pytest.mark.parametrize("named", ["text/json", "application/x-www-form-urlencoded", None])
def test_a_change_that_is_not_announced_as_json_is_415(town: Server, named: str | None) -> None:
    url = f"{town.url}/api/v1/models/cancer/aliases/production"
    headers = {"Content-Type": named} if named else {}
    answer = httpx.put(url, content=b'{"version": "1.1.0"}', headers=headers, timeout=30)
    assert answer.status_code == 415, answer.text
    assert "Content-Type: application/json" in answer.json()["error"]
    assert (named or "no Content-Type") in answer.json()["error"]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b"--x--\r\n"),
        ("multipart/form-data; boundary=x",
         b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--"),
        ("multipart/form-data; boundary=x",
         b'--x\r\nContent-Disposition: form-data; name="model"\r\n\r\na'),
        ("multipart/form-data; boundary=x",
         b'--x\r\nContent-Disposition: form-data; name="color"\r\n\r\nred\r\n--x--\r\n'),
    ],
)  # fmt: skip
def test_a_broken_form_is_a_clear_4xx(town: Server, content_type: str, body: bytes) -> None:
    url = f"{town.url}/api/v1/models/junk/versions"
    answer = httpx.post(url, content=body, headers={"Content-Type": content_type}, timeout=30)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "words",
    [
        ("models",),
        ("models", "cancer"),
        ("show", "cancer@1.1.0"),
        ("show", "cancer@staging"),
        ("show", "wine"),
        ("history", "cancer"),
        ("history", "cancer", "--alias", "staging"),
        ("diff", "cancer@1.0.0", "cancer@1.1.0"),
        ("audit", "--name", "wine"),
        ("doctor",),
    ],
)
def test_the_command_line_says_the_same_of_a_server_and_of_its_registry(
    town: Server, words: tuple[str, ...]
) -> None:
    local = town.registry.json(*words)
    remote = town.registry.json(*words, "--server", town.url)
    assert remote == local
    near, far = (
        re.sub(r"\d+ \w+ ago|just now", "lately", town.registry.run(*words, *where).out)
        for where in ((), ("--server", town.url))
    )
    assert near.split() == far.split()


def test_errors_are_the_same_too(town: Server) -> None:
    for words in (("show", "nobody@1.0.0"), ("models", "nobody"), ("rollback", "wine")):
        local = town.registry.run(*words, code=None)
        remote = town.registry.run(*words, "--server", town.url, code=None)
        assert local.code == remote.code != 0
        assert local.err.splitlines()[0] == remote.err.splitlines()[0]


def test_the_history_of_nobody_is_not_found(town: Server) -> None:
    assert httpx.get(f"{town.url}/api/v1/models/nobody/history").status_code == 404
    assert town.registry.run("history", "nobody", code=None).code == 3


def test_release_commands_work_on_a_server(registry: Registry, tmp_path: Path) -> None:
    # The working directory of the client has no registry: all goes through the server.
    with Server(registry) as server:
        client = Registry(tmp_path)
        far = ("--server", server.url)
        client.run("push", "cancer", CANCER / "model.onnx", *far)
        client.run(
            "validate", "cancer@1.0.0", "--data", CANCER / "test.csv", "--target", "target", *far
        )
        client.run("promote", "cancer@1.0.0", "--to", "production", *far)
        scores = tmp_path / "scores.csv"
        client.run(
            "predict", "cancer", "--data", CANCER / "test.csv", "--output", scores, *far
        )
        assert len(scores.read_text().splitlines()) == 144
        assert not (tmp_path / "moorage-data").exists()
        far_off = client.run("models", "--server", "http://127.0.0.1:1", code=3)
        assert "127.0.0.1:1" in far_off.err


def test_the_api_describes_itself(town: Server) -> None:
    document = httpx.get(f"{town.url}/openapi.json").json()
    assert document["openapi"].startswith("3.")
    paths = document["paths"]
    for method, path in (
        ("post", "/predict"),
        ("post", "/api/v2/predict"),
        ("put", "/api/v1/models/{name}/aliases/{alias}"),
        ("get", "/api/v1/stats"),
    ):
        assert method in paths[path]
    names = [op["operationId"] for entry in paths.values() for op in entry.values()]
    assert len(names) == len(set(names))
