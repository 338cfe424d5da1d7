"""From the loss to the gradient flow, and to one equation per mode.

Main results: `gradient_flow`, `decoupling`.
"""

from __future__ import annotations

from sympy import (
    Expr,
    Function,
    MatMul,
    MatrixSymbol,
    Symbol,
    Trace,
    Transpose,
)
from sympy import (
    Identity as IdentityMatrix,
)
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.depth import depth_in_words, weight_matrices
from derivax.symbolic.methods.matrix_gradient import MatrixGradient
from derivax.symbolic.methods.matrix_identity import DiagonalEntries, MatrixIdentity
from derivax.symbolic.nodes.matrix_calculus import GradientMatrix, TimeDerivative
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.deep_linear_networks.notation import (
    SOURCE,
    THEORY,
    a,
    b,
    s,
    t,
    tau,
)

__all__ = ["decoupling", "gradient_flow"]

E = Symbol("E", real=True)


def _weights(L: int) -> list[MatrixSymbol]:
    widths = [Symbol(f"N{i}", integer=True, positive=True) for i in range(1, L + 2)]
    return [MatrixSymbol(f"W_{i + 1}", widths[i + 1], widths[i]) for i in range(L)]


def _chain(matrices: list[MatrixExpr]) -> MatrixExpr:
    """The product M_k ... M_1 of a list [M_1, ..., M_k]."""
    return matrices[0] if len(matrices) == 1 else MatMul(*reversed(matrices))


def _correlations(weights: list[MatrixSymbol]) -> tuple[MatrixSymbol, MatrixSymbol]:
    """Sigma_xx and Sigma_yx (sums over examples, no 1/P)."""
    n_in, n_out = weights[0].shape[1], weights[-1].shape[0]
    return MatrixSymbol("Sigma_xx", n_in, n_in), MatrixSymbol("Sigma_yx", n_out, n_in)


def _flow_sides(weights: list[MatrixSymbol], index: int) -> tuple[MatrixExpr, MatrixExpr]:
    r"""tau W_l' and (W_L...W_{l+1})^T (Sigma_yx - W_L...W_1 Sigma_xx) (W_{l-1}...W_1)^T."""
    sigma_xx, sigma_yx = _correlations(weights)
    rate: MatrixExpr = sigma_yx - _chain(list(weights)) * sigma_xx
    if index + 1 < len(weights):
        rate = Transpose(_chain(list(weights[index + 1 :]))) * rate
    if index:
        rate = rate * Transpose(_chain(list(weights[:index])))
    return tau * TimeDerivative(weights[index]), rate


def gradient_flow(L: int | None = None, n_layers: int | None = None) -> Derivation:
    r"""Gradient flow of a deep linear network from its loss, for all shapes.

    $$\tau\dot W_l = (W_L\cdots W_{l+1})^T\,[\Sigma_{yx} - W_L\cdots W_1\Sigma_{xx}]\,
      (W_{l-1}\cdots W_1)^T$$

    Args:
        L: number of weight matrices (default 2); `n_layers` = L + 1 instead.

    Returns:
        A derivation with one step `flow-l` per matrix.

    >>> gradient_flow()["flow-1"].lhs
    tau*TimeDerivative(W_1)
    """
    L = weight_matrices(L, n_layers)
    weights = _weights(L)
    examples = Symbol("P", integer=True, positive=True)
    x = MatrixSymbol("X", weights[0].shape[1], examples)
    y = MatrixSymbol("Y", weights[-1].shape[0], examples)
    error = y - _chain(list(weights)) * x
    loss = Statement(E, "=", Trace(error * Transpose(error)) / 2)
    flows = [Statement(tau * TimeDerivative(w), "=", -GradientMatrix(E, w)) for w in weights]
    derivation = Derivation.begin(
        Problem([loss, *flows], weights),
        name=f"{THEORY}/gradient-flow",
        title=f"Gradient flow of a deep linear network ({depth_in_words(L)})",
        source=SOURCE,
    )
    sigma_xx, sigma_yx = _correlations(weights)
    derivation = derivation.assume(
        Statement(x * x.T, "=", sigma_xx),
        name="input",
        say="The input correlation, summed over examples:",
    ).assume(
        Statement(y * x.T, "=", sigma_yx), name="input-output", say="The input-output correlation:"
    )
    for i, w in enumerate(weights):
        derivation = derivation.then(
            MatrixGradient(w),
            0,
            name=f"gradient-{i + 1}",
            say=f"The gradient with respect to {w.name}:",
        )
        lhs, rhs = _flow_sides(weights, i)
        derivation = derivation.then(
            MatrixIdentity(lhs, rhs),
            1 + i,
            f"gradient-{i + 1}",
            "input",
            "input-output",
            name=f"flow-{i + 1}",
            say="In terms of the correlations:",
        )
    return derivation


