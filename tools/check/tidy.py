"""Runs clang-tidy over production files, in groups and in parallel, remembering what has passed.

Arguments are files or folders of ours; a header stands for the source beside it. A verdict rests on
the file, every file of ours that it includes, the flags, the rules and the tool; one whose hash of
all that has passed before is not looked at again. The rest is looked at in groups of one room, like
those of a unity build: 12 files in a group take 16 s, and one alone takes 13 s, because both read
the same headers. Tests are left out: their macros take most of the time, and they are compiled with
every warning and run under sanitizers.
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
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path.cwd()
BUILD = Path(os.environ["MOORAGE_TIDY_BUILD"])
MEMORY = Path(os.environ["MOORAGE_TIDY_MEMORY"])
TIDY = "clang-tidy-19"
LIMIT = 900.0  # seconds for one group
GROUP = 12
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
    command: list[str]

    @property
    def target(self) -> str:
        """The library that it is part of: files of one library have the same flags."""
        return self.command[self.command.index("-o") + 1].split("/src/")[0]

    def options(self) -> list[str]:
        """What the compiler is told apart from the names of files."""
        at = self.command.index("-o")
        words = self.command[1:at] + self.command[at + 2 :]
        return [word for word in words if word != "-c" and not word.endswith(".cc")]

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
            command = shlex.split(entry["command"])
            flags = [word for word in command if word.startswith(("-D", "-W", "-std"))]
            seen.setdefault(source, Unit(source, " ".join(flags), command))
    return list(seen.values())


def groups(work: list[Unit], salt: bytes) -> list[list[Unit]]:
    """The units that have not passed before, those of one library together."""
    of_target: dict[str, list[Unit]] = defaultdict(list)
    for unit in work:
        if not (MEMORY / unit.key(salt)).exists():
            of_target[unit.target].append(unit)
    return [
        units[first : first + GROUP]
        for units in of_target.values()
        for first in range(0, len(units), GROUP)
    ]


def verdict(group: list[Unit], salt: bytes) -> str:
    """The warnings of a group, empty if there are none."""
    text = "".join(f'#include "{unit.source}"\n' for unit in group)
    place = BUILD.resolve() / f"group-{hashlib.sha256(text.encode()).hexdigest()[:16]}.cc"
    place.write_text(text)
    command = [TIDY, "--quiet", f"--config-file={ROOT}/.clang-tidy"]
    command += ["--checks=-bugprone-suspicious-include", str(place), "--", *group[0].options()]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        names = " ".join(str(unit.source.relative_to(ROOT)) for unit in group)
        return f"{TIDY} did not end within {LIMIT:.0f} s: {names}"
    finally:
        place.unlink()
    if run.returncode == 0:
        for unit in group:
            (MEMORY / unit.key(salt)).touch()
        return ""
    return run.stdout + run.stderr


def main() -> int:
    """Exit code 0 if every unit is clean."""
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    salt = version + (ROOT / ".clang-tidy").read_bytes()
    every = units()
    work = groups(every, salt)
    failed = 0
    last = time.monotonic()
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        verdicts = pool.map(lambda group: verdict(group, salt), work)
        for done, text in enumerate(verdicts, start=1):
            if text:
                failed += 1
                print(text, flush=True)
            if time.monotonic() - last > 10:
                last = time.monotonic()
                print(f"clang-tidy: {done}/{len(work)} groups", file=sys.stderr)
    looked_at = sum(map(len, work))
    print(
        f"clang-tidy: {len(every)} files, {looked_at} looked at in {len(work)} groups, "
        f"{failed} groups with warnings",
        file=sys.stderr,
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
