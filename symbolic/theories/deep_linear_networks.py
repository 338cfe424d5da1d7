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
    Basic,
    Eq,
    Expr,
    Function,
    Gt,
    Integer,
    MatMul,
    MatrixSymbol,
    Ne,
    Symbol,
    Trace,
    Transpose,
    exp,
    log,
    oo,
    sqrt,
)
from sympy import (
    Identity as IdentityMatrix,
)
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.errors import NotDerived
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.derive import derive_problem
from derivax.symbolic.methods.depth import weight_matrices
from derivax.symbolic.methods.differentiate import Differentiate
from derivax.symbolic.methods.extremum import Extremum
from derivax.symbolic.methods.hessian import Hessian
from derivax.symbolic.methods.identity import Identity
from derivax.symbolic.methods.invariant import Invariant
from derivax.symbolic.methods.matrix_gradient import MatrixGradient
from derivax.symbolic.methods.matrix_identity import DiagonalEntries, MatrixIdentity
from derivax.symbolic.methods.modified_equation import ModifiedEquation, StepCount
from derivax.symbolic.methods.solve_for import BackSubstitute, SolveFor
from derivax.symbolic.methods.spectral import Eigenpairs
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

THEORY = "saxe-linear-networks"
SOURCE = "Saxe, McClelland, Ganguli 2013, arXiv:1312.6120"

t = Symbol("t", nonnegative=True)
tau = Symbol("tau", positive=True)
s = Symbol("s", real=True)
u0 = Symbol("u0", positive=True)
a0, b0 = Symbol("a0", real=True), Symbol("b0", real=True)
lr = Symbol("lr", positive=True)
E = Symbol("E", real=True)
a = Function("a", real=True)
b = Function("b", real=True)
u = Function("u", positive=True)


