r"""Finding symmetries: the determining equations of point symmetries, solved exactly.

The generators $T\,\partial_t + \sum_a\xi_a\,\partial_{q_a}$ are sought with T and $\xi_a$
polynomials in the coordinates, times given functions of the variables.  Two conditions are linear
in the unknown coefficients:
    variational  all Euler operators of $\delta L$ vanish ($\delta L$ is a total derivative)
    Lie          $\mathrm{pr}\,X(\ddot q_a - A_a) = 0$ on the equations of motion
Every monomial in the independent derivatives gives an equation; their null space is computed over
the rational functions of the parameters.

Main definitions: `symmetries`, `Generator`, `commutator`, `commutator_table`.

References: P. J. Olver, Applications of Lie Groups to Differential Equations, chapters 2, 4, 5.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

from sympy import Add, Basic, Expr, Mul, S, Symbol, lcm_list
from sympy.polys.polytools import gcd_list

from derivax.errors import InputError
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.exact.linear_relations import null_combinations, solve_combination
from derivax.symbolic.lagrangian import Lagrangian
from derivax.symbolic.methods.noether import ChargeLaw, noether
from derivax.symbolic.methods.noether_steps import Transformation
from derivax.symbolic.methods.variation import euler_operator

__all__ = ["Generator", "commutator", "commutator_table", "symmetries"]

_MOST_UNKNOWNS = 400


@dataclass(frozen=True)
class Generator:
    r"""A generator $\sum_\mu X_\mu\partial_\mu + \sum_a\xi_a\partial_{q_a}$.

    `xi` and `shift` (the components T or $X_\mu$) are expressions in the coordinates and variables.
    """

    system: Lagrangian
    xi: tuple[Expr, ...]
    shift: tuple[Expr, ...]

    @property
    def T(self) -> Expr:
        """The change of the first variable."""
        return self.shift[0]

    @property
    def transformation(self) -> Transformation:
        """As a transformation of the coordinates of the system."""
        return Transformation(self.system.coordinates, self.system.variables, self.xi, self.shift)

    def charge(self) -> ChargeLaw:
        """Its charge and law, derived by Noether's theorem."""
        return noether(
            self.system,
            xi=dict(zip(self.system.coordinates, self.xi)),
            T=dict(zip(self.system.variables, self.shift)),
        )

    def __str__(self) -> str:
        names = [*map(str, self.system.variables)]
        names += [str(getattr(q, "func", q)) for q in self.system.coordinates]
        terms = [f"({c})*d/d{n}" for c, n in zip((*self.shift, *self.xi), names) if c != 0]
        return " + ".join(terms) or "0"


def symmetries(
    L: Any,
    q: Any = None,
    *,
    degree: int = 2,
    kind: str = "variational",
    functions: Iterable[Any] | None = None,
) -> tuple[Generator, ...]:
    r"""The point symmetries of a Lagrangian with polynomial generators: a basis.

    Args:
        L: the Lagrangian, an expression or `Lagrangian`.
        q: its coordinates (not with a `Lagrangian`).
        degree: of the polynomials in coordinates and variables.
        kind: "variational" ($\delta L$ a total derivative: Noether's theorem gives a charge), or
            "Lie" (symmetries of the equations of motion of mechanics, a larger algebra).
        functions: functions of the variables that multiply polynomials in the coordinates alone,
            in place of powers of the variables: `[1, cos(w*t), sin(w*t)]`.

    Returns:
        generators; `.charge()` derives the charge of one.

    >>> from sympy import Function, symbols
    >>> t, m = symbols("t m", positive=True)
    >>> x = Function("x", real=True)(t)
    >>> free = symmetries(m*x.diff(t)**2/2, x)
    >>> len(free), len(symmetries(m*x.diff(t)**2/2, x, kind="Lie"))
    (5, 8)
    >>> [str(g.charge().verdict) for g in free] == 5*["conserved"]
    True

    Raises:
        InputError: another kind, an ansatz of too many unknowns, or accelerations that the
            Lagrangian does not determine (for "Lie").
    """
    system = L if isinstance(L, Lagrangian) else Lagrangian(L, q)
    if kind not in ("variational", "Lie"):
        raise InputError(repr(kind), "is not a kind of symmetry", "pass 'variational' or 'Lie'")
    if not isinstance(degree, int) or degree < 0:
        raise InputError(f"degree {degree}", "is not a degree", "pass 0, 1, 2, ...")
    space = system.space
    monomials = _ansatz(system, degree, functions)
    places = [(False, a) for a in range(len(system.coordinates))]
    places += [(True, mu) for mu in range(len(system.variables))]
    if len(places) * len(monomials) > _MOST_UNKNOWNS:
        raise InputError(
            f"an ansatz of {len(places) * len(monomials)} unknowns", "is too large",
            "lower the degree",
        )  # fmt: skip
    trials = [_unit(system, place, m) for place in places for m in monomials]
    conditions = _variational(system) if kind == "variational" else _lie(system)
    columns = [conditions(trial) for trial in trials]
    moving = {*system.variables, *(s for s, _, _ in _all_jets(space, columns))}
    parameters = {s for c in columns for e in c for s in e.free_symbols} - moving
    basis = _null_space(columns, parameters)
    found = []
    for weights in basis:
        xi = [Add(*[w * t.xi[a] for w, t in zip(weights, trials)]) for a in range(len(places))
              if a < len(system.coordinates)]  # fmt: skip
        shift = [Add(*[w * t.shift[mu] for w, t in zip(weights, trials)])
                 for mu in range(len(system.variables))]  # fmt: skip
        found.append(Generator(system, tuple(xi), tuple(shift)))
    return tuple(found)


