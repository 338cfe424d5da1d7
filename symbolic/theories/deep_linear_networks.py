r"""Learning dynamics of deep linear networks (`saxe-linear-networks`).

Starting equations: the loss $E = \tfrac12\sum_\mu\|y^\mu - W_L\cdots W_1 x^\mu\|^2$ (sum over examples,
factor 1/2) and gradient flow $\tau\dot W_l = -\partial E/\partial W_l$, $\tau = 1/\mathrm{lr}$; t counts
steps.

Main results (`saxe-linear-networks/NAME`):
    gradient-flow    the flow of each matrix in terms of the input and input-output correlations
    decoupling       white inputs and aligned weights stay aligned: one scalar equation per mode
    mode             balanced two-layer mode u(t), from s, u0 and tau
    half-time        when u reaches s/2
    unbalanced       u, a, b for any initial a0, b0, through the conserved a^2 - b^2
    learning-rate    Hessian along the balanced path; optimal and largest stable step
    step-correction  number of gradient-descent steps, with the first correction in the step size

Assumptions: white inputs (Sigma_xx = I) from `decoupling` on; `mode`: a = b at the start; L = 2 where
`mode` and what follows are concerned (2 weight matrices, 1 hidden layer).

What plain SymPy cannot do and how it is done: matrix gradients and identities with symbolic shapes go
through a non-commutative normal form (`exact/matrix_form`); the mode equation is separated, integrated
and inverted by checked rules (`methods/separable_ode`), never by `dsolve`.

Source: A. M. Saxe, J. L. McClelland, S. Ganguli, "Exact solutions to the nonlinear dynamics of learning
in deep linear neural networks" (2013), arXiv:1312.6120.
"""

from __future__ import annotations

from sympy import (
    Eq,
    Expr,
    Function,
    Gt,
    Identity,
    Integer,
    MatMul,
    MatrixSymbol,
    Rational,
    Symbol,
    Trace,
    Transpose,
    exp,
    log,
    sqrt,
)
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.errors import NotDerived
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.derive import derive_problem
from derivax.symbolic.methods.depth import weight_matrices
from derivax.symbolic.methods.differentiate import Differentiate
from derivax.symbolic.methods.matrix_gradient import MatrixGradient
from derivax.symbolic.methods.matrix_identity import DiagonalEntries, MatrixIdentity
from derivax.symbolic.methods.solve_for import BackSubstitute, SolveFor
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.nodes.matrix_calculus import Dot, Gradient
from derivax.symbolic.nodes.phi import Phi
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement

__all__ = [
    "decoupling",
    "gradient_flow",
    "half_time",
    "learning_rate",
    "mode",
    "step_correction",
    "unbalanced",
]

SOURCE = "Saxe, McClelland, Ganguli 2013, arXiv:1312.6120"

t = Symbol("t", positive=True)
tau = Symbol("tau", positive=True)
s = Symbol("s", real=True)
u0 = Symbol("u0", positive=True)
lr = Symbol("lr", positive=True)
E = Symbol("E", real=True)
a = Function("a", real=True)
b = Function("b", real=True)
u = Function("u", positive=True)


def _two_layers_only(L: int, result: str) -> None:
    if L != 2:
        raise NotDerived(
            f"saxe-linear-networks/{result} with L={L}",
            [("separable_ode", "derived for L = 2 weight matrices (1 hidden layer) so far")],
        )


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
    return tau * Dot(weights[index]), rate


def gradient_flow(L: int | None = None, n_layers: int | None = None) -> Derivation:
    r"""Gradient flow of a deep linear network from its loss, for all shapes.

    $$\tau\dot W_l = (W_L\cdots W_{l+1})^T\,[\Sigma_{yx} - W_L\cdots W_1\Sigma_{xx}]\,
      (W_{l-1}\cdots W_1)^T$$

    Args:
        L: number of weight matrices (default 2); `n_layers` = L + 1 instead.

    Returns:
        A derivation with one step `flow-l` per matrix.

    >>> gradient_flow()["flow-1"].lhs
    tau*Dot(W_1)
    """
    L = weight_matrices(L, n_layers)
    weights = _weights(L)
    examples = Symbol("P", integer=True, positive=True)
    x = MatrixSymbol("X", weights[0].shape[1], examples)
    y = MatrixSymbol("Y", weights[-1].shape[0], examples)
    error = y - _chain(list(weights)) * x
    loss = Statement(E, "=", Trace(error * Transpose(error)) / 2)
    flows = [Statement(tau * Dot(w), "=", -Gradient(E, w)) for w in weights]
    derivation = Derivation.begin(
        Problem([loss, *flows], weights),
        name="saxe-linear-networks/gradient-flow",
        title=f"Gradient flow of a deep linear network ({L} matrices, {L - 1} hidden layers)",
        source=SOURCE,
    )
    sigma_xx, sigma_yx = _correlations(weights)
    derivation = derivation.assume(
        Statement(x * x.T, "=", sigma_xx), name="input", say="The input correlation, summed over examples:"
    ).assume(
        Statement(y * x.T, "=", sigma_yx), name="input-output", say="The input-output correlation:"
    )
    for i, w in enumerate(weights):
        derivation = derivation.then(
            MatrixGradient(w), 0, name=f"gradient-{i + 1}", say=f"The gradient with respect to {w.name}:"
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

    With $\Sigma_{xx} = I$, $\Sigma_{yx} = U S V^T$ and $W_l = R_l D_l R_{l-1}^T$ ($R_0 = V$, $R_L = U$,
    orthonormal columns, $D_l$ diagonal) the flow keeps this form, and each mode obeys
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
        Statement(sigma_xx, "=", Identity(weights[0].shape[1])), name="white", say="White inputs:"
    ).assume(
        Statement(sigma_yx, "=", bases[-1] * singular * bases[0].T), name="svd", say="The SVD:"
    )
    for base in bases:
        derivation = derivation.assume(
            Statement(base.T * base, "=", Identity(rank)),
            name=f"orthonormal-{base.name}",
            say=f"{base.name} has orthonormal columns:",
        )
    for i, w in enumerate(weights):
        derivation = derivation.assume(
            Statement(w, "=", bases[i + 1] * strengths[i] * bases[i].T),
            name=f"aligned-{i + 1}",
            say=f"Aligned weights, {strengths[i].name} diagonal:",
        ).assume(
            Statement(Dot(w), "=", bases[i + 1] * Dot(strengths[i]) * bases[i].T),
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
            say=f"The velocity of {weights[i].name} keeps the aligned form, so the flow stays aligned:",
        )
        projected = bases[i + 1].T * Dot(weights[i]) * bases[i]
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
            MatrixIdentity(Dot(strengths[i]), projected),
            f"aligned-rate-{i + 1}",
            *orthonormal,
            name=f"projected-rate-{i + 1}",
            say="where the projection is the velocity of the strengths:",
        )
        derivation = derivation.then(
            MatrixIdentity(tau * Dot(strengths[i]), inner),
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
    return _renamed(derivation, "decoupling", f"Decoupled modes ({L} matrices, {L - 1} hidden layers)")


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
        entries[Dot(matrix)] = function.diff(t)
    return entries


def _renamed(derivation: Derivation, result: str, title: str) -> Derivation:
    from dataclasses import replace

    return replace(derivation, name=f"saxe-linear-networks/{result}", title=title)
