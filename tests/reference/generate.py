#!/usr/bin/env python3
"""Dumps what the pinned scikit-learn and ONNX Runtime answer, for the C++ tests to repeat.

The formats of the files are in the README beside this script.

    generate.py           writes the files
    generate.py --check   computes everything again and compares with the committed files
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from sklearn import metrics

HERE = Path(__file__).resolve().parent
EXAMPLES_DIRECTORY = HERE.parents[1] / "examples"
sys.path.insert(0, str(EXAMPLES_DIRECTORY))

from train import EXAMPLES, Example, Variant, answer, plain, read_features  # noqa: E402

PREDICTION_ROWS = 20
METRIC_TOLERANCE = 1e-12
PREDICTION_TOLERANCE = 1e-5
ZERO_DIVISIONS = (0.0, 1.0, math.nan)

Label = int | str
Labels = Sequence[Label]


@dataclass(frozen=True)
class Classified:
    """True and predicted labels, and what the caller fixes."""

    name: str
    y_true: Labels
    y_pred: Labels
    labels: Labels | None = None
    pos_label: Label | None = None


@dataclass(frozen=True)
class Regressed:
    """True and predicted values."""

    name: str
    y_true: Sequence[float]
    y_pred: Sequence[float]


def hand_made() -> Iterator[Classified]:
    """Cases that each show one rule; all of them run under every zero_division."""
    yield Classified("doctest_precision_recall_f1", [0, 1, 2, 2, 2], [0, 0, 2, 2, 1])
    yield Classified("doctest_balanced_accuracy", [0, 1, 0, 0, 1, 0], [0, 1, 0, 0, 0, 1])
    yield Classified("doctest_macro", [0, 1, 2, 0, 1, 2], [0, 2, 1, 0, 0, 1])
    animals = (
        ["cat", "ant", "cat", "cat", "ant", "bird"],
        ["ant", "ant", "cat", "cat", "ant", "cat"],
    )
    yield Classified("doctest_confusion_strings", *animals)
    yield Classified("doctest_confusion_given_order", *animals, labels=["ant", "bird", "cat"])
    yield Classified("doctest_confusion_matrix", [2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2])
    yield Classified("predicted_but_never_true", [0, 0, 1, 1], [0, 2, 1, 1])
    yield Classified("true_but_never_predicted", [0, 1, 1, 2], [0, 1, 1, 1])
    yield Classified("never_predicted_binary", [0, 1, 1], [0, 0, 0])
    yield Classified("never_true_binary", [0, 0, 0], [0, 1, 1])
    yield Classified("macro_f1_is_no_harmonic_mean", [0, 0, 0, 1], [0, 1, 1, 1])
    yield Classified("perfect_binary", [0, 1, 0, 1], [0, 1, 0, 1])
    yield Classified("perfect_multiclass", [3, 1, 2], [3, 1, 2])
    yield Classified("all_wrong_binary", [0, 1, 0, 1], [1, 0, 1, 0])
    yield Classified("all_wrong_multiclass", [0, 1, 2], [1, 2, 0])
    yield Classified("all_wrong_disjoint_classes", [0, 0, 1], [2, 3, 2])
    yield Classified("single_class_right", [1, 1, 1], [1, 1, 1])
    yield Classified("single_class_zero", [0, 0], [0, 0])
    yield Classified("single_class_other_positive", [0, 0], [0, 0], pos_label=1)
    yield Classified("one_row_right", [4], [4])
    yield Classified("one_row_wrong", [0], [1])
    yield Classified("one_row_string", ["yes"], ["yes"])
    yield Classified("positive_is_the_smaller", [0, 1, 1, 0, 1], [0, 1, 0, 0, 0], pos_label=0)
    yield Classified("labels_minus_and_plus_one", [-1, 1, 1, -1, 1], [1, 1, -1, -1, 1])
    yield Classified("labels_negative_multiclass", [-10, -2, 3, 3, -2], [-10, 3, 3, -2, -2])
    yield Classified("labels_far_apart", [-(2**40), 7, 2**53], [2**53, 7, 2**53])
    yield Classified("labels_sorted_by_number", [10, 9, 2, 10, 9], [10, 2, 2, 9, 9])
    yield Classified("labels_subset", [0, 1, 2, 2, 1], [0, 2, 2, 1, 1], labels=[1, 2])
    yield Classified("labels_subset_of_one", [0, 1, 2, 2, 1], [0, 2, 2, 1, 1], labels=[2])
    yield Classified("labels_superset", [0, 1, 1], [0, 0, 1], labels=[0, 1, 2, 3])
    yield Classified("labels_in_another_order", [0, 1, 2, 2], [0, 2, 2, 1], labels=[2, 0, 1])
    yield Classified("labels_overlap", [0, 1, 2], [0, 2, 2], labels=[2, 7])
    yield Classified("labels_never_true", [0, 0, 1], [5, 0, 1], labels=[5])
    yield Classified("labels_absent", [0, 1, 1], [0, 1, 0], labels=[8, 9])
    yield from hand_made_strings()


def hand_made_strings() -> Iterator[Classified]:
    """String labels: sorted by code point, compared exactly."""
    yield Classified("strings_digits", ["10", "9", "2", "10"], ["10", "2", "2", "9"])
    yield Classified("strings_case", ["b", "A", "a", "B"], ["B", "A", "a", "b"])
    yield Classified("strings_prefixes", ["a", "ab", "a b", "a"], ["ab", "ab", "a b", "a"])
    yield Classified("strings_empty_label", ["", "x", ""], ["", "", "x"])
    yield Classified("strings_blank_is_a_character", ["a", "a ", "a"], ["a", "a", "a "])
    yield Classified(
        "strings_non_ascii", ["zebra", "éclair", "Ärger", "zebra"], ["éclair", "éclair", "a", "a"]
    )
    yield Classified("strings_scripts", ["猫", "кот", "γάτα", "猫"], ["猫", "猫", "кот", "γάτα"])
    # U+FFFD comes before U+1F600 by code point and after it by UTF-16 code unit.
    yield Classified(
        "strings_astral", ["\U0001f600", "\ufffd", "z"], ["\ufffd", "\ufffd", "\U0001f600"]
    )
    # One e with an acute accent, composed and as two characters: different labels.
    yield Classified("strings_not_normalised", ["\u00e9", "e\u0301"], ["\u00e9", "\u00e9"])
    yield Classified(
        "strings_given_order",
        ["low", "high", "middle", "low"],
        ["low", "middle", "middle", "high"],
        labels=["low", "middle", "high"],
    )
    yield Classified("strings_binary", ["no", "yes", "yes", "no"], ["no", "yes", "no", "no"])
    yield Classified(
        "strings_binary_positive_no",
        ["no", "yes", "yes", "no"],
        ["no", "yes", "no", "no"],
        pos_label="no",
    )


def drawn() -> Iterator[Classified]:
    """Random cases, from a few rows to five hundred, even and uneven classes."""
    for number, (rows, classes) in enumerate(
        (rows, classes) for rows in (2, 3, 5, 10, 30, 100, 500) for classes in (2, 3, 5, 10)
    ):
        yield draw(f"random_{rows}x{classes}", number, rows, [1.0] * classes)
    yield draw("imbalanced_1_percent", 100, 500, [0.99, 0.01])
    yield draw("imbalanced_three_classes", 101, 500, [0.90, 0.09, 0.01])
    yield draw("imbalanced_long_tail", 102, 500, [0.5**power for power in range(12)])
    rare_never_predicted = draw("rare", 103, 500, [0.97, 0.02, 0.01])
    yield Classified("always_the_majority", rare_never_predicted.y_true, [0] * 500)
    wide = draw("wide", 104, 200, [1.0] * 40)
    yield Classified("forty_classes", wide.y_true, wide.y_pred)
    yield Classified("forty_classes_subset", wide.y_true, wide.y_pred, labels=list(range(0, 40, 3)))
    names = ["setosa", "versicolor", "virginica", "Łódź"]
    flowers = draw("flowers", 105, 300, [1.0] * 4)
    yield Classified(
        "random_strings",
        [names[int(label)] for label in flowers.y_true],
        [names[int(label)] for label in flowers.y_pred],
    )


def draw(name: str, seed: int, rows: int, weights: Sequence[float]) -> Classified:
    """Labels by weight; a prediction is right two times of three, else by weight as well."""
    random = Random(seed)
    classes = range(len(weights))
    y_true = random.choices(classes, weights, k=rows)
    guesses = random.choices(classes, weights, k=rows)
    y_pred = [
        true if random.random() < 2 / 3 else guess
        for true, guess in zip(y_true, guesses, strict=True)
    ]
    return Classified(name, y_true, y_pred)


def averages(case: Classified, zero_division: float, average: str) -> dict[str, float]:
    """Precision, recall and F1 under one kind of average."""
    pos_label = positive(case) if average == "binary" else 1
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        case.y_true,
        case.y_pred,
        labels=case.labels,
        average=average,
        pos_label=pos_label,
        zero_division=zero_division,
    )
    return {"precision": float(precision), "recall": float(recall), "f1": float(f1)}


def per_class(case: Classified, zero_division: float) -> dict[str, list[Any]]:
    """Precision, recall, F1 and support of each label."""
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        case.y_true, case.y_pred, labels=case.labels, zero_division=zero_division
    )
    return {
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "support": [int(count) for count in support],  # Floats where nothing was right.
    }


def union(case: Classified) -> list[Label]:
    """The labels that occur, sorted as scikit-learn sorts them."""
    present: list[Label] = np.unique([*case.y_true, *case.y_pred]).tolist()
    return present


def positive(case: Classified) -> Label:
    """The label that a binary average is about: the given one, or the greater."""
    return union(case)[-1] if case.pos_label is None else case.pos_label


def confusion(case: Classified) -> list[list[int]] | None:
    """Counts by true (row) and predicted label; None where scikit-learn refuses the labels."""
    try:
        counts = metrics.confusion_matrix(case.y_true, case.y_pred, labels=case.labels)
    except ValueError:
        return None
    matrix: list[list[int]] = counts.tolist()
    return matrix


def classification(case: Classified, zero_division: float) -> dict[str, Any]:
    """One entry of classification_metrics.json."""
    expected: dict[str, Any] = {
        "accuracy": float(metrics.accuracy_score(case.y_true, case.y_pred)),
        "balanced_accuracy": float(metrics.balanced_accuracy_score(case.y_true, case.y_pred)),
        "labels": union(case) if case.labels is None else list(case.labels),
        "confusion_matrix": confusion(case),
        "per_class": per_class(case, zero_division),
    }
    for average in ("macro", "weighted", "micro"):
        expected[average] = averages(case, zero_division, average)
    if case.labels is None and len(union(case)) <= 2:
        expected["binary"] = {
            "pos_label": positive(case),
            **averages(case, zero_division, "binary"),
        }
    written: dict[str, Any] = {
        "name": f"{case.name}/zero_division_{zero_division:.0f}",
        "y_true": list(case.y_true),
        "y_pred": list(case.y_pred),
    }
    if case.labels is not None:
        written["labels"] = list(case.labels)
    return written | {"zero_division": exact(zero_division), "expected": expected}


def exact(value: float) -> float | int:
    """0 and 1 as integers; NaN stays for the encoder."""
    return value if math.isnan(value) else int(value)


def classification_cases() -> list[dict[str, Any]]:
    """Every hand-made case under every zero_division; the random ones take turns."""
    cases = [
        classification(case, zero_division)
        for case in hand_made()
        for zero_division in ZERO_DIVISIONS
    ]
    for number, case in enumerate(drawn()):
        cases.append(classification(case, ZERO_DIVISIONS[number % len(ZERO_DIVISIONS)]))
    return cases


def small_values() -> Iterator[Regressed]:
    """Regressions that each show one rule."""
    yield Regressed("doctest", [3, -0.5, 2, 7], [2.5, 0.0, 2, 8])
    yield Regressed("doctest_r2_zero", [1, 2, 3], [2, 2, 2])
    yield Regressed("doctest_r2_negative", [1, 2, 3], [3, 2, 1])
    yield Regressed("doctest_mape_zero", [1.0, 0.0, 2.4, 7.0], [1.2, 0.1, 2.4, 8.0])
    yield Regressed("one_row", [2.0], [3.5])
    yield Regressed("one_row_perfect", [2.0], [2.0])
    yield Regressed("one_row_zero", [0.0], [1.0])
    yield Regressed("two_rows", [1.0, 2.0], [1.5, 1.5])
    yield Regressed("two_rows_perfect", [1.0, 2.0], [1.0, 2.0])
    yield Regressed("perfect", [1.5, -2.25, 0.0, 8.0], [1.5, -2.25, 0.0, 8.0])
    yield Regressed("constant_perfect", [2.5, 2.5, 2.5], [2.5, 2.5, 2.5])
    yield Regressed("constant_imperfect", [2.5, 2.5, 2.5], [2.5, 2.5, 3.0])
    yield Regressed("constant_zero_perfect", [0.0, 0.0], [0.0, 0.0])
    yield Regressed("constant_zero_imperfect", [0.0, 0.0, 0.0], [0.0, 1e-3, 0.0])
    yield Regressed("constant_prediction", [1.0, 5.0, 9.0, 2.0], [4.25, 4.25, 4.25, 4.25])
    yield Regressed("constant_large", [1e12, 1e12], [1e12, 1e12 + 1])
    yield Regressed("zeros_among_targets", [0.0, 1.0, 0.0, 4.0], [0.5, 1.0, 0.0, 3.0])
    yield Regressed("negative_zero", [-0.0, 1.0], [0.0, 1.0])
    yield Regressed("below_mape_epsilon", [1e-17, 1.0, 1e-16], [2e-17, 1.5, 0.0])
    yield Regressed("mape_sign_flip", [-4.0, 4.0], [4.0, -4.0])
    yield Regressed("all_negative", [-1.0, -2.0, -4.0], [-1.5, -2.0, -3.0])
    yield Regressed("one_outlier", [1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 1e6])
    yield Regressed("integers", list(range(20)), [n + (n % 3) - 1 for n in range(20)])


def scaled_values() -> Iterator[Regressed]:
    """The same noise at every magnitude from 1e-12 to 1e12, and on offsets that nearly cancel."""
    for power in range(-12, 13):
        yield noisy(f"magnitude_1e{power}", power, 40, scale=10.0**power)
    for power in (3, 6, 9, 10):
        yield noisy(f"offset_1e{power}", 1000 + power, 60, offset=10.0**power)
        yield noisy(f"offset_minus_1e{power}", 2000 + power, 60, offset=-(10.0**power))
    large_and_small = [1e12, 1e-12, -1e12, 1e-12, 3.0, -1e-6]
    yield Regressed(
        "magnitudes_mixed", large_and_small, [value * 1.25 for value in large_and_small]
    )
    yield Regressed("errors_cancel", [1e9, -1e9, 1e9, -1e9], [1e9 + 1, -1e9 - 1, 1e9 - 1, -1e9 + 1])
    yield Regressed("targets_sum_to_zero", [1e8, 1.0, -1e8, -1.0], [1e8, 2.0, -1e8, 1.0])


def many_values() -> Iterator[Regressed]:
    """Lengths around the block sizes of pairwise summation."""
    for rows in (7, 8, 9, 127, 128, 129, 255, 1000):
        yield noisy(f"random_{rows}", 3000 + rows, rows)


def noisy(name: str, seed: int, rows: int, scale: float = 1.0, offset: float = 0.0) -> Regressed:
    """Values of a few decimals, so that they are the same on every machine."""
    random = Random(seed)
    truth = [round(random.uniform(-10, 10), 3) for _ in range(rows)]
    errors = [round(random.uniform(-2, 2), 3) for _ in range(rows)]
    return Regressed(
        name,
        [offset + scale * value for value in truth],
        [offset + scale * (value + error) for value, error in zip(truth, errors, strict=True)],
    )


def regression(case: Regressed) -> dict[str, Any]:
    """One entry of regression_metrics.json."""
    scores: Mapping[str, Callable[..., Any]] = {
        "mae": metrics.mean_absolute_error,
        "mse": metrics.mean_squared_error,
        "rmse": metrics.root_mean_squared_error,
        "r2": metrics.r2_score,
        "mape": metrics.mean_absolute_percentage_error,
    }
    expected = {name: float(score(case.y_true, case.y_pred)) for name, score in scores.items()}
    for name, truth in in_fractions(case).items():
        if not agree(name, expected[name], truth, METRIC_TOLERANCE / 10):
            raise ValueError(f"{case.name}: {name} is {expected[name]!r}, exactly {truth!r}")
    return {
        "name": case.name,
        "y_true": list(case.y_true),
        "y_pred": list(case.y_pred),
        "expected": expected,
    }


def in_fractions(case: Regressed) -> dict[str, float]:
    """The same metrics without rounding: what scikit-learn says must not depend on its order of
    summation, or no other program could repeat it."""
    truth = [Fraction(value) for value in case.y_true]
    errors = [a - Fraction(b) for a, b in zip(truth, case.y_pred, strict=True)]
    rows = len(truth)
    mean = sum(truth) / rows
    residual = sum(error**2 for error in errors)
    total = sum((value - mean) ** 2 for value in truth)
    epsilon = Fraction(sys.float_info.epsilon)
    ratios = [abs(e) / max(abs(value), epsilon) for e, value in zip(errors, truth, strict=True)]
    r2 = float(1 - residual / total) if total else float(not residual)
    return {
        "mae": float(sum(map(abs, errors)) / rows),
        "mse": float(residual / rows),
        "rmse": math.sqrt(residual / rows),
        "r2": r2 if rows > 1 else math.nan,
        "mape": float(sum(ratios) / rows),
    }


def agree(name: str, left: float, right: float, tolerance: float) -> bool:
    """Relative agreement. R2 is one minus a quotient, a probability the end of a sum: near zero
    only their absolute errors mean something."""
    absolute = tolerance if name in ("r2", "probabilities") else 0.0
    both_nan = math.isnan(left) and math.isnan(right)
    return both_nan or math.isclose(left, right, rel_tol=tolerance, abs_tol=absolute)


def regression_cases() -> list[dict[str, Any]]:
    """Every regression, in the order of the file."""
    return [regression(case) for case in (*small_values(), *scaled_values(), *many_values())]


def predictions(example: Example, variant: Variant) -> dict[str, Any]:
    """What ONNX Runtime answers for the first held-out rows of an example."""
    directory = EXAMPLES_DIRECTORY / example.name
    model = directory / variant.file
    manifest = json.loads(Path(f"{model}.metadata").read_text(encoding="utf-8"))
    rows = read_features(directory / "test.csv")[:PREDICTION_ROWS]
    answers = answer(model.read_bytes(), manifest["output_roles"], manifest["labels"], rows)
    written: dict[str, Any] = {
        "model": model.relative_to(HERE.parents[1]).as_posix(),
        "labels": manifest["labels"],
        "features": [plain(row) for row in rows],
    }
    if answers.probabilities is None:
        return written | {"value": answers.predictions}
    return written | {
        "label": answers.predictions,
        "probabilities": answers.probabilities.tolist(),
    }


def prediction_file(example: Example, variant: Variant) -> str:
    """`predictions_cancer.json`, and `predictions_cancer_v2.json` for `model-v2.onnx`."""
    suffix = variant.file.removeprefix("model").removesuffix(".onnx").replace("-", "_")
    return f"predictions_{example.name}{suffix}.json"


def number_texts() -> Iterator[str]:
    """Numbers as clients write them: short, long, whole, far apart, and on or beside ties."""
    yield from ("0", "0.0", "1", "1.0", "1e2", "16777217", "16777219", "16777217.0", "2049", "2051")
    yield from ("65504", "65519", "65519.99", "65520", "-65520", "3.4028235e38", "3.4028236e38")
    yield from ("9007199254740993", "9007199254740993.0", "18446744073709551615", "1" + "0" * 38)
    yield from ("340282356779733661637539395458142568447", "1" + "0" * 39)
    yield from ("1e-45", "7e-46", "6e-46")
    yield from ("5.960464477539063e-08", "2.9802322387695312e-08", "0." + "0" * 60 + "1", "-1e-300")
    random = Random(20)
    for _ in range(400):
        sign = random.choice(("", "-"))
        whole = str(random.randrange(10 ** random.randrange(1, 23)))
        point = "." + str(random.randrange(10**9)) + "0" * random.randrange(3)
        power = f"e{random.randrange(-50, 40)}"
        yield sign + whole + random.choice(("", point)) + random.choice(("", "", power))
    for _ in range(200):
        # Between two neighbours of a type, and next to that by less than the type can see.
        kind = random.choice((np.float16, np.float32))
        low = kind(random.uniform(0.001, 60000.0))
        middle = (Fraction(float(low)) + Fraction(float(np.nextafter(low, kind(np.inf))))) / 2
        offset = random.choice((0, 1, -1)) * Fraction(1, 10 ** random.randrange(6, 40))
        yield decimal_text(middle + offset)


def decimal_text(value: Fraction) -> str:
    """All digits of a number whose denominator has no other factors than 2 and 5."""
    places = 0
    while value.denominator != 1:
        value *= 10
        places += 1
    digits = str(value.numerator).rjust(places + 1, "0")
    return digits if places == 0 else f"{digits[:-places]}.{digits[-places:]}"


def roundings() -> list[dict[str, str]]:
    """The bits that numpy gives each text as a float."""
    cases = []
    for text in number_texts():
        half = np.float16(text).view(np.uint16)
        single = np.float32(text).view(np.uint32)
        cases.append({"text": text, "fp16": f"{half:04x}", "fp32": f"{single:08x}"})
    return cases


DATATYPES = {"FP64": np.float64, "FP32": np.float32, "FP16": np.float16}


def shares(seed: int, rows: int, classes: int, step: int) -> tuple[list[int], list[list[float]]]:
    """Rows of probabilities that are multiples of 1/step, which FP16 holds exactly up to 1024."""
    random = Random(seed)
    y_true = [random.randrange(classes) for _ in range(rows)]
    y_proba = []
    for truth in y_true:
        row = [0.0] * classes
        for _ in range(step):
            row[truth if random.random() < 0.5 else random.randrange(classes)] += 1 / step
        y_proba.append(row)
    return y_true, y_proba


def log_losses() -> list[dict[str, Any]]:
    """What log_loss answers to probabilities of each datatype."""
    drawn_rows = {
        "doctest": ([1, 0, 0, 1], [[0.1, 0.9], [0.9, 0.1], [0.8, 0.2], [0.35, 0.65]]),
        "certain_and_wrong": ([0, 1, 0], [[0, 1], [0, 1], [0.5, 0.5]]),
        "certain_and_right": ([0, 1], [[1, 0], [0, 1]]),
        "rows_that_do_not_sum_to_one": ([0, 1], [[0.5, 0.25], [0.25, 0.75]]),
        "five_classes": shares(1, 40, 5, 64),
        "thousand_classes": shares(2, 24, 1000, 32),
    }
    cases = []
    for name, (y_true, y_proba) in drawn_rows.items():
        for datatype, kind in DATATYPES.items():
            rounded = np.array(y_proba, dtype=kind)
            labels = list(range(rounded.shape[1]))
            loss = metrics.log_loss(y_true, rounded, labels=labels)
            cases.append(
                {
                    "name": f"{name}_{datatype}",
                    "datatype": datatype,
                    "classes": len(labels),
                    "y_true": y_true,
                    "y_proba": [plain_number(value) for value in rounded.reshape(-1).tolist()],
                    "expected": float(loss),
                }
            )
    return cases


def plain_number(value: float) -> float | int:
    """0 and 1 without a fraction, which keeps long rows of zeros short."""
    return int(value) if value == int(value) else value


def everything() -> dict[str, Any]:
    """The content of every file by name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Undefined metrics are what is looked for here.
        content: dict[str, Any] = {
            "classification_metrics.json": classification_cases(),
            "regression_metrics.json": regression_cases(),
            "rounded_numbers.json": roundings(),
            "log_loss.json": log_losses(),
        }
    for example in EXAMPLES:
        for variant in example.variants:
            content[prediction_file(example, variant)] = predictions(example, variant)
    return content


