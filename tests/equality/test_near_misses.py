"""Planted near misses are refuted, and mpmath finds the difference at the witness too."""

from __future__ import annotations

from typing import Any

import sympy as sp

LEAST = 200
_HARD_FOR_MPMATH = 2000  # decimal digits beyond which the second opinion is not asked
_SHOWN = 400  # most digits of a value in a witness


def _number(text: str) -> sp.Expr:
    """An exact coordinate p/q + r/s*I."""
    real, imaginary = sp.S.Zero, sp.S.Zero
    for part in text.replace(" - ", " + -").split(" + "):
        if part.endswith("*I"):
            imaginary = sp.Rational(part[:-2])
        else:
            real = sp.Rational(part)
    return real + sp.I * imaginary


def test_a_near_miss_is_refuted_with_a_witness(near_miss: Any) -> None:
    finding = near_miss.compared()
    assert finding.outcome == "refuted", f"{near_miss}\n{finding}"
    witness = finding.witness
    assert witness is not None
    shown = len(witness["first"]) > _SHOWN  # beyond that, the difference says it alone
    assert witness["first"] != witness["second"] or shown
    assert set(witness["point"]) >= {str(s) for a in near_miss.sides for s in a.free_symbols}


def test_mpmath_sees_the_difference_at_the_witness(near_miss: Any) -> None:
    finding = near_miss.compared()
    assert finding.witness is not None
    if "no value" in (finding.witness["first"], finding.witness["second"]):
        return
    symbols = {str(s): s for side in near_miss.sides for s in side.free_symbols}
    point = {
        symbols[name]: _number(text)
        for name, text in finding.witness["point"].items()
        if name in symbols
    }
    digits = 30 + len(finding.witness["first"])
    first, second = (side.doit().subs(point).doit() for side in near_miss.sides)
    value = (first - second).evalf(digits, maxn=_HARD_FOR_MPMATH, strict=False)
    ours = _decimal(finding.witness["difference"])
    if not value.is_number or not value.is_finite or abs(ours) < sp.Float("1e-1900"):
        return  # outside what SymPy evaluates
    assert abs(value - ours) <= abs(ours) * sp.Float("1e-6") + sp.Float("1e-9") * abs(value), value


def _decimal(text: str) -> sp.Expr:
    """A decimal of the witness, real or complex."""
    parts = text.replace(" - ", " + -").split(" + ")
    total = sp.S.Zero
    for part in parts:
        unit = sp.I if part.endswith("*I") else sp.S.One
        total += unit * sp.Float(part.removesuffix("*I"), 30)
    return total


def test_the_corpus_is_large_and_without_repetition(corpus: dict[str, Any]) -> None:
    rows = corpus["near_miss"]
    assert len(rows) >= LEAST
    claims = {(row.texts, str(row.symbols), str(row.domain), row.where) for row in rows}
    assert len(claims) == len(rows)
    kinds = {row.source.split(":")[0].split(" without")[0] for row in rows}
    assert {"sign", "factor", "exponent", "swapped symbols", "lost term", "branch"} <= kinds
    assert {"half of the domain", "relative 1e-20", "at integers only"} <= kinds
    assert {"beyond a threshold", "thin region"} <= kinds
