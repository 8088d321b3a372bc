#!/usr/bin/env python3
"""Builds models whose rows do, or do not, depend on each other: `tests/testdata/rows`.

A server may run rows of different requests together only where they do not. The names of those that
mix rows begin with `mixes_`.

    make_row_models.py           writes everything
    make_row_models.py --check   says whether the committed files are what this script writes
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from make_models import FLOAT, INT64, STRING, floats, ints, linear, model, sound, tensor
from onnx import ModelProto, NodeProto, TensorProto, helper

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "tests" / "testdata" / "rows"
WIDTH = 4
node = helper.make_node


def over_rows(nodes: Sequence[NodeProto], constants: Sequence[TensorProto] = ()) -> ModelProto:
    """`input FP32 [batch, 4]` -> `output FP32 [batch, 4]`."""
    return model(
        nodes,
        [tensor("input", FLOAT, ["batch", WIDTH])],
        [tensor("output", FLOAT, ["batch", WIDTH])],
        constants,
    )


def top_k() -> ModelProto:
    """Sorts every column."""
    return over_rows(
        [
            node("Shape", ["input"], ["rows"], start=0, end=1),
            node("TopK", ["input", "rows"], ["output", "places"], axis=0),
        ]
    )


def batch_normalization(training: int) -> ModelProto:
    outputs = ["output", "mean_out", "variance_out"] if training else ["output"]
    return over_rows(
        [
            node(
                "BatchNormalization",
                ["input", "scale", "bias", "mean", "variance"],
                outputs,
                training_mode=training,
            )
        ],
        [
            floats("scale", [1, 2, 1, 2]),
            floats("bias", [0, 1, 0, 1]),
            floats("mean", [0.5] * WIDTH),
            floats("variance", [2] * WIDTH),
        ],
    )


def count_of_non_zero() -> ModelProto:
    """Adds a thousandth of the number of elements that are not zero, of all rows."""
    return over_rows(
        [
            node("NonZero", ["input"], ["places"]),
            node("Shape", ["places"], ["count"], start=1, end=2),
            node("Cast", ["count"], ["number"], to=FLOAT),
            node("Mul", ["number", "small"], ["added"]),
            node("Add", ["input", "added"], ["output"]),
        ],
        [floats("small", [0.001])],
    )


def outliers() -> ModelProto:
    """Turns all rows to zero if one element of them is above 100."""
    return over_rows(
        [
            node("ReduceMax", ["input"], ["largest"], axes=[0, 1], keepdims=1),
            node("Less", ["largest", "bound"], ["usual"]),
            node("Cast", ["usual"], ["factor"], to=FLOAT),
            node("Mul", ["input", "factor"], ["output"]),
        ],
        [floats("bound", [[100]])],
    )


def large_batches() -> ModelProto:
    """Adds 1 where more than 20 rows run together."""
    return over_rows(
        [
            node("Shape", ["input"], ["rows"], start=0, end=1),
            node("Greater", ["rows", "bound"], ["many"]),
            node("Cast", ["many"], ["added"], to=FLOAT),
            node("Add", ["input", "added"], ["output"]),
        ],
        [ints("bound", [20])],
    )


def label_by_rank() -> ModelProto:
    """The label is 1 for the row with the largest sum."""
    return model(
        [
            node("ReduceSum", ["input", "columns"], ["sums"], keepdims=0),
            node("ReduceMax", ["sums"], ["largest"], axes=[0], keepdims=1),
            node("Equal", ["sums", "largest"], ["first"]),
            node("Cast", ["first"], ["label"], to=INT64),
        ],
        [tensor("input", FLOAT, ["batch", WIDTH])],
        [tensor("label", INT64, ["batch"])],
        [ints("columns", [1])],
    )


def text_of_the_first() -> ModelProto:
    return model(
        [
            node("Gather", ["text", "zero"], ["first"], axis=0),
            node("Shape", ["text"], ["shape"]),
            node("Expand", ["first", "shape"], ["answer"]),
        ],
        [tensor("text", STRING, ["batch", 1])],
        [tensor("answer", STRING, ["batch", 1])],
        [ints("zero", [0])],
    )


def dynamic_quantization() -> ModelProto:
    """The scale of the numbers is that of all rows together."""
    return over_rows(
        [
            node("DynamicQuantizeLinear", ["input"], ["small", "scale", "zero"]),
            node("DequantizeLinear", ["small", "scale", "zero"], ["output"]),
        ]
    )


def classifier() -> ModelProto:
    return model(
        [
            node("Gemm", ["input", "weights", "bias"], ["logits"]),
            node("Softmax", ["logits"], ["probabilities"], axis=1),
            node("ArgMax", ["probabilities"], ["label"], axis=1, keepdims=0),
        ],
        [tensor("input", FLOAT, ["batch", WIDTH])],
        [tensor("label", INT64, ["batch"]), tensor("probabilities", FLOAT, ["batch", 3])],
        [floats("weights", linear(WIDTH, 3)), floats("bias", [0.1, -0.2, 0.3])],
    )


def layer_normalization() -> ModelProto:
    return over_rows(
        [node("LayerNormalization", ["input", "scale"], ["output"], axis=-1)],
        [floats("scale", [1, 2, 3, 4])],
    )


def embedding() -> ModelProto:
    """Looks up numbers from 0 to 11; another number is an error of the run."""
    return model(
        [
            node("Gather", ["table", "word"], ["vectors"], axis=0),
            node("ReduceMean", ["vectors"], ["output"], axes=[1], keepdims=0),
        ],
        [tensor("word", INT64, ["batch", 2])],
        [tensor("output", FLOAT, ["batch", 3])],
        [floats("table", linear(12, 3))],
    )


def sequence_softmax() -> ModelProto:
    return model(
        [node("Softmax", ["input"], ["output"], axis=1)],
        [tensor("input", FLOAT, ["batch", "length"])],
        [tensor("output", FLOAT, ["batch", "length"])],
    )


def mixing() -> dict[str, ModelProto]:
    softmax = [node("Softmax", ["input"], ["output"], axis=0)]
    log_softmax = [node("LogSoftmax", ["input"], ["output"], axis=0)]
    normalized = [node("MeanVarianceNormalization", ["input"], ["output"], axes=[0])]
    mean = [
        node("ReduceMean", ["input"], ["mean"], axes=[0], keepdims=1),
        node("Sub", ["input", "mean"], ["output"]),
    ]
    running = [node("CumSum", ["input", "axis"], ["output"])]
    return {
        "batch_normalization": batch_normalization(1),
        "cumulative_sum": over_rows(running, [ints("axis", 0)]),
        "dynamic_quantization": dynamic_quantization(),
        "label_by_rank": label_by_rank(),
        "large_batches": large_batches(),
        "log_softmax": over_rows(log_softmax),
        "mean": over_rows(mean),
        "non_zero": count_of_non_zero(),
        "normalization": over_rows(normalized),
        "outliers": outliers(),
        "softmax": over_rows(softmax),
        "text_of_the_first": text_of_the_first(),
        "top_k": top_k(),
    }


def independent() -> dict[str, ModelProto]:
    return {
        "batch_normalization": batch_normalization(0),
        "classifier": classifier(),
        "embedding": embedding(),
        "layer_normalization": layer_normalization(),
        "sequence_softmax": sequence_softmax(),
    }


def files() -> dict[str, bytes]:
    written = {f"mixes_{name}.onnx": sound(built) for name, built in mixing().items()}
    written |= {f"{name}.onnx": sound(built) for name, built in independent().items()}
    text = "Models for the proof that rows may share a run, written by\n"
    text += "`tests/reference/make_row_models.py`. In those whose name begins with `mixes_` the\n"
    text += "answer of a row depends on the other rows of the run.\n"
    written["README.md"] = text.encode()
    return written


def main() -> int:
    """Reads the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description="Builds the models that mix rows.")
    parser.add_argument("--check", action="store_true", help="compare with the committed files")
    arguments = parser.parse_args()
    written = files()
    if arguments.check:
        present = {path.name: path.read_bytes() for path in TARGET.iterdir()}
        names = sorted(present.keys() | written.keys())
        stale = [name for name in names if present.get(name) != written.get(name)]
        for name in stale:
            print(f"differs: {name}")
        return 1 if stale else 0
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, data in written.items():
        (TARGET / name).write_bytes(data)
    print(f"{len(written)} files, {sum(map(len, written.values()))} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
