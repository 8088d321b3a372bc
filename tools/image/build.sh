#!/usr/bin/env bash
# Builds the container image with docker, podman or buildah, whichever works on this machine, and
# prints what it made and how to run it. Why it works without a daemon, and without a registry that
# gives a base image: docs/decisions/0010-image-without-a-daemon.md.
#
# usage: build.sh [--engine docker|podman|buildah] [--tag NAME:TAG] [--base IMAGE] [--fresh]
#                 [--id-file FILE]
#   --fresh    take no layer from an earlier build
#   --id-file  write the image's id there, for scripts
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../setup/lib.sh
source "$here/../setup/lib.sh"
# shellcheck source-path=SCRIPTDIR source=engine.sh
source "$here/engine.sh"
# shellcheck source-path=SCRIPTDIR source=base.sh
source "$here/base.sh"

usage() {
  sed -n '/^# usage:/,/^set/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

read_arguments() {
  wanted_engine='' tag='' base=debian:bookworm-slim id_file='' fresh=''
  while (($# > 0)); do
    case $1 in
      --fresh)
        fresh=yes
        shift
        continue
        ;;
      --engine | --tag | --base | --id-file) (($# >= 2)) || usage ;;
      *) usage ;;
    esac
    case $1 in
      --engine)
        [[ $2 =~ ^(docker|podman|buildah)$ ]] || usage
        wanted_engine=$2
        ;;
      --tag) tag=$2 ;;
      --base) base=$2 ;;
      --id-file) id_file=$2 ;;
    esac
    shift 2
  done
}

# Version and commit, for the labels, and the time that stands in for "now" in everything made.
describe_source() {
  version=$(sed -nE 's/^project\(moorage VERSION ([0-9.]+).*/\1/p' "$checkout/CMakeLists.txt")
  [[ -n $version ]] || die "CMakeLists.txt names no version" "It should say: project(moorage VERSION ..."
  revision=$(git -C "$checkout" rev-parse --verify --quiet HEAD || echo unknown)
  epoch=${SOURCE_DATE_EPOCH:-$(git -C "$checkout" log -1 --format=%ct 2>/dev/null || date +%s)}
  export SOURCE_DATE_EPOCH=$epoch
  tag=${tag:-moorage:$version}
}

# ini_of_pip: prints this machine's pip settings, from files and environment, as one file.
ini_of_pip() {
  local python
  echo '[global]'
  python=$(pick_python pip) || return 0
  "$python" -m pip config list 2>/dev/null |
    sed -nE "s/^(global|:env:)\.(index-url|extra-index-url|trusted-host|proxy|timeout|default-timeout)='(.*)'$/\2 = \3/p" |
    awk -F ' = ' '!seen[$1]++'
}

# lend_host_ways: gives the build this machine's caches and its ways to package registries, as mounts
# over folders that every Debian has. They exist while a RUN step runs and leave nothing behind.
lend_host_ways() {
  local ways=$scratch/ways compiler_cache downloads bundle name
  compiler_cache=$(ccache --get-config cache_dir 2>/dev/null || cache_dir ../ccache)
  downloads=$(cache_dir .)
  mkdir -p -- "$ways/sources" "$ways/apt" "$ways/cache/moorage" "$ways/cache/ccache" \
    "$compiler_cache" "$downloads"
  bundle=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
  debian_sources >"$ways/sources/host.list"
  apt_transport >"$ways/apt/50host"
  ini_of_pip >"$ways/pip.conf"
  if [[ -r $bundle ]]; then
    cp -- "$bundle" "$ways/ca-certificates.crt"
    echo 'cert = /mnt/ca-certificates.crt' >>"$ways/pip.conf"
    build_options+=(--build-arg SSL_CERT_FILE=/mnt/ca-certificates.crt)
  fi
  build_options+=(
    --volume "$ways:/mnt:ro"
    --volume "$downloads:/mnt/cache/moorage"
    --volume "$compiler_cache:/mnt/cache/ccache"
    --build-arg XDG_CACHE_HOME=/mnt/cache
    --build-arg CCACHE_DIR=/mnt/cache/ccache
    --build-arg PIP_CONFIG_FILE=/mnt/pip.conf
  )
  for name in LANG LC_ALL; do  # Part of what the compiler's cache looks a result up by.
    [[ -z ${!name:-} ]] || build_options+=(--build-arg "$name=${!name}")
  done
  if [[ -s $ways/sources/host.list ]]; then
    build_options+=(
      --volume "$ways/sources:/etc/apt/sources.list.d:ro"
      --volume "$ways/apt:/etc/apt/apt.conf.d:ro"
    )
  fi
}

build() {
  build_options=(
    --tag "$tag"
    --file "$checkout/Dockerfile"
    --build-arg "BASE=$base"
    --build-arg "SOURCE_DATE_EPOCH=$epoch"
    --build-arg "VERSION=$version"
    --build-arg "REVISION=$revision"
    --iidfile "$scratch/id"
  )
  if [[ $engine != docker ]]; then
    build_options+=(--timestamp "$epoch" --pull-never --identity-label=false)
    lend_host_ways
  fi
  [[ -z $fresh ]] || build_options+=(--no-cache)
  "${engine_build[@]}" "${build_options[@]}" "$checkout" >&2 ||
    die "$engine could not build the image" "The step that failed is named above."
  image_id=$(<"$scratch/id")
}

# image_field TEMPLATE TEMPLATE_OF_BUILDAH: prints what a template finds in the image's description.
image_field() {
  case $engine in
    buildah) buildah inspect --type image --format "$2" "$image_id" ;;
    *) "$engine" image inspect --format "$1" "$image_id" ;;
  esac
}

# One hash over the layers. Two builds of one commit give the same, though not the same image id:
# older engines write the builder's random host name into the configuration.
content_digest() {
  image_field '{{range .RootFS.Layers}}{{.}} {{end}}' '{{range .OCIv1.RootFS.DiffIDs}}{{.}} {{end}}' | sha256sum | cut -d ' ' -f 1
}

report() {
  local size runner=$engine
  if [[ $engine == buildah ]]; then
    runner=podman
    size=$(buildah images --format '{{.Size}}' "$tag" | head -n 1)
  else
    size=$("$engine" image inspect --format '{{.Size}}' "$image_id" | sed -E 's/[0-9]{6}$/ MB/')
  fi
  [[ -z $id_file ]] || printf '%s\n' "$image_id" >"$id_file"
  cat <<REPORT
image    $tag
id       $image_id
content  sha256:$(content_digest)
size     $size
made by  $engine, in $SECONDS s
run it   $runner run --rm --read-only -p 127.0.0.1:8000:8000 -v "\$PWD/examples/cancer:/models:ro" -e MODEL_PATH=/models/model.onnx $tag
REPORT
}

main() {
  read_arguments "$@"
  scratch=$(mktemp -d)
  trap 'rm -rf -- "$scratch"' EXIT
  if [[ -n $wanted_engine ]]; then
    pick_engine "$wanted_engine"
  else
    pick_engine docker podman buildah
  fi
  describe_source
  say "building $tag with $engine"
  ensure_base "$base"
  build
  report
}

main "$@"
