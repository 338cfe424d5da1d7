r"""The modified equation of gradient descent as a JAX function: which flow the steps really follow.

Main definition: `modified_field`.

Implementation notes.  $z \to z + hF_0(z)$ is the time-h map of $\dot z = F$, $F = \sum_nh^nF_n$: by
the Lie series $z + \sum_{m\ge1}\frac{h^m}{m!}(F\cdot\partial)^{m-1}F = z + hF_0$, power by power,
$$F_n = -\sum_{m=2}^{n+1}\frac1{m!}\,[h^{n+1-m}]\,(F\cdot\partial)^{m-1}F.$$
Every $F_a\cdot\partial\,G$ is one `jax.jvp`, so that no tensor of derivatives is ever built.

Source: E. Hairer, C. Lubich, G. Wanner, *Geometric Numerical Integration*, IX.1; theory card
noether-learning-dynamics, D4.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import factorial
from typing import Any

from derivax.errors import InputError

__all__ = ["modified_field"]

_HIGHEST = 6

Field = Callable[[Any], Any]


def modified_field(field: Field, order: int = 1) -> Callable[[Any, Any], Any]:
    r"""The vector field whose flow passes through the steps $z \to z + hF_0(z)$.

    $$\dot z = F_0 - \tfrac h2F_0'F_0 + h^2\big[\tfrac13F_0'F_0'F_0 +
      \tfrac1{12}F_0''(F_0, F_0)\big] + \dots$$
    For gradient descent $F_0 = -\nabla f$ and h is the learning rate: to first order the flow is
    that of $f + \tfrac h4|\nabla f|^2$; in more than one dimension the terms of second order are no
    gradient, so that there is no modified loss beyond.

    Args:
        field: F_0, a JAX function from weights (array or pytree) to their rates.
        order: the highest power of h, 0 to 6; the work grows as 3^order.

    Returns:
        a JAX function (z, h) -> rates, with error O(h^(order + 1)); jit, vmap and grad apply.

    Raises:
        InputError: order is not one of 0, 1, ... 6.

    >>> import jax.numpy as jnp
    >>> flow = modified_field(lambda z: -z, order=3)     # log(1 - h)/h z, term by term
    >>> round(float(flow(jnp.float32(1.0), 0.1)), 5), round(-(1 + 0.05 + 0.01/3 + 0.001/4), 5)
    (-1.05358, -1.05358)
    """
    if isinstance(order, bool) or not isinstance(order, int) or not 0 <= order <= _HIGHEST:
        raise InputError(f"order = {order!r}", "is no power of the step here", f"0 to {_HIGHEST}")
    import jax

    def along(direction: Field, of: Field) -> Field:
        """(direction . d/dz) of."""
        return lambda z: jax.jvp(of, (z,), (direction(z),))[1]

    def summed(parts: list[tuple[float, Field]]) -> Field:
        def total(z: Any) -> Any:
            values = [jax.tree.map(lambda x, c=c: c * x, part(z)) for c, part in parts]
            return jax.tree.map(lambda *xs: sum(xs[1:], xs[0]), *values)

        return total

    @cache
    def power(m: int, j: int) -> Field:
        """The coefficient of h^j in (F.d)^(m-1) F."""
        if m == 1:
            return term(j)
        return summed([(1.0, along(term(a), power(m - 1, j - a))) for a in range(j + 1)])

    @cache
    def term(n: int) -> Field:
        """F_n."""
        if n == 0:
            return field
        parts = [(-1.0 / factorial(m), power(m, n + 1 - m)) for m in range(2, n + 2)]
        return summed(parts)

    def modified(z: Any, h: Any) -> Any:
        total = field(z)
        scale = 1.0
        for n in range(1, order + 1):
            scale = scale * h
            total = jax.tree.map(lambda x, y, s=scale: x + s * y, total, term(n)(z))
        return total

    return modified
