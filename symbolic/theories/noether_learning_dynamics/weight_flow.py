r"""Charges of weights of any number, on the flow with mass, friction and weight decay.

Main results: `symmetry_constraint`, `linear_charge`, `flow_matrix_charge`, `effective_rate`.

The flow is $m\ddot q + \mu\dot q + g + kq = 0$, $g = \nabla f$: derived here from Kanai's
Lagrangian $e^{\mu t/m}[\tfrac m2|\dot q|^2 - f - \tfrac k2|q|^2]$.  q, $v = \dot q$, g are columns
of any length d (or matrices of any shape).
"""

from __future__ import annotations

from sympy import (
    Derivative,
    Function,
    Identity,
    MatrixSymbol,
    S,
    Symbol,
    Trace,
    Transpose,
    ZeroMatrix,
    exp,
)
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.errors import InputError
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.matrix_gradient import MatrixGradient
from derivax.symbolic.methods.matrix_identity import MatrixIdentity
from derivax.symbolic.methods.matrix_riccati import RateOf
from derivax.symbolic.methods.substitute import Substitute
from derivax.symbolic.nodes.matrix_calculus import GradientMatrix, TimeDerivative
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.noether_learning_dynamics.notation import (
    NEURAL_MECHANICS,
    SOURCE,
    THEORY,
    beta,
    eta,
    k,
    m,
    mu,
    t,
)

__all__ = ["effective_rate", "flow_matrix_charge", "linear_charge", "symmetry_constraint"]

_d = Symbol("d", integer=True, positive=True)
Dot = TimeDerivative


def _one(left: MatrixExpr, right: MatrixExpr) -> MatrixExpr:
    return Transpose(left) * right


def symmetry_constraint() -> Derivation:
    r"""What a symmetry of the loss says about its gradient and Hessian, at any weights.

    If $f(e^{sA}q) = f(q)$ then $g^TAq = 0$, and along any direction u, $u^T(HAq + A^Tg) = 0$: so
    $HAq = -A^Tg$.  For the scale, A = 1: $Hq = -g$.
    """
    q, g, u = (MatrixSymbol(s, _d, 1) for s in "qgu")
    A, H, pairing = MatrixSymbol("A", _d, _d), MatrixSymbol("H", _d, _d), MatrixSymbol("s", 1, 1)
    invariance = Statement(_one(g, A * q), "=", ZeroMatrix(1, 1))
    derivation = Derivation.begin(
        Problem([invariance], [g]),
        name=f"{THEORY}/symmetry-constraint",
        title="What a symmetry of the loss says about its gradient and Hessian",
        source=SOURCE,
    ).assume(
        Statement(Dot(q), "=", u), name="direction", say="Along any direction u,"
    ).assume(
        Statement(Dot(g), "=", H * u), name="hessian", say="the gradient changes by the Hessian,"
    ).assume(
        Statement(Transpose(H), "=", H), name="symmetric", say="which is symmetric."
    ).assume(
        Statement(pairing, "=", _one(g, A * q)), name="pairing", say="The pairing"
    ).assume(
        Statement(Dot(pairing), "=", ZeroMatrix(1, 1)), name="stays-zero",
        say="vanishes at all weights, so that it stays zero;",
    )  # fmt: skip
    return derivation.then(
        RateOf(), "pairing", "direction", "hessian", name="rate", say="but by the product rule"
    ).then(
        MatrixIdentity(Dot(pairing), Transpose(u) * (H * A * q + Transpose(A) * g)),
        "rate", "symmetric", name="collected", say="that is",
    ).then(
        Combine([S.NegativeOne, S.One]), "collected", "stays-zero", name="constraint",
        say="Hence for every direction u",
        claim=Statement(Transpose(u) * (H * A * q + Transpose(A) * g), "=", ZeroMatrix(1, 1)),
    )  # fmt: skip


