"""Roots of equations as expressions: enclosures, implicit derivatives, bound variables."""

from __future__ import annotations

import math
import time
from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from derivax.errors import DomainError, InputError
from derivax.symbolic.exact.ball import BallProgram, correctly_rounded, enclose
from derivax.symbolic.exact.dag import postorder
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.exact.precision import working_precision
from derivax.symbolic.exact.zero import ball_test, vanishes
from derivax.symbolic.nodes import ImplicitRoot

u, c, k, p = sp.symbols("u c K p", positive=True)
v, a = sp.symbols("v a", real=True)
MICHAELIS = ImplicitRoot(u + k * sp.log(u) - c, u, 0, sp.oo)
CUBIC = ImplicitRoot(v**3 + v - a, v)


def lambert(kv: mpmath.mpf, cv: mpmath.mpf) -> mpmath.mpf:
    """u + K log u = c has the solution u = K W(exp(c/K)/K)."""
    return kv * mpmath.lambertw(mpmath.exp(cv / kv) / kv).real


@pytest.mark.parametrize(
    ("kv", "cv"),
    [(1, 1), (Fraction(1, 3), -50), (Fraction(1, 10**8), 5), (100, -3000), (1, 10**6), (7, 0)],
)
@pytest.mark.parametrize("bits", [53, 200, 4096])
def test_enclosures_agree_with_lambert_w(kv: Fraction, cv: int, bits: int) -> None:
    ball = enclose(MICHAELIS, {k: kv, c: cv}, bits)
    assert isinstance(ball, arb)
    assert ball.rel_accuracy_bits() > bits - 40
    if bits == 200:
        with mpmath.workprec(600):
            exact = lambert(mpmath.mpf(Fraction(kv).numerator) / Fraction(kv).denominator, cv)
            found = mpmath.mpf(ball.str(45, radius=False))
            assert abs(found - exact) <= exact * mpmath.mpf(10) ** -40


@settings(max_examples=60, deadline=None)
@given(st.fractions(-1000, 1000, max_denominator=1000))
def test_the_enclosure_contains_the_real_root_of_a_cubic(value: Fraction) -> None:
    ball = enclose(CUBIC, {a: value}, 128)
    low, high = ball.lower(), ball.upper()
    target = arb(value.numerator) / value.denominator
    assert low**3 + low <= target or (low**3 + low).overlaps(target)
    assert high**3 + high >= target or (high**3 + high).overlaps(target)
    assert ball.rel_accuracy_bits() > 100 or value == 0


def test_roots_far_out_and_close_to_an_end_are_found() -> None:
    tiny = enclose(MICHAELIS, {k: Fraction(1, 3), c: -1000}, 128)
    assert abs(float(tiny.log()) + 3000) < 1e-9  # u = exp(-3000) (1 + ...)
    log_root = ImplicitRoot(sp.log(u) - a, u, 0, sp.oo)
    assert enclose(log_root, {a: -500}, 128).overlaps(arb(-500).exp())
    close = ImplicitRoot(v - a, v, -1, 1)
    assert enclose(close, {a: 1 - Fraction(1, 10**60)}, 400) < 1
    assert enclose(ImplicitRoot(sp.tan(v) - a, v, -sp.pi / 2, sp.pi / 2), {a: 10**9}, 128).overlaps(
        enclose(sp.atan(a), {a: 10**9}, 128)
    )


def test_a_root_at_the_end_of_the_bracket_is_the_end() -> None:
    decay = ImplicitRoot(u + sp.log(u / c) - c + a, u, 0, c)  # u(0) = c
    for value in (Fraction(1, 3), 2, Fraction(7, 10)):
        ball = enclose(decay, {c: value, a: 0}, 128)
        assert ball.is_finite()
        assert ball.overlaps(enclose(c, {c: value}, 128))
        assert ball.rel_accuracy_bits() > 90
        assert enclose(decay, {c: value, a: 1}, 128) < ball
        assert not enclose(decay, {c: value, a: Fraction(-1, 10**30)}, 256).is_finite()


