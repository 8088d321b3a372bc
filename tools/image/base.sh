# shellcheck shell=bash disable=SC2154  # Set by engine.sh, lib.sh and the script that sources this.
# Sourced after engine.sh: the base image, pulled or made on the spot.

# debian_sources: prints this machine's own bookworm sources, one line each, or nothing on a machine
# that has none.
debian_sources() {
  apt-get --print-uris update 2>/dev/null |
    sed -nE "s#^'([^']*/)dists/(bookworm[^/']*)/InRelease'.*#deb \1 \2 main#p" | sort --unique
}

# apt_transport: prints those of this machine's apt settings that decide how archives are reached.
apt_transport() {
  apt-config dump 2>/dev/null |
    grep -E '^Acquire::(http|https|Check-|Force|Max-ValidTime|Retries)' || true
}

has_image() {
  case $engine in
    docker) docker image inspect "$1" ;;
    *) "${engine_cli[@]}" inspect --type image "$1" ;;
  esac &>/dev/null
}

# import_tree TAR NAME: makes an image of one layer out of a root file system.
import_tree() {
  local container
  case $engine in
    docker | podman) "$engine" import --change 'CMD ["bash"]' "$1" "$2" >/dev/null ;;
    buildah)
      container=$(buildah from scratch)
      buildah add --quiet "$container" "$1" / >/dev/null
      buildah config --cmd bash "$container"
      buildah commit --quiet --rm "$container" "$2" >/dev/null
      ;;
  esac
}

# make_base NAME: a minimal Debian 12 out of this machine's own package sources, under NAME. It keeps
# no trace of those sources: an image built on it names none, as it should not.
make_base() {
  local tar=$scratch/base.tar sources=$scratch/base.list transport=$scratch/base.conf
  local -a from=("$sources")
  command -v mmdebstrap >/dev/null || "$checkout/tools/setup/install.sh" image
  debian_sources >"$sources"
  [[ -s $sources ]] || from=()  # Not Debian 12: mmdebstrap's own default.
  apt_transport >"$transport"
  say "making $1 with mmdebstrap"
  # With the hook /usr is merged from the start; the package that merges it later needs all of Perl.
  # shellcheck disable=SC2016  # mmdebstrap's hooks get the new root as their own $1.
  mmdebstrap --quiet --variant=minbase --aptopt="$transport" \
    --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
    --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --customize-hook='rm -f "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/* "$1"/etc/apt/apt.conf.d/99mmdebstrap' \
    --customize-hook='for name in hostname resolv.conf; do : >"$1/etc/$name"; done' \
    --customize-hook='rm -rf "$1"/var/log/* "$1"/var/cache/ldconfig/*' \
    bookworm "$tar" "${from[@]}" &>"$scratch/base.log" || {
    tail -n 20 "$scratch/base.log" >&2
    die "mmdebstrap could not make the base image" \
      "Check that 'apt-get update' works and lists bookworm, or pull $1 by other means."
  }
  import_tree "$tar" "$1"
  rm -f -- "$tar"
}

# ensure_base NAME: NAME is in the engine's store afterwards. A store that holds it is not refreshed.
ensure_base() {
  local full=$1
  if has_image "$1"; then
    return
  fi
  hold_lock "$(cache_dir image)/base.lock"
  if has_image "$1"; then  # Another run did the work while this one waited.
    return
  fi
  if timeout 120 "${engine_cli[@]}" pull "$1" >&2 2>"$scratch/pull"; then
    return
  fi
  say "$1 cannot be pulled: $(tail -n 1 "$scratch/pull" | cut -c 1-160)"
  [[ $1 == debian:bookworm-slim ]] || die "only debian:bookworm-slim can be made on the spot" \
    "Pull $1 by other means, or build without --base."
  # Engines look a short name up under Docker's registry.
  [[ $engine == docker ]] || full=docker.io/library/$1
  make_base "$full"
  exec 9>&-  # Lets other runs go on while this one builds.
}