def _newton(name: str, title: str) -> tuple[Derivation, tuple[MatrixSymbol, ...]]:
    """m q'' + mu q' + g + k q = 0 from the Lagrangian: step `newton`, m a = ..."""
    q, v, g, a, M = (MatrixSymbol(s, _d, 1) for s in ("q", "v", "g", "a", "M"))
    K, U = Symbol("K"), Symbol("U")
    grown = exp(mu * t / m)
    kinetic = Statement(K, "=", m / 2 * Trace(_one(v, v)))
    decay = Statement(U, "=", k / 2 * Trace(_one(q, q)))
    momentum = Statement(M, "=", grown * GradientMatrix(K, v))
    hamilton = Statement(Dot(M), "=", -grown * g - grown * GradientMatrix(U, q))
    derivation = Derivation.begin(
        Problem([kinetic, decay, momentum, hamilton], [q]),
        name=f"{THEORY}/{name}",
        title=title,
        source=f"{SOURCE}; {NEURAL_MECHANICS}",
    )
    derivation = derivation.assume(
        Statement(Dot(q), "=", v), name="velocity", say="The Lagrangian is exp(mu t/m) (K - f - U),"
        " with the velocity v,",
    ).assume(
        Statement(Dot(v), "=", a), name="acceleration", say="the acceleration a,"
    ).then(
        MatrixGradient(v), 0, name="slope-K", say="the momentum from"
    ).then(
        MatrixGradient(q), 1, name="slope-U", say="and the force of the decay from"
    ).then(
        MatrixIdentity(M, m * grown * v), 2, "slope-K", name="canonical", say="So"
    ).then(
        RateOf(t), "canonical", "acceleration", name="rate", say="changes by"
    ).then(
        MatrixIdentity(Dot(M), -grown * g - k * grown * q), 3, "slope-U", name="force",
        say="and by Hamilton's principle by",
    ).then(
        Combine([-1 / grown, 1 / grown]), "rate", "force", name="balance",
        say="Without the growing factor:",
        claim=Statement(m * a + mu * v, "=", -g - k * q),
    ).then(
        Combine([1 / m]), "balance", name="newton", say="or",
        claim=Statement(a, "=", -(mu / m) * v - g / m - (k / m) * q),
    )  # fmt: skip
    return derivation, (q, v, g, a)