def _two_layers_only(L: int, result: str) -> None:
    if L != 2:
        raise NotDerived(
            f"{THEORY}/{result} with L={L}",
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
        name=f"{THEORY}/gradient-flow",
        title=f"Gradient flow of a deep linear network ({L} matrices, {L - 1} hidden layers)",
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
    return derivation.renamed(
        f"{THEORY}/decoupling", f"Decoupled modes ({L} matrices, {L - 1} hidden layers)"
    )


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


def _mode_problem(*assume: Basic) -> Problem:
    """tau u' = 2 u (s - u), u(0) = u0."""
    equation = Eq(tau * u(t).diff(t), 2 * u(t) * (s - u(t)))
    return Problem(equation, u(t), given={u(0): u0}, assume=assume)


def _mode_equation() -> Derivation:
    """From the decoupled strengths a, b to one equation for u = ab with a = b."""
    derivation = decoupling(2)
    derivation = derivation.then(
        Invariant(a(t) ** 2 - b(t) ** 2, t),
        "mode-1",
        "mode-2",
        name="conserved",
        say="The difference of the squared strengths is conserved; balanced means that it is zero:",
    )
    derivation = derivation.assume(
        Statement(b(t), "=", a(t)), name="balanced", say="Balanced strengths:"
    )
    derivation = derivation.assume(
        Statement(u(t), "=", a(t) ** 2),
        name="product",
        say="The strength of the whole map, u = ab:",
    )
    derivation = derivation.then(
        Substitute(), "mode-1", "balanced", name="balanced-mode", say="Hence for both layers"
    )
    derivation = derivation.then(
        Rewrite(lhs=a(t).diff(t), rhs=a(t) * (s - a(t) ** 2) / tau, multiplier=1 / tau),
        "balanced-mode",
        name="rate-of-a",
    )
    derivation = derivation.then(
        Differentiate(t), "product", name="rate-of-u", say="Differentiate u:"
    )
    derivation = derivation.then(
        Substitute({a(t).diff(t): a(t) * (s - a(t) ** 2) / tau}), "rate-of-u", "rate-of-a"
    )
    derivation = derivation.then(
        Rewrite(lhs=tau * u(t).diff(t), rhs=2 * a(t) ** 2 * (s - a(t) ** 2), multiplier=tau),
        -1,
        name="closed",
    )
    return derivation.then(
        Substitute({a(t) ** 2: u(t)}),
        "closed",
        "product",
        name="mode-equation",
        say="which closes in u alone:",
    )


def mode(L: int | None = None, n_layers: int | None = None) -> Derivation:
    r"""Learning curve of one balanced mode of a two-layer network.

    $$\tau\dot u = 2u(s-u),\qquad u(t) = \frac{s\,e^{2st/\tau}}{e^{2st/\tau} - 1 + s/u_0}$$

    Returns:
        A derivation from the loss to u(t); its formula takes (t, s, u0, tau), is written with
        $\varphi_1$ so that it neither overflows nor divides by s, and holds for every real s.
    """
    _two_layers_only(weight_matrices(L, n_layers), "mode")
    derivation = _mode_equation().continued(derive_problem(_mode_problem(Ne(s, 0))))
    growth = exp(2 * s * t / tau)
    derivation = derivation.then(
        Rewrite(rhs=s * growth / (growth - 1 + s / u0)), "solution", name="paper", say="As printed:"
    )
    x = 2 * s * t / tau
    stable = u0 / (exp(-x) + 2 * u0 * t / tau * Phi(1, -x))
    derivation = derivation.then(
        Rewrite(rhs=stable),
        "paper",
        name="overflow-free",
        say="Multiplied through by exp(-2st/tau), with phi_1(x) = (exp(x) - 1)/x:",
    )
    derivation = derivation.then(
        BackSubstitute(_mode_problem()),
        "overflow-free",
        name="mode",
        claim=Statement(u(t), "=", stable, forall=_mode_problem().domain),
        say="This form solves the problem for every real s, zero included:",
    )
    formula = derivation.formula_of(
        "mode",
        [t, s, u0, tau],
        domain={s: (0, oo), t: (0, oo)},
        name="mode_u",
        solves=_mode_problem(),
    )
    return derivation.renamed(f"{THEORY}/mode", "Learning curve of one balanced mode").concluded(
        formula
    )


def half_time(L: int | None = None, n_layers: int | None = None) -> Derivation:
    r"""When a balanced mode reaches half its final strength: $t = \frac{\tau}{2s}\ln(s/u_0 - 1)$."""
    _two_layers_only(weight_matrices(L, n_layers), "half-time")
    half = Symbol("t_half", positive=True)
    derivation = mode(2)
    derivation = derivation.then(
        Substitute({t: half}), "solution", name="at-half", say="At the half-time"
    )
    derivation = derivation.assume(
        Statement(u(half), "=", s / 2, given=(Gt(s, 2 * u0),)),
        name="half",
        say="which is defined by",
    )
    derivation = derivation.then(Substitute({u(half): s / 2}), "at-half", "half", say="Hence")
    derivation = derivation.then(SolveFor(half), -1, name="solved-half", say="Solve for the time:")
    derivation = derivation.then(
        Rewrite(rhs=tau * log(s / u0 - 1) / (2 * s)), "solved-half", name="half-time"
    )
    formula = derivation.formula_of(
        "half-time", [s, u0, tau], domain={s: (0, oo)}, name="half_time"
    )
    return derivation.renamed(f"{THEORY}/half-time", "Half-time of a balanced mode").concluded(
        formula
    )


def _strengths_problem() -> Problem:
    """The two strengths of one mode from any start."""
    return Problem(
        [
            Eq(tau * a(t).diff(t), b(t) * (s - a(t) * b(t))),
            Eq(tau * b(t).diff(t), a(t) * (s - a(t) * b(t))),
        ],
        [a(t), b(t)],
        given={a(0): a0, b(0): b0},
    )


def unbalanced(L: int | None = None, n_layers: int | None = None) -> Derivation:
    r"""The two strengths of a mode from any initial values, through the conserved $c = a^2 - b^2$.

    The coordinate $y = (a+b)^2$ obeys $\tau\dot y = 2sy - \tfrac12 y^2 + \tfrac12 c^2$, for every sign
    of c, and $u = ab = (y - c^2/y)/4$.

    Returns:
        A derivation whose formula is {a, b} of (t, a0, b0, s, tau) for s > 0 (for s < 0 flip the sign
        of b0 and of b).
    """
    _two_layers_only(weight_matrices(L, n_layers), "unbalanced")
    c, y0 = Symbol("c", real=True), Symbol("y0", positive=True)
    y = Function("y", positive=True)
    derivation = decoupling(2)
    derivation = derivation.then(
        Invariant(a(t) ** 2 - b(t) ** 2, t),
        "mode-1",
        "mode-2",
        name="conserved",
        say="The difference of the squared strengths does not change:",
    )
    derivation = derivation.assume(
        Statement(a(t) ** 2 - b(t) ** 2, "=", c), name="invariant", say="Call it c."
    )
    total = a(t) + b(t)
    derivation = derivation.assume(
        Statement(y(t), "=", total**2),
        name="y",
        say="A coordinate that is good for every sign of c:",
    )
    derivation = derivation.then(Differentiate(t), "y", name="rate-of-y")
    rates = {f.diff(t): g * (s - a(t) * b(t)) / tau for f, g in ((a(t), b(t)), (b(t), a(t)))}
    for number, f in ((1, a(t)), (2, b(t))):
        derivation = derivation.then(
            Rewrite(lhs=f.diff(t), rhs=rates[f.diff(t)], multiplier=1 / tau),
            f"mode-{number}",
            name=f"rate-{number}",
        )
    derivation = derivation.then(
        Substitute(rates),
        "rate-of-y",
        "rate-1",
        "rate-2",
        name="y-moves",
        say="With the mode equations",
    )
    gap = a(t) ** 2 - b(t) ** 2
    derivation = derivation.then(
        Identity(a(t) * b(t), (total**2 - gap**2 / total**2) / 4),
        name="product-identity",
        say="The product in terms of sum and difference:",
    )
    derivation = derivation.then(
        Substitute({gap: c, total**2: y(t)}),
        "product-identity",
        "invariant",
        "y",
        name="product",
        say="that is",
    )
    closed = 2 * s * y(t) - y(t) ** 2 / 2 + c**2 / 2
    derivation = derivation.then(
        Rewrite(lhs=tau * y(t).diff(t), rhs=2 * total**2 * (s - a(t) * b(t)), multiplier=tau),
        "y-moves",
    )
    derivation = derivation.then(
        Substitute({total**2: y(t), a(t) * b(t): (y(t) - c**2 / y(t)) / 4}), -1, "y", "product"
    )
    derivation = derivation.then(Rewrite(rhs=closed), -1, name="y-equation", say="Hence y alone:")
    riccati = Problem(Eq(tau * y(t).diff(t), closed), y(t), given={y(0): y0})
    derivation = derivation.continued(derive_problem(riccati))
    return _strengths_from_y(derivation, y, y0, c)


def _strengths_from_y(derivation: Derivation, y: Function, y0: Symbol, c: Symbol) -> Derivation:
    """a and b from y, in a form without cancellation for s > 0."""
    plus, minus = a0 + b0, a0 - b0
    k = sqrt(4 * s**2 + plus**2 * minus**2)
    decay = exp(-k * t / tau)
    learned = 1 - decay
    reach = k + 2 * s
    numerator = reach + minus**2 * learned + decay * plus**2 * minus**2 / reach
    denominator = plus**2 * (learned + minus**2 / reach) + reach * decay
    derivation = derivation.then(
        Substitute({y0: plus**2, c: plus * minus}),
        "solution",
        name="y-of-start",
        say="From a0 and b0:",
    )
    derivation = derivation.then(
        Rewrite(rhs=plus**2 * numerator / denominator),
        "y-of-start",
        claim=Statement(y(t), "=", plus**2 * numerator / denominator, given=(Gt(s, 0),)),
        name="y-stable",
        say="Multiplied through by exp(-kt/tau), k = sqrt(4 s^2 + c^2), for s > 0; no term is negative:",
    )
    growth = sqrt(numerator / denominator)
    strength_sum, strength_difference = plus * growth, minus / growth
    unknowns = {
        a(t): (strength_sum + strength_difference) / 2,
        b(t): (strength_sum - strength_difference) / 2,
    }
    derivation = derivation.then(
        Identity(strength_sum**2, plus**2 * numerator / denominator, (Gt(s, 0),)),
        name="sum",
        say="a + b keeps the sign of its start and has the square y; a - b = c/(a + b). So, with both halves,",
    )
    for f, name in ((a(t), "a"), (b(t), "b")):
        derivation = derivation.assume(
            Statement(f, "=", unknowns[f], given=(Gt(s, 0),)),
            name=f"try-{name}",
            say=f"the strength {name} is",
        )
    derivation = derivation.then(
        BackSubstitute(_strengths_problem()),
        "try-b",
        "try-a",
        name="a-of-t",
        say="Put back, with b(t):",
    ).then(
        BackSubstitute(_strengths_problem()),
        "try-a",
        "try-b",
        name="b-of-t",
        say="Put back, with a(t):",
    )
    formula = derivation.formula_of(
        {"a": "a-of-t", "b": "b-of-t"},
        [t, a0, b0, s, tau],
        name="mode_ab",
        domain={t: (0, oo)},
        solves=_strengths_problem(),
    )
    return derivation.renamed(
        f"{THEORY}/unbalanced", "Strengths of a mode from any initial values"
    ).concluded(formula)


def learning_rate(L: int | None = None, n_layers: int | None = None) -> Derivation:
    r"""The curvature along the balanced path, and the step sizes it allows.

    The Hessian of $\tfrac12(s - ab)^2$ at $a = b = \sqrt u$ has the eigenvalues $3u - s$ and $s - u$; the
    largest along $0 \le u \le s$ is $2s$, at the solution, so that gradient descent with step lr is
    fastest at $1/(2s)$ there and stable below $1/s$.

    Returns:
        A derivation whose formula is {optimal, stability_limit} of s.
    """
    _two_layers_only(weight_matrices(L, n_layers), "learning-rate")
    x, z, loss = Symbol("a", real=True), Symbol("b", real=True), Symbol("E", real=True)
    strength, ev = Symbol("u", nonnegative=True), Symbol("lambda", real=True)
    sv = Symbol("s", positive=True)
    q = sqrt(strength)
    derivation = Derivation.begin(
        Problem(Statement(loss, "=", (sv - x * z) ** 2 / 2), loss),
        name=f"{THEORY}/learning-rate",
        title="Curvature along the balanced path and the step sizes it allows",
        source=SOURCE,
    )
    derivation = derivation.then(
        Hessian((x, z)), 0, name="hessian", say="The Hessian of the loss of one mode:"
    ).then(
        Substitute({x: q, z: q}),
        "hessian",
        name="on-path",
        say="On the balanced path a = b, ab = u:",
    )
    derivation = derivation.then(
        Eigenpairs([(3 * strength - sv, 1, [[1, 1]]), (sv - strength, 1, [[1, -1]])], variable=ev),
        "on-path",
        name="eigenvalues",
        say="Its eigenvectors are (1, 1) along the path and (1, -1) across it:",
    )
    derivation = derivation.then(
        Extremum(strength, sv, "max", 0, sv, expr=3 * strength - sv),
        name="sharpest",
        say="Along the path the curvature is largest at the solution u = s:",
    ).then(
        Extremum(strength, 0, "max", 0, sv, expr=sv - strength),
        name="across",
        say="and across it at the start, where it is smaller:",
    )
    error, step = Symbol("delta", real=True), Symbol("delta_next", real=True)
    derivation = derivation.assume(
        Statement(step, "=", error - lr * 2 * sv * error),
        name="descent",
        say="One step of gradient descent on an error delta at the solution, along the path:",
    )
    derivation = derivation.then(
        Rewrite(rhs=(1 - 2 * lr * sv) * error),
        "descent",
        name="contraction",
        say="The error is multiplied by 1 - 2 lr s:",
    )
    return _step_sizes(derivation, sv)


def _step_sizes(derivation: Derivation, sv: Symbol) -> Derivation:
    """lr at which the factor 1 - 2 lr s is 0 and -1."""
    factor, best, limit = (
        Symbol("rho", real=True),
        Symbol("lr_opt", positive=True),
        Symbol("lr_max", positive=True),
    )
    derivation = derivation.assume(
        Statement(factor, "=", 1 - 2 * lr * sv), name="factor", say="Call it rho."
    )
    for symbol, value, name, say in (
        (best, Integer(0), "optimal", "It vanishes at the optimal step:"),
        (
            limit,
            Integer(-1),
            "stability-limit",
            "and reaches -1, where descent stops converging, at",
        ),
    ):
        derivation = derivation.assume(Statement(factor, "=", value), name=f"at-{name}", say=say)
        derivation = derivation.then(
            Substitute({lr: symbol, factor: value}), "factor", f"at-{name}", name=f"relation-{name}"
        )
        derivation = derivation.then(SolveFor(symbol), f"relation-{name}", name=name)
    formula = derivation.formula_of(
        {"optimal": "optimal", "stability_limit": "stability-limit"}, [sv], name="learning_rate"
    )
    return derivation.concluded(formula)


def step_correction(L: int | None = None, n_layers: int | None = None) -> Derivation:
    r"""Steps of gradient descent from u0 to uf, with the first correction in the step size.

    $$n = \frac{1}{2s\,\mathrm{lr}}\ln\frac{u_f(s-u_0)}{u_0(s-u_f)}
      + \frac12\ln\frac{f(a_f)}{f(a_0)} + O(\mathrm{lr}),\quad f(a) = a(s-a^2),\ u = a^2$$

    Returns:
        A derivation whose formula is the number of steps of (u0, uf, s, lr), for 0 < u0, uf < s.
    """
    _two_layers_only(weight_matrices(L, n_layers), "step-correction")
    x, sv = Symbol("a", positive=True), Symbol("s", positive=True)
    start, end, uf = (
        Symbol("a0", positive=True),
        Symbol("af", positive=True),
        Symbol("uf", positive=True),
    )
    n = Symbol("n", integer=True, nonnegative=True)
    at = Function("a", positive=True)
    derivation = Derivation.begin(
        Problem(Statement(at(n + 1), "=", at(n) + lr * at(n) * (sv - at(n) ** 2)), at(n)),
        name=f"{THEORY}/step-correction",
        title="Steps of gradient descent with the first correction in the step size",
        source=SOURCE,
    )
    derivation = derivation.then(
        ModifiedEquation(1, lr),
        0,
        name="modified",
        say="The map is the flow of this equation, one unit of time lr per step, up to O(lr^2):",
    )
    flow_time = log(end**2 * (sv - start**2) / (start**2 * (sv - end**2))) / (2 * sv)
    derivation = derivation.then(
        StepCount(lr, start, end, flow_time=flow_time),
        "modified",
        name="count",
        say="Integrate the time from a0 to af:",
    )
    derivation = derivation.then(
        Substitute({start: sqrt(u0), end: sqrt(uf)}),
        "count",
        name="steps",
        say="In terms of u = a^2:",
    )
    formula = derivation.formula_of("steps", [u0, uf, sv, lr], name="n_steps")
    return derivation.concluded(formula)
