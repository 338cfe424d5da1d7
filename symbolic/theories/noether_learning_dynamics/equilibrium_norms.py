r"""The norm at which a scale-invariant layer settles.

Main result: `equilibrium_norms`.
"""

from __future__ import annotations

from sympy import (
    Derivative,
    Function,
    MatrixSymbol,
    S,
    Symbol,
    Trace,
    Transpose,
    ZeroMatrix,
    cos,
    sin,
)

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.consequence import OnMotion
from derivax.symbolic.methods.matrix_identity import MatrixIdentity
from derivax.symbolic.methods.substitute import Substitute
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.noether_learning_dynamics.discrete import n
from derivax.symbolic.theories.noether_learning_dynamics.equilibrium import equilibrium
from derivax.symbolic.theories.noether_learning_dynamics.notation import THEORY, beta, eta, k

__all__ = ["equilibrium_norms"]


def equilibrium_norms() -> Derivation:
    r"""The norm at which a scale-invariant layer settles, for three kinds of gradients.

    With $|g| = \hat g/r$: gradients without memory (white, exact for $v\cdot g = 0$)
    $$r^4 = \frac{\eta\hat g^2(1+\beta)}{k(1-\beta)(2(1+\beta) - \eta k)};$$
    a gradient of constant size that turns with the weights (exact) $r^2 = \frac{\eta\hat
    g}{(1-\beta)\sin\varphi}$, and its overdamped approximation (paper) $r^4 =
    \frac{(1+\beta)\eta\hat g^2}{2k(1-\beta)^2}$, which is approached at the rate $4\eta k/(1 -
    \beta)$ of $r^4$ per step.

    Returns:
        a derivation whose formula is {white, rotating, overdamped, relaxation} of eta, beta, k, gh;
        the first three are $r^4$.
    """
    derivation = equilibrium().renamed(
        f"{THEORY}/equilibrium-norms", "Norm of a scale-invariant layer at equilibrium"
    )
    C, V = Symbol("C", positive=True), Symbol("V", nonnegative=True)
    p, gh = Symbol("p", real=True), Symbol("gh", nonnegative=True)
    some = (k > 0, beta < 1)
    d = derivation[1].rhs.shape[0]
    q, v, g, v1 = (MatrixSymbol(s, d, 1) for s in ("q", "v", "g", "v_1"))

    def dot(left: MatrixSymbol, right: MatrixSymbol) -> Trace:
        return Trace(Transpose(left) * right)

    size = eta**2 * gh**2 / C
    named = {dot(v1, v1): V, dot(v, v): V, dot(v, q): p, dot(q, q): C, dot(g, g): gh**2 / C}
    derivation = derivation.assume(
        Statement(Transpose(g) * v, "=", ZeroMatrix(1, 1)), name="white",
        say="A gradient without memory is orthogonal to the velocity, on average.",
    ).then(
        MatrixIdentity(
            dot(v1, v1),
            beta**2 * dot(v, v) + eta**2 * dot(g, g) + eta**2 * k**2 * dot(q, q)
            - 2 * beta * eta * k * dot(v, q),
        ),
        0, "invariance", "white", name="white-step", say="Then the squared step is",
    ).assume(
        Statement(dot(g, g), "=", gh**2 / C), name="homogeneous",
        say="The gradient of a scale-invariant loss is gh/r, with gh its size on the unit sphere;",
    ).assume(
        Statement(dot(v, v), "=", V), name="still-vv", say="in the stationary state,"
    ).assume(
        Statement(dot(v1, v1), "=", V), name="still-v1", say="where the squared step,"
    ).assume(
        Statement(dot(v, q), "=", p), name="still-vq", say="the momentum"
    ).assume(
        Statement(dot(q, q), "=", C), name="still-qq", say="and the norm stay,"
    ).then(
        Substitute(named),
        "white-step", "homogeneous", "still-vv", "still-v1", "still-vq", "still-qq",
        name="white-law", say="this reads",
        claim=Statement(V, "=", beta**2 * V + size + eta**2 * k**2 * C - 2 * beta * eta * k * p),
    ).then(
        Substitute({p: V / 2}), "white-law", "p", name="white-momentum",
        say="With the momentum of the stationary state",
    ).then(
        Substitute({V: 2 * C * eta * k / (1 + beta)}), "white-momentum", "step",
        name="white-rates", say="and its step",
    )  # fmt: skip
    white = eta * gh**2 * (1 + beta) / (k * (1 - beta) * (2 * (1 + beta) - eta * k))
    scale = C * (1 + beta) / (eta * k * (1 - beta) * (2 * (1 + beta) - eta * k))
    derivation = derivation.then(
        Combine([scale]), "white-rates", name="white-norm", say="the fourth power of the norm is",
        claim=Statement(C**2, "=", white, given=(*some, eta * k < 2)),
    )  # fmt: skip
    return _with_approximation(_with_rotation(derivation, C, gh), C, gh)


