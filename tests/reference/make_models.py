#!/usr/bin/env python3
"""Builds the small, unusual and hostile models under `tests/testdata/models`, and their table.

Every fixture is one entry of `fixtures()`: its bytes, what it is, and what `push` must answer. A
fixture whose outputs can be read in two ways has a manifest that decides. The README of the
directory is written from the same entries.

    make_models.py           writes everything
    make_models.py --check   says whether the committed files are what this script writes
"""

from __future__ import annotations

import argparse
import io
import json
import pickle
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import (
    GraphProto,
    ModelProto,
    NodeProto,
    TensorProto,
    ValueInfoProto,
    helper,
    numpy_helper,
)

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "tests" / "testdata" / "models"
IR_VERSION = 8
OPSET = 17
ML_OPSET = 3
FUTURE_OPSET = 999
SIZE_LIMIT = 5000
NESTED_GRAPHS = 60
GRAPH_ATTRIBUTE = b"\xa0\x01\x05"  # AttributeProto.type = GRAPH, as protobuf writes it.
FLOAT = TensorProto.FLOAT
INT64 = TensorProto.INT64
STRING = TensorProto.STRING

Shape = Sequence[int | str] | None

READY = "Ready"
READY_OTHER = "Ready, `task: other`"
ASKS = "asks"
OTHER = {"task": "other"}


@dataclass(frozen=True)
class Fixture:
    """One file of the directory, what it is for, and what a push must say to it."""

    name: str
    data: bytes
    what: str
    push: str
    manifest: Mapping[str, Any] = field(default_factory=dict)
    beside: Mapping[str, bytes] = field(default_factory=dict)  # Files that belong to the model.


def tensor(name: str, datatype: int, shape: Shape) -> ValueInfoProto:
    """A named tensor; a string in the shape is a symbolic dimension."""
    return helper.make_tensor_value_info(name, datatype, shape)


def floats(name: str, values: Any) -> TensorProto:
    """A float32 initializer."""
    return numpy_helper.from_array(np.asarray(values, dtype=np.float32), name)


def ints(name: str, values: Any) -> TensorProto:
    """An int64 initializer."""
    return numpy_helper.from_array(np.asarray(values, dtype=np.int64), name)


def model(
    nodes: Sequence[NodeProto],
    inputs: Sequence[ValueInfoProto],
    outputs: Sequence[ValueInfoProto],
    constants: Sequence[TensorProto] = (),
    domains: Mapping[str, int] | None = None,
    opset: int = OPSET,
) -> ModelProto:
    """A model of one graph, with nothing in it that differs between two runs."""
    graph = helper.make_graph(nodes, "fixture", inputs, outputs, initializer=list(constants))
    imports = [helper.make_opsetid("", opset)]
    imports += [helper.make_opsetid(name, version) for name, version in (domains or {}).items()]
    return helper.make_model(
        graph, ir_version=IR_VERSION, opset_imports=imports, producer_name="moorage-tests"
    )


def pack(built: ModelProto) -> bytes:
    """The bytes of a model that has not been checked: hostile ones would not pass."""
    data: bytes = built.SerializeToString(deterministic=True)
    return data


def sound(built: ModelProto) -> bytes:
    """The bytes of a model that the ONNX checker accepts."""
    onnx.checker.check_model(built, full_check=True)
    return pack(built)


def linear(rows: int, columns: int) -> Any:
    """A fixed, unremarkable weight matrix."""
    return (np.arange(rows * columns).reshape(rows, columns) % 7 - 3) / 4.0


def regression(output: str) -> dict[str, Any]:
    """A manifest that reads one output as the value."""
    return {"task": "regression", "output_roles": {output: "value"}}


IDENTITY_TYPES: Mapping[str, int] = {
    "bool": TensorProto.BOOL,
    "uint8": TensorProto.UINT8,
    "uint16": TensorProto.UINT16,
    "uint32": TensorProto.UINT32,
    "uint64": TensorProto.UINT64,
    "int8": TensorProto.INT8,
    "int16": TensorProto.INT16,
    "int32": TensorProto.INT32,
    "int64": TensorProto.INT64,
    "fp16": TensorProto.FLOAT16,
    "fp32": TensorProto.FLOAT,
    "fp64": TensorProto.DOUBLE,
    "bf16": TensorProto.BFLOAT16,
    "string": TensorProto.STRING,
}
FLOATING = ("fp16", "fp32", "fp64", "bf16")


