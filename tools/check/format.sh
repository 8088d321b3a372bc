#!/usr/bin/env bash
# The C++ is formatted. `make format` mends it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
git ls-files -co --exclude-standard '*.cc' '*.h' | xargs clang-format-19 --dry-run -Werror
