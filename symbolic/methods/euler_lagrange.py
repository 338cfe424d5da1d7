r"""The Euler-Lagrange equations, from the first variation.

Main definitions: `EulerLagrange`, `euler_lagrange`, `equations_of_motion`.

Sign: $E_a = \partial L/\partial q_a - \frac{d}{dt}\partial L/\partial\dot q_a + \dots$ (first
variation, the sign of SymPy's `euler_equations`); with forces F the motion obeys $E_a = -F_a$.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from sympy import (
    Add,
    Basic,
    Derivative,
    Dummy,
    Function,
    ImmutableMatrix,
    Ne,
    S,
    Subs,
    Symbol,
    conjugate,
)

from derivax.errors import InputError
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.formula import Formula
from derivax.symbolic.jets import jet_space
from derivax.symbolic.lagrangian import Lagrangian
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.jet_identity import HoldsOnJets
from derivax.symbolic.methods.variation import euler_operator, parts_current, presentable
from derivax.symbolic.obligations import Obligation, Settled, SignHolds
from derivax.symbolic.problem import Problem
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = [
    "Accelerations",
    "AtInstant",
    "EulerLagrange",
    "equations_of_motion",
    "euler_lagrange",
]


def label_of(coordinate: Any) -> str:
    """The name of a coordinate in the names of symbols and steps."""
    if isinstance(coordinate, conjugate):
        return f"{coordinate.args[0].func}bar"
    return str(coordinate.func)


def euler_symbol(coordinate: Any) -> Symbol:
    """E_x, the Euler-Lagrange expression of the coordinate x."""
    return Symbol(f"E_{label_of(coordinate)}")


def euler_lagrange(L: Any, q: Any) -> Any:
    r"""The Euler-Lagrange expressions $E_a = \partial_{q_a}L - \frac{d}{dt}\partial_{\dot q_a}L +
    \dots$, for any order and any number of independent variables.

    Args:
        L: the Lagrangian (density).
        q: q(t) or phi(t, x), or a list of them.

    Returns:
        one expression, or a tuple for a list.

    >>> from sympy import Function, symbols
    >>> t, x, c = symbols("t x c", real=True)
    >>> u = Function("u", real=True)(t, x)
    >>> euler_lagrange(u.diff(t)**2/2 - c**2*u.diff(x)**2/2, u)
    c**2*Derivative(u(t, x), (x, 2)) - Derivative(u(t, x), (t, 2))
    """
    system = L if isinstance(L, Lagrangian) else Lagrangian(L, q)
    space = system.space
    density = space.jets(system.density)
    found = tuple(
        space.functions(presentable(space, euler_operator(space, density, a)))
        for a in range(len(system.coordinates))
    )
    return found[0] if isinstance(q, Basic) else found


@dataclass(frozen=True)
class EulerLagrange(Rule):
    r"""From $L = \dots$ conclude $E_a = \partial_{q_a}L - \frac{d}{dt}\partial_{\dot q_a}L +
    \dots$.

    Checked through the first variation: $\delta L[\eta] - E_a\eta$, with L differentiated along $q
    + \epsilon\eta$, is the total derivative of the boundary term that integration by parts leaves.

    Args:
        coordinate: q_a.
        coordinates: all of them.
    """

    name: ClassVar[str] = "Euler-Lagrange"
    coordinate: Any
    coordinates: tuple[Any, ...]

    def __post_init__(self) -> None:
        if self.coordinate not in self.coordinates:
            raise InputError(str(self.coordinate), "is not one of the coordinates", "")

    @property
    def _variables(self) -> tuple[Symbol, ...]:
        first = self.coordinates[0]
        return (first.args[0] if isinstance(first, conjugate) else first).args  # type: ignore[no-any-return]

    def conclude(self, *premises: Statement) -> Statement:
        (premise,) = premises
        space = jet_space(self.coordinates, self._variables)
        number = self.coordinates.index(self.coordinate)
        value = euler_operator(space, space.jets(premise.rhs), number)
        value = space.functions(presentable(space, value))
        return Statement(euler_symbol(self.coordinate), "=", value, forall=premise.forall)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        (premise,) = premises
        variables = self._variables
        eta = Function("eta_variation")(*variables)
        space = jet_space((*self.coordinates, eta), variables)
        number, extra = self.coordinates.index(self.coordinate), len(self.coordinates)
        density, claimed = space.jets(premise.rhs), space.jets(conclusion.rhs)
        small = Dummy("epsilon")
        moves = {
            s: s + small * space.jet(extra, index)
            for s, a, index in space.jets_in(density)
            if a == number
        }
        slopes = density.has(Derivative, Subs)  # of unknown functions: there xreplace fails
        shifted = density.subs(moves, simultaneous=True) if slopes else density.xreplace(moves)
        first = shifted.diff(small).subs(small, 0)
        first = first.xreplace({s: s.doit() for s in first.atoms(Subs)})
        current = parts_current(space, density, {number: space.field(extra)})
        rest = Add(first, -claimed * space.field(extra), -space.divergence(current))
        about = f"the first variation in {self.coordinate} is E*eta and a total derivative"
        return (
            *keeps_relation(conclusion, "="),
            Settled(
                conclusion.lhs == euler_symbol(self.coordinate),
                f"the left side is {euler_symbol(self.coordinate)}",
            ),
            HoldsOnJets(space, rest, conclusion.forall, about),
        )


@dataclass(frozen=True)
class Accelerations(Rule):
    r"""From the equations of motion $E_a = -F_a$ of mechanics conclude one acceleration.

    Premises: for each coordinate $E_a = \dots$, then for each $E_a = -F_a$.  The accelerations, put
    back, satisfy all of them, and the mass matrix $\partial^2L/\partial\dot q\,\partial\dot q$ is
    not singular.

    Args:
        number: which coordinate.
        coordinates: all of them.
    """

    name: ClassVar[str] = "accelerations"
    needs: ClassVar[int | None] = None
    number: int
    coordinates: tuple[Any, ...]

    def demand(self, premises: tuple[Statement, ...]) -> None:
        if len(premises) != 2 * len(self.coordinates):
            raise InputError(
                f"{len(premises)} premises", "two equations belong to every coordinate", ""
            )

    def _system(
        self, premises: tuple[Statement, ...]
    ) -> tuple[list[Any], ImmutableMatrix, ImmutableMatrix]:
        """The jets of the accelerations, the mass matrix and the right side of M q'' = b."""
        count = len(self.coordinates)
        space = jet_space(self.coordinates, self.coordinates[0].args)
        tops = [space.jet(a, (2,)) for a in range(count)]
        if any(
            left.lhs != right.lhs for left, right in zip(premises[:count], premises[count:])
        ):
            raise InputError("the premises", "are not E = ... and E = -F, in order", "")
        sides = [
            space.jets(left.rhs) - space.jets(right.rhs)
            for left, right in zip(premises[:count], premises[count:])
        ]
        matrix = ImmutableMatrix([[side.diff(top) for top in tops] for side in sides])
        if any(matrix.has(top) for top in tops) or any(space.order(s) > 2 for s in sides):
            raise InputError("the equations of motion", "are not linear in accelerations", "")
        rest = ImmutableMatrix([-side.xreplace(dict.fromkeys(tops, S.Zero)) for side in sides])
        return tops, matrix, rest

    def conclude(self, *premises: Statement) -> Statement:
        self.demand(premises)
        _, matrix, rest = self._system(premises)
        space = jet_space(self.coordinates, self.coordinates[0].args)
        value = presentable(space, matrix.LUsolve(rest)[self.number])
        t = self.coordinates[0].args[0]
        return Statement(
            self.coordinates[self.number].diff(t, 2), "=", space.functions(value),
            given=self._regular(matrix),
        )  # fmt: skip

    def _regular(self, matrix: ImmutableMatrix) -> tuple[Basic, ...]:
        space = jet_space(self.coordinates, self.coordinates[0].args)
        determinant = space.functions(presentable(space, matrix.det(method="berkowitz")))
        relation = Ne(determinant, 0)
        return () if determinant.is_nonzero or relation == True else (relation,)  # noqa: E712

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        self.demand(premises)
        _, matrix, rest = self._system(premises)
        space = jet_space(self.coordinates, self.coordinates[0].args)
        place = self.coordinates[self.number]
        claimed = space.jets(conclusion.rhs)
        determinant = matrix.det(method="berkowitz")
        replaced = matrix.as_mutable()
        replaced[:, self.number] = rest
        cramer = Add(claimed * determinant, -replaced.det(method="berkowitz"))
        made: list[Obligation] = [
            *keeps_relation(conclusion, "="),
            Settled(
                conclusion.lhs == place.diff(place.args[0], 2),
                "the left side is the acceleration",
            ),
            HoldsOnJets(space, cramer, conclusion.forall, "Cramer's rule gives the acceleration"),
        ]
        if not determinant.is_nonzero:
            held = space.functions(presentable(space, determinant))
            relation = Ne(held, 0, evaluate=False)
            about = "the mass matrix is not singular"
            made.append(SignHolds(relation, conclusion.domain, about))
        return tuple(made)


def begin(system: Lagrangian, kind: type[Derivation] = Derivation, **texts: str) -> Derivation:
    """A derivation that starts from a Lagrangian and holds E_a = ... and E_a = -F_a.

    Steps: `lagrangian`, then `euler-x` and `motion-x` for every coordinate x.
    """
    base = _equations(system)
    return kind(base.problem, base.steps, texts.get("name", ""), texts.get("title", ""),
                texts.get("source", ""))  # fmt: skip


@lru_cache(maxsize=32)  # the charges of one system share its equations
def _equations(system: Lagrangian) -> Derivation:
    unknown = tuple(q.args[0] if isinstance(q, conjugate) else q for q in system.coordinates)
    problem = Problem(system.statement, tuple(dict.fromkeys(unknown)))
    derivation = Derivation(problem).assume(
        system.statement, name="lagrangian", say="The Lagrangian:"
    )
    for a, coordinate in enumerate(system.coordinates):
        label = label_of(coordinate)
        derivation = derivation.then(
            EulerLagrange(coordinate, system.coordinates),
            "lagrangian",
            name=f"euler-{label}",
            say=f"The first variation of L in {label}:",
        )
        force = system.forces[a]
        derivation = derivation.assume(
            Statement(euler_symbol(coordinate), "=", -as_expression(force)),
            name=f"motion-{label}",
            say="Hamilton's principle:" if force == 0 else "The principle of d'Alembert, with the"
            " force that has no potential:",
        )
    return derivation


def equations_of_motion(system: Lagrangian) -> Derivation:
    r"""The Euler-Lagrange equations of a Lagrangian, and its accelerations where it has them.

    Args:
        system: the Lagrangian.

    Returns:
        a derivation with steps `equation-x` and, for mechanics with a regular mass matrix,
        `acceleration-x`; its formula is then {name: acceleration} of coordinates and velocities.

    >>> from sympy import Function, symbols
    >>> t, m, g = symbols("t m g", positive=True)
    >>> z = Function("z", real=True)(t)
    >>> fall = equations_of_motion(Lagrangian(m*z.diff(t)**2/2 - m*g*z, z))
    >>> print(fall["acceleration-z"], fall.outcome)
    Derivative(z(t), (t, 2)) = -g proven
    """
    derivation = begin(system, title="Equations of motion from the Lagrangian")
    labels = [label_of(q) for q in system.coordinates]
    for label in labels:
        derivation = derivation.then(
            Combine([-1, 1]),
            f"euler-{label}",
            f"motion-{label}",
            name=f"equation-{label}",
            say=f"The equation of motion of {label}:",
            claim=Statement(
                derivation[f"euler-{label}"].rhs, "=", derivation[f"motion-{label}"].rhs
            ),
        )
    regular = len(system.variables) == 1 and system.order == 1
    if regular:
        try:
            system.accelerations()
        except InputError:
            regular = False
    if not regular:
        return derivation
    steps = [f"euler-{label}" for label in labels] + [f"motion-{label}" for label in labels]
    for number, label in enumerate(labels):
        derivation = derivation.then(
            Accelerations(number, system.coordinates),
            *steps,
            name=f"acceleration-{label}",
            say="Solved for the acceleration:",
        )
    outputs = {f"{x}ddot": f"acceleration-{x}" for x in labels}
    return in_symbols(derivation, system, outputs, "accelerations")  # type: ignore[no-any-return]


@dataclass(frozen=True)
class AtInstant(Rule):
    r"""From $A = B(q(t), \dot q(t), \dots)$ conclude the same for numbers q, qdot at one instant.

    What holds for all motions holds for all values of positions and velocities.

    Args:
        quantity: the name of A in the conclusion.
        names: pairs (q(t) or a derivative, its symbol), all different.
    """

    name: ClassVar[str] = "at one instant"
    quantity: Symbol
    names: tuple[tuple[Any, Symbol], ...]

    def conclude(self, *premises: Statement) -> Statement:
        (premise,) = premises
        return Statement(self.quantity, "=", premise.rhs.xreplace(dict(self.names)))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        (premise,) = premises
        symbols = [s for _, s in self.names]
        fresh = set(symbols).isdisjoint(premise.rhs.free_symbols)
        back = conclusion.rhs.xreplace({s: q for q, s in self.names})
        return (
            *keeps_relation(conclusion, "="),
            Settled(conclusion.lhs == self.quantity, f"the left side is {self.quantity}"),
            Settled(fresh and len(set(symbols)) == len(symbols), "the symbols are new"),
            Settled(back == premise.rhs, "with the motion put back it is the premise"),
        )


def in_symbols(
    derivation: Any, system: Lagrangian, steps: dict[str, str], name: str, title: str = ""
) -> Any:
    """The derivation with right sides at one instant (x for x(t), xdot for x'(t)) as its formula.

    Args:
        steps: {output: name of the step whose right side it is}.
    """
    space = system.space
    jets = {key: space.jets(derivation[step].rhs) for key, step in steps.items()}
    used = {row for value in jets.values() for row in space.jets_in(value)}
    ordered = sorted(used, key=lambda row: (sum(row[2]), row[1], row[2]))
    taken = {str(s) for v in jets.values() for s in v.free_symbols} | set(steps)
    names: list[tuple[Any, Symbol]] = []
    for symbol, a, index in ordered:
        label = label_of(system.coordinates[a])
        if len(system.variables) == 1:
            plain = label + ("", "dot", "ddot")[index[0]] if index[0] < 3 else f"{label}_{index[0]}"
        else:
            tail = "".join(str(v) * n for v, n in zip(system.variables, index))
            plain = f"{label}_{tail}" if tail else label
        while plain in taken:
            plain += "_"
        taken.add(plain)
        kinds = ("positive", "nonnegative", "real")
        kind = next((k for k in kinds if getattr(symbol, f"is_{k}")), "complex")
        names.append((space.derivative(a, index), Symbol(plain, **{kind: True})))
    outputs = {}
    for key, step in steps.items():
        own = f"{key}-at-one-instant"
        derivation = derivation.then(
            AtInstant(Symbol(key), tuple(names)), step, name=own,
            say="In terms of the values at one instant:",
        )  # fmt: skip
        outputs[key] = derivation[own].rhs
    symbols = [s for _, s in names]
    rest = {s for v in outputs.values() for s in v.free_symbols} - set(symbols)
    first = [v for v in system.variables if v in rest]
    arguments = [*symbols, *first, *sorted(rest - set(first), key=str)]
    formula = Formula(outputs, arguments, name=name, title=title, source="Lagrangian")
    return derivation.concluded(formula)
