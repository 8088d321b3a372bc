"""Serving a file without any set-up, and starts that cannot succeed."""

# mypy: allow-untyped-decorators

from __future__ import annotations

import socket

import pytest
from harness import EXAMPLES, MODELS, PROGRAM, Reference, Registry, Server, environment
from wire import ask, get, post


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_two_variables_serve_a_file(registry: Registry) -> None:
    wine = Reference.load("wine")
    port = free_port()
    variables = {"MODEL_PATH": str(EXAMPLES / "wine" / "model.onnx"), "PORT": str(port)}
    with Server(registry, variables=variables, listen=None) as server:
        assert server.address == ("127.0.0.1", port)
        answer = ask(server.address, post("/predict", {"features": wine.features[0]})).json()
        assert answer["prediction"] == wine.predictions[0]
    assert not list(registry.home.glob("**/*.db")), "no registry is made"


def test_files_get_the_names_they_are_given(registry: Registry, cancer: Reference) -> None:
    v2 = EXAMPLES / "cancer" / "model-v2.onnx"
    wine = EXAMPLES / "wine" / "model.onnx"
    with Server(registry, "--model", f"{v2}=tumours", "--model", wine) as server:
        models = get(server.address, "/health").json()["models"]
        assert [model["name"] for model in models] == ["tumours", "wine"]
        path = "/api/v2/models/tumours/predict"
        document = ask(server.address, post(path, cancer.features[:1])).json()
        assert (document["model"], document["version"]) == ("tumours", "1.1.0")
        # With two models and no default a bare path must be told which one.
        assert ask(server.address, post("/predict", {"features": [1]})).status in (400, 404)
        # What is served can be looked at; there is no registry to manage.
        listed = get(server.address, "/api/v1/models").json()["models"]
        assert [model["name"] for model in listed] == ["tumours", "wine"]
        change = ask(server.address, post("/api/v1/models/tumours/aliases/production/rollback", {}))
        assert (change.status, change.json()["code"]) == (501, "unsupported")


def test_an_answer_that_is_no_number_is_the_models_fault(registry: Registry) -> None:
    with Server(registry, "--model", MODELS / "nan_output.onnx") as server:
        (spec,) = get(server.address, "/v2/models/nan_output").json()["inputs"]
        row = [-1.0] * spec["shape"][1]
        for path, body in (("/predict", {"features": row}), ("/api/v2/predict", [row])):
            answer = ask(server.address, post(path, body))
            assert answer.status == 500
            assert answer.json()["code"] == "model_output_invalid"
        tensor = {"name": spec["name"], "shape": [1, len(row)], "datatype": "FP32", "data": row}
        answer = ask(server.address, post("/v2/models/nan_output/infer", {"inputs": [tensor]}))
        assert answer.status == 200, "tensors pass as they are"
        assert b"NaN" in answer.body
        good = ask(server.address, post("/predict", {"features": [1.0] * len(row)}))
        assert good.json()["prediction"] == 0


def refused(registry: Registry, *words: str, variables: dict[str, str] | None = None) -> str:
    """Starts a server that must not start: a code of 1 or 3 and one clear sentence."""
    own = Registry(registry.home, {**registry.variables, **(variables or {})})
    if "--metrics-listen=0.0.0.0:0" not in words:
        words = ("--metrics-listen=127.0.0.1:0", *words)
    ran = own.run("serve", *words, code=None)
    assert ran.code in (1, 3), ran
    assert ran.out == ""
    last = ran.err.strip().splitlines()[-1] if ran.err.strip() else ""
    assert last.startswith("moorage: "), ran.err
    assert "listening on" not in ran.err
    return ran.err


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("absent.onnx", "absent.onnx"),
        ("empty.onnx", "empty"),
        ("truncated.onnx", "ONNX"),
        ("text.onnx", "text"),
        ("pickle.onnx", "pickle"),
        ("zip.onnx", "archive"),
        ("no_inputs.onnx", "input"),
        ("unsupported_op.onnx", "FrobnicateTensor"),
        ("external_data_missing.onnx", "absent.data"),
    ],
)
def test_a_broken_file_ends_the_start_with_a_sentence(
    registry: Registry, file: str, words: str
) -> None:
    assert words in refused(registry, "--listen=127.0.0.1:0", "--model", str(MODELS / file))
    assert words in refused(
        registry, "--listen=127.0.0.1:0", variables={"MODEL_PATH": str(MODELS / file)}
    )


def test_other_machines_are_let_in_only_on_purpose(registry: Registry) -> None:
    said = refused(registry, "--listen=0.0.0.0:0")
    assert "--insecure" in said and "0.0.0.0" in said
    assert "--insecure" in refused(
        registry, "--listen=127.0.0.1:0", "--metrics-listen=0.0.0.0:0"
    )
    with Server(registry, "--insecure", listen="0.0.0.0:0") as server:
        assert get(("127.0.0.1", server.address[1]), "/health/live").status == 200


def test_a_port_that_is_taken_ends_the_start_with_a_sentence(registry: Registry) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused(registry, f"--listen=127.0.0.1:{port}")
        assert str(port) in said and "in use" in said


def test_a_configuration_that_is_wrong_is_told_by_line_and_key(registry: Registry) -> None:
    (registry.home / "moorage.yaml").write_text("server:\n  listen: 127.0.0.1:0\n  lisen: x\n")
    said = refused(registry)
    assert "moorage.yaml:3" in said and "lisen" in said


def test_the_environment_of_the_tests_is_clean() -> None:
    assert PROGRAM
    assert not [name for name in environment() if name.startswith("MOORAGE")]
