#!/usr/bin/env python3
"""Trains the example models and writes them as they are handed over to Moorage.

Every data set ships inside scikit-learn, every seed and date is a constant, so two runs of one
environment write the same bytes. A directory per model holds `model.onnx`, its manifest
`model.onnx.metadata`, the held-out rows `test.csv`, training rows without targets in
`reference.csv`, and one request body in `request.json`.

    train.py                 trains everything and writes it beside this script
    train.py --only cancer   the same for one model
    train.py --check         trains into a temporary directory and compares with what is here
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn import datasets, metrics
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = Path(__file__).resolve().parent
SEED = 20260112
TEST_SHARE = 0.25
REFERENCE_ROWS = 300
GOLDEN_ROWS = 3
GOLDEN_TOLERANCE = 1e-5
TARGET_OPSET = {"": 17, "ai.onnx.ml": 3}
NEWEST_IR = 10
CHECK_RELATIVE = 1e-4
CHECK_ABSOLUTE = 1e-7

Floats = npt.NDArray[np.float64]
Targets = npt.NDArray[Any]
Label = int | str


@dataclass(frozen=True)
class Dataset:
    """Rows, targets and the name of each column."""

    features: tuple[str, ...]
    rows: Floats
    targets: Targets


@dataclass(frozen=True)
class Split:
    """A data set parted once, by a fixed seed, into training and held-out rows."""

    features: tuple[str, ...]
    train_rows: Floats
    train_targets: Targets
    test_rows: Floats
    test_targets: Targets


@dataclass(frozen=True)
class Variant:
    """One version of an example: its file name, its estimator and what its manifest says."""

    file: str
    version: str
    training_date: str
    estimator: Callable[[], Any]
    description: str
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Example:
    """One directory of models that share a data set and a signature."""

    name: str
    load: Callable[[], Dataset]
    labels: tuple[Label, ...]  # Empty for a regression.
    zipmap: bool  # Probabilities as a sequence of maps rather than as one tensor.
    variants: tuple[Variant, ...]

    @property
    def task(self) -> str:
        """The word for the manifest."""
        return "classification" if self.labels else "regression"


@dataclass(frozen=True)
class Answers:
    """What a model answers for a block of rows; `probabilities` is None for a regression."""

    predictions: list[Any]
    probabilities: Floats | None


def load_cancer() -> Dataset:
    """Breast cancer Wisconsin: 0 is malignant, 1 is benign."""
    bunch = datasets.load_breast_cancer()
    return Dataset(tuple(map(str, bunch.feature_names)), bunch.data, bunch.target)


def load_digits() -> Dataset:
    """Handwritten digits as 8 by 8 grey values from 0 to 16."""
    bunch = datasets.load_digits()
    return Dataset(tuple(map(str, bunch.feature_names)), bunch.data, bunch.target)


def load_wine() -> Dataset:
    """Italian wines, the three cultivars under their names instead of numbers."""
    bunch = datasets.load_wine()
    cultivars = np.array(["barolo", "grignolino", "barbera"], dtype=object)
    return Dataset(tuple(map(str, bunch.feature_names)), bunch.data, cultivars[bunch.target])


def load_diabetes() -> Dataset:
    """Disease progression after one year, features in their original units."""
    bunch = datasets.load_diabetes(scaled=False)
    return Dataset(tuple(map(str, bunch.feature_names)), bunch.data, bunch.target)


def logistic(strength: float) -> Callable[[], Any]:
    """A scaled logistic regression; a smaller strength regularises more."""
    return lambda: make_pipeline(
        StandardScaler(), LogisticRegression(C=strength, max_iter=5000, tol=1e-8)
    )


EXAMPLES: tuple[Example, ...] = (
    Example(
        name="cancer",
        load=load_cancer,
        labels=(0, 1),
        zipmap=False,
        variants=(
            Variant(
                file="model.onnx",
                version="1.0.0",
                training_date="2026-01-12T09:00:00Z",
                estimator=logistic(1.0),
                description="Tells benign (1) from malignant (0) breast tumours.",
                tags={"dataset": "breast_cancer", "algorithm": "logistic_regression", "C": "1.0"},
            ),
            Variant(
                file="model-v2.onnx",
                version="1.1.0",
                training_date="2026-01-26T09:00:00Z",
                estimator=logistic(0.1),
                description="As 1.0.0, regularised ten times as strongly.",
                tags={"dataset": "breast_cancer", "algorithm": "logistic_regression", "C": "0.1"},
            ),
        ),
    ),
    Example(
        name="digits",
        load=load_digits,
        labels=tuple(range(10)),
        zipmap=True,
        variants=(
            Variant(
                file="model.onnx",
                version="1.0.0",
                training_date="2026-01-12T09:10:00Z",
                estimator=lambda: RandomForestClassifier(
                    n_estimators=24, max_leaf_nodes=64, random_state=SEED
                ),
                description="Reads a handwritten digit from 8 by 8 grey values.",
                tags={"dataset": "digits", "algorithm": "random_forest"},
            ),
        ),
    ),
    Example(
        name="wine",
        load=load_wine,
        labels=("barbera", "barolo", "grignolino"),
        zipmap=True,
        variants=(
            Variant(
                file="model.onnx",
                version="1.0.0",
                training_date="2026-01-12T09:20:00Z",
                estimator=lambda: GradientBoostingClassifier(
                    n_estimators=60, max_depth=2, subsample=0.7, random_state=SEED
                ),
                description="Names the cultivar of a wine from its chemical analysis.",
                tags={"dataset": "wine", "algorithm": "gradient_boosting"},
            ),
        ),
    ),
    Example(
        name="diabetes",
        load=load_diabetes,
        labels=(),
        zipmap=False,
        variants=(
            Variant(
                file="model.onnx",
                version="1.0.0",
                training_date="2026-01-12T09:30:00Z",
                estimator=lambda: make_pipeline(StandardScaler(), Ridge(alpha=10.0)),
                description="Predicts how far diabetes has progressed after one year.",
                tags={"dataset": "diabetes", "algorithm": "ridge"},
            ),
        ),
    ),
)


def split(example: Example) -> Split:
    """Parts the data set by the fixed seed; classes keep their shares."""
    data = example.load()
    train_rows, test_rows, train_targets, test_targets = train_test_split(
        data.rows,
        data.targets,
        test_size=TEST_SHARE,
        random_state=SEED,
        stratify=data.targets if example.labels else None,
    )
    return Split(data.features, train_rows, train_targets, test_rows, test_targets)


def to_onnx(example: Example, estimator: Any, width: int) -> bytes:
    """Converts a fitted estimator; the graph has a fixed name so that the bytes are stable."""
    options = {id(estimator): {"zipmap": example.zipmap}} if example.labels else None
    model: onnx.ModelProto = convert_sklearn(
        estimator,
        name=example.name,
        initial_types=[("input", FloatTensorType([None, width]))],
        options=options,
        target_opset=TARGET_OPSET,
    )
    model.ir_version = min(model.ir_version, NEWEST_IR)
    keep_one_opset_per_domain(model)
    onnx.checker.check_model(model)
    serialized: bytes = model.SerializeToString(deterministic=True)
    return serialized


def keep_one_opset_per_domain(model: onnx.ModelProto) -> None:
    """The converter may import a domain twice, which strict readers refuse."""
    newest: dict[str, int] = {}
    for opset in model.opset_import:
        newest[opset.domain] = max(opset.version, newest.get(opset.domain, 0))
    del model.opset_import[:]
    model.opset_import.extend(
        onnx.helper.make_opsetid(domain, version) for domain, version in sorted(newest.items())
    )


def output_roles(example: Example, model: bytes) -> dict[str, str]:
    """Says what each output of the converted model means."""
    names = [output.name for output in onnx.load_from_string(model).graph.output]
    roles = ("label", "probabilities") if example.labels else ("value",)
    return dict(zip(names, roles, strict=True))


def answer(
    model: bytes, roles: Mapping[str, str], labels: Sequence[Label], rows: Floats
) -> Answers:
    """Runs the rows, as float32, through ONNX Runtime and reads the outputs by their roles."""
    session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
    outputs = session.run(list(roles), {session.get_inputs()[0].name: rows.astype(np.float32)})
    by_role = dict(zip(roles.values(), outputs, strict=True))
    if "value" in by_role:
        return Answers(np.asarray(by_role["value"]).reshape(-1).astype(float).tolist(), None)
    probabilities = by_role["probabilities"]
    if isinstance(probabilities, list):
        probabilities = [[row[label] for label in labels] for row in probabilities]
    return Answers(
        np.asarray(by_role["label"]).tolist(), np.asarray(probabilities, dtype=np.float64)
    )


def measure(example: Example, targets: Targets, answers: Answers) -> dict[str, float]:
    """Scores the converted model's own answers on the held-out rows."""
    predicted = np.asarray(answers.predictions, dtype=targets.dtype)
    if answers.probabilities is None:
        return {
            "mae": float(metrics.mean_absolute_error(targets, predicted)),
            "mse": float(metrics.mean_squared_error(targets, predicted)),
            "rmse": float(metrics.root_mean_squared_error(targets, predicted)),
            "r2": float(metrics.r2_score(targets, predicted)),
            "mape": float(metrics.mean_absolute_percentage_error(targets, predicted)),
        }
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        targets, predicted, average="macro", zero_division=0
    )
    normalised = answers.probabilities / answers.probabilities.sum(axis=1, keepdims=True)
    return {
        "accuracy": float(metrics.accuracy_score(targets, predicted)),
        "balanced_accuracy": float(metrics.balanced_accuracy_score(targets, predicted)),
        "precision_macro": float(precision),
        "recall_macro": float(recall),
        "f1_macro": float(f1),
        "log_loss": float(metrics.log_loss(targets, normalised, labels=list(example.labels))),
    }


