r"""The exact law of a charge for a loss and an optimiser that a user hands in.

Main definitions: `training_law`, `TrainingLaw`.

For weights q, a loss f, an affine generator $\xi = Aq + b$ and $s = \nabla f\cdot\xi$, the step of
the optimiser gives, whatever the loss,
$$p' = \beta p - \eta k\,q\cdot\xi + v'^TAv' - \eta s,\qquad p = v\cdot\xi,$$
and with it the charge.  The law is exact when s vanishes identically (the claimed symmetry holds);
else s is the source of a balance law.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sympy import (
    Add,
    Derivative,
    Expr,
    Function,
    ImmutableMatrix,
    MatrixBase,
    Number,
    S,
    Subs,
    Symbol,
    simplify,
)

from derivax.errors import InputError
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.methods.carry_out import CarryOut
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.variation import is_zero
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.noether_learning_dynamics.adaptive import known_optimiser
from derivax.symbolic.theories.noether_learning_dynamics.notation import SOURCE, beta, eta, k

__all__ = ["TrainingLaw", "training_law"]

_n = Symbol("n", integer=True, nonnegative=True)


class TrainingLaw(Derivation):
    """The law of a charge under an optimiser: exact, or with the source that a broken symmetry is.

    Steps: `pairing` (gradient against generator), `momentum`, and `charge` where there is one.
    """

    @property
    def pairing(self) -> Any:
        """The pairing of the gradient with the generator: zero for a symmetry of the loss."""
        return self["pairing"].rhs

    @property
    def exact(self) -> bool:
        """Whether the claimed symmetry holds, by steps that are all established."""
        return self.pairing == 0 and self.outcome.established

    @property
    def verdict(self) -> str:
        """'exact law', or 'balance law'."""
        return "exact law" if self.exact else "balance law"


def training_law(
    loss: Any,
    weights: Iterable[Symbol],
    generator: Any,
    *,
    optimiser: str = "heavy-ball",
    lr: Any = None,
    momentum: Any = None,
    l2: Any = None,
    curvature: Any = None,
) -> TrainingLaw:
    r"""The law of the charge of a claimed symmetry of a loss, for one step of an optimiser.

    Args:
        loss: f, an expression of the weights (unknown functions allowed).
        weights: the symbols $q_i$.
        generator: the change of each weight per group parameter, affine in the weights; or the
            matrix A of $\xi = Aq$.
        optimiser: "gradient-descent", "heavy-ball", "nesterov" (at the points where it takes
            gradients) or "decoupled-decay".
        lr, momentum, l2: $\eta > 0$, $0\le\beta<1$, $k\ge0$; symbols when left out.  Decay is part
            of the gradient but for "decoupled-decay".
        curvature: the largest curvature h of the loss, if it is to be checked that $\eta h\le
            2(1+\beta)$ (heavy ball).

    Returns:
        a derivation; `.verdict` is 'exact law' or 'balance law', `.pairing` is s.

    Raises:
        NotDerived: the optimiser has no such law (Adam, Lion, ...).
        InputError: settings out of range, a generator of another length or not affine, an unstable
            step.

    >>> from sympy import symbols
    >>> a, b = symbols("a b", real=True)
    >>> law = training_law((a*b - 1)**2/2, [a, b], [a, -b])
    >>> law.verdict
    'exact law'
    >>> shifted = training_law((a*b - 1)**2/2, [a, b], [1, 1])
    >>> shifted.verdict, shifted.pairing == 0
    ('balance law', False)

    Source: theory card noether-learning-dynamics, D9 and section 9.
    """
    optimiser = known_optimiser(optimiser)
    names = _weights(weights)
    rates = _settings(optimiser, lr, momentum, l2, curvature)
    xi, A, b = _affine(generator, names)
    step, kept, ahead, back = rates[0], S.One, S.One, S.Zero
    friction, coupled = rates[1], rates[2]
    if optimiser == "decoupled-decay":
        kept, coupled = 1 - step * rates[2], S.Zero
        if any(c != 0 for c in b):
            raise InputError(
                "a generator with a constant part", "is not kept by decoupled decay",
                "use l2 (optimiser='heavy-ball'), or a linear generator",
            )  # fmt: skip
    if optimiser == "nesterov":
        ahead, back = 1 + friction, friction
    q = [Function(s.name, real=True) for s in names]
    v = [Function(f"v_{s.name}", real=True) for s in names]
    here = {s: f(_n) for s, f in zip(names, q)}
    f = as_expression(loss).subs(here, simultaneous=True)
    g = [Function(f"g_{s.name}", real=True)(_n) for s in names]
    old, new = [g(_n) for g in v], [g(_n + 1) for g in v]
    at, moved = [g(_n) for g in q], [g(_n + 1) for g in q]
    velocities = [
        Statement(w1, "=", friction * w - step * slope - step * coupled * x)
        for w1, w, slope, x in zip(new, old, g, at)
    ]
    positions = [
        Statement(x1, "=", kept * x + ahead * w1 - back * w)
        for x1, x, w1, w in zip(moved, at, new, old)
    ]
    law: Any = TrainingLaw(
        Problem([*velocities, *positions], [*new, *moved]), (), "", "The law of a claimed symmetry "
        f"of a loss under {optimiser}", SOURCE,
    )  # fmt: skip
    for i, statement in enumerate([*velocities, *positions]):
        kind = "velocity" if i < len(names) else "position"
        law = law.assume(
            statement, name=f"{kind}-{names[i % len(names)]}",
            say="One step of the optimiser:" if i == 0 else "",
        )  # fmt: skip

    def field(points: list[Any]) -> list[Any]:
        return [e.subs(dict(zip(names, points)), simultaneous=True) for e in xi]

    def form(left: list[Any], right: list[Any]) -> Expr:
        return Add(*[A[i, j] * x * y for i, x in enumerate(left) for j, y in enumerate(right)])

    slopes = [Derivative(f, x) for x in at]
    for s, slope, value in zip(names, g, slopes):
        law = law.assume(Statement(slope, "=", value), name=f"slope-{s}", say="The gradient:")
    shown = Add(*[slope * e for slope, e in zip(slopes, field(at))])
    source = _pairing(shown)
    invariant = "The loss is invariant: its gradient is orthogonal to the generator:"
    broken = "The claimed symmetry does not hold; gradient and generator have the pairing"
    law = law.then(
        CarryOut(shown, source), name="pairing", say=invariant if source == 0 else broken
    )
    paired = Add(*[slope * e for slope, e in zip(g, field(at))])
    law = law.then(
        Combine([*field(at), S.One]),
        *[f"slope-{s}" for s in names], "pairing", name="recorded",
        say="In terms of the gradient this is",
        claim=Statement(paired, "=", source),
    )  # fmt: skip
    p, p1 = (Add(*[w * e for w, e in zip(ws, field(xs))]) for ws, xs in ((old, at), (new, moved)))
    decay = Add(*[x * e for x, e in zip(at, field(at))])
    result = (
        kept * (friction * p - step * coupled * decay - step * source)
        + ahead * form(new, new) - back * form(new, old)
    )  # fmt: skip
    pull = [kept * e for e in field(at)]
    push = [Add(*[A[i, j] * new[i] for i in range(len(names))]) for j in range(len(names))]
    law = law.then(
        Combine([*pull, *push, -kept * step]),
        *[f"velocity-{s}" for s in names], *[f"position-{s}" for s in names], "recorded",
        name="momentum", say="The momentum of the symmetry, velocity against generator, follows",
        claim=Statement(p1, "=", result),
    )  # fmt: skip
    return _with_charge(law, names, (A, b), (kept, ahead, back), (old, new, at, moved), form)


def _with_charge(law: Any, names: Any, affine: Any, factors: Any, points: Any, form: Any) -> Any:
    """The charge q.Aq of a symmetric A, or q.b of a translation."""
    (A, b), (kept, ahead, back) = affine, factors
    old, new, at, moved = points
    positions = [f"position-{s}" for s in names]
    step = [ahead * w1 - back * w for w1, w in zip(new, old)]
    if A == A.T and all(c == 0 for c in b):
        after = Add(*[A[i, j] * step[i] * y for i in range(len(names))
                      for j, y in enumerate(moved)])  # fmt: skip
        weights = [
            Add(*[A[i, j] * (moved[i] - step[i] + kept * at[i]) for i in range(len(names))])
            for j in range(len(names))
        ]
        return law.then(
            Combine(weights), *positions, name="charge", say="and the charge",
            claim=Statement(
                form(moved, moved), "=", kept**2 * form(at, at) + 2 * after - form(step, step)
            ),
        )  # fmt: skip
    if A.is_zero_matrix:
        total = Add(*[c * (x + w) for c, x, w in zip(b, at, step)])
        return law.then(
            Combine(list(b)), *positions, name="charge", say="and the charge",
            claim=Statement(Add(*[c * x for c, x in zip(b, moved)]), "=", total),
        )  # fmt: skip
    return law


def _weights(weights: Iterable[Symbol]) -> list[Symbol]:
    named = list(weights)
    if not named or not all(isinstance(s, Symbol) for s in named):
        raise InputError(str(named), "are not weights", "pass a list of symbols")
    if len(set(named)) != len(named):
        raise InputError(str(named), "names a weight twice", "")
    return named


def _settings(optimiser: str, lr: Any, momentum: Any, l2: Any, curvature: Any) -> list[Any]:
    """eta, beta, k: given or symbols, each in its range."""
    values = [
        symbol if given is None else as_expression(given)
        for symbol, given in ((eta, lr), (beta, momentum), (k, l2))
    ]
    step, friction, decay = values
    if isinstance(step, Number) and not step > 0:
        raise InputError(f"lr={step}", "is not a step size", "pass lr > 0")
    if isinstance(friction, Number) and not 0 <= friction < 1:
        raise InputError(f"momentum={friction}", "is not in [0, 1)", "pass 0 <= momentum < 1")
    if isinstance(decay, Number) and decay < 0:
        raise InputError(f"l2={decay}", "is a negative weight decay", "pass l2 >= 0")
    if optimiser == "gradient-descent":
        if momentum not in (None, 0):
            raise InputError(
                f"momentum={momentum}", "gradient descent has none", "optimiser='heavy-ball'"
            )
        values[1] = S.Zero
    if curvature is not None:
        bound = 2 * (1 + values[1])
        reach = (step * as_expression(curvature) - bound).expand()
        if reach.is_positive:
            raise InputError(
                f"lr*curvature = {step * as_expression(curvature)}",
                f"exceeds 2(1 + momentum) = {bound}: the step is unstable", "lower lr",
            )  # fmt: skip
    return values


def _affine(
    generator: Any, names: list[Symbol]
) -> tuple[list[Any], ImmutableMatrix, list[Any]]:
    """The generator, its matrix and its constant part."""
    if isinstance(generator, MatrixBase) and generator.shape == (len(names), len(names)):
        xi = list(generator * ImmutableMatrix(names))
    else:
        given = list(generator) if isinstance(generator, list | tuple | MatrixBase) else [generator]
        xi = [as_expression(e) for e in given]
    if len(xi) != len(names):
        raise InputError(
            f"a generator with {len(xi)} entries", f"there are {len(names)} weights", "one for each"
        )
    rows = [[e.diff(s) for s in names] for e in xi]
    A = ImmutableMatrix(rows)
    if A.free_symbols & set(names):
        raise InputError(
            str(xi), "is not affine in the weights", "exact laws need a linear symmetry or a shift"
        )
    b = [e.subs(dict.fromkeys(names, S.Zero)) for e in xi]
    if A.is_zero_matrix and all(c == 0 for c in b):
        raise InputError("the generator", "moves nothing", "pass one that does not vanish")
    return xi, A, b


def _pairing(shown: Any) -> Any:
    """The pairing of gradient and generator: 0 when it is established to vanish."""
    value = shown.doit()
    if is_zero(value):
        return S.Zero
    slopes = {e: Symbol(f"slope_{i}") for i, e in enumerate(value.atoms(Subs))}
    plain = value.xreplace(slopes)
    if plain.count_ops() < 80:
        plain = simplify(plain)
    return plain.xreplace({symbol: e for e, symbol in slopes.items()})
