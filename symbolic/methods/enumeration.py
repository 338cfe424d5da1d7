"""Statements about a size, proven at each of the listed sizes.

Main definition: `Enumeration`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from sympy import Add, Basic, ImmutableMatrix, Indexed, MatrixBase, Symbol
from sympy.core.relational import Relational
from sympy.matrices.expressions.matexpr import MatrixElement, MatrixExpr

from derivax.errors import InputError
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.methods.recursion import named_values
from derivax.symbolic.obligations import (
    AtSizes,
    MatrixVanishes,
    Obligation,
    Settled,
    SignHolds,
    Vanishes,
)
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["Enumeration", "at_size"]


@dataclass(frozen=True, init=False)
class Enumeration(Rule):
    """A statement with a size n, checked exactly at each listed size: outcome `instances`.

    With `objects` the left side is a sum over a list: at each size the weights of the objects must
    add up to the right side, the objects must be different from each other, and their number is
    compared with `count` (from a generating function, say), which is the counter-check.

    Args:
        symbol: n.
        sizes: the integers at which it is checked.
        statement: what is claimed (or pass `claim=` to the derivation, or use a premise).
        objects: size -> list of hashable objects (graphs, words, pairings ...).
        weight: (size, object) -> expression; default 1.
        count: their number, an expression in n or a function of the size.

    >>> from sympy import Eq, Sum, symbols
    >>> n, k = symbols("n k", integer=True, positive=True)
    >>> rule = Enumeration(n, range(1, 5), Eq(Sum(k, (k, 1, n)), n*(n + 1)/2))
    >>> [str(o.check().outcome) for o in rule.obligations((), rule.conclude())]
    ['instances']
    """

    name: ClassVar[str] = "enumeration"
    needs: ClassVar[int | None] = None
    symbol: Symbol
    sizes: tuple[int, ...]
    statement: Statement | None
    objects: Callable[[int], Sequence[Any]] | None = field(compare=False)
    weight: Callable[[int, Any], Any] | None = field(compare=False)
    count: Any

    def __init__(
        self,
        symbol: Symbol,
        sizes: Iterable[int],
        statement: Statement | Basic | None = None,
        *,
        objects: Callable[[int], Sequence[Any]] | None = None,
        weight: Callable[[int, Any], Any] | None = None,
        count: Any = None,
    ) -> None:
        listed = tuple(int(size) for size in sizes)
        if not listed:
            raise InputError(
                "sizes=()", "an enumeration checks at least one size", "pass (1, 2, 3)"
            )
        if isinstance(statement, Relational):
            statement = Statement.of(statement)
        if weight is not None and objects is None:
            raise InputError("weight", "needs the objects that it weighs", "pass objects=...")
        for name, value in (
            ("symbol", symbol),
            ("sizes", listed),
            ("statement", statement),
            ("objects", objects),
            ("weight", weight),
            ("count", count),
        ):
            object.__setattr__(self, name, value)

    def conclude(self, *premises: Statement) -> Statement:
        if self.statement is not None:
            return self.statement
        if len(premises) == 1:
            return premises[0]
        raise InputError("an enumeration", "has no statement", "pass statement=... or claim=...")

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        # the sizes of matrix symbols are not among their free symbols
        seen = conclusion.lhs.atoms(Symbol) | conclusion.rhs.atoms(Symbol)
        if self.symbol not in seen and self.objects is None:
            return (Settled(False, f"the statement contains the size {self.symbol}"),)
        listed = ", ".join(map(str, self.sizes))
        made: list[Obligation] = []
        if self.objects is None:
            about = f"{conclusion} at {self.symbol} = {listed}"
            made.append(AtSizes(self.sizes, lambda size: self._at(conclusion, size), about))
            return tuple(made)
        made.append(
            AtSizes(self.sizes, self._different, f"the objects are different, sizes {listed}")
        )
        about = f"the weights add up to {conclusion.rhs} at {self.symbol} = {listed}"
        made.append(AtSizes(self.sizes, lambda size: self._weighed(conclusion, size), about))
        if self.count is not None:
            about = f"their number is {self.count} at {self.symbol} = {listed}"
            made.append(AtSizes(self.sizes, self._counted, about))
        return tuple(made)

    def _at(self, statement: Statement, size: int) -> Obligation:
        instance = at_size(statement, self.symbol, size)
        about = f"at {self.symbol} = {size}"
        residual = instance.residual
        if isinstance(residual, MatrixExpr) and not isinstance(residual, MatrixBase):
            return MatrixVanishes(residual, about)
        if instance.rel == "=":
            return Vanishes(residual, instance.domain, about)
        if instance.rel in ("<=", "<"):
            return SignHolds(instance.as_relation(), instance.domain, about)
        return Settled(False, f"the relation {instance.rel} can be enumerated")

    def _different(self, size: int) -> Obligation:
        objects = list(self.objects(size))  # type: ignore[misc]
        return Settled(
            len(set(objects)) == len(objects), f"the {len(objects)} objects of size {size} differ"
        )

    def _weighed(self, statement: Statement, size: int) -> Obligation:
        objects = self.objects(size)  # type: ignore[misc]
        weights = [self.weight(size, item) if self.weight else 1 for item in objects]
        total = Add(*[as_expression(w) for w in weights])
        instance = at_size(replace(statement, lhs=total), self.symbol, size)
        return Vanishes(instance.residual, instance.domain, f"total weight at size {size}")

    def _counted(self, size: int) -> Obligation:
        number = len(list(self.objects(size)))  # type: ignore[misc]
        claimed = (
            self.count(size)
            if callable(self.count)
            else as_expression(self.count).subs(self.symbol, size).doit()
        )
        about = f"{number} objects of size {size}, and {claimed} claimed"
        return Settled(as_expression(claimed) == number, about)


def at_size(statement: Statement, symbol: Symbol, size: int) -> Statement:
    """The instance of a statement at a size: sums carried out, matrices written out by entries."""
    lhs, rhs = (_written_out(side.subs(symbol, size)) for side in (statement.lhs, statement.rhs))
    given = tuple(c.subs(symbol, size) for c in statement.given)
    kept = tuple(c for c in given if isinstance(c, Relational))
    return replace(statement, lhs=lhs, rhs=rhs, forall=None, given=kept)


def _written_out(side: Basic) -> Basic:
    side = side.doit()
    if isinstance(side, MatrixExpr) and not isinstance(side, MatrixBase):
        try:
            side = side.as_explicit()
        except (ValueError, TypeError, AttributeError, NotImplementedError):
            return side
    if isinstance(side, MatrixBase):
        return ImmutableMatrix(side).applyfunc(_entries_named)
    return named_values(_entries_named(side)) if side.atoms(Indexed) else _entries_named(side)


def _entries_named(expr: Basic) -> Basic:
    """Entries of matrix symbols as symbols of their own (the same entry, the same symbol)."""
    names = {
        entry: Symbol(f"{entry.parent}[{entry.i}, {entry.j}]", real=True)
        for entry in expr.atoms(MatrixElement)
    }
    return expr.xreplace(names)
