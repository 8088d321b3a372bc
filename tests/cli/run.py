#!/usr/bin/env python3
"""Runs tests/cli/*.test: commands, and what they print. The format: tests/cli/README.md.

The program is $MOORAGE, the checkout $MOORAGE_SOURCE_DIR. `--update` writes what was printed as
what is expected. Names as arguments run only those files.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = Path(os.environ.get("MOORAGE_SOURCE_DIR", HERE.parent.parent))
GOLDEN_HELP = SOURCE / "tests" / "golden" / "cli_help.txt"
COMMAND_TIMEOUT = 120.0
START_TIMEOUT = 30.0

# Placeholders of an expected line and what they match; --update puts them in its place.
PLACEHOLDERS = {
    "<time>": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
    "<age>": r"(?:just now|\d+ (?:s|min|hours?|days?) ago)",
    "<digest>": r"sha256:[0-9a-f]{64}",
    "<short>": r"sha256:[0-9a-f]{12}…",
    "<id>": r"\b[0-9a-f]{32}\b",
}
# These are written by hand only.
LOOSE = {"<number>": r"-?\d+(?:\.\d+)?(?:e-?\d+)?", "<word>": r"\S+", "<any>": r".*"}

# Commands that may work on a server.
REMOTE = "push models show diff history audit validate promote rollback predict delete gc doctor"


@dataclass
class Step:
    command: list[str]  # its lines
    expected: list[str] = field(default_factory=list)


@dataclass
class Script:
    path: Path
    head: list[str]
    steps: list[Step]
    modes: list[str]


def parse(path: Path) -> Script:
    head: list[str] = []
    steps: list[Step] = []
    modes = ["local"]
    for line in path.read_text().splitlines():
        if line.startswith("$ "):
            steps.append(Step([line[2:]]))
        elif line.startswith("> ") and steps and not steps[-1].expected:
            steps[-1].command.append(line[2:])
        elif not steps:
            head.append(line)
            if line.startswith("# mode:"):
                modes = [word.strip() for word in line.removeprefix("# mode:").split(",")]
        else:
            steps[-1].expected.append(line)
    return Script(path, head, steps, modes)


def squeeze(line: str) -> str:
    """Widths of columns depend on ages: runs of blanks inside a line count as two."""
    indent = len(line) - len(line.lstrip(" "))
    return line[:indent] + re.sub(r" {2,}", "  ", line[indent:].rstrip())


def pattern_of(line: str) -> re.Pattern[str]:
    known = PLACEHOLDERS | LOOSE
    parts = re.split("(" + "|".join(re.escape(name) for name in known) + ")", squeeze(line))
    return re.compile("".join(known.get(part, re.escape(part)) for part in parts))


def matches(expected: list[str], actual: list[str]) -> bool:
    """A line `...` stands for any lines."""
    if not expected:
        return not actual
    if expected[0] == "...":
        return any(matches(expected[1:], actual[skip:]) for skip in range(len(actual) + 1))
    if not actual or not pattern_of(expected[0]).fullmatch(squeeze(actual[0])):
        return False
    return matches(expected[1:], actual[1:])


def generalize(line: str) -> str:
    for name, pattern in PLACEHOLDERS.items():
        line = re.sub(pattern, name, line)
    return line


def transcript(done: subprocess.CompletedProcess[str], server: str) -> list[str]:
    """Standard output as it is, standard error behind '! ', an exit code other than 0 as '? N'."""

    def lines(text: str, mark: str) -> list[str]:
        # Only a command that works on this machine says where its registry is, or is not.
        text = re.sub(r"^moorage: (made a new|there is no) registry at .*\n", "", text, flags=re.M)
        text = text.replace(str(SOURCE), "$SRC")
        if server:
            text = text.replace(server, "$SERVER")
        return [(mark + line).rstrip() for line in text.splitlines()]

    code = [f"? {done.returncode}"] if done.returncode else []
    return lines(done.stdout, "") + lines(done.stderr, "! ") + code


def start_server(
    program: str, folder: Path, env: dict[str, str]
) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [program, "serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"],
        cwd=folder,
        env=env,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    printed = []
    late = threading.Timer(START_TIMEOUT, process.kill)  # ends the loop below
    late.start()
    try:
        for line in process.stderr:
            printed.append(line)
            found = re.search(r"listening on (http://\S+)", line)
            if found:
                # The server would block on a full pipe.
                threading.Thread(target=process.stderr.read, daemon=True).start()
                return process, found.group(1)
    finally:
        late.cancel()
    process.kill()
    process.wait()
    raise RuntimeError(
        f"no line 'listening on' within {START_TIMEOUT} s, code {process.returncode}:\n"
        + "".join(printed)
    )


def end_server(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(START_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise RuntimeError(f"the server did not end {START_TIMEOUT} s after SIGTERM") from None


def run_command(text: str, folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs bash in a session of its own, so that a command that is late ends with its children."""
    process = subprocess.Popen(
        ["/bin/bash", "-c", text],
        cwd=folder,
        env=env,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=COMMAND_TIMEOUT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise RuntimeError(f"did not end within {COMMAND_TIMEOUT} s: $ {text}") from None
    return subprocess.CompletedProcess(text, process.returncode, out, err)


def write_program(folder: Path, program: str, server: str) -> None:
    """The `moorage` of a script: the real one, with --server where the script runs against one."""
    remote = ""
    if server:
        cases = "|".join(REMOTE.split())
        call = f'exec {shlex.quote(program)} "$@" --server {server}'
        remote = f'case "$1" in {cases}) {call} ;; esac\n'
    wrapper = folder / "moorage"
    wrapper.write_text(f'#!/bin/sh\n{remote}exec {shlex.quote(program)} "$@"\n')
    wrapper.chmod(0o755)


def environment(bin_folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return kept | {
        "PATH": f"{bin_folder}:/usr/local/bin:/usr/bin:/bin",
        "SRC": str(SOURCE),
        "USER": "tester",
        "HOME": str(bin_folder),
        "LC_ALL": "C.UTF-8",
    }


def run_steps(script: Script, folder: Path, env: dict[str, str], server: str) -> list[list[str]]:
    outputs = []
    for step in script.steps:
        done = run_command("\n".join(step.command), folder, env)
        outputs.append(transcript(done, server))
    return outputs


def outputs_of(script: Script, mode: str, program: str) -> list[list[str]]:
    with tempfile.TemporaryDirectory(prefix="moorage-cli-") as name:
        folder = Path(name) / "work"
        bin_folder = Path(name) / "bin"
        folder.mkdir()
        bin_folder.mkdir()
        env = environment(bin_folder)
        if mode == "local":
            write_program(bin_folder, program, "")
            return run_steps(script, folder, env, "")
        process, server = start_server(program, folder, env)
        try:
            write_program(bin_folder, program, server)
            return run_steps(script, folder, env | {"SERVER": server}, server)
        finally:
            end_server(process)


def compare(script: Script, mode: str, outputs: list[list[str]]) -> list[str]:
    problems = []
    for step, actual in zip(script.steps, outputs, strict=True):
        expected = [line for line in step.expected if line]
        shown = [line for line in actual if line]
        if matches(expected, shown):
            continue
        problems.append(f"{script.path.name} ({mode}): $ " + "\n> ".join(step.command))
        problems += difflib.unified_diff(expected, shown, "expected", "actual", lineterm="", n=2)
    return problems


def rewrite(script: Script, outputs: list[list[str]]) -> None:
    lines = list(script.head)
    for step, actual in zip(script.steps, outputs, strict=True):
        lines.append("$ " + "\n> ".join(step.command))
        expected = [line for line in step.expected if line]
        if matches(expected, [line for line in actual if line]):
            lines += step.expected
        else:
            lines += [generalize(line) for line in actual]
            if step.expected and not step.expected[-1]:
                lines.append("")
    script.path.write_text("\n".join(lines) + "\n")


def run_script(script: Script, mode: str, program: str, update: bool) -> list[str]:
    try:
        outputs = outputs_of(script, mode, program)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        return [f"{script.path.name} ({mode}): {error}"]
    if update and mode == script.modes[0]:
        rewrite(script, outputs)
        return []
    return compare(script, mode, outputs)


def help_text(program: str) -> str:
    """The help of the program and of every command."""

    def help_of(words: list[str]) -> str:
        done = subprocess.run(
            [program, *words, "--help"], text=True, capture_output=True, timeout=30, check=True
        )
        return done.stdout

    def below(text: str) -> list[str]:
        part = text.partition("Subcommands:\n")[2]
        return re.findall(r"^  ([a-z]+)", part, flags=re.MULTILINE)

    def section(words: list[str]) -> str:
        text = help_of(words)
        title = "$ " + " ".join(["moorage", *words, "--help"])
        parts = [title, text.rstrip(), "", *(section([*words, name]) for name in below(text))]
        return "\n".join(parts)

    return section([])


def check_help(program: str, update: bool) -> list[str]:
    actual = help_text(program)
    if update:
        GOLDEN_HELP.write_text(actual)
    expected = GOLDEN_HELP.read_text() if GOLDEN_HELP.exists() else ""
    return list(
        difflib.unified_diff(
            expected.splitlines(), actual.splitlines(), str(GOLDEN_HELP), "actual", lineterm="", n=1
        )
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs the tests of the command line.")
    parser.add_argument("names", nargs="*", help="only these files (without .test)")
    parser.add_argument("--update", action="store_true", help="expect what is printed now")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    arguments = parser.parse_args()
    program = os.environ.get("MOORAGE")
    if not program:
        print("MOORAGE: set it to the program to test", file=sys.stderr)
        return 2
    program = str(Path(program).resolve())
    scripts = [parse(path) for path in sorted(HERE.glob("*.test"))]
    if arguments.names:
        scripts = [script for script in scripts if script.path.stem in arguments.names]
    jobs = [(script, mode) for script in scripts for mode in script.modes]
    failures = 0
    with ThreadPoolExecutor(arguments.jobs) as pool:
        results = list(
            pool.map(lambda job: run_script(job[0], job[1], program, arguments.update), jobs)
        )
    if not arguments.names:
        results.append(check_help(program, arguments.update))
    for problems in results:
        failures += bool(problems)
        if problems:
            print("\n".join(problems), end="\n\n")
    print(f"{len(results) - failures} passed, {failures} failed")
    return 1 if failures or not results else 0


if __name__ == "__main__":
    sys.exit(main())
