"""Imports point one way, and importing derivax loads nothing that it need not.

    errors, writing, data, catalog <- symbolic <- diagrams <- numeric <- reports <- root
    within symbolic: exact <- nodes <- terms, parse <- typeset <- nouns <- methods <- derive
                     <- theories

How the repository root can be the package `derivax`: `package-dir = {"derivax" = "."}` serves the
editable install, the wheel and the console script; pytest, mypy (through a link) and a clone of
any name work because the root `__init__.py` is lazy.  The trap is a second copy of a module under
its bare name (`import symbolic` from the root, `--doctest-modules` on paths): the last tests here
look for one.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_PACKAGE = {"tests", "docs", "examples", "benchmarks", "build", "dist", "demo-output"}

# higher number: may import everything with a lower or equal one
ROOMS = {
    "errors": 0, "writing": 0, "data": 0, "catalog": 0,
    "symbolic": 1, "diagrams": 2, "numeric": 3, "reports": 4,
}  # fmt: skip
SYMBOLIC = {
    "exact": 0,
    "nodes": 1,
    "terms": 2,
    "parse": 2,
    "typeset": 3,
    "methods": 5,
    "derive": 6,
    "theories": 7,
}
ROOT_RANK, NOUNS = 9, 4
NOT_INLINED_SPECIAL = {
    "derivax.numeric.special.table",
    "derivax.numeric.special.differentiable",
    "derivax.numeric.special.derivatives",
}
ARRAY_LIBRARIES = {"jax", "jaxlib", "diffrax", "optax", "optimistix", "equinox", "lineax"}


def package_files() -> list[Path]:
    found = []
    for folder, subfolders, files in os.walk(ROOT):
        outside = NOT_PACKAGE if Path(folder) == ROOT else set()
        subfolders[:] = [
            s for s in subfolders if not s.startswith((".", "__")) and s not in outside
        ]
        found += [Path(folder) / file for file in files if file.endswith(".py")]
    return sorted(found)


def module_name(path: Path) -> str:
    parts = ["derivax", *path.relative_to(ROOT).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def package_sources() -> dict[str, str]:
    return {module_name(path): path.read_text(encoding="utf-8") for path in package_files()}


def imports(
    module: str, source: str, is_package: bool, top_level_only: bool = False
) -> Iterator[str]:
    """The modules that `module` imports, anywhere in its source, by absolute name."""
    tree = ast.parse(source)
    for node in tree.body if top_level_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = module.split(".") if is_package else module.split(".")[:-1]
                above = above[: len(above) - (node.level - 1)]
                base = ".".join([*above, *([base] if base else [])])
            # `from derivax.symbolic import exact` imports a room, not only the package
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call):
            name = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            if name in ("import_module", "__import__") and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value


def rank(module: str) -> tuple[int, int]:
    """(room, floor within symbolic) of a module below derivax."""
    parts = module.split(".")[1:]
    if not parts or parts[0] not in ROOMS:
        return (ROOT_RANK, 0)
    if parts[0] != "symbolic" or len(parts) == 1:
        return (ROOMS[parts[0]], 0)
    return (ROOMS["symbolic"], SYMBOLIC.get(parts[1], NOUNS))


def is_under(module: str, *prefixes: str) -> bool:
    return any(module == prefix or module.startswith(prefix + ".") for prefix in prefixes)


def violations(sources: dict[str, str]) -> list[str]:
    """Every import that points upwards, and every one that a room's own rule forbids."""
    found = []
    packages = {name for name in sources if any(other.startswith(name + ".") for other in sources)}

    def forbid(module: str, target: str, why: str) -> None:
        found.append(f"{module} imports {target}: {why}")

    for module, source in sources.items():
        for target in imports(module, source, module in packages):
            if is_under(target, "derivax"):
                known = target if target in sources else target.rpartition(".")[0]
                if rank(known) > rank(module) and known in sources:
                    forbid(module, known, "points upwards")
            if is_under(module, "derivax.symbolic", "derivax.diagrams") and is_under(
                target, *ARRAY_LIBRARIES
            ):
                forbid(module, target, "the symbolic side knows no JAX")
            if (
                is_under(module, "derivax.numeric.special")
                and module != "derivax.numeric.special"
                and not is_under(module, *NOT_INLINED_SPECIAL)
            ):
                own = is_under(target, "jax", "__future__", "derivax.numeric.special")
                if not own:
                    forbid(
                        module,
                        target,
                        "a special function that export can inline imports jax alone",
                    )
            if is_under(module, "derivax.numeric.ground_truth") and is_under(
                target,
                "derivax.numeric.codegen",
                "derivax.numeric.programs",
                "derivax.numeric.verify",
                "derivax.symbolic.theories",
                "derivax.symbolic.methods",
            ):
                forbid(
                    module,
                    target,
                    "a ground truth runs the original system without the closed form",
                )
            if module in RECHECKS and is_under(target, "derivax.numeric.codegen"):
                forbid(module, target, "a recheck does not use the generator that it judges")
    return sorted(set(found))


