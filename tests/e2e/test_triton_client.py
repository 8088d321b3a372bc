"""The client of another server speaks to this one, unmodified, in the JSON form of the protocol."""

# mypy: allow-untyped-decorators

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import tritonclient.http as triton
from harness import Reference, Server
from tritonclient.utils import InferenceServerException


@pytest.fixture
def client(town: Server) -> Iterator[Any]:
    with triton.InferenceServerClient(f"{town.address[0]}:{town.address[1]}") as made:
        yield made


def tensor(rows: list[list[float]], datatype: str = "FP32") -> Any:
    values = np.array(rows, np.float32)
    made = triton.InferInput("input", list(values.shape), datatype)
    made.set_data_from_numpy(values, binary_data=False)
    return made


def wanted(*names: str) -> list[Any]:
    return [triton.InferRequestedOutput(name, binary_data=False) for name in names]


def test_health_and_metadata(client: Any) -> None:
    assert client.is_server_live() and client.is_server_ready()
    assert client.is_model_ready("cancer") and client.is_model_ready("cancer", "1.1.0")
    assert not client.is_model_ready("nobody")
    assert client.get_server_metadata()["name"] == "moorage"
    metadata = client.get_model_metadata("cancer")
    assert metadata["inputs"] == [{"name": "input", "datatype": "FP32", "shape": [-1, 30]}]


def test_inference(client: Any, cancer: Reference, cancer_v2: Reference) -> None:
    for version, reference in (("", cancer), ("1.1.0", cancer_v2)):
        result = client.infer(
            "cancer",
            [tensor(reference.features)],
            model_version=version,
            outputs=wanted("label", "probabilities"),
            request_id="call-1",
        )
        assert result.get_response()["id"] == "call-1"
        assert result.get_response()["model_version"] == (version or "1.0.0")
        assert result.as_numpy("label").tolist() == reference.predictions
        assert reference.probabilities is not None
        np.testing.assert_allclose(
            result.as_numpy("probabilities"), reference.probabilities, atol=1e-5
        )


def test_strings_come_back_as_strings(client: Any) -> None:
    wine = Reference.load("wine")
    result = client.infer("wine", [tensor(wine.features)], outputs=wanted("output_label"))
    assert [str(label) for label in result.as_numpy("output_label")] == wine.predictions


def test_not_a_number_passes_both_ways(client: Any, cancer: Reference) -> None:
    rows = [[float("nan"), *cancer.features[0][1:]], cancer.features[0]]
    result = client.infer("cancer", [tensor(rows)], outputs=wanted("probabilities"))
    probabilities = result.as_numpy("probabilities")
    assert np.isnan(probabilities[0]).all()
    assert np.isfinite(probabilities[1]).all()


@pytest.mark.parametrize("binary", [True, False])
def test_a_mistake_is_told_in_a_sentence(client: Any, cancer: Reference, binary: bool) -> None:
    short = triton.InferInput("input", [1, 29], "FP32")
    short.set_data_from_numpy(np.zeros((1, 29), np.float32), binary_data=binary)
    with pytest.raises(InferenceServerException) as refused:
        client.infer("cancer", [short], outputs=wanted("label"))
    assert refused.value.status() == "400"
    assert refused.value.message()
    with pytest.raises(InferenceServerException) as unknown:
        client.infer("nobody", [tensor(cancer.features)], outputs=wanted("label"))
    assert unknown.value.status() == "404"
