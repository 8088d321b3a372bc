"""Graphs that no library of the test environment makes: committed ones and hand-made ones."""

from __future__ import annotations

import base64
import functools
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from zoo import OPSETS, Trained

BOOSTED = Path(os.environ["MOORAGE_SOURCE_DIR"]) / "tests" / "testdata" / "boosted.json"
ROWS = [[1.0, 0.0], [0.0, 2.0], [3.0, 3.5]]
WEIGHTS = np.array([[1.0, -1.0, 0.25], [-0.5, 1.0, 0.5]], dtype=np.float32)


def boosted() -> Iterator[tuple[str, Callable[[], Trained]]]:
    """XGBoost and LightGBM as onnxmltools converts them (tests/reference/make_boosted.py)."""
    for entry in json.loads(BOOSTED.read_text()):
        fields = {**entry, "bytes": base64.b64decode(entry["bytes"])}
        yield entry["name"], functools.partial(Trained, **fields)


def softmax(scores: Any) -> Any:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def graph(
    name: str,
    nodes: list[Any],
    outputs: list[tuple[str, int, list[Any]]],
    constants: dict[str, Any],
    **answers: Any,
) -> Trained:
    made = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 2])],
        [helper.make_tensor_value_info(*output) for output in outputs],
        [numpy_helper.from_array(np.asarray(value), key) for key, value in constants.items()],
    )
    opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS.items()]
    model = helper.make_model(made, opset_imports=opsets, ir_version=8)
    return Trained(name=name, bytes=model.SerializeToString(), rows=ROWS, **answers)


def node(op: str, inputs: str, outputs: str, **attributes: Any) -> Any:
    domain = "ai.onnx.ml" if op in ("LabelEncoder", "ArrayFeatureExtractor", "ZipMap") else ""
    return helper.make_node(op, inputs.split(), outputs.split(), domain=domain, **attributes)


LABEL = ("label", TensorProto.INT64, [None])
TEXT = ("label", TensorProto.STRING, [None])
PROBABILITIES = ("probabilities", TensorProto.FLOAT, [None, 3])
SOFTMAX = [
    node("MatMul", "x w", "scores"),
    node("Softmax", "scores", "probabilities", axis=1),
    node("ArgMax", "probabilities", "best", axis=1, keepdims=0),
]


def hand_made() -> Iterator[tuple[str, Callable[[], Trained]]]:
    scores = np.array(ROWS, dtype=np.float32) @ WEIGHTS
    best = scores.argmax(axis=1)
    shares = softmax(scores).tolist()

    def picked(labels: list[Any]) -> dict[str, Any]:
        return {
            "labels": labels,
            "predictions": [labels[i] for i in best],
            "probabilities": shares,
        }

    weights = {"w": WEIGHTS}
    yield "positions of an ArgMax", lambda: graph(
        "positions",
        [*SOFTMAX, node("Identity", "best", "label")],
        [LABEL, PROBABILITIES],
        weights,
        **picked([0, 1, 2]),
    )
    yield "labels of a Gather", lambda: graph(
        "gather",
        [*SOFTMAX, node("Gather", "classes best", "label")],
        [LABEL, PROBABILITIES],
        weights | {"classes": np.array([30, 10, 20])},
        **picked([30, 10, 20]),
    )
    yield "labels of a LabelEncoder", lambda: graph(
        "encoder",
        [
            *SOFTMAX,
            node(
                "LabelEncoder",
                "best",
                "label",
                keys_int64s=[0, 1, 2],
                values_strings=["no", "maybe", "yes"],
            ),
        ],
        [TEXT, PROBABILITIES],
        weights,
        **picked(["no", "maybe", "yes"]),
    )
    yield "labels that are computed", lambda: graph(
        "computed",
        [*SOFTMAX, node("Mul", "best two", "twice"), node("Add", "twice one", "label")],
        [LABEL, PROBABILITIES],
        weights | {"two": np.array(2), "one": np.array(1)},
        **picked([1, 3, 5]),
    )
    yield "logits alone", lambda: graph(
        "logits",
        [node("MatMul", "x w", "logits")],
        [("logits", TensorProto.FLOAT, [None, 3])],
        weights,
        **picked([0, 1, 2]),
    )
    yield "logits that are called probabilities", lambda: graph(
        "misnamed",
        [
            node("MatMul", "x w", "h"),
            node("Sigmoid", "h", "s"),
            node("Mul", "s s", "probabilities"),
        ],
        [PROBABILITIES],
        weights,
        labels=[0, 1, 2],
        predictions=[int(i) for i in best],
    )
    yield "an unnamed softmax beside a label", lambda: graph(
        "unnamed",
        [*SOFTMAX, node("Identity", "best", "label"), node("Identity", "probabilities", "out")],
        [LABEL, ("out", TensorProto.FLOAT, [None, 3])],
        weights,
        **picked([0, 1, 2]),
    )
    yield "a label for each of three questions", lambda: graph(
        "multilabel",
        [
            node("MatMul", "x w", "scores"),
            node("Sigmoid", "scores", "probabilities"),
            node("Greater", "scores zero", "above"),
            node("Cast", "above", "label", to=TensorProto.INT64),
        ],
        [("label", TensorProto.INT64, [None, 3]), PROBABILITIES],
        weights | {"zero": np.array(0, dtype=np.float32)},
        task="other",
    )
