"""User instructions per request by callgrind.

The difference of two request counts, so that start-up cancels out. Load: a closed loop over 32
keep-alive connections, as in run.py. Compares with bench/baseline.json (`--update` writes it); exit
code 1 if a count is above its bound or has grown by more than 3 % over the baseline.
"""

from __future__ import annotations

import argparse
import json
import re
import selectors
import socket
import sys
import time
from pathlib import Path

from programs import ROOT, Program, make_registry, moorage, workplace

BASELINE = ROOT / "bench/baseline.json"
CONNECTIONS, FEW, MANY = 32, 2_000, 8_000
GROWTH = 1.03
BOUNDS = {"predict_v1_json_one_row": 16_000}


def send_requests(url: str, path: str, body: bytes, count: int) -> int:
    """A closed loop of `count` requests; the number of answers that were not 200."""
    host, port = url.removeprefix("http://").split(":")
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    selector = selectors.DefaultSelector()
    sent = done = bad = 0
    for _ in range(min(CONNECTIONS, count)):
        connection = socket.create_connection((host, int(port)))
        connection.sendall(head + body)
        sent += 1
        selector.register(connection, selectors.EVENT_READ)
    while done < count:
        for key, _ in selector.select(60):
            connection = key.fileobj  # type: ignore[assignment]
            answer = connection.recv(65536)
            done += 1
            bad += not answer.startswith(b"HTTP/1.1 200")
            if sent < count:
                connection.sendall(head + body)
                sent += 1
    for key in list(selector.get_map().values()):
        key.fileobj.close()  # type: ignore[union-attr]
    return bad


def count_instructions(where: Path, path: str, body: bytes, requests: int) -> int:
    """Instructions of the whole process that answered so many requests."""
    output = where / f"callgrind.{requests}"
    valgrind = (
        "setarch",
        "-R",
        "valgrind",
        "--tool=callgrind",
        f"--callgrind-out-file={output}",
        f"--log-file={output}.log",
    )
    # The default configuration logs at most 1,000 predictions a second, one in a hundred at its
    # real speed. Valgrind is far slower, so the same share is asked for by `sample`.
    with moorage(where, *valgrind, MOORAGE_LOGGING__PREDICTIONS__SAMPLE="0.01") as server:
        wait_until_quiet(server)
        bad = send_requests(server.url, path, body, requests)
        if bad:
            raise RuntimeError(f"{bad} of {requests} answers were not 200")
    found = re.search(r"Collected : (\d+)", (output.parent / f"{output.name}.log").read_text())
    if found is None:
        raise RuntimeError(f"no count in {output}.log")
    return int(found.group(1))


def wait_until_quiet(server: Program) -> None:
    """Until the start-up has cost its last processor time."""
    before = -1.0
    while (now := server.cpu_seconds()) != before:
        before = now
        time.sleep(0.5)


def main() -> int:
    """Measures and judges."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="write the baseline")
    arguments = parser.parse_args()
    body = (ROOT / "examples/cancer/request.json").read_bytes()
    with workplace() as where:
        make_registry(where, ("cancer",))
        few = count_instructions(where, "/api/v1/predict", body, FEW)
        many = count_instructions(where, "/api/v1/predict", body, MANY)
    counts = {"predict_v1_json_one_row": round((many - few) / (MANY - FEW))}
    if arguments.update:
        BASELINE.write_text(json.dumps(counts, indent=2) + "\n")
    baseline = json.loads(BASELINE.read_text())
    failed = 0
    for name, count in counts.items():
        bound = min(BOUNDS[name], round(baseline[name] * GROWTH))
        failed += count > bound
        print(
            f"{name}: {count:,} user instructions per request (bound {bound:,}, "
            f"baseline {baseline[name]:,}){'  TOO MANY' if count > bound else ''}"
        )
    print(f"{len(counts) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
