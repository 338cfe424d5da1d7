"""SymPy's own order of arguments, found without recursion.

`Add` and `Mul` sort their arguments by `Basic.compare`, which descends both arguments at once.
On interned objects a descent never branches (equal parts are one object), so it is a loop here;
`Basic.compare` itself overflows the stack on a deep expression.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cmp_to_key
from typing import Any

from sympy import Basic, S, default_sort_key, ordered
from sympy.core.basic import _cmp_name

from derivax.errors import TermError
from derivax.symbolic.terms.limits import MAX_UNFOLDED

__all__ = ["MAX_WALKED", "SympyOrder"]

MAX_STEPS = 5_000_000
MAX_WALKED = 2_000_000


class SympyOrder:
    """Sorts arguments as SymPy's constructors do; counts its steps and refuses to go on forever."""

    def __init__(self) -> None:
        self._steps = 0
        self._walked = 0
        self._sort_key = cmp_to_key(self.compare)

    def sorted(
        self, order: str, args: Sequence[Basic], commutes: Sequence[bool], unfolded: int
    ) -> list[Basic]:
        """The arguments of one head in SymPy's order.

        Args:
            order: the head's order, see `heads.Head`.
            args, commutes: the arguments, and which of them commute.
            unfolded: size of the arguments with sharing undone (SymPy's `ordered` walks all of it).
        """
        if order == "sum":
            return sorted(args, key=self._operand_key)
        if order == "factors":
            first = [arg for arg, flag in zip(args, commutes, strict=True) if flag]
            rest = [arg for arg, flag in zip(args, commutes, strict=True) if not flag]
            return sorted(first, key=self._operand_key) + rest
        if order in ("set", "matrices"):
            self._walked += unfolded
            if unfolded > MAX_UNFOLDED or self._walked > MAX_WALKED:
                return list(args)  # SymPy itself would not end; any fixed order is right
            if order == "set":
                return list(ordered(args))
            return sorted(args, key=default_sort_key)
        return list(args)

    def _operand_key(self, arg: Basic) -> tuple[bool, Any]:
        return (not (arg.is_Number or arg is S.ComplexInfinity), self._sort_key(arg))

    def compare(self, left: Basic, right: Basic) -> int:
        """`left.compare(right)` for objects in which equal parts are identical."""
        while left is not right:
            self._steps += 1
            if self._steps > MAX_STEPS:
                raise TermError("the term", "takes too long to order", "split it")
            sign = _cmp_name(type(left), type(right))
            if sign:
                return sign
            mine, theirs = _content(left), _content(right)
            if len(mine) != len(theirs):
                return 1 if len(mine) > len(theirs) else -1
            for one, two in zip(mine, theirs, strict=True):
                if one is two:
                    continue
                if isinstance(one, Basic):
                    left, right = one, two
                    break
                if one != two:
                    return 1 if one > two else -1
            else:
                return 0
        return 0


_OWN_CONTENT: Callable[[Any], Any] = Basic._hashable_content


def _content(obj: Basic) -> tuple[Any, ...]:
    if type(obj)._hashable_content is _OWN_CONTENT:
        return obj._args
    return tuple(obj._hashable_content())
