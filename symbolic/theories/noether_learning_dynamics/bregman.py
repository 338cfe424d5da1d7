r"""The Bregman family: equations of motion, and how its kinetic term breaks symmetries.

Main results: `bregman`, `bregman_symmetry`, `bregman_charge`.

$L = e^{\alpha+\gamma}(D_h(q + e^{-\alpha}\dot q, q) - e^\beta f(q))$, $D_h(y, x) = h(y) - h(x) -
\nabla h(x)\cdot(y - x)$, with scalings $\alpha(t), \beta(t), \gamma(t)$ ($\beta$ is not the
momentum of an optimiser).

Source: A. Wibisono, A. Wilson, M. Jordan, PNAS 113 (2016) E7351; Tanaka, Kunin 2021.
"""

from __future__ import annotations

from typing import Any

from sympy import (
    Add,
    Derivative,
    Expr,
    Function,
    Gt,
    Integer,
    MatrixSymbol,
    S,
    Symbol,
    Transpose,
    exp,
    log,
)
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.errors import InputError
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.lagrangian import Lagrangian
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.euler_lagrange import equations_of_motion
from derivax.symbolic.methods.matrix_identity import MatrixIdentity
from derivax.symbolic.methods.matrix_riccati import RateOf
from derivax.symbolic.methods.noether import ChargeLaw, noether
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.nodes.matrix_calculus import TimeDerivative
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.noether_learning_dynamics.dissipation import loss_with_symmetry
from derivax.symbolic.theories.noether_learning_dynamics.notation import (
    SOURCE,
    THEORY,
    m,
    mu,
    t,
)

__all__ = ["bregman", "bregman_charge", "bregman_symmetry"]


def _scalings() -> tuple[Any, Any, Any]:
    return tuple(Function(s, real=True)(t) for s in ("alpha", "beta", "gamma"))  # type: ignore[return-value]


def bregman(member: str | None = None) -> Derivation:
    r"""The Euclidean Bregman family of accelerated methods, from its Lagrangian.

    $L = e^{\alpha+\gamma}(\tfrac12e^{-2\alpha}\dot q^2 - e^\beta f(q))$ gives $\ddot q +
    (\dot\gamma - \dot\alpha)\dot q + e^{2\alpha+\beta}f'(q) = 0$.

    Args:
        member: None for the whole family; "nesterov" ($\alpha = \ln2 - \ln t$, $\beta = 2\ln t -
            \ln4$, $\gamma = 2\ln t$: $\ddot q + \frac3t\dot q + f' = 0$); "damped" ($\alpha =
            -\ln m$, $\beta = \ln m$, $\gamma = \mu t/m$: $m\ddot q + \mu\dot q + f' = 0$, which is
            momentum with the m and $\mu$ of `heavy-ball`).
    """
    alpha, growth, gamma = _scalings()
    q = Function("q", real=True)(t)
    loss = Function("f", real=True)(q)
    system = Lagrangian(
        exp(alpha + gamma) * (exp(-2 * alpha) * q.diff(t) ** 2 / 2 - exp(growth) * loss), q
    )
    derivation = equations_of_motion(system)
    derivation = derivation.renamed(f"{THEORY}/bregman", "The Euclidean Bregman family of methods")
    if member is None:
        return derivation
    force = Derivative(loss, q)
    members: dict[str, tuple[tuple[Expr, Expr, Expr], Expr, tuple[Any, ...]]] = {
        "nesterov": (
            (log(2) - log(t), 2 * log(t) - log(4), 2 * log(t)),
            -3 * q.diff(t) / t - force,
            (Gt(t, 0),),
        ),
        "damped": ((-log(m), log(m), mu * t / m), -mu * q.diff(t) / m - force / m, ()),
    }
    if member not in members:
        raise InputError(
            repr(member), "is not a member that is listed", f"one of {', '.join(members)}"
        )
    scalings, value, given = members[member]
    put = dict(zip((alpha, growth, gamma), scalings))
    for name, function in zip(("alpha", "beta", "gamma"), put):
        derivation = derivation.assume(
            Statement(function, "=", put[function], given=given), name=name, say="With"
        )
    return derivation.then(
        Substitute(put), "acceleration-q", "alpha", "beta", "gamma", name="put-in", say="this is"
    ).then(
        Rewrite(rhs=value), "put-in", name=member, say="that is,",
    )  # fmt: skip


