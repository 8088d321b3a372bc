"""Every way to ask for a prediction, as one interface: a row goes in, an Outcome comes out."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import wire
from harness import Server


@dataclass(frozen=True)
class Question:
    """One row for one model. `values` are the JSON texts of its features.

    `ref` is "cancer", "cancer@1.1.0" or "cancer@staging".
    """

    ref: str
    values: tuple[str, ...]
    content_type: str = wire.JSON
    cut: int = 0  # bytes that are missing at the end of the body


@dataclass(frozen=True)
class Outcome:
    """What every protocol must agree on; None is what a protocol does not tell."""

    status: int
    code: str | None = None  # of an error
    place: str | None = None  # of an error: "row", "feature 3", or None if it is elsewhere
    prediction: Any = None
    confidence: float | None = None
    probabilities: tuple[float, ...] | None = None
    version: str | None = None


class Protocol(ABC):
    """`endpoint` is the operation's name in metrics; `row` how errors call the row."""

    endpoint: str
    row: str

    @abstractmethod
    def path(self, question: Question) -> str: ...

    @abstractmethod
    def body(self, question: Question) -> str: ...

    @abstractmethod
    def read(self, document: Any, labels: list[Any]) -> Outcome:
        """The outcome that an answer with status 200 tells."""

    def headers(self) -> dict[str, str]:
        return {}

    def ask(self, server: Server, question: Question, labels: list[Any]) -> Outcome:
        body = self.body(question).encode()
        answer = wire.ask(
            server.address,
            wire.request(
                "POST",
                self.path(question),
                body[: len(body) - question.cut],
                self.headers(),
                question.content_type,
            ),
        )
        document = json.loads(answer.body)
        if answer.status == 200:
            return self.read(document, labels)
        details = document.get("details", [])
        place = self._place(details[0]["path"]) if details else None
        return Outcome(answer.status, code=document["code"], place=place)

    def _place(self, path: str) -> str | None:
        if path == self.row:
            return "row"
        if path.startswith(self.row + "[") and path.endswith("]"):
            return "feature " + path[len(self.row) + 1 : -1]
        return None

    @staticmethod
    def _array(question: Question) -> str:
        return "[" + ", ".join(question.values) + "]"


class Simple(Protocol):
    """POST /predict"""

    endpoint = "predict"
    row = "features"

    def path(self, question: Question) -> str:
        return "/predict"

    def body(self, question: Question) -> str:
        return f'{{"features": {self._array(question)}}}'

    def read(self, document: Any, labels: list[Any]) -> Outcome:
        probabilities = document.get("probability")
        return Outcome(
            200,
            prediction=document["prediction"],
            probabilities=tuple(probabilities) if probabilities is not None else None,
        )


class V1(Simple):
    """POST /api/v1/predict"""

    endpoint = "predict_v1"

    def path(self, question: Question) -> str:
        return "/api/v1/predict"

    def read(self, document: Any, labels: list[Any]) -> Outcome:
        return Outcome(
            200, prediction=document["result"], confidence=document.get("confidence")
        )


class NamedV1(V1):
    """POST /api/v1/models/{ref}/predict"""

    endpoint = "predict_model_v1"

    def path(self, question: Question) -> str:
        return f"/api/v1/models/{question.ref}/predict"


class NegotiatedV1(V1):
    """POST /api/predict with API-Version: v1"""

    endpoint = "predict_negotiated"

    def path(self, question: Question) -> str:
        return "/api/predict"

    def headers(self) -> dict[str, str]:
        return {"API-Version": "v1"}


class V2(Protocol):
    """POST /api/v2/predict"""

    endpoint = "predict_v2"
    row = "instances[0]"

    def path(self, question: Question) -> str:
        return "/api/v2/predict"

    def body(self, question: Question) -> str:
        return f'{{"instances": [{self._array(question)}]}}'

    def read(self, document: Any, labels: list[Any]) -> Outcome:
        (row,) = document["predictions"]
        probabilities = row.get("probabilities")
        if probabilities is not None:
            assert list(probabilities) == [str(label) for label in labels]
        return Outcome(
            200,
            prediction=row["result"],
            confidence=row.get("confidence"),
            probabilities=tuple(probabilities.values()) if probabilities is not None else None,
            version=document["version"],
        )


class NamedV2(V2):
    """POST /api/v2/models/{ref}/predict"""

    endpoint = "predict_model_v2"

    def path(self, question: Question) -> str:
        return f"/api/v2/models/{question.ref}/predict"


class NegotiatedV2(V2):
    """POST /api/predict with API-Version: v2"""

    endpoint = "predict_negotiated"

    def path(self, question: Question) -> str:
        return "/api/predict"

    def headers(self) -> dict[str, str]:
        return {"API-Version": "v2"}


class Tensors(Protocol):
    """POST /v2/models/{name}[/versions/{version}]/infer, the whole row as one tensor"""

    endpoint = "oip_infer"
    row = "inputs[0].data"

    def path(self, question: Question) -> str:
        name, _, version = question.ref.partition("@")
        return f"/v2/models/{name}" + (f"/versions/{version}" if version else "") + "/infer"

    def body(self, question: Question) -> str:
        return (
            f'{{"inputs": [{{"name": "input", "shape": [1, {len(question.values)}], '
            f'"datatype": "FP32", "data": {self._array(question)}}}]}}'
        )

    def read(self, document: Any, labels: list[Any]) -> Outcome:
        outputs = [output["data"] for output in document["outputs"]]
        version = document["model_version"]
        if not labels:
            return Outcome(200, prediction=outputs[0][0], version=version)
        return Outcome(
            200, prediction=outputs[0][0], probabilities=tuple(outputs[1]), version=version
        )


class VersionTensors(Tensors):
    """The same where the path names the version"""

    endpoint = "oip_version_infer"


DEFAULT_MODEL: tuple[Protocol, ...] = (Simple(), V1(), NegotiatedV1(), V2(), NegotiatedV2())
ANY_MODEL: tuple[Protocol, ...] = (NamedV1(), NamedV2(), Tensors())
BY_VERSION: tuple[Protocol, ...] = (NamedV1(), NamedV2(), VersionTensors())
EVERY = DEFAULT_MODEL + ANY_MODEL
