#!/usr/bin/env bash
# Every fuzz target for SECONDS_EACH seconds (default 60), starting from its committed corpus. New inputs
# go to build/fuzz/corpus; what crashes is left beside it with a line that runs it again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for target in build/fuzz/tests/*_fuzz; do
  name=$(basename "$target" _fuzz)
  mkdir -p "build/fuzz/corpus/$name"
  echo "fuzz: $name" >&2
  "$target" "build/fuzz/corpus/$name" "tests/fuzz/corpus/$name" \
    -max_total_time="${SECONDS_EACH:-60}" -timeout=30 -rss_limit_mb=2048 -artifact_prefix="build/fuzz/$name-" \
    -print_final_stats=1
done