def bregman_symmetry(symmetry: str = "any", n: int = 1) -> ChargeLaw:
    r"""How a Bregman kinetic term breaks a symmetry, for any separable distance generator.

    The charge of $\xi$ is $e^\gamma\Delta\cdot\xi$, $\Delta = \nabla h(q + e^{-\alpha}\dot q) -
    \nabla h(q)$.  For any number of coordinates and any h see `bregman-charge`.

    Args:
        symmetry: "any" (an unknown generator $\xi_a(q)$ and an unknown loss), or "translation",
            "scale", "rescale", "rotation", "matrix" (an unknown matrix A) with two coordinates and
            a loss that has the symmetry ("matrix": an unknown loss).
        n: the number of coordinates for "any".
    """
    alpha, growth, gamma = _scalings()
    if symmetry in ("any", "matrix"):
        count = n if symmetry == "any" else 2
        if not isinstance(count, int) or count < 1:
            raise InputError(f"n={n}", "is not a number of coordinates", "pass n=1, 2, ...")
        names = ["q"] if count == 1 else [f"q_{a}" for a in range(1, count + 1)]
        coordinates = [Function(name, real=True)(t) for name in names]
        loss: Expr = Function("f", real=True)(*coordinates)
        if symmetry == "any":
            xi = [
                Function("xi" if count == 1 else f"xi_{a}", real=True)(*coordinates)
                for a in range(1, count + 1)
            ]
        else:
            A = [[Symbol(f"A_{a}{b}", real=True) for b in (1, 2)] for a in (1, 2)]
            xi = [Add(*[c * q for c, q in zip(row, coordinates)]) for row in A]
        words = "any generator" if symmetry == "any" else "any matrix"
    else:
        coordinates, loss, xi, words = loss_with_symmetry(symmetry)
    distance: Expr = S.Zero
    for a, q in enumerate(coordinates, 1):
        h = Function("h" if len(coordinates) == 1 else f"h_{a}", real=True)
        step = exp(-alpha) * q.diff(t)
        distance += h(q + step) - h(q) - Derivative(h(q), q) * step
    return noether(
        exp(alpha + gamma) * (distance - exp(growth) * loss),
        coordinates,
        xi=xi,
        name=f"{THEORY}/bregman-symmetry",
        title=f"How a Bregman kinetic term breaks a symmetry: {words}",
        source=SOURCE,
    )