def identities() -> Iterator[Fixture]:
    """One model per datatype that answers what it was asked."""
    for name, datatype in IDENTITY_TYPES.items():
        built = model(
            [helper.make_node("Identity", ["input"], ["output"])],
            [tensor("input", datatype, ["batch", 3])],
            [tensor("output", datatype, ["batch", 3])],
        )
        yield Fixture(
            f"identity_{name}.onnx",
            sound(built),
            f"answers its {name.upper()} input `[batch, 3]` unchanged",
            ASKS if name in FLOATING else READY_OTHER,
            OTHER,
        )


def two_inputs_two_outputs() -> ModelProto:
    return model(
        [
            helper.make_node("ReduceSum", ["a", "columns"], ["sum_a"]),
            helper.make_node("ReduceSum", ["b", "columns"], ["sum_b"]),
            helper.make_node("Add", ["sum_a", "sum_b"], ["sum"]),
            helper.make_node("Mul", ["sum_a", "sum_b"], ["product"]),
        ],
        [tensor("a", FLOAT, ["batch", 2]), tensor("b", FLOAT, ["batch", 3])],
        [tensor("sum", FLOAT, ["batch", 1]), tensor("product", FLOAT, ["batch", 1])],
        [ints("columns", [1])],
    )


def mixed_columns() -> ModelProto:
    """score = 0.5 * age + the city's weight; a city that is not known weighs nothing."""
    return model(
        [
            helper.make_node(
                "LabelEncoder",
                ["city"],
                ["weight"],
                domain="ai.onnx.ml",
                keys_strings=["genoa", "hamburg", "málaga"],
                values_floats=[1.0, 2.0, 4.0],
                default_float=0.0,
            ),
            helper.make_node("Mul", ["age", "half"], ["years"]),
            helper.make_node("Add", ["years", "weight"], ["score"]),
        ],
        [tensor("age", FLOAT, ["batch", 1]), tensor("city", STRING, ["batch", 1])],
        [tensor("score", FLOAT, ["batch", 1])],
        [floats("half", 0.5)],
        {"ai.onnx.ml": ML_OPSET},
    )


def row_sums(batch: int | str, columns: int | str) -> ModelProto:
    return model(
        [helper.make_node("ReduceSum", ["input", "columns"], ["total"])],
        [tensor("input", FLOAT, [batch, columns])],
        [tensor("total", FLOAT, [batch, 1])],
        [ints("columns", [1])],
    )


def row_means() -> ModelProto:
    return model(
        [helper.make_node("ReduceMean", ["input"], ["mean"], axes=[1])],
        [tensor("input", FLOAT, ["batch", "length"])],
        [tensor("mean", FLOAT, ["batch", 1])],
    )


def scalar_output() -> ModelProto:
    return model(
        [helper.make_node("ReduceSum", ["input"], ["total"], keepdims=0)],
        [tensor("input", FLOAT, ["batch", 4])],
        [tensor("total", FLOAT, [])],
    )


def image() -> ModelProto:
    return model(
        [
            helper.make_node("Flatten", ["image"], ["pixels"]),
            helper.make_node("MatMul", ["pixels", "weights"], ["scores"]),
            helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
        ],
        [tensor("image", FLOAT, ["batch", 1, 4, 4])],
        [tensor("probabilities", FLOAT, ["batch", 2])],
        [floats("weights", linear(16, 2))],
    )


def logits() -> ModelProto:
    return model(
        [helper.make_node("MatMul", ["input", "weights"], ["logits"])],
        [tensor("input", FLOAT, ["batch", 4])],
        [tensor("logits", FLOAT, ["batch", 3])],
        [floats("weights", linear(4, 3))],
    )


def sigmoid() -> ModelProto:
    return model(
        [
            helper.make_node("MatMul", ["input", "weights"], ["score"]),
            helper.make_node("Sigmoid", ["score"], ["probability"]),
        ],
        [tensor("input", FLOAT, ["batch", 4])],
        [tensor("probability", FLOAT, ["batch", 1])],
        [floats("weights", linear(4, 1))],
    )


def nan_output() -> ModelProto:
    return model(
        [helper.make_node("Log", ["input"], ["logarithm"])],
        [tensor("input", FLOAT, ["batch", 1])],
        [tensor("logarithm", FLOAT, ["batch", 1])],
    )


