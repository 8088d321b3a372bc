#!/usr/bin/env python3
"""Pushes models of many libraries and compares the answers over HTTP with those of the library.

    MOORAGE=PROGRAM MOORAGE_SOURCE_DIR=CHECKOUT table.py [--all] [--only TEXT] [--verbose]

Each model ends in one of these ways:
    equal      pushed without an option, and every answer is the library's
    asked      the push was refused with a remedy; with what the remedy names it is equal
    converter  the answers are those of ONNX Runtime, whose graph differs from the library
    refused    the push was refused, and no option lets it in
    wrong      anything else, which fails the test
"""

from __future__ import annotations

import argparse
import collections
import http.client
import json
import math
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from hand_made import boosted, hand_made
from harness import Registry, Server, wait_until
from zoo import NotConverted, Trained, classifiers, regressors, unusual

TOLERANCE = 2e-3  # float32 in the graph, float64 in the library
ROUNDS = 5  # of remedies until a push must succeed
FEWEST = 60
WORKERS = 2


class Api:
    """The HTTP interface of one server, for one thread at a time."""

    def __init__(self, server: Server) -> None:
        self.address = server.address

    def ask(self, method: str, path: str, body: bytes, kind: str) -> tuple[int, Any]:
        host, port = self.address
        connection = http.client.HTTPConnection(host, port, timeout=60)
        try:
            connection.request(method, path, body, {"Content-Type": kind})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def json(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        return self.ask(method, path, json.dumps(body).encode(), "application/json")

    def push(self, name: str, model: bytes, options: dict[str, Any]) -> tuple[int, Any]:
        boundary = uuid.uuid4().hex
        parts = [("model", "model.onnx", model)]
        if options:
            parts.append(("options", "options.json", json.dumps(options).encode()))
        body = b""
        for part, file, content in parts:
            body += (
                f"--{boundary}\r\nContent-Disposition: form-data; "
                f'name="{part}"; filename="{file}"\r\n\r\n'
            ).encode()
            body += content + b"\r\n"
        body += f"--{boundary}--\r\n".encode()
        return self.ask(
            "POST",
            f"/api/v1/models/{name}/versions",
            body,
            f"multipart/form-data; boundary={boundary}",
        )


def mend(options: dict[str, Any], remedy: dict[str, Any] | None, model: Trained) -> bool:
    """Does what the remedy of a refusal names. False if it names nothing that helps."""
    kind = (remedy or {}).get("kind")
    before = json.dumps(options)
    if kind == "list_labels":
        options["labels"] = model.labels
    elif kind == "name_task":
        options["task"] = model.task
    elif kind == "name_roles" and remedy is not None:
        pairs = (pair.rpartition("=") for pair in remedy["subject"].split(","))
        options["output_roles"] = {output: role for output, _, role in pairs}
    return json.dumps(options) != before


def close(expected: float, got: float) -> bool:
    return math.isclose(expected, got, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def differences(model: Trained, predictions: list[dict[str, Any]]) -> Iterator[str]:
    """How the answers differ from the library's."""
    for row, answer in enumerate(predictions):
        result = answer["result"]
        if model.task == "regression":
            if not close(model.predictions[row], result):
                yield f"row {row}: {result} is not {model.predictions[row]}"
            continue
        if result != model.predictions[row]:
            yield f"row {row}: {result!r} is not {model.predictions[row]!r}"
        for key, wanted in (("probabilities", model.probabilities), ("scores", model.scores)):
            if key not in answer or wanted is None:
                continue
            if list(answer[key]) != [str(label) for label in model.labels]:
                yield f"row {row}: the {key} are of {list(answer[key])}, not of {model.labels}"
            elif not all(map(close, wanted[row], answer[key].values())):
                yield f"row {row}: {key} {list(answer[key].values())} are not {wanted[row]}"


def runtime_differs(model: Trained) -> bool:
    """True if the graph itself answers other labels or values than the library does."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.bytes, options, providers=["CPUExecutionProvider"])
    rows = np.array(model.rows, dtype=np.float32)
    try:
        outputs = session.run(None, {session.get_inputs()[0].name: rows})
    except Exception:
        return True
    first = np.asarray(outputs[0]).reshape(-1).tolist()
    if model.task == "regression":
        return not all(map(close, model.predictions, first))
    if first != model.predictions:
        return True
    names = [output.name for output in session.get_outputs()]
    for name, numbers in zip(names, outputs, strict=True):
        expected = model.scores if model.probabilities is None else model.probabilities
        if name != "probabilities" or expected is None:
            continue
        shown = np.asarray(numbers, dtype=float) if not isinstance(numbers, list) else None
        if shown is not None and shown.shape == np.shape(expected):
            return not np.allclose(shown, expected, rtol=TOLERANCE, atol=TOLERANCE)
    return False


Verdict = tuple[str, str]


class Judged(Exception):
    """The verdict on a model that cannot be asked further."""

    def __init__(self, verdict: str, detail: str) -> None:
        super().__init__(detail)
        self.verdict: Verdict = (verdict, detail)


def pushed(api: Api, name: str, model: Trained) -> tuple[dict[str, Any], list[str]]:
    """Pushes, and does what each refusal names. The answer, and the refusals before it."""
    options: dict[str, Any] = {}
    asked: list[str] = []
    for _ in range(ROUNDS):
        status, answer = api.push(name, model.bytes, options)
        if status in (200, 201):
            return answer, asked
        if status == 501:
            raise Judged("refused", answer["error"])
        if status >= 500:
            raise Judged("wrong", f"push: {status} {answer['error']}")
        asked.append(answer["error"])
        if not mend(options, answer.get("remedy"), model):
            if answer.get("remedy"):
                raise Judged("wrong", f"the remedy does not help: {asked}")
            raise Judged("refused", answer["error"])
    raise Judged("wrong", f"refused again and again: {asked}")


def predicted(api: Api, name: str, model: Trained, version: str) -> list[dict[str, Any]]:
    """Serves the version and asks it for the model's rows."""
    path = f"/api/v1/models/{name}/aliases/production"
    move = {"version": version, "force": True, "reason": "a test"}
    status, answer = api.json("PUT", path, move)
    if status != 200:
        raise Judged("wrong", f"promote: {status} {answer}")

    def ask() -> tuple[int, Any] | None:
        answer = api.json("POST", f"/api/v2/models/{name}/predict", {"instances": model.rows})
        return None if answer[0] in (404, 503) else answer

    status, answer = wait_until(f"{name} answers", ask)
    if status != 200:
        differs = runtime_differs(model)
        raise Judged("converter" if differs else "wrong", f"predict: {status} {answer['error']}")
    predictions: list[dict[str, Any]] = answer["predictions"]
    return predictions


def judge(api: Api, name: str, model: Trained) -> Verdict:
    try:
        answer, asked = pushed(api, name, model)
        if answer["task"] == "other":
            return ("equal" if model.task == "other" else "wrong"), "task other"
        problem = next(differences(model, predicted(api, name, model, answer["version"])), None)
    except Judged as end:
        return end.verdict
    if problem is not None:
        return ("converter" if runtime_differs(model) else "wrong"), f"{problem} (asked {asked})"
    return ("asked", asked[-1]) if asked else ("equal", "")


def recipes(every: bool) -> Iterator[tuple[str, Callable[[], Trained]]]:
    yield from classifiers(every)
    yield from unusual()
    yield from regressors()
    yield from boosted()
    yield from hand_made()


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--all", action="store_true", help="every combination of classifiers")
    words.add_argument("--only", default="", help="recipes whose name has this text")
    words.add_argument("--verbose", action="store_true", help="print each model")
    chosen = words.parse_args()
    counts: collections.Counter[str] = collections.Counter()
    wrong = []
    with (
        tempfile.TemporaryDirectory(prefix="models-") as home,
        Server(Registry(Path(home))) as server,
    ):
        api = Api(server)

        def one(entry: tuple[int, tuple[str, Callable[[], Trained]]]) -> tuple[str, Verdict]:
            number, (name, make) = entry
            try:
                model = make()
            except NotConverted as problem:
                return name, ("not converted", str(problem))
            return name, judge(api, f"m{number}", model)

        numbered = enumerate(recipes(chosen.all))
        work = [(i, recipe) for i, recipe in numbered if chosen.only in recipe[0]]
        with ThreadPoolExecutor(WORKERS) as pool:
            for name, (verdict, detail) in pool.map(one, work):
                counts[verdict] += 1
                if chosen.verbose:
                    print(f"{verdict:13} {name}: {detail[:300]}", flush=True)
                if verdict == "wrong":
                    wrong.append(f"{name}: {detail}")
    tried = sum(counts.values()) - counts["not converted"]
    summary = ", ".join(f"{verdict} {count}" for verdict, count in sorted(counts.items()))
    print(f"{summary} of {tried}")
    for line in wrong:
        print("WRONG", line, file=sys.stderr)
    if not chosen.only and counts["equal"] + counts["asked"] < FEWEST:
        print(f"fewer than {FEWEST} models were compared", file=sys.stderr)
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
