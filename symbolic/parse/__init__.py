"""Text to SymPy, without eval: an own small grammar with limits, errors that name the place.

The language: numbers (integers; decimals are exact, 0.1 is 1/10), names, `+ - * /`, `**` or `^`,
comparisons (also chained), `and or not` (or `& | ~`), calls of known functions, undefined functions
`u(t)`, their derivatives `u'(t)`, `u''(t)`, `Derivative(u(t), t)`, and `Piecewise`, `Sum`,
`Product`, `Integral`.  No product is implied (`2x` is an error that says `2*x`), nothing else of
Python is accepted.  Unknown names become real symbols; `E`, `I`, `pi`, `oo` are constants unless
declared.

Main definitions: `parse` (one expression or condition), `parse_equations`, `parse_given`,
`parse_relations`, `parse_domain`, `parse_names`.

Implementation notes.  Limits on length, tokens, nesting and on the size of every number are
checked before SymPy sees anything that it would evaluate (`guard`): `9**9**9**9`,
`factorial(10**9)` and `exp(exp(exp(99)))` are refused at once.
"""

from __future__ import annotations

from derivax.symbolic.parse.grammar import parse
from derivax.symbolic.parse.lists import (
    parse_domain,
    parse_equations,
    parse_given,
    parse_names,
    parse_relations,
)

__all__ = [
    "parse",
    "parse_domain",
    "parse_equations",
    "parse_given",
    "parse_names",
    "parse_relations",
]