def scores(sigmoid_behind: bool) -> ModelProto:
    """Answers `probabilities` that are none: decision scores, or those of independent classes."""
    nodes = [helper.make_node("MatMul", ["input", "weights"], ["score"])]
    kind = "Sigmoid" if sigmoid_behind else "Identity"
    nodes.append(helper.make_node(kind, ["score"], ["probabilities"]))
    return model(
        nodes,
        [tensor("input", FLOAT, ["batch", 4])],
        [tensor("probabilities", FLOAT, ["batch", 3])],
        [floats("weights", 4 * linear(4, 3))],
    )


def lower_case() -> ModelProto:
    """StringNormalizer takes one list of texts, so the rows are one for it."""
    return model(
        [
            helper.make_node("Reshape", ["input", "list"], ["texts"]),
            helper.make_node(
                "StringNormalizer", ["texts"], ["lower"], case_change_action="LOWER"
            ),
            helper.make_node("Reshape", ["lower", "column"], ["output"]),
        ],
        [tensor("input", STRING, ["batch", 1])],
        [tensor("output", STRING, ["batch", 1])],
        [
            numpy_helper.from_array(np.array([-1], np.int64), "list"),
            numpy_helper.from_array(np.array([-1, 1], np.int64), "column"),
        ],
    )


def class_table() -> ModelProto:
    """Looks the class up by its place, as skl2onnx does."""
    return model(
        [
            helper.make_node("ArgMax", ["input"], ["place"], axis=1, keepdims=0),
            helper.make_node(
                "ArrayFeatureExtractor", ["classes", "place"], ["class"], domain="ai.onnx.ml"
            ),
        ],
        [tensor("input", FLOAT, ["batch", 3])],
        [tensor("class", INT64, [1, "batch"])],
        [numpy_helper.from_array(np.array([10, 20, 30], np.int64), "classes")],
        {"ai.onnx.ml": ML_OPSET},
    )


def slow_loop() -> ModelProto:
    """Takes the sine of the state `iterations` times."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go_in"], ["go_out"]),
            helper.make_node("Sin", ["state_in"], ["state_out"]),
        ],
        "body",
        [
            tensor("step", INT64, []),
            tensor("go_in", TensorProto.BOOL, []),
            tensor("state_in", FLOAT, [1]),
        ],
        [tensor("go_out", TensorProto.BOOL, []), tensor("state_out", FLOAT, [1])],
    )
    return model(
        [helper.make_node("Loop", ["iterations", "", "start"], ["state"], body=body)],
        [tensor("iterations", INT64, [1])],
        [tensor("state", FLOAT, [1])],
        [floats("start", [1.0])],
    )


def one_node(
    node: NodeProto, opset: int = OPSET, domains: Mapping[str, int] | None = None
) -> ModelProto:
    """A `[batch, 2]` float model of a single node, for those that must not load."""
    inputs = [tensor("input", FLOAT, ["batch", 2])]
    outputs = [tensor("output", FLOAT, ["batch", 2])]
    return model([node], inputs, outputs, domains=domains, opset=opset)


def no_inputs() -> ModelProto:
    constant = helper.make_node("Constant", [], ["answer"], value=floats("value", [42.0]))
    return model([constant], [], [tensor("answer", FLOAT, [1])])


def two_float_outputs() -> ModelProto:
    return model(
        [
            helper.make_node("MatMul", ["input", "left_weights"], ["left"]),
            helper.make_node("MatMul", ["input", "right_weights"], ["right"]),
        ],
        [tensor("input", FLOAT, ["batch", 4])],
        [tensor("left", FLOAT, ["batch", 2]), tensor("right", FLOAT, ["batch", 2])],
        [floats("left_weights", linear(4, 2)), floats("right_weights", -linear(4, 2))],
    )


def sequence_output() -> ModelProto:
    return model(
        [
            helper.make_node("Neg", ["input"], ["negated"]),
            helper.make_node("SequenceConstruct", ["input", "negated"], ["pair"]),
        ],
        [tensor("input", FLOAT, ["batch", 2])],
        [helper.make_tensor_sequence_value_info("pair", FLOAT, ["batch", 2])],
    )


def optional_shape() -> ModelProto:
    return model(
        [helper.make_node("MatMul", ["input", "weights"], ["score"])],
        [tensor("input", FLOAT, ["batch", 4])],
        [tensor("score", FLOAT, None)],
        [floats("weights", linear(4, 1))],
    )


def external_data(location: str, length: int) -> ModelProto:
    """A model whose weights `[4, 1]` lie in another file."""
    weights = TensorProto(name="weights", data_type=FLOAT, dims=[4, 1])
    weights.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, "offset": "0", "length": str(length)}.items():
        weights.external_data.add(key=key, value=value)
    return model(
        [helper.make_node("MatMul", ["input", "weights"], ["score"])],
        [tensor("input", FLOAT, ["batch", 4])],
        [tensor("score", FLOAT, ["batch", 1])],
        [weights],
    )


def cycle() -> ModelProto:
    return model(
        [
            helper.make_node("Add", ["input", "later"], ["output"]),
            helper.make_node("Neg", ["output"], ["later"]),
        ],
        [tensor("input", FLOAT, ["batch", 2])],
        [tensor("output", FLOAT, ["batch", 2])],
    )


def allocation() -> ModelProto:
    return model(
        [helper.make_node("ConstantOfShape", ["size"], ["zeros"])],
        [tensor("size", INT64, [1])],
        [tensor("zeros", FLOAT, ["length"])],
    )


def nested() -> bytes:
    """Conditions within conditions, written by hand: protobuf itself stops at this depth."""
    leaf = helper.make_graph(
        [helper.make_node("Identity", ["input"], ["output"])],
        "leaf",
        [],
        [tensor("output", FLOAT, None)],
    )
    graph = pack_graph(leaf)
    for _ in range(NESTED_GRAPHS):
        branch = _field(1, b"then_branch") + _field(6, graph) + GRAPH_ATTRIBUTE
        condition = _field(1, b"yes") + _field(2, b"output") + _field(4, b"If") + _field(5, branch)
        graph = _field(1, condition) + _field(2, b"level")
    outer = pack(model([], [tensor("input", FLOAT, [1])], [tensor("output", FLOAT, [1])]))
    return outer + _field(7, graph)  # Merged into the graph that `outer` has.


def pack_graph(graph: GraphProto) -> bytes:
    data: bytes = graph.SerializeToString(deterministic=True)
    return data


def _field(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def zip_archive() -> bytes:
    """An archive with one member of a fixed date, as some frameworks save their models."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("archive/data.pkl", (1980, 1, 1, 0, 0, 0)), b"harmless")
    return buffer.getvalue()