def _ansatz(system: Lagrangian, degree: int, functions: Any) -> list[Expr]:
    coordinates = list(system.coordinates)
    if functions is None:
        pool: list[Any] = [*system.variables, *coordinates]
        return [Mul(*c) for d in range(degree + 1) for c in combinations_with_replacement(pool, d)]
    factors = [as_expression(f) for f in functions]
    powers = [
        Mul(*c) for d in range(degree + 1) for c in combinations_with_replacement(coordinates, d)
    ]
    return [f * p for p in powers for f in factors]


def _unit(system: Lagrangian, place: tuple[bool, int], monomial: Expr) -> Transformation:
    shifts, number = place
    xi = [S.Zero] * len(system.coordinates)
    shift = [S.Zero] * len(system.variables)
    (shift if shifts else xi)[number] = monomial
    return Transformation(system.coordinates, system.variables, tuple(xi), tuple(shift))


def _variational(system: Lagrangian) -> Any:
    space = system.space
    density = space.jets(system.density)

    def conditions(trial: Transformation) -> list[Any]:
        change = trial.variation(density)
        return [euler_operator(space, change, a) for a in range(len(system.coordinates))]

    return conditions


def _lie(system: Lagrangian) -> Any:
    space = system.space
    accelerations = [space.jets(a) for a in system.accelerations().values()]
    count = len(system.coordinates)
    on_shell = {space.jet(a, (2,)): accelerations[a] for a in range(count)}

    def conditions(trial: Transformation) -> list[Any]:
        shift = space.jets(trial.shift[0])
        found = []
        for a in range(count):
            terms = [trial.prolonged(a, (2,)), -shift * accelerations[a].diff(system.variables[0])]
            for symbol, b, index in space.jets_in(accelerations[a]):
                terms.append(-trial.prolonged(b, index) * accelerations[a].diff(symbol))
            found.append(Add(*terms).xreplace(on_shell))
        return found

    return conditions


def _all_jets(space: Any, columns: list[list[Any]]) -> set[Any]:
    return {row for column in columns for expr in column for row in space.jets_in(expr)}


def _null_space(columns: list[list[Any]], parameters: set[Basic]) -> list[tuple[Expr, ...]]:
    """The common null combinations of several lists of columns, one condition after another."""
    count = len(columns)
    basis = [tuple(S.One if i == j else S.Zero for i in range(count)) for j in range(count)]
    for number in range(len(columns[0])):
        if not basis:
            break
        rows = [
            Add(*[w * columns[j][number] for j, w in enumerate(weights) if w != 0])
            for weights in basis
        ]
        combinations = null_combinations(rows, parameters)
        basis = [
            tuple(
                Add(*[c * weights[j] for c, weights in zip(combination, basis)])
                for j in range(count)
            )
            for combination in combinations
        ]
    return [_cleared(weights) for weights in basis]


def _cleared(weights: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """A multiple without denominators."""
    weights = tuple(w.cancel() for w in weights)
    bottom = lcm_list([w.as_numer_denom()[1] for w in weights])
    cleared = [(w * bottom).cancel() for w in weights]
    common = gcd_list(cleared)
    return tuple((w / common).cancel() for w in cleared)


def commutator(first: Generator, second: Generator) -> Generator:
    """The commutator [A, B] of two generators, again a generator.

    >>> from sympy import Function, symbols
    >>> t = symbols("t", positive=True)
    >>> x = Function("x", real=True)(t)
    >>> L = Lagrangian(x.diff(t)**2/2, x)
    >>> energy, momentum = Generator(L, (S(0),), (S(1),)), Generator(L, (S(1),), (S(0),))
    >>> boost = Generator(L, (t,), (S(0),))
    >>> str(commutator(energy, boost)) == str(momentum)
    True
    """
    if first.system != second.system:
        raise InputError("two generators", "belong to different systems", "")
    system, space = first.system, first.system.space
    places = [*system.variables, *[space.field(a) for a in range(len(system.coordinates))]]

    def components(generator: Generator) -> list[Any]:
        return [space.jets(c) for c in (*generator.shift, *generator.xi)]

    left, right = components(first), components(second)

    def applied(field: list[Any], target: Any) -> Any:
        return Add(*[c * target.diff(x) for c, x in zip(field, places)])

    result = [
        space.functions((applied(left, r) - applied(right, c)).expand())
        for c, r in zip(left, right)
    ]
    split = len(system.variables)
    return Generator(system, tuple(result[split:]), tuple(result[:split]))


def commutator_table(generators: Iterable[Generator]) -> dict[tuple[int, int], tuple[Expr, ...]]:
    """{(i, j): c} with [G_i, G_j] = sum_k c_k G_k, for i < j.

    Raises:
        InputError: a commutator is no combination of the generators (they are no algebra).
    """
    listed = list(generators)
    if not listed:
        return {}
    space = listed[0].system.space
    mark = Symbol("component")

    def packed(generator: Generator) -> Any:
        parts = (*generator.shift, *generator.xi)
        return Add(*[mark**k * space.jets(p) for k, p in enumerate(parts)])

    columns = [packed(g) for g in listed]
    moving = {mark, *listed[0].system.variables}
    moving |= {space.field(a) for a in range(len(listed[0].system.coordinates))}
    parameters = {s for c in columns for s in c.free_symbols} - moving
    table = {}
    for i, first in enumerate(listed):
        for j in range(i + 1, len(listed)):
            bracket = packed(commutator(first, listed[j]))
            weights = solve_combination(columns, bracket, parameters)
            if weights is None:
                raise InputError(
                    f"[{first}, {listed[j]}]", "is no combination of the generators",
                    "raise the degree: the generators are no closed algebra",
                )  # fmt: skip
            table[i, j] = tuple(weights)
    return table
