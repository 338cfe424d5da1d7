"""The corpora of identities and near misses, one row per test.

A row: {a, b, symbols: {name: assumptions}, domain, where, source}.  All rows run in
`make test-all`; `make test` takes every STRIDE-th.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sympy import Symbol

from derivax.symbolic.equality import equality
from derivax.symbolic.exact.outcome import Finding
from derivax.symbolic.parse import parse, parse_domain

FOLDER = Path(__file__).parent
STRIDE = 10
FILES = {
    "identity": sorted((FOLDER / "identities").glob("*.json")),
    "near_miss": [FOLDER / "near_misses.json"],
}


class Row:
    """One line of a corpus, with its symbols and its two sides."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.source: str = data["source"]
        self.symbols = {
            name: Symbol(name, **dict.fromkeys(words.split(), True))
            for name, words in data.get("symbols", {}).items()
        }
        self.texts = data["a"], data["b"]
        self.domain = parse_domain(data.get("domain", ""))
        self.where: str = data.get("where", "")

    @property
    def sides(self) -> tuple[Any, Any]:
        """The two expressions."""
        a, b = (parse(text, self.symbols) for text in self.texts)
        return a, b

    def compared(self, **how: Any) -> Finding:
        """What `equal` finds, with time enough on a busy machine."""
        return equality(*self.sides, self.domain, where=self.where, seconds=120, **how)

    def __str__(self) -> str:
        return f"{self.source}: {' = '.join(self.texts)}"


def rows(kind: str) -> list[Row]:
    """All rows of a corpus."""
    return [Row(data) for path in FILES[kind] for data in json.loads(path.read_text("utf-8"))]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for `identity` or `near_miss` one row each."""
    for kind in FILES:
        if kind in metafunc.fixturenames:
            marks = ((), (pytest.mark.slow,))
            given = [
                pytest.param(row, marks=marks[bool(number % STRIDE)], id=f"{number}-{row.source}")
                for number, row in enumerate(rows(kind))
            ]
            metafunc.parametrize(kind, given)


@pytest.fixture
def corpus() -> dict[str, list[Row]]:
    """The corpora, for tests about them."""
    return {kind: rows(kind) for kind in FILES}
