#!/usr/bin/env bash
# Every shell script passes shellcheck.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
{
  git ls-files -co --exclude-standard '*.sh'
  echo .ci/run
} | xargs shellcheck -x
