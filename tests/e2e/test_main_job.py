"""From a model file to predictions: every example, every way to ask, the documents as promised."""

# mypy: allow-untyped-decorators

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
from harness import EXAMPLES, Reference, Registry, Server

TIMESTAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
TOLERANCE = 1e-5  # processors differ in how they evaluate an exponential


def near(values: Any) -> Any:
    return pytest.approx(values, abs=TOLERANCE)


def post(server: Server, path: str, document: Any, **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx.post(server.url + path, json=document, headers=names, timeout=30)
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-request-id"]
    return response


def test_three_commands_bring_a_file_to_production(registry: Registry, cancer: Reference) -> None:
    model, data = EXAMPLES / "cancer" / "model.onnx", EXAMPLES / "cancer" / "test.csv"
    assert "pushed cancer@1.0.0" in registry.run("push", "cancer", model).out
    report = registry.run("validate", "cancer@1.0.0", "--data", data, "--target", "target").out
    assert "PASS" in report
    assert "cancer@production -> 1.0.0" in registry.run(
        "promote", "cancer@1.0.0", "--to", "production"
    ).out
    with Server(registry) as server:
        request = (EXAMPLES / "cancer" / "request.json").read_bytes()
        response = httpx.post(server.url + "/predict", content=request, timeout=30)
        assert response.status_code == 200
        assert response.json()["prediction"] == cancer.predictions[0]
        local = registry.json("predict", "cancer", "--features", json.dumps(cancer.features[0]))
        remote = registry.json(
            "predict", "cancer", "--features", json.dumps(cancer.features[0]),
            "--server", server.url,
        )  # fmt: skip
        assert local["predictions"] == remote["predictions"]


def test_predict_answers_prediction_probability_timestamp(
    town: Server, cancer: Reference
) -> None:
    document = post(town, "/predict", {"features": cancer.features[0]}).json()
    assert list(document) == ["prediction", "probability", "timestamp"]
    assert document["prediction"] == cancer.predictions[0]
    assert cancer.probabilities is not None
    assert document["probability"] == near(cancer.probabilities[0])
    assert TIMESTAMP.match(document["timestamp"])


def test_v1_answers_result_and_confidence(town: Server, cancer: Reference) -> None:
    response = post(town, "/api/v1/predict", {"features": cancer.features[0]})
    assert response.headers["api-version"] == "v1"
    assert list(response.json()) == ["result", "confidence"]
    assert response.json()["result"] == cancer.predictions[0]
    assert cancer.probabilities is not None
    assert response.json()["confidence"] == near(max(cancer.probabilities[0]))


@pytest.mark.parametrize("wrapped", [True, False])
def test_v2_answers_model_version_predictions_and_ids(
    town: Server, cancer: Reference, wrapped: bool
) -> None:
    rows = cancer.features[:5]
    response = post(
        town, "/api/v2/predict", {"instances": rows} if wrapped else rows, x_request_id="job-7"
    )
    assert response.headers["api-version"] == "v2"
    assert response.headers["x-request-id"] == "job-7"
    document = response.json()
    assert list(document) == ["model", "version", "predictions", "request_id", "timestamp"]
    assert (document["model"], document["version"]) == ("cancer", "1.0.0")
    assert document["request_id"] == "job-7"
    assert TIMESTAMP.match(document["timestamp"])
    assert cancer.probabilities is not None
    assert len(document["predictions"]) == len(rows)
    for row, label, probabilities in zip(
        document["predictions"], cancer.predictions, cancer.probabilities, strict=False
    ):
        assert list(row) == ["result", "confidence", "probabilities"]
        assert row["result"] == label
        assert row["confidence"] == near(max(probabilities))
        assert row["probabilities"] == near(dict(zip(["0", "1"], probabilities, strict=True)))


def test_a_row_may_name_its_features(town: Server, cancer: Reference) -> None:
    with (EXAMPLES / "cancer" / "test.csv").open() as data:
        names = data.readline().strip().split(",")[:-1]
    row = dict(zip(names, cancer.features[0], strict=True))
    backwards = dict(reversed(row.items()))
    for body in (row, backwards):
        assert post(town, "/predict", {"features": body}).json()["prediction"] == 1
        document = post(town, "/api/v2/predict", [body, body]).json()
        assert [one["result"] for one in document["predictions"]] == [1, 1]


@pytest.mark.parametrize("version", [None, "v1", "v2"])
def test_the_header_chooses_the_version_of_the_api(
    town: Server, cancer: Reference, version: str | None
) -> None:
    row = cancer.features[0]
    headers = {} if version is None else {"API_Version": version}
    body = {"instances": [row]} if version == "v2" else {"features": row}
    response = post(town, "/api/predict", body, **headers)
    assert response.status_code == 200
    assert response.headers["api-version"] == (version or "v1")
    assert ("predictions" if version == "v2" else "result") in response.json()


@pytest.mark.parametrize("version", ["v3", "V1", "", "1"])
def test_a_version_of_the_api_that_is_not_there_is_refused(
    town: Server, cancer: Reference, version: str
) -> None:
    response = post(
        town, "/api/predict", {"features": cancer.features[0]}, API_Version=version
    )
    assert response.status_code == 400
    assert response.json()["code"] == "unsupported_api_version"
    assert response.headers["api-version"]


def test_every_answer_under_api_says_its_version(town: Server) -> None:
    for path in ("/api/v1/models", "/api/v1/stats", "/api/v1/nothing", "/api/v1/models/nothing"):
        assert httpx.get(town.url + path).headers["api-version"] == "v1"
    assert httpx.get(town.url + "/api/v2/nothing").headers["api-version"] == "v2"


@pytest.mark.parametrize(
    ("ref", "version"),
    [
        ("cancer", "1.0.0"),
        ("cancer@production", "1.0.0"),
        ("cancer@1.0.0", "1.0.0"),
        ("cancer@staging", "1.1.0"),
        ("cancer@1.1.0", "1.1.0"),
        ("cancer%401.1.0", "1.1.0"),
    ],
)
def test_a_path_may_name_model_version_or_alias(
    town: Server, cancer: Reference, cancer_v2: Reference, ref: str, version: str
) -> None:
    expected = (cancer if version == "1.0.0" else cancer_v2).probabilities
    assert expected is not None
    document = post(town, f"/api/v2/models/{ref}/predict", cancer.features[:1]).json()
    assert (document["model"], document["version"]) == ("cancer", version)
    assert list(document["predictions"][0]["probabilities"].values()) == near(expected[0])
    v1 = post(town, f"/api/v1/models/{ref}/predict", {"features": cancer.features[0]}).json()
    assert v1["confidence"] == near(max(expected[0]))


def test_string_labels_stay_strings(town: Server) -> None:
    wine = Reference.load("wine")
    answer = post(town, "/api/v1/models/wine/predict", {"features": wine.features[0]}).json()
    assert answer["result"] == wine.predictions[0]
    document = post(town, "/api/v2/models/wine/predict", wine.features).json()
    assert [row["result"] for row in document["predictions"]] == wine.predictions
    assert list(document["predictions"][0]["probabilities"]) == wine.labels


def test_a_regressor_answers_a_number_without_confidence(town: Server) -> None:
    diabetes = Reference.load("diabetes")
    answer = post(
        town, "/api/v1/models/diabetes/predict", {"features": diabetes.features[0]}
    ).json()
    assert answer == {"result": near(diabetes.predictions[0])}
    document = post(town, "/api/v2/models/diabetes/predict", diabetes.features[:2]).json()
    assert document["predictions"] == [{"result": near(v)} for v in diabetes.predictions[:2]]


def test_maps_of_probabilities_are_read(town: Server) -> None:
    digits = Reference.load("digits")
    document = post(town, "/api/v2/models/digits/predict", digits.features).json()
    assert [row["result"] for row in document["predictions"]] == digits.predictions
    assert digits.probabilities is not None
    for row, probabilities in zip(document["predictions"], digits.probabilities, strict=True):
        assert list(row["probabilities"]) == [str(label) for label in digits.labels]
        assert list(row["probabilities"].values()) == near(probabilities)


def test_health_names_what_is_served(town: Server) -> None:
    health = httpx.get(town.url + "/health")
    assert health.status_code == 200
    document = health.json()
    assert list(document) == ["status", "timestamp", "models"]
    assert document["status"] == "healthy"
    assert TIMESTAMP.match(document["timestamp"])
    assert [(m["name"], m["version"], m["aliases"]) for m in document["models"]] == [
        ("cancer", "1.0.0", ["production"]),
        ("cancer", "1.1.0", ["staging"]),
        ("diabetes", "1.0.0", ["production"]),
        ("digits", "1.0.0", ["production"]),
        ("wine", "1.0.0", ["production"]),
    ]
    assert httpx.get(town.url + "/health/live").json() == {"live": True}
    assert httpx.get(town.url + "/health/ready").json() == {"ready": True}


def test_a_server_without_a_model_is_live_but_not_ready(registry: Registry) -> None:
    with Server(registry) as server:
        assert httpx.get(server.url + "/health/live").status_code == 200
        ready = httpx.get(server.url + "/health/ready")
        assert ready.status_code == 503 and ready.json()["ready"] is False
        health = httpx.get(server.url + "/health")
        assert health.status_code == 503
        assert health.json()["status"] == "unhealthy"
        assert health.json()["reasons"]
        assert post(server, "/predict", {"features": [1]}).status_code in (404, 503)


def test_the_inference_protocol_describes_server_and_models(town: Server) -> None:
    for path in ("/v2", "/v2/"):
        assert list(httpx.get(town.url + path).json()) == ["name", "version", "extensions"]
    for path in ("/v2/health/live", "/v2/health/ready", "/v2/models/wine/ready"):
        assert httpx.get(town.url + path).status_code == 200
    assert httpx.get(town.url + "/v2/models/cancer").json() == {
        "name": "cancer",
        "versions": ["1.0.0", "1.1.0"],
        "platform": "onnxruntime_onnx",
        "inputs": [{"name": "input", "datatype": "FP32", "shape": [-1, 30]}],
        "outputs": [
            {"name": "label", "datatype": "INT64", "shape": [-1]},
            {"name": "probabilities", "datatype": "FP32", "shape": [-1, 2]},
        ],
    }
    for path in ("/v2/models/nobody", "/v2/models/cancer/versions/9.0.0"):
        assert httpx.get(town.url + path).status_code == 404
        assert httpx.get(town.url + path + "/ready").status_code == 404


@pytest.mark.parametrize("nested", [True, False])
def test_the_inference_protocol_infers_from_tensors(
    town: Server, cancer: Reference, nested: bool
) -> None:
    rows = cancer.features[:3]
    data: list[Any] = rows if nested else [value for row in rows for value in row]
    body = {
        "id": "abc",
        "inputs": [{"name": "input", "shape": [3, 30], "datatype": "FP32", "data": data}],
    }
    document = post(town, "/v2/models/cancer/versions/1.0.0/infer", body).json()
    assert list(document) == ["model_name", "model_version", "id", "outputs"]
    assert (document["model_name"], document["model_version"]) == ("cancer", "1.0.0")
    assert document["id"] == "abc"
    label, probabilities = document["outputs"]
    assert label == {
        "name": "label", "shape": [3], "datatype": "INT64", "data": cancer.predictions[:3]
    }  # fmt: skip
    assert cancer.probabilities is not None
    flat = [value for row in cancer.probabilities[:3] for value in row]
    assert probabilities["shape"] == [3, 2]
    assert probabilities["data"] == near(flat)
    assert "parameters" not in label  # the C++ client of the protocol trips over empty ones
    del body["id"]
    body["outputs"] = [{"name": "probabilities"}]
    document = post(town, "/v2/models/cancer/infer", body).json()
    assert "id" not in document
    assert [output["name"] for output in document["outputs"]] == ["probabilities"]
