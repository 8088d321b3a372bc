#!/usr/bin/env bash
# Runs every hostile client at once against a server of its own.
#
# usage: MOORAGE=PROGRAM run.sh [--seconds N] [--seed N] [--only KIND]... [--all] [--list]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
checkout=${MOORAGE_SOURCE_DIR:-$(cd "$here/../.." && pwd)}
: "${MOORAGE:?names the program to test}"

"$checkout/tools/setup/python_env.sh" e2e
MOORAGE=$(realpath "$MOORAGE")
export MOORAGE MOORAGE_SOURCE_DIR=$checkout PYTHONPATH=$here:$here/../e2e
export PYTHONDONTWRITEBYTECODE=1
exec "$checkout/.deps/venv/e2e/bin/python" "$here/soak.py" "$@"
