"""Array code of mixed derivatives: a network on truncated polynomials in several variables.

Main definitions: `Algebra` (the multi-indices and their tables), `algebra_code`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from derivax.errors import InputError
from derivax.numeric.programs.taylor_code import NetworkCode, weights_of

__all__ = ["Algebra", "algebra_code"]

_MOST_PAIRS = 300_000


@dataclass(frozen=True)
class Algebra:
    """Polynomials in `variables` variables, truncated to a set of multi-indices.

    `indices` is sorted by degree, the zero index first, and holds all that lies below its members.
    """

    indices: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, indices: Iterable[Sequence[int]]) -> Algebra:
        """The smallest algebra that holds these monomials.

        Raises: `InputError` where it is too large to be written down.
        """
        found: set[tuple[int, ...]] = set()
        for top in indices:
            found.update(product(*(range(e + 1) for e in top)))
            if len(found) ** 2 > 40 * _MOST_PAIRS:
                raise InputError(
                    f"{len(found)} mixed derivatives", "are too many for one program",
                    "take rays (taylor-ray) and polarise",
                )  # fmt: skip
        return cls(tuple(sorted(found, key=lambda m: (sum(m), tuple(-e for e in m)))))

    @classmethod
    def of_labels(cls, order: int) -> Algebra:
        """One variable per label, none twice: the subsets of the labels."""
        return cls.of([(1,) * order])

    @classmethod
    def of_degree(cls, variables: int, degree: int) -> Algebra:
        """All monomials up to a degree."""
        tops = (m for m in product(range(degree + 1), repeat=variables) if sum(m) == degree)
        return cls.of(tops)

    @cached_property
    def pairs(self) -> tuple[tuple[tuple[int, int, float], ...], ...]:
        """For each multi-index m: (place of a, place of b, b_i/m_i) with a + b = m."""
        place = {m: i for i, m in enumerate(self.indices)}
        made = []
        for m in self.indices:
            variable = next((i for i, e in enumerate(m) if e), 0)
            listed = []
            for a in product(*(range(e + 1) for e in m)):
                b = tuple(e - f for e, f in zip(m, a, strict=True))
                share = b[variable] / m[variable] if any(m) else 0.0
                listed.append((place[a], place[b], share))
            made.append(tuple(listed))
        return tuple(made)

    def tables(self) -> tuple[Any, Any, Any]:
        """left, right and share, rectangular: what is unused points to a row of zeros."""
        longest, zero = max(map(len, self.pairs)), len(self.indices)
        if longest * zero > _MOST_PAIRS:
            raise InputError(
                f"{longest * zero} products", "are too many for one program",
                "take rays (taylor-ray) and polarise",
            )  # fmt: skip
        rows = [row + ((zero, zero, 0.0),) * (longest - len(row)) for row in self.pairs]
        left, right, share = (
            tuple(tuple(entry[c] for entry in row) for row in rows) for c in range(3)
        )
        return left, right, share

    def sources(self) -> tuple[int, ...]:
        """Which row of (x, directions, zero) each multi-index takes: x, v_i, or nothing."""
        variables = len(self.indices[0])
        made = []
        for m in self.indices:
            if sum(m) == 0:
                made.append(0)
            else:
                made.append(1 + m.index(1) if sum(m) == 1 else variables + 1)
        return tuple(made)


def _written(rows: Any) -> str:
    if isinstance(rows, tuple):
        return "(" + ", ".join(map(_written, rows)) + ",)"
    return repr(rows)


def algebra_code(L: int, states: int, algebra: Algebra, only_top: bool) -> NetworkCode:
    """The coefficients of all multi-indices, or the mixed derivative of the last one."""
    listed = ", ".join(weights_of(L))
    left, right, share = algebra.tables()
    body = [
        f"def derivatives_of_network(begin, couple, {listed}, x, directions):",
        '    """The network at x + sum t_i v_i, as a truncated polynomial in t."""',
        f"    left = jnp.asarray({_written(left)}, jnp.int32)",
        f"    right = jnp.asarray({_written(right)}, jnp.int32)",
        f"    share = jnp.asarray({_written(share)}, x.dtype)",
        f"    sources = jnp.asarray({_written(algebra.sources())}, jnp.int32)",
        "    given = with_zero_row(jnp.concatenate((jnp.expand_dims(x, 0), directions), axis=0))",
        "    y = jnp.take(given, sources, axis=0)",
    ]
    for layer in range(1, L + 1):
        call = f"affine(W{layer}, b{layer}, y)"
        inside = f"neurons(begin, couple, left, right, share, {call})"
        body.append(f"    y = {call if layer == L else inside}")
    last = len(algebra.indices) - 1
    body.append(f"    return (jnp.take(y, {last}, axis=0),)" if only_top else "    return (y,)")
    parts = ("affine", "with_zero_row", "put_row")
    return NetworkCode(
        "derivatives_of_network",
        "\n\n\n".join([_algebra_neurons(states), "\n".join(body)]),
        tuple(("taylor_algebra", part) for part in parts),
    )


def _algebra_neurons(states: int) -> str:
    s, r = [f"s{i}" for i in range(states)], [f"r{i}" for i in range(states)]
    carried = ", ".join([*s, *r])
    lines = [
        "def neurons(begin, couple, left, right, share, z):",
        '    """phi of a truncated polynomial, by the quadratic system of phi."""',
        "    inputs = with_zero_row(z)",
        "    places = jnp.expand_dims(jnp.arange(inputs.shape[0]), 1)",
        "    one = jnp.asarray(places == 0, z.dtype) + jnp.zeros_like(inputs)",
        f"    {', '.join(f'a{i}' for i in range(states))} = begin(jnp.take(z, 0, axis=0))",
        *(f"    {name} = put_row(jnp.zeros_like(inputs), a{i}, 0)" for i, name in enumerate(s)),
        *(f"    {name} = jnp.zeros_like(inputs)" for name in r),
        "",
        "    def step(m, carry):",
        f"        {carried} = carry",
        "        a = jnp.take(left, m, axis=0)",
        "        b = jnp.take(right, m, axis=0)",
    ]
    sides = [
        ", ".join(f"jnp.take({name}, {at}, axis=0)" for name in ("one", "inputs", *s))
        for at in "ab"
    ]
    found = ", ".join(f"q{i}" for i in range(states))
    lines += [
        f"        {found} = couple({sides[0]}, {sides[1]})",
        "        c = jnp.take(left, m + 1, axis=0)",
        "        d = jnp.take(inputs, jnp.take(right, m + 1, axis=0), axis=0)",
        "        moved = jnp.expand_dims(jnp.take(share, m + 1, axis=0), 1) * d",
    ]
    for i in range(states):
        lines += [
            f"        {r[i]} = put_row({r[i]}, jnp.sum(q{i}, axis=0), m)",
            f"        n{i} = jnp.sum(moved * jnp.take({r[i]}, c, axis=0), axis=0)",
            f"        {s[i]} = put_row({s[i]}, n{i}, m + 1)",
        ]
    lines += [
        f"        return ({carried})",
        "",
        f"    {carried} = lax.fori_loop(0, z.shape[0] - 1, step, ({carried}))",
        "    return lax.slice_in_dim(s0, 0, z.shape[0], axis=0)",
    ]
    return "\n".join(lines)
