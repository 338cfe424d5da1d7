r"""Activations of a network: their quadratic systems, slopes and curvatures.

Main results: `taylor_recursion`, `second_derivative`; `ACTIVATIONS`, `activation`.
"""

from __future__ import annotations

from typing import Any

from sympy import (
    Add,
    Derivative,
    Eq,
    Expr,
    Function,
    IndexedBase,
    Subs,
    Sum,
    Symbol,
    cos,
    erf,
    exp,
    factorial,
    log,
    pi,
    sin,
    sqrt,
    tanh,
)

from derivax.errors import InputError
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.differentiate import Differentiate
from derivax.symbolic.methods.enumeration import Enumeration
from derivax.symbolic.methods.identity import Identity
from derivax.symbolic.methods.polynomial_system import (
    STATES,
    BilinearSlope,
    QuadraticSystem,
    quadratic_system,
)
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.born_diagrams.notation import SOURCE, THEORY

__all__ = ["ACTIVATIONS", "activation", "second_derivative", "system_of", "taylor_recursion"]

z = Symbol("z", real=True)
y = Function("y", real=True)

_sigmoid = (1 + tanh(z / 2)) / 2
_gauss = exp(-(z**2) / 2) / sqrt(2 * pi)
_normal = (1 + erf(z / sqrt(2))) / 2
_s, _t, _v = STATES[:3]

ACTIVATIONS: dict[str, tuple[Expr, tuple[tuple[Expr, Expr], ...]]] = {
    "tanh": (tanh(z), ()),
    "sigmoid": (_sigmoid, ((_sigmoid, _s - _s**2),)),
    "softplus": (log(1 + exp(z)), ((log(1 + exp(z)), _t), (_sigmoid, _t - _t**2))),
    "silu": (z * _sigmoid, ((z * _sigmoid, _t + _s - _s * _t), (_sigmoid, _t - _t**2))),
    "gelu": (z * _normal, ((z * _normal, _t + z * _v), (_normal, _v), (_gauss, -z * _v))),
    "erf": (erf(z), ((erf(z), _t), (2 * exp(-(z**2)) / sqrt(pi), -2 * z * _t))),
    "sin": (sin(z), ((sin(z), _t), (cos(z), -_s))),
    "cos": (cos(z), ((cos(z), -_t), (sin(z), _s))),
    "exp": (exp(z), ()),
    "gaussian": (exp(-(z**2) / 2), ()),
}
"""name -> (phi, (state, slope) pairs that are checked, none: looked for)"""


def activation(which: Any) -> tuple[Expr, tuple[tuple[Expr, Expr], ...]]:
    """phi(z) with the states that are known for it, from a name or a SymPy expression.

    Raises: `InputError` for an unknown name, or an expression that is no function of one symbol.
    """
    if isinstance(which, str):
        if which.lower() in ("relu", "leaky_relu", "abs"):
            raise InputError(
                f"activation = {which!r}", "has no second derivative: only the diagrams of order 1 "
                "survive, and the coefficients of higher order do not exist at its kink",
                f"use a smooth one: {', '.join(ACTIVATIONS)}",
            )  # fmt: skip
        if which not in ACTIVATIONS:
            raise InputError(
                f"activation = {which!r}", "is unknown",
                f"known: {', '.join(ACTIVATIONS)}; or pass a SymPy expression",
            )  # fmt: skip
        return ACTIVATIONS[which]
    if not isinstance(which, Expr) or len(which.free_symbols) != 1:
        raise InputError(
            f"activation = {which}", "is no function of one symbol", "pass tanh(z), or a name"
        )
    return which.xreplace({next(iter(which.free_symbols)): z}), ()


def system_of(which: Any) -> QuadraticSystem:
    """The quadratic system of an activation."""
    phi, states = activation(which)
    return quadratic_system(phi, z, states)


def taylor_recursion(activation: Any = "tanh") -> Derivation:
    r"""Taylor coefficients of a neuron from those of its input, for any smooth activation.

    $$\frac{ds_i}{dz} = q_i(S, S),\qquad (k+1)\,s_{i,k+1} = \sum_{j=0}^{k}(j+1)\,z_{j+1}\sum_{l}
      q_i(S_l, S_{k-j-l})$$

    S = (1, z, states), $s_0 = \phi$.  Faa di Bruno's sum over all trees, without listing one.

    Args:
        activation: a name of `ACTIVATIONS`, or a SymPy expression.
    """
    system = system_of(activation)
    phi = system.states[0]
    title = "Taylor coefficients of a network, by recursion from layer to layer"
    problem = Problem(Eq(y(z), phi, evaluate=False), y(z))
    d = Derivation.begin(problem, name=f"{THEORY}/taylor-ray", title=title, source=SOURCE)
    for i, state in enumerate(system.states):
        if i:
            d = d.assume(
                Statement(Function(f"s_{i}", real=True)(z), "=", state), say="With the state"
            )
    for i in range(len(system.states)):
        d = d.then(
            BilinearSlope(system, i), name=f"slope-{i}",
            say="Its slope is a bilinear form of (1, z, states) with itself:",
        )  # fmt: skip
    return d.then(
        Enumeration(_k, range(5), _cauchy()), name="coefficients",
        say="Coefficients of ds/dt = a b dz/dt, for each product a b of a form:",
    )  # fmt: skip


_k = Symbol("k", integer=True, nonnegative=True)


def _cauchy() -> Statement:
    """The coefficient of t^k of a(t) b(t) z'(t)."""
    t = Symbol("t", real=True)
    a, b, c = (IndexedBase(name, real=True) for name in "abz")
    i, j = Symbol("i", integer=True), Symbol("j", integer=True)
    series = [Add(*[x[n] * t**n for n in range(6)]) for x in (a, b)]
    slope = Add(*[(n + 1) * c[n + 1] * t**n for n in range(6)])
    taken = Subs(Derivative(series[0] * series[1] * slope, (t, _k)), t, 0) / factorial(_k)
    double = Sum((j + 1) * c[j + 1] * Sum(a[i] * b[_k - j - i], (i, 0, _k - j)), (j, 0, _k))
    return Statement(taken, "=", double)


def second_derivative(activation: Any = "tanh") -> Derivation:
    r"""Slope and curvature of a neuron: the factors of 1- and 2-vertices.

    $$\frac{d^2}{dt^2}\phi(z(t)) = \phi''(z)\,\dot z^2 + \phi'(z)\,\ddot z$$

    so that second derivatives are sums over one vertex with dressed lines,
    $\partial_i\partial_jf = \sum_l\sum_cP^{(L,l)}_{ac}\phi''_l(c)P^{(l,0)}_{ci}P^{(l,0)}_{cj}$.
    """
    system = system_of(activation)
    phi = system.states[0]
    problem = Problem(Eq(y(z), phi, evaluate=False), y(z))
    title = "Second derivatives of a network, by dressed propagators"
    d = Derivation.begin(problem, name=f"{THEORY}/hessian-diagram", title=title, source=SOURCE)
    d = d.then(Differentiate(z), 0, name="slope", say="The factor of a 1-vertex:")
    d = d.then(Differentiate(z), "slope", name="curvature", say="The factor of a 2-vertex:")
    t = Symbol("t", real=True)
    along = Function("z", real=True)(t)
    slope, curvature = (d[name].rhs.subs(z, along) for name in ("slope", "curvature"))
    return d.then(
        Identity(
            phi.subs(z, along).diff(t, 2),
            curvature * along.diff(t) ** 2 + slope * along.diff(t, 2),
        ),
        name="chain",
        say="Along any path of the input the second derivative is one vertex or two lines:",
    )
