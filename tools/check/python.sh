#!/usr/bin/env bash
# Every Python file passes ruff, and mypy in strict mode.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mapfile -t files < <(git ls-files -co --exclude-standard '*.py')
.deps/venv/lint/bin/ruff check --quiet "${files[@]}"
# A directory at a time: its scripts import one another by their plain names.
for directory in $(printf '%s\n' "${files[@]}" | xargs -n1 dirname | sort -u); do
  MYPYPATH=$directory:examples .deps/venv/lint/bin/mypy --no-error-summary \
    --python-executable .deps/venv/examples/bin/python "$directory"/*.py
done
