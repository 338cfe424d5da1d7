"""Points at which an expression changes its formula: kinks, jumps, poles and branch points.

Random points do not find |x - 1| < 1e-9, and two formulas may differ there only.  The zeros of the
arguments of Abs, sign, Max, Min, log, roots, denominators and of the two sides of relations are
located along each axis (by changes of sign on exact balls, inner functions first, so that what an
outer function sees has its own corners among the points where it is looked at); a zero itself, its
neighbours at several distances, and a point of each piece between zeros are returned.

Main definition: `switching_points`.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor, isqrt
from typing import Any

import sympy as sp
from flint import arb
from sympy import Add, Basic, Mul, Symbol

from derivax.errors import CompileError, DomainError
from derivax.symbolic.exact.ball import BallProgram
from derivax.symbolic.exact.dag import differentiated, postorder
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.patience import check
from derivax.symbolic.exact.variables import binds_variables, free_variables, is_jet

__all__ = ["switching_points"]

_BITS = 192
_FUNCTIONS = 16
_SYMBOLS = 4
_BASES = 2
_NODES = 400
_SMOOTH_NODES = 60
_BISECTIONS = 90
_POINTS = 160
_NEAR = (Fraction(1, 10**3), Fraction(1, 10**12))
_EXPONENTS = (0, 1, 2, 3, 6, 9, 12, 16, 24, 40, 100)
_MAGNITUDES = tuple(sorted({Fraction(10) ** (s * k) for k in _EXPONENTS for s in (1, -1)}))
_GRID = tuple(
    sorted(
        {s * m * c for m in _MAGNITUDES for c in (Fraction(1), Fraction(17, 5)) for s in (1, -1)}
        | {Fraction(k, 3) for k in range(-30, 31)}
    )
)
_PLANE = (-2 + 0j, -0.5 + 0j, 2.5 + 0j, 3j, -3j, -2 + 2**-10 * 1j, -2 - 2**-10 * 1j, 0.75 - 0.5j)

_ARGUMENT = (
    sp.Abs,
    sp.sign,
    sp.Heaviside,
    sp.log,
    sp.arg,
    sp.loggamma,
    sp.Ei,
    sp.Ci,
    sp.Chi,
    sp.li,
)
_UNIT = (sp.asin, sp.acos, sp.atanh, sp.acoth, sp.acosh, sp.asec, sp.acsc, sp.asech)
_STEPS = (sp.floor, sp.ceiling, sp.frac)


def _functions(roots: Sequence[Basic]) -> list[Basic]:
    """The functions at whose zeros something switches, inner ones first."""
    found: dict[Basic, None] = {}
    for size, node in enumerate(postorder(roots, leaf=lambda e: is_jet(e) or binds_variables(e))):
        if size > _NODES or len(found) > _FUNCTIONS:
            break
        head, args = type(node), node.args
        if isinstance(node, sp.core.relational.Relational):
            found[Add(args[0], Mul(-1, args[1]))] = None
        elif head in _ARGUMENT:
            found[args[0]] = None
        elif head in _UNIT:
            found.update(dict.fromkeys(Add(args[0], c) for c in (-1, 0, 1)))
        elif head in _STEPS:
            found.update(dict.fromkeys(Add(args[0], -k) for k in (0, 1)))
        elif head in (sp.Max, sp.Min):
            found.update(dict.fromkeys(Add(a, Mul(-1, args[0])) for a in args[1:5]))
        elif head is sp.KroneckerDelta:
            found[Add(args[0], Mul(-1, args[1]))] = None
        elif head is sp.Mod:
            found.update(dict.fromkeys((Add(args[0], Mul(-1, args[1])), args[1])))
        elif head is sp.atan2:
            found.update(dict.fromkeys(args))
        elif head is sp.Pow and not (args[1].is_Integer and args[1] >= 0):
            found[args[0]] = None
    return [f for f in found if isinstance(f, sp.Expr) and f.free_symbols]


def switching_points(
    exprs: Sequence[Basic], domain: Domain, variables: Sequence[Basic], seed: int = 0
) -> list[dict[Basic, Any]]:
    """Points of the domain at and beside the switches of `exprs`; [] if all is smooth.

    >>> x = Symbol("x", real=True)
    >>> thin = sp.Piecewise((1, sp.Abs(x - 1) < Fraction(1, 10**9)), (0, True))
    >>> found = switching_points([thin], Domain.of([x]), [x])
    >>> any(abs(p[x] - 1) < Fraction(1, 10**9) for p in found)
    True
    """
    symbols = [v for v in variables if isinstance(v, Symbol) and v in domain]
    if len(symbols) != len(variables) or not symbols:
        return []
    try:
        bases = domain.rational_points(_BASES, seed + 104729)[-_BASES:]
    except DomainError:
        return []
    points: list[dict[Basic, Any]] = []
    plane = [s for s in symbols if domain[s].plane]
    for base in bases:
        points += [{**base, s: value} for s in plane for value in _PLANE]
    functions = _functions(exprs)
    line = [s for s in symbols if not domain[s].plane][:_SYMBOLS]
    for base in bases if functions else ():
        for symbol in line:
            values = _abscissae(functions, symbol, base, domain)
            points += [{**base, symbol: value} for value in values]
    inside = [p for p in points if domain.contains(p)]
    return inside[:: max(1, len(inside) // _POINTS)][: 2 * _POINTS]


def _abscissae(
    functions: Sequence[Basic], symbol: Symbol, base: Mapping[Basic, Any], domain: Domain
) -> list[Fraction]:
    """Where to look along one axis: zeros, their neighbours, and the pieces between them."""
    interval = domain[symbol]
    low, high = interval.fractions
    grid = {g for g in _GRID if interval.contains(g)}
    if low is not None and high is not None:
        grid |= {low + (high - low) * Fraction(k, 24) for k in range(25)}
    ends = [e for e in (low, high) if e is not None]
    grid |= {e + s * d for e in ends for d in (Fraction(1, 1000), Fraction(1), 10) for s in (1, -1)}
    grid = {g for g in grid if interval.contains(g)} if not interval.integer else grid
    zeros: list[Fraction] = []
    for function in functions:
        check()
        if symbol not in function.free_symbols:
            continue
        slope = _slope(function, symbol)
        if slope is not None:
            grid.update(_zeros(slope, symbol, base, sorted(grid)))
        new = _zeros(function, symbol, base, sorted(grid))
        zeros += new
        grid.update(new)
    if not zeros:
        return []
    if interval.integer:
        return sorted({Fraction(floor(z) + k) for z in zeros for k in (-1, 0, 1, 2)})
    marks = sorted(set(zeros))
    found = set(marks)
    for z in marks:
        scale = max(abs(z), Fraction(1, 10**6))
        found |= {z + s * d * scale for d in _NEAR for s in (1, -1)}
    found |= {(a + b) / 2 for a, b in itertools.pairwise(marks)}
    found |= {marks[0] - 1, marks[-1] + 1, 2 * marks[-1] + 1, 2 * marks[0] - 1}
    return sorted(found)


def _slope(function: Basic, symbol: Symbol) -> Basic | None:
    """The derivative, whose zeros bracket pairs of zeros close to each other."""
    for size, node in enumerate(postorder([function])):
        if size > _SMOOTH_NODES or not isinstance(node, sp.Expr) or type(node) in _ARGUMENT[:3]:
            return None
    slope = differentiated(function, symbol)  # type: ignore[arg-type]
    return slope if symbol in slope.free_symbols else None


def _zeros(
    function: Basic, symbol: Symbol, base: Mapping[Basic, Any], grid: Sequence[Fraction]
) -> list[Fraction]:
    """A rational at or just beside each zero that a change of sign on the grid betrays."""
    used = free_variables([function])
    if any(v not in base for v in used):
        return []
    try:
        program = BallProgram(function, used)
    except CompileError:
        return []

    def sign(x: Fraction) -> int | None:
        ball = program.at({**{v: base[v] for v in used}, symbol: x}, _BITS)
        if not isinstance(ball, arb) or ball.is_nan():
            return None
        return 1 if ball > 0 else -1 if ball < 0 else 0

    found: list[Fraction] = []
    before: tuple[Fraction, int] | None = None
    for x in grid:
        here = sign(x)
        if here == 0:
            found.append(x)
        elif here is not None and before is not None and before[1] == -here:
            found += _bisected(sign, before[0], x, here)
        before = None if here is None else (x, here) if here else None
        if len(found) > 24:
            break
    return found


def _bisected(sign: Any, low: Fraction, high: Fraction, above: int) -> list[Fraction]:
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if (low > 0 and high > 4 * low) or (high < 0 and low < 4 * high):
            size = (abs(low).numerator * abs(high).numerator, low.denominator * high.denominator)
            root = Fraction(isqrt(size[0] << 64), isqrt(size[1] << 64))  # geometric mean
            middle = root if low > 0 else -root
        here = sign(middle)
        if here is None:
            break
        if here == 0:
            return [middle]
        low, high = (low, middle) if here == above else (middle, high)
        if high - low <= abs(high) / 2**40:
            break
    simple = _simplest(low, high)
    return [simple] if sign(simple) == 0 else [low, high]


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    """The rational with the smallest denominator in [low, high]."""
    if low > high:
        low, high = high, low
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -_simplest(-high, -low)
    whole = floor(low)
    if whole == low or whole + 1 <= high:
        return Fraction(whole if whole == low else whole + 1)
    return whole + 1 / _simplest(1 / (high - whole), 1 / (low - whole))
