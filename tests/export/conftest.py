"""An environment that has jax and what jax requires, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest

RUN = """
import sys
sys.path.insert(0, sys.argv.pop(1))
for absent in ("derivax", "sympy", "flint", "mpmath", "networkx", "rich", "diffrax"):
    try:
        __import__(absent)
    except ImportError:
        continue
    raise SystemExit(f"{absent} can be imported here")
import runpy
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def closure(name: str) -> dict[str, Distribution]:
    """A distribution and what it requires without extras."""
    found: dict[str, Distribution] = {}
    stack = [name]
    while stack:
        key = re.sub(r"[-_.]+", "-", stack.pop()).lower()
        if key in found:
            continue
        try:
            found[key] = distribution(key)
        except PackageNotFoundError:
            continue  # a requirement of another Python or platform
        for requirement in found[key].requires or ():
            if "extra ==" not in requirement:
                stack.append(re.split(r"[^A-Za-z0-9_.-]", requirement.strip())[0])
    return found


@pytest.fixture(scope="session")
def jax_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of links to the packages of jax's own requirements."""
    folder = tmp_path_factory.mktemp("jax-alone")
    for package in closure("jax").values():
        tops = {file.parts[0] for file in package.files or () if file.parts[0] != ".."}
        for top in tops - {"__pycache__"}:
            source = Path(str(package.locate_file(top)))
            if source.exists() and not (folder / top).exists():
                (folder / top).symlink_to(source)
    assert {"jax", "jaxlib", "numpy"} <= {entry.name for entry in folder.iterdir()}
    return folder


@pytest.fixture(scope="session")
def run_alone(jax_alone: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a script with `python -I -S` where only jax and what it requires can be imported."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(jax_alone),
        "JAX_PLATFORMS": "cpu",
        "JAX_COMPILATION_CACHE_DIR": os.environ["JAX_COMPILATION_CACHE_DIR"],
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0.1",
    }

    def run(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", "-S", "-c", RUN, str(jax_alone), str(path), *options],
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            cwd=path.parent,
        )

    return run
