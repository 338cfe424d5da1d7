r"""The root of an equation F(u, p) = 0 in a bracket, as an expression in the parameters p.

    u = ImplicitRoot(F, u, low, high):   F(u, p) = 0,  low < u < high,      du/dp = - F_p / F_u

Solutions of separable equations that no elementary function inverts are written this way
(Michaelis-Menten: u + K log u = c - V t).

Main definition: `ImplicitRoot`.

Implementation notes: the bound variable is replaced by a canonical dummy whose index is one more
than that of the nodes inside, so that equations differing only in its name are equal.  Its
assumptions come from the bracket (positive in (0, oo)), since that is where the root is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flint import arb
from sympy import Basic, Dummy, Expr, S, Symbol

from derivax.errors import CompileError, DomainError, InputError
from derivax.symbolic.exact.ball import BallProgram, evaluated
from derivax.symbolic.exact.ball_values import NAN, Ball
from derivax.symbolic.exact.dag import differentiated, free_symbols_of, postorder, replaced
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.nodes.root_enclosure import changes_sign, enclose_root

__all__ = ["FIRST_ROOT_INDEX", "ImplicitRoot", "canonical_variable"]

FIRST_ROOT_INDEX = 10**12
_DISPLAY_NAMES = ("u", "v", "w", "z", "y")


def canonical_variable(level: int, low: Expr, high: Expr) -> Dummy:
    """The bound variable of a node at this level, with the assumptions of its bracket."""
    assumptions: dict[str, bool] = {"real": True}
    if low.is_extended_nonnegative:
        assumptions = {"positive": True}
    elif high.is_extended_nonpositive:
        assumptions = {"negative": True}
    return Dummy("u", dummy_index=FIRST_ROOT_INDEX + level, **assumptions)


class ImplicitRoot(Expr):
    """The unique root u of body = 0 in the bracket from low to high.

    Arguments: `body`, an expression F(u, parameters) that changes its sign once in the bracket;
    `variable`, the symbol u, bound by the node; `low`, `high`, expressions or +-oo (F may be
    singular at the ends; a zero of F at a finite end is the root).  That F has no other root in the
    closed bracket is the caller's claim.

    >>> import sympy as sp
    >>> u, c = sp.symbols("u c", positive=True)
    >>> root = ImplicitRoot(u + sp.log(u) - c, u, 0, sp.oo)
    >>> root.free_symbols, root.subs(c, 1).evalf(20)
    ({c}, 1.0000000000000000000)
    >>> root.diff(c).subs(c, 1).evalf(20)
    0.50000000000000000000
    >>> v = sp.Symbol("v")
    >>> ImplicitRoot(v + sp.log(v) - c, v, 0, sp.oo) == root
    True

    A root that visibly is an end of the bracket is returned as that end.

    Raises `InputError` for a body without the variable or bounds that contain it, and `DomainError`
    if the equation has no parameters left and certainly no sign change in the bracket.
    """

    is_commutative = True
    is_extended_real = True
    is_real = True
    is_finite = True
    is_complex = True

    def __new__(
        cls, body: Any, variable: Any, low: Any = S.NegativeInfinity, high: Any = S.Infinity
    ) -> Any:
        body, low, high = (as_expression(a) for a in (body, low, high))
        _checked(body, variable, low, high)
        inside = [n.level for n in postorder([body]) if isinstance(n, ImplicitRoot)]
        canonical = canonical_variable(1 + max(inside, default=0), low, high)
        if canonical != variable:
            body = replaced(body, {variable: canonical})
        for end in (low, high):
            if end.is_finite and replaced(body, {canonical: end}).is_zero:
                return end
        node = Expr.__new__(cls, body, canonical, low, high)
        if not node.free_symbols:
            _demand_sign_change(node)
        return node

    # ---- structure ----------------------------------------------------------------------

    @property
    def body(self) -> Expr:
        """F, in the bound variable."""
        return self.args[0]

    @property
    def variable(self) -> Dummy:
        """The bound variable."""
        return self.args[1]

    @property
    def low(self) -> Expr:
        """The lower end of the bracket."""
        return self.args[2]

    @property
    def high(self) -> Expr:
        """The upper end of the bracket."""
        return self.args[3]

    @property
    def level(self) -> int:
        """1 + the largest level of the nodes inside the body."""
        return int(self.variable.dummy_index) - FIRST_ROOT_INDEX

    @property
    def bound_symbols(self) -> list[Symbol]:
        """The bound variable."""
        return [self.variable]

    @property
    def free_symbols(self) -> set[Basic]:
        """The parameters."""
        if not hasattr(self, "_free_symbols"):
            inside = free_symbols_of([self.body]) - {self.variable}
            self._free_symbols = inside | free_symbols_of([self.low, self.high])
        return set(self._free_symbols)

    @property
    def is_number(self) -> bool:
        """Whether the root is a number: no parameters are left."""
        return not self.free_symbols

    def body_at(self, value: Expr) -> Expr:
        """F(value, parameters); zero for the node itself, by definition.

        >>> from sympy.abc import c, u
        >>> ImplicitRoot(u**3 + u - c, u).body_at(2)
        10 - c
        """
        return replaced(self.body, {self.variable: as_expression(value)})

    # ---- substitution under the binder --------------------------------------------------

    def _opened(self) -> tuple[Expr, Dummy]:
        """The body with a bound variable that occurs nowhere else."""
        fresh = Dummy("u", **self.variable._assumptions_orig)
        return replaced(self.body, {self.variable: fresh}), fresh

    def _eval_subs(self, old: Basic, new: Basic) -> Basic:
        if old == self.variable:
            return self
        body, fresh = self._opened()
        return ImplicitRoot(
            body._subs(old, new), fresh, self.low._subs(old, new), self.high._subs(old, new)
        )

    def _xreplace(self, rule: Mapping[Basic, Basic]) -> tuple[Basic, bool]:
        if self in rule:
            return rule[self], True
        inner = {old: new for old, new in rule.items() if old != self.variable}
        if not inner:
            return self, False
        body, fresh = self._opened()
        parts = [part._xreplace(inner) for part in (body, self.low, self.high)]
        if not any(changed for _, changed in parts):
            return self, False
        (body, _), (low, _), (high, _) = parts
        return ImplicitRoot(body, fresh, low, high), True

    # ---- calculus -----------------------------------------------------------------------

    def _eval_derivative(self, symbol: Symbol) -> Expr:
        """Implicit differentiation, -F_p / F_u at the root."""
        if symbol not in self.free_symbols:
            return S.Zero
        body, fresh = self._opened()
        slope = -differentiated(body, symbol) / differentiated(body, fresh)
        return replaced(slope, {fresh: self})

    def _eval_is_positive(self) -> bool | None:
        return True if self.low.is_extended_nonnegative else None

    def _eval_is_negative(self) -> bool | None:
        return True if self.high.is_extended_nonpositive else None

    def _eval_is_zero(self) -> bool | None:
        signs = self.low.is_extended_nonnegative or self.high.is_extended_nonpositive
        return False if signs else None

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.low.is_extended_nonnegative else None

    # ---- numbers ------------------------------------------------------------------------

    def _ball_(self, evaluate: Callable[..., Ball]) -> Ball:
        slope = self._slope()
        low, high = evaluate(self.low), evaluate(self.high)
        if not isinstance(low, arb) or not isinstance(high, arb) or low >= high:
            return NAN
        variable = self.variable
        return enclose_root(
            lambda x: evaluate(self.body, {variable: x}),
            lambda x: evaluate(slope, {variable: x}),
            low,
            high,
        )

    def _slope(self) -> Expr:
        """F_u, kept on the node because evaluations recognise an expression by identity."""
        if not hasattr(self, "_slope_cached"):
            self._slope_cached = differentiated(self.body, self.variable)
        return self._slope_cached

    def _eval_evalf(self, prec: int) -> Any:
        return evaluated(self, prec) if self.is_number else None

    # ---- printing -----------------------------------------------------------------------

    def _display(self) -> tuple[Expr, Symbol]:
        taken = {str(s) for s in self.free_symbols} | {
            str(n.variable) for n in postorder([self.body]) if isinstance(n, ImplicitRoot)
        }
        names = [name for name in _DISPLAY_NAMES if name not in taken]
        shown = Symbol(names[0] if names else f"u_{self.level}", **self.variable._assumptions_orig)
        return replaced(self.body, {self.variable: shown}), shown

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        body, shown = self._display()
        parts = {"low": printer._print(self.low), "high": printer._print(self.high)}
        u = printer._print(shown)
        text = (
            rf"\operatorname*{{root}}_{{{parts['low']} < {u} < {parts['high']}}}"
            rf"\left[{printer._print(body)} = 0\right]"
        )
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    def _sympystr(self, printer: Any) -> str:
        body, shown = self._display()
        inside = ", ".join(printer._print(a) for a in (body, shown, self.low, self.high))
        return f"ImplicitRoot({inside})"


def _checked(body: Any, variable: Any, low: Any, high: Any) -> None:
    if not isinstance(variable, Symbol):
        raise InputError(f"variable {variable!r}", "the unknown of an implicit root is a symbol")
    if not all(isinstance(a, Expr) for a in (body, low, high)):
        raise InputError("ImplicitRoot", "the equation and its bounds are scalar expressions")
    if variable not in free_symbols_of([body]):
        raise InputError(f"{str(body)[:120]}", f"does not contain the unknown {variable}")
    if variable in free_symbols_of([low, high]):
        raise InputError(f"bracket ({low}, {high})", f"contains the unknown {variable}")
    empty = low.is_number and high.is_number and (low >= high) == True  # noqa: E712
    if empty or low is S.Infinity or high is S.NegativeInfinity:
        raise DomainError(f"bracket ({low}, {high})", "is empty", "give low < high")


def _demand_sign_change(node: ImplicitRoot) -> None:
    try:
        program = BallProgram(node.body, [node.variable])
        ends = BallProgram([node.low, node.high]).at((), 128)
        if not all(isinstance(end, arb) for end in ends):
            raise DomainError(f"bracket ({node.low}, {node.high})", "its ends are not real")
        changes = changes_sign(lambda x: program.at([x], 256), *ends)
    except CompileError:
        return
    if changes is False:
        raise DomainError(
            f"{str(node._display()[0])[:120]} = 0",
            f"no sign change found in the bracket ({node.low}, {node.high})",
            "give a bracket in which the left side changes its sign once",
        )
