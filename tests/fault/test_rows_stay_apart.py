"""Law: rows share a run only where it was proved that together they answer as alone."""

# mypy: allow-untyped-decorators

from __future__ import annotations

import json

import pytest
from exposition import scrape
from harmful import FAULT, data_of, floats, serve
from harness import Registry, Server
from wire import Connection

MINE = [1.0, 2.0, 3.0, 4.0]
OTHERS = [1000.0, -2000.0, 30.0, 4.0]


@pytest.mark.parametrize("model", ["mean_over_rows", "softmax_over_rows", "cumulative_sum"])
def test_a_row_answers_the_same_alone_and_beside_others(registry: Registry, model: str) -> None:
    with serve(registry, model) as server, Connection(server.address) as connection:
        mine, others = floats(model, MINE), floats(model, OTHERS)
        alone = data_of(connection.ask(mine))
        connection.send(others + mine + others)  # one wake-up reads the three
        beside = [data_of(connection.answer()) for _ in range(3)][1]
        assert beside == pytest.approx(alone, abs=1e-6)


def runs_of(server: Server, model: str) -> float:
    seen = scrape(server.metrics_address)
    return float(seen.value("moorage_batch_size_count", model=model))


def test_rows_that_were_proved_independent_still_share_a_run(registry: Registry) -> None:
    with serve(registry, "cheap") as server, Connection(server.address) as connection:
        connection.send(floats("cheap", MINE) * 16)
        for _ in range(16):
            assert data_of(connection.answer()) == [-1, -2, -3, -4]
        assert runs_of(server, "cheap") < 16


def test_a_manifest_that_forbids_sharing_is_obeyed(registry: Registry) -> None:
    file = registry.home / "single.onnx"
    file.write_bytes((FAULT / "cheap.onnx").read_bytes())
    metadata = json.loads((FAULT / "cheap.onnx.metadata").read_text())
    metadata["batchable"] = False
    (registry.home / "single.onnx.metadata").write_text(json.dumps(metadata))
    with (
        Server(registry, "--model", f"{file}=single") as server,
        Connection(server.address) as connection,
    ):
        connection.send(floats("single", MINE) * 16)
        for _ in range(16):
            assert data_of(connection.answer()) == [-1, -2, -3, -4]
        assert runs_of(server, "single") == 16
