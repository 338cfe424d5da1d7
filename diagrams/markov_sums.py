r"""Sums over all diagrams whose lines fall off exponentially in time, without listing one.

A Gaussian process with covariance K e^{-w|t-s|} is a Markov process; its generator acts on Hermite
polynomials by w times their degree, and multiplication by x = \sqrt K \xi by
\xi He_n = He_{n+1} + n He_{n-1}.  The sum of all connected vacuum diagrams per unit of time is
minus the shift of the lowest eigenvalue of w n + V(x), found by Rayleigh-Schroedinger recursion,
order by order in the numbers of vertices: polynomial in the order.

Also the value of one diagram: \int \prod e^{-c_ij |t_i - t_j|} over all times but one is a sum over
orders of the times, added up over subsets (the times that come first).

Main definitions: `ordered_times`, `energy_weights`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import factorial
from typing import Any

from flint import fmpq

from derivax.diagrams.contents import Contents
from derivax.diagrams.multiseries import Exponents, exponents_up_to
from derivax.errors import InputError

__all__ = ["energy_weights", "ordered_times"]

State = dict[int, fmpq]


def ordered_times(n: int, lines: Sequence[tuple[int, int, Any]], one: Any = None) -> Any:
    r"""\int dt_2 ... dt_n \prod_{(i, j, c)} e^{-c |t_i - t_j|} with one time fixed.

    Args:
        n: number of times.
        lines: (i, j, rate c > 0).
        one: the number 1 of the ring of the rates (default: rationals).

    >>> str(ordered_times(2, 4 * [(0, 1, fmpq(1))]))
    '1/2'

    Raises `InputError` when the diagram is not connected (the integral diverges).
    """
    one = fmpq(1) if one is None else one
    zero = one - one
    if n <= 1:
        return one
    rates = [[zero] * n for _ in range(n)]
    for i, j, c in lines:
        if i != j:
            rates[i][j] += c
            rates[j][i] += c
    everything = 2**n - 1
    cut = [zero] * (everything + 1)
    total = [zero] * (everything + 1)
    total[0] = one
    for subset in range(1, everything + 1):
        last = subset.bit_length() - 1
        before = subset ^ (1 << last)
        change = [-c if before >> j & 1 else c for j, c in enumerate(rates[last]) if j != last]
        cut[subset] = cut[before] + sum(change, zero)
        value = sum((total[subset ^ (1 << i)] for i in range(n) if subset >> i & 1), zero)
        if subset != everything:
            if cut[subset] == 0:
                raise InputError("a diagram", "is not connected, its integral diverges", "")
            value = value / cut[subset]
        total[subset] = value
    return total[everything]


def energy_weights(contents: Contents, numbers: Mapping[Any, int]) -> dict[Exponents, fmpq]:
    r"""Sums of value/|Aut| over connected vacuum diagrams with lines e^{-|t-s|}, one time fixed.

    >>> phi4 = Contents({"x": ("q",)*4}, {"": ("q", "q")})
    >>> [str(w) for w in energy_weights(phi4, {"x": 3}).values()]
    ['1/8', '7/96', '37/384']
    """
    if len(contents.lines) != 1 or contents.external:
        raise InputError("a sum over times", "is made for one field and no external points", "")
    powers = [len(legs) for legs in contents.vertices.values()]
    wanted = tuple(contents.checked(numbers).values())
    exponents = exponents_up_to(wanted)
    states: dict[Exponents, State] = {exponents[0]: {0: fmpq(1)}}
    energies: dict[Exponents, fmpq] = {}
    for e in exponents[1:]:
        # (H_0 - 0) psi_e = - sum_k V_k psi_(e - k) + sum_(0 < d <= e) E_d psi_(e - d)
        right: State = {}
        for k, power in enumerate(powers):
            lower = tuple(x - (i == k) for i, x in enumerate(e))
            if min(lower) >= 0:
                for m, c in _times_power(states[lower], power).items():
                    right[m] = right.get(m, fmpq(0)) + c / factorial(power)
        for d, energy in energies.items():
            lower = tuple(x - y for x, y in zip(e, d))
            if min(lower) >= 0 and energy != 0:
                for m, c in states[lower].items():
                    right[m] = right.get(m, fmpq(0)) - energy * c
        # with the coupling counted as +1 in e^{+...}: the sign of the vertices is in their factor
        energies[e] = right.pop(0, fmpq(0))
        states[e] = {m: c / m for m, c in right.items() if c != 0}
    return energies


def _times_power(state: State, power: int) -> State:
    """xi^power times a combination of Hermite polynomials."""
    for _ in range(power):
        made: State = {}
        for m, c in state.items():
            made[m + 1] = made.get(m + 1, fmpq(0)) + c
            if m:
                made[m - 1] = made.get(m - 1, fmpq(0)) + m * c
        state = made
    return state
