"""Closed forms and inductions over an index: sequences with textbook solutions, and near misses."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Function,
    Idx,
    IndexedBase,
    Product,
    Rational,
    S,
    Sum,
    Symbol,
    binomial,
    cos,
    factorial,
    sin,
    sqrt,
    symbols,
)

from derivax.errors import InputError
from derivax.symbolic.exact.outcome import Outcome, weakest
from derivax.symbolic.methods.closed_form import ClosedForm
from derivax.symbolic.methods.induction import Induction
from derivax.symbolic.methods.recursion import Recursion, split_top
from derivax.symbolic.statements import Statement

n = Symbol("n", integer=True, nonnegative=True)
k = Symbol("k", integer=True)
a, b, c, p, s, w = symbols("a b c p s w", positive=True)
theta, phi = symbols("theta phi", real=True)
X, Y, V, f = Function("X"), Function("Y"), Function("V"), Function("f")
U = Function("U", positive=True)
z = IndexedBase("z")


def eq(lhs, rhs, *conditions) -> Statement:
    return Statement(S(lhs), "=", S(rhs), given=conditions)


def judged(rule, premises, claim=None) -> tuple[Outcome, str]:
    conclusion = rule.conclude(*premises) if claim is None else claim
    findings = [(o.about, o.check()) for o in rule.obligations(tuple(premises), conclusion)]
    report = "; ".join(f"{about}: {f.outcome} {f.detail}" for about, f in findings)
    return weakest(f.outcome for _, f in findings), report


golden = (1 + sqrt(5)) / 2
SEQUENCES = {
    "geometric": ([eq(X(n + 1), a * X(n)), eq(X(0), c)], c * a**n),
    "arithmetic": ([eq(X(n + 1), X(n) + b), eq(X(0), c)], c + n * b),
    "affine": (
        [eq(X(n + 1), a * X(n) + b), eq(X(0), c)],
        a**n * c + b * (a**n - 1) / (a - 1),
    ),
    "triangular numbers": ([eq(X(n + 1), X(n) + n + 1), eq(X(0), 0)], n * (n + 1) / 2),
    "factorial": ([eq(X(n + 1), (n + 1) * X(n)), eq(X(0), 1)], factorial(n)),
    "double root": (
        [eq(X(n + 2), 2 * a * X(n + 1) - a**2 * X(n)), eq(X(0), 0), eq(X(1), a)],
        n * a**n,
    ),
    "Fibonacci": (
        [eq(X(n + 2), X(n + 1) + X(n)), eq(X(0), 0), eq(X(1), 1)],
        (golden**n - (1 - golden) ** n) / sqrt(5),
    ),
    "Chebyshev": (
        [eq(X(n + 2), 2 * cos(theta) * X(n + 1) - X(n)), eq(X(0), 1), eq(X(1), cos(theta))],
        cos(n * theta),
    ),
    "written backwards": ([eq(X(n), X(n + 1) - 2), eq(X(0), 1)], 1 + 2 * n),
    "implicit in the next value": (
        [eq(X(n + 1) + a * X(n + 1), X(n)), eq(X(0), c)],
        c / (1 + a) ** n,
    ),
    "the whole past": (
        [eq(X(n + 1), 1 + Sum(X(k), (k, 0, n))), eq(X(0), 1)],
        2**n,
    ),
    "estimator variance (Halpern card D8)": (
        [eq(V(n + 1), (1 - p) * (V(n) + c * s)), eq(V(0), 0)],
        c * s * (1 - p) * (1 - (1 - p) ** n) / p,
    ),
    "indexed": ([eq(z[n + 1], a * z[n]), eq(z[0], c)], c * a**n),
    "a reciprocal, not linear": ([eq(X(n + 1), X(n) / (1 + X(n))), eq(X(0), c)], c / (1 + n * c)),
}


@pytest.mark.parametrize(("premises", "form"), SEQUENCES.values(), ids=SEQUENCES)
def test_the_closed_form_follows(premises, form) -> None:
    unknown = z[n] if premises[0].lhs.has(IndexedBase("z")[n + 1]) else premises[-1].lhs.func(n)
    outcome, report = judged(ClosedForm(unknown, form), premises)
    assert outcome.established, report
    for wrong in (2 * form, -form, form.subs(n, n + 1), form + 1):
        if wrong != form:
            assert judged(ClosedForm(unknown, wrong), premises)[0] is Outcome.REFUTED


def test_a_rotation_is_a_system_of_two() -> None:
    premises = [
        eq(X(n + 1), cos(phi) * X(n) - sin(phi) * Y(n)),
        eq(Y(n + 1), sin(phi) * X(n) + cos(phi) * Y(n)),
        eq(X(0), 1),
        eq(Y(0), 0),
    ]
    right = ClosedForm({X(n): cos(n * phi), Y(n): sin(n * phi)})
    outcome, report = judged(right, premises)
    assert outcome.established, report
    wrong = ClosedForm({X(n): cos(n * phi), Y(n): -sin(n * phi)})
    assert judged(wrong, premises)[0] is Outcome.REFUTED


def test_a_closed_form_is_found_where_sympy_finds_one() -> None:
    premises = [eq(X(n + 1), 3 * X(n) + 1), eq(X(0), 2)]
    conclusion = ClosedForm(X(n)).conclude(*premises)
    assert judged(ClosedForm(X(n)), premises, conclusion)[0].established


def test_without_initial_values_nothing_is_determined() -> None:
    outcome, report = judged(ClosedForm(X(n), c * a**n), [eq(X(n + 1), a * X(n))])
    assert outcome is Outcome.REFUTED
    assert "not determined" in report


def test_one_initial_value_is_not_enough_for_order_two() -> None:
    premises = [eq(X(n + 2), X(n)), eq(X(0), 1)]
    assert judged(ClosedForm(X(n), S(1)), premises)[0] is Outcome.REFUTED


def test_a_form_that_contains_the_unknown_is_no_solution() -> None:
    premises = [eq(X(n + 1), a * X(n)), eq(X(0), c)]
    assert judged(ClosedForm(X(n), X(n)), premises)[0] is Outcome.REFUTED


@pytest.mark.parametrize("bad", [a, a * X(n), Idx("i")], ids=str)
def test_an_unknown_is_a_value_at_an_index(bad) -> None:
    with pytest.raises(InputError, match="not a value"):
        ClosedForm(bad, c)


def test_a_recursion_is_an_equation() -> None:
    with pytest.raises(InputError, match="is not an equation"):
        Recursion.of([Statement(X(n + 1), "<=", X(n))], n)


@settings(max_examples=25)
@given(
    st.integers(-4, 4),
    st.integers(-4, 4),
    st.integers(-3, 3),
    st.integers(-3, 3),
    st.integers(1, 6),
)
def test_unrolling_agrees_with_plain_iteration(one, two, first, second, count) -> None:
    premises = [eq(X(n + 2), one * X(n + 1) + two * X(n) + n), eq(X(0), first), eq(X(1), second)]
    values = Recursion.of(premises, n).unrolled(count)
    plain = [first, second]
    for i in range(count):
        plain.append(one * plain[-1] + two * plain[-2] + i)
    assert [values[X(i)] for i in range(count + 2)] == plain


def test_top_terms_are_split_off() -> None:
    assert split_top(Sum(f(k), (k, 0, n + 1)), n) == Sum(f(k), (k, 0, n)) + f(n + 1)
    assert split_top(Product(f(k), (k, 1, 2 * n)), n) == (
        Product(f(k), (k, 1, 2 * n - 2)) * f(2 * n - 1) * f(2 * n)
    )
    assert split_top(Sum(f(k), (k, n, 9)), n) == Sum(f(k), (k, n, 9))


# --- induction ---

SUMS = {
    "squares": Sum(k**2, (k, 0, n)) - n * (n + 1) * (2 * n + 1) / 6,
    "odd numbers": Sum(2 * k + 1, (k, 0, n)) - (n + 1) ** 2,
    "geometric": Sum(a**k, (k, 0, n)) * (a - 1) - (a ** (n + 1) - 1),
    "telescoping, any f": Sum(f(k + 1) - f(k), (k, 0, n)) - f(n + 1) + f(0),
    "product": Product((k + 2) / (k + 1), (k, 0, n)) - (n + 2),
    "two in a row": Sum(k, (k, 0, 2 * n)) - n * (2 * n + 1),
}


@pytest.mark.parametrize("gap", SUMS.values(), ids=SUMS)
def test_a_sum_is_proven_by_induction(gap) -> None:
    outcome, report = judged(Induction(n, 0, Statement(gap, "=", 0)), [])
    assert outcome is Outcome.PROVEN, report
    for wrong in (gap + 1, gap + n, 2 * gap + n * (n - 1) * (n - 2) * (n - 3) + n):
        assert judged(Induction(n, 0, Statement(wrong, "=", 0)), [])[0] is Outcome.REFUTED


def test_a_claim_that_fails_only_later_is_not_proven() -> None:
    """n (n-1) (n-2) (n-3) = 0 holds at 0, 1, 2, 3 and at no other n."""
    false = n * (n - 1) * (n - 2) * (n - 3)
    outcome, _ = judged(Induction(n, 0, Statement(false, "=", 0)), [])
    assert outcome is Outcome.REFUTED
    assert (
        judged(Induction(n, 0, Statement(Sum(k, (k, 0, n)), "=", n * (n + 1) / 2 + false)), [])[0]
        is Outcome.REFUTED
    )


def test_a_kernel_recursion_over_layers() -> None:
    """Linear network: K(l+1) = w K(l) + b, K(0) = c, with the layer as the index."""
    premises = [eq(X(n + 1), w * X(n) + b), eq(X(0), c)]
    claim = eq((w - 1) * X(n), w**n * (c * (w - 1) + b) - b)
    assert judged(Induction(n, 0, claim), premises)[0] is Outcome.PROVEN
    wrong_layer = eq((w - 1) * X(n), w ** (n + 1) * (c * (w - 1) + b) - b)
    assert judged(Induction(n, 0, wrong_layer), premises)[0] is Outcome.REFUTED


def test_a_true_claim_with_a_weak_hypothesis_stays_open() -> None:
    """Cassini's identity is true, but does not follow from itself one level down in this form."""
    premises = [eq(X(n + 2), X(n + 1) + X(n)), eq(X(0), 0), eq(X(1), 1)]
    claim = eq(X(n + 1) ** 2 - X(n) * X(n + 2), (-1) ** n)
    outcome, report = judged(Induction(n, 0, claim), premises)
    assert outcome in (Outcome.OPEN, Outcome.PROVEN), report
    with_factor = Induction(n, 0, claim, multiplier=-1)
    outcome, report = judged(with_factor, premises)
    assert outcome is Outcome.PROVEN, report
    wrong = eq(X(n + 1) ** 2 - X(n) * X(n + 2), -((-1) ** n))
    assert judged(Induction(n, 0, wrong, multiplier=-1), premises)[0] is Outcome.REFUTED


