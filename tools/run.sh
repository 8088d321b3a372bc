#!/usr/bin/env bash
# What `make run` does after the build: an embedded registry with the cancer example if there is none,
# then the server. Everything lies below ./moorage-data.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

moorage=build/release/moorage
if [[ $("$moorage" models --json | python3 -c 'import json,sys; print(len(json.load(sys.stdin)["models"]))') == 0 ]]; then
  "$moorage" push cancer examples/cancer/model.onnx
  "$moorage" validate cancer@1.0.0 --data examples/cancer/test.csv --target target
  "$moorage" promote cancer@1.0.0 --to production
fi

port=${PORT:-8000}
cat >&2 <<END

Try it:
  curl -s http://127.0.0.1:$port/predict -H 'Content-Type: application/json' -d @examples/cancer/request.json

END
exec "$moorage" serve
