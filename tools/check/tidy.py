"""Runs clang-tidy over the compile commands of a build, remembering what has passed."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path.cwd()
BUILD = Path(os.environ["MOORAGE_TIDY_BUILD"])
MEMORY = Path(os.environ["MOORAGE_TIDY_MEMORY"])
TIDY = "clang-tidy-19"


@dataclass
class Unit:
    """One translation unit and what its verdict depends on."""

    source: Path
    command: list[str]

    def key(self, salt: bytes) -> str | None:
        """A hash of the rules, flags and preprocessed text; None if it does not preprocess."""
        flags = [a for a in self.command if not a.endswith((".o", ".cc"))]
        preprocess = [a for a in flags if a not in ("-c", "-o")]
        text = subprocess.run(
            [*preprocess, "-E", "-P", "-C", str(self.source)], capture_output=True, check=False
        )
        if text.returncode != 0:
            return None
        digest = hashlib.sha256(salt)
        digest.update("\0".join(flags).replace(str(ROOT), "").encode())
        digest.update(text.stdout)
        return digest.hexdigest()


def units() -> list[Unit]:
    """Our own files among the compile commands, each once."""
    seen: dict[Path, Unit] = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        source = Path(entry["file"])
        command = shlex.split(entry["command"])
        while command and not Path(command[0]).name.startswith("clang++"):
            command.pop(0)  # ccache and its settings
        if source.is_relative_to(ROOT) and not source.is_relative_to(ROOT / BUILD):
            seen.setdefault(source, Unit(source, command))
    return list(seen.values())


def verdict(unit: Unit, salt: bytes) -> str:
    """The warnings of one unit; empty if there are none."""
    key = unit.key(salt)
    if key is not None and (MEMORY / key).exists():
        return ""
    run = subprocess.run(
        [TIDY, "--quiet", "-p", str(BUILD), str(unit.source)],
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode == 0 and key is not None:
        (MEMORY / key).touch()
    return "" if run.returncode == 0 else run.stdout + run.stderr


def main() -> int:
    """Exit code 0 if every unit is clean."""
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    salt = version + (ROOT / ".clang-tidy").read_bytes()
    work = units()
    failed, last = 0, time.monotonic()
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for done, text in enumerate(pool.map(lambda unit: verdict(unit, salt), work), start=1):
            if text:
                failed += 1
                print(text)
            if time.monotonic() - last > 10:
                last = time.monotonic()
                print(f"clang-tidy: {done}/{len(work)}", file=sys.stderr)
    if failed:
        print(f"clang-tidy: {failed} of {len(work)} files have warnings", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