def decoupling(L: int | None = None, n_layers: int | None = None) -> Derivation:
    r"""White inputs and aligned weights: every mode of the SVD learns on its own.

    With $\Sigma_{xx} = I$, $\Sigma_{yx} = U S V^T$ and $W_l = R_l D_l R_{l-1}^T$ ($R_0 = V$, $R_L
    = U$, orthonormal columns, $D_l$ diagonal) the flow keeps this form, and each mode obeys
    $\tau\dot a_l = (\prod_{j\ne l} a_j)(s - \prod_j a_j)$.
    """
    L = weight_matrices(L, n_layers)
    weights = _weights(L)
    derivation = gradient_flow(L)
    rank = Symbol("r", integer=True, positive=True)
    sigma_xx, sigma_yx = _correlations(weights)
    bases = [MatrixSymbol("V", weights[0].shape[1], rank)]
    bases += [MatrixSymbol(f"R_{i + 1}", weights[i].shape[0], rank) for i in range(L - 1)]
    bases += [MatrixSymbol("U", weights[-1].shape[0], rank)]
    strengths = [MatrixSymbol(f"D_{i + 1}", rank, rank) for i in range(L)]
    singular = MatrixSymbol("S", rank, rank)
    diagonal = (*strengths, singular)
    derivation = derivation.assume(
        Statement(sigma_xx, "=", IdentityMatrix(weights[0].shape[1])),
        name="white",
        say="White inputs:",
    ).assume(
        Statement(sigma_yx, "=", bases[-1] * singular * bases[0].T), name="svd", say="The SVD:"
    )
    for base in bases:
        derivation = derivation.assume(
            Statement(base.T * base, "=", IdentityMatrix(rank)),
            name=f"orthonormal-{base.name}",
            say=f"{base.name} has orthonormal columns:",
        )
    for i, w in enumerate(weights):
        derivation = derivation.assume(
            Statement(w, "=", bases[i + 1] * strengths[i] * bases[i].T),
            name=f"aligned-{i + 1}",
            say=f"Aligned weights, {strengths[i].name} diagonal:",
        ).assume(
            Statement(
                TimeDerivative(w), "=", bases[i + 1] * TimeDerivative(strengths[i]) * bases[i].T
            ),
            name=f"aligned-rate-{i + 1}",
            say="while the bases stay fixed:",
        )
    orthonormal = [f"orthonormal-{base.name}" for base in bases]
    aligned = [f"aligned-{i + 1}" for i in range(L)]
    gap = singular - _chain(list(strengths))
    for i in range(L):
        others = [d for j, d in enumerate(strengths) if j != i]
        inner = _chain(list(others)) * gap if others else gap
        _, rate = _flow_sides(weights, i)
        derivation = derivation.then(
            MatrixIdentity(rate, bases[i + 1] * inner * bases[i].T, diagonal),
            "white",
            "svd",
            *orthonormal,
            *aligned,
            name=f"stays-aligned-{i + 1}",
            say=f"The velocity of {weights[i].name} keeps the aligned form:",
        )
        projected = bases[i + 1].T * TimeDerivative(weights[i]) * bases[i]
        derivation = derivation.then(
            MatrixIdentity(tau * projected, inner, diagonal),
            f"flow-{i + 1}",
            "white",
            "svd",
            *orthonormal,
            *aligned,
            name=f"projected-flow-{i + 1}",
            say="Projected on the bases:",
        ).then(
            MatrixIdentity(TimeDerivative(strengths[i]), projected),
            f"aligned-rate-{i + 1}",
            *orthonormal,
            name=f"projected-rate-{i + 1}",
            say="where the projection is the velocity of the strengths:",
        )
        derivation = derivation.then(
            MatrixIdentity(tau * TimeDerivative(strengths[i]), inner),
            f"projected-rate-{i + 1}",
            f"projected-flow-{i + 1}",
            name=f"strengths-{i + 1}",
            say="Hence",
        )
        derivation = derivation.then(
            DiagonalEntries(_entries(strengths, singular)),
            f"strengths-{i + 1}",
            name=f"mode-{i + 1}",
            say="and for one mode:",
        )
    return derivation.renamed(f"{THEORY}/decoupling", f"Decoupled modes ({depth_in_words(L)})")


def _strength_functions(L: int) -> list[Expr]:
    """a(t), b(t) for two matrices, a_1(t), ..., a_L(t) otherwise."""
    if L == 2:
        return [a(t), b(t)]
    return [Function(f"a_{i + 1}", real=True)(t) for i in range(L)]


def _entries(strengths: list[MatrixSymbol], singular: MatrixSymbol) -> dict[MatrixExpr, Expr]:
    functions = _strength_functions(len(strengths))
    entries: dict[MatrixExpr, Expr] = {singular: s}
    for matrix, function in zip(strengths, functions, strict=True):
        entries[matrix] = function
        entries[TimeDerivative(matrix)] = function.diff(t)
    return entries
