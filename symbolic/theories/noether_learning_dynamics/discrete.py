r"""Exact laws of the heavy-ball iteration: no small parameter.

Main results: `discrete_charge`, `discrete_matrix_charge`, `equilibrium`, `slow_growth`.

The iteration is $v_{n+1} = \beta v_n - \eta(g_n + kq_n)$, $q_{n+1} = q_n + v_{n+1}$ (coupled weight
decay k, no dampening, no look-ahead); q, v, g are columns of any length d.
"""

from __future__ import annotations

from sympy import Function, MatrixSymbol, Symbol, Trace, Transpose, ZeroMatrix
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.matrix_identity import MatrixIdentity
from derivax.symbolic.methods.solve_for import SolveFor
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.noether_learning_dynamics.notation import (
    NEURAL_MECHANICS,
    SOURCE,
    THEORY,
    beta,
    eta,
    k,
)

__all__ = ["discrete_charge", "discrete_matrix_charge", "equilibrium", "slow_growth"]

_d = Symbol("d", integer=True, positive=True)
_n = Symbol("n", integer=True, nonnegative=True)


def _form(left: MatrixExpr, matrix: MatrixExpr, right: MatrixExpr) -> Trace:
    """The number left^T A right, as a trace."""
    return Trace(Transpose(left) * matrix * right)


def discrete_charge() -> Derivation:
    r"""How a charge of a linear symmetry moves under momentum and weight decay, exactly.

    If $g^TAq = 0$ (the loss is invariant under $e^{sA}$) and $A^T = A$, then with $C = q^TAq$, $p =
    v^TAq$, $V = v^TAv$
    $$p_{n+1} = \beta p_n - \eta k\,C_n + V_{n+1},\qquad C_{n+1} = C_n + 2p_{n+1} - V_{n+1}.$$
    Scale: A = 1, C = |q|^2; rescale of a ReLU pair: A = diag(1, -1), C = |w_in|^2 - |w_out|^2.
    """
    q, v, g = (MatrixSymbol(s, _d, 1) for s in "qvg")
    q1, v1 = MatrixSymbol("q_1", _d, 1), MatrixSymbol("v_1", _d, 1)
    A = MatrixSymbol("A", _d, _d)
    velocity = Statement(v1, "=", beta * v - eta * g - eta * k * q)
    position = Statement(q1, "=", q + v1)
    derivation = Derivation.begin(
        Problem([velocity, position], [v1, q1]),
        name=f"{THEORY}/discrete-charge",
        title="Exact law of the charge of a linear symmetry under heavy-ball descent",
        source=f"{SOURCE} (exact form derived here)",
    )
    derivation = derivation.assume(
        Statement(Transpose(A), "=", A), name="symmetric", say="The generator is symmetric,"
    ).assume(
        Statement(Transpose(g) * A * q, "=", ZeroMatrix(1, 1)),
        name="invariance",
        say="and the loss is invariant: its gradient g is orthogonal to the generator A q.",
    )
    return derivation.then(
        MatrixIdentity(
            _form(v1, A, q1),
            beta * _form(v, A, q) - eta * k * _form(q, A, q) + _form(v1, A, v1),
        ),
        0,
        1,
        "symmetric",
        "invariance",
        name="momentum",
        say="The momentum p = v.Aq of the symmetry follows",
    ).then(
        MatrixIdentity(
            _form(q1, A, q1), _form(q, A, q) + 2 * _form(v1, A, q1) - _form(v1, A, v1)
        ),
        1,
        "symmetric",
        name="charge",
        say="and the charge C = q.Aq",
    )