def test_without_a_sign_change_nothing_is_claimed() -> None:
    assert not enclose(ImplicitRoot(u - c, u, 0, 1), {c: 3}, 100).is_finite()
    pole = ImplicitRoot(1 / (v - a), v, -1, 1)
    assert not enclose(pole, {a: Fraction(1, 3)}, 100).is_finite()
    double = ImplicitRoot((v - a) ** 2, v, -1, 1)
    assert not enclose(double, {a: Fraction(1, 3)}, 100).is_finite()
    values, decided = correctly_rounded(ImplicitRoot(u - c, u, 0, 1), [c], [[0.25, 3.0]])
    assert values[0] == 0.25
    assert decided.tolist() == [True, False]


def test_implicit_differentiation() -> None:
    assert vanishes(MICHAELIS.diff(c) - MICHAELIS / (MICHAELIS + k)).outcome is Outcome.PROVEN
    wrong = MICHAELIS.diff(c) + MICHAELIS / (MICHAELIS + k)
    assert vanishes(wrong).outcome is Outcome.REFUTED
    second = CUBIC.diff(a, 2)
    # u'' = -6 u / (3 u^2 + 1)^3
    assert vanishes(second + 6 * CUBIC / (3 * CUBIC**2 + 1) ** 3).outcome is Outcome.PROVEN
    assert MICHAELIS.diff(p) == 0
    h = Fraction(1, 10**20)
    at = {k: 2, c: 3}
    with working_precision(300):
        ahead = enclose(MICHAELIS, {k: 2, c: 3 + h}, 300)
        quotient = (ahead - enclose(MICHAELIS, at, 300)) * 10**20
        assert abs(float(quotient - enclose(MICHAELIS.diff(c), at, 300))) < 1e-18


def test_the_equation_holds_for_the_root() -> None:
    residual = MICHAELIS.body_at(MICHAELIS)
    assert vanishes(residual).outcome is Outcome.PROVEN
    assert ball_test(residual).outcome is Outcome.HOLDS
    assert vanishes(residual + c / 10**9).outcome is Outcome.REFUTED


def test_michaelis_menten_solves_its_equation() -> None:
    t, s0, rate = sp.symbols("t s0 V", positive=True)
    s = ImplicitRoot(u + k * sp.log(u) - s0 - k * sp.log(s0) + rate * t, u, 0, sp.oo)
    assert vanishes(s.diff(t) + rate * s / (k + s)).outcome is Outcome.PROVEN
    assert vanishes(s.subs(t, 0) - s0).outcome.established
    assert vanishes(s.diff(t) + rate * s / (2 * k + s)).outcome is Outcome.REFUTED


# ---- bound variables --------------------------------------------------------------------------


def test_the_name_of_the_unknown_does_not_matter() -> None:
    w = sp.Symbol("w")
    renamed = ImplicitRoot(w + k * sp.log(w) - c, w, 0, sp.oo)
    assert renamed == MICHAELIS
    assert hash(renamed) == hash(MICHAELIS)
    assert renamed.func(*renamed.args) == renamed
    assert MICHAELIS.free_symbols == {c, k}
    assert MICHAELIS.bound_symbols == [MICHAELIS.variable]


def test_substitution_respects_the_binder() -> None:
    outer_u = MICHAELIS.subs(c, u)  # u here is a parameter, not the unknown
    assert outer_u.free_symbols == {u, k}
    assert outer_u == ImplicitRoot(v + k * sp.log(v) - u, v, 0, sp.oo)
    assert MICHAELIS.subs(u, 5) == MICHAELIS
    assert MICHAELIS.subs(MICHAELIS.variable, 5) == MICHAELIS
    assert MICHAELIS.xreplace({c: p + 1, k: c}).free_symbols == {p, c}
    assert (2 * MICHAELIS + 1).subs(MICHAELIS, p) == 2 * p + 1
    assert enclose(MICHAELIS.subs({c: k, k: c}, simultaneous=True), {c: 1, k: 2}, 64).overlaps(
        enclose(MICHAELIS, {c: 2, k: 1}, 64)
    )


