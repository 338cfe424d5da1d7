"""Problems in words: one table of symbols for all the texts that belong together.

The assumptions of a symbol come from ranges and relations with numbers: `s > 0` makes `s`
positive, and `u(t) > 0` the function `u`, which is what lets SymPy simplify.

Main definitions: `Texts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Basic, Function, Symbol, oo, true
from sympy.core.function import AppliedUndef, UndefinedFunction

from derivax.errors import InputError
from derivax.symbolic.parse import (
    parse,
    parse_domain,
    parse_equations,
    parse_given,
    parse_relations,
)
from derivax.symbolic.problem import Problem

__all__ = ["Texts"]


@dataclass(frozen=True)
class Texts:
    """The symbols of several texts with their assumptions, their ranges and relations.

    >>> texts = Texts.read(where="k > 0, u0 > 0, u(t) > 0")
    >>> texts.problem("u'(t) = -k*u(t)", given="u(0) = u0").unknown[0].is_positive
    True
    """

    symbols: Mapping[str, Symbol]
    functions: Mapping[str, UndefinedFunction]
    ranges: Mapping[str, tuple[Any, Any]]
    where: tuple[Basic, ...]

    @classmethod
    def read(cls, names: Iterable[str] = (), domain: str = "", where: str = "") -> Texts:
        """Read names of symbols, ranges `s=0:20, t=0:inf` and relations `u0 < s, tau > 0`."""
        known = list(names)
        ranges = {str(key): ends for key, ends in parse_domain(domain).items()}
        relations = parse_relations(where)
        known += [name for name in ranges if name not in known]
        known += [str(s) for r in relations for s in r.free_symbols if str(s) not in known]
        symbols = {n: Symbol(n, **_assumptions(n, ranges, relations)) for n in known}
        applied = {f for r in relations for f in r.atoms(AppliedUndef)}
        functions = {
            f.func.__name__: Function(f.func.__name__, **_assumptions(str(f), {}, relations))
            for f in applied
        }
        texts = cls(symbols, functions, ranges, ())
        # once more with these symbols; what their assumptions imply by now says no more
        kept = [texts._declared(relation) for relation in parse_relations(where, symbols)]
        kept = [r for r in kept if r != true and r.func(r.lhs, r.rhs) != true]
        return cls(symbols, functions, ranges, tuple(kept))

    def _declared(self, expr: Basic) -> Basic:
        """The expression with the functions that the relations made positive."""
        plain = {f.func for f in expr.atoms(AppliedUndef)}
        for function in sorted(plain, key=str):
            chosen = self.functions.get(function.__name__)
            if chosen is not None and chosen != function:
                expr = expr.replace(function, chosen)
        return expr

    def expression(self, text: str) -> Basic:
        """One expression or condition."""
        return self._declared(parse(text, self.symbols))

    def ranges_of(self, symbols: Iterable[Symbol]) -> dict[Symbol, tuple[Any, Any]]:
        """The ranges by symbol; a range of something else is an error."""
        by_name = {str(symbol): symbol for symbol in symbols}
        for name in self.ranges:
            if name not in by_name:
                raise InputError(
                    f"domain of {name}",
                    "is no symbol of the subject",
                    f"known: {', '.join(by_name)}",
                )
        return {by_name[name]: ends for name, ends in self.ranges.items()}

    def problem(
        self,
        equation: str,
        given: str = "",
        unknown: str | None = None,
        values: Mapping[Basic, Basic] | None = None,
    ) -> Problem:
        """The problem of `equation` (several separated by `;`) and `given` values.

        Args:
            equation: `u'(t) = k*u(t)`.
            given: `u(0) = u0`.
            unknown: `u(t)`; default: every unknown function.
            values: {symbol: number} to put in.
        """
        put = dict(values or {})
        parsed = parse_equations(equation, self.symbols)
        equations = [self._declared(e).xreplace(put) for e in parsed]
        pairs = {
            self._declared(key).xreplace(put): self._declared(value).xreplace(put)
            for key, value in parse_given(given, self.symbols).items()
        }
        symbols = {s for e in equations for s in e.free_symbols}
        symbols |= {s for pair in pairs.items() for side in pair for s in side.free_symbols}
        assume = list(self.where)
        for name, (low, high) in self.ranges.items():
            symbol = self.symbols[name]
            if symbol in symbols:
                assume += [r for r in (low <= symbol, symbol <= high) if r != true]
        asked = self._unknown(equation, unknown, equations)
        return Problem(equations, asked, given=pairs, assume=tuple(assume))

    def _unknown(
        self, equation: str, unknown: str | None, equations: list[Basic]
    ) -> tuple[Basic, ...]:
        if unknown is not None:
            return tuple(self.expression(text) for text in unknown.split(";"))
        found = {f for e in equations for f in e.atoms(AppliedUndef) if not f.args[0].is_number}
        functions = {f.func for f in found}
        if not found:
            raise InputError(
                equation, "names no unknown function", "say which symbol is unknown, e.g. x"
            )
        if len(found) > len(functions):
            raise InputError(
                equation, "has an unknown at several arguments", "say which one, e.g. u(t)"
            )
        return tuple(sorted(found, key=str))


def _assumptions(name: str, ranges: Mapping[str, Any], relations: Any) -> dict[str, bool]:
    """What the ranges and the relations with numbers say about one symbol."""
    low, high = ranges.get(name, (-oo, oo))
    low_open = high_open = False
    for relation in relations:
        if relation.rel_op not in ("<", ">", "<=", ">="):
            continue
        strict = relation.rel_op in ("<", ">")
        if str(relation.gts) == name and relation.lts.is_number and relation.lts >= low:
            low, low_open = relation.lts, strict or (low_open and relation.lts == low)
        if str(relation.lts) == name and relation.gts.is_number and relation.gts <= high:
            high, high_open = relation.gts, strict or (high_open and relation.gts == high)
    if low > high or (low == high and (low_open or high_open)):
        raise InputError(f"{name}", "has no value left", "mend its range or the relations")
    if low > 0 or (low == 0 and low_open):
        return {"positive": True}
    if low == 0:
        return {"nonnegative": True}
    if high < 0 or (high == 0 and high_open):
        return {"negative": True}
    return {"real": True}
