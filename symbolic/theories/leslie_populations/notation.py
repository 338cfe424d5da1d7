r"""The symbols of the theory: ages from 1, column vectors, fecundities in the first row.

Main definitions: the index `i`, the number of ages `n`, `lam`, `r`, the functions `f`, `s`, `l`,
`m`, `p` of the age; `leslie_entry`, `numbered`.
"""

from __future__ import annotations

from sympy import Expr, Function, KroneckerDelta, Lambda, Symbol, symbols

from derivax.errors import InputError

__all__ = [
    "SOURCE",
    "THEORY",
    "Tbar",
    "D",
    "age_count",
    "f",
    "i",
    "j",
    "k",
    "l",
    "lam",
    "leslie_entry",
    "m",
    "n",
    "numbered",
    "p",
    "q",
    "r",
    "s",
    "v",
    "w",
]

THEORY = "leslie-populations"
SOURCE = "Leslie 1945; Gilman, Miller, Son, Waheed, Wang 2024, arXiv:2412.19831"

n = Symbol("n", integer=True, positive=True)
i = Symbol("i", integer=True, positive=True)
k = Symbol("k", integer=True, positive=True)
j = Symbol("j", integer=True, positive=True)
lam = Symbol("lambda", positive=True)
r = Symbol("r", real=True)
Tbar = Symbol("Tbar", positive=True)
f = Function("f", nonnegative=True)
s = Function("s", positive=True)
l = Function("l", positive=True)  # noqa: E741 - the demographer's letter of survivorship
m = Function("m", nonnegative=True)
p = Function("p", nonnegative=True)
q = Function("q", positive=True)
v = Function("v", positive=True)
w = Function("w", positive=True)
D = Function("D")


def leslie_entry() -> Lambda:
    """Entry of the Leslie matrix at (row, column), counted from 0 as SymPy does."""
    a, b = symbols("a b", integer=True, nonnegative=True)
    return Lambda((a, b), KroneckerDelta(a, 0) * f(b + 1) + KroneckerDelta(a, b + 1) * s(b + 1))


def numbered(letter: str, count: int, **assumptions: bool) -> tuple[Expr, ...]:
    """Symbols letter_1 ... letter_count."""
    return symbols(f"{letter}_1:{count + 1}", **assumptions)


def age_count(n_ages: int, least: int = 1, most: int = 60) -> int:
    """A checked number of age classes."""
    if isinstance(n_ages, bool) or not isinstance(n_ages, int) or not least <= n_ages <= most:
        raise InputError(
            f"n={n_ages!r}", "is not a number of age classes", f"use {least} ... {most}"
        )
    return n_ages
