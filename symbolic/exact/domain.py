"""Domains: for which values of its symbols a statement is made, and points of them.

A `Domain` maps symbols to intervals, with relations between symbols in `where`
(u0 < s < 10*u0 ...).  Points are drawn as exact rationals (for the zero test) or as floats,
uniformly over their ordinals (for accuracy), always with special points among them.

Main definition: `Domain`; `Interval` is in `interval.py`, the drawing in `rational_sampling.py`
and `float_sampling.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import sympy as sp
from sympy import Basic, Symbol

from derivax.errors import DomainError
from derivax.symbolic.exact.conditions import decide
from derivax.symbolic.exact.constraints import allowed
from derivax.symbolic.exact.dag import symbols_of
from derivax.symbolic.exact.float_sampling import float_points
from derivax.symbolic.exact.interval import Interval
from derivax.symbolic.exact.rational_sampling import rational_points

__all__ = ["Domain", "Interval"]


class Domain(Mapping[Symbol, Interval]):
    """An immutable, hashable mapping from symbols to intervals, with relations `where`.

    >>> u, s = sp.symbols("u s", positive=True)
    >>> domain = Domain.of([u, s], {s: (0, 20)}, where=[u < s])
    >>> print(domain)
    u in (0, oo), s in (0, 20], u < s
    >>> domain.contains({u: 1, s: 2}), domain.contains({u: 3, s: 2})
    (True, False)
    """

    __slots__ = ("_hash", "_intervals", "_where")

    def __init__(
        self, intervals: Mapping[Symbol, Interval] | None = None, where: Iterable[Basic] = ()
    ) -> None:
        checked: dict[Symbol, Interval] = {}
        for symbol, interval in (intervals or {}).items():
            if not isinstance(symbol, Symbol):
                raise DomainError(f"{str(symbol)[:80]!r}", "a domain is a mapping of symbols")
            checked[symbol] = Interval.of(interval)
        self._intervals = checked
        self._where = tuple(_relations(where, checked))
        self._hash: int | None = None

    @classmethod
    def of(
        cls,
        symbols: Iterable[Symbol],
        domain: Mapping[Any, Any] | None = None,
        where: Iterable[Basic] = (),
    ) -> Domain:
        """The domain of `symbols`: their assumptions, narrowed by `domain` and `where`.

        Arguments: `domain`, {symbol (or its name): (low, high) or Interval}, numbers as int, float,
        Fraction, SymPy number or text such as "1/3" and "inf"; `where`, relations between symbols.

        >>> t = sp.Symbol("t", nonnegative=True)
        >>> print(Domain.of([t], {t: (-1, "inf")}))
        t in [0, oo)

        Raises `DomainError` for an empty interval, bounds that contradict the assumptions, bounds
        that are not numbers, or a relation between symbols that are not in the domain.
        """
        symbols = tuple(symbols)
        given = _named(symbols, domain)
        intervals: dict[Symbol, Interval] = {}
        for symbol in symbols:
            assumed = interval_of_assumptions(symbol)
            if symbol not in given:
                intervals[symbol] = assumed
                continue
            try:
                intervals[symbol] = assumed.intersect(Interval.of(given[symbol]))
            except DomainError as error:
                raise DomainError(
                    f"domain of {symbol}: {error.given}", error.why, error.instead
                ) from None
        for symbol in symbols:
            _check_special_assumptions(symbol, intervals[symbol])
        return cls(intervals, where)

    # ---- mapping ------------------------------------------------------------------------

    def __getitem__(self, symbol: Symbol) -> Interval:
        return self._intervals[symbol]

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self._intervals)

    def __len__(self) -> int:
        return len(self._intervals)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Domain):
            return NotImplemented
        return self._intervals == other._intervals and set(self._where) == set(other._where)

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash((frozenset(self._intervals.items()), frozenset(self._where)))
        return self._hash

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """The symbols, in order."""
        return tuple(self._intervals)

    @property
    def where(self) -> tuple[Basic, ...]:
        """The relations between symbols."""
        return self._where

    def __str__(self) -> str:
        parts = [f"{symbol} in {interval}" for symbol, interval in self._intervals.items()]
        return ", ".join(parts + [str(relation) for relation in self._where]) or "(no symbols)"

    def __repr__(self) -> str:
        return f"Domain({self})"

    # ---- derived domains ----------------------------------------------------------------

    def extended(self, symbols: Iterable[Symbol]) -> Domain:
        """This domain with further symbols, over the intervals that their assumptions say."""
        added = {s: interval_of_assumptions(s) for s in symbols if s not in self._intervals}
        return Domain({**self._intervals, **added}, self._where) if added else self

    def restricted(
        self, domain: Mapping[Any, Any] | None = None, where: Iterable[Basic] = ()
    ) -> Domain:
        """This domain with narrower intervals and further relations."""
        intervals = dict(self._intervals)
        for symbol, bounds in _named(self.symbols, domain).items():
            intervals[symbol] = intervals[symbol].intersect(Interval.of(bounds))
        return Domain(intervals, (*self._where, *where))

    def over(self, symbols: Iterable[Symbol]) -> Domain:
        """Only the given symbols (added if new), and the relations among them."""
        wanted = tuple(symbols)
        full = self.extended(wanted)
        kept = [r for r in self._where if set(symbols_of([r])) <= set(wanted)]
        return Domain({s: full[s] for s in wanted}, kept)

    # ---- points -------------------------------------------------------------------------

    def contains(self, point: Mapping[Symbol, Any]) -> bool | None:
        """Whether a point lies in the domain; None if that cannot be decided exactly.

        Raises `DomainError` if the point lacks a symbol.
        """
        missing = [str(s) for s in self._intervals if s not in point]
        if missing:
            raise DomainError(f"point {dict(point)}", f"no value for {', '.join(missing)}")
        answers = [i.contains(point[s]) for s, i in self._intervals.items()]
        answers += [allowed(s, point[s]) for s in self._intervals]
        if False in answers:
            return False
        answers += [decide(relation, point) for relation in self._where]
        return False if False in answers else None if None in answers else True

    def rational_points(self, count: int, seed: int = 0) -> list[dict[Symbol, Any]]:
        """`count` random points with rational coordinates, and special points before them.

        Numerators and denominators are up to a few hundred, magnitudes spread over the interval;
        the special points use 0, 1, -1, corners, tiny and large numbers.  Symbols over the plane
        get complex numbers with dyadic parts.  Every point satisfies `where`, decided exactly.
        The same seed gives the same points.

        Raises `DomainError` if `where` leaves no point.
        """
        return rational_points(self, count, seed)

    def float_points(
        self, count: int, seed: int = 0, dtype: Any = "float64"
    ) -> dict[Symbol, np.ndarray]:
        """`count` points of floats: special ones first, then uniform over the ordinals of floats.

        Specials: zeros, +-1, the ends of the intervals, powers of two, the smallest normal and the
        largest number.  Subnormal numbers are never drawn (XLA flushes them).  Every point
        satisfies `where`.  Returns {symbol: array of `dtype`}.

        Raises `DomainError` if `where` leaves no point, or no float lies in an interval.
        """
        return float_points(self, count, seed, dtype)


def interval_of_assumptions(symbol: Symbol) -> Interval:
    """The interval that a symbol's assumptions allow; the plane if it is complex and not real."""
    if symbol.is_zero:
        return Interval(0, 0)
    if symbol.is_complex and symbol.is_extended_real is not True and symbol.is_integer is None:
        return Interval("-inf", "inf", plane=True)
    if symbol.is_extended_real is False:
        return Interval("-inf", "inf", plane=True)
    low: Any = "-inf"
    high: Any = "inf"
    low_open = high_open = True
    if symbol.is_extended_nonnegative:
        low, low_open = 0, bool(symbol.is_extended_positive)
    if symbol.is_extended_nonpositive:
        high, high_open = 0, bool(symbol.is_extended_negative)
    return Interval(low, high, low_open, high_open, bool(symbol.is_integer))


