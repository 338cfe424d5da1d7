r"""The state of a recurrence after a number of steps, as an expression.

    x_{n+1} = f(x_n, n),   x_0 given:        Recurrence(f, x, x_0, n, L) = x_L

The state is a scalar or a tuple of scalars; the depth L is a number or an expression with a value
at run time.  The derivative in a parameter is the recurrence of (state, tangent),
\dot x_{n+1} = f_x \dot x_n + f_p, of the same depth: exact, and again a Recurrence.

Main definitions: `Recurrence`, `log_size` (log |x_L| of a state that would overflow).

Implementation notes: the bound symbols are replaced by canonical dummies, numbered by the level of
nesting, so that recurrences differing only in their names are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flint import arb
from sympy import Abs, Add, Basic, Dummy, Expr, Integer, Lambda, Max, S, Symbol, Tuple, log

from derivax.errors import InputError
from derivax.symbolic.exact.ball import evaluated
from derivax.symbolic.exact.ball_values import NAN, Ball, is_nan, whole_number
from derivax.symbolic.exact.dag import differentiated, free_symbols_of, postorder, replaced
from derivax.symbolic.exact.expression import as_expression

__all__ = ["Recurrence", "log_size"]

_FIRST_INDEX = 2 * 10**12
_MOST_STATES = 1000
_LONGEST_BALL = 200_000
_WRITTEN_OUT = 64


class Recurrence(Expr):
    """Component `component` of the state after `depth` steps of x_{n+1} = step(x_n, n).

    Arguments: `step`, an expression or a tuple of them; `state`, the symbol or symbols of the
    state; `initial`, the state x_0; `index`, the symbol n (the steps are n = 0, ..., depth - 1);
    `depth`, a whole number >= 0, or an expression that has such a value; `component`.

    >>> import sympy as sp
    >>> x, n, r, L = sp.symbols("x n r L")
    >>> logistic = Recurrence(r*x*(1 - x), x, sp.Rational(1, 2), n, L)
    >>> logistic.subs(L, 2).doit()
    r**2*(1 - r/4)/4
    >>> logistic.diff(r).subs({L: 2, r: 2}).evalf(20)
    0.25000000000000000000
    >>> y = sp.Symbol("y")
    >>> Recurrence(r*y*(1 - y), y, sp.Rational(1, 2), n, L) == logistic
    True

    Raises `InputError` for a depth that is no whole number >= 0, or tuples of different lengths.
    """

    is_commutative = True

    def __new__(
        cls, step: Any, state: Any, initial: Any, index: Any, depth: Any, component: Any = 0
    ) -> Any:
        states = _as_tuple(state)
        steps = [as_expression(part) for part in _as_tuple(step)]
        initials = [as_expression(part) for part in _as_tuple(initial)]
        depth, component = as_expression(depth), as_expression(component)
        _checked(steps, states, initials, index, depth, component)
        if depth.is_zero:
            return initials[int(component)]
        inside = [node.level for node in postorder(steps) if isinstance(node, Recurrence)]
        first = _FIRST_INDEX + _MOST_STATES * (1 + max(inside, default=0))
        names = [f"x{j + 1}" if len(states) > 1 else "x" for j in range(len(states))]
        canonical = [
            Dummy(name, dummy_index=first + 1 + j, **symbol._assumptions_orig)
            for j, (name, symbol) in enumerate(zip(names, states, strict=True))
        ]
        canonical.append(Dummy("n", dummy_index=first, integer=True, nonnegative=True))
        renaming = {
            old: new for old, new in zip((*states, index), canonical, strict=True) if old != new
        }
        if renaming:
            steps = [replaced(part, renaming) for part in steps]
        meaning = Lambda(tuple(canonical), Tuple(*steps))
        return Expr.__new__(cls, meaning, Tuple(*initials), depth, component)

    # ---- structure ----------------------------------------------------------------------

    @classmethod
    def of(cls, meaning: Lambda, initial: Tuple, depth: Expr, component: Expr) -> Any:
        """The node with the parts of `args`."""
        *states, index = meaning.variables
        return cls(tuple(meaning.expr), tuple(states), tuple(initial), index, depth, component)

    @property
    def func(self) -> Any:
        return Recurrence.of

    @property
    def steps(self) -> tuple[Expr, ...]:
        """The next state, in the bound symbols."""
        return tuple(self.args[0].expr)

    @property
    def states(self) -> tuple[Dummy, ...]:
        """The bound symbols of the state."""
        return tuple(self.args[0].variables[:-1])

    @property
    def index(self) -> Dummy:
        """The bound symbol n."""
        return self.args[0].variables[-1]

    @property
    def initial(self) -> tuple[Expr, ...]:
        """The state x_0."""
        return tuple(self.args[1])

    @property
    def depth(self) -> Expr:
        """The number of steps."""
        return self.args[2]

    @property
    def component(self) -> int:
        """Which component of the state is the value."""
        return int(self.args[3])

    @property
    def level(self) -> int:
        """1 + the largest level of the recurrences inside the steps."""
        return (int(self.index.dummy_index) - _FIRST_INDEX) // _MOST_STATES

    @property
    def bound_symbols(self) -> list[Symbol]:
        """The symbols of the state, and the index."""
        return [*self.states, self.index]

    @property
    def free_symbols(self) -> set[Basic]:
        """The symbols of the steps that are not bound, those of the initial state and the depth."""
        if not hasattr(self, "_free_symbols"):
            inside = free_symbols_of(self.steps) - set(self.bound_symbols)
            self._free_symbols = inside | free_symbols_of([*self.initial, self.depth])
        return set(self._free_symbols)

    @property
    def is_number(self) -> bool:
        """Whether no free symbols are left."""
        return not self.free_symbols

    def at_component(self, component: int) -> Expr:
        """The same recurrence, another component of its state."""
        return Recurrence.of(self.args[0], self.args[1], self.depth, Integer(component))

    # ---- substitution under the binder --------------------------------------------------

    def _opened(self) -> tuple[list[Expr], list[Dummy]]:
        """The steps with bound symbols that occur nowhere else."""
        fresh = [Dummy(s.name, **s._assumptions_orig) for s in self.bound_symbols]
        renaming = dict(zip(self.bound_symbols, fresh, strict=True))
        return [replaced(part, renaming) for part in self.steps], fresh

    def _rebuilt(self, change: Callable[[Basic], Basic]) -> Basic:
        steps, fresh = self._opened()
        return Recurrence(
            tuple(change(part) for part in steps),
            tuple(fresh[:-1]),
            tuple(change(part) for part in self.initial),
            fresh[-1],
            change(self.depth),
            self.component,
        )

    def _eval_subs(self, old: Basic, new: Basic) -> Basic:
        if old in self.bound_symbols:
            return self
        return self._rebuilt(lambda part: part._subs(old, new))

    def _xreplace(self, rule: Mapping[Basic, Basic]) -> tuple[Basic, bool]:
        if self in rule:
            return rule[self], True
        inner = {old: new for old, new in rule.items() if old not in self.bound_symbols}
        parts = [*self.steps, *self.initial, self.depth]
        if not inner or not any(part._xreplace(inner)[1] for part in parts):
            return self, False
        return self._rebuilt(lambda part: part._xreplace(inner)[0]), True

    # ---- calculus -----------------------------------------------------------------------

    def _eval_derivative(self, symbol: Symbol) -> Expr | None:
        """The recurrence of (state, tangent)."""
        if symbol not in self.free_symbols:
            return S.Zero
        if symbol in self.depth.free_symbols:
            return None  # the depth is a whole number
        steps, fresh = self._opened()
        states = fresh[:-1]
        tangents = [Dummy("t", **_only_real(s)) for s in states]
        moved = []
        for part in steps:
            terms = [differentiated(part, s) * t for s, t in zip(states, tangents, strict=True)]
            moved.append(Add(*terms, differentiated(part, symbol)))
        starts = [differentiated(part, symbol) for part in self.initial]
        if all(part.is_zero for part in starts) and all(
            differentiated(part, symbol).is_zero for part in steps
        ):
            return S.Zero
        return Recurrence(
            (*steps, *moved),
            (*states, *tangents),
            (*self.initial, *starts),
            fresh[-1],
            self.depth,
            len(states) + self.component,
        )

    def doit(self, **hints: Any) -> Expr:
        """The steps written out, for a depth that is a number of at most 64."""
        if not isinstance(self.depth, Integer) or int(self.depth) > _WRITTEN_OUT:
            return self
        values = list(self.initial)
        for n in range(int(self.depth)):
            rule = dict(zip(self.bound_symbols, (*values, Integer(n)), strict=True))
            values = [part.xreplace(rule) for part in self.steps]
        value = values[self.component]
        return value.doit(**hints) if hints.get("deep", True) else value

    def _eval_is_extended_real(self) -> bool | None:
        parts = (*self.steps, *self.initial)
        return True if all(part.is_extended_real for part in parts) else None

    def _eval_is_positive(self) -> bool | None:
        parts = (*self.steps, *self.initial)
        return True if all(part.is_positive for part in parts) else None

    # ---- numbers ------------------------------------------------------------------------

    def _ball_(self, evaluate: Callable[..., Ball]) -> Ball:
        depth = evaluate(self.depth)
        if not isinstance(depth, arb) or not depth.is_integer():
            return NAN
        count = whole_number(depth)
        if not 0 <= count <= _LONGEST_BALL:
            return NAN
        values = [evaluate(part) for part in self.initial]
        for n in range(count):
            bound = dict(zip(self.bound_symbols, (*values, arb(n)), strict=True))
            values = [evaluate(part, bound) for part in self.steps]
            if all(is_nan(value) for value in values):
                return NAN
        return values[self.component]

    def _eval_evalf(self, prec: int) -> Any:
        return evaluated(self, prec) if self.is_number else None

    # ---- printing -----------------------------------------------------------------------

    def _display(self) -> tuple[list[Expr], list[Symbol]]:
        """The steps in symbols that can be read: x, or x_1, x_2, ..., and n."""
        taken = {str(s) for s in self.free_symbols}
        letter = next(name for name in ("x", "y", "z", "u", "v", "w", "xi") if name not in taken)
        counter = next(name for name in ("n", "k", "m", "j", "i", "nu") if name not in taken)
        one = len(self.states) == 1
        shown = [Symbol(letter if one else f"{letter}_{j + 1}") for j in range(len(self.states))]
        shown.append(Symbol(counter))
        renaming = dict(zip(self.bound_symbols, shown, strict=True))
        return [replaced(part, renaming) for part in self.steps], shown

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        steps, shown = self._display()
        names = [printer._print(s) for s in shown[:-1]]
        rules = [
            rf"{name} \to {printer._print(part)}" for name, part in zip(names, steps, strict=True)
        ]
        starts = [
            rf"{name} = {printer._print(part)}"
            for name, part in zip(names, self.initial, strict=True)
        ]
        counter, depth = printer._print(shown[-1]), printer._print(self.depth)
        text = (
            rf"\left.{names[self.component]}\right|"
            rf"^{{{counter} = 0, \dots, {depth} - 1:\; {', '.join(rules)}}}_{{{', '.join(starts)}}}"
        )
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    def _sympystr(self, printer: Any) -> str:
        steps, shown = self._display()

        def listed(parts: Sequence[Basic]) -> str:
            texts = [printer._print(part) for part in parts]
            return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"

        parts = [listed(steps), listed(shown[:-1]), listed(self.initial)]
        parts += [printer._print(shown[-1]), printer._print(self.depth)]
        if len(self.states) > 1:
            parts.append(str(self.component))
        return f"Recurrence({', '.join(parts)})"


def log_size(
    step: Any, state: Any, initial: Any, index: Any, depth: Any, component: int = 0
) -> Expr:
    r"""log |x_L| of a homogeneous recurrence, f(c x, n) = c f(x, n) for c > 0, without overflow.

    After every step the state is divided by its largest modulus, whose logarithm is summed:
    products of matrices, populations and words of 10^5 factors stay in range.

    >>> import sympy as sp
    >>> x, n, L = sp.symbols("x n L")
    >>> growth = log_size(3*x, x, 2, n, L)
    >>> growth.subs(L, 10000).evalf(12), sp.log(2*sp.Integer(3)**10000).evalf(12)
    (10986.8160339, 10986.8160339)

    Raises `InputError` for steps that are not visibly homogeneous of degree 1.
    """
    states = _as_tuple(state)
    steps = [as_expression(part) for part in _as_tuple(step)]
    factor = Dummy("c", positive=True)
    for part in steps:
        scaled = replaced(part, {s: factor * s for s in states})
        if (scaled - factor * part).expand().simplify() != 0:
            raise InputError(
                f"step {str(part)[:120]}", "is not homogeneous of degree 1 in the state", ""
            )
    size = Max(*(Abs(part) for part in steps))
    total = Dummy("logarithm", real=True)
    starts = [as_expression(part) for part in _as_tuple(initial)]
    loop = Recurrence(
        (*(part / size for part in steps), total + log(size)),
        (*states, total),
        (*starts, S.Zero),
        index,
        depth,
        component,
    )
    if not isinstance(loop, Recurrence):
        return log(Abs(loop))
    return log(Abs(loop)) + loop.at_component(len(states))


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, tuple | list | Tuple) else (value,)


def _only_real(symbol: Symbol) -> dict[str, bool]:
    return {"real": True} if symbol.is_real else {}


def _checked(
    steps: Sequence[Expr],
    states: Sequence[Any],
    initials: Sequence[Expr],
    index: Any,
    depth: Expr,
    component: Expr,
) -> None:
    bound = (*states, index)
    if not all(isinstance(s, Symbol) for s in bound) or len(set(bound)) != len(bound):
        raise InputError(f"state {states} and index {index!r}", "are not different symbols", "")
    if not len(steps) == len(states) == len(initials):
        raise InputError(
            f"{len(steps)} steps, {len(states)} states, {len(initials)} initial values",
            "differ in number",
        )
    if len(states) >= _MOST_STATES:
        raise InputError(f"{len(states)} states", f"are more than {_MOST_STATES - 1}")
    if not all(isinstance(part, Expr) for part in (*steps, *initials, depth)):
        raise InputError("Recurrence", "its steps, initial state and depth are scalar expressions")
    if depth.is_number and not (depth.is_integer and depth.is_nonnegative):
        raise InputError(f"depth {depth}", "is not a whole number >= 0", "")
    outside = free_symbols_of([*initials, depth])
    if outside & set(bound):
        raise InputError(
            f"symbols {sorted(map(str, outside & set(bound)))}",
            "are bound by the recurrence, but occur in its initial state or depth",
            "rename the state",
        )
    if not isinstance(component, Integer) or not 0 <= int(component) < len(states):
        raise InputError(
            f"component {component}", f"the state has components 0 to {len(states) - 1}"
        )
