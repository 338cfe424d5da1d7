r"""A function as part of a system of differential equations with quadratic right-hand sides.

$y = \phi(z)$ becomes states $s_0 = \phi, s_1, \dots$ with $ds_i/dz = q_i(S, S)$, where S = (1, z,
s_0, ...) and every $q_i$ is a symmetric bilinear form.  Then the coefficients of $s_i(z(t))$ follow
from those of z(t) by two convolutions, whatever $\phi$ is: no sum over diagrams is needed.

Main definitions: `QuadraticSystem`, `quadratic_system` (finds the states), `BilinearSlope`.

References: L. B. Rall, Automatic Differentiation (1981); Kerner 1981 (quadratic form of systems).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sympy import (
    Add,
    Dummy,
    Expr,
    Function,
    Mul,
    Poly,
    Pow,
    Rational,
    S,
    Symbol,
    exp,
    expand,
    expand_mul,
)

from derivax.errors import InputError
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.obligations import Obligation, Settled, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["STATES", "BilinearSlope", "QuadraticSystem", "quadratic_system"]

_MOST_STATES = 12


@dataclass(frozen=True)
class QuadraticSystem:
    """States of a function of `variable`, and the form of each slope.

    `states[0]` is the function; `first` and `second` name the two arguments of the forms, for
    (1, z, states).
    """

    variable: Symbol
    states: tuple[Expr, ...]
    forms: tuple[Expr, ...]
    first: tuple[Symbol, ...]
    second: tuple[Symbol, ...]


def quadratic_system(
    phi: Expr, z: Symbol, known: Sequence[tuple[Expr, Expr]] = ()
) -> QuadraticSystem:
    r"""The states of phi(z) and the bilinear forms of their slopes.

    Args:
        phi: the function.
        z: its variable.
        known: states and their slopes, quadratic in z and `STATES`, where a good choice is known
            (the first is phi); else they are looked for.  Nothing is trusted: `BilinearSlope`
            checks the forms.

    Raises: `InputError` when no system of at most 12 states is found (|z|, sign, ...).

    >>> from sympy import symbols, tanh
    >>> z = symbols("z", real=True)
    >>> system = quadratic_system(tanh(z), z)
    >>> system.states, system.forms
    ((tanh(z),), (-a_0*b_0 + a_e*b_e,))
    """
    if known:
        found = [state for state, _ in known]
        return _system(z, found, [slope for _, slope in known], list(STATES[: len(found)]))
    found = [phi]
    names = [Dummy("s0", real=True)]

    def add(expr: Expr) -> Symbol:
        if expr in found:
            return names[found.index(expr)]
        if len(found) >= _MOST_STATES:
            raise InputError(
                str(phi), f"needs more than {_MOST_STATES} states",
                "pass a smooth activation built from exp, tanh, sin, erf, powers ...",
            )  # fmt: skip
        found.append(expr)
        names.append(Dummy(f"s{len(found) - 1}", real=True))
        return names[-1]

    def polynomial(expr: Expr) -> Expr:
        """The expression in z and the states; new states are added for what is neither."""
        if z not in expr.free_symbols or expr == z:
            return expr
        if expr in found:
            return names[found.index(expr)]
        if isinstance(expr, Add | Mul):
            return expr.func(*map(polynomial, expr.args))
        if isinstance(expr, Pow) and expr.exp.is_Integer and expr.exp > 0:
            return polynomial(expr.base) ** expr.exp
        if isinstance(expr, Pow) and expr.exp.is_Integer and expr.exp < -1:
            return polynomial(1 / expr.base) ** -expr.exp
        if isinstance(expr, exp):
            for base in [f for f in found if isinstance(f, exp)]:
                times = expand(expr.args[0] / base.args[0])
                if times.is_Integer and times > 1:
                    return names[found.index(base)] ** times
        if isinstance(expr, Pow) and not expr.exp.is_Integer:
            for base in [f for f in found if isinstance(f, Pow) and f.base == expr.base]:
                times = expr.exp / base.exp
                if times.is_Integer and times > 1:
                    return names[found.index(base)] ** times
        if not expr.is_Function and not isinstance(expr, Pow):
            raise InputError(str(expr), "has no derivative everywhere", "pass a smooth activation")
        return add(expr)

    slopes: list[Expr] = []
    while len(slopes) < len(found):
        here = found[len(slopes)]
        if any(str(f.func) in _ROUGH for f in here.atoms(Function)):
            raise InputError(
                str(phi), "has no second derivative everywhere",
                "its Taylor coefficients of order 2 and more do not exist; use a smooth activation",
            )  # fmt: skip
        slope = expand(polynomial(expand_mul(here.diff(z))))
        slopes.append(_quadratic(slope, z, names, found, add))
    return _system(z, found, slopes, names)


def _system(
    z: Symbol, states: Sequence[Expr], slopes: Sequence[Expr], names: Sequence[Symbol]
) -> QuadraticSystem:
    first, second = _arguments("a", len(states)), _arguments("b", len(states))
    forms = tuple(_polarised(Poly(s, z, *names), first, second) for s in slopes)
    return QuadraticSystem(z, tuple(states), forms, first, second)


STATES = tuple(Symbol(f"s{i}", real=True) for i in range(_MOST_STATES))
"""names of the states in slopes that are known"""
_ROUGH = frozenset(["Abs", "sign", "Max", "Min", "Heaviside", "DiracDelta", "floor", "ceiling"])


def _arguments(letter: str, count: int) -> tuple[Symbol, ...]:
    labels = ["e", "z", *map(str, range(count))]
    return tuple(Symbol(f"{letter}_{label}", real=True) for label in labels)


def _quadratic(
    slope: Expr,
    z: Symbol,
    names: list[Symbol],
    found: list[Expr],
    add: Callable[[Expr], Symbol],
) -> Expr:
    """The slope with products of states as new states until its degree is at most 2."""
    while True:
        variables = [z, *names]
        terms = Poly(slope, *variables).terms()
        high = [(powers, c) for powers, c in terms if sum(powers) > 2]
        if not high:
            return slope
        powers, _ = max(high, key=lambda term: sum(term[0]))
        factors = [v for v, e in zip(variables, powers, strict=True) for _ in range(e)]
        pair = [factors[0], next((v for v in factors if v != factors[0]), factors[0])]
        values = dict(zip(variables, [z, *found], strict=True))
        product = add(Mul(*(values[v] for v in pair)))
        made = []
        for powers, c in terms:
            listed = [v for v, e in zip(variables, powers, strict=True) for _ in range(e)]
            if sum(powers) > 2 and all(listed.count(v) >= pair.count(v) for v in pair):
                for v in pair:
                    listed.remove(v)
                listed.append(product)
            made.append(c * Mul(*listed))
        slope = Add(*made)


def _polarised(slope: Poly, first: tuple[Symbol, ...], second: tuple[Symbol, ...]) -> Expr:
    """The symmetric bilinear form of a polynomial of degree 2, made homogeneous with 1."""
    made = []
    for powers, c in slope.terms():
        listed = [i + 1 for i, e in enumerate(powers) for _ in range(e)]
        i, j = ([0, 0] + listed)[-2:]
        crossed = first[i] * second[j] + first[j] * second[i]
        made.append(c * (first[i] * second[i] if i == j else Rational(1, 2) * crossed))
    return expand(Add(*made))


@dataclass(frozen=True)
class BilinearSlope(Rule):
    """Conclude that the slope of a state is a symmetric bilinear form of (1, z, states).

    Args:
        system: states and forms.
        index: of the state.
    """

    name: ClassVar[str] = "bilinear slope"
    needs: ClassVar[int | None] = 0
    system: QuadraticSystem
    index: int

    def conclude(self, *premises: Statement) -> Statement:
        return Statement(self._value(), "=", self.system.forms[self.index])

    def _value(self) -> Expr:
        """The form at its two arguments, by name."""
        return Function(f"q_{self.index}")(*self.system.first, *self.system.second)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        system, form = self.system, conclusion.rhs
        z = system.variable
        values = (S.One, z, *system.states)
        on_diagonal = {
            **dict(zip(system.first, values, strict=True)),
            **dict(zip(system.second, values, strict=True)),
        }
        state = system.states[self.index]
        swapped = dict(zip(system.first + system.second, system.second + system.first, strict=True))
        in_first = Poly(form, *system.first)
        return (
            *keeps_relation(conclusion, "="),
            Settled(conclusion.lhs == self._value(), f"the left side is {self._value()}"),
            Vanishes(
                Add(state.diff(z), -form.xreplace(on_diagonal)), None,
                f"the slope of {state} is the form of (1, z, states) with itself",
            ),
            Settled(expand(form.xreplace(swapped) - form) == 0, "the form is symmetric"),
            Settled(
                in_first.is_zero or (in_first.is_homogeneous and in_first.total_degree() == 1),
                "the form is linear in each argument",
            ),
        )  # fmt: skip
