#!/usr/bin/env bash
# Runs the acceptance tests of this directory, a test for each law. Arguments go to pytest.
#
# usage: MOORAGE=PROGRAM laws.sh [--all] [PYTEST ARGUMENT...]
#   --all  shows open faults as failures, as if the table in open_faults.py were empty
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
checkout=${MOORAGE_SOURCE_DIR:-$(cd "$here/../.." && pwd)}
: "${MOORAGE:?names the program to test}"

"$checkout/tools/setup/python_env.sh" e2e
MOORAGE=$(realpath "$MOORAGE")
export MOORAGE MOORAGE_SOURCE_DIR=$checkout PYTHONPATH=$here:$here/../e2e
export PYTHONDONTWRITEBYTECODE=1
if [[ ${1:-} == --all ]]; then
  set -- --runxfail "${@:2}"
fi
exec "$checkout/.deps/venv/e2e/bin/python" -m pytest -q -p servers -p open_faults \
  -p no:cacheprovider -o faulthandler_timeout=120 --import-mode=importlib \
  --rootdir "$here/.." "$@" "$here"
