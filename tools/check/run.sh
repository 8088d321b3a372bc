#!/usr/bin/env bash
# Every rule that needs no running program, cheap ones first. All run; the exit code says whether any failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit

failed=()
step() {  # step NAME COMMAND...
  local name=$1 started=$SECONDS
  shift
  if "$@"; then
    printf 'check: %-11s ok    %4d s\n' "$name" $((SECONDS - started))
  else
    printf 'check: %-11s FAILED %3d s\n' "$name" $((SECONDS - started))
    failed+=("$name")
  fi
}

step selftest python3 -m unittest discover -q -s tools/check -p "*_test.py"
step rules python3 tools/check/source_rules.py
step names python3 tools/check/names.py
step rooms python3 tools/check/architecture.py
step words python3 tools/check/words.py
step format tools/check/format.sh
step shell tools/check/shell.sh
step python tools/check/python.sh
step deployment tools/check/deployment.sh
step tidy tools/check/tidy.sh

if ((${#failed[@]} > 0)); then
  echo "check: failed: ${failed[*]}" >&2
  exit 1
fi