def cycles(sources: dict[str, str]) -> list[str]:
    """Modules that import each other while they are being loaded."""
    packages = {name for name in sources if any(other.startswith(name + ".") for other in sources)}
    graph = {}
    for module, source in sources.items():
        targets = set()
        for target in imports(module, source, module in packages, top_level_only=True):
            # a submodule is loaded after the package that holds it has begun: that is no cycle
            known = target if target in sources else target.rpartition(".")[0]
            targets |= {known} & sources.keys()
        graph[module] = sorted(targets - {module})
    done: set[str] = set()
    found: list[str] = []

    def visit(module: str, path: list[str]) -> None:
        if module in path:
            found.append(" -> ".join([*path[path.index(module) :], module]))
        elif module not in done:
            for target in graph[module]:
                visit(target, [*path, module])
            done.add(module)

    for module in sorted(graph):
        visit(module, [])
    return found


def test_no_import_points_upwards() -> None:
    assert violations(package_sources()) == []


def test_no_module_needs_itself_to_load() -> None:
    assert cycles(package_sources()) == []


RECHECKS = (
    "derivax.numeric.verify.rechecking",
    "derivax.numeric.verify.replay",
    "derivax.numeric.verify.replay_program",
    "derivax.numeric.verify.stated",
)

WRONG = {
    "symbolic knows numeric": (
        "derivax.symbolic.formula",
        "from derivax.numeric.codegen import compiling",
    ),
    "symbolic knows JAX": ("derivax.symbolic.exact.ball", "import jax.numpy as jnp"),
    "inside a function": (
        "derivax.symbolic.formula",
        "def f():\n    from derivax.verbs import latex",
    ),
    "through the root": ("derivax.symbolic.formula", "from derivax import verbs"),
    "relative": ("derivax.symbolic.exact.ball", "from ..formula import Formula"),
    "by name": (
        "derivax.symbolic.rules",
        "import importlib\nimportlib.import_module('derivax.symbolic.theories')",
    ),
    "exact knows a node": ("derivax.symbolic.exact.ball", "from derivax.symbolic.nodes import phi"),
    "a noun knows a theory": ("derivax.symbolic.formula", "import derivax.symbolic.theories"),
    "a method knows a theory": (
        "derivax.symbolic.methods.separable",
        "import derivax.symbolic.theories",
    ),
    "data knows symbolic": ("derivax.data", "from derivax.symbolic.formula import Formula"),
    "numeric knows the root": ("derivax.numeric.codegen.compiling", "from derivax import cli"),
    "special knows numpy": ("derivax.numeric.special.phi", "import numpy as np"),
    "ground truth knows the closed form": (
        "derivax.numeric.ground_truth.training",
        "from derivax.symbolic.theories import networks",
    ),
    "ground truth knows the generator": (
        "derivax.numeric.ground_truth.training",
        "from derivax.numeric.codegen.compiling import compile_formula",
    ),
    "recheck knows the generator": (
        "derivax.numeric.verify.rechecking",
        "from derivax.numeric.codegen import compiling",
    ),
}
HOUSE = [
    "derivax",
    "derivax.verbs",
    "derivax.cli",
    "derivax.data",
    "derivax.symbolic",
    "derivax.symbolic.exact",
    "derivax.symbolic.exact.ball",
    "derivax.symbolic.nodes",
    "derivax.symbolic.nodes.phi",
    "derivax.symbolic.rules",
    "derivax.symbolic.formula",
    "derivax.symbolic.methods",
    "derivax.symbolic.methods.separable",
    "derivax.symbolic.theories",
    "derivax.symbolic.theories.networks",
    "derivax.numeric",
    "derivax.numeric.codegen",
    "derivax.numeric.codegen.compiling",
    "derivax.numeric.special",
    "derivax.numeric.special.phi",
    "derivax.numeric.ground_truth",
    "derivax.numeric.ground_truth.training",
    "derivax.numeric.verify",
    "derivax.numeric.verify.rechecking",
]