def linear_charge(kind: str = "symmetric") -> Derivation:
    r"""How the charge of a linear symmetry moves, for any number of weights.

    With $p = \dot q^TAq$: $m\dot p + \mu p = m\dot q^TA\dot q - kq^TAq$.  For symmetric A and $C =
    q^TAq$ (scale A = 1, rescale A = diag(1, -1)) $m\ddot C + \mu\dot C + 2kC = 2m\dot q^TA\dot q$:
    the kinetic term breaks the symmetry.  For antisymmetric A (rotation) $m\dot p + \mu p = 0$, and
    for a translation, $x = \hat n^Tq$, $m\ddot x + \mu\dot x + kx = 0$.

    Args:
        kind: "symmetric", "antisymmetric" or "translation".
    """
    if kind not in ("symmetric", "antisymmetric", "translation"):
        raise InputError(
            repr(kind), "is not a kind of generator", "symmetric, antisymmetric or translation"
        )
    derivation, (q, v, g, _) = _newton(
        "linear-charge", f"How the charge of a symmetry moves, for any number of weights: {kind}"
    )
    p, C, speed = (MatrixSymbol(s, 1, 1) for s in ("p", "C", "Cdot"))
    if kind == "translation":
        hat = MatrixSymbol("nhat", _d, 1)
        derivation = derivation.assume(
            Statement(_one(hat, g), "=", ZeroMatrix(1, 1)), name="invariance",
            say="The loss does not change along n.",
        ).assume(
            Statement(C, "=", _one(hat, q)), name="charge", say="The charge is"
        ).assume(
            Statement(speed, "=", _one(hat, v)), name="speed", say="Along the motion"
        ).then(
            RateOf(), "charge", "velocity", name="charge-rate", say="its rate is"
        ).then(
            RateOf(), "speed", "acceleration", name="speed-rate", say="and the rate of that is"
        )  # fmt: skip
        return derivation.then(
            MatrixIdentity(m * Dot(speed) + mu * speed + k * C, ZeroMatrix(1, 1)),
            "speed-rate", "speed", "charge", "newton", "invariance",
            name="charge-law", say="so that the charge is a damped oscillator:",
        )  # fmt: skip
    A, sign = MatrixSymbol("A", _d, _d), -1 if kind == "antisymmetric" else 1
    derivation = derivation.assume(
        Statement(_one(g, A * q), "=", ZeroMatrix(1, 1)), name="invariance",
        say="The loss is invariant under exp(sA).",
    ).assume(
        Statement(Transpose(A), "=", sign * A), name="kind", say=f"The generator is {kind}."
    ).assume(
        Statement(p, "=", _one(v, A * q)), name="momentum", say="The momentum of the symmetry"
    ).then(
        RateOf(), "momentum", "velocity", "acceleration", name="product-rule",
        say="has the rate",
    ).then(
        MatrixIdentity(m * Dot(p) + mu * p, m * _one(v, A * v) - k * _one(q, A * q)),
        "product-rule", "momentum", "newton", "invariance",
        name="momentum-law", say="so that on the motion",
    )  # fmt: skip
    if kind == "antisymmetric":
        return derivation.then(
            MatrixIdentity(m * _one(v, A * v) - k * _one(q, A * q), ZeroMatrix(1, 1)), "kind",
            name="no-source", say="Kinetic term and decay are invariant under rotations:",
        ).then(
            Combine([1, 1]), "momentum-law", "no-source", name="charge-law",
            say="the momentum only decays, and weight decay drops out:",
            claim=Statement(m * Dot(p) + mu * p, "=", ZeroMatrix(1, 1)),
        )  # fmt: skip
    return derivation.assume(
        Statement(C, "=", _one(q, A * q)), name="charge", say="The charge"
    ).then(
        RateOf(), "charge", "velocity", name="charge-rate", say="has the rate"
    ).then(
        MatrixIdentity(Dot(C), 2 * p), "charge-rate", "momentum", "kind", name="charge-momentum",
        say="that is,",
    ).assume(
        Statement(speed, "=", 2 * p), name="speed", say="With a name for it,"
    ).then(
        RateOf(), "speed", "product-rule", name="speed-rate", say="whose rate is"
    ).then(
        MatrixIdentity(m * Dot(speed) + mu * speed + 2 * k * C, 2 * m * _one(v, A * v)),
        "speed-rate", "speed", "momentum", "charge", "newton", "invariance",
        name="charge-law", say="the charge is a damped oscillator, driven by the kinetic term:",
    )  # fmt: skip