def _with_rotation(derivation: Derivation, C: Symbol, gh: Symbol) -> Derivation:
    """A gradient of constant size that turns with the weights, in its plane."""
    phi = Symbol("phi", nonnegative=True)
    r = Symbol("r", positive=True)
    x, y = Function("x", real=True), Function("y", real=True)
    gx, gy = Function("g_x", real=True), Function("g_y", real=True)
    derivation = derivation.assume(
        Statement(x(n + 1), "=", (1 + beta - eta * k) * x(n) - beta * x(n - 1) - eta * gx(n)),
        name="plane-x", say="In the plane of a rotating gradient the two laws of a step are",
    ).assume(
        Statement(y(n + 1), "=", (1 + beta - eta * k) * y(n) - beta * y(n - 1) - eta * gy(n)),
        name="plane-y", say="and",
    )  # fmt: skip
    turning = {
        "x": (x(n), r * cos(n * phi)),
        "x-next": (x(n + 1), r * cos((n + 1) * phi)),
        "x-before": (x(n - 1), r * cos((n - 1) * phi)),
        "y": (y(n), r * sin(n * phi)),
        "y-next": (y(n + 1), r * sin((n + 1) * phi)),
        "y-before": (y(n - 1), r * sin((n - 1) * phi)),
        "gx": (gx(n), gh / r * sin(n * phi)),
        "gy": (gy(n), -gh / r * cos(n * phi)),
    }
    for key, (value, path) in turning.items():
        derivation = derivation.assume(
            Statement(value, "=", path), name=f"turning-{key}",
            say="A rotation by phi per step, with the gradient across the weights,",
        )  # fmt: skip
    for axis in "xy":
        keys = [key for key in turning if key[0] == axis or key == f"g{axis}"]
        derivation = derivation.then(
            Substitute({turning[key][0]: turning[key][1] for key in keys}),
            f"plane-{axis}", *[f"turning-{key}" for key in keys],
            name=f"rotating-{axis}", say="needs",
        )  # fmt: skip
    derivation = derivation.then(
        Combine([cos(n * phi), sin(n * phi)]), "rotating-x", "rotating-y", name="radial",
        say="Along the weights this is",
        claim=Statement(r * cos(phi), "=", (1 + beta - eta * k) * r - beta * r * cos(phi)),
    ).then(
        Combine([-sin(n * phi), cos(n * phi)]), "rotating-x", "rotating-y", name="across",
        say="and across them",
        claim=Statement(r * sin(phi), "=", beta * r * sin(phi) + eta * gh / r),
    ).then(
        Combine([1 / (r * (1 + beta))]), "radial", name="rotating-angle",
        say="So the angle is that of every equilibrium,",
        claim=Statement(cos(phi), "=", 1 - eta * k / (1 + beta)),
    ).assume(
        Statement(C, "=", r**2), name="rotating-norm", say="and with C = r^2,"
    )  # fmt: skip
    sine = eta * k * (2 * (1 + beta) - eta * k) / (1 + beta) ** 2
    rotating = eta * gh**2 * (1 + beta) ** 2 / (
        (1 - beta) ** 2 * k * (2 * (1 + beta) - eta * k)
    )
    given = (k > 0, beta < 1, eta * k < 2)
    return derivation.then(
        Combine([S.Zero], {(0, 0): -S.One}), "rotating-angle", name="sine", say="as the sine has",
        claim=Statement(sin(phi) ** 2, "=", sine),
    ).then(
        Combine([r]), "across", name="rotating-square", say="from",
        claim=Statement((1 - beta) * r**2 * sin(phi), "=", eta * gh),
    ).then(
        Combine([S.Zero], {(0, 0): S.One}), "rotating-square", name="rotating-fourth",
        say="squared,",
        claim=Statement((1 - beta) ** 2 * r**4 * sin(phi) ** 2, "=", eta**2 * gh**2),
    ).then(
        Substitute({sin(phi) ** 2: sine}), "rotating-fourth", "sine", name="rotating-rates",
        say="or",
    ).then(
        Combine([1 / ((1 - beta) ** 2 * sine)]), "rotating-rates", name="rotating-r4",
        say="that is",
        claim=Statement(r**4, "=", rotating, given=given),
    ).then(
        Combine([S.Zero, S.One], {(0, 0): S.One}), "rotating-norm", "rotating-r4",
        name="rotating-norm4", say="the fourth power of the norm is",
        claim=Statement(C**2, "=", rotating, given=given),
    )  # fmt: skip