def discrete_matrix_charge() -> Derivation:
    r"""The matrix charge of two linear layers under momentum and weight decay, exactly.

    For $y = W_2W_1x$ the gradients obey $G_1W_1^T = W_2^TG_2$; with $C = W_1W_1^T - W_2^TW_2$, $P =
    V_1W_1^T - W_2^TV_2$ and $V = V_1V_1^T - V_2^TV_2$
    $$P' = \beta P - \eta k\,C + V',\qquad C' = C + P' + P'^T - V'.$$
    """
    rows, hidden, columns = (Symbol(s, integer=True, positive=True) for s in ("n_o", "n_h", "n_i"))
    W1, V1, G1 = (MatrixSymbol(s, hidden, columns) for s in ("W_1", "V_1", "G_1"))
    W2, V2, G2 = (MatrixSymbol(s, rows, hidden) for s in ("W_2", "V_2", "G_2"))
    U1, X1 = MatrixSymbol("V_1'", hidden, columns), MatrixSymbol("W_1'", hidden, columns)
    U2, X2 = MatrixSymbol("V_2'", rows, hidden), MatrixSymbol("W_2'", rows, hidden)
    steps = [
        Statement(U1, "=", beta * V1 - eta * G1 - eta * k * W1),
        Statement(U2, "=", beta * V2 - eta * G2 - eta * k * W2),
        Statement(X1, "=", W1 + U1),
        Statement(X2, "=", W2 + U2),
    ]
    derivation = Derivation.begin(
        Problem(steps, [U1, U2, X1, X2]),
        name=f"{THEORY}/discrete-matrix-charge",
        title="Exact law of the matrix charge of two linear layers under heavy-ball descent",
        source=f"{SOURCE}; {NEURAL_MECHANICS} (exact form derived here)",
    )
    derivation = derivation.assume(
        Statement(G1 * Transpose(W1), "=", Transpose(W2) * G2),
        name="invariance",
        say="The loss depends on the product W_2 W_1 only:",
    )

    def charge(a: MatrixExpr, b: MatrixExpr, c: MatrixExpr, d: MatrixExpr) -> MatrixExpr:
        return a * Transpose(b) - Transpose(c) * d

    after = charge(U1, X1, X2, U2)
    return derivation.then(
        MatrixIdentity(
            after,
            beta * charge(V1, W1, W2, V2) - eta * k * charge(W1, W1, W2, W2)
            + charge(U1, U1, U2, U2),
        ),
        0, 1, 2, 3, "invariance",
        name="momentum",
        say="The momentum of the symmetry follows",
    ).then(
        MatrixIdentity(
            charge(X1, X1, X2, X2),
            charge(W1, W1, W2, W2) + after + Transpose(after) - charge(U1, U1, U2, U2),
        ),
        2, 3,
        name="charge",
        say="and the charge",
    )  # fmt: skip


def equilibrium() -> Derivation:
    r"""The angle between successive weights of a scale-invariant layer, at equilibrium.

    Stationary $C = |q|^2$, $p$ and $V = |v|^2$ give $V/C = 2\eta k/(1+\beta)$ and
    $$\cos\varphi = 1 - \frac{\eta k}{1+\beta}$$
    for any loss and any noise.

    Returns:
        a derivation whose formula is {relative_step, cos_angle} of eta, beta, k.
    """
    C, V = Symbol("C", positive=True), Symbol("V", nonnegative=True)
    p, c = Symbol("p", real=True), Function("C", real=True)
    P, W = Function("p", real=True), Function("V", real=True)
    momentum = Statement(P(_n + 1), "=", beta * P(_n) - eta * k * c(_n) + W(_n + 1))
    charge = Statement(c(_n + 1), "=", c(_n) + 2 * P(_n + 1) - W(_n + 1))
    derivation = Derivation.begin(
        Problem([momentum, charge], [P(_n), c(_n)], assume=(beta < 1,)),
        name=f"{THEORY}/equilibrium",
        title="Equilibrium step and angle of a scale-invariant layer",
        source=f"{SOURCE} (exact form derived here)",
    )
    still = {P(_n + 1): p, P(_n): p, c(_n + 1): C, c(_n): C, W(_n + 1): V}
    derivation = (
        derivation.assume(Statement(P(_n + 1), "=", p), name="still-p", say="In a stationary state")
        .assume(Statement(P(_n), "=", p), name="still-p0", say="the momentum,")
        .assume(Statement(c(_n + 1), "=", C), name="still-c", say="the squared norm")
        .assume(Statement(c(_n), "=", C), name="still-c0", say="(at both times)")
        .assume(Statement(W(_n + 1), "=", V), name="still-v", say="and the squared step stay.")
    )
    names = ["still-p", "still-p0", "still-c", "still-c0", "still-v"]
    derivation = derivation.then(
        Substitute(still), 0, *names, name="momentum", say="Then the law of the momentum reads"
    ).then(
        Substitute(still), 1, *names, name="charge", say="and that of the norm"
    )
    derivation = derivation.then(
        SolveFor(p), "charge", name="p", say="Hence the momentum is half the squared step,"
    ).then(
        Substitute({p: V / 2}), "momentum", "p", name="balance", say="decay balances the steps,"
    ).then(
        SolveFor(V), "balance", name="step", say="and the squared step is"
    )  # fmt: skip
    cosine = Symbol("cos_phi", real=True)
    derivation = derivation.assume(
        Statement(cosine, "=", (C + p - V) / C),
        name="angle",
        say="The weights q and q + v' enclose the angle with cos phi = q.(q + v')/C, where q.v' ="
        " p - V:",
    ).then(
        Substitute({p: V / 2}), "angle", "p", name="angle-step", say="With the momentum"
    ).then(
        Substitute({V: 2 * C * eta * k / (1 + beta)}), "angle-step", "step",
        name="angle-rates", say="and the step",
    ).then(
        Rewrite(rhs=1 - eta * k / (1 + beta)), "angle-rates", name="cos-angle", say="that is",
    )  # fmt: skip
    derivation = derivation.then(
        Combine([1 / C]), "step", name="relative-step", say="Relative to the squared norm:",
        claim=Statement(V / C, "=", 2 * eta * k / (1 + beta)),
    )  # fmt: skip
    formula = derivation.formula_of(
        {"relative_step": "relative-step", "cos_angle": "cos-angle"}, [eta, beta, k],
        domain={beta: (0, 1)}, name="equilibrium",
    )  # fmt: skip
    return derivation.concluded(formula)


