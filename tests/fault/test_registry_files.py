"""Laws: reading needs no write, and a path is not the file that a server has opened."""

# mypy: allow-untyped-decorators

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

from harmful import LIVE, READY
from harness import EXAMPLES, PROGRAM, Reference, Registry, Server, environment, wait_until
from wire import ask, get, post, request

QUIET = {"MOORAGE_LOGGING__FILE": ""}


@contextlib.contextmanager
def mounted(place: Path, *words: str) -> Iterator[bool]:
    """Mounts something at `place`, if this process may. Yields whether it did."""
    done = subprocess.run(["mount", *words, str(place)], capture_output=True, check=False)
    try:
        yield done.returncode == 0
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", "-l", str(place)], check=False, capture_output=True)


def without_rights() -> list[str]:
    """What stands before a command that may read files of this test and write none."""
    if os.geteuid() != 0:
        return []  # the files are made read-only for everybody
    return ["setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups"]


def promote(server: Server, alias: str = "staging") -> int:
    body = b'{"version": "1.0.0", "force": true, "reason": "a test"}'
    path = f"/api/v1/models/cancer/aliases/{alias}"
    return int(ask(server.address, request("PUT", path, body)).status)


def assert_predicts(server: Server, cancer: Reference) -> None:
    answer = ask(server.address, post("/predict", {"features": cancer.features[0]}))
    assert answer.status == 200, answer


def health(server: Server) -> tuple[int, str]:
    answer = ask(server.address, request("GET", "/health"))
    return int(answer.status), answer.body.decode()


def test_a_command_that_reads_makes_no_registry_and_says_where_it_looked(
    registry: Registry,
) -> None:
    place = str(registry.home / "moorage-data" / "moorage.db")
    ran = registry.run("models", "--json")
    assert ran.json() == {"models": []}
    assert place in ran.err
    for words in (
        ("show", "cancer"),
        ("predict", "cancer", "--features", "[1]"),
        ("audit",),
        ("promote", "cancer@1.0.0", "--to", "staging"),
        ("rollback", "cancer"),
        ("gc",),
    ):
        ran = registry.run(*words, code=3)
        assert place in ran.err, ran
        assert ran.out == ""
    assert not list(registry.home.iterdir())
    made = registry.run("push", "cancer", EXAMPLES / "cancer" / "model.onnx")
    assert f"made a new registry at {place}" in made.err
    assert "made a new registry" not in registry.run("models").err


def test_a_reader_waits_for_no_writer(registry: Registry, cancer: Reference) -> None:
    registry.release("cancer")
    database = registry.home / "moorage-data" / "moorage.db"
    writer = sqlite3.connect(database, isolation_level=None)
    try:
        writer.execute("BEGIN IMMEDIATE")
        registry.run("models")
        registry.run("show", "cancer@1.0.0")
        registry.run("predict", "cancer", "--features", str(cancer.features[0]))
        with Server(registry) as server:
            assert_predicts(server, cancer)
    finally:
        writer.close()


def test_a_user_who_may_not_write_reads_and_changes_nothing(
    registry: Registry, cancer: Reference
) -> None:
    registry.release("cancer")
    data = registry.home / "moorage-data"
    for folder in (registry.home, *registry.home.parents):
        if folder != Path(folder.root) and folder.stat().st_uid == os.geteuid():
            folder.chmod(folder.stat().st_mode | 0o055)
    subprocess.run(["chmod", "-R", "a+rX,a-w", data], check=True)
    before = sorted(data.rglob("*"))

    def without(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*without_rights(), PROGRAM, *words],
            cwd=registry.home,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    for words in (
        ("models",),
        ("show", "cancer@1.0.0"),
        ("predict", "cancer", "--features", str(cancer.features[0])),
    ):
        done = without(*words)
        assert done.returncode == 0, done.stderr
    done = without("promote", "cancer@1.0.0", "--to", "staging", "--force", "--reason", "x")
    assert done.returncode == 3
    assert "permission" in done.stderr, done.stderr
    assert sorted(data.rglob("*")) == before
    subprocess.run(["chmod", "-R", "u+w", data], check=True)


def test_a_registry_on_a_disk_that_is_only_read_is_served(
    registry: Registry, cancer: Reference
) -> None:
    registry.release("cancer")
    data = registry.home / "moorage-data"
    with mounted(data, "--bind", str(data)) as done:
        if not done:
            return  # this process may not mount
        # A bind mount is made read-only by a second call.
        subprocess.run(["mount", "-o", "remount,bind,ro", data], check=True)
        assert registry.json("models")["models"][0]["name"] == "cancer"
        with Server(registry, variables=QUIET) as server:
            assert "only read" in server.said()
            assert_predicts(server, cancer)
            assert promote(server) == 503
            assert health(server)[0] == 200


def test_a_change_of_a_registry_that_was_removed_is_not_acknowledged(
    registry: Registry, cancer: Reference
) -> None:
    registry.release("cancer")
    with Server(registry, variables=QUIET) as server:
        shutil.rmtree(registry.home / "moorage-data")
        assert promote(server) == 503
        assert_predicts(server, cancer)
        wait_until("the server is not ready", lambda: ask(server.address, READY).status == 503)
        status, text = health(server)
        assert status == 503
        assert "moorage.db" in text and "removed" in text, text
        assert ask(server.address, LIVE).status == 200


def test_a_change_of_a_registry_that_was_replaced_is_not_acknowledged(
    registry: Registry, cancer: Reference
) -> None:
    registry.release("cancer")
    data = registry.home / "moorage-data"
    aside = registry.home / "aside"
    with Server(registry, variables=QUIET) as server:
        data.rename(aside)
        shutil.copytree(aside, data)
        assert promote(server) == 503
        wait_until("the server is not ready", lambda: ask(server.address, READY).status == 503)
        assert "replaced" in health(server)[1]
        # The registry that was opened comes back.
        shutil.rmtree(data)
        aside.rename(data)
        wait_until("the server is ready", lambda: ask(server.address, READY).status == 200)
        assert promote(server) == 200
        assert_predicts(server, cancer)
    moved = registry.json("show", "cancer@1.0.0")["aliases"]
    assert sorted(moved) == ["production", "staging"]


def fill(filler: Path) -> None:
    """Takes the last byte of a file system."""
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


def test_a_full_disk_is_507_and_named(registry: Registry, cancer: Reference) -> None:
    data = registry.home / "moorage-data"
    data.mkdir()
    with mounted(data, "-t", "tmpfs", "-o", "size=1500k", "tmpfs") as done:
        if not done:
            return  # this process may not mount
        registry.release("cancer")
        with Server(registry) as server:
            fill(data / "filler")
            reason = "x" * 9000
            body = b'{"version": "1.0.0", "force": true, "reason": "%s"}' % reason.encode()
            path = "/api/v1/models/cancer/aliases/staging"
            answer = ask(server.address, request("PUT", path, body))
            assert answer.status == 507, answer
            assert answer.json()["code"] == "insufficient_storage"
            assert str(data) in answer.json()["error"], answer
            for _ in range(20):
                assert_predicts(server, cancer)
            (data / "filler").unlink()
            assert promote(server) == 200
            log = data / "logs" / "moorage.log"
            size = log.stat().st_size

            def grown() -> bool:
                assert_predicts(server, cancer)
                return bool(log.stat().st_size > size)

            wait_until("the log goes on", grown)
            for line in log.read_bytes().split(b"\n"):
                assert line.count(b'"level":') <= 1, line
            assert get(server.address, "/health").status == 200
