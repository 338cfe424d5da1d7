r"""The expectation of a function of one or two correlated Gaussian variables, as an expression.

    GaussianExpectation(f, z, K)             = E f(z),          z ~ N(0, K)
    GaussianExpectation(f, (x, y), matrix)   = E f(x, y),       (x, y) ~ N(0, [[a, c], [c, b]])

Derivatives in the covariance are Price's (R. Price, IRE Trans. Inf. Theory 4 (1958) 69; Stein):

    dE/da = E f_xx / 2,   dE/dc = E f_xy,                     in the sense of distributions,

where a jump J of a function at x = s contributes J(y) delta(x - s), that is the density of x at s
times an expectation over y given x = s.  So they stay exact for functions with kinks (ReLU) and
finite for K -> 0 and correlation -> +-1, where a quotient by K or by 1 - rho^2 would lose all
digits.

Main definition: `GaussianExpectation`.

Implementation notes: the value is a sum of integrals over the pieces where f is smooth.  In two
dimensions these are arcs in the polar angle: x = sqrt(a) r cos t, y = sqrt(b) r sin(t + asin rho).
Switching points of f must be numbers; in two dimensions, zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy as sp
from flint import acb, arb
from sympy import Basic, Dummy, Expr, Integer, Integral, Lambda, S, Symbol, Tuple

from derivax.errors import CompileError, InputError
from derivax.symbolic.exact.ball import evaluated
from derivax.symbolic.exact.ball_values import NAN, Ball, analytic_region, as_complex, current_bits
from derivax.symbolic.exact.dag import free_symbols_of, postorder, replaced
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.nodes.switching_points import pieces, switching_points

__all__ = ["GaussianExpectation"]

_FIRST_INDEX = 3 * 10**12


class GaussianExpectation(Expr):
    """E f of centred Gaussian variables; a mean is written into f.

    Arguments: `body`, f as an expression; `variables`, one or two symbols, bound by the node;
    `covariance`, the variance, or a symmetric 2 x 2 matrix.

    >>> import sympy as sp
    >>> z, K = sp.symbols("z K", positive=True)
    >>> z = sp.Symbol("z", real=True)
    >>> second = GaussianExpectation(z**2, z, K)
    >>> second.diff(K).doit()
    1
    >>> GaussianExpectation(sp.Max(z, 0), z, 2).evalf(15), (1/sp.sqrt(sp.pi)).evalf(15)
    (0.564189583547756, 0.564189583547756)

    Raises `InputError` for more than two variables or a covariance that is not symmetric, and
    `CompileError` when a derivative needs a switching point of f that is no number.
    """

    is_commutative = True

    def __new__(cls, body: Any, variables: Any, covariance: Any) -> Any:
        many = isinstance(variables, tuple | list | Tuple)
        names = tuple(variables) if many else (variables,)
        body = as_expression(body)
        entries = _entries(covariance, len(names))
        if not all(isinstance(v, Symbol) for v in names) or not 1 <= len(names) <= 2:
            raise InputError(f"variables {names}", "are not one or two symbols", "")
        if len(set(names)) != len(names) or free_symbols_of(entries) & set(names):
            raise InputError(f"variables {names}", "occur twice, or in the covariance", "")
        if not free_symbols_of([body]) & set(names):
            return body
        inside = [n.level for n in postorder([body]) if isinstance(n, GaussianExpectation)]
        first = _FIRST_INDEX + 10 * (1 + max(inside, default=0))
        letters = ("z",) if len(names) == 1 else ("x", "y")
        canonical = [
            Dummy(letter, dummy_index=first + k, real=True) for k, letter in enumerate(letters)
        ]
        renaming = {o: n for o, n in zip(names, canonical, strict=True) if o != n}
        if renaming:
            body = replaced(body, renaming)
        return Expr.__new__(cls, Lambda(tuple(canonical), body), Tuple(*entries))

    # ---- structure ----------------------------------------------------------------------

    @classmethod
    def of(cls, meaning: Lambda, entries: Tuple) -> Any:
        """The node with the parts of `args`."""
        return cls(meaning.expr, tuple(meaning.variables), _matrix(tuple(entries)))

    @property
    def func(self) -> Any:
        return GaussianExpectation.of

    @property
    def body(self) -> Expr:
        """f, in the bound variables."""
        return self.args[0].expr

    @property
    def variables(self) -> tuple[Dummy, ...]:
        """The bound variables."""
        return tuple(self.args[0].variables)

    @property
    def entries(self) -> tuple[Expr, ...]:
        """The covariance: K, or (a, b, c) = (var x, var y, cov)."""
        return tuple(self.args[1])

    @property
    def level(self) -> int:
        """1 + the largest level of the expectations inside f."""
        return (int(self.variables[0].dummy_index) - _FIRST_INDEX) // 10

    @property
    def bound_symbols(self) -> list[Symbol]:
        """The variables."""
        return list(self.variables)

    @property
    def free_symbols(self) -> set[Basic]:
        """The symbols of f that are not bound, and those of the covariance."""
        inside = free_symbols_of([self.body]) - set(self.variables)
        return inside | free_symbols_of(self.entries)

    @property
    def is_number(self) -> bool:
        """Whether no free symbols are left."""
        return not self.free_symbols

    def with_body(self, body: Expr) -> Expr:
        """The expectation of another function of the same variables."""
        return GaussianExpectation(body, self.variables, _matrix(self.entries))

    # ---- substitution under the binder --------------------------------------------------

    def _rebuilt(self, change: Callable[[Basic], Basic]) -> Basic:
        fresh = [Dummy(v.name, real=True) for v in self.variables]
        body = replaced(self.body, dict(zip(self.variables, fresh, strict=True)))
        entries = tuple(change(entry) for entry in self.entries)
        return GaussianExpectation(change(body), tuple(fresh), _matrix(entries))

    def _eval_subs(self, old: Basic, new: Basic) -> Basic:
        if old in self.variables:
            return self
        return self._rebuilt(lambda part: part._subs(old, new))

    def _xreplace(self, rule: Mapping[Basic, Basic]) -> tuple[Basic, bool]:
        if self in rule:
            return rule[self], True
        inner = {old: new for old, new in rule.items() if old not in self.variables}
        parts = [self.body, *self.entries]
        if not inner or not any(part._xreplace(inner)[1] for part in parts):
            return self, False
        return self._rebuilt(lambda part: part._xreplace(inner)[0]), True

    # ---- calculus -----------------------------------------------------------------------

    def _eval_derivative(self, symbol: Symbol) -> Expr:
        """The chain rule: Price's theorem for the covariance, under the expectation for f."""
        if symbol not in self.free_symbols:
            return S.Zero
        total = S.Zero
        inside = self.body.diff(symbol) if symbol in free_symbols_of([self.body]) else S.Zero
        if inside != 0:
            for variable in self.variables:
                switching_points(self.body, variable)  # refuses those that move
            total += self.with_body(inside)
        for k, entry in enumerate(self.entries):
            slope = entry.diff(symbol)
            if slope != 0:
                total += slope * self.slope(k)
        return total

    def slope(self, k: int) -> Expr:
        """The derivative in entry k of the covariance."""
        if len(self.variables) == 1:
            (z,) = self.variables
            return self._weak((z, z)) / 2
        x, y = self.variables
        if k == 2:
            return self._weak((x, y))
        return self._weak(((x, x), (y, y))[k]) / 2

    def _weak(self, along: tuple[Symbol, Symbol]) -> Expr:
        """E of the second distributional derivative of f along two variables."""
        first, second = along
        f = self.body
        smooth = _slope(f, first)
        total = self.with_body(_slope(smooth, second))
        for s in switching_points(f, second):
            total += self._on_line(second, s, _jump(smooth, second, s))
        for s in switching_points(f, first):
            jump = _jump(f, first, s)
            if jump == 0:
                continue
            if first != second:  # J(y) delta(x - s), differentiated along y
                total += self._moved(first, s, jump, second)
                continue
            # E J(y) delta'(x - s) = -d/ds (density(s) E[J | x = s]), where the mean of y moves
            total += s / self._variance(first) * self._on_line(first, s, jump)
            if len(self.variables) == 2:
                (other,) = (v for v in self.variables if v != first)
                rate = self.entries[2] / self._variance(first)
                total -= rate * self._moved(first, s, jump, other)
        return total

    def _variance(self, variable: Symbol) -> Expr:
        return self.entries[self.variables.index(variable)]

    def _moved(self, first: Symbol, s: Expr, jump: Expr, other: Symbol) -> Expr:
        """The density of `first` at s times E of the weak derivative of the jump along the other
        variable, given that point."""
        total = self._on_line(first, s, _slope(jump, other))
        for point in switching_points(jump, other):
            total += _jump(jump, other, point) * self._density(s, point, first)
        return total

    def _on_line(self, variable: Symbol, at: Expr, jump: Expr) -> Expr:
        """The density of `variable` at a point times E[jump | variable = point]."""
        if jump == 0:
            return S.Zero
        if len(self.variables) == 1:
            (variance,) = self.entries
            return _normal(at, variance) * jump
        a, b, c = self.entries
        mine, others = (a, b) if variable == self.variables[0] else (b, a)
        (other,) = (v for v in self.variables if v != variable)
        mean = c * at / mine
        fresh = Dummy("z", real=True)
        body = replaced(jump, {other: mean + fresh})
        return _normal(at, mine) * GaussianExpectation(body, fresh, others - c**2 / mine)

    def _density(self, s: Expr, other: Expr, first: Symbol) -> Expr:
        """The joint density at two points."""
        a, b, c = self.entries
        p, q = (s, other) if first == self.variables[0] else (other, s)
        det = a * b - c**2
        form = (b * p**2 - 2 * c * p * q + a * q**2) / det
        return sp.exp(-form / 2) / (2 * sp.pi * sp.sqrt(det))

    def doit(self, **hints: Any) -> Expr:
        """Moments of polynomials in closed form; other expectations stay."""
        if len(self.variables) == 1 and self.body.is_polynomial(*self.variables):
            (z,), (variance,) = self.variables, self.entries
            terms = sp.Poly(sp.expand(self.body), z).terms()
            return sp.Add(
                *(
                    c * sp.factorial2(n - 1) * variance ** (n // 2)
                    for (n,), c in terms
                    if n % 2 == 0
                )
            )
        return self

    def as_integral(self) -> Expr:
        """The sum of integrals over the pieces where f is smooth."""
        if len(self.variables) == 1:
            return self._line_integral()
        return self._plane_integral()

    def _line_integral(self) -> Expr:
        (z,), (variance,) = self.variables, self.entries
        u, sigma = Dummy("u", real=True), sp.sqrt(variance)
        total = S.Zero
        for low, high, f in pieces(self.body, z):
            ends = [end / sigma if end.is_finite and end != 0 else end for end in (low, high)]
            weighted = f.xreplace({z: sigma * u}) * sp.exp(-(u**2) / 2) / sp.sqrt(2 * sp.pi)
            total += Integral(weighted, (u, *ends))
        return total

    def _plane_integral(self) -> Expr:
        x, y = self.variables
        a, b, c = self.entries
        known = sp.Piecewise((c / (sp.sqrt(a) * sp.sqrt(b)), a * b > 0), (0, True))
        rho = c / (sp.sqrt(a) * sp.sqrt(b)) if (a * b).is_number else known
        beta = sp.asin(sp.Max(-1, sp.Min(1, rho)))
        t, r = Dummy("t", real=True), Dummy("r", positive=True)
        for variable in (x, y):
            if any(point != 0 for point in switching_points(self.body, variable)):
                raise CompileError(
                    "a Gaussian expectation in two variables",
                    "its function switches at a point other than 0",
                    "write it as an integral over one of the variables",
                )
        half = sp.pi / 2
        arcs = ((-beta, half, 1, 1), (half, sp.pi - beta, -1, 1),
                (sp.pi - beta, 3 * half, -1, -1), (-half, -beta, 1, -1))  # fmt: skip
        total = S.Zero
        for low, high, sign_x, sign_y in arcs:
            f = _on_side(_on_side(self.body, x, sign_x), y, sign_y)
            at = {x: sp.sqrt(a) * r * sp.cos(t), y: sp.sqrt(b) * r * sp.sin(t + beta)}
            if f == 0:
                continue
            radial = f.xreplace(at) * r * sp.exp(-(r**2) / 2) / (2 * sp.pi)
            total += Integral(radial, (r, 0, sp.oo), (t, low, high))
        return total

    # ---- numbers ------------------------------------------------------------------------

    def _ball_(self, evaluate: Callable[..., Ball]) -> Ball:
        """One variable, |f| bounded by C (1 + |z|)^d: quadrature on |u| <= R, and the rest."""
        if len(self.variables) != 1:
            return NAN
        (z,), (variance,) = self.variables, self.entries
        bound = _growth(self.body, z)
        spread = evaluate(variance)
        if bound is None or not isinstance(spread, arb) or not spread >= 0:
            return NAN
        if spread.is_zero():
            return evaluate(self.body, {z: arb(0)})
        sigma = spread.sqrt()
        size, degree = abs(as_complex(evaluate(bound[0]))).upper(), bound[1]
        radius = arb(current_bits() * 14 // 10 + 60 + 40 * degree).sqrt().ceil()
        order = (arb(degree) + 1) / 2
        tail = arb(radius * radius / 2).gamma_upper(order) * arb(2) ** (order - 1)
        tail *= (2 * (1 + sigma)) ** degree * size * 2 / (2 * arb.pi()).sqrt()
        total: Ball = arb(0)
        for low, high, f in pieces(self.body, z):
            ends = [_end(evaluate(e) / sigma if e.is_finite else e, radius) for e in (low, high)]

            def weighted(u: acb, analytic: bool, f: Expr = f) -> acb:
                with analytic_region(analytic):
                    value = as_complex(evaluate(f, {z: u * sigma}))
                return value * (-u * u / 2).exp() / (2 * arb.pi()).sqrt()

            total = total + acb.integral(weighted, acb(ends[0]), acb(ends[1])).real
        return total + arb(0, tail.upper())

    def _eval_evalf(self, prec: int) -> Any:
        return evaluated(self, prec) if self.is_number else None

    # ---- printing -----------------------------------------------------------------------

    def _display(self) -> tuple[Expr, list[Symbol]]:
        taken = {str(s) for s in self.free_symbols}
        letters = [n for n in ("z", "x", "y", "u", "v", "w") if n not in taken]
        one = len(self.variables) == 1
        shown = [Symbol(n, real=True) for n in (letters[:1] if one else letters[1:3])]
        return replaced(self.body, dict(zip(self.variables, shown, strict=True))), shown

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        body, shown = self._display()
        law = printer._print(_matrix(self.entries))
        names = ", ".join(printer._print(s) for s in shown)
        names = names if len(shown) == 1 else rf"\left({names}\right)"
        text = (
            rf"\mathbb{{E}}_{{{names} \sim \mathcal{{N}}\left(0, {law}\right)}}"
            rf"\left[{printer._print(body)}\right]"
        )
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    def _sympystr(self, printer: Any) -> str:
        body, shown = self._display()
        names = str(shown[0]) if len(shown) == 1 else f"({', '.join(map(str, shown))})"
        law = printer._print(_matrix(self.entries))
        return f"GaussianExpectation({printer._print(body)}, {names}, {law})"


def _entries(covariance: Any, count: int) -> tuple[Expr, ...]:
    if count == 1:
        value = as_expression(covariance)
        if not isinstance(value, Expr):
            raise InputError(str(covariance)[:80], "is no variance of one variable", "")
        return (value,)
    matrix = sp.Matrix(covariance)
    if matrix.shape != (2, 2) or matrix[0, 1] != matrix[1, 0]:
        raise InputError(str(covariance)[:80], "is no symmetric 2 x 2 matrix", "")
    return matrix[0, 0], matrix[1, 1], matrix[0, 1]


def _matrix(entries: Sequence[Expr]) -> Any:
    if len(entries) == 1:
        return entries[0]
    a, b, c = entries
    return sp.ImmutableMatrix([[a, c], [c, b]])


def _normal(at: Expr, variance: Expr) -> Expr:
    return sp.exp(-(at**2) / (2 * variance)) / sp.sqrt(2 * sp.pi * variance)


def _slope(f: Expr, variable: Symbol) -> Expr:
    """The derivative where f is smooth: steps and jumps have none."""
    slope = f.diff(variable)
    return slope.replace(sp.DiracDelta, lambda *args: S.Zero)


def _one_sided(f: Expr, variable: Symbol, at: Expr) -> tuple[Expr, Expr]:
    around = [(low, high, part) for low, high, part in pieces(f, variable)]
    below = next(part for low, high, part in around if high == at)
    above = next(part for low, high, part in around if low == at)
    return below, above


def _jump(f: Expr, variable: Symbol, at: Expr) -> Expr:
    """f just above the point minus f just below, as an expression of what else it holds."""
    if at not in switching_points(f, variable):
        return S.Zero
    below, above = _one_sided(f, variable, at)
    return sp.simplify(above.subs(variable, at) - below.subs(variable, at))


def _on_side(f: Expr, variable: Symbol, sign: int) -> Expr:
    """f for one sign of the variable."""
    for low, high, part in pieces(f, variable):
        if (sign > 0 and high is S.Infinity) or (sign < 0 and low is S.NegativeInfinity):
            return part
    return f


def _end(value: Any, radius: arb) -> arb:
    if value is S.Infinity:
        return radius
    if value is S.NegativeInfinity:
        return -radius
    return value if abs(value) < radius else (radius if value > 0 else -radius)


_BOUNDED = (sp.tanh, sp.sin, sp.cos, sp.erf, sp.sign, sp.Heaviside)


def _growth(f: Basic, z: Symbol) -> tuple[Expr, int] | None:
    """(C, d) with |f| <= C (1 + |z|)^d on the real line, C free of z; None if not seen."""
    if z not in free_symbols_of([f]):
        return sp.Abs(f), 0
    if f == z:
        return S.One, 1
    if isinstance(f, _BOUNDED):
        return S.One, 0
    if isinstance(f, sp.Pow) and isinstance(f.exp, Integer) and f.exp > 0:
        base = _growth(f.base, z)
        return None if base is None else (base[0] ** f.exp, base[1] * int(f.exp))
    if isinstance(f, sp.Add | sp.Max | sp.Min | sp.Mul | sp.Abs):
        parts = [_growth(arg, z) for arg in f.args]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        sizes, degrees = [c for c, _ in known], [d for _, d in known]
        if isinstance(f, sp.Mul):
            return sp.Mul(*sizes), sum(degrees)
        return sp.Add(*sizes), max(degrees)
    if isinstance(f, sp.Piecewise):
        return _growth(sp.Add(*(sp.Abs(value) for value, _ in f.args)), z)
    return None
