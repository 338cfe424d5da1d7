r"""Exact laws of one step of an optimiser: no small parameter.

Main results: `discrete_charge`, `discrete_rotation`, `discrete_matrix_charge`.

The loss is invariant under $e^{sA}$, so that its gradient g is orthogonal to Aq where it is taken.
q, v, g are columns of any length d.  The optimisers, with lr $\eta$, momentum $\beta$ (no
dampening) and decay k:
    gradient-descent  $v' = -\eta(g + kq)$,           $q' = q + v'$
    heavy-ball        $v' = \beta v - \eta(g + kq)$,  $q' = q + v'$
    decoupled-decay   $v' = \beta v - \eta g$,        $q' = (1 - \eta k)q + v'$
    nesterov          $v' = \beta v - \eta(g + kq)$,  $q' = q - \beta v + (1 + \beta)v'$
Nesterov's q is the point at which the gradient is taken (the look-ahead; the parameters that deep
learning libraries store).  The laws hold for lr, momentum and decay that change from step to step.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Function, Identity, MatrixSymbol, S, Symbol, Trace, Transpose, ZeroMatrix
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.closed_form import ClosedForm
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.euler_lagrange import AtInstant
from derivax.symbolic.methods.matrix_identity import MatrixIdentity
from derivax.symbolic.methods.substitute import Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.noether_learning_dynamics.adaptive import known_optimiser
from derivax.symbolic.theories.noether_learning_dynamics.notation import (
    NEURAL_MECHANICS,
    SOURCE,
    THEORY,
    beta,
    eta,
    k,
)

__all__ = [
    "CHARGE",
    "CROSS",
    "MOMENTUM",
    "STEP",
    "WORDS",
    "ahead",
    "discrete_charge",
    "discrete_matrix_charge",
    "discrete_rotation",
    "n",
    "named_charge",
    "one_step",
    "scale_charge",
]

n = Symbol("n", integer=True, nonnegative=True)
_d = Symbol("d", integer=True, positive=True)
CHARGE, MOMENTUM = Function("C", real=True), Function("p", real=True)
STEP, CROSS = Function("V", real=True), Function("W", real=True)
WORDS = {
    "gradient-descent": "gradient descent",
    "heavy-ball": "heavy-ball descent",
    "decoupled-decay": "momentum with decoupled decay",
    "nesterov": "Nesterov's method",
}


def one_step(optimiser: str, q: Any, v: Any, g: Any) -> tuple[Any, Any]:
    """v' and q' - v' (q' as far as it does not hold v')."""
    if optimiser == "gradient-descent":
        return -eta * g - eta * k * q, q
    if optimiser == "heavy-ball":
        return beta * v - eta * g - eta * k * q, q
    if optimiser == "decoupled-decay":
        return beta * v - eta * g, (1 - eta * k) * q
    return beta * v - eta * g - eta * k * q, q - beta * v


def ahead(optimiser: str) -> Expr:
    """How many times v' is added to q."""
    return 1 + beta if optimiser == "nesterov" else S.One


def momentum_law(optimiser: str, p: Any, C: Any, V: Any, W: Any) -> Any:
    """p' from p, C and V' (and W' = v'.A v)."""
    if optimiser == "gradient-descent":
        return V - eta * k * C
    if optimiser == "heavy-ball":
        return beta * p - eta * k * C + V
    if optimiser == "decoupled-decay":
        return (1 - eta * k) * beta * p + V
    return beta * p - eta * k * C - beta * W + (1 + beta) * V


def charge_law(optimiser: str, after: Any, p: Any, C: Any, V: Any, old: Any) -> Any:
    """C' from p', p, C, V' and V."""
    if optimiser == "decoupled-decay":
        return (1 - eta * k) ** 2 * C + 2 * after - V
    if optimiser == "nesterov":
        return C + 2 * (1 + beta) * after - 2 * beta * p + beta**2 * old - (1 + beta) ** 2 * V
    return C + 2 * after - V


def _form(left: MatrixExpr, matrix: MatrixExpr, right: MatrixExpr) -> Trace:
    """The number left^T A right, as a trace."""
    return Trace(Transpose(left) * matrix * right)