def bregman_charge() -> Derivation:
    r"""The charge of an affine symmetry in the Bregman family: any h, any number of weights.

    For $\xi = Aq + b$ with $g\cdot\xi = 0$ and $\Delta = \nabla h(q + e^{-\alpha}\dot q) - \nabla
    h(q)$,
    $$\tfrac d{dt}\Delta\cdot\xi + \dot\gamma\,\Delta\cdot\xi = \Delta\cdot\dot\xi +
    e^\alpha(\Delta - e^{-\alpha}\nabla^2h\,\dot q)\cdot\xi:$$
    damping, the asymmetry of the kinetic term, and a term that vanishes for Euclidean h.
    Translation: A = 0; scale: A = 1, b = 0; rescale: A = diag(1, -1), b = 0.

    The slopes of the distance are derived from its first variation, with $\dot X$ for the change of
    X along any variation u of q and w of $\dot q$.
    """
    alpha, growth, gamma = _scalings()
    d = Symbol("d", integer=True, positive=True)
    one = Integer(1)
    q, v, y, u, w, x, z, g, b = (
        MatrixSymbol(s, d, 1) for s in ("q", "v", "y", "u", "w", "h_q", "h_y", "g", "b")
    )
    A, N = MatrixSymbol("A", d, d), MatrixSymbol("N", d, d)
    hq, hy, D, pairing = (MatrixSymbol(s, 1, 1) for s in ("h(q)", "h(y)", "D", "s"))
    delta, M, xi = (MatrixSymbol(s, d, 1) for s in ("Delta", "M", "xi"))
    Dot, T = TimeDerivative, Transpose
    distance = Statement(D, "=", hy - hq - T(x) * (y - q))
    ahead = Statement(y, "=", q + exp(-alpha) * v)
    derivation = Derivation.begin(
        Problem([distance, ahead], [q]),
        name=f"{THEORY}/bregman-charge",
        title="The charge of an affine symmetry in the Bregman family, for any number of weights",
        source=SOURCE,
    )
    for name, statement, say in (
        ("u", Statement(Dot(q), "=", u), "At a fixed time let q change by u,"),
        ("w", Statement(Dot(v), "=", w), "the velocity v by w;"),
        ("slope-q", Statement(Dot(hq), "=", T(x) * u), "h(q) then changes with its slope h_q,"),
        ("hessian", Statement(Dot(x), "=", N * u), "which changes by the Hessian N,"),
        ("symmetric", Statement(T(N), "=", N), "a symmetric matrix;"),
        ("delta", Statement(z, "=", x + delta), "at y the slope is larger by Delta:"),
    ):
        derivation = derivation.assume(statement, name=name, say=say)
    derivation = derivation.then(
        RateOf(), 1, "u", "w", name="moved", say="With it y changes by"
    ).assume(
        Statement(Dot(hy), "=", T(z) * (u + exp(-alpha) * w)), name="slope-y",
        say="and h(y) with its slope:",
    ).then(
        RateOf(), 0, "slope-y", "slope-q", "hessian", "moved", "u", name="varied",
        say="So the distance changes by",
    ).then(
        MatrixIdentity(
            Dot(D), exp(-alpha) * T(delta) * w + T(delta) * u - exp(-alpha) * T(v) * N * u
        ),
        "varied", "delta", 1, "symmetric", name="slopes",
        say="that is, it has the slope exp(-alpha) Delta in v, and Delta - exp(-alpha) N v in q:",
    )  # fmt: skip
    force = exp(alpha + gamma) * (delta - exp(-alpha) * N * v) - exp(alpha + growth + gamma) * g
    derivation = derivation.assume(
        Statement(M, "=", exp(gamma) * delta), name="momentum",
        say="The momentum of L is therefore",
    ).assume(
        Statement(Dot(M), "=", force), name="hamilton", say="and changes, on the motion, by"
    )  # fmt: skip
    bend = MatrixSymbol("c", d, 1)
    derivation = derivation.assume(
        Statement(Dot(delta), "=", bend), name="bend", say="With c for the rate of Delta,"
    ).then(
        RateOf(t), "momentum", "bend", name="momentum-rate", say="the momentum changes by"
    ).then(
        Combine([-exp(-gamma), exp(-gamma)]), "momentum-rate", "hamilton", name="motion",
        say="so that",
        claim=Statement(
            bend, "=",
            exp(alpha) * delta - N * v - exp(alpha + growth) * g - gamma.diff(t) * delta,
        ),
    ).assume(
        Statement(Dot(q), "=", v), name="velocity", say="Along the motion u is the velocity itself."
    ).assume(
        Statement(xi, "=", A * q + b), name="generator", say="The generator"
    ).assume(
        Statement(T(g) * A * q, "=", -T(g) * b), name="invariance",
        say="is a symmetry of the loss.",
    ).assume(
        Statement(pairing, "=", T(delta) * xi), name="charge", say="The charge"
    ).then(
        RateOf(), "generator", "velocity", name="generator-rate", say="with"
    ).then(
        RateOf(), "charge", "bend", "generator-rate", name="charge-rate", say="has the rate"
    )  # fmt: skip
    asymmetry: MatrixExpr = T(delta) * A * v
    foreign = exp(alpha) * T(delta) * xi - T(v) * N * xi
    return derivation.then(
        MatrixIdentity(Dot(pairing) + gamma.diff(t) * pairing, one * (asymmetry + foreign)),
        "charge-rate", "charge", "motion", "generator", "invariance", "symmetric",
        name="charge-law", say="so that it obeys",
    )  # fmt: skip
