"""Array code of a network, written for its depth, its activation and its set of multi-indices.

The parts that do not depend on them are files in `arrays/`; what is written here is the unrolled
composition: layer after layer, state after state.

Main definition: `NetworkCode`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from derivax.numeric.programs.array_code import ArrayCode

__all__ = ["NetworkCode", "weights_of"]

_ARRAYS = "derivax.numeric.programs.arrays"


def weights_of(L: int) -> list[str]:
    """W1, b1, ..., WL, bL."""
    return [f"{letter}{layer}" for layer in range(1, L + 1) for letter in "Wb"]


class _Names(NamedTuple):
    forward: str
    backward: str
    rate: str


@dataclass(frozen=True)
class NetworkCode:
    """A written function `entry` and the array code that it calls.

    `parts` are (file in arrays/, function) pairs.
    """

    entry: str
    text: str
    parts: tuple[tuple[str, str], ...]

    def written(self) -> tuple[str, frozenset[str]]:
        """As `ArrayCode.written`."""
        texts: dict[str, None] = {}
        needed: frozenset[str] = frozenset()
        for module, function in self.parts:
            text, names = ArrayCode(f"{_ARRAYS}.{module}", function).written()
            texts.update(dict.fromkeys(text.split("\n\n\n")))
            needed |= names
        return "\n\n\n".join([*texts, self.text]), needed


def series_code(L: int, states: int) -> NetworkCode:
    """The coefficients along a ray."""
    listed = ", ".join(weights_of(L))
    body = [f"def taylor_of_network(begin, couple, {listed}, x, v, weights):",
            '    """The coefficients of t^0, t^1, ... of the network at x + t v, times weights."""',
            "    y = ray(x, v, weights)"]  # fmt: skip
    for layer in range(1, L + 1):
        call = f"affine_series(W{layer}, b{layer}, y)"
        body.append(f"    y = {call}" if layer == L else f"    y = neurons(begin, couple, {call})")
    body.append("    return (jnp.expand_dims(weights, 1) * y,)")
    parts = ("affine_series", "ray", "backwards", "only_first", "rates", "put_row")
    return NetworkCode(
        "taylor_of_network",
        "\n\n\n".join([_series_neurons(states), "\n".join(body)]),
        tuple(("taylor_series", part) for part in parts),
    )


def _series_neurons(states: int) -> str:
    names = [_Names(f"s{i}", f"t{i}", f"r{i}") for i in range(states)]
    carried = ", ".join(part for name in names for part in name)
    first = ", ".join(f"a{i}" for i in range(states))
    lines = [
        "def neurons(begin, couple, z):",
        '    """The series of phi(z(t)) from that of z(t), by the quadratic system of phi."""',
        "    orders = z.shape[0]",
        "    one = only_first(jnp.ones_like(jnp.take(z, 0, axis=0)), orders)",
        "    one_back = backwards(one)",
        "    z_back = backwards(z)",
        "    later = rates(z)",
        f"    {first} = begin(jnp.take(z, 0, axis=0))",
    ]
    for i, name in enumerate(names):
        lines += [
            f"    {name.forward} = only_first(a{i}, orders)",
            f"    {name.backward} = backwards({name.forward})",
            f"    {name.rate} = jnp.zeros_like({name.backward})",
        ]
    window = "lax.dynamic_slice_in_dim({}, at, orders, axis=0)"
    lines += [
        "",
        "    def step(k, carry):",
        f"        {carried} = carry" if states > 0 else "",
        "        at = orders - 1 - k",
        f"        unit = {window.format('one_back')}",
        f"        w = {window.format('z_back')}",
    ]
    lines += [f"        b{i} = {window.format(name.backward)}" for i, name in enumerate(names)]
    ahead = ", ".join(name.forward for name in names)
    behind = ", ".join(f"b{i}" for i in range(states))
    found = ", ".join(f"q{i}" for i in range(states))
    lines.append(f"        {found} = couple(one, z, {ahead}, unit, w, {behind})")
    for i, name in enumerate(names):
        lines += [
            f"        {name.rate} = put_row({name.rate}, jnp.sum(q{i}, axis=0), at)",
            f"        c{i} = jnp.sum(later * {window.format(name.rate)}, axis=0) / (k + 1)",
            f"        {name.forward} = put_row({name.forward}, c{i}, k + 1)",
            f"        {name.backward} = put_row({name.backward}, c{i}, at - 1)",
        ]
    lines += [
        f"        return ({carried})",
        "",
        f"    {carried} = lax.fori_loop(0, orders - 1, step, ({carried}))",
        "    return s0",
    ]
    return "\n".join(lines)
