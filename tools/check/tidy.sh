#!/usr/bin/env bash
# clang-tidy over every C++ file, in parallel. A file whose preprocessed text, flags and rules have
# passed before is not looked at again: the memory of that is a folder of empty files named by hash.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

build=build/tidy
memory=${XDG_CACHE_HOME:-$HOME/.cache}/moorage/tidy
mkdir -p "$memory"
[[ -f $build/build.ninja ]] || cmake --preset tidy >/dev/null
cmake "$build" >/dev/null  # a new file needs its compile command

export MOORAGE_TIDY_MEMORY=$memory MOORAGE_TIDY_BUILD=$build
# A machine without the memory would take an hour; CI gives the newest changes ten minutes.
if [[ -n ${CI:-} ]]; then export MOORAGE_TIDY_BUDGET=${MOORAGE_TIDY_BUDGET:-600}; fi
exec python3 tools/check/tidy.py
