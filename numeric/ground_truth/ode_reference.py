r"""Reference solutions of first-order ODE systems, computed from the equations alone.

The right-hand side of the user's own equations is evaluated on balls (never through printed code),
and integrated by Gragg's modified midpoint rule with Richardson extrapolation (order 2K, adaptive
step) in flint's arbitrary precision: 30 digits by default.  Every value carries an error estimate,
the difference from a second run at another tolerance.  No closed form enters.

Main definitions: `FirstOrderSystem`, `Trajectory`.

References: E. Hairer, S. P. Norsett, G. Wanner, *Solving Ordinary Differential Equations I*, II.9.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb
from sympy import Basic, Derivative, Expr, Rational, Symbol, linear_eq_to_matrix
from sympy.core.function import AppliedUndef
from sympy.matrices.exceptions import NonInvertibleMatrixError

from derivax.errors import InputError
from derivax.symbolic.exact.ball import BallProgram
from derivax.symbolic.exact.precision import working_precision

__all__ = ["FirstOrderSystem", "Trajectory"]

_COLUMNS = 10
_MOST_STEPS = 400


@dataclass(frozen=True)
class Trajectory:
    """Values of the unknowns at the asked times: `values[i][k]` is unknown k at `times[i]`.

    `errors` has the same shape: estimates of the absolute error.
    """

    times: tuple[Fraction, ...]
    values: tuple[tuple[float, ...], ...]
    exact: tuple[tuple[arb, ...], ...]
    errors: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class FirstOrderSystem:
    """dy/dt = f(t, y, parameters), y(start) = initial, read off a `Problem`.

    `unknowns` are the applied functions u(t), each followed by its derivatives below the highest;
    `slopes` and `initial` their right-hand sides and starting values, in the same order.
    """

    variable: Symbol
    unknowns: tuple[Basic, ...]
    slopes: tuple[Expr, ...]
    start: Expr
    initial: tuple[Expr, ...]

    @classmethod
    def of(cls, problem: Any) -> FirstOrderSystem:
        """The system that a `Problem` states; derivatives of an unknown count as unknowns.

        Raises: `InputError` when the problem is not an initial value problem whose equations are
        linear in the highest derivatives.

        >>> from sympy import Eq, Function, symbols
        >>> from derivax.symbolic.problem import Problem
        >>> t, k, u0 = symbols("t k u0", positive=True)
        >>> u = Function("u")
        >>> system = FirstOrderSystem.of(Problem(Eq(u(t).diff(t)/k, -u(t)), u(t), {u(0): u0}))
        >>> system.slopes, system.initial
        ((-k*u(t),), (u0,))
        >>> start = {u(0): 1, u(t).diff(t).subs(t, 0): 0}
        >>> FirstOrderSystem.of(Problem(Eq(u(t).diff(t, 2), -u(t)), u(t), start)).slopes
        (Derivative(u(t), t), -u(t))
        """
        functions = tuple(u for u in problem.unknown if isinstance(u, AppliedUndef))
        if len(functions) != len(problem.unknown) or any(len(u.args) != 1 for u in functions):
            raise InputError(str(problem), "its unknowns are not functions of one variable", "")
        variable = problem.variable
        if problem.start is None:
            raise InputError(str(problem), "it gives no values at one starting point", "")
        sides = [(e.lhs - e.rhs).doit() for e in problem.equations]
        orders = {u: _order(u, variable, sides) for u in functions}
        if 0 in orders.values():
            raise InputError(str(problem), "an unknown is not differentiated", "")
        states, initial = [], []
        for u, order in orders.items():
            for k in range(order):
                states.append(Derivative(u, (variable, k)) if k else u)
                value = problem.given.get(states[-1].subs(variable, problem.start))
                if value is None:
                    missing = f"it gives no starting value of {states[-1]}"
                    raise InputError(str(problem), missing, "")
                initial.append(value)
        rates = [Derivative(u, (variable, order)) for u, order in orders.items()]
        names = [Symbol(f"_rate_{k}") for k in range(len(rates))]
        stand_ins = {state: Symbol(f"_state_{k}") for k, state in enumerate(states)}
        # highest derivatives first: u'' contains no u' as a part of its own
        named = sorted(
            [*zip(rates, names, strict=True), *stand_ins.items()],
            key=lambda pair: -pair[0].derivative_count if pair[0].is_Derivative else 0,
        )
        residuals = [side.xreplace(dict(named)) for side in sides]
        if any(residual.atoms(Derivative, AppliedUndef) for residual in residuals):
            raise InputError(str(problem), "it holds other derivatives or delayed values", "")
        try:
            matrix, right = linear_eq_to_matrix(residuals, names)
            highest = tuple(matrix.LUsolve(right)) if matrix.is_square else ()
        except (ValueError, NonInvertibleMatrixError):
            highest = ()
        if len(highest) != len(functions):
            raise InputError(str(problem), "its equations do not determine the derivatives", "")
        back = {stand_in: state for state, stand_in in stand_ins.items()}
        slopes: list[Expr] = []
        for (u, order), top in zip(orders.items(), highest, strict=True):
            slopes += [Derivative(u, (variable, k)) for k in range(1, order)]
            slopes.append(top.xreplace(back))
        return cls(variable, tuple(states), tuple(slopes), problem.start, tuple(initial))

    def trajectory(
        self,
        parameters: Mapping[Symbol, Any],
        times: Sequence[Any],
        *,
        digits: int = 30,
        seconds: float = 10.0,
    ) -> Trajectory:
        """Integrate from the start to each of the `times` (all on one side of it).

        Arguments: `parameters`, exact values of all other symbols; `digits`, the relative error
        aimed at; `seconds`, the time allowed.
        Raises: `InputError` when the solution cannot be continued (blow-up, an undefined slope, an
        equation too stiff for an explicit method).

        >>> from sympy import Eq, Function, Symbol, exp
        >>> from derivax.symbolic.problem import Problem
        >>> t, u = Symbol("t", nonnegative=True), Function("u")
        >>> decay = FirstOrderSystem.of(Problem(Eq(u(t).diff(t), -u(t)), u(t), {u(0): 1}))
        >>> found = decay.trajectory({}, [1])
        >>> abs(found.values[0][0] - float(exp(-1))) < 1e-16, found.errors[0][0] < 1e-24
        (True, True)
        """
        asked = tuple(Fraction(time_) for time_ in times)
        deadline = time.monotonic() + seconds
        fine = self._run(parameters, asked, digits, deadline)
        coarse = self._run(parameters, asked, digits - 6, deadline)
        errors = tuple(
            tuple(
                float(abs(a - b).upper()) + 10.0**-digits * float(abs(a).upper())
                for a, b in zip(row, other, strict=True)
            )
            for row, other in zip(fine, coarse, strict=True)
        )
        values = tuple(tuple(float(value.mid()) for value in row) for row in fine)
        return Trajectory(asked, values, fine, errors)

    def _run(
        self,
        parameters: Mapping[Symbol, Any],
        times: tuple[Fraction, ...],
        digits: int,
        deadline: float,
    ) -> tuple[tuple[arb, ...], ...]:
        bits = int(3.33 * digits) + 48
        values = {symbol: _rational(value) for symbol, value in parameters.items()}
        with working_precision(bits):
            program = BallProgram(
                [slope.xreplace(values) for slope in self.slopes], [self.variable, *self.unknowns]
            )
            setting = BallProgram([part.xreplace(values) for part in (self.start, *self.initial)])
            start, *state = (ball.mid() for ball in setting.at({}, bits))

            def slope(now: arb, y: Sequence[arb]) -> list[arb]:
                found = program.at([now, *y], bits)
                if not all(isinstance(f, arb) and f.is_finite() for f in found):
                    raise InputError(
                        f"{self.variable} = {float(now):.6g}", "the slope is undefined here", ""
                    )
                return [f.mid() for f in found]

            order = sorted(range(len(times)), key=lambda i: abs(arb_of(times[i]) - start).mid())
            results: dict[int, tuple[arb, ...]] = {}
            now, step = start, None
            tolerance = arb(10) ** (-digits)
            for i in order:
                target = arb_of(times[i])
                now, state, step = _advance(slope, now, state, target, step, tolerance, deadline)
                results[i] = tuple(state)
        return tuple(results[i] for i in range(len(times)))


def _order(unknown: Basic, variable: Symbol, sides: Sequence[Expr]) -> int:
    """The order of the highest derivative of an unknown."""
    counts = [
        int(count)
        for side in sides
        for derivative in side.atoms(Derivative)
        if derivative.expr == unknown
        for symbol, count in derivative.variable_count
        if symbol == variable
    ]
    return max(counts, default=0)


def _rational(value: Any) -> Rational:
    exact = Fraction(value)
    return Rational(exact.numerator, exact.denominator)


def arb_of(value: Fraction) -> arb:
    """The midpoint of a rational at the current precision."""
    return (arb(value.numerator) / value.denominator).mid()


def _advance(
    slope: Any,
    now: arb,
    y: list[arb],
    target: arb,
    step: arb | None,
    tolerance: arb,
    deadline: float,
) -> tuple[arb, list[arb], arb]:
    """Carry the state to `target` with steps whose error estimate stays below the tolerance."""
    distance = (target - now).mid()
    if distance == 0:
        return now, y, step if step is not None else arb(0)
    step = distance / 8 if step is None or step == 0 else step
    for _ in range(_MOST_STEPS):
        left = (target - now).mid()
        last = abs(left) <= abs(step)
        h = left if last else step
        try:
            new, error, scale = _extrapolated(slope, now, y, h)
        except InputError:
            # a trial point outside the domain of the slope: come closer before giving up
            if abs(h) < abs(distance) * arb(2) ** -40 or time.monotonic() > deadline:
                raise
            step = (h / 4).mid()
            continue
        ratio = (error / (tolerance * scale)).mid()
        growth = arb(4) if ratio == 0 else (arb(1) / ratio) ** (arb(1) / (2 * _COLUMNS - 1))
        growth = min(max(growth.mid() * arb("0.9"), arb("0.1")), arb(4)).mid()
        if ratio <= 1:
            now, y = (target if last else (now + h).mid()), new
            if last:
                return now, y, max(abs(step), abs(h * growth)).mid() * (1 if h > 0 else -1)
        step = (h * growth).mid()
        if time.monotonic() > deadline:
            break
    raise InputError(
        f"integration to {float(target):.6g}",
        f"it got as far as {float(now):.6g}",
        "it blows up or is too stiff",
    )


def _extrapolated(slope: Any, now: arb, y: list[arb], H: arb) -> tuple[list[arb], arb, arb]:
    """One step of length H: the new state, its error estimate, and the scale of the state."""
    first = slope(now, y)
    previous: list[list[arb]] = []
    for j in range(1, _COLUMNS + 1):
        n = 2 * j
        h = (H / n).mid()
        before, here = y, [(a + h * f).mid() for a, f in zip(y, first, strict=True)]
        for m in range(1, n):
            f = slope((now + m * h).mid(), here)
            before, here = here, [(a + 2 * h * g).mid() for a, g in zip(before, f, strict=True)]
        f = slope((now + H).mid(), here)
        smooth = [((a + b + h * g) / 2).mid() for a, b, g in zip(here, before, f, strict=True)]
        row = [smooth]
        for k in range(1, j):
            ratio = arb(n * n) / (4 * (j - k) ** 2) - 1
            row.append(
                [
                    (a + (a - b) / ratio).mid()
                    for a, b in zip(row[k - 1], previous[k - 1], strict=True)
                ]
            )
        previous = row
    new = previous[-1]
    error = max(abs(a - b).mid() for a, b in zip(new, previous[-2], strict=True))
    scale = max(max(abs(a).mid() for a in new), max(abs(a).mid() for a in y))
    return new, error, scale if scale > 0 else arb(1)