def _begun(
    optimiser: str, name: str, title: str, sign: int, scale: bool = False
) -> tuple[Derivation, Any]:
    """The optimiser, the symmetry of its generator and the invariance of the loss."""
    q, v, g = (MatrixSymbol(s, _d, 1) for s in "qvg")
    q1, v1 = MatrixSymbol("q_1", _d, 1), MatrixSymbol("v_1", _d, 1)
    A = Identity(_d) if scale else MatrixSymbol("A", _d, _d)
    speed, rest = one_step(optimiser, q, v, g)
    velocity = Statement(v1, "=", speed)
    position = Statement(q1, "=", rest + ahead(optimiser) * v1)
    derivation = Derivation.begin(
        Problem([velocity, position], [v1, q1]),
        name=f"{THEORY}/{name}",
        title=f"{title} under {WORDS[optimiser]}",
        source=f"{SOURCE} (exact form derived here)",
    )
    if scale:
        derivation = derivation.assume(
            Statement(Transpose(g) * q, "=", ZeroMatrix(1, 1)),
            name="invariance",
            say="The loss does not depend on the scale of q: its gradient g is orthogonal to q.",
        )
        return derivation, (A, q, v, q1, v1)
    kind = "symmetric" if sign > 0 else "antisymmetric"
    derivation = derivation.assume(
        Statement(Transpose(A), "=", sign * A), name="symmetric", say=f"The generator is {kind},"
    ).assume(
        Statement(Transpose(g) * A * q, "=", ZeroMatrix(1, 1)),
        name="invariance",
        say="and the loss is invariant: its gradient g is orthogonal to the generator A q.",
    )
    return derivation, (A, q, v, q1, v1)


def discrete_charge(optimiser: str = "heavy-ball") -> Derivation:
    r"""How a charge of a linear symmetry moves in one step of an optimiser, exactly.

    If $g^TAq = 0$ (the loss is invariant under $e^{sA}$) and $A^T = A$, then with $C = q^TAq$, $p =
    v^TAq$, $V = v^TAv$ the heavy ball obeys
    $$p_{n+1} = \beta p_n - \eta k\,C_n + V_{n+1},\qquad C_{n+1} = C_n + 2p_{n+1} - V_{n+1},$$
    decoupled decay, with $a = 1 - \eta k$, $p_{n+1} = a\beta p_n + V_{n+1}$, $C_{n+1} = a^2C_n +
    2p_{n+1} - V_{n+1}$, and Nesterov's method, at the points where it takes gradients and with
    $W_{n+1} = v_{n+1}^TAv_n$, $p_{n+1} = \beta p_n - \eta kC_n - \beta W_{n+1} + (1+\beta)V_{n+1}$,
    $C_{n+1} = C_n + 2(1+\beta)p_{n+1} - 2\beta p_n + \beta^2V_n - (1+\beta)^2V_{n+1}$.
    Scale: A = 1, C = |q|^2; rescale of a ReLU pair: A = diag(1, -1), C = |w_in|^2 - |w_out|^2.

    Args:
        optimiser: "gradient-descent", "heavy-ball", "decoupled-decay" or "nesterov".

    Returns:
        a derivation whose formula is {p_next, C_next} of the state and of the recorded V (and W).

    Raises:
        NotDerived: the optimiser has no such law (Adam, Lion, ...); the reason is a counterexample.
    """
    optimiser = known_optimiser(optimiser)
    derivation, letters = _begun(
        optimiser, "discrete-charge", "Exact law of the charge of a linear symmetry", 1
    )
    return _with_step(named_charge(_two_laws(derivation, optimiser, letters), letters))


def scale_charge(optimiser: str) -> tuple[Derivation, Any]:
    """The same for the scale of q, A = 1: with its letters 1, q, v, q', v'."""
    derivation, letters = _begun(
        optimiser, "equilibrium", "Equilibrium step and angle of a scale-invariant layer", 1, True
    )
    return named_charge(_two_laws(derivation, optimiser, letters), letters), letters


def _two_laws(derivation: Derivation, optimiser: str, letters: Any) -> Derivation:
    """The steps `momentum` and `charge`."""
    A, q, v, q1, v1 = letters
    symmetric = [step.name for step in derivation if step.name == "symmetric"]
    p, C, V = _form(v, A, q), _form(q, A, q), _form(v1, A, v1)
    W, old = _form(v1, A, v), _form(v, A, v)
    return derivation.then(
        MatrixIdentity(_form(v1, A, q1), momentum_law(optimiser, p, C, V, W)),
        1, 0, *symmetric, "invariance",
        name="momentum",
        say="The momentum p = v.Aq of the symmetry follows",
    ).then(
        MatrixIdentity(
            _form(q1, A, q1), charge_law(optimiser, _form(v1, A, q1), p, C, V, old)
        ),
        1, *symmetric,
        name="charge",
        say="and the charge C = q.Aq",
    )  # fmt: skip