def test_an_inequality_by_induction() -> None:
    """Bernoulli: (1 + a)^n >= 1 + n a, with D(n+1) - (1 + a) D(n) = n a^2."""
    claim = Statement(1 + n * a, "<=", (1 + a) ** n)
    outcome, report = judged(Induction(n, 0, claim, multiplier=1 + a), [])
    assert outcome.established, report
    wrong = Statement(1 + 2 * n * a, "<=", (1 + a) ** n)
    assert judged(Induction(n, 0, wrong, multiplier=1 + a), [])[0] is Outcome.REFUTED


def test_a_potential_decreases_along_a_recursion() -> None:
    """u(n+1) = u(n)/2 stays below its start."""
    premises = [eq(U(n + 1), U(n) / 2), eq(U(0), c)]
    claim = Statement(U(n), "<=", c)
    outcome, report = judged(Induction(n, 0, claim, multiplier=Rational(1, 2)), premises)
    assert outcome.established, report
    wrong = Statement(U(n), "<=", c / 2)
    assert judged(Induction(n, 0, wrong, multiplier=Rational(1, 2)), premises)[0] is Outcome.REFUTED


def test_binomial_sums_need_a_definition() -> None:
    premises = [eq(X(n + 1), 2 * X(n)), eq(X(0), 1)]
    claim = eq(X(n), 2**n)
    assert judged(Induction(n, 0, claim), premises)[0] is Outcome.PROVEN
    assert judged(Induction(n, 0, eq(X(n), binomial(2 * n, n))), premises)[0] is Outcome.REFUTED


