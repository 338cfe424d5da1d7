r"""The differential equation that an optimiser follows, with several weights.

Main results: `modified_equation`, `modified_loss`.

Gradient descent $q \leftarrow q - \eta\nabla f(q)$ follows $\dot q = F_0 + \eta F_1 + \eta^2F_2 +
\dots$ with $F_0 = -\nabla f$, the Lie series of which over one step is the step itself.
"""

from __future__ import annotations

from typing import Any

from sympy import Add, Derivative, Function, ImmutableMatrix, Symbol, expand

from derivax.errors import InputError
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.methods.identity import Identity
from derivax.symbolic.methods.modified_equation import ModifiedEquation
from derivax.symbolic.methods.slow_manifold import SlowManifold, StepsAsDerivatives
from derivax.symbolic.methods.substitute import Rewrite
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.noether_learning_dynamics.notation import (
    SOURCE,
    THEORY,
    beta,
    eta,
)

__all__ = ["modified_equation", "modified_loss"]

_n = Symbol("n", integer=True)
_t = Symbol("t", real=True)


def _weights(d: int) -> list[str]:
    if not isinstance(d, int) or d < 1:
        raise InputError(f"d={d}", "is not a number of weights", "pass d=1, 2, ...")
    return [f"q_{i}" for i in range(1, d + 1)]


def _loss(loss: Any, values: list[Any]) -> Any:
    """An unknown loss, or a given one in symbols named like the weights."""
    if loss is None:
        return Function("f", real=True)(*values)
    expr = as_expression(loss)
    named = {str(s): s for s in expr.free_symbols}
    names = _weights(len(values))
    return expr.subs({named[m]: v for m, v in zip(names, values) if m in named})


def modified_equation(order: int = 1, d: int = 2, loss: Any = None) -> Derivation:
    r"""The flow that gradient descent follows, to any order in the step, with d weights.

    $F_1 = -\tfrac12F_0'F_0$, $F_2 = \tfrac13F_0'F_0'F_0 + \tfrac1{12}F_0''(F_0, F_0)$, ...
    To order 1 it is the gradient flow of $f + \tfrac\eta4|\nabla f|^2$; from order 2 on it is no
    gradient flow when d > 1, since its curl does not vanish.

    Args:
        order: the highest power of eta that is kept.
        d: the number of weights q_1, ..., q_d.
        loss: a loss in symbols q_1, ..., q_d; None for an unknown function f.
    """
    if not isinstance(order, int) or order < 0:
        raise InputError(f"order={order}", "is not a power of eta", "pass 0, 1, 2, ...")
    names = _weights(d)
    heads = [Function(name, real=True) for name in names]
    now = [head(_n) for head in heads]
    f = _loss(loss, now)
    steps = [
        Statement(head(_n + 1), "=", q - eta * f.diff(q)) for head, q in zip(heads, now)
    ]
    derivation = Derivation.begin(
        Problem(steps, now),
        name=f"{THEORY}/modified-equation",
        title=f"The flow of gradient descent with {d} weights, to order {order} in the step",
        source=f"{SOURCE}; Hairer, Lubich, Wanner, chapter IX",
    ).then(
        ModifiedEquation(order, eta), *range(d), name="flow",
        say="With q(n) = q(t = n eta) gradient descent follows, order by order, the flow",
    )  # fmt: skip
    if d != 2:
        return derivation
    paths = [rate.expr for rate in derivation["flow"].lhs]
    for k in range(order + 1):
        rows = [expand(row.doit()).coeff(eta, k) for row in derivation["flow"].rhs]
        curl = expand(rows[1].diff(paths[0]).doit() - rows[0].diff(paths[1]).doit())
        derivation = derivation.then(
            Identity(
                Add(Derivative(rows[1], paths[0]), -Derivative(rows[0], paths[1])), curl
            ),
            name=f"curl-{k}",
            say=f"The curl of the term of order {k}:" if curl != 0 else f"The term of order {k} is"
            " a gradient, since it has no curl:",
        )  # fmt: skip
    return derivation


def modified_loss(d: int = 2) -> Derivation:
    r"""To first order in the step, momentum descent is the gradient flow of a modified loss.

    $$\dot q \sim -\frac1{1-\beta}\nabla\Big[f + \frac{\eta(1+\beta)}{4(1-\beta)^2}|\nabla
    f|^2\Big],$$
    with the second-order equation $\tfrac\eta2(1+\beta)\ddot q + (1-\beta)\dot q \sim -\nabla f$
    beside it (weight decay is part of f).

    Args:
        d: the number of weights.
    """
    names = _weights(d)
    heads = [Function(name, real=True) for name in names]
    now = [head(_n) for head in heads]
    f = Function("f", real=True)
    balls = [
        Statement(
            head(_n + 1) - q, "=", beta * (q - head(_n - 1)) - eta * f(*now).diff(q)
        )
        for head, q in zip(heads, now)
    ]
    derivation = Derivation.begin(
        Problem(balls, now, assume=(beta < 1,)),
        name=f"{THEORY}/modified-loss",
        title="The modified loss of momentum descent",
        source=SOURCE,
    )
    derivation = derivation.then(
        StepsAsDerivatives(1, eta, _n), *range(d), name="equation",
        say="With q(n + j) = q(t + j eta), a mass and a friction appear:",
    ).then(
        SlowManifold(1, eta, _n), *range(d), name="slow",
        say="The solutions that do not decay within a few steps follow",
    )  # fmt: skip
    paths = [head(_t) for head in heads]
    loss = f(*paths)
    steepness = Add(*[loss.diff(q) ** 2 for q in paths])
    changed = loss + eta * (1 + beta) / (4 * (1 - beta) ** 2) * steepness
    rows = [-Derivative(changed, q) / (1 - beta) for q in paths]
    gradient = rows[0] if d == 1 else ImmutableMatrix(rows)

    return derivation.then(
        Rewrite(rhs=gradient), "slow", name="modified-loss",
        say="which is a gradient flow, of a loss that has grown by the steepness:",
    )  # fmt: skip