def readable() -> Iterator[Fixture]:
    """Models that load and whose outputs have one reading, or a manifest that gives it."""
    yield Fixture(
        "two_inputs_two_outputs.onnx",
        sound(two_inputs_two_outputs()),
        "`a [batch, 2]`, `b [batch, 3]` -> `sum`, `product` of the two row sums, `[batch, 1]`",
        ASKS,
        OTHER,
    )
    yield Fixture(
        "mixed_columns.onnx",
        sound(mixed_columns()),
        "`age` FP32 and `city` STRING, `[batch, 1]` each -> `score` = age / 2 + weight of the "
        "city (genoa 1, hamburg 2, málaga 4, others 0)",
        ASKS,
        regression("score") | {"features": ["age", "city"]},
    )
    for batch in (1, 4):
        yield Fixture(
            f"fixed_batch_{batch}.onnx",
            sound(row_sums(batch, 4)),
            f"row sums of exactly `[{batch}, 4]`; other batch sizes are padded, split or refused",
            ASKS,
            regression("total"),
        )
    yield Fixture(
        "variable_length.onnx",
        sound(row_means()),
        "row means of `[batch, length]`, both dynamic: rows of one batch have one length",
        ASKS,
        regression("mean"),
    )
    yield Fixture(
        "optional_shape.onnx",
        pack(optional_shape()),
        "`score` is declared without a shape; it answers `[batch, 1]`",
        ASKS,
        regression("score"),
    )
    yield Fixture(
        "nan_output.onnx",
        sound(nan_output()),
        "natural logarithm: NaN below zero, -Infinity at zero (`model_output_invalid`)",
        ASKS,
        regression("logarithm"),
    )
    yield Fixture(
        "rank3_image.onnx",
        sound(image()),
        "`image [batch, 1, 4, 4]` -> `probabilities [batch, 2]`, softmax inside the graph",
        f"{READY}, classification by the output's name",
        {
            "task": "classification",
            "labels": ["dark", "bright"],
            "output_roles": {"probabilities": "probabilities"},
        },
    )
    yield Fixture(
        "logits.onnx",
        sound(logits()),
        "`logits [batch, 3]` and nothing else: softmax is the server's work",
        f"{READY}, classification by the output's name",
        {
            "task": "classification",
            "labels": ["low", "middle", "high"],
            "output_roles": {"logits": "logits"},
        },
    )
    yield Fixture(
        "sigmoid.onnx",
        sound(sigmoid()),
        "`probability [batch, 1]` of the second label; threshold 0.5 is the server's work",
        ASKS,
        {
            "task": "classification",
            "labels": [0, 1],
            "output_roles": {"probability": "sigmoid"},
        },
    )
    weights = floats("weights", linear(4, 1)).raw_data
    yield Fixture(
        "external_data.onnx",
        pack(external_data("external_data.onnx.data", len(weights))),
        "its weights lie in `external_data.onnx.data`, which belongs to the artifact",
        f"{ASKS}; without the data file: Invalid, naming it",
        regression("score"),
        {"external_data.onnx.data": weights},
    )