# --- layers that do not commute ---

W, forward, backward = (Function(name, commutative=False) for name in ("W", "P", "Q"))
layers = [
    Statement(forward(n + 1), "=", W(n + 1) * forward(n)),
    Statement(forward(0), "=", 1),
    Statement(backward(n + 1), "=", backward(n) * W(n + 1) ** -1),
    Statement(backward(0), "=", 1),
]


def test_a_product_of_layers_is_undone_in_the_opposite_order() -> None:
    """P(n) = W(n) ... W(1) and Q(n) = W(1)^-1 ... W(n)^-1: Q(n) P(n) = 1, at any depth."""
    claim = Statement(backward(n) * forward(n), "=", 1)
    outcome, report = judged(Induction(n, 0, claim), layers)
    assert outcome is Outcome.PROVEN, report
    wrong = Statement(forward(n) * W(n), "=", W(n) * forward(n))
    assert judged(Induction(n, 1, wrong, start=0), layers)[0] is Outcome.REFUTED


def test_layers_in_the_wrong_order_are_refuted() -> None:
    swapped = [Statement(forward(n + 1), "=", forward(n) * W(n + 1)), *layers[1:]]
    claim = Statement(backward(n) * forward(n), "=", 1)
    assert judged(Induction(n, 0, claim), swapped)[0] is Outcome.REFUTED


