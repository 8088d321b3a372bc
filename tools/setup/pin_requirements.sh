#!/usr/bin/env bash
# Writes requirements/NAME.txt from requirements/NAME.in: every package pinned, every file hashed,
# for amd64 and arm64. Pins that still fit stay; with --upgrade each moves to the newest that fits.
#
# usage: pin_requirements.sh [--upgrade] NAME...
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# resolve NAME MACHINE [OPTION...]: prints the pinned list of NAME for one kind of machine.
resolve() {
  local name=$1 machine=$2
  shift 2
  cp -- "requirements/$name.txt" "$scratch/$name.$machine" 2>/dev/null || true
  "$checkout/.deps/venv/pins/bin/uv" pip compile --quiet --no-config --no-header \
    --no-emit-index-url --no-emit-find-links --generate-hashes --only-binary :all: \
    --python-version 3.11 --python-platform "$machine-manylinux_2_31" \
    "$@" --output-file "$scratch/$name.$machine" "requirements/$name.in"
}

pin() {
  local name=$1
  shift
  [[ -f requirements/$name.in ]] || die "requirements/$name.in does not exist" \
    "Write the wanted packages there, one a line."
  say "pinning $name"
  resolve "$name" x86_64 "$@"
  resolve "$name" aarch64 "$@"
  diff "$scratch/$name.x86_64" "$scratch/$name.aarch64" >&2 ||
    die "$name resolves differently on amd64 (<) and arm64 (>)" \
      "Bound the packages named above in requirements/$name.in until both agree."
  {
    echo "# Made by tools/setup/pin_requirements.sh from $name.in; edit that one."
    cat "$scratch/$name.x86_64"
  } >"$scratch/$name.txt"
  cp -- "$scratch/$name.txt" "requirements/$name.txt"
}

main() {
  local upgrade=() each
  if [[ ${1:-} == --upgrade ]]; then
    upgrade=(--upgrade)
    shift
  fi
  (($# > 0)) || die "usage: pin_requirements.sh [--upgrade] NAME..."
  "$setup_dir/python_env.sh" pins
  cd "$setup_dir"
  scratch=$(mktemp -d)
  trap 'rm -rf -- "$scratch"' EXIT
  for each in "$@"; do
    pin "$each" "${upgrade[@]}"
  done
}

main "$@"
