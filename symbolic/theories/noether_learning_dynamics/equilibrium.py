r"""Equilibrium of a scale-invariant layer, and the slow growth towards it.

Main results: `equilibrium`, `slow_growth`.
"""

from __future__ import annotations

from sympy import (
    Basic,
    S,
    Symbol,
    Trace,
    Transpose,
    asin,
    cos,
    sqrt,
)

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.identity import Identity
from derivax.symbolic.methods.matrix_identity import MatrixIdentity
from derivax.symbolic.methods.series_to_order import SeriesToOrder
from derivax.symbolic.methods.solve_for import SolveFor
from derivax.symbolic.methods.substitute import Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.noether_learning_dynamics.adaptive import known_optimiser
from derivax.symbolic.theories.noether_learning_dynamics.discrete import (
    CHARGE,
    MOMENTUM,
    STEP,
    n,
    scale_charge,
)
from derivax.symbolic.theories.noether_learning_dynamics.notation import (
    SOURCE,
    THEORY,
    beta,
    eta,
    k,
)

__all__ = ["equilibrium", "slow_growth"]

def equilibrium(optimiser: str = "heavy-ball") -> Derivation:
    r"""The angle between successive weights of a scale-invariant layer, at equilibrium.

    Stationary $C = |q|^2$, $p$ and $V = |v|^2$ give, for any loss and any noise, $V/C =
    2\eta k/(1+\beta)$ and
    $$\cos\varphi = 1 - \frac{\eta k}{1+\beta},\qquad
      \varphi = 2\arcsin\sqrt{\frac{\eta k}{2(1+\beta)}}\approx\sqrt{\frac{2\eta k}{1+\beta}},$$
    and with decoupled decay, $a = 1 - \eta k$, $V/C = (1-a^2)(1-a\beta)/(1+a\beta)$ and
    $\cos\varphi = (a + \beta)/(1 + a\beta)$.

    Args:
        optimiser: "heavy-ball" or "decoupled-decay".

    Returns:
        a derivation whose formula is {relative_step, cos_angle, angle} of eta, beta, k.
    """
    optimiser = known_optimiser(optimiser, without=("gradient-descent", "nesterov"))
    derivation, (_, q, _, q1, v1) = scale_charge(optimiser)
    coupled = optimiser == "heavy-ball"
    kept = S.One if coupled else 1 - eta * k
    C, V = Symbol("C", positive=True), Symbol("V", nonnegative=True)
    p = Symbol("p", real=True)
    still = {MOMENTUM(n + 1): p, MOMENTUM(n): p, CHARGE(n + 1): C, CHARGE(n): C, STEP(n + 1): V}
    twice = "(at both times)"
    says = ("In a stationary state the momentum,", twice, "the squared norm", twice,
            "and the squared step stay.")  # fmt: skip
    names = ["still-p", "still-p0", "still-c", "still-c0", "still-v"]
    for name, (value, number), say in zip(names, still.items(), says):
        derivation = derivation.assume(Statement(value, "=", number), name=name, say=say)
    derivation = derivation.then(
        Substitute(still), "momentum-law", *names, name="momentum-still",
        say="Then the law of the momentum reads",
    ).then(
        Substitute(still), "charge-law", *names, name="charge-still", say="and that of the norm"
    )  # fmt: skip
    given: tuple[Basic, ...] = ()
    momentum, relative = V / 2, 2 * eta * k / (1 + beta)
    cosine = 1 - eta * k / (1 + beta)
    if not coupled:
        given = (beta < 1, eta * k < 1)
        momentum = V / (1 - kept * beta)
        relative = eta * k * (2 - eta * k) * (1 - kept * beta) / (1 + kept * beta)
        cosine = (kept + beta) / (1 + kept * beta)
    half = eta * k / (2 * (1 + beta))
    if not coupled:
        half = eta * k * (1 - beta) / (2 * (1 + kept * beta))
    first, second = "charge-still", "momentum-still"
    if not coupled:
        first, second = second, first
    derivation = derivation.then(
        SolveFor(p), first, name="p", say="Hence the momentum is",
        claim=Statement(p, "=", momentum, given=given),
    ).then(
        Substitute({p: momentum}), second, "p", name="balance", say="decay balances the steps,",
    ).then(
        SolveFor(V), "balance", name="step", say="and the squared step is",
        claim=Statement(V, "=", C * relative, given=given),
    ).then(
        Combine([1 / C]), "step", name="relative-step", say="Relative to the squared norm:",
        claim=Statement(V / C, "=", relative, given=given),
    )  # fmt: skip
    product = Trace(Transpose(q) * q1)
    squares = [Trace(Transpose(left) * right) for left, right in ((q, q), (v1, q1), (v1, v1))]
    numbers = [CHARGE(n), MOMENTUM(n + 1), STEP(n + 1)]
    cos_phi, phi = Symbol("cos_phi", real=True), Symbol("phi", nonnegative=True)
    derivation = derivation.then(
        MatrixIdentity(kept * product, kept**2 * squares[0] + squares[1] - squares[2]),
        1, name="overlap", say="Two successive weights have the product",
    ).then(
        Substitute(dict(zip(squares, numbers))), "overlap", "name-c", "name-p-next", "name-v-next",
        name="overlap-law", say="that is,",
    ).then(
        Substitute({one: still[one] for one in numbers}), "overlap-law", "still-p", "still-c0",
        "still-v",
        name="overlap-still", say="in the stationary state",
    ).assume(
        Statement(product, "=", C * cos_phi), name="angle-between",
        say="As both have the squared norm C, the angle phi between them has",
    ).then(
        Substitute({product: C * cos_phi, p: momentum}), "overlap-still", "angle-between", "p",
        name="angle-law", say="so that",
    ).then(
        Substitute({V: C * relative}), "angle-law", "step", name="angle-rates", say="or",
    ).then(
        SolveFor(cos_phi), "angle-rates", name="cos-angle", say="The cosine is",
        claim=Statement(cos_phi, "=", cosine, given=given),
    ).then(
        Identity(cos(2 * asin(sqrt((1 - cos_phi) / 2))), cos_phi, (cos_phi >= -1, cos_phi <= 1)),
        name="half-angle", say="An angle between 0 and pi with this cosine, without cancellation"
        " at small angles:",
    ).assume(
        Statement(phi, "=", 2 * asin(sqrt((1 - cos_phi) / 2))), name="angle-definition",
        say="Therefore the angle itself is",
    ).then(
        Substitute({cos_phi: cosine}), "angle-definition", "cos-angle", name="angle", say="that is",
        claim=Statement(phi, "=", 2 * asin(sqrt(half)), given=(*given, eta * k < 2)),
    )  # fmt: skip
    small, e = Symbol("small_angle", real=True), Symbol("epsilon", positive=True)
    derivation = derivation.assume(
        Statement(
            small, "=", derivation["angle"].rhs.subs(k, e**2 / eta), given=(beta < 1,)
        ),
        name="small",
        say="For little decay, with epsilon^2 = eta k, that is",
    ).then(
        SeriesToOrder(e, S.Zero, 2), "small", name="small-angle", say="approximately"
    )  # fmt: skip
    outputs = {"relative_step": "relative-step", "cos_angle": "cos-angle", "angle": "angle"}
    formula = derivation.formula_of(
        outputs, [eta, beta, k], domain={beta: (0, 1), eta: (0, 1), k: (0, 1)}, name="equilibrium",
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
    speed = Symbol("u", nonnegative=True)
    derivation = derivation.assume(
        Statement(speed, "=", beta * speed + eta * g), name="smooth-velocity",
        say="Where gradients stay for 1/(1 - beta) steps the velocity settles (decay left out):",
    ).then(
        SolveFor(speed), "smooth-velocity", name="smooth-speed", say="it is",
        claim=Statement(speed, "=", eta * g / (1 - beta)),
    ).assume(
        Statement(V, "=", speed**2), name="smooth-square", say="with the square"
    ).then(
        Substitute({speed: eta * g / (1 - beta)}), "smooth-square", "smooth-speed",
        name="smooth-step", say="that is,",
    ).assume(
        Statement(V, "=", beta**2 * V + eta**2 * g**2), name="white-velocity",
        say="Where gradients have no memory each is orthogonal to v on average, so that squares"
        " add up:",
    ).then(
        SolveFor(V), "white-velocity", name="white-step", say="they settle at",
        claim=Statement(V, "=", eta**2 * g**2 / (1 - beta**2)),
    )  # fmt: skip
    outputs = {}
    for name, words in (("smooth", "Smooth gradients"), ("white", "Gradients without memory")):
        value = derivation[f"{name}-step"].rhs
        derivation = derivation.then(
            Substitute({V: value}), "growth", f"{name}-step", name=name,
            say=f"{words} give the growth",
        )  # fmt: skip
        outputs[name] = name
    formula = derivation.formula_of(
        outputs, [eta, beta, k, C, g], domain={beta: (0, 1)}, where=(beta < 1,), name="slow_growth"
    )
    return derivation.concluded(formula)
