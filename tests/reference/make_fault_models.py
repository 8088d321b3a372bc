#!/usr/bin/env python3
"""Builds the models of `tests/fault` under `tests/testdata/fault`, and their table.

Each one is small and sound for the ONNX checker, and does harm to a server that trusts it.

    make_fault_models.py           writes everything
    make_fault_models.py --check   says whether the committed files are what this script writes
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from make_models import FLOAT, INT64, OPSET, floats, ints, model, pack, regression, sound, tensor
from onnx import GraphProto, ModelProto, TensorProto, helper

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "tests" / "testdata" / "fault"
BOOL = TensorProto.BOOL
WIDE = 262_144  # floats of a row: 1 MiB
CLASSES = 40_000
LARGE_ANSWER = 50_000  # floats of an answer that is about 1 MB of JSON
DOUBLINGS = 20
FOLDED = 30_000_000  # floats of a constant that a graph describes in a few bytes


def pointwise(name: str, nodes: Sequence[str]) -> ModelProto:
    """`output` of the operators in `nodes`, one after the other, over `input [batch, 4]`."""
    made = []
    at = "input"
    for index, operator in enumerate(nodes):
        to = "output" if index == len(nodes) - 1 else f"{name}_{index}"
        made.append(helper.make_node(operator, [at], [to]))
        at = to
    return model(
        made, [tensor("input", FLOAT, ["batch", 4])], [tensor("output", FLOAT, ["batch", 4])]
    )


def mean_over_rows() -> ModelProto:
    """Subtracts the mean of the rows that run together."""
    return model(
        [
            helper.make_node("ReduceMean", ["input"], ["mean"], axes=[0], keepdims=1),
            helper.make_node("Sub", ["input", "mean"], ["output"]),
        ],
        [tensor("input", FLOAT, ["batch", 4])],
        [tensor("output", FLOAT, ["batch", 4])],
    )


def softmax_over_rows() -> ModelProto:
    return model(
        [helper.make_node("Softmax", ["input"], ["output"], axis=0)],
        [tensor("input", FLOAT, ["batch", 4])],
        [tensor("output", FLOAT, ["batch", 4])],
    )


def cumulative_sum() -> ModelProto:
    return model(
        [helper.make_node("CumSum", ["input", "axis"], ["output"])],
        [tensor("input", FLOAT, ["batch", 4])],
        [tensor("output", FLOAT, ["batch", 4])],
        [ints("axis", 0)],
    )


def wide_row() -> ModelProto:
    return model(
        [helper.make_node("ReduceSum", ["input", "columns"], ["total"])],
        [tensor("input", FLOAT, ["batch", WIDE])],
        [tensor("total", FLOAT, ["batch", 1])],
        [ints("columns", [1])],
    )


def loop_body() -> GraphProto:
    return helper.make_graph(
        [
            helper.make_node("Identity", ["go_in"], ["go_out"]),
            helper.make_node("Sin", ["state_in"], ["state_out"]),
        ],
        "body",
        [tensor("step", INT64, []), tensor("go_in", BOOL, []), tensor("state_in", FLOAT, [1])],
        [tensor("go_out", BOOL, []), tensor("state_out", FLOAT, [1])],
    )


def rounds() -> ModelProto:
    """Runs as many rounds as the greatest `rounds` of its rows, and answers `rounds`."""
    return model(
        [
            helper.make_node("ReduceMax", ["rounds"], ["most"], keepdims=0),
            helper.make_node("Cast", ["most"], ["iterations"], to=INT64),
            helper.make_node("Loop", ["iterations", "", "start"], ["state"], body=loop_body()),
            helper.make_node("Mul", ["state", "nothing"], ["zero"]),
            helper.make_node("Add", ["rounds", "zero"], ["output"]),
        ],
        [tensor("rounds", FLOAT, ["batch", 1])],
        [tensor("output", FLOAT, ["batch", 1])],
        [floats("start", [1.0]), floats("nothing", [0.0])],
    )


def endless() -> ModelProto:
    """Loops while true. The state depends on the input, so the loop cannot be folded away."""
    return model(
        [
            helper.make_node("ReduceMax", ["input"], ["most"], keepdims=0),
            helper.make_node("Reshape", ["most", "one"], ["start"]),
            helper.make_node("Loop", ["", "yes", "start"], ["state"], body=loop_body()),
            helper.make_node("Add", ["input", "state"], ["output"]),
        ],
        [tensor("input", FLOAT, ["batch", 1])],
        [tensor("output", FLOAT, ["batch", 1])],
        [
            ints("one", [1]),
            helper.make_tensor("yes", BOOL, [], [True]),
        ],
    )


def quotient(operator: str, offset: int) -> ModelProto:
    """`a / (b + offset)` over integers; `offset` decides whether zeros are a danger."""
    return model(
        [
            helper.make_node("Add", ["b", "offset"], ["divisor"]),
            helper.make_node(operator, ["a", "divisor"], ["output"]),
        ],
        [tensor("a", INT64, ["batch", 1]), tensor("b", INT64, ["batch", 1])],
        [tensor("output", INT64, ["batch", 1])],
        [ints("offset", [offset])],
    )


def trial_quotient() -> ModelProto:
    """`(a - 2^63) / (b - 1)`: the quotient of two zeros does not fit into 64 bits."""
    return model(
        [
            helper.make_node("Add", ["a", "least"], ["dividend"]),
            helper.make_node("Add", ["b", "minus_one"], ["divisor"]),
            helper.make_node("Div", ["dividend", "divisor"], ["output"]),
        ],
        [tensor("a", INT64, ["batch", 1]), tensor("b", INT64, ["batch", 1])],
        [tensor("output", INT64, ["batch", 1])],
        [ints("least", [-(2**63)]), ints("minus_one", [-1])],
    )


def one_long_node() -> ModelProto:
    """Squares a matrix of `size` rows: one operator that cannot be stopped in its middle."""
    return model(
        [
            helper.make_node("Concat", ["size", "size"], ["shape"], axis=0),
            helper.make_node("ConstantOfShape", ["shape"], ["matrix"]),
            helper.make_node("MatMul", ["matrix", "matrix"], ["square"]),
            helper.make_node("ReduceSum", ["square"], ["total"], keepdims=0),
            helper.make_node("Reshape", ["total", "one"], ["output"]),
        ],
        [tensor("size", INT64, [1])],
        [tensor("output", FLOAT, [1])],
        [ints("one", [1])],
    )


def expanding() -> ModelProto:
    """Functions that call the next one twice: a graph of 2^DOUBLINGS nodes."""
    functions = []
    for level in range(DOUBLINGS):
        inner = f"f{level + 1}" if level + 1 < DOUBLINGS else "Neg"
        domain = "local" if level + 1 < DOUBLINGS else ""
        functions.append(
            helper.make_function(
                "local",
                f"f{level}",
                ["x"],
                ["y"],
                [
                    helper.make_node(inner, ["x"], ["z"], domain=domain),
                    helper.make_node(inner, ["z"], ["y"], domain=domain),
                ],
                [helper.make_opsetid("", OPSET), helper.make_opsetid("local", 1)],
            )
        )
    made = model(
        [helper.make_node("f0", ["input"], ["output"], domain="local")],
        [tensor("input", FLOAT, ["batch", 4])],
        [tensor("output", FLOAT, ["batch", 4])],
        domains={"local": 1},
    )
    made.functions.extend(functions)
    return made


def repeats() -> ModelProto:
    """Repeats a row of 250,000 floats as often as `times` says: 1 MB of answer for each."""
    return model(
        [
            helper.make_node("ConstantOfShape", ["shape"], ["row"]),
            helper.make_node("Tile", ["row", "times"], ["output"]),
        ],
        [tensor("times", INT64, [1])],
        [tensor("output", FLOAT, ["length"])],
        [ints("shape", [250_000])],
    )


def large_answer() -> ModelProto:
    """Answers a long row for each short one."""
    return model(
        [helper.make_node("Tile", ["input", "repeats"], ["output"])],
        [tensor("input", FLOAT, ["batch", 1])],
        [tensor("output", FLOAT, ["batch", LARGE_ANSWER])],
        [ints("repeats", [1, LARGE_ANSWER])],
    )


def many_classes() -> ModelProto:
    """A classifier of as many classes as `probabilities` is wide."""
    return model(
        [
            helper.make_node("Tile", ["input", "repeats"], ["wide"]),
            helper.make_node("Softmax", ["wide"], ["probabilities"], axis=1),
        ],
        [tensor("input", FLOAT, ["batch", 1])],
        [tensor("probabilities", FLOAT, ["batch", CLASSES])],
        [ints("repeats", [1, CLASSES])],
    )


def folded() -> ModelProto:
    """A constant of 160 MB that the graph describes in a few bytes, and four more of it."""
    nodes = [helper.make_node("ConstantOfShape", ["shape"], ["c0"])]
    nodes += [helper.make_node("Neg", [f"c{i}"], [f"c{i + 1}"]) for i in range(4)]
    nodes += [
        helper.make_node("ReduceSum", [f"c{i}", "all"], [f"s{i}"], keepdims=0) for i in range(5)
    ]
    nodes += [
        helper.make_node("Sum", [f"s{i}" for i in range(5)], ["total"]),
        helper.make_node("Add", ["input", "total"], ["output"]),
    ]
    return model(
        nodes,
        [tensor("input", FLOAT, ["batch", 1])],
        [tensor("output", FLOAT, ["batch", 1])],
        [ints("shape", [FOLDED]), ints("all", [0])],
    )


def files() -> dict[str, bytes]:
    """Every file of the directory by name."""
    made: Mapping[str, tuple[bytes, str]] = {
        "cheap.onnx": (
            sound(pointwise("cheap", ["Neg"])),
            "`input FP32 [batch, 4]` -> its negative: what polite clients ask",
        ),
        "mean_over_rows.onnx": (
            sound(mean_over_rows()),
            "subtracts the mean over axis 0: alone every row answers 0",
        ),
        "softmax_over_rows.onnx": (
            sound(softmax_over_rows()),
            "softmax over axis 0: alone every row answers 1",
        ),
        "cumulative_sum.onnx": (
            sound(cumulative_sum()),
            "cumulative sum over axis 0: alone every row answers itself",
        ),
        "wide_row.onnx": (sound(wide_row()), f"row sums of `[batch, {WIDE}]`: 1 MiB a row"),
        "rounds.onnx": (
            sound(rounds()),
            "as many loop rounds as the greatest `rounds FP32 [batch, 1]`: cheap on zeros",
        ),
        "endless.onnx": (sound(endless()), "loops without end on every input"),
        "div_input.onnx": (
            sound(quotient("Div", 0)),
            "INT64 `a / b`: a trial run on zeros fails",
        ),
        "div_shifted.onnx": (sound(quotient("Div", 1)), "INT64 `a / (b + 1)`: sound on zeros"),
        "mod_shifted.onnx": (sound(quotient("Mod", 1)), "INT64 `a % (b + 1)`: sound on zeros"),
        "div_trial.onnx": (
            sound(trial_quotient()),
            "INT64 `(a - 2^63) / (b - 1)`: zeros raise SIGFPE, in a trial run already",
        ),
        "one_long_node.onnx": (
            sound(one_long_node()),
            "one product of two matrices of `size INT64 [1]` rows: a run cannot be stopped",
        ),
        "expanding.onnx": (
            pack(expanding()),
            f"functions that call the next one twice: 2^{DOUBLINGS} nodes",
        ),
        "repeats.onnx": (sound(repeats()), "1 MB of answer for each of `times INT64 [1]`"),
        "large_answer.onnx": (
            sound(large_answer()),
            f"`input FP32 [batch, 1]` -> `[batch, {LARGE_ANSWER}]`",
        ),
        "many_classes.onnx": (
            sound(many_classes()),
            f"a classifier of {CLASSES} classes in a few hundred bytes",
        ),
        "folded.onnx": (
            pack(folded()),
            f"five constants of {FOLDED * 4 // 1_000_000} MB each in a few hundred bytes",
        ),
    }
    lines = [
        "# Models that do harm",
        "",
        "Written by `tests/reference/make_fault_models.py`. Change them there.",
        "",
        "| file | what it is |",
        "|---|---|",
        *(f"| `{name}` | {what} |" for name, (_, what) in made.items()),
    ]
    return {
        "README.md": ("\n".join(lines) + "\n").encode(),
        **{name: data for name, (data, _) in made.items()},
        **{f"{name}.metadata": metadata(name.removesuffix(".onnx")) for name in made},
    }


def metadata(name: str) -> bytes:
    """How the outputs are read. Only the wide row has a place on the simple endpoints."""
    task = regression("total") if name == "wide_row" else {"task": "other"}
    document = {
        "model_name": name,
        "version": "1.0.0",
        "training_date": "2026-01-12T09:00:00Z",
        "metrics": {},
        **task,
    }
    return (json.dumps(document, indent=2) + "\n").encode()


def main() -> int:
    """Reads the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description="Builds the models that do harm.")
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