def golden_rows(targets: Targets) -> list[int]:
    """The first held-out row of each of the first classes met, then whatever comes next."""
    first_of_class = {target: row for row, target in reversed(list(enumerate(targets)))}
    ordered = sorted(first_of_class.values())
    rest = [row for row in range(len(targets)) if row not in set(ordered)]
    return sorted((ordered + rest)[:GOLDEN_ROWS])


def golden(parts: Split, answers: Answers) -> list[dict[str, Any]]:
    """Requests with the answers that every later runtime must repeat."""
    requests: list[dict[str, Any]] = []
    for row in golden_rows(parts.test_targets):
        request: dict[str, Any] = {
            "features": plain(parts.test_rows[row]),
            "prediction": answers.predictions[row],
        }
        if answers.probabilities is not None:
            request["probability"] = answers.probabilities[row].tolist()
        requests.append(request | {"tolerance": GOLDEN_TOLERANCE})
    return requests


def manifest(
    example: Example, variant: Variant, parts: Split, roles: Mapping[str, str], answers: Answers
) -> dict[str, Any]:
    """Everything that is handed over beside the model's bytes."""
    return {
        "model_name": example.name,
        "version": variant.version,
        "training_date": variant.training_date,
        "description": variant.description,
        "task": example.task,
        "labels": list(example.labels),
        "features": list(parts.features),
        "output_roles": dict(roles),
        "metrics": measure(example, parts.test_targets, answers),
        "reference": "reference.csv",
        "golden": golden(parts, answers),
        "tags": dict(variant.tags),
    }


