#!/usr/bin/env bash
# The container image does what its users rely on: it starts on a read-only root as user 10001, turns
# healthy, answers a prediction for a mounted model, keeps its registry and its log in the volumes,
# and ends in order on SIGTERM. Builds the image first; installs an engine where none works.
set -euo pipefail
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../../tools/setup/lib.sh
source "$checkout/tools/setup/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../../tools/image/engine.sh
source "$checkout/tools/image/engine.sh"

readonly drain=10  # Seconds; the default of server.drain.
readonly patience=120  # Seconds that one command of the engine may take.
container=''
volume=''
scratch=$(mktemp -d)

finish() {
  local status=$?
  if [[ -n $container ]]; then
    if ((status != 0)); then
      say "the container's last lines:"
      "${engine_cli[@]}" logs --tail 40 "$container" >&2 || true
    fi
    "${engine_cli[@]}" rm --force --volumes "$container" >/dev/null || true
  fi
  [[ -z $volume ]] || "${engine_cli[@]}" volume rm "$volume" >/dev/null || true
  rm -rf -- "$scratch"
}
trap finish EXIT

# claim SENTENCE COMMAND...: the sentence holds if the command succeeds.
passed=0
claim() {
  local sentence=$1
  shift
  "$@" || die "does not hold: $sentence" "It was checked by: $*"
  say "ok: $sentence"
  passed=$((passed + 1))
}

# start OPTION...: a container with the restrictions of docker-compose.yml, on free ports of this
# machine's loopback.
start() {
  container=$("${engine_run[@]}" --detach --read-only --cap-drop ALL \
    --security-opt no-new-privileges --tmpfs /tmp:size=64m,mode=1777 \
    --publish 127.0.0.1::8000 --publish 127.0.0.1::9090 "$@" "$image")
  api=http://$("${engine_cli[@]}" port "$container" 8000/tcp | head -n 1)
  metrics=http://$("${engine_cli[@]}" port "$container" 9090/tcp | head -n 1)
}

discard() {
  "${engine_cli[@]}" rm --force --volumes "$container" >/dev/null
  container=''
}

inside() {
  "${engine_cli[@]}" exec "$container" "$@"
}

# What the engine itself runs every interval. podman needs systemd for the timer, so it is asked.
healthy() {
  case $engine in
    podman) "${engine_cli[@]}" healthcheck run "$container" &>/dev/null ;;
    *) inside moorage healthcheck &>/dev/null ;;
  esac
}

becomes_healthy() {
  local deadline=$((SECONDS + 30))
  until healthy; do
    if ((SECONDS >= deadline)) || [[ $(state Running) != true ]]; then
      return 1
    fi
    sleep 0.2
  done
}

state() {
  "${engine_cli[@]}" inspect --format "{{.State.$1}}" "$container"
}

refuses() {
  ! "$@" &>/dev/null
}

says() {  # says TEXT COMMAND...: the command succeeds and prints TEXT on either stream.
  local text=$1 printed
  shift
  printed=$("$@" 2>&1) && [[ $printed == *"$text"* ]]
}

# The first row of the test set, which is what request.json asks, and its true label.
answers_the_known_label() {
  local expected answer
  expected=$(sed -n '2s/.*,//p' "$checkout/examples/cancer/test.csv" | tr -d '\r')
  answer=$(curl --silent --show-error --fail --max-time 10 --header 'Content-Type: application/json' \
    --data-binary "@$checkout/examples/cancer/request.json" "$api/predict")
  say "answer: $answer"
  jq --exit-status --argjson expected "$expected" '.prediction == $expected' <<<"$answer" >/dev/null
}

ends_in_order() {
  local started=$SECONDS
  "${engine_cli[@]}" stop --time $((drain + 10)) "$container" >/dev/null
  [[ $(state ExitCode) == 0 ]] && ((SECONDS - started <= drain))
}

# The command line in a container of its own, on the registry that the server will use.
once() {
  "${engine_run[@]}" --rm --read-only --cap-drop ALL --volume "$volume:/data" \
    --volume "$checkout/examples/cancer:/models:ro" "$image" "$@"
}

releases_a_version() {
  once push cancer /models/model.onnx >/dev/null &&
    once validate cancer@1.0.0 --data /models/test.csv --target target >/dev/null &&
    once promote cancer@1.0.0 --to production >/dev/null
}

main() {
  pick_engine docker podman
  say "using $engine"
  "$checkout/tools/image/build.sh" --engine "$engine" --tag moorage:test --id-file "$scratch/id"
  image=$(<"$scratch/id")
  settle_running "$image"
  engine_cli=(timeout "$patience" "${engine_cli[@]}")
  engine_run=(timeout "$patience" "${engine_run[@]}")

  start --volume "$checkout/examples/cancer:/models:ro" --env MODEL_PATH=/models/model.onnx
  claim 'a container with a mounted model becomes healthy' becomes_healthy
  claim '/predict answers the known label' answers_the_known_label
  claim 'metrics are served on their own port' \
    says model_requests_total curl --silent --fail --max-time 10 "$metrics/metrics"
  claim 'the server runs as user and group 10001' says '10001:10001' inside stat -c %u:%g /proc/1
  claim 'the root file system cannot be written' refuses inside touch /usr/local/x
  claim 'the mounted models cannot be written' refuses inside touch /models/x
  claim 'the log file is written to its volume' inside test -s /logs/moorage.log
  claim 'SIGTERM ends it with code 0 within the drain' ends_in_order
  claim 'the log says that every request was answered' \
    says 'every request was answered' "${engine_cli[@]}" logs "$container"
  discard

  volume=$("${engine_cli[@]}" volume create)
  claim 'push, validate and promote work on the volume of the registry' releases_a_version
  start --volume "$volume:/data"
  claim 'a server started on that volume becomes healthy' becomes_healthy
  claim 'it answers with the version that was promoted' answers_the_known_label
  discard
  say "all $passed claims hold"
}

main "$@"
