"""The public face: the same names at run time, for type checkers, and in the documentation."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from pathlib import Path

import pytest

import derivax
from derivax import catalog

ROOT = Path(__file__).resolve().parents[2]


def stub_names() -> list[str]:
    tree = ast.parse((ROOT / "__init__.pyi").read_text())
    names = []
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            names += [alias.asname for alias in node.names]
        elif isinstance(node, ast.AnnAssign):
            names.append(node.target.id)
    return names


def test_the_stub_lists_every_public_name_once() -> None:
    names = stub_names()
    assert len(names) == len(set(names))
    assert set(names) == set(derivax.__all__)


def test_the_stub_names_the_modules_that_define_the_names() -> None:
    for node in ast.parse((ROOT / "__init__.pyi").read_text()).body:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                value = getattr(derivax, alias.name)
                assert getattr(import_module(node.module), alias.name) is value


@pytest.mark.parametrize("name", derivax.__all__)
def test_every_public_name_exists_and_is_described(name: str) -> None:
    value = getattr(derivax, name)
    assert name in dir(derivax)
    if inspect.isroutine(value) or inspect.isclass(value):
        assert value.__doc__
        assert len(value.__doc__.strip()) > 30
        assert value.__module__.startswith("derivax.")


@pytest.mark.parametrize(
    "verb",
    ["theories", "derive", "latex", "compile", "verify", "equal", "recheck", "export", "parse"],
)
def test_every_verb_shows_an_example_that_runs(verb: str) -> None:
    """The doctest walker runs the examples; here each verb must have one."""
    assert ">>>" in getattr(derivax, verb).__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_of_this_name"):
        derivax.nothing_of_this_name  # noqa: B018


@pytest.mark.parametrize("name", catalog.RESULTS)
def test_every_row_of_the_catalogue_leads_to_what_it_names(name: str) -> None:
    row = catalog.RESULTS[name]
    theory, _, result = name.partition("/")
    assert theory in catalog.THEORIES
    assert result == result.lower()
    assert row["title"]
    assert row["source"]
    for target in (row["derivation"], row["ground_truth"]):
        if target:
            module, _, attribute = target.partition(":")
            assert callable(getattr(import_module(module), attribute))
    if row["example"]:
        assert (ROOT / row["example"]).is_file()
