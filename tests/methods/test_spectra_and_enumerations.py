"""Eigenpairs of explicit and structured matrices; statements enumerated size by size."""

from __future__ import annotations

from itertools import combinations, pairwise, permutations, product

import pytest
from sympy import (
    Eq,
    FunctionMatrix,
    Identity,
    ImmutableMatrix,
    Lambda,
    Matrix,
    MatrixSymbol,
    Mul,
    OneMatrix,
    Piecewise,
    Product,
    S,
    Sum,
    Symbol,
    Trace,
    binomial,
    cos,
    eye,
    factorial,
    factorial2,
    pi,
    sin,
    symbols,
)

from derivax.errors import InputError
from derivax.symbolic.exact.outcome import Outcome, weakest
from derivax.symbolic.methods.enumeration import Enumeration
from derivax.symbolic.methods.hessian import Hessian
from derivax.symbolic.methods.spectral import Eigenpair, Eigenpairs
from derivax.symbolic.statements import Statement

n = Symbol("n", integer=True, positive=True)
k, j = symbols("k j", integer=True)
a, b, s = symbols("a b s", positive=True)
d, g, x, t = symbols("d g x t", real=True)


def eq(lhs, rhs) -> Statement:
    return Statement(S(lhs), "=", S(rhs))


def judged(rule, premises=(), claim=None) -> tuple[Outcome, str]:
    conclusion = rule.conclude(*premises) if claim is None else claim
    findings = [(o.about, o.check()) for o in rule.obligations(tuple(premises), conclusion)]
    report = "; ".join(f"{about}: {f.outcome} {f.detail}" for about, f in findings)
    return weakest(f.outcome for _, f in findings), report


# --- spectra ---


def test_an_explicit_spectrum_is_proven() -> None:
    matrix = Matrix([[a, b], [b, a]])
    rule = Eigenpairs([(a + b, 1, [[1, 1]]), (a - b, 1, [[1, -1]])], matrix)
    outcome, report = judged(rule)
    assert outcome is Outcome.PROVEN, report


WRONG = {
    "swapped vectors": [(a + b, 1, [[1, -1]]), (a - b, 1, [[1, 1]])],
    "lost factor": [(2 * (a + b), 1, [[1, 1]]), (a - b, 1, [[1, -1]])],
    "an eigenvalue twice": [(a + b, 2, [[1, 1]])],
    "dependent vectors": [(a + b, 1, [[1, 1]]), (a - b, 1, [[0, 0]])],
    "too few": [(a + b, 1, [[1, 1]])],
    "a vector of another length": [(a + b, 1, [[1, 1, 1]]), (a - b, 1, [[1, -1]])],
}


@pytest.mark.parametrize("pairs", WRONG.values(), ids=WRONG)
def test_a_wrong_spectrum_is_refuted(pairs) -> None:
    matrix = Matrix([[a, b], [b, a]])
    outcome, report = judged(Eigenpairs(pairs, matrix))
    assert outcome is Outcome.REFUTED, report


def test_a_defective_matrix_has_too_few_eigenvectors() -> None:
    jordan = Matrix([[a, 1], [0, a]])
    outcome, report = judged(Eigenpairs([(a, 2)], jordan))
    assert outcome is Outcome.REFUTED
    assert "eigenvectors" in report


def test_a_complex_pair() -> None:
    turn = Matrix([[cos(t), -sin(t)], [sin(t), cos(t)]])
    unit = S.ImaginaryUnit
    pairs = [
        (cos(t) + unit * sin(t), 1, [[1, -unit]]),
        (cos(t) - unit * sin(t), 1, [[1, unit]]),
    ]
    outcome, report = judged(Eigenpairs(pairs, turn))
    assert outcome.established, report


def test_the_hessian_of_a_chain_at_equal_weights() -> None:
    """Card saxe-linear-networks, D8: one stiff eigenvalue, and L - 1 equal ones."""
    for length in (2, 3, 4):
        weights = symbols(f"a1:{length + 1}", positive=True)
        loss = eq(Symbol("E"), (s - Mul(*weights)) ** 2 / 2)
        hessian = Hessian(weights).conclude(loss)
        balanced = hessian.rhs.subs(dict.fromkeys(weights, a))
        once = (2 * length - 1) * a ** (2 * length - 2) - (length - 1) * s * a ** (length - 2)
        rest = s * a ** (length - 2) - a ** (2 * length - 2)
        outcome, report = judged(Eigenpairs([(once, 1), (rest, length - 1)], Matrix(balanced)))
        assert outcome is Outcome.PROVEN, report
        swapped = Eigenpairs([(rest, 1), (once, length - 1)], Matrix(balanced))
        if length > 2:
            assert judged(swapped)[0] is Outcome.REFUTED


