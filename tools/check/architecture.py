"""ARCHITECTURE.md draws the rooms of cmake/rooms.txt, all of them and no others.

The page has a table whose rows begin with `| floor.step | room | folder |`; further cells are free.
`--print` writes the rows that it should have. Exit code 1 if the two differ.
"""

from __future__ import annotations

import re
import sys

from source_rules import FLOORS, ROOT, Room, read_rooms

PAGE = "ARCHITECTURE.md"
Row = tuple[str, str, str]


def drawn_rooms(page: str) -> list[Row]:
    """Floor and step, name and folder of each row of the table."""
    found = []
    for line in page.splitlines():
        cells = [cell.strip(" `/") for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) >= 3 and re.fullmatch(r"[a-z]+\.\d+", cells[0]):
            found.append((cells[0], cells[1], cells[2]))
    return found


def true_rooms(rooms: list[Room]) -> list[Row]:
    """The same of the table that the build reads."""
    return [(f"{room.floor}.{room.step}", room.name, room.folder) for room in rooms]


def check_drawing(drawn: list[Row], true: list[Row]) -> list[str]:
    """Both hold the same rows."""
    if not drawn:
        return [
            f"{PAGE}: has no table with rows `| floor.step | room | folder |`: "
            "`python3 tools/check/architecture.py --print` writes them"
        ]
    found = [
        f"{PAGE}: lacks the row | {' | '.join(row)} | of cmake/rooms.txt: add it"
        for row in true
        if row not in drawn
    ]
    found += [
        f"{PAGE}: the row | {' | '.join(row)} | is not in cmake/rooms.txt: remove or mend it"
        for row in drawn
        if row not in true
    ]
    twice = {row for row in drawn if drawn.count(row) > 1}
    return found + [f"{PAGE}: the room {row[1]} is drawn twice" for row in sorted(twice)]


def main() -> int:
    """Compares, or prints."""
    rooms = read_rooms()
    if sys.argv[1:] == ["--print"]:
        top_first = sorted(rooms, key=lambda r: (-FLOORS.index(r.floor), -r.step, r.name))
        for row in true_rooms(top_first):
            print(f"| {row[0]} | {row[1]} | {row[2]} | |")
        return 0
    breaches = check_drawing(drawn_rooms((ROOT / PAGE).read_text()), true_rooms(rooms))
    print("\n".join(breaches), end="\n" if breaches else "")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
