"""One table of questions over all protocols: the same numbers, the same errors, the same labels."""

# mypy: allow-untyped-decorators

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from exposition import Scrape, scrape
from harness import EXAMPLES as FILES
from harness import Reference, Registry, Server
from protocols import ANY_MODEL, BY_VERSION, DEFAULT_MODEL, EVERY, Outcome, Protocol, Question

TOLERANCE = 1e-5
ROWS = 5  # of each example; the reference has 20
EXAMPLES = {name: Reference.load(name) for name in ("cancer", "wine", "digits", "diabetes")}
SECOND = Reference.load("cancer_v2")


def texts(row: list[Any]) -> tuple[str, ...]:
    return tuple(json.dumps(value) for value in row)


def spoilt(at: int, text: str) -> tuple[str, ...]:
    """A good row of cancer in which one value is something else."""
    row = texts(EXAMPLES["cancer"].features[0])
    return (*row[:at], text, *row[at + 1 :])


@dataclass(frozen=True)
class Bad:
    """A question that must be refused, and what the refusal must tell."""

    question: Question
    status: int
    code: str
    place: str | None = None
    version: str = "1.0.0"  # the label in the metrics; empty: refused before a model was found


CANCER = texts(EXAMPLES["cancer"].features[0])
BAD = {
    "text": Bad(Question("cancer", spoilt(3, '"x"')), 400, "invalid_argument", "feature 3"),
    "null": Bad(Question("cancer", spoilt(0, "null")), 400, "invalid_argument", "feature 0"),
    "boolean": Bad(Question("cancer", spoilt(7, "true")), 400, "invalid_argument", "feature 7"),
    "object": Bad(Question("cancer", spoilt(7, "{}")), 400, "invalid_argument", "feature 7"),
    "1e400": Bad(Question("cancer", spoilt(29, "1e400")), 400, "invalid_argument", "feature 29"),
    "1e39": Bad(Question("cancer", spoilt(1, "1e39")), 400, "invalid_argument", "feature 1"),
    "no JSON": Bad(Question("cancer", spoilt(1, "01")), 400, "invalid_argument"),
    "cut off": Bad(Question("cancer", CANCER, cut=1), 400, "invalid_argument"),
    "not UTF-8": Bad(
        Question("cancer", spoilt(1, '"\\ud800"')), 400, "invalid_argument"
    ),
    "deep": Bad(
        Question("cancer", spoilt(1, "[" * 5000 + "]" * 5000)), 400, "invalid_argument"
    ),
    "text/plain": Bad(
        Question("cancer", CANCER, content_type="text/plain"), 415, "invalid_argument",
        version="",
    ),
}  # fmt: skip


def name_of(protocol: Protocol) -> str:
    return str(type(protocol).__name__)


def counts(seen: Scrape) -> dict[tuple[str, ...], float]:
    names = ("endpoint", "model", "version", "code")
    return {
        tuple(dict(own)[name] for name in names): value
        for own, value in seen.series("model_requests_total").items()
    }


@contextmanager
def counted(
    server: Server, protocol: Protocol, model: str, version: str, status: int
) -> Iterator[None]:
    """Within the block one request is counted, and with these labels."""
    before = counts(scrape(server.metrics_address))
    yield
    after = counts(scrape(server.metrics_address))
    grown = {key: value - before.get(key, 0) for key, value in after.items()}
    assert {key: by for key, by in grown.items() if by} == {
        (protocol.endpoint, model, version, str(status)): 1
    }


def agrees(outcome: Outcome, reference: Reference, row: int, version: str) -> None:
    assert outcome.status == 200, outcome
    assert outcome.version in (None, version)
    expected = reference.predictions[row]
    if reference.probabilities is None:
        assert outcome.prediction == pytest.approx(expected, rel=1e-6)
        assert outcome.confidence is None and outcome.probabilities is None
        return
    assert outcome.prediction == expected
    assert type(outcome.prediction) is type(expected)
    probabilities = reference.probabilities[row]
    if outcome.probabilities is not None:
        assert outcome.probabilities == pytest.approx(probabilities, abs=TOLERANCE)
    if outcome.confidence is not None:
        assert outcome.confidence == pytest.approx(max(probabilities), abs=TOLERANCE)


@pytest.mark.parametrize("protocol", DEFAULT_MODEL, ids=name_of)
@pytest.mark.parametrize("row", range(ROWS))
def test_the_default_model_answers_the_reference(
    town: Server, protocol: Protocol, row: int
) -> None:
    reference = EXAMPLES["cancer"]
    question = Question("cancer", texts(reference.features[row]))
    with counted(town, protocol, "cancer", "1.0.0", 200):
        outcome = protocol.ask(town, question, reference.labels)
    agrees(outcome, reference, row, "1.0.0")


@pytest.mark.parametrize("protocol", ANY_MODEL, ids=name_of)
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_model_answers_the_reference(town: Server, protocol: Protocol, name: str) -> None:
    reference = EXAMPLES[name]
    for row, features in enumerate(reference.features):
        question = Question(name, texts(features))
        agrees(protocol.ask(town, question, reference.labels), reference, row, "1.0.0")


@pytest.mark.parametrize("protocol", BY_VERSION, ids=name_of)
def test_a_named_version_answers_its_own_reference(town: Server, protocol: Protocol) -> None:
    for ref, reference, version in (
        ("cancer@1.0.0", EXAMPLES["cancer"], "1.0.0"),
        ("cancer@1.1.0", SECOND, "1.1.0"),
    ):
        for row in range(ROWS):
            question = Question(ref, texts(reference.features[row]))
            with counted(town, protocol, "cancer", version, 200):
                outcome = protocol.ask(town, question, reference.labels)
            agrees(outcome, reference, row, version)


@pytest.mark.parametrize("name", ["wine", "digits", "diabetes"])
def test_the_simple_forms_serve_every_kind_of_model(
    registry: Registry, name: str
) -> None:
    reference = EXAMPLES[name]
    with Server(registry, "--model", FILES / name / "model.onnx") as server:
        for protocol in DEFAULT_MODEL:
            for row in range(ROWS):
                question = Question(name, texts(reference.features[row]))
                agrees(protocol.ask(server, question, reference.labels), reference, row, "1.0.0")


@pytest.mark.parametrize("protocol", EVERY, ids=name_of)
@pytest.mark.parametrize("case", BAD)
def test_the_same_mistake_gets_the_same_error_and_label(
    town: Server, protocol: Protocol, case: str
) -> None:
    bad = BAD[case]
    model = "cancer" if bad.version else ""
    with counted(town, protocol, model, bad.version, bad.status):
        outcome = protocol.ask(town, bad.question, [])
    assert outcome == Outcome(bad.status, bad.code, bad.place)


@pytest.mark.parametrize("protocol", BY_VERSION, ids=name_of)
@pytest.mark.parametrize("ref", ["nobody@1.0.0", "cancer@9.9.9"])
def test_what_is_not_there_is_not_found_by_any(
    town: Server, protocol: Protocol, ref: str
) -> None:
    with counted(town, protocol, "", "", 404):
        outcome = protocol.ask(town, Question(ref, CANCER), [])
    assert outcome == Outcome(404, "not_found")


@pytest.mark.parametrize("protocol", EVERY, ids=name_of)
def test_a_row_of_the_wrong_length_is_an_invalid_row_everywhere(
    town: Server, protocol: Protocol
) -> None:
    for values in (CANCER[:-1], (*CANCER, "1"), ()):
        outcome = protocol.ask(town, Question("cancer", values), [])
        assert (outcome.status, outcome.code) == (400, "invalid_argument")
