# shellcheck shell=bash disable=SC2034,SC2154  # Its users read what it sets; lib.sh sets checkout.
# Sourced after tools/setup/lib.sh: finds a container engine that really works on this machine.
# Afterwards `engine` is its name and these arrays hold the command with the options it needs:
#   engine_cli    talks to its image store
#   engine_build  builds images
#   engine_run    runs containers; empty when the engine only builds (buildah)

# docker's client alone is not enough: a command that needs the daemon must answer.
try_docker() {
  command -v docker >/dev/null && timeout 20 docker version --format '{{.Server.Version}}' &>/dev/null ||
    return 1
  engine=docker
  engine_cli=(docker)
  engine_build=(docker build --progress plain)
  engine_run=(docker run)
}

# Builds happen in a chroot on the host's network: that needs neither a daemon nor control groups,
# and reaches package registries the way the host does. What runs in it is this project's own
# Dockerfile. The docker format keeps HEALTHCHECK, which OCI's has no field for.
chroot_build=(--isolation chroot --network host --format docker)

# use_working_storage ENGINE: storage by overlay mounts needs a kernel and a file system that allow it;
# plain copies work everywhere. Copies are slow, so they are not kept for every step of a build.
use_working_storage() {
  local driver
  if ! timeout 60 "$1" info &>/dev/null; then
    export STORAGE_DRIVER=vfs
    timeout 60 "$1" info &>/dev/null || return 1
  fi
  driver=$("$1" info 2>/dev/null | sed -nE 's/.*(graphDriverName|GraphDriverName)"?: *"?([a-z]+).*/\2/p')
  if [[ $driver == vfs ]]; then
    chroot_build+=(--layers=false)
  else
    chroot_build+=(--layers)
  fi
}

try_podman() {
  command -v podman >/dev/null && use_working_storage podman || return 1
  engine=podman
  engine_cli=(podman)
  engine_build=(podman build "${chroot_build[@]}")
  engine_run=(podman run)
}

try_buildah() {
  command -v buildah >/dev/null && use_working_storage buildah || return 1
  engine=buildah
  engine_cli=(buildah)
  engine_build=(buildah build "${chroot_build[@]}")
  engine_run=()
}

# pick_engine NAME...: takes the first of these that works; installs podman where none does, if
# podman is among them.
pick_engine() {
  local candidate
  for candidate in "$@"; do
    if "try_$candidate"; then
      return
    fi
  done
  [[ " $* " == *' podman '* ]] || die "$* does not work here" \
    "Try '$1 info', or leave the choice to this script."
  say "no container engine works here; installing podman"
  "$checkout/tools/setup/install.sh" image
  try_podman || die "podman does not work on this machine" \
    "Run 'podman info' to see why. Root, or a user with ranges in /etc/subuid, is needed."
}

# settle_running IMAGE: completes engine_cli and engine_run with the options that podman needs to run
# containers here. Which ones depends on control groups, limits and the OCI runtime, so a container
# that only prints its version is tried until one set works.
settle_running() {
  local image=$1 how reason=''
  local -a globals limits
  [[ $engine == podman ]] || return 0
  for how in as-is runc runc-limits; do
    # Without systemd there is no timer for health checks, which podman reports at every step.
    globals=(--log-level fatal)
    limits=()
    [[ $how == as-is ]] || globals+=(--cgroup-manager cgroupfs --runtime runc)
    [[ $how != runc-limits ]] || limits=(--ulimit nofile=1024:1024 --ulimit nproc=1000:1000)
    if reason=$(timeout 120 podman "${globals[@]}" run --rm --pull never "${limits[@]}" "$image" version 2>&1); then
      engine_cli=(podman "${globals[@]}")
      engine_run=(podman "${globals[@]}" run "${limits[@]}")
      return
    fi
  done
  die "podman can build here but not run a container" "Its last message: $reason"
}