def named_charge(derivation: Derivation, letters: Any) -> Derivation:
    """The laws for the numbers C(n), p(n), V(n): steps `momentum-law` and `charge-law`."""
    A, q, v, q1, v1 = letters
    names = {
        "c": (CHARGE(n), _form(q, A, q), "With the names C for the charge,"),
        "c-next": (CHARGE(n + 1), _form(q1, A, q1), "also after the step,"),
        "p": (MOMENTUM(n), _form(v, A, q), "p for its momentum,"),
        "p-next": (MOMENTUM(n + 1), _form(v1, A, q1), "also after the step,"),
        "v": (STEP(n), _form(v, A, v), "V for the size of the velocity,"),
        "v-next": (STEP(n + 1), _form(v1, A, v1), "also after the step,"),
        "w-next": (CROSS(n + 1), _form(v1, A, v), "and W for that of two successive ones,"),
    }
    held = derivation["momentum"].rhs.atoms(Trace) | derivation["charge"].rhs.atoms(Trace)
    held |= {derivation["momentum"].lhs, derivation["charge"].lhs}
    used = [key for key, (_, meaning, _) in names.items() if meaning in held]
    for key in used:
        symbol, meaning, say = names[key]
        derivation = derivation.assume(
            Statement(symbol, "=", meaning), name=f"name-{key}", say=say
        )
    for law, say in (("momentum", "these are recursions of numbers:"), ("charge", "and")):
        inside = {derivation[law].lhs} | derivation[law].rhs.atoms(Trace)
        own = [key for key in used if names[key][1] in inside]
        derivation = derivation.then(
            Substitute({names[key][1]: names[key][0] for key in own}),
            law, *[f"name-{key}" for key in own], name=f"{law}-law", say=say,
        )  # fmt: skip
    return derivation


def _with_step(derivation: Derivation) -> Derivation:
    """The laws as a formula of numbers."""
    symbols = {
        CHARGE(n): Symbol("C", real=True),
        MOMENTUM(n): Symbol("p", real=True),
        MOMENTUM(n + 1): Symbol("p_new", real=True),
        STEP(n): Symbol("V_old", real=True),
        STEP(n + 1): Symbol("V", real=True),
        CROSS(n + 1): Symbol("W", real=True),
    }
    pairs = tuple(symbols.items())
    after = Symbol("p_next", real=True)
    derivation = derivation.then(
        AtInstant(after, pairs), "momentum-law", name="p_next", say="For one step this is"
    ).then(
        AtInstant(Symbol("C_next", real=True), pairs), "charge-law", name="charge-step", say="and"
    ).assume(
        Statement(symbols[MOMENTUM(n + 1)], "=", derivation_momentum(derivation, pairs)),
        name="new-momentum", say="with the momentum after the step",
    ).then(
        Substitute(), "charge-step", "new-momentum", name="C_next", say="so that",
    )  # fmt: skip
    order = [symbols[CHARGE(n)], symbols[MOMENTUM(n)], symbols[STEP(n + 1)]]
    order += [symbols[STEP(n)], symbols[CROSS(n + 1)], eta, beta, k]
    held = derivation["p_next"].rhs.free_symbols | derivation["C_next"].rhs.free_symbols
    args = [s for s in order if s in held]
    domain = {beta: (0, 1)} if beta in args else {}
    formula = derivation.formula_of(
        {"p_next": "p_next", "C_next": "C_next"}, args, domain=domain, name="discrete_charge"
    )
    return derivation.concluded(formula)


def derivation_momentum(derivation: Derivation, pairs: Any) -> Any:
    """The right side of the momentum law, in numbers."""
    return derivation["momentum-law"].rhs.xreplace(dict(pairs))


def discrete_rotation(optimiser: str = "heavy-ball") -> Derivation:
    r"""The momentum of a rotation: an antisymmetric generator, for which C = q.Aq vanishes.

    $p_{n+1} = \beta p_n$ for the heavy ball, so $p_n = \beta^np_0$, whatever the weight decay;
    $(1-\eta k)\beta$ in place of $\beta$ when decay is decoupled; $p_n = 0$ for gradient descent.
    Under Nesterov's method the two successive velocities of $-\beta W_{n+1}$ remain: a balance law.

    Args:
        optimiser: as in `discrete_charge`.
    """
    optimiser = known_optimiser(optimiser)
    derivation, letters = _begun(
        optimiser, "discrete-rotation", "Exact law of the momentum of a rotation", -1
    )
    A, q, v, q1, v1 = letters
    W = -beta * _form(v1, A, v) if optimiser == "nesterov" else S.Zero
    kept = 1 - eta * k if optimiser == "decoupled-decay" else S.One
    factor = S.Zero if optimiser == "gradient-descent" else beta
    derivation = derivation.then(
        MatrixIdentity(_form(v1, A, q1), kept * _form(v1, A, q) + W), 1, "symmetric",
        name="moved", say="The step along the new velocity does not change its pairing with A q:",
    ).then(
        MatrixIdentity(_form(v1, A, q), factor * _form(v, A, q)), 0, "symmetric", "invariance",
        name="pairing", say="From the old pairing it follows by"
    )  # fmt: skip
    factor = kept * factor
    derivation = derivation.then(
        Combine([1, kept]), "moved", "pairing",
        name="momentum", say="so that the momentum p = v.Aq of the rotation obeys",
        claim=Statement(_form(v1, A, q1), "=", factor * _form(v, A, q) + W),
    )  # fmt: skip
    if optimiser in ("nesterov", "gradient-descent"):
        return derivation
    start = Symbol("p_0", real=True)
    derivation = derivation.assume(
        Statement(MOMENTUM(n), "=", _form(v, A, q)), name="name-p", say="With the name p, before"
    ).assume(
        Statement(MOMENTUM(n + 1), "=", _form(v1, A, q1)), name="name-p-next", say="and after,"
    ).then(
        Substitute({_form(v, A, q): MOMENTUM(n), _form(v1, A, q1): MOMENTUM(n + 1)}),
        "momentum", "name-p", "name-p-next", name="momentum-law", say="that is",
    ).assume(
        Statement(MOMENTUM(0), "=", start), name="start", say="From its first value"
    ).then(
        ClosedForm(MOMENTUM(n), start * factor**n), "momentum-law", "start",
        name="history", say="it decays at a fixed rate per step, and weight decay drops out:"
        if optimiser == "heavy-ball" else "it decays at a fixed rate per step:",
    )  # fmt: skip
    args = [n, start, eta, beta, k] if optimiser == "decoupled-decay" else [n, start, beta]
    formula = derivation.formula_of(
        "history", args, domain={beta: (0, 1), n: (0, 1000)}, name="discrete_rotation"
    )
    return derivation.concluded(formula)


