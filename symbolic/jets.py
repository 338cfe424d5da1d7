r"""Jets: fields and their derivatives as independent variables.

For fields $\phi_a(x_0, ..., x_d)$ (coordinates q_a(t) when there is one variable) every derivative
$\partial_J\phi_a$, J a multi-index, becomes a symbol of its own.  Partial derivatives of a
Lagrangian are then ordinary derivatives, and the trap is avoided that $\partial L/\partial t$
differentiates through q(t).

A complex field whose conjugate occurs counts as two fields, $\phi$ and $\bar\phi$.

Main definitions: `JetSpace`, `conjugate_partners`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from sympy import Abs, Add, Basic, Derivative, Dummy, Expr, Subs, Symbol, conjugate, sqrt
from sympy.core.function import AppliedUndef

from derivax.errors import InputError
from derivax.symbolic.exact.variables import stand_in

__all__ = ["Index", "JetSpace", "conjugate_partners", "jet_space"]

Index = tuple[int, ...]
"""How often each variable is differentiated."""


def without_moduli(expr: Any) -> Any:
    """`Abs(z)**2` as `z*conjugate(z)`, and derivatives of conjugates as conjugates of derivatives.

    The independent variables are real, whatever their symbols say.
    """
    if expr.has(Abs):
        expr = expr.replace(Abs, lambda z: Abs(z) if z.is_real else sqrt(z * conjugate(z)))
    swapped = {
        d: conjugate(Derivative(d.expr.args[0], *d.variable_count))
        for d in expr.atoms(Derivative)
        if isinstance(d.expr, conjugate)
    }
    return expr.xreplace(swapped) if swapped else expr


def conjugate_partners(expr: Basic, fields: Iterable[Basic]) -> tuple[Basic, ...]:
    """The conjugates of fields that occur in `expr` and are not named among the fields."""
    fields = tuple(fields)
    conjugates = {c.args[0] for c in expr.atoms(conjugate)}
    bare = {d.expr if isinstance(d, Derivative) else d for d in conjugates}
    return tuple(conjugate(f) for f in fields if f in bare and conjugate(f) not in fields)


class JetSpace:
    """Independent variables, fields, and one symbol per derivative of a field.

    Args:
        fields: applied functions `phi(t, x)`, or `conjugate(phi(t, x))`.
        variables: the independent variables.

    >>> from sympy import Function, symbols
    >>> t = symbols("t", real=True)
    >>> q = Function("q", real=True)(t)
    >>> space = JetSpace((q,), (t,))
    >>> f = space.jets(t*q**2)
    >>> space.functions(space.total(f))
    2*t*q(t)*Derivative(q(t), t) + q(t)**2
    """

    def __init__(self, fields: tuple[Basic, ...], variables: tuple[Symbol, ...]) -> None:
        self.fields, self.variables = tuple(fields), tuple(variables)
        self._symbol: dict[tuple[int, Index], Dummy] = {}
        self._where: dict[Basic, tuple[int, Index]] = {}
        self._number = {field: a for a, field in enumerate(self.fields)}
        self._heads = {
            (f.args[0] if isinstance(f, conjugate) else f).func: f for f in reversed(self.fields)
        }
        self.zero: Index = (0,) * len(self.variables)

    # ---- symbols ------------------------------------------------------------------------

    def jet(self, field: int, index: Index) -> Dummy:
        """The symbol of a derivative of a field."""
        found = self._symbol.get((field, index))
        if found is None:
            bare = self._bare(field)
            label = str(bare.func)
            name = label + "".join(str(v) * n for v, n in zip(self.variables, index))
            like = stand_in(bare)
            kinds = ("positive", "nonnegative") if not any(index) else ()
            known = next((k for k in (*kinds, "real") if getattr(like, f"is_{k}")), "complex")
            found = Dummy(name, **{known: True})
            self._symbol[field, index] = found
            self._where[found] = (field, index)
        return found

    def _bare(self, field: int) -> Any:
        shown = self.fields[field]
        return shown.args[0] if isinstance(shown, conjugate) else shown

    def place(self, jet: Basic) -> tuple[int, Index] | None:
        """(field, multi-index) of a jet; None for another symbol."""
        return self._where.get(jet)

    def raised(self, index: Index, variable: int) -> Index:
        """The index with one more derivative."""
        return tuple(n + (i == variable) for i, n in enumerate(index))

    def field(self, a: int) -> Dummy:
        """The symbol of the field itself."""
        return self.jet(a, self.zero)

    def jets_in(self, expr: Basic) -> list[tuple[Dummy, int, Index]]:
        """(symbol, field, index) of the jets in an expression, in a fixed order."""
        found = [(s, *self._where[s]) for s in expr.free_symbols if s in self._where]
        return sorted(found, key=lambda row: (row[1], sum(row[2]), row[2]))  # type: ignore[arg-type]

    def order(self, expr: Basic) -> int:
        """The order of the highest derivative in an expression of jets."""
        return max((sum(index) for _, _, index in self.jets_in(expr)), default=0)

    # ---- to and from functions ----------------------------------------------------------

    def derivative(self, field: int, index: Index) -> Any:
        """The derivative that a jet stands for."""
        counts = [(v, n) for v, n in zip(self.variables, index) if n]
        bare = self._bare(field)
        shown = Derivative(bare, *counts) if counts else bare
        return conjugate(shown) if isinstance(self.fields[field], conjugate) else shown

    def jets(self, expr: Any) -> Any:
        """An expression in functions as an expression in jets.

        Raises:
            InputError: a field at another point, or differentiated by something else.
        """
        expr = without_moduli(expr)
        compound = {d: d.doit() for d in expr.atoms(Derivative) if not self._is_plain(d)}
        if compound:
            expr = expr.xreplace(compound)
        changes: dict[Basic, Basic] = {}
        for atom in self._occurrences(expr):
            inner = atom.args[0] if isinstance(atom, conjugate) else atom
            base = inner.expr if isinstance(inner, Derivative) else inner
            own = conjugate(base) if isinstance(atom, conjugate) else base
            number = self._number.get(own)
            if number is None:
                raise InputError(
                    str(atom), "is not one of the coordinates", f"they are {self._listing()}"
                )
            changes[atom] = self.jet(number, self._index(inner))
        expr = expr.xreplace(changes)
        # at a fixed jet the slope in the slot of t is the partial derivative
        slopes = {s: s.doit() for s in expr.atoms(Subs) if isinstance(s.expr, Derivative)}
        return expr.xreplace(slopes) if slopes else expr

    def _is_plain(self, derivative: Derivative) -> bool:
        """A field, or an unknown function at fixed fields: not to be differentiated by parts."""
        inner = derivative.expr
        if not isinstance(inner, AppliedUndef):
            return False
        if inner.func in self._heads or not set(derivative.variables) & set(self.variables):
            return True
        return not any(True for arg in inner.args for _ in self._occurrences(arg))

    def _index(self, inner: Basic) -> Index:
        if not isinstance(inner, Derivative):
            return self.zero
        counts = dict(inner.variable_count)
        if not set(counts) <= set(self.variables):
            raise InputError(str(inner), "differentiates by another variable", "")
        try:
            return tuple(int(counts.get(v, 0)) for v in self.variables)
        except TypeError:
            raise InputError(str(inner), "has no definite order", "") from None

    def _occurrences(self, expr: Basic) -> Iterator[Any]:
        """The outermost fields, derivatives of fields, and their conjugates, in an expression."""
        stack, seen = [expr], set()
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            inner = node.args[0] if isinstance(node, conjugate) else node
            base = inner.expr if isinstance(inner, Derivative) else inner
            if isinstance(base, AppliedUndef) and base.func in self._heads:
                yield node
            else:
                stack.extend(node.args)

    def _listing(self) -> str:
        return ", ".join(map(str, self.fields))

    def functions(self, expr: Any) -> Any:
        """An expression in jets as one in functions."""
        partial = {
            d: self._slope(d)
            for d in expr.atoms(Derivative)
            if isinstance(d.expr, AppliedUndef) and self.jets_in(d.expr)
            and set(d.variables) & set(self.variables)
        }  # fmt: skip
        if partial:
            expr = expr.xreplace(partial)
        return expr.xreplace({s: self.derivative(a, j) for s, a, j in self.jets_in(expr)})

    def _slope(self, derivative: Derivative) -> Any:
        """The partial derivative of L(t, q) in its slot t, which must not see the t in q(t)."""
        slots = {v: Dummy(str(v), real=True) for v in derivative.variables if v in self.variables}
        inner = derivative.expr.func(*[slots.get(a, a) for a in derivative.expr.args])
        counts = [(slots.get(v, v), n) for v, n in derivative.variable_count]
        return Subs(Derivative(inner, *counts), tuple(slots.values()), tuple(slots))

    # ---- calculus -----------------------------------------------------------------------

    def total(self, expr: Any, variable: int = 0) -> Any:
        r"""The total derivative $D_\mu f = \partial_\mu f + \sum \phi_{J\mu}\,\partial f/\partial
        \phi_J$."""
        terms = [expr.diff(self.variables[variable])]
        for symbol, a, index in self.jets_in(expr):
            terms.append(self.jet(a, self.raised(index, variable)) * expr.diff(symbol))
        return Add(*terms)

    def total_index(self, expr: Any, index: Index) -> Any:
        """The total derivative of a multi-index."""
        for variable, count in enumerate(index):
            for _ in range(count):
                expr = self.total(expr, variable)
        return expr

    def divergence(self, current: Iterable[Expr]) -> Expr:
        """Sum of the total derivatives of the components of a current."""
        return Add(*[self.total(c, mu) for mu, c in enumerate(current)])

    def widened(self, fields: Iterable[Basic]) -> JetSpace:
        """A space with further fields; the jets of the old ones stay the same symbols."""
        space = JetSpace((*self.fields, *fields), self.variables)
        space._symbol = dict(self._symbol)
        space._where = dict(self._where)
        return space


@lru_cache(maxsize=256)
def jet_space(fields: tuple[Basic, ...], variables: tuple[Symbol, ...]) -> JetSpace:
    """The jet space of these fields; the same symbols for the same fields."""
    return JetSpace(fields, variables)
