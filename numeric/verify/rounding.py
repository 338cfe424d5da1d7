r"""How much rounding alone can explain: a first-order error bound of a JAX function at points.

With :math:`v_i` the values that the operations of the jaxpr would have in exact arithmetic and
:math:`A_i=\partial f/\partial v_i`, rounding each of them by at most :math:`\varepsilon_i` changes
the result by :math:`\sum_i|A_i|\varepsilon_i` to first order (with suprema in place of values, the
mean value theorem makes it exact).  :math:`\varepsilon_i=c\,\mathrm{ulp}(v_i)`, plus the smallest
normal number where :math:`v_i` may be flushed to zero.  Fusing a multiplication with an addition
only removes a rounding, so the bound serves eager, jitted and batched execution.

A wrong formula cannot hide behind it: the bound is that of the code *as it is*, of the order of the
unit roundoff times the conditioning of its own operations, while a wrong sign or factor changes the
value itself.

Main definitions: `rounding_bound`, `RoundingProgram`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np

from derivax.numeric.verify.rounding_nodes import WIDE, Node, is_float
from derivax.numeric.verify.rounding_rules import NoRoundingRuleError
from derivax.numeric.verify.rounding_tape import Tape

__all__ = ["NoRoundingRuleError", "RoundingBound", "RoundingProgram", "rounding_bound"]

Array = Any


class RoundingBound(NamedTuple):
    """Per output leaf: values, error bounds, where a value out of the range of normal numbers
    reaches the result (`strained`), and where there is such a value at all (`touched`)."""

    values: list[Array]
    bounds: list[Array]
    strained: list[Array]
    touched: list[Array]


def rounding_bound(function: Callable[..., Any], columns: Sequence[Any]) -> RoundingBound:
    r"""The values and the first-order rounding-error bounds of a JAX function at many points.

    Arguments: `function` of as many arguments as there are columns; `columns`, one array per
    argument with the points along the first axis, in the dtype in which the function computes.
    Returns: `RoundingBound`, one array per output leaf in each field, in extended precision.
    Raises: `NoRoundingRuleError` when an operation has no rule.

    >>> found = rounding_bound(lambda x: (x + 1.0) - 1.0, [np.float32([1e-6, 1.0])])
    >>> [float(b / v) > 0.01 for b, v in zip(found.bounds[0], found.values[0])]
    [True, False]
    """
    columns = [np.asarray(column) for column in columns]
    return RoundingProgram(function, columns).at(columns)


class RoundingProgram:
    """A function traced once for the shapes and formats of its columns, bounded at any points."""

    def __init__(self, function: Callable[..., Any], columns: Sequence[Any]) -> None:
        shapes = [jax.ShapeDtypeStruct(column.shape[1:], column.dtype) for column in columns]
        self._jaxpr = jax.make_jaxpr(function)(*shapes)

    def at(self, columns: Sequence[Any]) -> RoundingBound:
        """Values and bounds at points; see `rounding_bound`."""
        count = len(columns[0]) if columns else 1
        tape = Tape()
        found = RoundingBound([], [], [], [])
        with np.errstate(all="ignore"):
            inputs = [
                tape.add(Node(column.astype(WIDE) if is_float(column.dtype) else column))
                for column in columns
            ]
            for root in tape.run(self._jaxpr, inputs):
                value = tape.nodes[root].value.astype(WIDE)
                full = np.broadcast_to(value, (count, *value.shape[1:]))
                bound = np.zeros(full.shape, dtype=WIDE)
                strained, touched = (np.zeros(full.shape, dtype=bool) for _ in range(2))
                for entry in np.ndindex(full.shape[1:]):
                    where: Any = (slice(None), *entry)
                    bound[where], strained[where], touched[where] = tape.bound(root, entry, count)
                found.values.append(full)
                found.bounds.append(bound)
                found.strained.append(strained)
                found.touched.append(touched)
        return found
