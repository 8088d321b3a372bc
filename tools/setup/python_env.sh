#!/usr/bin/env bash
# Makes or refreshes the virtual environment .deps/venv/NAME from requirements/NAME.txt, a fully
# pinned and hashed list. Does nothing when the environment already matches the list.
#
# usage: python_env.sh NAME...
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Without links, because worktrees may share .deps.
venvs=$(readlink -m "$checkout/.deps/venv")
readonly venvs

known_names() {
  names_of .txt "$setup_dir"/requirements/*.txt
}

# What an environment was made from. Its scripts hold absolute paths, so a copy of the checkout makes
# its own. A worktree whose .deps is a link to another's has the same place.
stamp_text() {
  printf 'requirements %s\nplace %s\n' "$(sha256_of "$requirements")" "$venvs/$name"
}

is_current() {
  [[ -f $venvs/$name/stamp && $(<"$venvs/$name/stamp") == "$(stamp_text)" ]] &&
    [[ -x $venvs/$name/bin/python ]]
}

create() {
  local python
  python=$(pick_python 'venv, ensurepip') || die "no Python 3.11 with venv was found" \
    "Run: tools/setup/install.sh build"
  say "making .deps/venv/$name with $python"
  "$python" -m venv "$made"
  "$made/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
    --only-binary :all: --require-hashes --requirement "$requirements" >&2 ||
    die "the packages of $name could not be installed" \
      "Check that pip reaches its package index; the list is ${requirements#"$checkout/"}"
  "$made/bin/python" -m pip check --disable-pip-version-check >/dev/null ||
    die "the packages of $name contradict each other" \
      "Correct requirements/$name.in, then run: tools/setup/pin_requirements.sh $name"
}

# NAME is a link to the folder that holds the environment. A link is replaced in one step, so a
# killed run leaves either the old environment or the new one, never half of one.
put_in_place() {
  stamp_text >"$made/stamp"
  ln -sfn "${made##*/}" "$venvs/.$name.link"
  mv -T -- "$venvs/.$name.link" "$venvs/$name"
}

# Folders of NAME that its link does not name; only called while the lock is held.
remove_leftovers() {
  local current folder
  current=$(readlink "$venvs/$name" || true)
  for folder in "$venvs/.$name".tree.*; do
    if [[ -d $folder && ${folder##*/} != "$current" ]]; then
      rm -rf -- "$folder"
    fi
  done
}

refresh() {
  name=$1
  requirements=$setup_dir/requirements/$name.txt
  [[ -f $requirements ]] || die "no environment is named '$name'" "Known: $(known_names)"
  if is_current; then
    return
  fi
  hold_lock "$venvs/.$name.lock"
  if is_current; then  # Another run did the work while this one waited.
    return
  fi
  remove_leftovers
  made=$(mktemp -d "$venvs/.$name.tree.XXXXXX")
  chmod 0755 "$made"
  create
  put_in_place
  remove_leftovers
  say ".deps/venv/$name is ready"
}

main() {
  (($# > 0)) || die "usage: python_env.sh NAME..." "Known: $(known_names)"
  local each
  for each in "$@"; do
    refresh "$each"
  done
}

main "$@"