def slow_growth() -> Derivation:
    r"""How fast a charge grows once the momentum has settled, for any gradient noise.

    A momentum that stays gives $C' - C = \frac{(1+\beta)V - 2\eta k\,C}{1-\beta}$.  Smooth
    gradients have $V = \eta^2g^2/(1-\beta)^2$, gradients without memory $V =
    \eta^2g^2/(1-\beta^2)$; without decay the second is $(1-\beta)/(1+\beta)$ times slower.

    Returns:
        a derivation whose formula is {smooth, white} of eta, beta, k, C and g.
    """
    C, V = Symbol("C", real=True), Symbol("V", real=True)
    p, after = Symbol("p", real=True), Symbol("C_new", real=True)
    g = Symbol("g", nonnegative=True)
    momentum = Statement(p, "=", beta * p - eta * k * C + V)
    charge = Statement(after, "=", C + 2 * p - V)
    derivation = Derivation.begin(
        Problem([momentum, charge], [p, after], assume=(beta < 1,)),
        name=f"{THEORY}/slow-growth",
        title="Growth of a charge per step, for smooth and for uncorrelated gradients",
        source=f"{SOURCE} (derived here)",
    )
    settled = (V - eta * k * C) / (1 - beta)
    growth = ((1 + beta) * V - 2 * eta * k * C) / (1 - beta)
    derivation = derivation.then(
        SolveFor(p), 0, name="momentum", say="A momentum that stays is",
        claim=Statement(p, "=", settled),
    ).then(
        Combine([1, 2]), 1, "momentum", name="growth", say="so that the charge grows per step by",
        claim=Statement(after - C, "=", growth),
    )  # fmt: skip
    outputs = {}
    for name, value, words in (
        ("smooth", eta**2 * g**2 / (1 - beta) ** 2, "Gradients that stay for 1/(1 - beta) steps:"),
        ("white", eta**2 * g**2 / (1 - beta**2), "Gradients without memory:"),
    ):
        derivation = derivation.assume(
            Statement(V, "=", value), name=f"{name}-step", say=words
        ).then(
            Substitute({V: value}), "growth", f"{name}-step", name=name, say="give the growth",
        )  # fmt: skip
        outputs[name] = name
    formula = derivation.formula_of(
        outputs, [eta, beta, k, C, g], domain={beta: (0, 1)}, where=(beta < 1,), name="slow_growth"
    )
    return derivation.concluded(formula)
