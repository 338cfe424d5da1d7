r"""From the heavy-ball optimiser to a differential equation, and its closed forms.

Main results: `heavy_ball`, `heavy_ball_rate`, `charge_oscillator`, `norm_history`.

The recursion is $q_{n+1} - q_n = \beta(q_n - q_{n-1}) - \eta(g(q_n) + kq_n)$, the clock is $t =
n\eta$.
"""

from __future__ import annotations

from sympy import Add, Derivative, Function, Symbol, exp, sqrt

from derivax.errors import InputError
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.consequence import OnMotion
from derivax.symbolic.methods.duhamel import Duhamel
from derivax.symbolic.methods.slow_manifold import SlowManifold, StepsAsDerivatives
from derivax.symbolic.methods.solve_for import BackSubstitute
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.nodes.entire_hyperbolic import CoshRoot, SinhcRoot
from derivax.symbolic.nodes.phi import Phi
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.noether_learning_dynamics.notation import (
    SOURCE,
    THEORY,
    beta,
    eta,
    k,
    m,
    mu,
)

__all__ = ["charge_oscillator", "heavy_ball", "heavy_ball_rate", "norm_history"]

_n = Symbol("n", integer=True)
_q = Function("q", real=True)


def _order(order: int) -> int:
    if not isinstance(order, int) or order < 0:
        raise InputError(f"order={order}", "is not a power of eta", "pass 0, 1, 2, ...")
    return order


def heavy_ball(order: int = 1) -> Derivation:
    r"""Momentum gradient descent as a differential equation, to any order in the step size.

    With $q_{n\pm1} = q(t \pm\eta)$: $\tfrac\eta2(1+\beta)\ddot q + (1-\beta)\dot q \sim -g(q) - kq$
    (order 1: mass $m = \eta(1+\beta)/2$ and friction $\mu = 1-\beta$); on the slow solutions
    $\dot q \sim -\frac1{1-\beta}g - \eta\frac{1+\beta}{2(1-\beta)^3}gg' + \dots$ (g includes kq).

    Args:
        order: the highest power of eta that is kept.
    """
    order = _order(order)
    g = Function("g", real=True)
    ball = Statement(
        _q(_n + 1) - _q(_n), "=", beta * (_q(_n) - _q(_n - 1)) - eta * g(_q(_n)) - eta * k * _q(_n)
    )
    derivation = Derivation.begin(
        Problem(ball, _q(_n), assume=(beta < 1,)),
        name=f"{THEORY}/heavy-ball",
        title="Momentum gradient descent as a differential equation",
        source=SOURCE,
    )
    return derivation.then(
        StepsAsDerivatives(order, eta, _n), 0, name="equation",
        say="With q(n + j) = q(t + j eta), a mass and a friction appear:",
    ).then(
        SlowManifold(order, eta, _n), 0, name="slow",
        say="The solutions that do not decay within a few steps follow",
    )  # fmt: skip


def heavy_ball_rate(order: int = 2) -> Derivation:
    r"""The slow rate of momentum descent on a quadratic loss of curvature H, as a series in eta.

    $\frac H{1-\beta} + \frac{\eta H^2(1+\beta)}{2(1-\beta)^3} + \frac{\eta^2H^3(1+4\beta+\beta^2)}
    {3(1-\beta)^5} + \dots$.  The equation with mass agrees through order 1 only.

    Args:
        order: the highest power of eta that is kept.
    """
    order = _order(order)
    H, rate = Symbol("H", positive=True), Symbol("rate", real=True)
    ball = Statement(
        _q(_n + 1) - _q(_n), "=", beta * (_q(_n) - _q(_n - 1)) - eta * H * _q(_n)
    )
    derivation = Derivation.begin(
        Problem(ball, _q(_n), assume=(beta < 1,)),
        name=f"{THEORY}/heavy-ball-rate",
        title="Slow rate of momentum descent on a quadratic loss",
        source=f"{SOURCE} (series derived here)",
    ).then(
        SlowManifold(order, eta, _n), 0, name="slow", say="The slow solutions of the recursion obey"
    )
    slow = derivation["slow"].rhs
    function = slow.atoms(Function(str(_q), real=True)).pop()
    value = Add(*[-term / function for term in Add.make_args(slow)])
    derivation = derivation.assume(
        Statement(rate, "=", -slow / function), name="definition", say="Their rate of decay is"
    ).then(
        Rewrite(rhs=value), "definition", name="rate", say="that is,"
    )  # fmt: skip
    formula = derivation.formula_of(
        "rate", [eta, beta, H], domain={beta: (0, 1)}, where=(beta < 1,), name="heavy_ball_rate"
    )
    return derivation.concluded(formula)


