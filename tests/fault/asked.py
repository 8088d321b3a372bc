"""Requests of the soak's clients, as bytes. It needs nothing of the other tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


def head(method: str, path: str, length: int | None) -> bytes:
    """A head. Without a length its end is missing, so that the caller may add lines."""
    first = f"{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    if length is None:
        return first.encode()
    return f"{first}Content-Length: {length}\r\n\r\n".encode()


def post(path: str, body: bytes) -> bytes:
    return head("POST", path, len(body)) + body


def infer(
    model: str,
    name: str,
    shape: Sequence[int],
    datatype: str,
    data: Sequence[Any],
    parameters: dict[str, Any] | None = None,
) -> bytes:
    """A request of the tensor protocol with one input."""
    tensor = {"name": name, "shape": list(shape), "datatype": datatype, "data": list(data)}
    document: dict[str, Any] = {"inputs": [tensor]}
    if parameters is not None:
        document["parameters"] = parameters
    return post(f"/v2/models/{model}/infer", json.dumps(document).encode())


def rows_of(model: str, rows: int) -> bytes:
    """Asks a model of one number a row."""
    return infer(model, "input", [rows, 1], "FP32", [0.12345678] * rows)


def rounds(count: int, parameters: dict[str, Any] | None = None) -> bytes:
    """Asks for a loop of so many rounds."""
    return infer("rounds", "rounds", [1, 1], "FP32", [count], parameters)


CHEAP_ROW = [1.0, -2.0, 3.5, 4.0]
CHEAP = infer("cheap", "input", [1, 4], "FP32", CHEAP_ROW)