def test_a_structured_matrix_of_any_listed_size() -> None:
    matrix = (d - g) * Identity(n) + g * OneMatrix(n, n)
    rule = Eigenpairs([(d + (n - 1) * g, 1), (d - g, n - 1)], matrix, size=n, sizes=(2, 3, 4))
    outcome, report = judged(rule)
    assert outcome is Outcome.INSTANCES, report
    wrong = Eigenpairs([(d + n * g, 1), (d - g, n - 1)], matrix, size=n, sizes=(2, 3))
    assert judged(wrong)[0] is Outcome.REFUTED


def test_the_laplacian_of_a_complete_graph() -> None:
    laplacian = n * Identity(n) - OneMatrix(n, n)
    rule = Eigenpairs([(0, 1), (n, n - 1)], laplacian, size=n, sizes=(2, 3, 5))
    assert judged(rule)[0] is Outcome.INSTANCES


def test_a_chain_with_its_sine_modes() -> None:
    """The second difference on a path: 2 - 2 cos(pi k/(n+1)), eigenvectors sin(pi k i/(n+1))."""

    def second_difference(i, m):
        return Piecewise((2, Eq(i, m)), (-1, Eq(i, m + 1)), (-1, Eq(i, m - 1)), (0, True))

    i, m = symbols("i m", integer=True)
    size = 3
    matrix = Matrix(size, size, lambda p, q: second_difference(p, q))
    pairs = [
        (
            2 - 2 * cos(pi * mode / (size + 1)),
            1,
            [[sin(pi * mode * place / (size + 1)) for place in range(1, size + 1)]],
        )
        for mode in range(1, size + 1)
    ]
    outcome, report = judged(Eigenpairs(pairs, matrix))
    assert outcome.established, report
    structured = FunctionMatrix(n, n, Lambda((i, m), second_difference(i, m)))
    trace = Enumeration(n, (1, 2, 3), Statement(Trace(structured), "=", 2 * n))
    assert judged(trace)[0] is Outcome.INSTANCES


def test_the_premise_may_hold_the_matrix() -> None:
    named = eq(MatrixSymbol("M", 2, 2), ImmutableMatrix([[a, 0], [0, b]]))
    rule = Eigenpairs([(a, 1), (b, 1)])
    assert judged(rule, (named,))[0] is Outcome.PROVEN
    assert judged(Eigenpairs([(a, 1), (a + b, 1)]), (named,))[0] is Outcome.REFUTED


BAD = {
    "no pair": lambda: Eigenpairs([], eye(2)),
    "rectangular": lambda: Eigenpairs([(1, 1)], Matrix([[1, 2]])).conclude(),
    "a size without sizes": lambda: Eigenpairs([(1, n)], Identity(n), size=n),
    "a symbolic matrix without size": lambda: Eigenpairs([(1, n)], Identity(n)).conclude(),
    "no matrix": lambda: Eigenpairs([(1, 1)]).conclude(),
    "not a matrix": lambda: Eigenpairs([(1, 1)], a).conclude(),
}


@pytest.mark.parametrize("build", BAD.values(), ids=BAD)
def test_a_malformed_spectrum_is_refused(build) -> None:
    with pytest.raises(InputError):
        build()


def test_eigenvectors_may_depend_on_the_size() -> None:
    pair = Eigenpair(n, S.One, lambda size: [[1] * size])
    rest = Eigenpair(
        S.Zero,
        n - 1,
        lambda size: [
            [1 if i == 0 else -1 if i == other else 0 for i in range(size)]
            for other in range(1, size)
        ],
    )
    rule = Eigenpairs([pair, rest], OneMatrix(n, n), size=n, sizes=(2, 3, 4))
    outcome, report = judged(rule)
    assert outcome is Outcome.INSTANCES, report


# --- enumerations ---


def pairings(size: int) -> list[frozenset]:
    """All perfect matchings of 2 * size points, by recursion on the partner of the first."""

    def match(points: tuple[int, ...]) -> list[frozenset]:
        if not points:
            return [frozenset()]
        first, *others = points
        return [
            rest | {(first, partner)}
            for partner in others
            for rest in match(tuple(p for p in others if p != partner))
        ]

    return match(tuple(range(2 * size)))


def test_wick_pairings_are_counted_by_double_factorials() -> None:
    claim = eq(Symbol("Z"), factorial2(2 * n - 1))
    rule = Enumeration(n, (1, 2, 3, 4), claim, objects=pairings, count=factorial2(2 * n - 1))
    outcome, report = judged(rule)
    assert outcome is Outcome.INSTANCES, report
    wrong = Enumeration(n, (1, 2, 3), claim, objects=pairings, count=factorial(n))
    assert judged(wrong)[0] is Outcome.REFUTED