def _with_approximation(derivation: Derivation, C: Symbol, gh: Symbol) -> Derivation:
    """The overdamped theory's norm, and how fast it is approached."""
    tau = Symbol("tau", nonnegative=True)
    x, y = Function("x", positive=True), Symbol("y", positive=True)
    gain = eta**2 * gh**2 * (1 + beta) / (1 - beta) ** 3
    rate, relaxation = 4 * eta * k / (1 - beta), Symbol("relaxation", real=True)
    derivation = derivation.assume(
        Statement(Derivative(x(tau), tau), "=", gain / x(tau) - 2 * eta * k * x(tau) / (1 - beta)),
        name="slow-growth",
        say="Overdamped and with smooth gradients of size gh/r, x = r^2 grows per step by",
    ).then(
        OnMotion(Derivative(x(tau) ** 2, tau), 2 * gain - rate * x(tau) ** 2, tau),
        "slow-growth", name="growth-of-r4", say="so that its square follows a linear law",
    ).assume(
        Statement(Derivative(x(tau) ** 2, tau), "=", S.Zero), name="at-rest", say="that rests"
    ).assume(
        Statement(x(tau) ** 2, "=", y), name="resting-value", say="at y"
    )  # fmt: skip
    overdamped = eta * gh**2 * (1 + beta) / (2 * k * (1 - beta) ** 2)
    derivation = derivation.then(
        Combine([1 / rate, -1 / rate, -1]), "growth-of-r4", "at-rest", "resting-value",
        name="overdamped-norm4", say="with",
        claim=Statement(y, "=", overdamped, given=(k > 0, beta < 1)),
    ).assume(
        Statement(relaxation, "=", rate), name="relaxation",
        say="and is approached at the rate (the factor of x^2)",
    )  # fmt: skip
    outputs = {
        "white": "white-norm",
        "rotating": "rotating-norm4",
        "overdamped": "overdamped-norm4",
        "relaxation": "relaxation",
    }
    formula = derivation.formula_of(
        outputs, [eta, beta, k, gh], name="equilibrium_norms",
        domain={beta: (0, 1), eta: (0, 1), k: (0, 1)}, where=(beta < 1, k > 0),
    )  # fmt: skip
    return derivation.concluded(formula)
