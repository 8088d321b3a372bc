#!/usr/bin/env bash
# Runs the tests that drive the real program with real clients. Arguments go to pytest.
#
# usage: MOORAGE=PROGRAM run.sh [PYTEST ARGUMENT...]
# environment: MOORAGE_SOURCE_DIR  the checkout, with examples and test data (default: this one)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
checkout=${MOORAGE_SOURCE_DIR:-$(cd "$here/../.." && pwd)}
: "${MOORAGE:?names the program to test}"

"$checkout/tools/setup/python_env.sh" e2e
MOORAGE=$(realpath "$MOORAGE")
export MOORAGE MOORAGE_SOURCE_DIR=$checkout PYTHONPATH=$here:$here/../parity
export PYTHONDONTWRITEBYTECODE=1
exec "$checkout/.deps/venv/e2e/bin/python" -m pytest -q -p servers -p no:cacheprovider \
  -o faulthandler_timeout=180 --import-mode=importlib --rootdir "$here/.." "$@" "$here" "$here/../parity"
