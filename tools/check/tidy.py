"""Runs clang-tidy over production files, in parallel, remembering what has passed.

Arguments are files or folders of ours; a header stands for the source beside it. A verdict rests on
the file, every file of ours that it includes, the flags, the rules and the tool; one whose hash of
all that has passed before is not looked at again. Tests are left out: their macros take most of the
time, and they are compiled with every warning and run under sanitizers.
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
TIDY = "clang-tidy-19"
LIMIT = 900.0  # seconds for one file
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
    """The production files among the compile commands that the arguments name, each once."""
    places = tuple(str(ROOT / re.sub(r"\.h$", ".cc", place)) for place in sys.argv[1:])
    seen: dict[Path, Unit] = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        source = Path(entry["file"])
        test = source.name.endswith("_test.cc") or source.parent.name == "testing"
        if str(source).startswith(places) and not test:
            flags = [w for w in shlex.split(entry["command"]) if w.startswith(("-D", "-W", "-std"))]
            seen.setdefault(source, Unit(source, " ".join(flags)))
    return list(seen.values())


def verdict(unit: Unit, salt: bytes) -> str:
    """The warnings of one unit, empty if there are none."""
    key = unit.key(salt)
    if (MEMORY / key).exists():
        return ""
    try:
        run = subprocess.run(
            [TIDY, "--quiet", "-p", str(BUILD), str(unit.source)],
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT,
        )
    except subprocess.TimeoutExpired:
        return f"{unit.source}: {TIDY} did not end within {LIMIT:.0f} s"
    if run.returncode == 0:
        (MEMORY / key).touch()
        return ""
    return run.stdout + run.stderr


def main() -> int:
    """Exit code 0 if every unit is clean."""
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    salt = version + (ROOT / ".clang-tidy").read_bytes()
    work = units()
    failed = 0
    last = time.monotonic()
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        verdicts = pool.map(lambda unit: verdict(unit, salt), work)
        for done, text in enumerate(verdicts, start=1):
            if text:
                failed += 1
                print(text, flush=True)
            if time.monotonic() - last > 10:
                last = time.monotonic()
                print(f"clang-tidy: {done}/{len(work)}", file=sys.stderr)
    print(f"clang-tidy: {len(work) - failed} of {len(work)} files are clean", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