def flow_matrix_charge() -> Derivation:
    r"""The matrix charge of two linear layers on the flow with mass, friction and weight decay.

    For $y = W_2W_1x$, $C = W_1W_1^T - W_2^TW_2$ and $V = \dot W_1\dot W_1^T - \dot W_2^T\dot W_2$
    $$m\ddot C + \mu\dot C + 2kC = 2mV,$$
    from $G_1W_1^T = W_2^TG_2$.  An antisymmetric part of $\dot W_1W_1^T - W_2^T\dot W_2$ only
    decays; it is no function of the weights, so that there is no further conserved charge.
    """
    o, h, i = (Symbol(s, integer=True, positive=True) for s in ("n_o", "n_h", "n_i"))
    W1, V1, G1, A1 = (MatrixSymbol(f"{s}_1", h, i) for s in "WVGA")
    W2, V2, G2, A2 = (MatrixSymbol(f"{s}_2", o, h) for s in "WVGA")
    C, P, speed = (MatrixSymbol(s, h, h) for s in ("C", "P", "Cdot"))
    motions = [
        Statement(A, "=", -(mu / m) * V - G / m - (k / m) * W)
        for A, V, G, W in ((A1, V1, G1, W1), (A2, V2, G2, W2))
    ]
    derivation = Derivation.begin(
        Problem(motions, [A1, A2]),
        name=f"{THEORY}/flow-matrix-charge",
        title="The matrix charge of two linear layers with mass, friction and weight decay",
        source=f"{SOURCE}; {NEURAL_MECHANICS}",
    )
    for name, moving, rate, say in (
        ("v1", W1, V1, "The velocities"), ("v2", W2, V2, "of both layers,"),
        ("a1", V1, A1, "their accelerations,"), ("a2", V2, A2, "of both."),
    ):  # fmt: skip
        derivation = derivation.assume(Statement(Dot(moving), "=", rate), name=name, say=say)
    T = Transpose
    twofold = V1 * T(V1) - T(V2) * V2
    return derivation.assume(
        Statement(G1 * T(W1), "=", T(W2) * G2), name="invariance",
        say="The loss depends on the product W_2 W_1 only:",
    ).assume(
        Statement(P, "=", V1 * T(W1) - T(W2) * V2), name="momentum", say="The momentum"
    ).then(
        RateOf(), "momentum", "v1", "v2", "a1", "a2", name="product-rule", say="has the rate"
    ).then(
        MatrixIdentity(m * Dot(P) + mu * P, m * twofold - k * (W1 * T(W1) - T(W2) * W2)),
        "product-rule", "momentum", 0, 1, "invariance", name="momentum-law",
        say="so that on the motion",
    ).assume(
        Statement(C, "=", W1 * T(W1) - T(W2) * W2), name="charge", say="The charge"
    ).then(
        RateOf(), "charge", "v1", "v2", name="charge-rate", say="has the rate"
    ).then(
        MatrixIdentity(Dot(C), P + T(P)), "charge-rate", "momentum", name="charge-momentum",
        say="that is,",
    ).assume(
        Statement(speed, "=", P + T(P)), name="speed", say="With a name for it,"
    ).then(
        RateOf(), "speed", "product-rule", name="speed-rate", say="whose rate is"
    ).then(
        MatrixIdentity(m * Dot(speed) + mu * speed + 2 * k * C, 2 * m * twofold),
        "speed-rate", "speed", "momentum", "charge", 0, 1, "invariance", name="charge-law",
        say="every entry of the charge is a driven damped oscillator:",
    )  # fmt: skip