@pytest.mark.parametrize(("module", "source"), WRONG.values(), ids=WRONG)
def test_a_wrong_import_is_found(module: str, source: str) -> None:
    house = dict.fromkeys(HOUSE, "")
    assert violations(house) == []
    assert len(violations(house | {module: source})) == 1


def test_a_cycle_is_found() -> None:
    house = dict.fromkeys(HOUSE, "")
    assert cycles(house) == []
    house["derivax.symbolic.rules"] = "from derivax.symbolic.formula import Formula"
    assert cycles(house) == []
    house["derivax.symbolic.formula"] = "from derivax.symbolic import rules"
    assert len(cycles(house)) == 1


def listed_packages() -> set[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    return set(settings["packages"])


def test_every_folder_of_code_is_a_package_that_pyproject_lists() -> None:
    folders = {path.parent for path in package_files()}
    packages = {module_name(folder / "__init__.py") for folder in folders}
    assert packages == listed_packages()
    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_no_folder_is_empty() -> None:
    """Only folders that hold something: a package has a module, or a marker of its own content."""
    for folder in {path.parent for path in package_files()}:
        content = [p for p in folder.iterdir() if p.name not in ("__init__.py", "__pycache__")]
        assert content, f"{folder.relative_to(ROOT)} holds nothing"


def loaded_after(code: str, environment: dict[str, str], folder: Path) -> list[str]:
    program = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def test_importing_derivax_loads_nothing_else(
    clean_environment: dict[str, str], tmp_path: Path
) -> None:
    loaded = loaded_after("import derivax", clean_environment, tmp_path)
    heavy = {"jax", "sympy", "numpy", "flint", "networkx", "mpmath", "rich"}
    assert heavy.isdisjoint(loaded)
    assert [name for name in loaded if name.startswith("derivax.")] == []


def test_the_catalogue_loads_no_mathematics(
    clean_environment: dict[str, str], tmp_path: Path
) -> None:
    code = "from derivax.cli import main\nassert main(['list']) == 0"
    loaded = loaded_after(code, clean_environment, tmp_path)
    assert {"jax", "sympy", "flint", "numpy"}.isdisjoint(loaded)
    assert [name for name in loaded if name.startswith("derivax.symbolic")] == []


def test_a_process_in_the_root_folder_has_one_copy_of_each_module(
    clean_environment: dict[str, str],
) -> None:
    names = [name for name in package_sources() if name != "derivax.__main__"]
    code = f"from importlib import import_module\nfor name in {names!r}: import_module(name)"
    loaded = loaded_after(code, clean_environment, ROOT)
    assert set(names) <= set(loaded)
    bare = {name.split(".")[1] for name in names if "." in name}
    assert bare.isdisjoint(loaded)


def test_this_test_session_has_one_copy_of_each_module() -> None:
    import derivax.errors

    assert {"symbolic", "numeric", "diagrams", "reports", "errors"}.isdisjoint(sys.modules)
    files = set(map(str, package_files())) - {
        str(ROOT / "__init__.py")
    }  # pytest loads that one itself
    ours = [
        module.__file__
        for name, module in list(sys.modules.items())
        if not name.startswith("tests") and hasattr(module, "__file__")
        if module.__file__ in files
    ]
    assert derivax.errors.__file__ in ours
    assert len(ours) == len(set(ours))
