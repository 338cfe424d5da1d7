"""Formulas of matrices with symbolic shapes: exact reference, levels 1 and 2, recheck."""

import json

import jax.numpy as jnp
import numpy as np
import pytest
from sympy import (
    Determinant,
    HadamardProduct,
    Identity,
    KroneckerProduct,
    MatrixSymbol,
    Symbol,
    Trace,
    symbols,
)

from derivax.errors import CertificateError, CompileError, DomainError
from derivax.numeric.verify import recheck, verify
from derivax.numeric.verify.certificate import content_digest, source_digest
from derivax.numeric.verify.level_matrices import matrix_derivatives_level, matrix_values_level
from derivax.numeric.verify.matrix_reference import MatrixReference
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.formula import Formula

n, m, k = symbols("n m k", integer=True, positive=True)
x = Symbol("x", real=True)
A, B, S = MatrixSymbol("A", n, m), MatrixSymbol("B", m, k), MatrixSymbol("S", n, n)
PRODUCT = Formula(x * A * B, [A, B, x], name="product")
ONE = {"dtypes": ("float64",)}


def test_exact_values_agree_with_numpy():
    rng = np.random.default_rng(0)
    a, b, s = rng.standard_normal((3, 2)), rng.standard_normal((2, 4)), rng.standard_normal((3, 3))
    reference = MatrixReference({n: 3, m: 2, k: 4}, {"A": a, "B": b, "S": s, "x": 0.5})
    for expr, expected in (
        (x * A * B, 0.5 * a @ b),
        (S.I * A - 2 * A, np.linalg.solve(s, a) - 2 * a),
        (S**2 + Identity(n), s @ s + np.eye(3)),
        (S**-2, np.linalg.inv(s @ s)),
        (HadamardProduct(A, A).T, (a * a).T),
        (Trace(S) * Determinant(S) + A[1, 0], np.trace(s) * np.linalg.det(s) + a[1, 0]),
    ):
        np.testing.assert_allclose(reference.array(expr).astype(float), expected, rtol=1e-12)


def test_a_singular_inverse_and_an_unknown_head_are_errors():
    reference = MatrixReference({n: 2}, {"S": np.array([[1.0, 2.0], [2.0, 4.0]])})
    with pytest.raises(DomainError):
        reference.array(S.I)
    with pytest.raises(CompileError, match="KroneckerProduct"):
        reference.array(KroneckerProduct(S, S))


def test_products_hold_at_all_shapes():
    level = matrix_values_level(lambda a, b, x: x * (a @ b), PRODUCT, **ONE)
    assert level.outcome is Outcome.HOLDS, level.detail
    assert level.figures["compared"].value >= 14
    assert matrix_derivatives_level(lambda a, b, x: x * (a @ b), PRODUCT, **ONE).outcome is (
        Outcome.HOLDS
    )


@pytest.mark.parametrize(
    ("code", "formula"),
    [
        (lambda a, b, x: 2 * x * (a @ b), PRODUCT),
        (lambda a, b, x: (1 + 1e-9) * x * (a @ b), PRODUCT),
        (lambda a, b, x: -x * (a @ b), PRODUCT),
        (lambda s: s.T @ s, Formula(S * S.T, [S], name="gram")),
        (lambda s: jnp.linalg.inv(s).T, Formula(S.I, [S], name="inverse")),
        (lambda s: jnp.diag(jnp.diag(s)), Formula(S, [S], name="same")),
    ],
    ids=["factor", "small factor", "sign", "wrong side", "transposed", "diagonal only"],
)
def test_wrong_matrix_code_is_refuted_at_a_small_size(code, formula):
    level = matrix_values_level(code, formula, **ONE)
    assert level.outcome is Outcome.REFUTED
    assert max(v for v in level.witness.values() if isinstance(v, int) and v < 100) <= 7


def test_a_wrong_gradient_is_refuted():
    import jax

    @jax.custom_jvp
    def gram(s):
        return s @ s.T

    @gram.defjvp
    def _(primals, tangents):
        (s,), (d,) = primals, tangents
        return gram(s), d @ s.T  # the second half of the product rule is lost

    formula = Formula(S * S.T, [S], name="gram")
    assert matrix_values_level(gram, formula, **ONE).outcome is Outcome.HOLDS
    assert matrix_derivatives_level(gram, formula, **ONE).outcome is Outcome.REFUTED


def test_ill_conditioned_but_right_code_is_not_refuted():
    """Normal equations square the condition number; that is rounding, not a wrong formula."""
    formula = Formula((S.T * S).I * S.T, [S], name="left_inverse")
    level = matrix_values_level(lambda s: jnp.linalg.solve(s.T @ s, s.T), formula, **ONE)
    assert level.outcome is Outcome.HOLDS, level.detail


def test_a_matrix_formula_is_certified_and_rechecked(tmp_path):
    certificate = verify(PRODUCT, profile="quick")
    assert certificate.verdict == "verified", certificate
    path = certificate.save(tmp_path / "product.json")
    assert recheck(path)[0].verdict == "verified"
    text = path.read_text()
    assert "jnp.matmul(A, B" in text
    path.write_text(text.replace("jnp.matmul(A, B", "jnp.matmul(-A, B"))
    with pytest.raises(CertificateError, match="changed after it was written"):
        recheck(path)
    data = json.loads(path.read_text())
    data["code"]["sha256"] = source_digest(data["code"]["source"])
    data["sha256"] = content_digest(data)
    path.write_text(json.dumps(data))
    (again,) = recheck(path)
    assert again.levels["L1"].outcome is Outcome.REFUTED
