"""One name, one thing: no two headers and no two types of one name under src/; states have tests.

One line a breach, with what to do; exit code 1 if there are any.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict

from cplusplus import read_source
from source_rules import ROOT, files_of_tree

# A definition ends at its brace: a declaration has none. What follows a name may be bases.
SCOPE = re.compile(
    r"""
      (?P<unnamed>\bnamespace\s*\{)
    | (?P<namespace>\bnamespace\b[\w:\s]*\{)
    | (?P<type>\b(?:class|struct|union|enum(?:\s+(?:class|struct))?)\s+(?:alignas\([^)]*\)\s*)?
        (?:\w+\([^)]*\)\s*)?(?:\[\[[^\]]*\]\]\s*)?(?P<name>\w+)\s*(?:final\s*)?(?::(?!:)[^;{()]*)?\{)
    | (?P<open>\{)
    | (?P<close>\})
    """,
    re.X,
)


def types_of(code: str) -> list[tuple[str, bool]]:
    """Types that `code` defines in namespaces, and whether an unnamed one makes them local.

    Nested types are left out, because the name of their owner stands before theirs.
    """
    found: list[tuple[str, bool]] = []
    scopes: list[str] = []
    for hit in SCOPE.finditer(code):
        if hit["close"]:
            if scopes:
                scopes.pop()
            continue
        if hit["type"] and "other" not in scopes:
            found.append((hit["name"], "unnamed" in scopes))
        scopes.append(hit.lastgroup if hit.lastgroup in ("unnamed", "namespace") else "other")
    return found


def check_headers_differ(paths: list[str]) -> list[str]:
    """No two headers of one name."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        if path.endswith(".h"):
            places[path.rsplit("/", 1)[1]].append(path)
    return [
        f"{name}: {len(where)} headers have this name, rename all but one for what differs: "
        + " ".join(where)
        for name, where in places.items()
        if len(where) > 1
    ]


def check_types_differ(sources: dict[str, str]) -> list[str]:
    """No two types of one name in named namespaces, and no local type with such a name.

    Two sources may have local types of one name (`Row`). A test's own types are left out.
    """
    places: dict[str, list[str]] = defaultdict(list)
    local: list[tuple[str, str]] = []
    for path, code in sources.items():
        if path.endswith("_test.cc"):
            continue
        for name, is_local in types_of(code):
            if is_local:
                local.append((name, path))
            else:
                places[name].append(path)
    for name, path in local:
        if name in places:
            places[name].append(path)
    return [
        f"{name}: {len(where)} types have this name, rename all but one for what differs: "
        + " ".join(where)
        for name, where in sorted(places.items())
        if len(where) > 1
    ]


def check_states_are_tested(sources: dict[str, str]) -> list[str]:
    """A table of moves (base/state_moves.h) has a test in its folder that walks it."""
    found = []
    for path, code in sources.items():
        if path.endswith("_test.cc") or "/base/" in path:
            continue
        folder = path.rsplit("/", 1)[0] + "/"
        tests = [c for p, c in sources.items() if p.startswith(folder) and p.endswith("_test.cc")]
        for table in re.findall(r"\bauto\s+(k\w+Moves)\b", code):
            if not any(re.search(rf"\b{table}\b", test) for test in tests):
                found.append(
                    f"{path}: no test beside it walks {table}: "
                    "write one that tries every move, legal and illegal"
                )
    return found


def main() -> int:
    """Checks src/."""
    paths = [p for p in files_of_tree() if p.startswith("src/") and p.endswith((".h", ".cc"))]
    sources = {path: read_source((ROOT / path).read_text()).code for path in paths}
    breaches = check_headers_differ(paths) + check_types_differ(sources)
    breaches += check_states_are_tested(sources)
    print("\n".join(breaches), end="\n" if breaches else "")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
