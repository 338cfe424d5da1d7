"""Comparisons end in time, and several threads may compare at once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import flint
import mpmath
import pytest
import sympy as sp
from sympy import Symbol

from derivax.symbolic.equality import equality
from derivax.symbolic.exact.patience import OutOfTime, check, within
from derivax.symbolic.exact.precision import working_precision

x = Symbol("x", real=True)
p = Symbol("p", positive=True)
k, n = Symbol("k", integer=True), Symbol("n", integer=True, positive=True)


def _tower(height: int, top: sp.Expr) -> sp.Expr:
    for _ in range(height):
        top = sp.exp(top)
    return top


PATHOLOGICAL: dict[str, tuple[sp.Expr, sp.Expr]] = {
    "tower of exponentials": (_tower(3, x), _tower(3, x) * (1 + sp.Rational(1, 10**9))),
    "higher tower": (_tower(6, x), _tower(6, x) + 1),
    "huge power": ((1 + x) ** (10**9), (1 + x) ** (10**9 - 1) * (x + 1)),
    "sum of 1e5 terms": (sp.Sum(1 / k, (k, 1, 100_000)) + x, sp.Sum(1 / k, (k, 1, 99_999)) + x),
    "sum of 1e5 sines": (sp.Sum(sp.sin(k * x), (k, 1, 100_000)), x),
    "huge argument": (sp.gamma(p * 10**30), sp.gamma(p * 10**30 + 1)),
    "nested roots": (sp.sqrt(x + sp.sqrt(x + sp.sqrt(x + sp.sqrt(x)))), x),
    "polynomial of degree 500": ((x + p) ** 500, (x + p) ** 499 * (p + x) + 1),
}


@pytest.mark.parametrize("sides", PATHOLOGICAL.values(), ids=list(PATHOLOGICAL))
def test_a_pathological_comparison_ends_in_seconds(sides: tuple[sp.Expr, sp.Expr]) -> None:
    start = time.process_time()
    finding = equality(*sides, seconds=2)
    assert finding.outcome in ("proven", "holds", "refuted", "open")
    assert time.process_time() - start < 8  # a few seconds beyond the limit: one step may be long


def test_a_time_limit_that_is_over_leaves_the_claim_open() -> None:
    total = sp.Sum(sp.sin(k * p), (k, 1, 150_000))
    finding = equality(total, total + sp.Sum(k - k**2 / k, (k, 1, n)), seconds=0.05)
    assert finding.outcome in ("open", "proven")
    assert equality(total, 2 * total / 2 + 0 * p, seconds=0.05).outcome == "proven"


def test_deadlines_nest_and_end() -> None:
    with within(100), within(1e-9):
        time.sleep(0.01)
        with pytest.raises(OutOfTime):
            check()
    check()
    with within(None):
        check()


def test_threads_compare_side_by_side() -> None:
    claims = [
        (sp.sin(2 * x), 2 * sp.sin(x) * sp.cos(x), "proven"),
        (sp.exp(x), sp.exp(x) * (1 + sp.Rational(1, 10**40)), "refuted"),
        (sp.LambertW(p * sp.exp(p)), p, "holds"),
        (sp.besselj(0, p) + sp.besselj(2, p), 2 / p * sp.besselj(1, p), "proven"),
    ] * 3
    before = flint.ctx.prec, mpmath.mp.prec
    with working_precision(77), ThreadPoolExecutor(4):
        pass
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda c: str(equality(c[0], c[1], seconds=60).outcome), claims))
    assert found == [wanted for _, _, wanted in claims]
    assert (flint.ctx.prec, mpmath.mp.prec) == before
