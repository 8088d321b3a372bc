#!/usr/bin/env bash
# Compares the answers to many models with those of their libraries. Arguments go to table.py.
#
# usage: MOORAGE=PROGRAM run.sh [--all] [--only TEXT] [--verbose]
# environment: MOORAGE_SOURCE_DIR  the checkout (default: this one)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
checkout=${MOORAGE_SOURCE_DIR:-$(cd "$here/../.." && pwd)}
: "${MOORAGE:?names the program to test}"

"$checkout/tools/setup/python_env.sh" examples
MOORAGE=$(realpath "$MOORAGE")
export MOORAGE MOORAGE_SOURCE_DIR=$checkout PYTHONPATH=$here:$here/../e2e PYTHONDONTWRITEBYTECODE=1
exec "$checkout/.deps/venv/examples/bin/python" "$here/table.py" "$@"
