#!/usr/bin/env bash
# Runs a command beside real servers, for the tests of a room with SERVICES (cmake/rooms.cmake).
#
#   tools/services.sh postgres s3 -- build/dev/store_test
#
# Each server listens on a free port of 127.0.0.1 and keeps its data in a temporary directory. The
# command finds them in its environment:
#   postgres  MOORAGE_TEST_POSTGRES=postgresql://postgres@127.0.0.1:PORT/postgres
#   redis     MOORAGE_TEST_REDIS=redis://127.0.0.1:PORT
#   s3        MOORAGE_TEST_S3=http://127.0.0.1:PORT, of the region us-east-1. As with Amazon's, a bucket
#             with a name below 3 characters is answered 400, and so is one that a request of another
#             region makes without a LocationConstraint.
#   smtp      MOORAGE_TEST_SMTP=smtp://127.0.0.1:PORT, and MOORAGE_TEST_SMTP_MAILBOX=DIRECTORY, a
#             Maildir of what was accepted
# The exit code is that of the command, or 1 if a server cannot be started.
#
# The servers end with the command, and the command ends with this script, however either ends. A
# process that ignores the polite signal is killed after ${stop_limit} seconds.
set -euo pipefail

readonly start_limit=30 # seconds
readonly stop_limit=10
checkout="$(dirname "$(dirname "$(readlink -f "$0")")")"
PATH="${checkout}/.deps/venv/services/bin:${PATH}"
data="$(mktemp -d)"
readonly checkout data
pids=()
declare -A stop_signal # by pid

# True while one of the processes runs. The shell reaps its children, so a pid is not of another's.
any_runs() {
  local pid
  for pid in "${pids[@]}"; do
    if kill -0 "${pid}" 2>/dev/null; then return 0; fi
  done
  return 1
}

# Ends the last one first, because the command is the client of the servers.
stop_all() {
  local at pid deadline=$((SECONDS + stop_limit))
  trap '' INT TERM HUP
  for ((at = ${#pids[@]} - 1; at >= 0; --at)); do
    pid="${pids[at]}"
    kill -"${stop_signal[${pid}]}" "${pid}" 2>/dev/null || true
  done
  while any_runs && ((SECONDS < deadline)); do sleep 0.02; done
  for pid in "${pids[@]}"; do
    kill -KILL "${pid}" 2>/dev/null || true
  done
  for pid in "${pids[@]}"; do
    wait "${pid}" 2>/dev/null || true
  done
  rm -rf "${data}"
}
trap stop_all EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  echo "services: $*" >&2
  exit 1
}

need() { # program, what to install
  command -v "$1" >/dev/null || fail "$1 is missing, install $2"
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Waits until the port takes connections, or ends if the server of the last start has.
await_port() { # name, port
  local deadline=$((SECONDS + start_limit))
  until (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null; do
    kill -0 "${pids[-1]}" 2>/dev/null || fail "$1 ended at its start: $(tail -5 "${data}/$1.log")"
    ((SECONDS < deadline)) || fail "$1 does not listen after ${start_limit} s"
    sleep 0.05
  done
}

# The kernel sends the signal if this script is killed and cannot.
start() { # name, signal that stops it, command...
  local name="$1" signal="$2"
  shift 2
  setpriv --pdeathsig "${signal}" "$@" >"${data}/${name}.log" 2>&1 &
  pids+=($!)
  stop_signal[$!]="${signal}"
}

start_postgres() {
  local port="$1" folder="${data}/postgres" bin user=()
  need pg_ctl postgresql
  bin="$(dirname "$(readlink -f "$(command -v pg_ctl)")")"
  mkdir "${folder}"
  # The server refuses to run as root.
  if [[ "$(id -u)" == 0 ]]; then
    user=(--reuid=postgres --regid=postgres --clear-groups)
    chmod 711 "${data}"
    chown postgres:postgres "${folder}"
  fi
  setpriv "${user[@]}" "${bin}/initdb" -D "${folder}/data" -U postgres -A trust --no-sync >"${data}/postgres.log" 2>&1 ||
    fail "initdb: $(tail -5 "${data}/postgres.log")"
  # INT is the fast shutdown. TERM would wait for the clients.
  start postgres INT "${user[@]}" "${bin}/postgres" -D "${folder}/data" -h 127.0.0.1 -p "${port}" -k "${folder}"
  export MOORAGE_TEST_POSTGRES="postgresql://postgres@127.0.0.1:${port}/postgres"
}

start_redis() {
  need redis-server 'it with tools/setup/install.sh test'
  start redis TERM redis-server --bind 127.0.0.1 --port "$1" --dir "${data}" --save ""
  export MOORAGE_TEST_REDIS="redis://127.0.0.1:$1"
}

start_s3() {
  need moto_server 'moto[server] by pip'
  start s3 TERM moto_server -H 127.0.0.1 -p "$1"
  export MOORAGE_TEST_S3="http://127.0.0.1:$1"
}

start_smtp() {
  need aiosmtpd 'it with tools/setup/python_env.sh services'
  start smtp TERM aiosmtpd -n -l "127.0.0.1:$1" -c aiosmtpd.handlers.Mailbox "${data}/mailbox"
  export MOORAGE_TEST_SMTP_MAILBOX="${data}/mailbox"
  export MOORAGE_TEST_SMTP="smtp://127.0.0.1:$1"
}

while (($# > 0)) && [[ "$1" != -- ]]; do
  case "$1" in
    postgres | redis | s3 | smtp) ;;
    *) fail "'$1' is no service, there are postgres, redis, s3 and smtp" ;;
  esac
  port="$(free_port)"
  "start_$1" "${port}"
  await_port "$1" "${port}"
  shift
done
(($# > 1)) || fail "usage: tools/services.sh SERVICE... -- COMMAND..."
shift
# In the background, because a trap waits for a command in the foreground.
setpriv --pdeathsig TERM "$@" <&0 &
pids+=($!)
stop_signal[$!]=TERM
wait "$!"
