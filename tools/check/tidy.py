"""Runs clang-tidy over the compile commands of a build, remembering what has passed.

What a verdict depends on is the file, every file of ours that it includes, the flags, the rules and
the tool; a file whose hash of all that has passed before is not looked at again. With a budget
(MOORAGE_TIDY_BUDGET, in seconds) the files that changed last come first, and what the time did not
reach is counted.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path.cwd()
BUILD = Path(os.environ["MOORAGE_TIDY_BUILD"])
MEMORY = Path(os.environ["MOORAGE_TIDY_MEMORY"])
BUDGET = float(os.environ.get("MOORAGE_TIDY_BUDGET", "inf"))
TIDY = "clang-tidy-19"
INCLUDE = re.compile(rb'^\s*#\s*include\s+"([^"]+)"', re.M)


@cache
def includes(path: Path) -> frozenset[Path]:
    """Our files that `path` includes itself."""
    names = INCLUDE.findall(path.read_bytes())
    return frozenset(p for name in names if (p := ROOT / "src" / name.decode()).is_file())


def closure(path: Path) -> list[Path]:
    """`path` and all of ours that it includes, sorted."""
    seen, todo = {path}, [path]
    while todo:
        new = includes(todo.pop()) - seen
        seen |= new
        todo.extend(new)
    return sorted(seen)


@dataclass
class Unit:
    """One translation unit."""

    source: Path
    flags: str

    def key(self, salt: bytes) -> str:
        """The hash of what its verdict depends on."""
        digest = hashlib.sha256(salt + self.flags.replace(str(ROOT), "").encode())
        for path in closure(self.source):
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()


def units() -> list[Unit]:
    """Our own files among the compile commands, each once, those that changed last first."""
    seen: dict[Path, Unit] = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        source = Path(entry["file"])
        if source.is_relative_to(ROOT) and not source.is_relative_to(ROOT / BUILD):
            flags = [w for w in shlex.split(entry["command"]) if w.startswith(("-D", "-W", "-std"))]
            seen.setdefault(source, Unit(source, " ".join(flags)))
    log = ["git", "log", "--name-only", "--format="]
    names = subprocess.run(log, capture_output=True, text=True, check=True).stdout.split()
    age = {ROOT / name: i for i, name in reversed(list(enumerate(names)))}
    return sorted(seen.values(), key=lambda unit: age.get(unit.source, -1))


def verdict(unit: Unit, salt: bytes, deadline: float) -> str | None:
    """The warnings of one unit, empty if there are none; None if there was no time to look."""
    key = unit.key(salt)
    if (MEMORY / key).exists():
        return ""
    if time.monotonic() > deadline:
        return None
    run = subprocess.run(
        [TIDY, "--quiet", "-p", str(BUILD), str(unit.source)],
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode == 0:
        (MEMORY / key).touch()
        return ""
    return run.stdout + run.stderr


def main() -> int:
    """Exit code 0 if every unit that was looked at is clean."""
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    salt = version + (ROOT / ".clang-tidy").read_bytes()
    work = units()
    deadline = time.monotonic() + BUDGET
    failed = unseen = 0
    last = time.monotonic()
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        verdicts = pool.map(lambda unit: verdict(unit, salt, deadline), work)
        for done, text in enumerate(verdicts, start=1):
            unseen += text is None
            if text:
                failed += 1
                print(text, flush=True)
            if time.monotonic() - last > 10:
                last = time.monotonic()
                print(f"clang-tidy: {done}/{len(work)}", file=sys.stderr)
    if unseen:
        print(f"clang-tidy: {unseen} of {len(work)} files not looked at within {BUDGET:.0f} s")
    if failed:
        print(f"clang-tidy: {failed} of {len(work)} files have warnings", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
