r"""Moments of Gaussian variables, without diagrams: Isserlis, Stein, Price.

For x ~ N(0, C):
    Isserlis   E x_1 ... x_{2m} = sum over pairings of products of C_ij
    Stein      E x_i f(x) = \sum_j C_ij E \partial_j f(x)
    Price      dE f / dC_ij = E \partial_i \partial_j f  (half of it for i = j)

Each is checked through what it does not use: Isserlis through the coefficients of the generating
function exp(t'Ct/2); Stein and Price through the differential equations of the density,
x_i p + \sum_j C_ij \partial_j p = 0 and dp/dC_ij = \partial_i \partial_j p, with boundary terms.

Main definitions: `Isserlis`, `Stein`, `Price`.

References: L. Isserlis, Biometrika 12 (1918) 134; C. Stein, Ann. Statist. 9 (1981) 1135; R. Price,
IRE Trans. Inf. Theory 4 (1958) 69.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

from sympy import (
    Abs,
    Add,
    Basic,
    Derivative,
    Expr,
    Function,
    Heaviside,
    ImmutableMatrix,
    Max,
    Min,
    Mul,
    Piecewise,
    Poly,
    Pow,
    S,
    Symbol,
    atan,
    cancel,
    ceiling,
    cos,
    erf,
    erfc,
    exp,
    expand,
    factorial,
    floor,
    oo,
    sign,
    sin,
    tanh,
)
from sympy.core.function import AppliedUndef

from derivax.errors import InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.methods.agreement import equal, keeps_relation
from derivax.symbolic.nodes.gaussian_expectation import GaussianExpectation
from derivax.symbolic.obligations import Cited, Obligation, Settled, Tends, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["Isserlis", "Price", "Stein"]

_WITH_JUMPS = (Heaviside, sign, Piecewise, floor, ceiling)
_BOUNDED = (sin, cos, tanh, erf, erfc, atan, Heaviside, sign)


def _covariance(entries: Any, size: int) -> ImmutableMatrix:
    matrix = ImmutableMatrix(entries if size != 1 or hasattr(entries, "shape") else [[entries]])
    if matrix.shape != (size, size):
        raise InputError(f"a covariance of shape {matrix.shape}", f"{size} variables are given", "")
    if matrix != matrix.T:
        raise InputError(str(matrix), "is not symmetric", "C_ij = C_ji")
    return matrix


@dataclass(frozen=True, init=False)
class Isserlis(Rule):
    r"""Conclude the mean of a monomial of centred Gaussian variables.

    Args:
        variables: (x_1, ..., x_n).
        powers: exponents.
        covariance: the n x n matrix C.

    >>> from sympy import symbols
    >>> x, y, a, b, c = symbols("x y a b c", real=True)
    >>> print(Isserlis((x, y), (2, 2), [[a, c], [c, b]]).conclude())
    E(x**2*y**2) = a*b + 2*c**2
    """

    name: ClassVar[str] = "Isserlis"
    needs: ClassVar[int | None] = 0
    variables: tuple[Symbol, ...]
    powers: tuple[int, ...]
    covariance: ImmutableMatrix

    def __init__(self, variables: Sequence[Symbol], powers: Sequence[int], covariance: Any) -> None:
        if len(variables) != len(powers) or not variables:
            raise InputError(f"{len(powers)} powers", f"{len(variables)} variables are given", "")
        if any(isinstance(k, bool) or not isinstance(k, int) or k < 0 for k in powers):
            raise InputError(f"powers {tuple(powers)}", "are not whole numbers >= 0", "")
        object.__setattr__(self, "variables", tuple(variables))
        object.__setattr__(self, "powers", tuple(powers))
        object.__setattr__(self, "covariance", _covariance(covariance, len(variables)))

    def _mean(self) -> Basic:
        return Function("E")(Mul(*(v**k for v, k in zip(self.variables, self.powers))))

    def conclude(self, *premises: Statement) -> Statement:
        points = [i for i, k in enumerate(self.powers) for _ in range(k)]
        total = Add(
            *(Mul(*(self.covariance[i, j] for i, j in pairs)) for pairs in _pairings(points))
        )
        return Statement(self._mean(), "=", expand(total))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        made = list(keeps_relation(conclusion, "="))
        made.append(Settled(conclusion.lhs == self._mean(), f"the mean is {self._mean()}"))
        difference = expand(conclusion.rhs - self._by_generating_function())
        about = "it is the coefficient of the generating function exp(t'Ct/2)"
        return (*made, Vanishes(difference, conclusion.domain, about))

    def _by_generating_function(self) -> Expr:
        degree = sum(self.powers)
        if degree % 2:
            return S.Zero
        t = [Symbol(f"t_{i}") for i in range(len(self.variables))]
        half = sum(
            (self.covariance[i, j] * t[i] * t[j] / 2 for i in range(len(t)) for j in range(len(t))),
            S.Zero,
        )
        power = Poly(expand((half ** (degree // 2)) / factorial(degree // 2)), *t)
        number = prod(int(factorial(k)) for k in self.powers)
        return number * power.coeff_monomial(Mul(*(s**k for s, k in zip(t, self.powers))))


def _pairings(items: list[int]) -> Iterator[list[tuple[int, int]]]:
    if len(items) % 2:
        return
    if not items:
        yield []
        return
    first, *rest = items
    for k, other in enumerate(rest):
        for more in _pairings(rest[:k] + rest[k + 1 :]):
            yield [(first, other), *more]


class _OfDensity:
    """What Stein and Price share: f, its variables, the covariance and the density."""

    body: Expr
    variables: tuple[Symbol, ...]
    covariance: ImmutableMatrix

    def _set(self, body: Any, variables: Any, covariance: Any) -> None:
        names = tuple(variables) if isinstance(variables, tuple | list) else (variables,)
        body = as_expression(body)
        jumps = body.atoms(*_WITH_JUMPS)
        if jumps:
            raise InputError(
                str(body), f"jumps ({jumps.pop()})", "differentiate GaussianExpectation itself"
            )
        object.__setattr__(self, "body", body)
        object.__setattr__(self, "variables", names)
        object.__setattr__(self, "covariance", _covariance(covariance, len(names)))

    def mean(self, body: Expr) -> Expr:
        """E of a function of the variables."""
        if len(self.variables) == 1:
            return GaussianExpectation(body, self.variables[0], self.covariance[0, 0])
        return GaussianExpectation(body, self.variables, self.covariance)

    def density(self) -> Expr:
        """p, up to a numeric constant."""
        x = ImmutableMatrix(self.variables)
        form = (x.T * self.covariance.inv() * x)[0, 0]
        return exp(-form / 2) / self.covariance.det() ** S.Half

    def inside(self, domain: Domain) -> Domain:
        """The domain of the statement with the variables running over the line."""
        ranges = dict.fromkeys(self.variables, (-oo, oo))
        return Domain.of(self.variables, ranges).extended(list(domain.symbols)).restricted(
            {s: domain[s] for s in domain.symbols}, domain.where
        )

    def positive(self) -> tuple[Basic, ...]:
        """The condition that the covariance is positive definite, where it is one."""
        if len(self.variables) == 1:
            return ()
        (a, c), (_, b) = self.covariance.tolist()
        relation = c**2 < a * b
        return () if relation == S.true else (relation,)

    def definite(self, conclusion: Statement) -> list[Obligation]:
        """The conclusion keeps that condition."""
        kept = set(self.positive()) <= set(conclusion.given)
        return [] if kept else [Settled(False, "it says that the covariance is definite")]

    def vanishing_ends(self, factors: Sequence[Expr], domain: Domain) -> list[Obligation]:
        """Boundary terms f p -> 0: p decays like a Gaussian, f grows exponentially at most."""
        about = "f and its derivatives grow at most exponentially: no boundary terms"
        if all(_tame(f, self.variables) for f in factors):
            return [Settled(True, about)]
        if len(self.variables) > 1 or self.body.atoms(AppliedUndef):
            return [Cited("f and its derivatives grow slower than the density decays", about)]
        (v,) = self.variables
        return [
            Tends(f * self.density(), v, end, S.Zero, domain, f"no boundary term at {end}")
            for f in factors for end in (-oo, oo)
        ]  # fmt: skip


def _tame(f: Basic, variables: tuple[Symbol, ...]) -> bool:
    """Whether |f| <= A e^{B |x|} follows from how f is built (real arguments)."""
    if not f.free_symbols & set(variables) or f in variables:
        return not f.atoms(AppliedUndef)
    if isinstance(f, Add | Mul | Max | Min | Abs):
        return all(_tame(part, variables) for part in f.args)
    if isinstance(f, Pow) and f.exp.is_Integer and f.exp.is_nonnegative:
        return _tame(f.base, variables)
    if isinstance(f, _BOUNDED):
        return bool(f.args[0].is_real)
    if isinstance(f, exp):
        inner = f.args[0]
        return inner.is_polynomial(*variables) and Poly(inner, *variables).total_degree() < 2
    return False


@dataclass(frozen=True, init=False)
class Stein(_OfDensity, Rule):
    r"""Conclude $E\,x_i f(x) = \sum_j C_{ij} E\,\partial_j f(x)$ (integration by parts).

    Args:
        body: f, without jumps.
        variables: one or two symbols.
        covariance: the variance, or a symmetric 2 x 2 matrix.
        index: i, counted from 0.

    >>> from sympy import cos, symbols
    >>> z, K = symbols("z", real=True), symbols("K", positive=True)
    >>> rule = Stein(cos(z), z, K)
    >>> conclusion = rule.conclude()
    >>> sorted({str(o.check().outcome) for o in rule.obligations((), conclusion)})
    ['proven']
    """

    name: ClassVar[str] = "Stein"
    needs: ClassVar[int | None] = 0
    body: Expr
    variables: tuple[Symbol, ...]
    covariance: ImmutableMatrix
    index: int

    def __init__(self, body: Any, variables: Any, covariance: Any, index: int = 0) -> None:
        self._set(body, variables, covariance)
        if index not in range(len(self.variables)):
            raise InputError(f"index {index}", f"{len(self.variables)} variables are given", "")
        object.__setattr__(self, "index", index)

    def _right(self) -> Expr:
        row = self.covariance.row(self.index)
        return Add(*(c * self.mean(self.body.diff(v)) for c, v in zip(row, self.variables)))

    def conclude(self, *premises: Statement) -> Statement:
        left = self.mean(self.variables[self.index] * self.body)
        return Statement(left, "=", self._right(), given=self.positive())

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        left = self.mean(self.variables[self.index] * self.body)
        made = list(keeps_relation(conclusion, "="))
        made.append(Settled(conclusion.lhs == left, "the left side is the mean of x_i f"))
        made += self.definite(conclusion)
        domain = conclusion.domain
        p, row = self.density(), self.covariance.row(self.index)
        law = self.variables[self.index] * p + Add(
            *(c * p.diff(v) for c, v in zip(row, self.variables))
        )
        made.append(Vanishes(cancel(law / p), self.inside(domain), "x_i p + sum C_ij p_j = 0"))
        made.append(equal(conclusion.rhs, self._right(), domain, "the right side is that of f"))
        return (*made, *self.vanishing_ends([self.body], self.inside(domain)))


@dataclass(frozen=True, init=False)
class Price(_OfDensity, Rule):
    r"""Conclude $\partial_c E f(x) = E\,\partial_i\partial_j f$, or half of it on the diagonal.

    Args:
        body: f, twice differentiable.
        variables: one or two symbols.
        covariance: the variance, or a symmetric 2 x 2 matrix.
        entry: c, a symbol that is one entry of the covariance.

    >>> from sympy import cos, symbols
    >>> z, K = symbols("z", real=True), symbols("K", positive=True)
    >>> print(Price(cos(z), z, K, K).conclude().rhs)
    GaussianExpectation(-cos(z), z, K)/2
    """

    name: ClassVar[str] = "Price"
    needs: ClassVar[int | None] = 0
    body: Expr
    variables: tuple[Symbol, ...]
    covariance: ImmutableMatrix
    entry: Symbol

    def __init__(self, body: Any, variables: Any, covariance: Any, entry: Symbol) -> None:
        self._set(body, variables, covariance)
        size = len(self.variables)
        places = {
            (i, j) for i in range(size) for j in range(i, size) if self.covariance[i, j] == entry
        }
        others = [c for c in self.covariance if c != entry and entry in c.free_symbols]
        if len(places) != 1 or others or entry in self.body.free_symbols:
            raise InputError(str(entry), "is not one entry of the covariance", "pass a symbol")
        if any(self.body.diff(v).atoms(*_WITH_JUMPS) for v in self.variables):
            raise InputError(
                str(self.body), "has a kink", "differentiate GaussianExpectation itself"
            )
        object.__setattr__(self, "entry", entry)

    def _place(self) -> tuple[int, int]:
        size = len(self.variables)
        return next(
            (i, j) for i in range(size) for j in range(i, size)
            if self.covariance[i, j] == self.entry
        )  # fmt: skip

    def _second(self, f: Expr) -> Expr:
        i, j = self._place()
        derived = f.diff(self.variables[i], self.variables[j])
        return derived / 2 if i == j else derived

    def _right(self) -> Expr:
        i, j = self._place()
        derived = self.body.diff(self.variables[i], self.variables[j])
        return self.mean(derived) / 2 if i == j else self.mean(derived)

    def conclude(self, *premises: Statement) -> Statement:
        left = Derivative(self.mean(self.body), self.entry)
        return Statement(left, "=", self._right(), given=self.positive())

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        left = Derivative(self.mean(self.body), self.entry)
        made = list(keeps_relation(conclusion, "="))
        made.append(Settled(conclusion.lhs == left, "the left side is the derivative of E f"))
        made += self.definite(conclusion)
        domain = conclusion.domain
        p = self.density()
        law = cancel((p.diff(self.entry) - self._second(p)) / p)
        made.append(Vanishes(law, self.inside(domain), "the density obeys dp/dc = p_ij"))
        made.append(equal(conclusion.rhs, self._right(), domain, "the right side is that of f"))
        slopes = [self.body, *(self.body.diff(v) for v in self.variables)]
        return (*made, *self.vanishing_ends(slopes, self.inside(domain)))