def contradicting() -> Iterator[Fixture]:
    """Models whose answers are not what they seem to be, which their trial shows."""
    yield Fixture(
        "decision_scores.onnx",
        sound(scores(sigmoid_behind=False)),
        "calls decision scores of three classes `probabilities`, which are served as scores",
        READY,
    )
    yield Fixture(
        "independent_classes.onnx",
        sound(scores(sigmoid_behind=True)),
        "`probabilities [batch, 3]` of independent classes, which do not sum to 1",
        "Invalid: probabilities that do not sum to 1",
    )
    yield Fixture(
        "lower_case.onnx",
        sound(lower_case()),
        "texts in lower case, by the rules of the locale en_US.UTF-8",
        ASKS,
        OTHER,
    )


def unusual() -> Iterator[Fixture]:
    """Models that load but have no place on the simple endpoints."""
    yield Fixture(
        "ambiguous_two_float_outputs.onnx",
        sound(two_float_outputs()),
        "`left` and `right`, both `[batch, 2]`: either may be the probabilities",
        ASKS,
    )
    yield Fixture(
        "scalar_output.onnx",
        sound(scalar_output()),
        "one number of shape `[]` for the whole batch: rows must not be batched together",
        READY_OTHER,
        OTHER,
    )
    yield Fixture(
        "class_table.onnx",
        sound(class_table()),
        "looks a class up by ArrayFeatureExtractor, which refuses a request of zero rows",
        READY_OTHER,
        OTHER,
    )
    yield Fixture(
        "sequence_output.onnx",
        sound(sequence_output()),
        "answers a sequence of two tensors",
        "Unsupported: sequences of tensors have no form on any protocol",
    )
    yield Fixture(
        "slow_loop.onnx",
        sound(slow_loop()),
        "runs as many rounds as `iterations` INT64 `[1]` says: for deadlines and cancelling",
        READY_OTHER,
        OTHER,
    )
    yield Fixture(
        "allocation_on_run.onnx",
        sound(allocation()),
        "allocates as many floats as `size` INT64 `[1]` says: for memory limits",
        READY_OTHER,
        OTHER,
    )
    yield Fixture(
        "no_inputs.onnx",
        sound(no_inputs()),
        "answers 42 from a constant",
        "Invalid: a model without inputs cannot be asked anything",
    )


def refused_graphs() -> Iterator[Fixture]:
    """Files that parse as a model and must not be loaded."""
    yield Fixture(
        "unsupported_op.onnx",
        pack(one_node(helper.make_node("FrobnicateTensor", ["input"], ["output"]))),
        "an operator that no opset has",
        "Unsupported, naming `FrobnicateTensor`",
    )
    custom = helper.make_node("Scale", ["input"], ["output"], domain="com.example")
    yield Fixture(
        "custom_domain.onnx",
        pack(one_node(custom, domains={"com.example": 1})),
        "an operator of a domain that is not built in",
        "Unsupported, naming the domain `com.example`",
    )
    yield Fixture(
        "future_opset.onnx",
        pack(one_node(helper.make_node("Neg", ["input"], ["output"]), FUTURE_OPSET)),
        f"asks for opset {FUTURE_OPSET}",
        "Unsupported, naming the opset and the newest one that is known",
    )
    yield Fixture(
        "cycle.onnx",
        pack(cycle()),
        "two nodes that wait for each other",
        "Invalid: the graph has a cycle",
    )
    yield Fixture(
        "deep_nesting.onnx",
        nested(),
        f"{NESTED_GRAPHS} graphs, one within the other: more messages deep than protobuf reads",
        "Invalid; never a crash",
    )
    yield Fixture(
        "external_data_missing.onnx",
        pack(external_data("absent.data", 16)),
        "points to a data file that is not there",
        "Invalid, naming `absent.data`",
    )
    yield Fixture(
        "external_data_escape.onnx",
        pack(external_data("../../../../../../../../etc/passwd", 16)),
        "points to a data file outside its own directory",
        "Invalid: external data must lie beside the model; the file is never opened",
    )


