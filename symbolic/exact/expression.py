"""What a user may pass as an expression: SymPy objects and numbers, never text.

Main definition: `as_expression`.

Implementation notes.  `sympify` evaluates text as Python code; this is the one door that everything
from outside goes through instead.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sympy import Basic, Dict, FiniteSet, MatrixBase, Rational, SympifyError, Tuple, sympify

from derivax.errors import InputError

__all__ = ["as_expression"]


def as_expression(value: Any) -> Any:
    """The SymPy object that `value` is: unchanged, an immutable matrix, or an exact number.

    >>> as_expression(2), as_expression(Fraction(1, 3))
    (2, 1/3)

    Raises:
        InputError: text, None, or any other object that is not an expression.
    """
    if isinstance(value, MatrixBase):
        return value.as_immutable()
    if isinstance(value, Basic):
        return value
    if isinstance(value, str):
        raise InputError(repr(value), "is text, not an expression", "use derivax.parse(text) first")
    if isinstance(value, Fraction):
        return Rational(value.numerator, value.denominator)
    try:
        made = sympify(value, strict=True)
    except (SympifyError, TypeError, AttributeError):
        made = None
    if not isinstance(made, Basic) or isinstance(made, Dict | Tuple | FiniteSet):
        raise InputError(repr(value), "is not an expression", "pass a SymPy expression or a number")
    return made
