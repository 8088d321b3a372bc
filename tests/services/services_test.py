"""tools/services.sh as ctest uses it: real servers, a real exchange, and no process afterwards."""

from __future__ import annotations

import json
import mailbox
import os
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable
from email.message import EmailMessage
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "services.sh"
DEADLINE = 20.0

# Writes its environment to the file of the first argument, then does what the second one says.
COMMAND = """
import json, os, pathlib, signal, sys, time
own = {key: value for key, value in os.environ.items() if key.startswith("MOORAGE_TEST_")}
file = pathlib.Path(sys.argv[1])
file.with_suffix(".part").write_text(json.dumps(own | {"pid": str(os.getpid())}))
file.with_suffix(".part").rename(file)
if sys.argv[2] == "fail": sys.exit(7)
if sys.argv[2] == "killed": os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "stays": time.sleep(60)
while sys.argv[2] == "waits" and not file.with_suffix(".done").exists(): time.sleep(0.01)
"""


def wait_until(what: str, holds: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < end, f"{what}: not within {DEADLINE} s"
        time.sleep(0.01)


def running(marks: list[str]) -> list[str]:
    """The command lines of processes that hold one of the marks."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
        except OSError:
            continue
        if any(mark in words for mark in marks):
            found.append(words)
    return found


class Services(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = Path(self.folder.name) / "environment"

    def start(self, then: str, *services: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", COMMAND, str(self.file), then]
        script = subprocess.Popen(
            [SCRIPT, *services, "--", *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"TMPDIR": self.folder.name},
        )
        self.addCleanup(script.communicate)
        self.addCleanup(script.kill)
        return script

    def surroundings(self, script: subprocess.Popen[str]) -> dict[str, str]:
        """What the command found in its environment."""
        wait_until("the command", lambda: self.file.exists() or script.poll() is not None)
        if not self.file.exists():
            self.fail(f"services.sh ended: {script.communicate()[0]}")
        found: dict[str, str] = json.loads(self.file.read_text())
        return found

    def processes(self) -> list[str]:
        """Command and servers. Their command lines hold the folder of the test or an address."""
        values = json.loads(self.file.read_text()).values()
        addresses = [urlsplit(value).netloc for value in values if "://" in value]
        return running([self.folder.name, *addresses])

    def expect_nothing_left(self) -> None:
        wait_until(f"the end of {self.processes()}", lambda: not self.processes())

    def test_redis_answers_and_keeps_a_value(self) -> None:
        script = self.start("waits", "redis")
        address = urlsplit(self.surroundings(script)["MOORAGE_TEST_REDIS"])
        with socket.create_connection((address.hostname, address.port), DEADLINE) as connection:
            stream = connection.makefile("rwb")
            for asked, answer in (
                (b"PING", b"+PONG\r\n"),
                (b"SET berth 7", b"+OK\r\n"),
                (b"GET berth", b"$1\r\n7\r\n"),
            ):
                stream.write(asked + b"\r\n")
                stream.flush()
                self.assertEqual(b"".join(stream.readline() for _ in answer.splitlines()), answer)
            stream.close()
        self.assertEqual(len(self.processes()), 3, "the script, the server and the command")
        self.file.with_suffix(".done").touch()
        self.assertEqual(script.wait(DEADLINE), 0)
        self.expect_nothing_left()

    def test_smtp_accepts_a_message_that_can_be_read(self) -> None:
        script = self.start("waits", "smtp")
        found = self.surroundings(script)
        address = urlsplit(found["MOORAGE_TEST_SMTP"])
        message = EmailMessage()
        message["From"], message["To"] = "server@example.com", "harbour@example.com"
        message["Subject"] = "cancer@1.1.0 drifts"
        message.set_content("feature 3\n")
        with smtplib.SMTP(str(address.hostname), address.port or 0, timeout=DEADLINE) as client:
            client.send_message(message)
        (read,) = mailbox.Maildir(found["MOORAGE_TEST_SMTP_MAILBOX"], create=False)
        self.assertEqual(read["Subject"], "cancer@1.1.0 drifts")
        self.assertEqual(str(read.get_payload()).strip(), "feature 3")
        self.assertEqual(len(self.processes()), 3, "the script, the server and the command")
        self.file.with_suffix(".done").touch()
        self.assertEqual(script.wait(DEADLINE), 0)
        self.expect_nothing_left()
        self.assertFalse(Path(found["MOORAGE_TEST_SMTP_MAILBOX"]).parent.exists())

    @unittest.skipUnless(shutil.which("moto_server"), "moto_server is not installed")
    def test_s3_makes_a_bucket_and_refuses_as_amazon_does(self) -> None:
        script = self.start("waits", "s3")
        address = urlsplit(self.surroundings(script)["MOORAGE_TEST_S3"])
        credential = "AWS4-HMAC-SHA256 Credential=a/20260101/eu-central-1/s3/aws4_request, "
        german = {"Authorization": credential + "SignedHeaders=, Signature=0"}
        there = b"<LocationConstraint>eu-central-1</LocationConstraint>"
        there = b"<CreateBucketConfiguration>" + there + b"</CreateBucketConfiguration>"
        for path, body, headers, status, code in (
            ("/blobs", b"", {}, 200, b""),
            ("/blobs/key", b"bytes", {}, 200, b""),
            ("/b", b"", {}, 400, b"InvalidBucketName"),
            ("/other", b"", german, 400, b"IllegalLocationConstraintException"),
            ("/other", there, german, 200, b""),
        ):
            with self.subTest(path=path, status=status):
                client = HTTPConnection(str(address.hostname), address.port, timeout=DEADLINE)
                client.request("PUT", path, body, headers)
                answer = client.getresponse()
                self.assertIn(code, answer.read())
                self.assertEqual(answer.status, status)
                client.close()
        self.file.with_suffix(".done").touch()
        self.assertEqual(script.wait(DEADLINE), 0)
        self.expect_nothing_left()

    def test_the_exit_code_is_that_of_the_command(self) -> None:
        for then, code in (("ends", 0), ("fail", 7), ("killed", 128 + signal.SIGKILL)):
            with self.subTest(then):
                self.file.unlink(missing_ok=True)
                self.assertEqual(self.start(then, "redis", "smtp").wait(DEADLINE), code)
                self.expect_nothing_left()

    def test_a_script_that_is_ended_leaves_no_process(self) -> None:
        for sent, code in (
            (signal.SIGTERM, 128 + signal.SIGTERM),
            (signal.SIGINT, 128 + signal.SIGINT),
            (signal.SIGKILL, -signal.SIGKILL),
        ):
            with self.subTest(sent.name):
                self.file.unlink(missing_ok=True)
                script = self.start("stays", "redis", "smtp")
                self.surroundings(script)
                script.send_signal(sent)
                self.assertEqual(script.wait(DEADLINE), code)
                self.expect_nothing_left()

    def test_a_service_that_does_not_exist_is_refused(self) -> None:
        script = self.start("ends", "redis", "harbour")
        said, _ = script.communicate(timeout=DEADLINE)
        self.assertEqual(script.returncode, 1)
        self.assertIn("'harbour' is no service", said)
        self.assertEqual(running([self.folder.name]), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
