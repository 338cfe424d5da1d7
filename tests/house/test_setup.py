"""The commands of a fresh clone: what `make` says when it cannot start, and what CI runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(*words: str, folder: Path, path: str) -> subprocess.CompletedProcess[str]:
    for file in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / file, folder)
    # `make PYTHON=... test` hands its variables down to the tests
    ours = ("MAKE", "MFLAGS", "PYTHON", "JOBS", "PYTEST_ARGS")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    return subprocess.run(
        ["make", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment | {"PATH": path},
        timeout=120,
    )


def tools(folder: Path, *pythons: tuple[str, str]) -> str:
    """A PATH with a shell's tools and the given interpreters (name, what its script says)."""
    folder.mkdir()
    for tool in ("sh", "make", "sed", "touch", "rm", "find", "mkdir", "ln"):
        (folder / tool).symlink_to(shutil.which(tool) or tool)
    for name, script in pythons:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return str(folder)


def test_without_a_python_the_message_says_what_to_do(tmp_path: Path) -> None:
    path = tools(tmp_path / "bin")
    done = make("demo", folder=tmp_path, path=path)
    assert done.returncode != 0
    assert "no Python >= 3.11" in done.stderr
    assert "make PYTHON=" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_an_old_python_is_passed_over_and_a_new_one_found(tmp_path: Path) -> None:
    """A name that exists but does not run (a shim), an old one, and then the real one."""
    path = tools(
        tmp_path / "bin",
        ("python3.13", "echo no such version >&2; exit 127"),
        ("python3.12", "exit 1"),
        ("python3", f'exec {sys.executable} "$@"'),
    )
    done = make(".venv/bin/pip", folder=tmp_path, path=path)
    assert done.returncode == 0, done.stderr
    assert f"Python {sys.version.split()[0]}" in done.stdout
    assert (tmp_path / ".venv" / "bin" / "python").exists()


def test_a_named_python_that_is_too_old_is_refused(tmp_path: Path) -> None:
    path = tools(tmp_path / "bin", ("old", "exit 1"), ("python3", f'exec {sys.executable} "$@"'))
    done = make("PYTHON=old", "test", folder=tmp_path, path=path)
    assert done.returncode != 0
    assert "PYTHON=old is not a Python >= 3.11" in done.stderr


def test_help_names_the_targets(tmp_path: Path) -> None:
    done = make("help", folder=tmp_path, path=os.environ["PATH"])
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert done.returncode == 0
    assert {f"make {t}" for t in targets if t != "help"} == {
        " ".join(line.split()[:2]) for line in done.stdout.splitlines()
    }


def test_ci_runs_lint_tests_and_an_import() -> None:
    script = ROOT / ".ci" / "run"
    text = script.read_text()
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], timeout=60).returncode == 0
    assert all(part in text for part in ("make lint", "make test", "import derivax"))


def test_no_file_names_a_package_index() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.suffix in (".npz", ".png") or not path.is_file() or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not re.search(r"--(extra-)?index-url|find-links\s*=|pypi\.org/simple", text), name
