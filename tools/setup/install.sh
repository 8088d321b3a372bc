#!/usr/bin/env bash
# Installs what a machine with Debian 12 needs, one group at a time or several at once. A group is
# a list of packages in packages/GROUP.txt; `check` also gets the linters that Debian lacks. Does
# nothing, quickly, when everything is there. Uses sudo when not run as root.
#
# usage: install.sh GROUP...
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly lock_timeout=300  # Seconds to wait for another apt or dpkg.

known_groups() {
  names_of .txt "$setup_dir"/packages/*.txt
}

# wanted_packages GROUP...: prints the packages, one a line. A line of a list is `PACKAGE` or
# `PACKAGE unless COMMAND`, which is wanted only where no such command exists.
wanted_packages() {
  local group package unless command
  for group in "$@"; do
    while read -r package unless command; do
      if [[ $unless == unless ]] && command -v "$command" >/dev/null; then
        continue
      fi
      printf '%s\n' "$package"
    done < <(sed 's/#.*//; /^[[:space:]]*$/d' "$setup_dir/packages/$group.txt")
  done | sort --unique
}

# missing_of PACKAGE...: prints those that are not installed, one a line.
missing_of() {
  # dpkg-query fails when it does not know a name; that name is missing then.
  # shellcheck disable=SC2016  # dpkg-query expands these, not the shell.
  local format='${db:Status-Status} ${Package}\n' states
  states=$(dpkg-query --show --showformat="$format" "$@" 2>/dev/null || true)
  comm -23 <(printf '%s\n' "$@") <(sed -n 's/^installed //p' <<<"$states" | sort --unique)
}

# Sets `as_root`, the words to put before a command that only root may run.
become_root() {
  as_root=(env LC_ALL=C DEBIAN_FRONTEND=noninteractive)
  if ((EUID == 0)); then
    return
  fi
  command -v sudo >/dev/null || die "packages are missing and this user may not install them" \
    "Run as root: tools/setup/install.sh ${groups[*]}"
  as_root=(sudo "${as_root[@]}")
}

# run_apt ARGUMENT...: apt-get, which waits by itself while another process holds dpkg. It does not
# wait for the package lists and the download folder, so a refusal for those is tried again.
run_apt() {
  local deadline=$((SECONDS + lock_timeout)) status
  while true; do
    status=0
    "${as_root[@]}" apt-get -qq -o DPkg::Lock::Timeout="$lock_timeout" -o Dpkg::Use-Pty=0 "$@" \
      2>&1 | tee "$log" >&2 || status=$?
    if ((status == 0 || SECONDS >= deadline)) || ! grep --quiet 'Could not get lock' "$log"; then
      return "$status"
    fi
    say "another apt is at work; trying again in 3 seconds"
    sleep 3
  done
}

install_packages() {
  local wanted missing
  mapfile -t wanted < <(wanted_packages "$@")
  mapfile -t missing < <(missing_of "${wanted[@]}")
  if ((${#missing[@]} == 0)); then
    return
  fi
  say "installing ${#missing[@]} of ${#wanted[@]} packages: ${missing[*]}"
  become_root
  log=$(mktemp)
  trap 'rm -f -- "$log"' EXIT
  run_apt update || say "warning: the package lists could not all be refreshed; going on with them"
  run_apt install --yes --no-install-recommends "${missing[@]}" ||
    die "apt-get could not install the packages" \
      "Its own message is above. If a package has no candidate, check that apt's sources hold" \
      "bookworm and bookworm-security (main). If dpkg was interrupted: dpkg --configure -a"
  mapfile -t missing < <(missing_of "${wanted[@]}")
  ((${#missing[@]} == 0)) || die "still missing after the installation: ${missing[*]}" \
    "A package under another name belongs under that name in tools/setup/packages/."
}

# What a group needs besides its packages.
install_extras() {
  if [[ $1 == check ]]; then
    "$setup_dir/python_env.sh" lint
    "$setup_dir/go_tool.sh" actionlint
  fi
}

check_machine() {
  command -v apt-get >/dev/null ||
    die "this machine has no apt-get" \
      "Use Debian 12, or install what tools/setup/packages/ lists by your own means."
  if ! grep -qs '^VERSION_CODENAME=bookworm$' /etc/os-release; then
    say "warning: this is not Debian 12 (bookworm); package names and versions may differ"
  fi
}

main() {
  groups=("$@")
  local group
  ((${#groups[@]} > 0)) || die "usage: install.sh GROUP..." "Groups: $(known_groups)"
  for group in "${groups[@]}"; do
    [[ $group != */* && -f $setup_dir/packages/$group.txt ]] ||
      die "no group is named '$group'" "Groups: $(known_groups)"
  done
  check_machine
  install_packages "${groups[@]}"
  for group in "${groups[@]}"; do
    install_extras "$group"
  done
}

main "$@"