def test_nested_roots_keep_their_variables_apart() -> None:
    inner = ImplicitRoot(u**3 + u - v * p, u)
    nested = ImplicitRoot(v**3 + v * inner - 1 - p, v, 0, sp.oo)
    assert nested.level == 2
    assert nested.free_symbols == {p}
    outer = enclose(nested, {p: 2}, 200)
    within = enclose(inner, {p: 2, v: outer}, 200)
    assert (outer**3 + outer * within - 3).contains(0)
    assert (within**3 + within - 2 * outer).contains(0)
    h = Fraction(1, 10**20)
    with working_precision(300):
        quotient = (enclose(nested, {p: 2 + h}, 300) - enclose(nested, {p: 2}, 300)) * 10**20
        assert abs(float(quotient - enclose(nested.diff(p), {p: 2}, 300))) < 1e-18
    # a root put into the equation of another one of the same level
    chained = CUBIC.subs(a, MICHAELIS)
    assert enclose(chained, {c: 2, k: 1}, 128).overlaps(
        enclose(CUBIC, {a: enclose(MICHAELIS, {c: 2, k: 1}, 128)}, 128)
    )


def test_evaluation_inside_sums_and_integrals() -> None:
    n = sp.Symbol("n")
    total = sp.Sum(CUBIC.subs(a, n), (n, 1, 3))
    parts = [enclose(CUBIC, {a: j}, 100) for j in (1, 2, 3)]
    assert enclose(total, {}, 100).overlaps(parts[0] + parts[1] + parts[2])


# ---- numbers, signs, printing -----------------------------------------------------------------


def test_roots_without_parameters_are_numbers() -> None:
    dottie = ImplicitRoot(sp.cos(v) - v, v, 0, 1)
    # the Dottie number, OEIS A003957
    digits = "0.73908513321516064165531208767387340401341175890076"
    assert abs(dottie.evalf(45) - sp.Float(digits, 50)) < 1e-44
    assert dottie.is_number
    assert float(dottie) == pytest.approx(0.7390851332151607, abs=1e-16)
    assert MICHAELIS.subs({c: 3, k: 2}) > 1
    assert math.isclose(float(MICHAELIS.subs({c: 1, k: 1})), 1.0)


def test_signs_come_from_the_bracket() -> None:
    assert MICHAELIS.is_positive
    assert CUBIC.is_real
    assert CUBIC.is_positive is None
    assert ImplicitRoot(v + sp.exp(v) + c, v, -sp.oo, 0).is_negative


def test_printing_avoids_names_that_are_taken() -> None:
    assert "u" not in str(MICHAELIS.subs(c, u)).replace("ImplicitRoot(", "").split(",")[1]
    assert str(MICHAELIS) == "ImplicitRoot(K*log(u) - c + u, u, 0, oo)"
    assert r"\log{\left(u \right)}" in sp.latex(MICHAELIS)
    assert sp.latex(MICHAELIS**2).endswith("^{2}")


REFUSED = {
    "no sign change": (DomainError, lambda: ImplicitRoot(u**2 + 1, u)),
    "no sign change after substitution": (
        DomainError,
        lambda: ImplicitRoot(u - c, u, 0, 1).subs(c, 3),
    ),
    "empty bracket": (DomainError, lambda: ImplicitRoot(u - c, u, 2, 1)),
    "no unknown": (InputError, lambda: ImplicitRoot(c, u)),
    "unknown in the bracket": (InputError, lambda: ImplicitRoot(u - c, u, u, 2)),
    "unknown is a number": (InputError, lambda: ImplicitRoot(u - c, 3)),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_wrong_constructions_are_one_clear_error(name: str) -> None:
    kind, make = REFUSED[name]
    with pytest.raises(kind) as error:
        make()
    assert "\n" not in str(error.value)
    assert "_u" not in str(error.value)


def test_shared_bodies_stay_linear() -> None:
    body: sp.Expr = v
    for _ in range(12):
        body = body + body**3 / 10
    root = ImplicitRoot(body - a, v)
    start = time.process_time()
    ball = BallProgram(root, [a]).at([Fraction(1, 2)], 128)
    assert ball.is_finite()
    assert time.process_time() - start < 2.0
    assert sum(1 for _ in postorder([root])) < 200
