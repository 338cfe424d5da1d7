"""The command as a process of its own: float64, pipes, signals, terminals."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "derivax"]


def test_a_reader_that_leaves_early_is_no_error(clean_environment: dict[str, str]) -> None:
    """`derivax list | head -n 0`: quiet, and not a traceback when Python closes its output."""
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen(
        [*COMMAND, "list"], stdout=writer, stderr=subprocess.PIPE, text=True, env=clean_environment
    )
    os.close(writer)
    _, err = process.communicate(timeout=60)
    assert err == ""
    assert process.returncode == 141  # as the shell reports SIGPIPE


def test_an_interrupt_is_one_line_and_status_130(clean_environment: dict[str, str]) -> None:
    code = (
        "import signal, sys, time\nfrom derivax import cli\n"
        # a shell starts background jobs with this signal ignored
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "def wait(args):\n    print('waiting', flush=True)\n    time.sleep(60)\n"
        "cli._list = wait\nsys.exit(cli.main(['list']))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "waiting\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "derivax: interrupted\n")


def test_a_defect_is_one_line_and_its_place_is_shown_on_request(
    clean_environment: dict[str, str],
) -> None:
    code = (
        "import sys\nfrom derivax import cli\n"
        "cli._list = lambda args: 1 / 0\nsys.exit(cli.main(['list']))"
    )
    run = [sys.executable, "-c", code]
    short = subprocess.run(run, capture_output=True, text=True, env=clean_environment, timeout=60)
    assert short.returncode == 70
    assert short.stderr.count("\n") == 1
    assert "defect of derivax" in short.stderr
    full = subprocess.run(
        run,
        capture_output=True,
        text=True,
        env=clean_environment | {"DERIVAX_TRACEBACK": "1"},
        timeout=60,
    )
    assert "Traceback" in full.stderr


def test_a_command_switches_float64_on_for_itself(
    clean_environment: dict[str, str], tmp_path: Path
) -> None:
    """Without the switch, verification in float64 would be refused."""
    assert "JAX_ENABLE_X64" not in clean_environment
    command = [*COMMAND, "verify", "--expr=u0*exp(-k*t)", "--args=t k u0", "--where=k>0, u0>0",
               "--domain=t=0:inf", "--profile=quick", "--json"]  # fmt: skip
    run = subprocess.run(
        command, capture_output=True, text=True, env=clean_environment, cwd=tmp_path, timeout=120
    )
    assert run.returncode == 0, run.stderr
    (certificate,) = json.loads(run.stdout)
    assert certificate["verdict"] == "verified"


def on_a_terminal(environment: dict[str, str], *words: str) -> str:
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *words], stdin=child, stdout=child, stderr=child, env=environment
    )
    os.close(child)
    shown = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if not select.select([parent], [], [], 1.0)[0]:
            continue
        try:
            part = os.read(parent, 65536)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        shown += part
    os.close(parent)
    assert process.wait(timeout=10) == 0
    return shown.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_colours_are_for_terminals_that_want_them(clean_environment: dict[str, str]) -> None:
    terminal = clean_environment | {"TERM": "xterm-256color"}
    terminal.pop("NO_COLOR", None)
    assert "\x1b[" in on_a_terminal(terminal, "list")
    plain = on_a_terminal(terminal | {"NO_COLOR": "1"}, "list")
    assert "\x1b[3" not in plain
    assert "saxe-linear-networks/mode" in plain
    piped = subprocess.run(
        [*COMMAND, "list"], capture_output=True, text=True, env=terminal, timeout=60
    )
    assert "\x1b" not in piped.stdout


def test_a_terminal_without_greek_shows_escapes(clean_environment: dict[str, str]) -> None:
    poor = clean_environment | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    run = subprocess.run(
        [*COMMAND, "latex", "--expr=τ*s"], capture_output=True, text=True, env=poor, timeout=60
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.isascii()
