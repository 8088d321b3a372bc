"""Servers that several tests share. run.sh loads this as a plugin of pytest."""

# mypy: allow-untyped-decorators

from __future__ import annotations

from collections.abc import Iterator

import pytest
from harness import Reference, Registry, Server

EXAMPLE_NAMES = ("cancer", "wine", "digits", "diabetes")


@pytest.fixture
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """An empty registry of the test's own."""
    return Registry(tmp_path_factory.mktemp("registry"))


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with every example in production, cancer by default; cancer 1.1.0 is staging.

    No test moves its aliases or pushes to it.
    """
    registry = Registry(
        tmp_path_factory.mktemp("town"), {"MOORAGE_SERVING__DEFAULT_MODEL": "cancer@production"}
    )
    for name in EXAMPLE_NAMES:
        registry.release(name)
    registry.release("cancer", "staging", "model-v2.onnx")
    with Server(registry) as server:
        yield server


@pytest.fixture(scope="session")
def cancer() -> Reference:
    return Reference.load("cancer")


@pytest.fixture(scope="session")
def cancer_v2() -> Reference:
    return Reference.load("cancer_v2")