def not_models() -> Iterator[Fixture]:
    """Files that only carry the name of a model."""
    whole = (ROOT / "examples" / "cancer" / "model.onnx").read_bytes()
    harmless = {"weights": [0.5, -0.25], "bias": 1.0}
    yield Fixture("empty.onnx", b"", "0 bytes", "Invalid: the artifact is empty")
    yield Fixture(
        "truncated.onnx",
        whole[: len(whole) // 2],
        "the first half of the cancer example",
        "Invalid: not a complete ONNX model",
    )
    for name, protocol in (("pickle.onnx", 4), ("pickle_protocol0.onnx", 0)):
        yield Fixture(
            name,
            pickle.dumps(harmless, protocol=protocol),
            f"a Python pickle of a harmless dict, protocol {protocol}",
            "Invalid: says that it is a pickle, that pickles execute code, and names skl2onnx",
        )
    yield Fixture(
        "text.onnx",
        b"This is a letter, not a model.\n",
        "plain text",
        "Invalid: not an ONNX model",
    )
    yield Fixture(
        "zip.onnx",
        zip_archive(),
        "a zip archive, as PyTorch saves its models",
        "Invalid: says that it is an archive and that ONNX is wanted",
    )


def fixtures() -> list[Fixture]:
    """All of them, in the order of the table."""
    return [
        *identities(),
        *readable(),
        *contradicting(),
        *unusual(),
        *refused_graphs(),
        *not_models(),
    ]


def manifest_text(fixture: Fixture) -> str:
    """The hand-over manifest that decides how the outputs are read."""
    written = {
        "model_name": fixture.name.removesuffix(".onnx"),
        "version": "1.0.0",
        "training_date": "2026-01-12T09:00:00Z",
        "metrics": {},
        **fixture.manifest,
    }
    return json.dumps(written, indent=2, ensure_ascii=False) + "\n"


def readme(all_fixtures: Sequence[Fixture]) -> str:
    """The table of the directory."""
    lines = [
        "# Models for tests",
        "",
        "Written by `tests/reference/make_models.py`; change it there. IR 8, opset 17, a few",
        "hundred bytes each. *push* is the answer to a push without a manifest; *asks* is",
        "Invalid, because the outputs have several readings, naming `task` and `output_roles`",
        "as what decides. Where there is a manifest (`<file>.metadata`), a push with it answers",
        "Ready under the task it names.",
        "",
        "| file | what it is | push | manifest |",
        "|---|---|---|---|",
    ]
    for fixture in all_fixtures:
        task = f"`{fixture.manifest['task']}`" if fixture.manifest else "-"
        lines.append(f"| `{fixture.name}` | {fixture.what} | {fixture.push} | {task} |")
    return "\n".join(lines) + "\n"


def files() -> dict[str, bytes]:
    """Every file of the directory by name."""
    made = fixtures()
    written = {"README.md": readme(made).encode()}
    for fixture in made:
        written[fixture.name] = fixture.data
        written.update(fixture.beside)
        if fixture.manifest:
            written[f"{fixture.name}.metadata"] = manifest_text(fixture).encode()
    large = [fixture.name for fixture in made if len(fixture.data) > SIZE_LIMIT]
    if large:
        raise ValueError(f"larger than {SIZE_LIMIT} bytes: {', '.join(large)}")
    return written


def differences(written: Mapping[str, bytes]) -> list[str]:
    """Names of committed files that are missing, stale or not ours."""
    present = {path.name: path.read_bytes() for path in TARGET.iterdir()}
    names = sorted(present.keys() | written.keys())
    return [name for name in names if present.get(name) != written.get(name)]


def main() -> int:
    """Reads the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description="Builds the models for tests.")
    parser.add_argument("--check", action="store_true", help="compare with the committed files")
    arguments = parser.parse_args()
    written = files()
    if arguments.check:
        stale = differences(written)
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
