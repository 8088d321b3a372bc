"""What the soak knows to fail today. The change that mends it removes the entry."""

from __future__ import annotations

# Kinds and faults that end the server or fill its memory, so that nothing else could be measured.
# `--only KIND` and `--all` run them.
OPEN_KINDS: dict[str, str] = {
    "refused-strings": "they are never given back, so a long run fills the memory",
}

# Bounds that do not hold yet.
OPEN_BOUNDS: dict[str, str] = {
    "cheap p99": "large answers are copied on the reactor, and decompressed bodies are freed there",
    "memory": "memory is bounded for each connection, not in all",
    "memory given back": "strings and buffers are kept",
}
