#!/usr/bin/env bash
# clang-tidy over production files: those that the arguments name (files or folders), or without arguments
# those that changed since the branch left its upstream, or else since the last commit. `make tidy` looks at
# all; what has passed is remembered by its hash and not looked at again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

changed_files() {
  local base
  base=$(git merge-base HEAD '@{upstream}' 2>/dev/null || true)
  if [[ -z $base || $base == "$(git rev-parse HEAD)" ]]; then
    base=$(git rev-parse --quiet --verify HEAD~1 || git rev-parse HEAD)
  fi
  { git diff --name-only "$base" -- src; git ls-files --others --exclude-standard -- src; } | grep -E '\.(cc|h)$' || true
}

if (($# > 0)); then files=("$@"); else mapfile -t files < <(changed_files); fi
if ((${#files[@]} == 0)); then
  echo "clang-tidy: no production file has changed" >&2
  exit 0
fi

build=build/tidy
memory=${XDG_CACHE_HOME:-$HOME/.cache}/moorage/tidy
mkdir -p "$memory"
cmake --preset tidy >/dev/null  # also after a change of the preset, and a new file needs its command
export MOORAGE_TIDY_MEMORY=$memory MOORAGE_TIDY_BUILD=$build
exec python3 tools/check/tidy.py "${files[@]}"
