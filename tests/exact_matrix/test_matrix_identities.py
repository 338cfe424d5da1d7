"""Matrix identities for all sizes: true ones proven, near misses refuted by rational matrices."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Determinant,
    HadamardProduct,
    Identity,
    ImmutableMatrix,
    MatrixSymbol,
    Trace,
    Transpose,
    ZeroMatrix,
    symbols,
)
from sympy.matrices.expressions import MatAdd, MatMul, MatPow

from derivax.errors import InputError
from derivax.symbolic.exact.matrix_form import (
    Diagonal,
    MatrixRelation,
    Relations,
    matrix_form,
    trace_form,
)
from derivax.symbolic.exact.matrix_values import evaluated
from derivax.symbolic.exact.matrix_zero import matrix_vanishes
from derivax.symbolic.exact.outcome import Outcome

n, m, r = symbols("n m r", integer=True, positive=True)
a, b, c = symbols("a b c", real=True)
A, B, C, Q, P, D1, D2, K = (
    MatrixSymbol(name, n, n) for name in ["A", "B", "C", "Q", "P", "D1", "D2", "K"]
)
F, G, V = MatrixSymbol("F", n, m), MatrixSymbol("G", m, n), MatrixSymbol("V", n, r)
W1, W2 = MatrixSymbol("W1", n, m), MatrixSymbol("W2", r, n)
x = MatrixSymbol("x", n, 1)
one = Identity(n)

frame = (MatrixRelation(V.T * V, Identity(r)),)
rotation = (MatrixRelation(Q.T * Q, one),)
diagonal = (Diagonal((D1, D2)),)
symmetric = (MatrixRelation(K.T, K),)
antisymmetric = (MatrixRelation(K.T, -K),)
projector = (MatrixRelation(P * P, P),)
orthogonal_projector = (*projector, MatrixRelation(P.T, P))
commuting = (MatrixRelation(A * B, B * A),)
all_commuting = tuple(MatrixRelation(p * q, q * p) for p, q in ((A, B), (A, C), (B, C)))
balanced = (MatrixRelation(W1 * W1.T, W2.T * W2),)
spectral = (*rotation, MatrixRelation(A, Q * D1 * Q.T), *diagonal)
X, Y = (one + F * G).I, (Identity(m) + G * F).I

TRUE = {
    "transposed product": ((F * G).T - G.T * F.T, ()),
    "relation with a symmetric letter inside": (
        Trace(B.T * K * A), (*symmetric, MatrixRelation(A.T * K * B, ZeroMatrix(n, n)))
    ),
    "relation with an antisymmetric letter inside": (
        B.T * K * A + C, (*antisymmetric, MatrixRelation(A.T * K * B, C.T))
    ),
    "inverse of a product": ((A * B).I - B.I * A.I, ()),
    "inverse of the transposed": (A.T.I - A.I.T, ()),
    "negative power": (A**-2 * A**3 - A, ()),
    "trace is cyclic": (Trace(A * B * C) - Trace(C * A * B), ()),
    "trace of the transposed": (Trace(A * B) - Trace(B.T * A.T), ()),
    "trace of rectangular products": (Trace(F * G) - Trace(G * F), ()),
    "squares of traces": (Trace(A * B) ** 2 - Trace(B * A) ** 2, ()),
    "product of traces": (Trace(A * B) * Trace(C) - Trace(C) * Trace(B * A), ()),
    "binomial": ((A + B) ** 2 - A**2 - A * B - B * A - B**2, ()),
    "commutator is traceless": (Trace(A * B - B * A), ()),
    "Jacobi identity": (
        A * (B * C - C * B)
        - (B * C - C * B) * A
        + B * (C * A - A * C)
        - (C * A - A * C) * B
        + C * (A * B - B * A)
        - (A * B - B * A) * C,
        (),
    ),
    "projection by a frame": (V * V.T * V * V.T - V * V.T, frame),
    "trace of a projection": (Trace(V * V.T) - r, frame),
    "frame inside a trace": (Trace(V.T * A * V * V.T * V) - Trace(A * V * V.T), frame),
    "rotation, other side": (Q * Q.T - one, rotation),
    "rotation keeps lengths": ((Q * x).T * (Q * x) - x.T * x, rotation),
    "diagonal matrices commute": (D1 * D2 * D1 - D1**2 * D2, diagonal),
    "diagonal with inverse": (D1 * D2.I * D1 - D1 * D1 * D2.I, diagonal),
    "diagonal under a trace": (Trace(D1 * A) - Trace(A.T * D1), diagonal),
    "symmetric sandwich": ((K * A * K).T - K * A.T * K, symmetric),
    "antisymmetric against symmetric": (Trace(K * A * A.T), antisymmetric),
    "antisymmetric form": (x.T * K * x, antisymmetric),
    "complement of a projector": ((one - P) ** 2 - (one - P), projector),
    "reflection in a plane": ((one - 2 * P) * (one - 2 * P) - one, projector),
    "norm of a projection": (x.T * P.T * P * x - x.T * P * x, orthogonal_projector),
    "powers of commuting matrices": (A * B**3 - B**3 * A, commuting),
    "three commuting matrices": (A * B * C - C * B * A, all_commuting),
    "trace of commuting matrices": (Trace(A * B * C * A) - Trace(C * A * A * B), all_commuting),
    "balanced weights": (W2 * W1 * W1.T * W2.T - W2 * W2.T * W2 * W2.T, balanced),
    "function of a spectrum": (A**3 - Q * D1**3 * Q.T, spectral),
    "trace of a spectrum": (Trace(A**2) - Trace(D1**2), spectral),
    "Woodbury": (X - (one - F * Y * G), ()),
    "push through": (X * F - F * Y, ()),
    "resolvent identity": (
        (A - a * one).I - (B - a * one).I - (A - a * one).I * (B - A) * (B - a * one).I,
        (),
    ),
    "first resolvent identity": (
        (A - a * one).I - (A - b * one).I - (a - b) * (A - a * one).I * (A - b * one).I,
        (),
    ),
    "a number equals its transpose": (x.T * A * x - x.T * A.T * x, ()),
    "Hadamard product commutes": (HadamardProduct(A, B) - HadamardProduct(B, A), ()),
    "an explicit symmetric factor": (
        ImmutableMatrix([[1, 2], [2, 1]]) * MatrixSymbol("Z", 2, 3)
        - (MatrixSymbol("Z", 2, 3).T * ImmutableMatrix([[1, 2], [2, 1]])).T,
        (),
    ),
    "scalars commute": (a * A * b - b * A * a, ()),
    "scalar identity": ((a + b) ** 2 * A - (a**2 + 2 * a * b + b**2) * A, ()),
    "Cayley transform is a rotation": (
        ((one - K) * (one + K).I).T * ((one - K) * (one + K).I) - one,
        antisymmetric,
    ),
}

FALSE = {
    "matrices do not commute": (A * B - B * A, ()),
    "wrong order": ((A * B).T - A.T * B.T, ()),
    "inverse in the wrong order": ((A * B).I - A.I * B.I, ()),
    "trace is not symmetric": (Trace(A * B * C) - Trace(B * A * C), ()),
    "trace of a product": (Trace(A * B) - Trace(A) * Trace(B), ()),
    "square of a trace": (Trace(A) ** 2 - Trace(A**2), ()),
    "binomial of non-commuting": ((A + B) ** 2 - A**2 - 2 * A * B - B**2, ()),
    "lost factor": (Trace(A * B) - 2 * Trace(B * A), ()),
    "frame, other side": (V * V.T - one, frame),
    "trace of a projection is not n": (Trace(V * V.T) - n, frame),
    "rotations are not symmetric": (Q - Q.T, rotation),
    "diagonal does not commute with all": (D1 * A - A * D1, diagonal),
    "diagonal in a product": (D1 * A * D2 - D2 * A * D1, diagonal),
    "symmetric does not commute": (K * A - A * K, symmetric),
    "product of symmetric": ((K * A).T - K * A, symmetric),
    "antisymmetric square": (K * K, antisymmetric),
    "trace with an antisymmetric factor": (Trace(K * A), antisymmetric),
    "oblique projector": (P * P.T - P, projector),
    "complement": ((one - P) ** 2 - (one + P), projector),
    "commuting with the transposed": (A * B.T - B.T * A, commuting),
    "commuting with others only": (A * B * C * Q - Q * C * B * A, all_commuting),
    "trace of commuting with another": (Trace(A * Q * B * K) - Trace(A * B * Q * K), all_commuting),
    "balanced, wrong shape of the claim": (W2 * W1 * W1.T * W2.T - W2 * W2.T, balanced),
    "spectrum, wrong power": (A**3 - Q * D1**2 * Q.T, spectral),
    "Woodbury, sign": (X - (one + F * Y * G), ()),
    "push through, sign": (X * F - F * (Identity(m) - G * F).I, ()),
    "resolvent, sign": (
        (A - a * one).I - (A - b * one).I - (b - a) * (A - a * one).I * (A - b * one).I,
        (),
    ),
    "Hadamard is not the product": (HadamardProduct(A, B) - A * B, ()),
    "explicit factor, other side": (
        ImmutableMatrix([[1, 2], [3, 4]]) * MatrixSymbol("Z", 2, 2)
        - MatrixSymbol("Z", 2, 2) * ImmutableMatrix([[1, 2], [3, 4]]),
        (),
    ),
    "scalar": (a * A - b * A, ()),
    "dimensions with a shift": (
        MatrixSymbol("S", n + 1, n).T * MatrixSymbol("S", n + 1, n) - one,
        (),
    ),
    "not zero": (A, ()),
    "determinant of a sum": (Determinant(A + B) - Determinant(A) - Determinant(B), ()),
}


@pytest.mark.parametrize(("expr", "modulo"), TRUE.values(), ids=TRUE)
def test_a_true_identity_is_proven(expr, modulo) -> None:
    finding = matrix_vanishes(expr, modulo)
    assert finding.outcome is Outcome.PROVEN, finding


@pytest.mark.parametrize(("expr", "modulo"), FALSE.values(), ids=FALSE)
def test_a_near_miss_is_refuted_by_matrices(expr, modulo) -> None:
    finding = matrix_vanishes(expr, modulo)
    assert finding.outcome is Outcome.REFUTED, finding
    assert finding.witness is not None
    assert any(entry != "0" for row in finding.witness["value"] for entry in row)


def test_the_witness_can_be_checked_by_hand() -> None:
    """The matrices of a witness, multiplied here in rationals, give the stated difference."""
    finding = matrix_vanishes(A * B - B * A)
    assert finding.witness is not None
    left, right = (
        np.array([[Fraction(v) for v in row] for row in finding.witness["matrices"][name]], object)
        for name in ("A", "B")
    )
    stated = np.array([[Fraction(v) for v in row] for row in finding.witness["value"]], object)
    assert (left @ right - right @ left == stated).all()


def test_a_frame_witness_has_orthonormal_columns() -> None:
    finding = matrix_vanishes(V * V.T - one, frame)
    assert finding.witness is not None
    columns = np.array(
        [[Fraction(v) for v in row] for row in finding.witness["matrices"]["V"]], object
    )
    assert (columns.T @ columns == np.eye(columns.shape[1], dtype=int)).all()


UNDECIDED = {
    "a relation that no model is built for": (A * B - B * A, (MatrixRelation(A * B * A, B),)),
    "a scale that may vanish": (B - A * A, (MatrixRelation(c * B, c * A * A),)),
    "a determinant": (Determinant(A * B) - Determinant(A) * Determinant(B), ()),
}


@pytest.mark.parametrize(("expr", "modulo"), UNDECIDED.values(), ids=UNDECIDED)
def test_what_cannot_be_decided_stays_open(expr, modulo) -> None:
    finding = matrix_vanishes(expr, modulo)
    assert finding.outcome is Outcome.OPEN, finding
    assert finding.detail


def test_contradictory_or_unusable_relations_are_named() -> None:
    with pytest.raises(InputError, match="not one product"):
        Relations((MatrixRelation(A + B, C),))
    with pytest.raises(InputError, match="square"):
        Relations((Diagonal((F,)),))
    with pytest.raises(InputError, match="not a matrix expression"):
        matrix_form(a)


# --- properties ---

LETTERS = {A: 3, B: 3, K: 3, F: (3, 2), G: (2, 3)}


@st.composite
def expressions(draw, rows=n, columns=n, depth=3):
    """Random matrix expressions of a given shape in A, B (n x n), F (n x m), G (m x n)."""
    square = {n: [A, B, one, ZeroMatrix(n, n)], m: [Identity(m)]}
    leaves = list(square[rows]) if rows == columns else [F if rows == n else G]
    if depth == 0:
        return draw(st.sampled_from(leaves))
    kind = draw(st.sampled_from(["leaf", "sum", "product", "transposed", "scaled", "power"]))
    if kind == "leaf":
        return draw(st.sampled_from(leaves))
    if kind == "sum":
        parts = [draw(expressions(rows, columns, depth - 1)) for _ in range(2)]
        return MatAdd(*parts)
    if kind == "product":
        inner = draw(st.sampled_from([n, m]))
        left = draw(expressions(rows, inner, depth - 1))
        return MatMul(left, draw(expressions(inner, columns, depth - 1)))
    if kind == "transposed":
        return Transpose(draw(expressions(columns, rows, depth - 1)))
    if kind == "scaled":
        return MatMul(
            draw(st.sampled_from([-2, 3, a, b])), draw(expressions(rows, columns, depth - 1))
        )
    if rows == columns:
        return MatPow(draw(expressions(rows, columns, depth - 1)), draw(st.integers(0, 2)))
    return draw(expressions(rows, columns, depth - 1))


def model_and_values():
    rng = np.random.default_rng(5)
    values = {n: 3, m: 2, a: 7, b: -5}
    shapes = {A: (3, 3), B: (3, 3), F: (3, 2), G: (2, 3)}
    model = {
        letter: ImmutableMatrix(rng.integers(-3, 4, shape).tolist()).as_mutable()
        for letter, shape in shapes.items()
    }
    return model, values


@settings(max_examples=60)
@given(expressions())
def test_the_normal_form_has_the_value_of_the_expression(expr) -> None:
    """Words multiplied out in integers agree with SymPy's own evaluation of the tree."""
    model, values = model_and_values()
    total = ImmutableMatrix.zeros(3, 3).as_mutable()
    for word, coefficient in matrix_form(expr).items():
        product = ImmutableMatrix.eye(3).as_mutable()
        for letter, flag in word:
            product = product * (model[letter].T if flag else model[letter])
        total += coefficient.subs(values) * product
    assert total == evaluated(expr, model, values)


