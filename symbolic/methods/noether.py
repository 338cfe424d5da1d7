r"""Noether's theorem: from a Lagrangian and a transformation to a charge or current and its law.

Main definitions: `noether`, `ChargeLaw`.

What plain SymPy cannot do: whether $\delta L$ is a total derivative is decided by Euler operators,
and its antiderivative is found by scaling, undetermined coefficients or the homotopy formula
(`variation`); every step is checked on the jets of the fields.

Source: E. Noether, Invariante Variationsprobleme (1918); theory card noether-learning-dynamics, D1
and D2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sympy import Add, Basic, Derivative, Expr, MatrixBase, S, Symbol, conjugate

from derivax.errors import InputError, NotDerived
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.lagrangian import Lagrangian
from derivax.symbolic.methods.euler_lagrange import begin, in_symbols, label_of
from derivax.symbolic.methods.noether_steps import (
    AtIdentity,
    BoundaryTerm,
    Charge,
    EulerTest,
    OffShell,
    OnShell,
    Transformation,
    Variation,
    conjugated,
    generator_symbol,
)
from derivax.symbolic.methods.variation import euler_operator, is_zero
from derivax.symbolic.statements import Statement

__all__ = ["ChargeLaw", "noether"]


class ChargeLaw(Derivation):
    """The derivation of a charge or current, and of the law that it obeys."""

    @property
    def charge(self) -> Any:
        """J; for fields the tuple of the components of the current."""
        names = [s.name for s in self.steps if s.name == "charge" or s.name.startswith("current-")]
        found = tuple(self[name].rhs for name in names)
        return found[0] if names == ["charge"] else found

    @property
    def boundary(self) -> Basic:
        r"""$\delta L$ as it stands, with its boundary term."""
        return self["boundary"].rhs

    @property
    def rate(self) -> Any:
        """dJ/dt (the divergence of the current) on the equations of motion."""
        return self["law"].rhs

    @property
    def conserved(self) -> bool:
        """Whether the charge is conserved, by steps that are all established."""
        return self.rate == 0 and self.outcome.established

    @property
    def verdict(self) -> str:
        """'conserved', or 'balance law'."""
        return "conserved" if self.conserved else "balance law"

    def __repr__(self) -> str:
        return f"ChargeLaw({self.verdict}: {len(self.steps)} steps, {self.outcome})"


def noether(
    L: Any,
    q: Any = None,
    *,
    xi: Any = None,
    T: Any = None,
    t: Any = None,
    transformation: Mapping[Any, Any] | None = None,
    parameter: Symbol | None = None,
    generalised: bool = False,
    forces: Mapping[Any, Any] | None = None,
    rayleigh: Any = None,
    constraints: Iterable[Any] = (),
    name: str = "",
    title: str = "",
    source: str = "",
) -> ChargeLaw:
    r"""The charge or current of a transformation, and its law: conserved, or how fast it changes.

    $$J = p\cdot\xi - (p\cdot\dot q - L)\,T - \Lambda,\qquad
      \frac{dJ}{dt} = \delta L - \frac{d\Lambda}{dt} - E\cdot(\xi - T\dot q)$$
    with $E = \partial_qL - \frac{d}{dt}\partial_{\dot q}L$ (first variation).  The boundary term
    $\Lambda$ is found.  T = 1 gives minus the energy.  For fields $\partial_\mu j_\mu$ stands in
    place of dJ/dt: the components are those with upper index, no metric enters.

    Args:
        L: the Lagrangian (density): an expression of q(t), its derivatives and t; or `Lagrangian`.
        q: the coordinates q(t), or fields phi(t, x); one or a list (not with a `Lagrangian`).
        xi: the change of the coordinates per group parameter: {q: xi}, or a list in their order.
            A conjugate field changes by the conjugate.
        T: the change of t; for fields {x: X}, or a list in the order of the variables.
        t: the independent variable(s), if you want to state them; they are those of q.
        transformation: instead of xi and T, finite: {q: Q(s), t: t + s}.
        parameter: s.
        generalised: allow xi and T to contain derivatives of q.
        forces: {q: F}, forces without potential.
        rayleigh: dissipation function R; the forces are -dR/dq'.
        constraints: holonomic constraints, expressions that vanish.
        name, title, source: of the derivation.

    Returns:
        a derivation; `.verdict` is 'conserved' or 'balance law', `.charge` J, `.rate` dJ/dt, and
        `.formula` {charge, rate} of coordinates and velocities, to be compiled.

    Raises:
        InputError: lengths that do not match, unknown coordinates, velocities in xi without
            `generalised`, a transformation that moves something at s = 0.

    >>> from sympy import Function, sqrt, symbols
    >>> t, m, k = symbols("t m k", positive=True)
    >>> x, y = (Function(n, real=True)(t) for n in "xy")
    >>> kepler = m*(x.diff(t)**2 + y.diff(t)**2)/2 + k/sqrt(x**2 + y**2)
    >>> turn = noether(kepler, [x, y], xi=[-y, x])
    >>> turn.verdict, turn.charge
    ('conserved', m*(x(t)*Derivative(y(t), t) - y(t)*Derivative(x(t), t)))
    >>> shift = noether(kepler, [x, y], xi=[1, 0])
    >>> shift.verdict, shift.rate
    ('balance law', -k*x(t)/(x(t)**2 + y(t)**2)**(3/2))
    """
    system = _system(L, q, t, forces, rayleigh, constraints)
    moved = _transformation(system, xi, T, transformation, parameter, generalised)
    law: Any = begin(system, ChargeLaw, name=name, title=title, source=source)
    law = _with_generator(law, system, moved, transformation, parameter)
    law = law.then(
        Variation(moved), "lagrangian", name="variation",
        say="Under the transformation the Lagrangian changes, per group parameter, by",
    )  # fmt: skip
    try:
        law = law.then(
            BoundaryTerm(moved), "variation", name="boundary",
            say="In this a total derivative stands apart from the rest:",
        )  # fmt: skip
    except NotImplementedError as missing:
        raise NotDerived(
            str(law["variation"]),
            [("boundary term", f"a total derivative; no antiderivative of {missing} was found")],
        ) from None
    law = _reworded(law, _boundary_in_words(law["boundary"].rhs))
    law = _with_charges(_with_euler_test(law, system, moved), system, moved)
    equations = [f"euler-{label_of(c)}" for c in system.coordinates]
    charges = [s.name for s in law.steps if s.name == "charge" or s.name.startswith("current-")]
    law = law.then(
        OffShell(moved), "boundary", *charges, *equations, name="identity",
        say="For every motion, allowed or not, Noether's identity holds:",
    )  # fmt: skip
    motions = [f"motion-{label_of(c)}" for c in system.coordinates]
    law = law.then(OnShell(moved), "identity", *motions, name="law")
    return _concluded(law, system, title)


def _system(L: Any, q: Any, t: Any, forces: Any, rayleigh: Any, constraints: Any) -> Lagrangian:
    if isinstance(L, Lagrangian):
        if q is not None or forces or rayleigh is not None or constraints:
            raise InputError(
                "a Lagrangian", "holds its coordinates, forces and constraints", "pass it alone"
            )
        system = L
    elif q is None:
        raise InputError("q", "is missing", "name the coordinates, e.g. q(t)")
    else:
        system = Lagrangian(L, q, forces=forces, rayleigh=rayleigh, constraints=constraints)
    if t is not None:
        named = (t,) if isinstance(t, Basic) else tuple(t)
        if named != system.variables:
            raise InputError(
                f"t={t}", f"is not the variable of the coordinates, {system.variables}", "drop it"
            )
    return system


def _listed(given: Any, keys: tuple[Any, ...], what: str) -> dict[Any, Any]:
    """{key: value} of what is moved; a list must have one entry per key."""
    if given is None:
        return {}
    if isinstance(given, Mapping):
        for key in given:
            if key not in keys:
                raise InputError(
                    str(key), f"is not moved by {what}", f"known: {', '.join(map(str, keys))}"
                )
        return {k: as_expression(v) for k, v in given.items()}
    if isinstance(given, str):
        raise InputError(repr(given), "is text, not an expression", "use derivax.parse(text) first")
    if isinstance(given, MatrixBase):
        given = list(given)
    if isinstance(given, list | tuple):
        if len(given) != len(keys):
            raise InputError(
                f"{what} with {len(given)} entries", f"there are {len(keys)} to be moved",
                f"one each for {', '.join(map(str, keys))}",
            )  # fmt: skip
        return dict(zip(keys, map(as_expression, given)))
    if len(keys) != 1:
        raise InputError(
            f"{what}={given}", f"is one expression for {len(keys)}", f"pass {{{keys[0]}: ...}}"
        )
    return {keys[0]: as_expression(given)}


def _transformation(
    system: Lagrangian,
    xi: Any,
    T: Any,
    transformation: Mapping[Any, Any] | None,
    parameter: Symbol | None,
    generalised: bool,
) -> Transformation:
    variables = system.variables
    added = set(system.multipliers)
    named = tuple(c for c in system.coordinates if c not in added)
    plain = tuple(c for c in named if not _is_partner(c, named))
    if transformation is not None:
        if xi is not None or T is not None or parameter is None:
            raise InputError(
                "transformation", "is finite: it needs parameter=s, and neither xi nor T", ""
            )
        ends = _listed(transformation, (*system.coordinates, *variables), "transformation")
        slopes = {k: v.diff(parameter).subs(parameter, 0).doit() for k, v in ends.items()}
        changes = {k: v for k, v in slopes.items() if k not in variables}
        shifts = {k: v for k, v in slopes.items() if k in variables}
    else:
        if xi is None and T is None:
            raise InputError("xi and T", "are both missing", "say how the coordinates change")
        given_mapping = isinstance(xi, Mapping)
        changes = _listed(xi, system.coordinates if given_mapping else plain, "xi")
        shifts = _listed(T, variables, "T")
    xis = []
    for c in system.coordinates:
        if c not in changes and isinstance(c, conjugate):
            xis.append(conjugated(changes.get(c.args[0], S.Zero)))
        else:
            xis.append(changes.get(c, S.Zero))
    moved = Transformation(
        system.coordinates, variables, tuple(xis), tuple(shifts.get(v, S.Zero) for v in variables)
    )
    space = system.space
    for part in (*moved.xi, *moved.shift):
        if not isinstance(part, Expr):
            raise InputError(str(part), "is not an expression", "")
        if space.order(space.jets(part)) and not generalised:
            raise InputError(
                str(part), "depends on derivatives of the coordinates",
                "pass generalised=True if that is meant",
            )  # fmt: skip
    if all(is_zero(q) for q in moved.characteristic().values()):
        raise InputError("the transformation", "moves nothing", "pass xi or T that do not vanish")
    return moved


def _boundary_in_words(change: Basic) -> str:
    terms = Add.make_args(change)
    edges = [term for term in terms if isinstance(term, Derivative)]
    if change == 0:
        return "The Lagrangian is invariant, and there is no boundary term:"
    if len(edges) == len(terms):
        return "This is a total derivative, so that the transformation is a symmetry:"
    if not edges:
        return "No part of this is a total derivative:"
    return "A part of this is a total derivative:"


def _reworded(law: Any, sentence: str) -> Any:
    return replace(law, steps=(*law.steps[:-1], replace(law.steps[-1], sentence=sentence)))


def _is_partner(coordinate: Any, named: tuple[Any, ...]) -> bool:
    return isinstance(coordinate, conjugate) and coordinate.args[0] in named


def _with_generator(
    law: Any, system: Lagrangian, moved: Transformation, finite: Any, parameter: Any
) -> Any:
    """The generator as given, or derived from the finite transformation."""
    things = [*zip(system.coordinates, moved.xi), *zip(system.variables, moved.shift)]
    first = True
    for thing, value in things:
        label = label_of(thing) if thing in system.coordinates else str(thing)
        symbol = generator_symbol(thing)
        if finite is not None and thing in finite:
            image = Symbol(f"{label}_new")
            law = law.assume(
                Statement(image, "=", as_expression(finite[thing])),
                name=f"finite-{label}",
                say=f"The transformation of {label}, with parameter {parameter}:",
            ).then(
                AtIdentity(parameter, thing, symbol),
                f"finite-{label}",
                name=f"generator-{label}",
                say="and to first order in the parameter",
            )
        elif value != 0:
            law = law.assume(
                Statement(symbol, "=", value),
                name=f"generator-{label}",
                say="The transformation, per group parameter:" if first else "together with",
            )
        first = first and value == 0
    return law


def _with_euler_test(law: Any, system: Lagrangian, moved: Transformation) -> Any:
    """Where a rest is left: why it is no total derivative."""
    space = system.space
    change = space.jets(law["variation"].rhs)
    for a in range(len(system.coordinates)):
        if not is_zero(euler_operator(space, change, a)):
            return law.then(
                EulerTest(moved, a), "variation", name="euler-test",
                say="This is no total derivative, for its Euler operator does not vanish, so that"
                " the transformation is no symmetry:",
            )  # fmt: skip
    return law


def _with_charges(law: Any, system: Lagrangian, moved: Transformation) -> Any:
    if len(system.variables) == 1:
        return law.then(
            Charge(moved), "lagrangian", "boundary", name="charge", say="The Noether charge:"
        )
    for mu, x in enumerate(system.variables):
        law = law.then(
            Charge(moved, mu), "lagrangian", "boundary", name=f"current-{x}",
            say=f"The component of the Noether current along {x}:",
        )  # fmt: skip
    return law


def _concluded(law: ChargeLaw, system: Lagrangian, title: str) -> ChargeLaw:
    what = "charge" if len(system.variables) == 1 else "current"
    last = law.steps[-1]
    forced = any(f != 0 for f in system.forces)
    if law.conserved:
        say = f"On the equations of motion the {what} is conserved:"
    elif last.outcome is Outcome.REFUTED or last.statement.rhs == 0:
        say = f"Whether the {what} is conserved is not settled:"
    elif any(s.name == "euler-test" for s in law.steps):
        say = f"The {what} is not conserved; on the equations of motion it obeys the balance law"
    elif forced:
        say = f"The forces move the {what}; on the equations of motion"
    else:
        say = f"On the equations of motion the {what} obeys the balance law"
    shown = title or f"Noether {what}: {law.verdict}"
    law = replace(_reworded(law, say), title=shown)
    outputs = {"charge": "charge"}
    if what == "current":
        outputs = {f"current_{x}": f"current-{x}" for x in system.variables}
    outputs["rate"] = "law"
    return in_symbols(law, system, outputs, f"noether_{what}", shown)  # type: ignore[no-any-return]