def test_weights_add_up() -> None:
    """Subsets weighted by b^size a^(n - size): the binomial theorem."""

    def subsets(size: int) -> list[frozenset]:
        return [frozenset(c) for m in range(size + 1) for c in combinations(range(size), m)]

    def weight(size: int, subset: frozenset):
        return b ** len(subset) * a ** (size - len(subset))

    claim = eq(Symbol("Z"), (a + b) ** n)
    right = Enumeration(n, (1, 2, 3, 4), claim, objects=subsets, weight=weight, count=2**n)
    assert judged(right)[0] is Outcome.INSTANCES
    lost = eq(Symbol("Z"), (a - b) ** n)
    assert judged(Enumeration(n, (1, 2), lost, objects=subsets, weight=weight))[0] is (
        Outcome.REFUTED
    )


def test_an_object_listed_twice_is_noticed() -> None:
    def doubled(size: int) -> list[tuple]:
        return [*permutations(range(size)), tuple(range(size))]

    rule = Enumeration(n, (2, 3), eq(Symbol("Z"), factorial(n) + 1), objects=doubled)
    outcome, report = judged(rule)
    assert outcome is Outcome.REFUTED
    assert "differ" in report


def test_words_are_counted_by_a_function_of_the_size() -> None:
    def without_neighbours(size: int) -> list[tuple]:
        words = product((0, 1), repeat=size)
        return [w for w in words if not any(p == q == 1 for p, q in pairwise(w))]

    def fibonacci(size: int) -> int:
        first, second = 1, 2
        for _ in range(size):
            first, second = second, first + second
        return first

    claim = eq(Symbol("Z"), Piecewise((2, Eq(n, 1)), (3, Eq(n, 2)), (5, Eq(n, 3)), (8, True)))
    rule = Enumeration(n, (1, 2, 3, 4), claim, objects=without_neighbours, count=fibonacci)
    outcome, report = judged(rule)
    assert outcome is Outcome.INSTANCES, report


STATEMENTS = {
    "Vandermonde": Statement(Sum(binomial(n, k) ** 2, (k, 0, n)), "=", binomial(2 * n, n)),
    "a product": Statement(Product(1 + a ** (2**k), (k, 0, n - 1)) * (1 - a), "=", 1 - a ** (2**n)),
    "an inequality": Statement(n**2, "<", 2**n + n + 1),
    "a matrix power": Statement(
        MatrixSymbol("A", n, n) * MatrixSymbol("A", n, n).T,
        "=",
        (MatrixSymbol("A", n, n) * MatrixSymbol("A", n, n).T).T,
    ),
    "a trace": Statement(Trace(OneMatrix(n, n)), "=", n),
}
FALSE_STATEMENTS = {
    "Vandermonde, lost square": Statement(Sum(binomial(n, k), (k, 0, n)), "=", binomial(2 * n, n)),
    "true at 1, 2, 3 only": Statement(n**3 - 6 * n**2 + 11 * n - 6, "=", 0),
    "an inequality that fails at 3": Statement(n**2, "<=", 2**n),
    "a matrix that is not symmetric": Statement(
        MatrixSymbol("A", n, n), "=", MatrixSymbol("A", n, n).T
    ),
}


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_a_statement_is_checked_at_each_size(statement) -> None:
    outcome, report = judged(Enumeration(n, (1, 2, 3, 4), statement))
    assert outcome is Outcome.INSTANCES, report


@pytest.mark.parametrize("statement", FALSE_STATEMENTS.values(), ids=FALSE_STATEMENTS)
def test_the_first_size_at_which_it_fails_is_the_witness(statement) -> None:
    rule = Enumeration(n, (1, 2, 3, 4), statement)
    (obligation,) = rule.obligations((), rule.conclude())
    finding = obligation.check()
    assert finding.outcome is Outcome.REFUTED
    assert finding.witness is not None
    assert finding.witness["size"] in (2, 3, 4)


def test_an_enumeration_is_never_a_proof() -> None:
    """True at the listed sizes, false later: instances, and nothing more is said."""
    rule = Enumeration(n, (1, 2, 3), Statement(n**3 - 6 * n**2 + 11 * n - 6, "=", 0))
    assert judged(rule)[0] is Outcome.INSTANCES


def test_bad_enumerations_are_refused() -> None:
    with pytest.raises(InputError, match="at least one size"):
        Enumeration(n, (), eq(n, n))
    with pytest.raises(InputError, match="has no statement"):
        Enumeration(n, (1,)).conclude()
    with pytest.raises(InputError, match="objects"):
        Enumeration(n, (1,), eq(n, n), weight=lambda size, item: 1)
    outcome, _ = judged(Enumeration(n, (1, 2), eq(a, a)))
    assert outcome is Outcome.REFUTED
