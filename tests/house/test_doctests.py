"""Every example in a docstring runs and prints what it says.

Modules are imported by their real names (`derivax.symbolic...`), found by walking the files of the
package: `--doctest-modules` on paths would load a second copy of every class.
"""

from __future__ import annotations

import doctest
import os
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import derivax

ROOT = Path(derivax.__path__[0]).resolve()
OUTSIDE = ("tests", "docs", "examples", "benchmarks", "build", "dist", "demo-output")
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def modules() -> list[str]:
    names = []
    for folder, subfolders, files in os.walk(ROOT):
        here = Path(folder).relative_to(ROOT).parts
        subfolders[:] = sorted(
            s
            for s in subfolders
            if not s.startswith((".", "_")) and not (not here and s in OUTSIDE)
        )
        for file in sorted(files):
            if file.endswith(".py") and file != "__main__.py":
                stem = [] if file == "__init__.py" else [file[:-3]]
                names.append(".".join(["derivax", *here, *stem]))
    return names


def failures(module: ModuleType) -> tuple[int, int]:
    """(examples that failed, examples that ran) in the docstrings of `module`."""
    result = doctest.testmod(module, optionflags=OPTIONS, verbose=False)
    return result.failed, result.attempted


@pytest.mark.parametrize("name", modules())
def test_the_examples_of_the_module_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = import_module(name)
    assert module.__name__ == name
    assert Path(module.__file__ or "").resolve().is_relative_to(ROOT)
    monkeypatch.chdir(tmp_path)  # an example that writes, writes here
    failed, _ = failures(module)
    assert failed == 0, capsys.readouterr().out


def test_a_wrong_example_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    module = ModuleType("derivax.wrong", "Two and two.\n\n>>> 2 + 2\n5\n")
    assert failures(module) == (1, 1)
    assert "Expected" in capsys.readouterr().out


def test_the_walk_finds_the_rooms() -> None:
    found = set(modules())
    assert {"derivax", "derivax.errors", "derivax.data", "derivax.symbolic.exact.outcome"} <= found
    assert not [name for name in found if ".tests" in name or "site-packages" in name]
