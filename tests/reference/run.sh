#!/usr/bin/env bash
# The committed examples, models and reference vectors are what their scripts write today.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tools/setup/python_env.sh examples
python=.deps/venv/examples/bin/python
export PYTHONDONTWRITEBYTECODE=1
$python examples/train.py --check
$python tests/reference/generate.py --check
$python tests/reference/make_models.py --check
$python tests/reference/make_row_models.py --check
$python tests/reference/make_fault_models.py --check
