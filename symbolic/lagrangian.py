r"""A Lagrangian: a starting point from which equations of motion and charges are derived.

Main definition: `Lagrangian`.

Implementation notes.  Coordinates q(t) of mechanics and fields $\phi(t, x, ...)$ are the same thing
with one or more independent variables.  A complex field whose conjugate occurs in L gets the
conjugate as a further coordinate; a holonomic constraint gets a multiplier.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Basic, Expr, Function, ImmutableMatrix, S, Symbol, conjugate
from sympy.core.function import AppliedUndef, UndefinedFunction
from sympy.core.relational import Equality

from derivax.errors import InputError
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.exact.monomials import is_plainly_zero
from derivax.symbolic.jets import JetSpace, conjugate_partners, jet_space, without_moduli
from derivax.symbolic.statements import Statement

__all__ = ["Lagrangian"]


def _coordinates(q: Any) -> tuple[Any, ...]:
    if isinstance(q, UndefinedFunction):
        raise InputError(str(q), "is a function without argument", f"write {q}(t)")
    listed = (q,) if isinstance(q, Basic) and not isinstance(q, ImmutableMatrix) else tuple(q)
    for one in listed:
        bare = one.args[0] if isinstance(one, conjugate) else one
        if isinstance(bare, UndefinedFunction):
            raise InputError(str(one), "is a function without argument", f"write {one}(t)")
        if not isinstance(bare, AppliedUndef) or not all(
            isinstance(v, Symbol) for v in bare.args
        ):
            raise InputError(str(one), "is not a coordinate", "pass q(t), or a field phi(t, x)")
    if not listed:
        raise InputError("q", "names no coordinate", "pass q(t) or a list")
    if len(set(listed)) != len(listed):
        raise InputError(str(list(listed)), "names a coordinate twice", "")
    return listed


@dataclass(frozen=True, init=False)
class Lagrangian:
    r"""A Lagrangian (density), its coordinates (fields), forces and constraints.

    $$\frac{\partial L}{\partial q_a} - \frac{d}{dt}\frac{\partial L}{\partial\dot q_a} + \dots
      + F_a = 0$$

    Args:
        density: L, an expression in q(t), its derivatives of any order, and t.
        q: the coordinates `q(t)`, or fields `phi(t, x)`; one or a list.
        forces: {q: F}, forces that have no potential (friction), on the right of Newton's law.
        rayleigh: dissipation function R(q, q'); its force is -dR/dq'.
        constraints: expressions that vanish, in q and t (holonomic); each gets a multiplier
            `lambda_1(t)`, ..., a further coordinate.

    >>> from sympy import Function, symbols
    >>> t, m, k = symbols("t m k", positive=True)
    >>> q = Function("q", real=True)(t)
    >>> oscillator = Lagrangian(m*q.diff(t)**2/2 - k*q**2/2, q)
    >>> oscillator.variables, oscillator.accelerations()
    ((t,), {Derivative(q(t), (t, 2)): -k*q(t)/m})
    """

    density: Any
    coordinates: tuple[Any, ...]
    forces: tuple[Expr, ...]
    multipliers: tuple[Any, ...]

    def __init__(
        self,
        density: Any,
        q: Any,
        *,
        forces: Mapping[Any, Any] | None = None,
        rayleigh: Any = None,
        constraints: Iterable[Any] = (),
    ) -> None:
        density = without_moduli(as_expression(density))
        named = _coordinates(q)
        variables = named[0].args[0].args if isinstance(named[0], conjugate) else named[0].args
        for one in named:
            own = one.args[0].args if isinstance(one, conjugate) else one.args
            if own != variables:
                raise InputError(str(one), f"is not a function of {variables}", "as the others are")
        if isinstance(density, Basic) and not isinstance(density, Expr):
            raise InputError(str(density), "is not a Lagrangian", "pass a scalar expression")
        partners = conjugate_partners(density, named)
        coordinates = (*named, *partners)
        held = [constraints] if isinstance(constraints, Basic) else list(constraints)
        multipliers = []
        for number, constraint in enumerate(held, 1):
            if isinstance(constraint, Equality):
                constraint = constraint.lhs - constraint.rhs
            constraint = as_expression(constraint)
            if jet_space(coordinates, variables).order(
                jet_space(coordinates, variables).jets(constraint)
            ):
                raise InputError(
                    str(constraint), "holds velocities: Hamilton's principle does not give the"
                    " motion of nonholonomic systems", "pass constraints on q and t only"
                )  # fmt: skip
            multiplier = Function(f"lambda_{number}", real=True)(*variables)
            if multiplier in coordinates or density.has(multiplier.func):
                raise InputError(str(multiplier), "is the name of a multiplier", "rename it")
            multipliers.append(multiplier)
            density = density + multiplier * constraint
        coordinates = (*coordinates, *multipliers)
        for name, value in (
            ("density", density),
            ("coordinates", coordinates),
            ("multipliers", tuple(multipliers)),
        ):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "forces", self._all_forces(forces, rayleigh))
        self.space.jets(density)  # refuses what it does not know
        jets = self.space.jets(density)
        if not self.space.jets_in(jets):
            raise InputError(str(density), "holds none of the coordinates", "name those that occur")

    def _all_forces(self, forces: Any, rayleigh: Any) -> tuple[Expr, ...]:
        given = {k: as_expression(v) for k, v in dict(forces or {}).items()}
        for key in given:
            if key not in self.coordinates:
                raise InputError(str(key), "is not a coordinate", "forces={q(t): F}")
        found = [given.get(q, S.Zero) for q in self.coordinates]
        if rayleigh is not None:
            if len(self.variables) != 1:
                raise InputError("rayleigh", "belongs to mechanics", "pass forces={phi: F}")
            space = self.space
            dissipation = space.jets(as_expression(rayleigh))
            for a in range(len(found)):
                velocity = space.jet(a, (1,))
                found[a] = found[a] - space.functions(dissipation.diff(velocity))
        return tuple(found)

    @property
    def variables(self) -> tuple[Symbol, ...]:
        """The independent variables."""
        first = self.coordinates[0]
        return (first.args[0] if isinstance(first, conjugate) else first).args  # type: ignore[no-any-return]

    @property
    def space(self) -> JetSpace:
        """The jets of the coordinates."""
        return jet_space(self.coordinates, self.variables)

    @property
    def symbol(self) -> Symbol:
        """The name of the Lagrangian in statements."""
        taken = {str(s) for s in self.density.free_symbols}
        return Symbol("L" if "L" not in taken else "Lagrangian", real=True)

    @property
    def statement(self) -> Statement:
        """L = density."""
        return Statement(self.symbol, "=", self.density)

    @property
    def order(self) -> int:
        """The order of the highest derivative."""
        return self.space.order(self.space.jets(self.density))

    def mass_matrix(self) -> ImmutableMatrix:
        r"""$\partial^2 L/\partial\dot q_a\partial\dot q_b$, of mechanics of first order."""
        if len(self.variables) != 1 or self.order > 1:
            raise InputError("this Lagrangian", "has no mass matrix", "mechanics with velocities")
        space = self.space
        jets = space.jets(self.density)
        speeds = [space.jet(a, (1,)) for a in range(len(self.coordinates))]
        rows = [[space.functions(jets.diff(v, w)) for w in speeds] for v in speeds]
        return ImmutableMatrix(rows)

    def accelerations(self) -> dict[Basic, Expr]:
        """{q'': its value}, the equations of motion solved for the accelerations.

        Raises:
            InputError: the matrix of second derivatives by the velocities is singular.
        """
        matrix = self.mass_matrix()
        if is_plainly_zero(matrix.det(method="berkowitz")):
            raise InputError(
                "this Lagrangian", "does not determine the accelerations (its mass matrix is"
                " singular)", "derive its equations of motion without solving them"
            )  # fmt: skip
        space = self.space
        jets = space.jets(self.density)
        sides = []
        for a in range(len(self.coordinates)):
            momentum = jets.diff(space.jet(a, (1,)))
            rest = momentum.diff(self.variables[0])
            for b in range(len(self.coordinates)):
                rest += momentum.diff(space.field(b)) * space.jet(b, (1,))
            sides.append(
                space.functions(jets.diff(space.field(a)) - rest) + self.forces[a]
            )
        solution = matrix.LUsolve(ImmutableMatrix(sides))
        t = self.variables[0]
        return {
            q.diff(t, 2): s.cancel() if s.is_rational_function() else s
            for q, s in zip(self.coordinates, solution)
        }

    def __str__(self) -> str:
        names = ", ".join(map(str, self.coordinates))
        return f"{self.symbol} = {self.density}, coordinates {names}"

    def _repr_latex_(self) -> str:
        from derivax.symbolic.typeset.latex import latex

        return f"${latex(self.statement)}$"