def charge_oscillator() -> Derivation:
    r"""The charge of a broken symmetry as a damped oscillator, in a form without cases.

    $m\ddot x + \mu\dot x + \kappa x = 0$ has $x = e^{-\mu t/2m}[x_0\,C(w) + (v_0 +
    \tfrac\mu{2m}x_0)\,t\,S(w)]$, $w = ((\mu/2m)^2 - \kappa/m)\,t^2$; $\kappa = k$ for a
    translation, and $\kappa = 2k$, with the source $2m\dot q^TA\dot q$ left out, for scale and
    rescale.
    """
    t = Symbol("t", nonnegative=True)
    kappa = Symbol("kappa", nonnegative=True)
    x0, v0 = Symbol("x0", real=True), Symbol("v0", real=True)
    x, v = Function("x", real=True), Function("v", real=True)
    problem = Problem(
        [
            Statement(Derivative(x(t), t), "=", v(t)),
            Statement(m * Derivative(v(t), t), "=", -mu * v(t) - kappa * x(t)),
        ],
        [x(t), v(t)],
        given={x(0): x0, v(0): v0},
    )
    half = mu / (2 * m)
    w = (half**2 - kappa / m) * t**2
    path = exp(-half * t) * (x0 * CoshRoot(w) + (v0 + half * x0) * t * SinhcRoot(w))
    speed = exp(-half * t) * (v0 * CoshRoot(w) - (half * v0 + kappa * x0 / m) * t * SinhcRoot(w))
    derivation = Derivation.begin(
        problem,
        name=f"{THEORY}/charge-oscillator",
        title="The charge of a broken symmetry as a damped oscillator",
        source=SOURCE,
    )
    derivation = derivation.assume(
        Statement(x(t), "=", path), name="ansatz-x", say="An exponential times C and S,"
    ).assume(
        Statement(v(t), "=", speed), name="ansatz-v", say="and its velocity,"
    ).then(
        BackSubstitute(problem), "ansatz-v", "ansatz-x",
        name="path", say="satisfy both equations and start as given:",
    )  # fmt: skip
    return derivation.concluded(
        derivation.formula_of("path", [t, m, mu, kappa, x0, v0], name="charge_oscillator")
    )


def norm_history() -> Derivation:
    r"""The norm of a scale-invariant layer, in the overdamped approximation of the paper.

    Assumed: the inertia of $x = r^2$ is dropped ($km/\mu^2 \ll 1$), and the step follows the
    gradient of the moment, $|\dot q| = |\hat g|/(\mu r)$: gradients are smooth over
    $1/(1-\beta)$ steps.  Then
    $$r^4 = e^{-4kt/(1-\beta)}r_0^4 + \frac{2\eta(1+\beta)}{(1-\beta)^3}\int_0^t
    e^{-\frac{4k}{1-\beta}(t-\tau)}\,\hat g(\tau)^2\,d\tau,$$
    and for constant $\hat g$ the integral is $\hat g^2\,t\,\varphi(\tfrac{4kt}{1-\beta})$,
    $\varphi(x) = (1 - e^{-x})/x$.  Minibatch noise breaks the second assumption: see
    `slow-growth`, where gradients without memory replace $(1+\beta)/(1-\beta)^3$ by
    $1/(1-\beta)^2$; and `discrete-charge-history`, which is exact.
    """
    t = Symbol("t", nonnegative=True)
    r0, gh = Symbol("r0", positive=True), Symbol("gh", nonnegative=True)
    x, y = Function("x", positive=True), Function("y", positive=True)
    gradient = Function("gh", nonnegative=True)
    squared = Statement(
        mu * Derivative(x(t), t), "=", -2 * k * x(t) + 2 * m * gradient(t) ** 2 / (mu**2 * x(t))
    )
    gain = 4 * m / mu**3
    rate = 4 * k * t / mu
    derivation = Derivation.begin(
        Problem(squared, x(t), assume=(beta < 1,)),
        name=f"{THEORY}/norm-history",
        title="Norm of a scale-invariant layer, overdamped and with smooth gradients",
        source=SOURCE,
    ).then(
        OnMotion(
            Derivative(x(t) ** 2, t), -4 * k * x(t) ** 2 / mu + gain * gradient(t) ** 2, t
        ),
        0,
        name="fourth-power",
        say="The square of x = r^2 obeys a linear equation:",
    ).assume(
        Statement(x(t), "=", sqrt(y(t))), name="y", say="With y = r^4"
    ).then(
        Substitute({x(t): sqrt(y(t))}), "fourth-power", "y", name="linear", say="it reads",
        claim=Statement(
            Derivative(y(t), t), "=", -4 * k * y(t) / mu + gain * gradient(t) ** 2
        ),
    ).assume(
        Statement(y(0), "=", r0**4), name="start", say="From"
    ).then(
        Duhamel(y(t), exp(-rate) * r0**4, exp(-rate)), "linear", "start", name="history",
        say="it adds up the squared gradients of the past, with an exponential memory:",
    ).assume(
        Statement(gradient(t), "=", gh), name="constant", say="For a constant gradient"
    ).then(
        Substitute({gradient(t): gh}), "linear", "constant", name="constant-law", say="that is,"
    )  # fmt: skip
    linear = Problem(
        Statement(Derivative(y(t), t), "=", -4 * k * y(t) / mu + gain * gh**2),
        y(t),
        given={y(0): r0**4},
    )
    solution = exp(-rate) * r0**4 + gain * gh**2 * t * Phi(1, -rate)
    derivation = derivation.assume(
        Statement(y(t), "=", solution), name="ansatz", say="variation of constants"
    ).then(
        BackSubstitute(linear), "ansatz", name="solution", say="solves it:"
    ).assume(
        Statement(m, "=", eta * (1 + beta) / 2), name="mass", say="The optimiser has the mass"
    ).assume(
        Statement(mu, "=", 1 - beta), name="friction", say="and the friction"
    ).then(
        Substitute({m: eta * (1 + beta) / 2, mu: 1 - beta}), "solution", "mass", "friction",
        name="norm4", say="so that the fourth power of the norm is",
    )  # fmt: skip
    formula = derivation.formula_of(
        "norm4", [t, eta, beta, k, gh, r0], domain={beta: (0, 1)}, where=(beta < 1,),
        name="norm4",
    )  # fmt: skip
    return derivation.concluded(formula)
