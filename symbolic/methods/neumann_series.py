r"""The Born (Neumann) series of a linear second-order equation, term by term and exactly.

For $u'' = (V + \lambda W)u$ with solutions f (regular at 0) and g of $v'' = Vv$, $f'g - fg' = 1$,
the terms of $u = \sum\lambda^n u_n$ follow from running integrals:
$$p_n' = f W u_n,\quad q_n' = -g W u_n,\quad u_{n+1} = -f q_n - g p_n,\qquad p_n(0) = q_n(R) = 0$$
so that $u_n(0) = 0$ and beyond R (or towards infinity) $u_n \to -a_n g$, with $a_{n+1} = p_n(R)$.

Main definitions: `NeumannSeries`, `born_terms`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from sympy import Add, Derivative, Expr, S, Symbol, cos, diff, expand, oo, sin
from sympy.core.function import AppliedUndef

from derivax.errors import InputError
from derivax.symbolic.exact.exponential_polynomials import ExponentialPolynomials, Terms
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.obligations import Obligation, Settled, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["BornTerms", "NeumannSeries", "born_terms"]


@dataclass(frozen=True)
class BornTerms:
    """Terms u_0 .. u_N and the coefficients a_1 .. a_N of a Neumann series."""

    ring: ExponentialPolynomials
    waves: tuple[Terms, ...]
    values: tuple[Any, ...]
    """the coefficients as elements of the ring"""
    coefficients: tuple[Expr, ...]

    def wave(self, n: int) -> Expr:
        """u_n(r)."""
        return self.ring.expression(self.waves[n])


@lru_cache(maxsize=64)
def born_terms(
    potential: Expr, f: Expr, g: Expr, r: Symbol, end: Expr, order: int
) -> BornTerms:
    """The terms for W = `potential`, free solutions f and g, range [0, `end`].

    >>> from sympy import S, symbols
    >>> r, R = symbols("r R", positive=True)
    >>> born_terms(-S(1), r, S(1), r, R, 3).coefficients
    (-R**3/3, -2*R**5/15, -17*R**7/315)

    Raises: `InputError` when an integral does not exist or is not elementary.
    """
    constants = sorted(
        (potential.free_symbols | f.free_symbols | g.free_symbols | end.free_symbols) - {r},
        key=str,
    )
    ring = ExponentialPolynomials(r, constants, waves=f.has(sin, cos))  # type: ignore[arg-type]
    regular, other, well = ring.read(f), ring.read(g), ring.read(potential)
    waves, found = [regular], []
    for _ in range(order):
        source = ring.mul(well, waves[-1])
        p = ring.primitive(ring.mul(regular, source))
        p = ring.add(p, {(0, 0, 0): -ring.limit_at_zero(p)})
        q = ring.primitive(ring.mul(other, source))
        q = ring.add(ring.scaled(q, -1), {(0, 0, 0): ring.at(q, end)})
        found.append(ring.at(p, end))
        waves.append(ring.scaled(ring.add(ring.mul(regular, q), ring.mul(other, p)), -1))
    return BornTerms(ring, tuple(waves), tuple(found), tuple(map(ring.number, found)))


@dataclass(frozen=True)
class NeumannSeries(Rule):
    r"""From $u'' = (V + \lambda W)u$ conclude $a = \sum_{n\le N}a_n\lambda^n + O(\lambda^{N+1})$.

    a is defined by $u \to f - a\,g$ beyond the range of W, u(0) = 0.

    Args:
        unknown: u(r).
        strength: lambda.
        value: the symbol of a.
        f, g: solutions of v'' = V v with f(0) = 0 and f'g - fg' = 1.
        end: the range R of W (a symbol), or oo.
        order: N.
    """

    name: ClassVar[str] = "Neumann series"
    unknown: AppliedUndef
    strength: Symbol
    value: Symbol
    f: Expr
    g: Expr
    end: Expr
    order: int

    def __post_init__(self) -> None:
        if isinstance(self.order, bool) or not isinstance(self.order, int) or self.order < 1:
            raise InputError(f"order {self.order}", "is no Born order", "pass 1, 2, 3, ...")

    def _potentials(self, premise: Statement) -> tuple[Expr, Expr]:
        """V and W, read off the equation."""
        r = self.unknown.args[0]
        second = Derivative(self.unknown, (r, 2))
        if premise.rel != "=" or premise.lhs != second:
            raise InputError(str(premise), f"is not {second} = (V + lambda W) u", "")
        over = expand(premise.rhs / self.unknown)  # type: ignore[operator]
        if over.has(self.unknown.func):
            raise InputError(str(premise), f"is not linear in {self.unknown}", "")
        kept = over.coeff(self.strength, 0)
        added = over.coeff(self.strength, 1)
        if expand(over - kept - self.strength * added) != 0 or added == 0:
            raise InputError(str(premise), f"is not linear in {self.strength}", "")
        return kept, added

    def _terms(self, premise: Statement) -> BornTerms:
        _, added = self._potentials(premise)
        r = self.unknown.args[0]
        return born_terms(added, self.f, self.g, r, self.end, self.order)  # type: ignore[arg-type]

    def conclude(self, *premises: Statement) -> Statement:
        (premise,) = premises
        terms = self._terms(premise).coefficients
        series = Add(*[c * self.strength ** (n + 1) for n, c in enumerate(terms)])
        return Statement(
            self.value, "~", series, premise.forall, premise.given, (self.strength, S.Zero)
        )

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        (premise,) = premises
        kept, added = self._potentials(premise)
        found = self._terms(premise)
        r, domain = self.unknown.args[0], premise.domain
        made = list(keeps_relation(conclusion, "~"))
        if conclusion.tends != (self.strength, S.Zero) or conclusion.lhs != self.value:
            made.append(Settled(False, f"{self.value} is expanded at {self.strength} = 0"))
        for name, free in (("f", self.f), ("g", self.g)):
            made.append(
                Vanishes(diff(free, r, 2) - kept * free, domain, f"{name} solves the free equation")
            )
        wronskian = diff(self.f, r) * self.g - self.f * diff(self.g, r) - 1
        made.append(Vanishes(wronskian, domain, "the Wronskian of f and g is 1"))
        made.append(Vanishes(self.f.subs(r, 0), domain, "f vanishes at the origin"))
        for n in range(1, self.order + 1):
            made += self._at_order(n, found, kept, added)
        claimed = _coefficients(conclusion.rhs, self.strength)
        for n, coefficient in enumerate(found.coefficients, 1):
            made.append(
                Vanishes(claimed.pop(n, S.Zero) - coefficient, domain, f"the Born term {n}")
            )
        made.append(Settled(not claimed, f"the series ends at order {self.order}"))
        return tuple(made)

    def _at_order(self, n: int, found: BornTerms, V: Expr, W: Expr) -> list[Obligation]:
        """u_n solves its equation, vanishes at 0, and goes over into -a_n g at the end."""
        ring, here, before = found.ring, found.waves[n], found.waves[n - 1]
        twice = ring.derivative(ring.derivative(here))
        free = ring.scaled(ring.mul(ring.read(V), here), -1) if V != 0 else {}
        residual = ring.add(twice, free, ring.scaled(ring.mul(ring.read(W), before), -1))
        made: list[Obligation] = [
            Settled(not residual, f"u_{n}'' = V u_{n} + W u_{n - 1}"),
            Settled(not ring.limit_at_zero(here), f"u_{n} vanishes at the origin"),
        ]
        g = ring.read(self.g)
        rest = ring.add(here, ring.mul(g, {(0, 0, 0): found.values[n - 1]}))
        if self.end is oo:
            joined = all(m > 0 for _, m, _ in rest)
        else:
            joined = not ring.at(rest, self.end) and not ring.at(ring.derivative(rest), self.end)
        made.append(Settled(joined, f"u_{n} and its slope go over into -a_{n} g"))
        return made


def _coefficients(series: Any, strength: Symbol) -> dict[int, Expr]:
    """{power: coefficient} of a polynomial in the strength."""
    expanded = expand(series)
    found: dict[int, Expr] = {}
    for term in Add.make_args(expanded):
        constant, rest = term.as_independent(strength, as_Add=False)
        power = rest.as_base_exp()[1] if rest != 1 else S.Zero
        key = int(power) if power.is_Integer else -1
        found[key] = found.get(key, S.Zero) + constant
    return {n: c for n, c in found.items() if c != 0}