@settings(max_examples=30)
@given(expressions(), expressions())
def test_a_trace_of_a_commutator_vanishes(left, right) -> None:
    assert matrix_vanishes(Trace(left * right) - Trace(right * left)).outcome is Outcome.PROVEN


@settings(max_examples=30)
@given(expressions(depth=2), expressions(depth=2))
def test_the_verdict_is_never_wrong_at_a_sample(left, right) -> None:
    """What is proven equal has equal values; what is refuted differs at its witness."""
    difference = MatAdd(left, MatMul(-1, right))
    finding = matrix_vanishes(difference)
    assert finding.outcome in (Outcome.PROVEN, Outcome.REFUTED)
    if finding.outcome is Outcome.PROVEN:
        model, values = model_and_values()
        assert evaluated(left, model, values) == evaluated(right, model, values)


@settings(max_examples=30)
@given(expressions(depth=2))
def test_the_trace_form_is_invariant_under_transposition(expr) -> None:
    assert trace_form(Trace(expr)) == trace_form(Trace(expr.T))


def test_whole_matrices_of_a_foreign_head_may_stand_for_any_matrix() -> None:
    from derivax.symbolic.nodes.matrix_calculus import TimeDerivative

    n = symbols("n", integer=True, positive=True)
    a, b, q = (MatrixSymbol(name, n, n) for name in "ABQ")
    flow = MatrixRelation(TimeDerivative(a), b * a)
    assert matrix_vanishes(TimeDerivative(a) - b * a, [flow]).outcome is Outcome.PROVEN
    assert matrix_vanishes(TimeDerivative(a) - a * b, [flow]).outcome is Outcome.REFUTED
    # solved for the letter inside a product, which only invertible neighbours allow
    turned = MatrixRelation(q.T * TimeDerivative(a) * q, b)
    expr = q.T * TimeDerivative(a) * q
    assert matrix_vanishes(expr - b, [turned]).outcome is Outcome.PROVEN
    assert matrix_vanishes(expr - 2 * b, [turned]).outcome is Outcome.REFUTED
