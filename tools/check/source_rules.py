"""The rules of the house that can be read off the source: layers, headers, sizes, dangers.

Layers and third-party headers come from cmake/rooms.txt and cmake/headers.txt, which CMake
reads; dangerous things from tools/check/dangers.txt. One line a breach; exit code 1 if any.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from cplusplus import read_source

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.M)
PRODUCTION_WARN, PRODUCTION_MAX, TEST_MAX, DEPS_MAX = 400, 800, 1000, 6
FLOORS = ("foundation", "platform", "domain", "control", "edge", "main")
ROOM_FILES_MAX, ROOM_LINES_MAX, STEP_ROOMS_MAX, FLOOR_ROOMS_MAX = 45, 4000, 10, 14


@dataclass
class Room:
    """One row of rooms.txt, and what its files were found to include."""

    name: str
    floor: str
    step: int
    folder: str
    includes: set[str]
    tests: set[str]
    used: set[str] = field(default_factory=set)
    used_by_tests: set[str] = field(default_factory=set)
    files: int = 0
    lines: int = 0

    @property
    def height(self) -> tuple[int, int]:
        """Floors from the bottom, then steps from the bottom."""
        return (FLOORS.index(self.floor), self.step)


def read_rooms() -> list[Room]:
    """The rows of cmake/rooms.txt."""
    rooms = []
    for name, place, folder, includes, tests in rows("cmake/rooms.txt"):
        floor, step = place.split(".")
        rooms.append(
            Room(name, floor, int(step), folder, set(includes.split()), set(tests.split()))
        )
    return rooms


def rows(table: str) -> list[list[str]]:
    """The cells of a table of lines `a | b | c`; a `|` without a space before it is text."""
    lines = (ROOT / table).read_text().splitlines()
    cells = [re.split(r"\s\|(?:\s|$)", x) for x in lines if x.strip() and x[0] != "#"]
    return [[c.strip() for c in row] for row in cells]


def files_of_tree() -> list[str]:
    """Paths that git tracks or would track."""
    out = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [path for path in out.splitlines() if (ROOT / path).is_file()]


def is_test(path: str) -> bool:
    """Tests, fakes and fuzz targets: free to use more."""
    return (
        path.endswith(("_test.cc", "_fuzz.cc", "_bench.cc"))
        or "/testing/" in path
        or path.startswith("tests/")
    )


def below(path: str, place: str) -> bool:
    """`place` is a folder with a trailing slash, or a file without its ending."""
    return path.startswith(place) if place.endswith("/") else path.rsplit(".", 1)[0] == place


def room_of(path: str, rooms: list[Room]) -> Room | None:
    """The room a file lives in."""
    inside = [r for r in rooms if path.startswith(r.folder + "/")]
    return max(inside, key=lambda r: len(r.folder), default=None)


def check_layers(path: str, text: str, rooms: list[Room]) -> list[str]:
    """An include of our own must stay in the room or go to an allowed one."""
    here = room_of(path, rooms)
    found = []
    for ours, _ in INCLUDE.findall(text):
        if not ours:
            continue
        there = room_of(f"src/{ours}", rooms)
        if there is None:
            found.append(f'{path}: includes "{ours}", which is in no room of cmake/rooms.txt')
        elif here is not None and there is not here:
            allowed, used = here.includes, here.used
            if is_test(path):
                allowed, used = here.includes | here.tests, here.used_by_tests
            used.add(there.name)
            if there.name not in allowed:
                found.append(
                    f"{path}: room '{here.name}' may not include '{there.name}' (\"{ours}\")"
                )
    return found


def check_rooms(rooms: list[Room]) -> list[str]:
    """The table itself: arrows point down, nothing is allowed that is not used, bounds hold."""
    found = []
    known = {room.name: room for room in rooms}
    for room in rooms:
        where = f"cmake/rooms.txt: {room.name}"
        for name in sorted(room.includes | room.tests):
            if name not in known:
                found.append(f"{where}: no room is called '{name}'")
            elif name in room.includes and known[name].height >= room.height:
                found.append(f"{where}: '{name}' is not on a lower step")
            elif name in room.tests and known[name].height > room.height:
                found.append(f"{where}: its tests may not use '{name}', which is higher")
        found += [f"{where}: allows '{n}' and does not use it" for n in room.includes - room.used]
        spare = room.tests - (room.used_by_tests - room.used)
        found += [f"{where}: allows '{n}' to tests that do not use it" for n in sorted(spare)]
        if room.files > ROOM_FILES_MAX:
            found.append(f"{room.folder}: {room.files} production files, at most {ROOM_FILES_MAX}")
        if room.lines > ROOM_LINES_MAX:
            found.append(f"{room.folder}: {room.lines} production lines, at most {ROOM_LINES_MAX}")
    for floor in FLOORS:
        here = [room for room in rooms if room.floor == floor]
        if len(here) > FLOOR_ROOMS_MAX:
            found.append(f"cmake/rooms.txt: {floor}: {len(here)} rooms, at most {FLOOR_ROOMS_MAX}")
        for step in {room.step for room in here}:
            beside = sum(room.step == step for room in here)
            if beside > STEP_ROOMS_MAX:
                found.append(
                    f"cmake/rooms.txt: {floor}.{step}: {beside} rooms, at most {STEP_ROOMS_MAX}"
                )
    return found


def check_headers(path: str, text: str, table: list[list[str]]) -> list[str]:
    """Third-party headers have homes."""
    if is_test(path):
        return []
    found = []
    for _, header in INCLUDE.findall(text):
        for prefix, places in table:
            if header.startswith(prefix) and not any(below(path, p) for p in places.split()):
                found.append(f"{path}: <{header}> is legal only in {places}")
    return found


def check_size(path: str, text: str) -> list[str]:
    """Long files are two files."""
    lines = text.count("\n")
    limit = TEST_MAX if is_test(path) else PRODUCTION_MAX
    if lines > limit:
        return [f"{path}: {lines} lines, at most {limit}"]
    if lines > PRODUCTION_WARN and not is_test(path):
        print(f"warning: {path}: {lines} lines, {PRODUCTION_WARN} are enough for one idea")
    return []


def check_deps(path: str, text: str) -> list[str]:
    """A constructor that needs more than six others does too much."""
    found = []
    for body in re.findall(r"struct Deps\s*\{(.*?)\};", text, re.S):
        references = len(re.findall(r"&\s*\w+\s*;", body))
        if references > DEPS_MAX:
            found.append(f"{path}: Deps has {references} references, at most {DEPS_MAX}")
    return found


def check_dangers(path: str, code: str, table: list[list[str]]) -> list[str]:
    """Dangerous things have one home: `name | pattern | where`."""
    if is_test(path):
        return []
    found = []
    for name, pattern, places in table:
        if re.search(pattern, code, re.M) and not any(below(path, p) for p in places.split()):
            found.append(f"{path}: {name} is allowed only in: {places or 'no file'}")
    return found


# Lists the laws that are not kept yet. Its marks are strict, so a mended fault must leave the list.
EXPECTED_FAILURES = "tests/fault/open_faults.py"
SWITCHED_OFF = r"\bDISABLED_|GTEST_SKIP|pytest\.(skip|mark\.(skip|xfail))"


def check_tests(path: str, text: str) -> list[str]:
    """No test is switched off, no work is left unsaid."""
    found = []
    if path != EXPECTED_FAILURES and re.search(SWITCHED_OFF, text):
        found.append(f"{path}: a disabled or skipped test")
    if re.search(r"\b(TODO|FIXME|XXX)\b(?!\()", text):
        found.append(f"{path}: a TODO without a reason in parentheses")
    return found


def check_place(path: str, text: str) -> list[str]:
    """Nothing names a folder of one machine."""
    if re.search(r"(?<![\w.])/(?:root|home|work)/[a-z]", text):
        return [f"{path}: names a folder of one machine"]
    return []


def main() -> int:
    """Checks the tree."""
    rooms = read_rooms()
    headers = [[r[0], r[1]] for r in rows("cmake/headers.txt")]
    dangers = rows("tools/check/dangers.txt")
    breaches: list[str] = []
    for path in files_of_tree():
        if path.endswith((".cc", ".h")) and path.startswith(("src/", "tests/")):
            text = (ROOT / path).read_text()
            code = read_source(text).code
            home = room_of(path, rooms)
            if home is not None and not is_test(path):
                home.files += 1
                home.lines += text.count("\n")
            breaches += check_layers(path, text, rooms) + check_headers(path, text, headers)
            breaches += check_size(path, text) + check_deps(path, text)
            breaches += check_dangers(path, code, dangers)
        if path.endswith((".cc", ".h", ".py", ".sh")) and path != "tools/check/source_rules.py":
            text = (ROOT / path).read_text()
            breaches += check_tests(path, text) + check_place(path, text)
    breaches += check_rooms(rooms)
    for room in rooms:
        if (ROOT / room.folder).is_dir() and not (ROOT / room.folder / "README.md").is_file():
            breaches.append(f"{room.folder}: has no README.md")
    print("\n".join(breaches), end="\n" if breaches else "")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
