#!/usr/bin/env bash
# The deployment files pass the linters of their kinds: Dockerfile, compose file, workflows, YAML.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# Linters that no Debian package brings; both do nothing when they are there.
tools/setup/python_env.sh lint
tools/setup/go_tool.sh actionlint

failed=0
# lint COMMAND...: runs one linter; the next one runs in any case.
lint() {
  if ! "$@"; then
    printf 'deployment: failed: %s\n' "$*" >&2
    failed=1
  fi
}

mapfile -t dockerfiles < <(git ls-files -co --exclude-standard 'Dockerfile' '*/Dockerfile')
mapfile -t yaml < <(git ls-files -co --exclude-standard '*.yml' '*.yaml' '.yamllint')
mapfile -t workflows < <(git ls-files -co --exclude-standard '.github/workflows/*.yml')

lint .deps/venv/lint/bin/hadolint "${dockerfiles[@]}"
lint docker-compose --file docker-compose.yml config --quiet
lint yamllint --strict "${yaml[@]}"
lint .deps/bin/actionlint "${workflows[@]}"

# An action moves under its tag; only a commit is the code that was reviewed.
if grep --line-number --extended-regexp 'uses: *[^.]' "${workflows[@]}" |
  grep --invert-match --extended-regexp '@[0-9a-f]{40}( |$)'; then
  echo 'deployment: the actions above are not pinned by commit' >&2
  failed=1
fi
exit "$failed"
