#!/usr/bin/env bash
# Builds the Go program NAME, pinned and hashed by go/NAME/go.mod and go.sum, into .deps/bin.
# Does nothing when the program already comes from those two files.
#
# usage: go_tool.sh NAME...
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly bin=$checkout/.deps/bin

known_names() {
  names_of '' "$setup_dir"/go/*
}

stamp_text() {
  printf 'go.mod %s\ngo.sum %s\n' "$(sha256_of "$module/go.mod")" "$(sha256_of "$module/go.sum")"
}

is_current() {
  [[ -x $bin/$name && -f $bin/.$name.stamp && $(<"$bin/.$name.stamp") == "$(stamp_text)" ]]
}

# The package to build stands in go.mod as `// build PACKAGE`.
package_of() {
  sed -n 's|^// build ||p' "$module/go.mod"
}

build() {
  name=$1
  module=$setup_dir/go/$name
  [[ -f $module/go.mod ]] || die "no Go program is named '$name'" "Known: $(known_names)"
  if is_current; then
    return
  fi
  command -v go >/dev/null || die "$name needs Go" "Run: tools/setup/install.sh check"
  hold_lock "$bin/.$name.lock"
  if is_current; then  # Another run did the work while this one waited.
    return
  fi
  say "building $name"
  (cd "$module" && GOFLAGS='-mod=readonly -buildvcs=false' CGO_ENABLED=0 \
    go build -trimpath -o "$bin/.$name.new" "$(package_of)" >&2) ||
    die "$name could not be built" "Check that go reaches its module proxy: go env GOPROXY"
  mv -f -- "$bin/.$name.new" "$bin/$name"
  stamp_text >"$bin/.$name.stamp"
  say ".deps/bin/$name is ready"
}

main() {
  (($# > 0)) || die "usage: go_tool.sh NAME..." "Known: $(known_names)"
  local each
  for each in "$@"; do
    build "$each"
  done
}

main "$@"
