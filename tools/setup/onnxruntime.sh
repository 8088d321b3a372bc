#!/usr/bin/env bash
# Puts the pinned ONNX Runtime into .deps/onnxruntime:
#   include/   the C and C++ headers
#   lib/       libonnxruntime.so.1.28.0 with the links .so.1 and .so
#   licenses/  the notices that must travel with the library
#
# The library comes out of the PyPI wheel and the headers out of a Debian package; every artefact
# is pinned by SHA-256. Why these two: docs/decisions/0003-onnxruntime-from-the-wheel.md.
#
# usage: onnxruntime.sh [--arch amd64|arm64] [--into DIR]
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly runtime_version=1.28.0
readonly runtime_soname=libonnxruntime.so.1
readonly runtime_library=libonnxruntime.so.$runtime_version
readonly headers_package=libonnxruntime-dev
readonly headers_version=1.21.0+dfsg-1
readonly headers_suite=trixie
# Counts changes in how the tree is laid out, so that an older tree is made again.
readonly layout=1

usage() {
  say "usage: onnxruntime.sh [--arch amd64|arm64] [--into DIR]"
  exit 2
}

read_arguments() {
  arch=$(dpkg --print-architecture)
  target=$checkout/.deps/onnxruntime
  while (($# > 0)); do
    (($# >= 2)) || usage
    case $1 in
      --arch) arch=$2 ;;
      --into) target=$2 ;;
      *) usage ;;
    esac
    shift 2
  done
}

choose_pins() {
  case $arch in
    amd64)
      machine=x86_64
      wheel_sha256=0a83bdb70d143cede762b677789bf2a7acca54b3fb82565601d5c30695aa933c
      library_sha256=aa4079d18f4ea7a5f3a94d80cd4bbe0f2740436626622d64d793803a20381083
      headers_sha256=14f7d959d5deacbcf1504830d4189f91fc67382b399ed9ae9d3aa9c4050ced08
      ;;
    arm64)
      machine=aarch64
      wheel_sha256=4e81a23df16e7acb9d51b06d30cc098e49315ef9180f97bc2221d167b4b04d9c
      library_sha256=23a37c2994bc273e1d59a4f49af6cba5bf1cfbc29f04907ec27df375aba50a7d
      headers_sha256=d4b1967893865756c0fa8536be165259a8eb0e9068e60d322ba707ef4527e44e
      ;;
    *)
      die "no ONNX Runtime is pinned for the architecture '$arch'" \
        "Supported: amd64, arm64. Another one needs its own row of pins in $0."
      ;;
  esac
  wheel_name=onnxruntime-$runtime_version-cp312-cp312
  wheel_name+=-manylinux_2_27_$machine.manylinux_2_28_$machine.whl
  headers_name=${headers_package}_${headers_version}_$arch.deb
}

stamp_text() {
  cat <<STAMP
layout $layout
wheel $wheel_name $wheel_sha256
library $runtime_library $library_sha256
headers $headers_name $headers_sha256
STAMP
}

is_current() {
  [[ -f $target/stamp && $(<"$target/stamp") == "$(stamp_text)" ]] &&
    [[ -f $target/include/onnxruntime_cxx_api.h && -e $target/lib/$runtime_soname ]] &&
    has_sha256 "$target/lib/$runtime_library" "$library_sha256"
}

# keep_if_genuine FILE SHA256: puts a fresh download into the cache in one step, or stops.
keep_if_genuine() {
  local file=$1 wanted=$2 found
  found=$(sha256_of "$file")
  [[ $found == "$wanted" ]] || die "${file##*/} is not the pinned file" \
    "expected sha256 $wanted" "found    sha256 $found" \
    "Something between the registry and this machine changed it; do not build with it."
  # The cache may lie on another file system, where only a rename within it is one step.
  cp -- "$file" "$cache/.${file##*/}.$$"
  mv -f -- "$cache/.${file##*/}.$$" "$cache/${file##*/}"
}

fetch_wheel() {
  has_sha256 "$cache/$wheel_name" "$wheel_sha256" && return
  local python
  python=$(pick_python pip) || die "no Python 3.11 with pip was found" \
    "Run: tools/setup/install.sh build"
  say "downloading onnxruntime $runtime_version for $arch from the Python package index"
  printf 'onnxruntime==%s --hash=sha256:%s\n' "$runtime_version" "$wheel_sha256" \
    >"$scratch/requirements.txt"
  "$python" -m pip download --quiet --disable-pip-version-check --no-cache-dir \
    --require-hashes --no-deps --only-binary :all: \
    --implementation cp --python-version 3.12 --abi cp312 \
    --platform "manylinux_2_27_$machine" --platform "manylinux_2_28_$machine" \
    --dest "$scratch" --requirement "$scratch/requirements.txt" >&2 ||
    die "the wheel could not be downloaded" \
      "Check that pip reaches its package index, or put $wheel_name into $cache"
  keep_if_genuine "$scratch/$wheel_name" "$wheel_sha256"
}