def encodable(value: Any) -> Any:
    """The same value with NaN as the string "nan", which JSON cannot say otherwise."""
    if isinstance(value, dict):
        return {key: encodable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [encodable(item) for item in value]
    return "nan" if isinstance(value, float) and math.isnan(value) else value


def encode(content: Any) -> str:
    """Compact JSON; an array has one case per line, so that a change shows as one line."""
    lines = [
        json.dumps(encodable(item), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        for item in (content if isinstance(content, list) else [content])
    ]
    text = ",\n".join(lines)
    return f"[\n{text}\n]\n" if isinstance(content, list) else f"{text}\n"


def differences(old: Any, new: Any, tolerance: float, path: str = "") -> Iterator[str]:
    """Paths at which two decoded documents differ by more than the tolerance allows."""
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        for key in old:
            yield from differences(old[key], new[key], tolerance, f"{path}/{key}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (left, right) in enumerate(zip(old, new, strict=True)):
            yield from differences(left, right, tolerance, f"{path}/{index}")
    elif isinstance(old, float) and isinstance(new, float):
        name = next((part for part in reversed(path.split("/")) if not part.isdigit()), "")
        if not agree(name, old, new, tolerance):
            yield f"{path}: {old!r} is now {new!r}"
    elif old != new or type(old) is not type(new):
        yield f"{path}: {old!r} is now {new!r}"


def check(content: Mapping[str, Any]) -> bool:
    """Compares with the committed files and prints one line for each."""
    same = True
    for name, value in content.items():
        committed = json.loads((HERE / name).read_text(encoding="utf-8"))
        is_prediction = name.startswith("predictions_")
        tolerance = PREDICTION_TOLERANCE if is_prediction else METRIC_TOLERANCE
        found = list(differences(committed, json.loads(encode(value)), tolerance))
        print(f"{name:32} {'same' if not found else f'{len(found)} differences'}")
        for line in found[:5]:
            print(f"  {line}")
        same = same and not found
    return same


def main() -> int:
    """Reads the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description="Dumps reference vectors for the C++ tests.")
    parser.add_argument("--check", action="store_true", help="compare with the committed files")
    arguments = parser.parse_args()
    content = everything()
    if arguments.check:
        return 0 if check(content) else 1
    for name, value in content.items():
        text = encode(value)
        (HERE / name).write_text(text, encoding="utf-8")
        count = f"{len(value)} cases" if isinstance(value, list) else ""
        print(f"{name:32} {len(text.encode()):7d} bytes  {count}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
