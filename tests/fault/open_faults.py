"""The laws that the program does not keep yet. run.sh loads this as a plugin of pytest.

Every entry is a test that fails today. It is expected to fail, strictly: the change that mends the
fault removes the entry, or the suite is red.
"""

# mypy: allow-untyped-decorators

from __future__ import annotations

import pytest

OPEN: dict[str, str] = {}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks the tests of the table. Only a test's own assertion counts as the fault."""
    names = set()
    for item in items:
        name = f"{item.path.stem}::{item.name}"
        names.add(name)
        if item.path.parent.name == "fault" and name in OPEN:
            mark = pytest.mark.xfail(strict=True, raises=AssertionError, reason=OPEN[name])
            item.add_marker(mark)
    stale = sorted(OPEN.keys() - names)
    if stale and not any("::" in word or word.endswith(".py") for word in config.args):
        raise pytest.UsageError(f"open_faults.py: no such test: {', '.join(stale)}")