def _named(symbols: tuple[Symbol, ...], domain: Mapping[Any, Any] | None) -> dict[Symbol, Any]:
    """The keys of a user's domain as symbols of the domain."""
    if domain is None:
        return {}
    if isinstance(domain, Domain):
        unknown = [s for s in domain if s not in symbols]
        return {s: domain[s] for s in domain if s not in unknown}
    if not isinstance(domain, Mapping):
        raise DomainError(f"domain {domain!r}", "not a mapping", "give {symbol: (low, high)}")
    by_name = {s.name: s for s in symbols}
    found: dict[Symbol, Any] = {}
    for key, bounds in domain.items():
        symbol = key if key in symbols else by_name.get(str(key)) if isinstance(key, str) else None
        if symbol is None:
            known = ", ".join(map(str, symbols)) or "none"
            raise DomainError(f"domain key {key}", f"not one of the symbols ({known})")
        found[symbol] = bounds
    return found


def _relations(where: Iterable[Basic], intervals: Mapping[Symbol, Interval]) -> Iterator[Basic]:
    if isinstance(where, (Basic, bool)):
        where = (where,)
    for relation in where:
        if relation in (True, sp.true):
            continue
        if relation in (False, sp.false):
            raise DomainError(f"where {relation}", "the condition is never true")
        if isinstance(relation, sp.And):
            yield from _relations(relation.args, intervals)
            continue
        if not isinstance(
            relation, (sp.core.relational.Relational, sp.logic.boolalg.BooleanFunction)
        ):
            raise DomainError(f"where {relation}", "not a relation", "write for example u0 < s")
        unknown = [str(s) for s in symbols_of([relation]) if s not in intervals]
        if unknown:
            known = ", ".join(map(str, intervals)) or "none"
            raise DomainError(
                f"where {relation}", f"{', '.join(unknown)} is not in the domain ({known})"
            )
        yield relation


def _check_special_assumptions(symbol: Symbol, interval: Interval) -> None:
    """A nonzero symbol whose interval is only {0} is a contradiction."""
    if interval.low == interval.high and not allowed(symbol, interval.low):
        raise DomainError(f"domain of {symbol}: {interval}", "contradicts its assumptions")