def test_a_residual_block_by_its_definition() -> None:
    premises = [
        Statement(forward(n + 1), "=", (1 + W(n + 1)) * forward(n)),
        Statement(forward(0), "=", 1),
    ]
    two = Statement(
        forward(n + 2), "=", (1 + W(n + 2) + W(n + 1) + W(n + 2) * W(n + 1)) * forward(n)
    )
    assert judged(Induction(n, 0, two), premises)[0] is Outcome.PROVEN
    lost = Statement(forward(n + 2), "=", (1 + W(n + 2) + W(n + 1)) * forward(n))
    assert judged(Induction(n, 0, lost), premises)[0] is Outcome.REFUTED


def test_an_inhomogeneity_at_the_new_index_is_known() -> None:
    """X(n+1) = X(n) + f(n+1): the solution is X(0) and the sum of f up to n."""
    premises = [eq(X(n + 1), X(n) + f(n + 1)), eq(X(0), c)]
    claim = eq(X(n), c + Sum(f(k), (k, 1, n)))
    assert judged(Induction(n, 0, claim), premises)[0] is Outcome.PROVEN
    shifted = eq(X(n), c + Sum(f(k), (k, 0, n - 1)))
    assert judged(Induction(n, 0, shifted), premises)[0] is Outcome.REFUTED


def test_the_multiplier_of_an_inequality_is_checked() -> None:
    """From D(n) >= 0 nothing follows for a negative multiple, nor strictness for a zero one."""
    halved = [eq(U(n + 1), U(n) / 2), eq(U(0), c)]
    assert judged(Induction(n, 0, Statement(U(n), "<=", 2 * c), multiplier=-1), halved)[0] is (
        Outcome.REFUTED
    )
    strict = Statement(S(0), "<", U(n))
    positive = Induction(n, 0, strict, multiplier=Rational(1, 2))
    assert judged(positive, halved)[0].established
    assert judged(Induction(n, 0, strict, multiplier=0), halved)[0] is Outcome.REFUTED


def test_a_multiplier_with_a_pole_proves_nothing() -> None:
    """n (n-1) ... (n-4) = 0 fails at n = 5 only; D(n+1) = (n+1)/(n-4) D(n) has its pole at 4."""
    false = n * (n - 1) * (n - 2) * (n - 3) * (n - 4)
    rule = Induction(n, 0, Statement(false, "=", 0), multiplier=(n + 1) / (n - 4))
    assert judged(rule, [])[0] is Outcome.REFUTED
