"""What the soak knows to fail today. The change that mends it removes the entry."""

from __future__ import annotations

# Kinds and faults that end the server or fill its memory, so that nothing else could be measured.
# `--only KIND` and `--all` run them.
OPEN_KINDS: dict[str, str] = {}

# Bounds that do not hold yet.
OPEN_BOUNDS: dict[str, str] = {
    "cheap p99": "on two cores it is within a millisecond of its bound, so other load decides",
    "memory given back": "fragments in the heaps of the threads keep from 0 to 14 MiB",
}