def effective_rate() -> Derivation:
    r"""Norm and direction of a scale-invariant layer of any size, and its effective rate.

    With $q = r\,e$, $|e| = 1$, $u = \dot e$ and $g = \hat g/r$, exactly
    $$m\ddot r + \mu\dot r = (m|u|^2 - k)\,r,\qquad
      m(2\dot ru + r\dot u + r|u|^2e) + \mu ru = -\hat g/r:$$
    the term with $|u|^2e$ is the force that keeps e on the sphere (the paper's printed equation
    lacks it).  Without inertia $u = -\hat g/(\mu r^2)$: one step of time $\eta$ moves the direction
    at the effective rate $\eta/((1-eta)r^2)$.

    Returns:
        a derivation whose formula is the effective rate per step of eta, beta, r.
    """
    q, v, e, u, w, G, g = (MatrixSymbol(s, _d, 1) for s in ("q", "v", "e", "u", "w", "ghat", "g"))
    N, S1 = MatrixSymbol("N", 1, 1), MatrixSymbol("S", 1, 1)
    r = Function("r", positive=True)(t)
    size = Symbol("r", positive=True)
    motion = Statement(m * Dot(v), "=", -mu * v - g - k * q)
    one = Identity(1)
    derivation = Derivation.begin(
        Problem([motion], [q], assume=(beta < 1,)),
        name=f"{THEORY}/effective-rate",
        title="Norm, direction and effective rate of a scale-invariant layer of any size",
        source=f"{SOURCE} (constraint force added)",
    )
    for name, statement, say in (
        ("polar", Statement(q, "=", r * e), "The weights are a norm times a direction,"),
        ("unit", Statement(_one(e, e), "=", one), "of length one,"),
        ("direction", Statement(Dot(e), "=", u), "which moves with"),
        ("turning", Statement(Dot(u), "=", w), "and"),
        ("homogeneous", Statement(G, "=", r * g), "A scale-invariant loss has r g = g(e),"),
        ("invariance", Statement(_one(e, G), "=", ZeroMatrix(1, 1)), "orthogonal to q."),
        ("length", Statement(N, "=", _one(e, e)), "The length of e"),
    ):
        derivation = derivation.assume(statement, name=name, say=say)
    derivation = derivation.then(
        RateOf(), "length", "direction", name="length-rate", say="has the rate"
    ).then(
        MatrixIdentity(N, one), "length", "unit", name="length-one", say="and is one,"
    ).then(
        RateOf(), "length-one", name="length-stays", say="which stays,"
    ).then(
        Combine([-S.Half, S.Half]), "length-rate", "length-stays", name="tangent",
        say="so that the direction moves across itself:",
        claim=Statement(_one(e, u), "=", ZeroMatrix(1, 1)),
    ).assume(
        Statement(S1, "=", _one(e, u)), name="pairing", say="Likewise"
    ).then(
        RateOf(), "pairing", "direction", "turning", name="pairing-rate", say="has the rate"
    ).then(
        MatrixIdentity(S1, ZeroMatrix(1, 1)), "pairing", "tangent", name="pairing-zero",
        say="and is zero,",
    ).then(
        RateOf(), "pairing-zero", name="pairing-stays", say="which stays:"
    ).then(
        Combine([-1, 1]), "pairing-rate", "pairing-stays", name="centripetal", say="hence",
        claim=Statement(_one(e, w), "=", -_one(u, u)),
    )  # fmt: skip
    rdot, rddot = Derivative(r, t), Derivative(r, (t, 2))
    derivation = derivation.then(
        RateOf(t), "polar", "direction", name="velocity-rate", say="The weights move with"
    ).assume(
        Statement(v, "=", rdot * e + r * u), name="velocity", say="the velocity"
    ).then(
        RateOf(t), "velocity", "direction", "turning", name="acceleration", say="so that"
    ).then(
        Combine([-m, 1]), "acceleration", 0, name="both-rates",
        say="Two expressions of the same acceleration give",
        claim=Statement(
            g, "=", -m * rddot * e - 2 * m * rdot * u - m * r * w - mu * v - k * q
        ),
    ).then(
        MatrixIdentity(
            G,
            -m * r * rddot * e - 2 * m * r * rdot * u - m * r**2 * w
            - mu * r * rdot * e - mu * r**2 * u - k * r**2 * e,
        ),
        "homogeneous", "both-rates", "velocity", "polar", name="newton",
        say="that is, in norm and direction,",
    ).then(
        MatrixIdentity(
            _one(e, G),
            m * r**2 * _one(u, u) - (m * r * rddot + mu * r * rdot + k * r**2) * one,
        ),
        "newton", "unit", "tangent", "centripetal", name="along", say="Along the direction this is",
    ).then(
        Combine([-1 / r, 1 / r]), "along", "invariance", name="radial",
        say="so that, exactly, the norm obeys",
        claim=Statement(m * r * _one(u, u), "=", (m * rddot + mu * rdot + k * r) * one),
    ).then(
        MatrixIdentity(
            2 * m * rdot * u + m * r * w + m * r * e * _one(u, u) + mu * r * u, -(1 / r) * G
        ),
        "newton", "radial", name="tangential",
        say="and across it, with the force m |u|^2 e that keeps e on the sphere,",
    ).assume(
        Statement(2 * m * rdot * u + m * r * w + m * r * e * _one(u, u), "=", ZeroMatrix(_d, 1)),
        name="no-inertia", say="Where the inertia of the direction can be left out,",
    ).then(
        Combine([1 / (mu * r), -1 / (mu * r)]), "tangential", "no-inertia", name="descent",
        say="the direction descends by itself:",
        claim=Statement(u, "=", -(1 / (mu * r**2)) * G),
    )  # fmt: skip
    rate = Symbol("rate", positive=True)
    derivation = derivation.assume(
        Statement(rate, "=", eta / (mu * size**2)), name="definition",
        say="In one step, of length eta, it moves by eta u, minus the rate times g(e), with",
    ).assume(
        Statement(mu, "=", 1 - beta), name="friction", say="As the optimiser has the friction"
    ).then(
        Substitute({mu: 1 - beta}), "definition", "friction", name="effective-rate",
        say="the effective rate per step is",
    )  # fmt: skip
    formula = derivation.formula_of(
        "effective-rate", [eta, beta, size], domain={beta: (0, 1)}, where=(beta < 1,),
        name="effective_rate",
    )  # fmt: skip
    return derivation.concluded(formula)