def discrete_matrix_charge(optimiser: str = "heavy-ball") -> Derivation:
    r"""The matrix charge of two linear layers in one step of an optimiser, exactly.

    For $y = W_2W_1x$ the gradients obey $G_1W_1^T = W_2^TG_2$; with $C = W_1W_1^T - W_2^TW_2$, $P =
    V_1W_1^T - W_2^TV_2$ and $V = V_1V_1^T - V_2^TV_2$ the heavy ball obeys
    $$P' = \beta P - \eta k\,C + V',\qquad C' = C + P' + P'^T - V'.$$

    Args:
        optimiser: as in `discrete_charge`; the laws are those there, with $P + P^T$ for 2p.
    """
    optimiser = known_optimiser(optimiser)
    rows, hidden, columns = (Symbol(s, integer=True, positive=True) for s in ("n_o", "n_h", "n_i"))
    W1, V1, G1 = (MatrixSymbol(s, hidden, columns) for s in ("W_1", "V_1", "G_1"))
    W2, V2, G2 = (MatrixSymbol(s, rows, hidden) for s in ("W_2", "V_2", "G_2"))
    U1, X1 = MatrixSymbol("V_1'", hidden, columns), MatrixSymbol("W_1'", hidden, columns)
    U2, X2 = MatrixSymbol("V_2'", rows, hidden), MatrixSymbol("W_2'", rows, hidden)
    speeds = [one_step(optimiser, *one) for one in ((W1, V1, G1), (W2, V2, G2))]
    steps = [
        Statement(U1, "=", speeds[0][0]),
        Statement(U2, "=", speeds[1][0]),
        Statement(X1, "=", speeds[0][1] + ahead(optimiser) * U1),
        Statement(X2, "=", speeds[1][1] + ahead(optimiser) * U2),
    ]
    derivation = Derivation.begin(
        Problem(steps, [U1, U2, X1, X2]),
        name=f"{THEORY}/discrete-matrix-charge",
        title=f"Exact law of the matrix charge of two linear layers under {WORDS[optimiser]}",
        source=f"{SOURCE}; {NEURAL_MECHANICS} (exact form derived here)",
    )
    derivation = derivation.assume(
        Statement(G1 * Transpose(W1), "=", Transpose(W2) * G2),
        name="invariance",
        say="The loss depends on the product W_2 W_1 only:",
    )

    def charge(a: MatrixExpr, b: MatrixExpr, c: MatrixExpr, d: MatrixExpr) -> MatrixExpr:
        return a * Transpose(b) - Transpose(c) * d

    after, V = charge(U1, X1, X2, U2), charge(U1, U1, U2, U2)
    C, P = charge(W1, W1, W2, W2), charge(V1, W1, W2, V2)
    cross, old = charge(U1, V1, V2, U2), charge(V1, V1, V2, V2)
    doubled = [(P + Transpose(P)) / 2, (after + Transpose(after)) / 2]
    return derivation.then(
        MatrixIdentity(after, momentum_law(optimiser, P, C, V, cross)),
        2, 3, 0, 1, "invariance",
        name="momentum",
        say="The momentum of the symmetry follows",
    ).then(
        MatrixIdentity(
            charge(X1, X1, X2, X2), charge_law(optimiser, doubled[1], doubled[0], C, V, old)
        ),
        2, 3,
        name="charge",
        say="and the charge",
    )  # fmt: skip
