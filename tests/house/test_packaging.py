"""The wheel, installed into an empty environment, is complete and works from an empty directory.

Nothing is downloaded: the wheel is built with the setuptools that is installed, and the new
environment borrows the installed dependencies (but not the editable derivax) through a path file.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "a.b-c"  # a clone may have any name
    outside = shutil.ignore_patterns(
        ".venv*",
        ".git",
        ".cache",
        ".*_cache",
        ".mypy",
        ".hypothesis",
        "__pycache__",
        "build",
        "dist",
        "*.egg-info",
        "demo-output",
    )
    shutil.copytree(ROOT, source, ignore=outside)
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--wheel-dir",
        folder,
        source,
        cwd=folder,
    )
    (built,) = folder.glob("derivax-*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of executables of an environment that has the wheel."""
    environment = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=environment)
    folder = environment / ("Scripts" if sys.platform == "win32" else "bin")
    python = folder / "python"
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--no-warn-script-location",
        wheel,
        cwd=environment,
    )
    site = run(
        python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=environment
    )
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(site.strip(), "borrowed.pth").write_text("\n".join(sorted(borrowed)) + "\n")
    return folder


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    top = {name.split("/")[0] for name in names}
    assert top == {"derivax"}
    folders = {name.split("/")[1] for name in names if name.count("/") > 1}
    assert folders.isdisjoint({"tests", "docs", "examples", "benchmarks", "build"})
    assert {
        "derivax/py.typed",
        "derivax/__init__.pyi",
        "derivax/data/digits.npz",
        "derivax/data/SOURCES.md",
    } <= names
    modules = {
        f"derivax/{path.relative_to(ROOT).as_posix()}"
        for folder in ("symbolic", "numeric", "data")
        for path in (ROOT / folder).rglob("*.py")
    }
    assert modules <= names


def test_the_wheel_names_its_licence_and_its_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        (commands,) = (n for n in archive.namelist() if n.endswith(".dist-info/entry_points.txt"))
        text = archive.read(metadata).decode()
        assert "License-Expression: Apache-2.0" in text
        assert "Requires-Python: >=3.11" in text
        assert any(n.endswith("/LICENSE") for n in archive.namelist())
        assert "derivax = derivax.cli:main" in archive.read(commands).decode()


def test_the_installed_package_is_the_one_that_is_imported(
    installed: Path, tmp_path: Path, clean_environment: dict[str, str]
) -> None:
    code = "import derivax; print(derivax.__file__, derivax.data.digits().images.shape)"
    found = run(installed / "python", "-c", code, cwd=tmp_path, env=clean_environment)
    assert found.startswith(str(installed.parent))
    assert "(1797, 64)" in found


def test_the_command_lists_the_catalogue(
    installed: Path, tmp_path: Path, clean_environment: dict[str, str]
) -> None:
    rows = json.loads(
        run(installed / "derivax", "list", "--json", cwd=tmp_path, env=clean_environment)
    )
    assert "saxe-linear-networks/mode" in {row["name"] for row in rows}
    assert all(set(row) == {"name", "title", "source"} for row in rows)
    assert list(tmp_path.iterdir()) == []


def test_the_quick_demo_runs_from_an_empty_directory(
    installed: Path, tmp_path: Path, clean_environment: dict[str, str]
) -> None:
    out = run(installed / "derivax", "demo", "--quick", cwd=tmp_path, env=clean_environment)
    assert out.strip()
    left = {path.name for path in (tmp_path / "demo-output").iterdir()}
    assert {"learning_curves.png", "mode.tex", "mode.py", "certificate.json"} <= left
    written = json.loads((tmp_path / "demo-output" / "certificate.json").read_text())
    assert written["schema_version"] == 1
    assert {certificate["verdict"] for certificate in written["certificates"]} == {"verified"}
    assert {path.name for path in tmp_path.iterdir()} == {"demo-output"}