def plain(values: npt.NDArray[Any]) -> list[Any]:
    """Python values; whole floats become integers, so that they print briefly and exactly."""
    return [
        int(value) if isinstance(value, float) and value.is_integer() else value
        for value in values.tolist()
    ]


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Writes exact decimal forms: reading them back gives the same float64."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def read_features(path: Path) -> Floats:
    """Reads the feature columns of a `test.csv`, whose last column is the target."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return np.array([row[:-1] for row in rows], dtype=np.float64)


def write_manifest(path: Path, written: Mapping[str, Any]) -> None:
    """Writes JSON with one line per key: short to scroll, and a change shows as one line."""
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in written.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def write_data(directory: Path, parts: Split) -> None:
    """Writes the held-out rows, a sample of the training rows and one request body."""
    targets = plain(parts.test_targets)
    test = [[*plain(row), target] for row, target in zip(parts.test_rows, targets, strict=True)]
    write_csv(directory / "test.csv", [*parts.features, "target"], test)
    chosen = np.random.default_rng(SEED).permutation(len(parts.train_rows))[:REFERENCE_ROWS]
    reference = [plain(parts.train_rows[row]) for row in np.sort(chosen)]
    write_csv(directory / "reference.csv", parts.features, reference)
    request = json.dumps({"features": plain(parts.test_rows[0])})
    (directory / "request.json").write_text(request + "\n", encoding="utf-8")


def train(example: Example, root: Path) -> list[dict[str, Any]]:
    """Trains and writes every version of one example; returns the manifests."""
    directory = root / example.name
    directory.mkdir(parents=True, exist_ok=True)
    parts = split(example)
    write_data(directory, parts)
    manifests = []
    for variant in example.variants:
        estimator = variant.estimator().fit(parts.train_rows, parts.train_targets)
        model = to_onnx(example, estimator, len(parts.features))
        roles = output_roles(example, model)
        answers = answer(model, roles, example.labels, parts.test_rows)
        written = manifest(example, variant, parts, roles, answers)
        (directory / variant.file).write_bytes(model)
        write_manifest(directory / f"{variant.file}.metadata", written)
        manifests.append(written)
    return manifests


def describe(example: Example, manifests: Sequence[Mapping[str, Any]], root: Path) -> None:
    """Prints one line per written model."""
    for variant, written in zip(example.variants, manifests, strict=True):
        size = (root / example.name / variant.file).stat().st_size
        scores = "  ".join(f"{name} {value:.4f}" for name, value in written["metrics"].items())
        print(f"{example.name + '@' + variant.version:16} {size:7d} bytes  {scores}")


@dataclass(frozen=True)
class Comparison:
    """How a freshly trained model differs from the committed one."""

    rows: int
    differing_labels: int
    worst_relative: float
    within: bool
    csv_equal: bool
    golden_holds: bool

    @property
    def passes(self) -> bool:
        """Whether the committed files may stay as they are."""
        return not self.differing_labels and self.within and self.csv_equal and self.golden_holds


def numbers(answers: Answers) -> Floats:
    """The part of the answers that is compared with a tolerance."""
    if answers.probabilities is not None:
        return answers.probabilities
    return np.asarray(answers.predictions, dtype=np.float64)


def golden_holds(example: Example, model: bytes, written: Mapping[str, Any]) -> bool:
    """Whether a committed model still gives the answers its manifest promises."""
    requests = written["golden"]
    rows = np.array([request["features"] for request in requests], dtype=np.float64)
    answers = answer(model, written["output_roles"], example.labels, rows)
    promised = [request["prediction"] for request in requests]
    if example.labels and answers.predictions != promised:
        return False
    key = "probability" if example.labels else "prediction"
    wanted = np.array([request[key] for request in requests], dtype=np.float64)
    bound = GOLDEN_TOLERANCE * np.maximum(1.0, np.abs(wanted))
    return bool((np.abs(numbers(answers) - wanted) <= bound).all())


def compare(example: Example, variant: Variant, fresh: Path, committed: Path) -> Comparison:
    """Runs both models over the committed held-out rows."""
    here, there = committed / example.name, fresh / example.name
    written = json.loads((here / f"{variant.file}.metadata").read_text(encoding="utf-8"))
    roles = written["output_roles"]
    rows = read_features(here / "test.csv")
    old_model = (here / variant.file).read_bytes()
    old = answer(old_model, roles, example.labels, rows)
    new = answer((there / variant.file).read_bytes(), roles, example.labels, rows)
    a, b = numbers(old), numbers(new)
    scale = np.maximum(np.abs(a), np.abs(b))
    difference = np.abs(a - b)
    relative = np.divide(difference, scale, out=np.zeros_like(scale), where=scale > 0)
    pairs = zip(old.predictions, new.predictions, strict=True)
    return Comparison(
        rows=len(rows),
        differing_labels=sum(x != y for x, y in pairs) if example.labels else 0,
        worst_relative=float(relative.max()),
        within=bool((difference <= CHECK_RELATIVE * scale + CHECK_ABSOLUTE).all()),
        csv_equal=all(
            (here / name).read_bytes() == (there / name).read_bytes()
            for name in ("test.csv", "reference.csv", "request.json")
        ),
        golden_holds=golden_holds(example, old_model, written),
    )


def check(examples: Sequence[Example]) -> bool:
    """Trains again beside the committed files, prints a table and says whether all agree."""
    row = "{:16} {:>5} {:>10} {:>14} {:>6} {:>7}  {}"
    print(row.format("model", "rows", "labels off", "worst relative", "files", "golden", "verdict"))
    agree = True
    with tempfile.TemporaryDirectory() as scratch:
        for example in examples:
            train(example, Path(scratch))
            for variant in example.variants:
                found = compare(example, variant, Path(scratch), HERE)
                agree = agree and found.passes
                print(
                    row.format(
                        f"{example.name}@{variant.version}",
                        found.rows,
                        found.differing_labels,
                        f"{found.worst_relative:.2e}",
                        "same" if found.csv_equal else "differ",
                        "holds" if found.golden_holds else "broken",
                        "ok" if found.passes else "FAIL",
                    )
                )
    return agree


def main() -> int:
    """Reads the command line; returns the exit code."""
    names = [example.name for example in EXAMPLES]
    parser = argparse.ArgumentParser(description="Trains the example models.")
    parser.add_argument("--only", choices=names, action="append", help="train this model only")
    parser.add_argument("--check", action="store_true", help="compare with the committed files")
    arguments = parser.parse_args()
    chosen = [example for example in EXAMPLES if example.name in (arguments.only or names)]
    if arguments.check:
        return 0 if check(chosen) else 1
    for example in chosen:
        describe(example, train(example, HERE), HERE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
