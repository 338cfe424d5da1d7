"""Gradient descent in place of gradient flow: step sizes, and the number of steps.

Main results: `learning_rate`, `step_correction`; `step_sizes` for other depths.
"""

from __future__ import annotations

from sympy import (
    Expr,
    Function,
    Integer,
    Symbol,
    log,
    sqrt,
)

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.extremum import Extremum
from derivax.symbolic.methods.hessian import Hessian
from derivax.symbolic.methods.modified_equation import ModifiedEquation, StepCount
from derivax.symbolic.methods.solve_for import SolveFor
from derivax.symbolic.methods.spectral import Eigenpairs
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.deep_linear_networks.notation import (
    SOURCE,
    THEORY,
    lr,
    two_layers_only,
    u0,
)

__all__ = ["STEP_SIZES", "learning_rate", "step_correction", "step_sizes"]


def learning_rate(L: int | None = None, n_layers: int | None = None) -> Derivation:
    r"""The curvature along the balanced path, and the step sizes it allows.

    The Hessian of $\tfrac12(s - ab)^2$ at $a = b = \sqrt u$ has the eigenvalues $3u - s$ and $s -
    u$; the largest along $0 \le u \le s$ is $2s$, at the solution, so that gradient descent with
    step lr is fastest at $1/(2s)$ there and stable below $1/s$.

    Returns:
        A derivation whose formula is {optimal, stability_limit} of s.
    """
    two_layers_only("learning-rate", L, n_layers)
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
    derivation = step_sizes(derivation, 2 * sv)
    formula = derivation.formula_of(STEP_SIZES, [sv], name="learning_rate")
    return derivation.concluded(formula)


STEP_SIZES = {"optimal": "optimal", "stability_limit": "stability-limit"}


def step_sizes(derivation: Derivation, curvature: Expr) -> Derivation:
    """The step sizes at which descent against this curvature is done in one step, and diverges."""
    error, step = Symbol("delta", real=True), Symbol("delta_next", real=True)
    derivation = derivation.assume(
        Statement(step, "=", error - lr * curvature * error),
        name="descent",
        say="One step of gradient descent on an error delta at the solution, along the path:",
    )
    derivation = derivation.then(
        Rewrite(rhs=(1 - lr * curvature) * error),
        "descent",
        name="contraction",
        say=f"The error is multiplied by {1 - lr * curvature}:",
    )
    factor = Symbol("rho", real=True)
    best, limit = Symbol("lr_opt", positive=True), Symbol("lr_max", positive=True)
    derivation = derivation.assume(
        Statement(factor, "=", 1 - lr * curvature), name="factor", say="Call it rho."
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
    return derivation


def step_correction(L: int | None = None, n_layers: int | None = None) -> Derivation:
    r"""Steps of gradient descent from u0 to uf, with the first correction in the step size.

    $$n = \frac{1}{2s\,\mathrm{lr}}\ln\frac{u_f(s-u_0)}{u_0(s-u_f)}
      + \frac12\ln\frac{f(a_f)}{f(a_0)} + O(\mathrm{lr}),\quad f(a) = a(s-a^2),\ u = a^2$$

    Returns:
        A derivation whose formula is the number of steps of (u0, uf, s, lr), for 0 < u0, uf < s.
    """
    two_layers_only("step-correction", L, n_layers)
    start, end, uf, sv = (Symbol(name, positive=True) for name in ("a0", "af", "uf", "s"))
    n = Symbol("n", integer=True, nonnegative=True)
    at = Function("a", positive=True)
    derivation = Derivation.begin(
        Problem(
            Statement(at(n + 1), "=", at(n) + lr * at(n) * (sv - at(n) ** 2)),
            at(n),
            assume=(start**2 < sv, end**2 < sv),
        ),
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
    in_u = Substitute({start: sqrt(u0), end: sqrt(uf)})
    derivation = derivation.then(
        in_u,
        "count",
        name="steps",
        say="In terms of u = a^2:",
        claim=in_u.conclude(derivation["count"]).under(u0 < sv, uf < sv),
    )
    formula = derivation.formula_of("steps", [u0, uf, sv, lr], name="n_steps")
    return derivation.concluded(formula)