# Prints the address of every repository that gives this machine its bookworm packages.
debian_mirrors() {
  apt-get --print-uris update 2>/dev/null |
    sed -n "s|^'\(.*/\)dists/bookworm/InRelease'.*|\1|p" | sort --unique
}

# download_deb MIRROR: fetches the headers package by an apt of its own, so that the machine's
# package lists and state stay as they are. Bookworm's archive keyring also vouches for trixie.
download_deb() {
  local apt=$scratch/apt
  rm -rf -- "$apt"
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  : >"$apt/status"
  printf 'deb [signed-by=%s target=Packages arch=%s] %s %s main\n' \
    /usr/share/keyrings/debian-archive-keyring.gpg "$arch" "$1" "$headers_suite" \
    >"$apt/sources.list"
  cat >"$apt/apt.conf" <<CONF
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Architectures;
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$apt";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
CONF
  apt-get --quiet --quiet --config-file "$apt/apt.conf" update >&2 &&
    (cd "$scratch" && apt-get --quiet --quiet --config-file "$apt/apt.conf" \
      download "$headers_package=$headers_version" >&2)
}

fetch_headers() {
  has_sha256 "$cache/$headers_name" "$headers_sha256" && return
  say "downloading the headers $headers_version for $arch from Debian $headers_suite"
  local mirror
  for mirror in $(debian_mirrors); do
    if download_deb "$mirror"; then
      keep_if_genuine "$scratch/$headers_name" "$headers_sha256"
      return
    fi
  done
  die "$headers_name could not be downloaded" \
    "Check that 'apt-get update' works and lists bookworm, or put $headers_name into $cache"
}

# Builds the whole tree beside its final place, so that a killed run leaves only a scratch folder.
assemble() {
  local tree=$scratch/tree wheel=$scratch/wheel deb=$scratch/deb python
  python=$(pick_python zipfile) ||
    die "no Python 3.11 was found" "Run: tools/setup/install.sh build"
  "$python" -m zipfile --extract "$cache/$wheel_name" "$wheel"
  dpkg-deb --extract "$cache/$headers_name" "$deb"

  mkdir -p "$tree/lib" "$tree/include" "$tree/licenses"
  install -m 0755 "$wheel/onnxruntime/capi/$runtime_library" "$tree/lib/"
  has_sha256 "$tree/lib/$runtime_library" "$library_sha256" ||
    die "$runtime_library inside the wheel is not the pinned library" \
      "Its library_sha256 in $0 does not belong to its wheel_sha256; correct the pins."
  ln -s "$runtime_library" "$tree/lib/$runtime_soname"
  ln -s "$runtime_soname" "$tree/lib/libonnxruntime.so"
  cp -R "$deb/usr/include/onnxruntime/." "$tree/include/"
  install -m 0644 "$wheel/onnxruntime/LICENSE" "$wheel/onnxruntime/ThirdPartyNotices.txt" \
    "$wheel/onnxruntime/Privacy.md" "$tree/licenses/"
  install -m 0644 "$deb/usr/share/doc/$headers_package/copyright" \
    "$tree/licenses/headers-copyright"
  # Wheel and package carry old dates; a build must see that these files are new.
  find "$tree" -type f -exec touch {} +
  stamp_text >"$tree/stamp"
}

# The old tree steps aside by a rename and the new one steps in by another.
put_in_place() {
  [[ ! -e $target ]] || mv -T -- "$target" "$scratch/old"
  mv -T -- "$scratch/tree" "$target"
}

main() {
  read_arguments "$@"
  choose_pins
  if is_current; then
    return
  fi
  local parent
  parent=$(dirname "$target")
  hold_lock "$parent/.onnxruntime.lock"
  if is_current; then  # Another run did the work while this one waited.
    return
  fi
  cache=$(cache_dir onnxruntime)
  mkdir -p -- "$cache"
  rm -rf -- "$parent"/.onnxruntime.scratch.*  # Left by a run that was killed; we hold the lock.
  scratch=$(mktemp -d "$parent/.onnxruntime.scratch.XXXXXX")
  trap 'rm -rf -- "$scratch"' EXIT
  fetch_wheel
  fetch_headers
  assemble
  put_in_place
  say "ONNX Runtime $runtime_version ($arch) is in $target"
}

main "$@"
