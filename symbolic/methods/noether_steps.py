r"""The steps from a Lagrangian and a transformation to a charge and its law.

For $\phi_a \to \phi_a + s\,\xi_a$, $x_\mu \to x_\mu + s\,X_\mu$ and $Q_a = \xi_a -
X_\nu\partial_\nu\phi_a$:
$$\delta L = \sum\frac{\partial L}{\partial\phi_{a,J}}\xi_a^J + X_\mu\partial_\mu L + L\,D_\mu X_\mu
  = D_\mu\Lambda_\mu + R,$$
$$j_\mu = I_\mu[Q] + L\,X_\mu - \Lambda_\mu,\qquad D_\mu j_\mu = R - \sum_a E_a Q_a$$
with $E_a$ the first variation (`euler_lagrange`), an identity for all fields.  In mechanics $j =
p\cdot\xi - (p\cdot\dot q - L)\,T - \Lambda$.

Main definitions: `Transformation`; the rules `AtIdentity`, `Variation`, `BoundaryTerm`,
`EulerTest`, `Charge`, `OffShell`, `OnShell`.

References: E. Noether 1918; P. J. Olver, Applications of Lie Groups to Differential Equations.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from sympy import Add, Derivative, Expr, Function, S, Symbol, conjugate
from sympy.core.function import AppliedUndef

from derivax.errors import InputError
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.jets import Index, JetSpace, jet_space
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.methods.euler_lagrange import euler_symbol, label_of
from derivax.symbolic.methods.jet_identity import HoldsOnJets
from derivax.symbolic.methods.variation import (
    euler_operator,
    is_divergence,
    is_zero,
    parts_current,
    potential,
    presentable,
    spread,
)
from derivax.symbolic.obligations import Obligation, Settled
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = [
    "AtIdentity",
    "BoundaryTerm",
    "Charge",
    "EulerTest",
    "OffShell",
    "OnShell",
    "Transformation",
    "Variation",
]

VARIATION = Symbol("delta_L")
"""The change of L dt to first order in the group parameter, per dt."""


@dataclass(frozen=True)
class Transformation:
    r"""An infinitesimal transformation $\phi_a \to \phi_a + s\,\xi_a$, $x_\mu \to x_\mu + s X_\mu$.

    Args:
        coordinates: the fields $\phi_a$.
        variables: $x_\mu$.
        xi: $\xi_a$, one per field, in fields and variables (and derivatives: generalised).
        shift: $X_\mu$, one per variable.
    """

    coordinates: tuple[Any, ...]
    variables: tuple[Symbol, ...]
    xi: tuple[Expr, ...]
    shift: tuple[Expr, ...]

    @property
    def space(self) -> JetSpace:
        """The jets of the coordinates."""
        return jet_space(self.coordinates, self.variables)

    @cached_property
    def _in_jets(self) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        space = self.space
        return tuple(map(space.jets, self.xi)), tuple(map(space.jets, self.shift))

    def characteristic(self) -> dict[int, Any]:
        r"""$Q_a = \xi_a - X_\nu\phi_{a,\nu}$ in jets."""
        space = self.space
        xi, shift = self._in_jets
        found = {}
        for a, own in enumerate(xi):
            terms = [own]
            for nu, x in enumerate(shift):
                if x != 0:
                    terms.append(-x * space.jet(a, space.raised(space.zero, nu)))
            found[a] = Add(*terms)
        return found

    def prolonged(self, field: int, index: Index) -> Any:
        r"""$\xi_a^J$, how a derivative changes: $\xi^{J\mu} = D_\mu\xi^J - (D_\mu X_\nu)
        \phi_{J\nu}$."""
        space = self.space
        if not any(index):
            return self._in_jets[0][field]
        mu = max(i for i, n in enumerate(index) if n)
        below = tuple(n - (i == mu) for i, n in enumerate(index))
        terms = [space.total(self.prolonged(field, below), mu)]
        for nu, x in enumerate(self._in_jets[1]):
            slope = space.total(x, mu)
            if slope != 0:
                terms.append(-slope * space.jet(field, space.raised(below, nu)))
        return Add(*terms)

    def variation(self, density: Any) -> Any:
        r"""$\delta L$ by prolongation, in jets."""
        space = self.space
        terms = [
            density.diff(symbol) * self.prolonged(a, index)
            for symbol, a, index in space.jets_in(density)
        ]
        for mu, x in enumerate(self._in_jets[1]):
            terms += [x * density.diff(self.variables[mu]), density * space.total(x, mu)]
        return Add(*terms)

    def variation_by_characteristic(self, density: Any) -> Any:
        r"""$\delta L = \sum\partial L/\partial\phi_{a,J}\,D_JQ_a + D_\mu(L X_\mu)$, another way."""
        space, q = self.space, self.characteristic()
        terms = [
            density.diff(symbol) * space.total_index(q[a], index)
            for symbol, a, index in space.jets_in(density)
        ]
        terms += [space.total(density * x, mu) for mu, x in enumerate(self._in_jets[1]) if x != 0]
        return Add(*terms)

    def current(self, density: Any, boundary: list[Any]) -> list[Any]:
        r"""$j_\mu = I_\mu[Q] + L X_\mu - \Lambda_\mu$ in jets."""
        parts = parts_current(self.space, density, self.characteristic())
        return [
            Add(part, density * x, -edge)
            for part, x, edge in zip(parts, self._in_jets[1], boundary)
        ]

    def current_name(self, component: int) -> Any:
        """J(t), or j_x(t, x): a function that no coordinate is called."""
        taken = {label_of(q) for q in self.coordinates}
        if len(self.variables) == 1:
            name = next(n for n in ("J", "Q", "J_Noether") if n not in taken)
        else:
            stem = "j" if "j" not in taken else "J"
            name = f"{stem}_{self.variables[component]}"
        return Function(name)(*self.variables)


def _split(premise: Statement, variables: tuple[Symbol, ...]) -> tuple[list[Any], Any]:
    """(Lambda_mu, R) of a right side that is a sum of Derivative(Lambda_mu, x_mu) and R."""
    edges: list[list[Any]] = [[] for _ in variables]
    rest = []
    for term in Add.make_args(premise.rhs):
        if isinstance(term, Derivative) and term.variables[-1] in variables:
            *inner, last = term.variables
            edge = Derivative(term.expr, *inner) if inner else term.expr
            edges[variables.index(last)].append(edge)
        else:
            rest.append(term)
    return [Add(*e) for e in edges], Add(*rest)


@dataclass(frozen=True)
class AtIdentity(Rule):
    r"""From a finite transformation $\tilde x = X(s)$ conclude its generator $\xi = dX/ds\vert_{s =
    0}$.

    Args:
        parameter: s.
        original: what X is at s = 0.
        transformation: the coordinates and variables.
        symbol: the name of the generator.
    """

    name: ClassVar[str] = "generator"
    parameter: Symbol
    original: Any
    symbol: Symbol

    def conclude(self, *premises: Statement) -> Statement:
        (premise,) = premises
        value = premise.rhs.diff(self.parameter).subs(self.parameter, 0).doit()  # type: ignore[attr-defined]
        return Statement(self.symbol, "=", value)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        (premise,) = premises
        functions = tuple(
            f
            for f in premise.rhs.atoms(AppliedUndef) | {self.original}
            if isinstance(f, AppliedUndef)
        )
        space = jet_space(functions, functions[0].args) if functions else jet_space((), ())
        moved = space.jets(premise.rhs)
        slope = moved.diff(self.parameter).subs(self.parameter, 0)
        start = moved.subs(self.parameter, 0)
        return (
            *keeps_relation(conclusion, "="),
            Settled(conclusion.lhs == self.symbol, f"the left side is {self.symbol}"),
            HoldsOnJets(
                space, Add(start, -space.jets(self.original)), conclusion.forall,
                f"at {self.parameter} = 0 nothing is moved",
            ),
            HoldsOnJets(
                space, Add(slope, -space.jets(conclusion.rhs)), conclusion.forall,
                f"the derivative at {self.parameter} = 0",
            ),
        )  # fmt: skip


@dataclass(frozen=True)
class Variation(Rule):
    r"""From $L = \dots$ conclude how L changes, $\delta L = \sum\partial L/\partial\phi_{a,J}\,
    \xi_a^J + X_\mu\partial_\mu L + L D_\mu X_\mu$.

    Checked by the other formula, with $Q_a = \xi_a - X\cdot\partial\phi_a$ in place of $\xi_a^J$.

    Args:
        transformation: xi and X.
    """

    name: ClassVar[str] = "variation"
    transformation: Transformation

    def conclude(self, *premises: Statement) -> Statement:
        (premise,) = premises
        space = self.transformation.space
        value = self.transformation.variation(space.jets(premise.rhs))
        return Statement(VARIATION, "=", space.functions(presentable(space, value)))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        (premise,) = premises
        space = self.transformation.space
        other = self.transformation.variation_by_characteristic(space.jets(premise.rhs))
        difference = Add(space.jets(conclusion.rhs), -other)
        return (
            *keeps_relation(conclusion, "="),
            Settled(conclusion.lhs == VARIATION, f"the left side is {VARIATION}"),
            HoldsOnJets(space, difference, conclusion.forall, "L changes at this rate"),
        )


@dataclass(frozen=True)
class BoundaryTerm(Rule):
    r"""From $\delta L = \dots$ conclude $\delta L = D_\mu\Lambda_\mu + R$.

    R = 0 when $\delta L$ is a total derivative (all its Euler operators vanish); else those terms
    with fields that are total derivatives by themselves go into $\Lambda$, and R is the rest.

    Args:
        transformation: coordinates and variables.
    """

    name: ClassVar[str] = "boundary term"
    transformation: Transformation

    def conclude(self, *premises: Statement) -> Statement:
        (premise,) = premises
        space, variables = self.transformation.space, self.transformation.variables
        change = space.jets(premise.rhs)
        edges, rest = potential(space, change), S.Zero
        if edges is None:
            own: list[Any] = []
            other: list[Any] = []
            for term in Add.make_args(spread(change)):
                exact = bool(space.jets_in(term)) and is_divergence(space, term)
                (own if exact else other).append(term)
            edges = potential(space, Add(*own))
            rest = presentable(space, Add(*other))
            if edges is None:
                raise InputError(str(premise), "has no boundary term", "")
        shown = [space.functions(presentable(space, edge)) for edge in edges]
        total = [Derivative(e, x) for e, x in zip(shown, variables) if e.free_symbols]
        return Statement(VARIATION, "=", Add(*total, space.functions(rest)))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        (premise,) = premises
        space, variables = self.transformation.space, self.transformation.variables
        edges, rest = _split(conclusion, variables)
        total = Add(*[e.diff(x) for e, x in zip(edges, variables)], rest)
        difference = Add(space.jets(premise.rhs), -space.jets(total))
        return (
            *keeps_relation(conclusion, "="),
            Settled(
                conclusion.lhs == VARIATION == premise.lhs, f"the left side is {VARIATION}"
            ),
            HoldsOnJets(space, difference, conclusion.forall, "the derivatives give delta L"),
        )


@dataclass(frozen=True)
class EulerTest(Rule):
    r"""From $\delta L = \dots$ conclude an Euler operator of it that does not vanish: it is no
    total derivative, and the transformation is no symmetry.

    Args:
        transformation: coordinates and variables.
        field: which coordinate.
    """

    name: ClassVar[str] = "Euler test"
    transformation: Transformation
    field: int

    @property
    def symbol(self) -> Any:
        """E_x(delta_L)."""
        coordinate = self.transformation.coordinates[self.field]
        return Function(str(euler_symbol(coordinate)))(VARIATION)

    def conclude(self, *premises: Statement) -> Statement:
        (premise,) = premises
        space = self.transformation.space
        value = euler_operator(space, space.jets(premise.rhs), self.field)
        return Statement(self.symbol, "=", space.functions(presentable(space, value)))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        (premise,) = premises
        space = self.transformation.space
        change, claimed = space.jets(premise.rhs), space.jets(conclusion.rhs)
        current = parts_current(space, change, {self.field: space.field(self.field)})
        # the Euler operator pairs with the field: f_phi.phi = E phi + div I
        paired = [
            change.diff(s) * s for s, a, _ in space.jets_in(change) if a == self.field
        ]
        rest = Add(*paired, -claimed * space.field(self.field), -space.divergence(current))
        return (
            *keeps_relation(conclusion, "="),
            Settled(conclusion.lhs == self.symbol, f"the left side is {self.symbol}"),
            HoldsOnJets(space, rest, conclusion.forall, "it is the Euler operator of delta L"),
            Settled(not is_zero(claimed), "it does not vanish"),
        )


@dataclass(frozen=True)
class Charge(Rule):
    r"""From L and $\delta L = D_\mu\Lambda_\mu + R$ conclude the charge or one component of the
    current, $j_\mu = I_\mu[Q] + L X_\mu - \Lambda_\mu$.

    In mechanics $J = p\cdot\xi - (p\cdot\dot q - L)\,T - \Lambda$; with higher derivatives p are
    Ostrogradsky's momenta.

    Args:
        transformation: xi and X.
        component: mu.
    """

    name: ClassVar[str] = "charge"
    needs: ClassVar[int | None] = 2
    transformation: Transformation
    component: int = 0

    def _value(self, premises: tuple[Statement, ...]) -> Any:
        lagrangian, change = premises
        space = self.transformation.space
        edges, _ = _split(change, self.transformation.variables)
        density = space.jets(lagrangian.rhs)
        return self.transformation.current(density, [space.jets(e) for e in edges])[self.component]

    def conclude(self, *premises: Statement) -> Statement:
        space = self.transformation.space
        value = presentable(space, self._value(premises))
        name = self.transformation.current_name(self.component)
        return Statement(name, "=", space.functions(value))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        space = self.transformation.space
        name = self.transformation.current_name(self.component)
        difference = Add(space.jets(conclusion.rhs), -self._value(premises))
        return (
            *keeps_relation(conclusion, "="),
            Settled(conclusion.lhs == name, f"the left side is {name}"),
            HoldsOnJets(space, difference, conclusion.forall, "it is p.xi - (p.q' - L) T - Lambda"),
        )


@dataclass(frozen=True)
class OffShell(Rule):
    r"""Noether's identity, for all motions: $D_\mu j_\mu = R - \sum_a E_a(\xi_a -
    X_\nu\partial_\nu\phi_a)$.

    Premises: $\delta L$ with its boundary term, every component of the current, and $E_a = \dots$
    for every coordinate.  Checked as an algebraic identity in the derivatives of the fields.

    Args:
        transformation: xi and X.
    """

    name: ClassVar[str] = "Noether identity"
    needs: ClassVar[int | None] = None
    transformation: Transformation

    def demand(self, premises: tuple[Statement, ...]) -> None:
        wanted = 1 + len(self.transformation.variables) + len(self.transformation.coordinates)
        if len(premises) != wanted:
            raise InputError(f"{len(premises)} premises", f"{wanted} are needed", "")

    def conclude(self, *premises: Statement) -> Statement:
        self.demand(premises)
        space, variables = self.transformation.space, self.transformation.variables
        _, rest = _split(premises[0], variables)
        terms = [rest]
        for a, q in self.transformation.characteristic().items():
            symbol = euler_symbol(self.transformation.coordinates[a])
            terms.append(-symbol * space.functions(presentable(space, q)))
        rates = [
            Derivative(self.transformation.current_name(mu), x) for mu, x in enumerate(variables)
        ]
        return Statement(Add(*rates), "=", Add(*terms))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        self.demand(premises)
        space, variables = self.transformation.space, self.transformation.variables
        count = len(variables)
        currents, equations = premises[1 : 1 + count], premises[1 + count :]
        slots = [d for c in currents for d in c.rhs.atoms(Derivative)]
        if any(set(d.variables) - set(variables) for d in slots):
            # slopes of an unknown L by q'(t): SymPy takes d/dt and d/dq' to commute
            rate = space.divergence([space.jets(c.rhs) for c in currents])
        else:  # by SymPy's own rules for functions, not by jets
            slopes = [c.rhs.diff(x) for c, x in zip(currents, variables)]  # type: ignore[attr-defined]
            rate = space.jets(Add(*slopes))
        named = all(
            c.lhs == self.transformation.current_name(mu) for mu, c in enumerate(currents)
        )
        right = conclusion.rhs.xreplace({e.lhs: e.rhs for e in equations})
        difference = Add(rate, -space.jets(right))
        shown = Add(
            *[Derivative(self.transformation.current_name(mu), x) for mu, x in enumerate(variables)]
        )
        return (
            *keeps_relation(conclusion, "="),
            Settled(named and conclusion.lhs == shown, f"the left side is {shown}"),
            HoldsOnJets(space, difference, conclusion.forall, "it holds for all motions"),
        )


@dataclass(frozen=True)
class OnShell(Rule):
    r"""From Noether's identity and the motion $E_a = -F_a$ conclude the law of the charge.

    $D_\mu j_\mu = R + \sum_a F_a(\xi_a - X_\nu\partial_\nu\phi_a)$: conserved when that is zero,
    else the balance law.

    Args:
        transformation: xi and X.
    """

    name: ClassVar[str] = "law of the charge"
    needs: ClassVar[int | None] = None
    transformation: Transformation

    def _rate(self, premises: tuple[Statement, ...]) -> Any:
        identity, *motions = premises
        put = {m.lhs: m.rhs for m in motions}
        return self.transformation.space.jets(identity.rhs.xreplace(put))

    def conclude(self, *premises: Statement) -> Statement:
        space = self.transformation.space
        value = presentable(space, self._rate(premises))
        return Statement(premises[0].lhs, "=", space.functions(value))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        space = self.transformation.space
        left = [euler_symbol(q) for q in self.transformation.coordinates]
        if any(s in conclusion.rhs.free_symbols for s in left):
            return (Settled(False, "the equations of motion are used up"),)
        difference = Add(space.jets(conclusion.rhs), -self._rate(premises))
        about = (
            "the charge is conserved"
            if conclusion.rhs == 0
            else f"the charge changes at the rate {conclusion.rhs}"
        )
        return (
            *keeps_relation(conclusion, "="),
            Settled(conclusion.lhs == premises[0].lhs, "the left side is that of the identity"),
            HoldsOnJets(space, difference, conclusion.forall, about),
        )


def generator_symbol(thing: Any) -> Symbol:
    """delta_x, the change of a coordinate or variable per group parameter."""
    label = str(thing) if isinstance(thing, Symbol) else label_of(thing)
    return Symbol(f"delta_{label}")


def conjugated(expr: Any) -> Any:
    """The complex conjugate, with real independent variables."""
    return conjugate(as_expression(expr)).expand(complex=False)
