"""Law: a wall clock that jumps moves what is shown, and neither a deadline nor a duration."""

from __future__ import annotations

import time
from pathlib import Path

from exposition import scrape
from harmful import LIVE, assert_serves, floats, serve
from harness import Registry
from wire import Connection, ask

PLACES = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/usr/lib64")


def library() -> Path:
    """The library that shifts the wall clock of a process."""
    found = [Path(place) / "faketime" / "libfaketime.so.1" for place in PLACES]
    there = [file for file in found if file.exists()]
    assert there, "libfaketime is not installed: tools/setup/install.sh test"
    return there[0]


def test_a_clock_that_jumps_ends_no_request_and_no_connection(registry: Registry) -> None:
    shift = registry.home / "shift"
    shift.write_text("+0\n")
    variables = {
        "LD_PRELOAD": str(library()),
        "FAKETIME_TIMESTAMP_FILE": str(shift),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "MOORAGE_SERVING__TIMEOUT": "500ms",
    }
    with serve(registry, "cheap", variables=variables) as server:
        raw = floats("cheap", [1, 2, 3, 4])
        with Connection(server.address) as old, Connection(server.address) as idle:
            assert old.ask(raw).status == idle.ask(LIVE).status == 200
            years = set()
            for jump in ("+400d", "-400d", "+0"):
                shift.write_text(jump + "\n")
                end = time.monotonic() + 1.2
                while time.monotonic() < end:
                    answer = old.ask(raw)
                    assert answer.status == 200, answer
                    years.add(answer.headers["date"].split(" ")[3])
                    time.sleep(0.02)
            assert len(years) >= 2, "the clock has not jumped"
            assert idle.ask(LIVE).status == 200
        seen = scrape(server.metrics_address)
        name = "model_request_duration_seconds"
        assert 0 <= seen.value(f"{name}_sum", model="cheap") < 60
        assert_serves(server)
        assert ask(server.address, raw).status == 200
