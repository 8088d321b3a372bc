# shellcheck shell=bash
# Sourced by every script in tools/setup. Progress goes to stderr; stdout stays free for results.

setup_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034  # Read by the scripts that source this file.
checkout=$(cd "$setup_dir/../.." && pwd)

# say WHAT: one line of progress, named after the script that speaks.
say() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# `die` WHAT HOW_TO_MEND...: stops with one line that says what is wrong and one for each remedy.
die() {
  say "error: $1"
  shift
  local remedy
  for remedy in "$@"; do
    printf '  %s\n' "$remedy" >&2
  done
  exit 1
}

# names_of SUFFIX FILE...: prints the file names without folder and SUFFIX, on one line.
names_of() {
  basename --multiple --suffix="$1" -- "${@:2}" | paste --serial --delimiters=' '
}

# cache_dir NAME: prints the download cache of NAME, which outlives the checkout.
cache_dir() {
  local base=${XDG_CACHE_HOME:-${HOME:-/var}/.cache}
  printf '%s/moorage/%s\n' "$base" "$1"
}

sha256_of() {
  local digest
  digest=$(sha256sum -- "$1")
  printf '%s\n' "${digest%% *}"
}

# has_sha256 FILE DIGEST: true if FILE exists and has that content.
has_sha256() {
  [[ -f $1 && $(sha256_of "$1") == "$2" ]]
}

# hold_lock FILE: waits until no other process holds FILE's lock, then holds it until this process
# and its children have ended, however they end; a download that outlives a killed run counts.
hold_lock() {
  mkdir -p -- "$(dirname "$1")"
  exec 9>"$1"
  if ! flock --nonblock 9; then
    say "waiting for another run that holds $1"
    flock --timeout 1800 9 || die "another run holds $1 for half an hour" \
      "Find it with: fuser $1"
  fi
}

# pick_python MODULE: prints a Python of at least 3.11 that has MODULE; Debian's own comes first.
pick_python() {
  local candidate
  for candidate in /usr/bin/python3 python3 python3.11 python3.12 python3.13; do
    if "$candidate" -c "import sys, $1; sys.exit(sys.version_info < (3, 11))" 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}
