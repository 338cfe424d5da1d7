"""Documented identities come out equal, at any seed; nothing true is refuted."""

from __future__ import annotations

from typing import Any

import pytest

LEAST = 500


def test_a_documented_identity_is_equal(identity: Any) -> None:
    finding = identity.compared()
    assert finding.outcome.established, f"{identity}\n{finding}"
    if finding.outcome == "holds":
        assert finding.resolution is not None
        assert finding.resolution <= 1e-40


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_identity_is_refuted_at_other_points(corpus: dict[str, Any], seed: int) -> None:
    refuted = [
        str(row) for row in corpus["identity"] if row.compared(seed=seed).outcome == "refuted"
    ]
    assert refuted == []


def test_the_corpus_is_large_cited_and_without_repetition(corpus: dict[str, Any]) -> None:
    rows = corpus["identity"]
    assert len(rows) >= LEAST
    assert all(row.source.startswith(("DLMF ", "SymPy 1.14, ")) for row in rows)
    claims = {(row.texts, str(row.symbols), str(row.domain), row.where) for row in rows}
    assert len(claims) == len(rows)
