r"""Iterative neural perturbation theory: a network learns the Born terms of a one after another.

Fit f_1 to the scattering lengths a(U) with f_1(0) = 0; its gradient at 0 is the first Born term.
Subtract that term, weight small potentials, and fit again: the Hessian of f_2 is the second Born
term, which f_1 had wrong although it fits a.  In general iteration k fits
$$a(U) - \sum_{j<k}\tfrac1{j!}D^jf_j(0)[U,\dots,U]\quad\text{with weight}\quad|U|^{-2k}$$

Main definitions: `refit`, `Refit`, `exact_derivatives`.

Source: B. Kaspschak, U.-G. Meissner, arXiv:2009.03192; the weights and sizes are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement, permutations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from derivax.errors import InputError
from derivax.numeric.programs.born import a_exact, born_terms
from derivax.numeric.programs.taylor import mixed_partial
from derivax.numeric.programs.taylor_dressed import hessian_diagram, propagators

__all__ = ["Refit", "exact_derivatives", "potentials", "refit"]

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Refit:
    """What the iterations found.

    `derivatives[k]`: (gradient, Hessian, third derivative if asked) of the k-th network at U = 0;
    `terms[k]`: the tensor that iteration k contributes; `losses[k]`: weighted mean square error.
    """

    derivatives: tuple[tuple[Float, ...], ...]
    losses: tuple[float, ...]

    @property
    def terms(self) -> tuple[Float, ...]:
        """The derivative of order k of the k-th network: the learned Born terms, times k!."""
        return tuple(found[k] for k, found in enumerate(self.derivatives))

    def proxy(self, U: ArrayLike) -> Float:
        """The learned Born approximation: gradient of f_1 and of f_2, Hessian of f_2, ...

        Each order is the sum of what all networks up to the last found for it.
        """
        points = np.asarray(U, dtype=np.float64)
        last = len(self.derivatives)
        total = np.zeros(len(points))
        for order in range(1, last + 1):
            for iteration in range(order - 1, last):
                total += homogeneous(self.derivatives[iteration][order - 1], points)
        return total


def homogeneous(tensor: Float, U: Float) -> Float:
    """D^n f [U, ..., U] / n! for every row of U."""
    from math import factorial

    values = np.broadcast_to(tensor, (len(U), *tensor.shape))
    for _ in range(tensor.ndim):
        values = np.einsum("s...i,si->s...", values, U)
    return values / factorial(tensor.ndim)


def potentials(
    samples: int = 3000, cells: int = 8, seed: int = 0, weakest: float = 0.02
) -> tuple[Float, Float, Float]:
    """(U, edges, a): attractive potentials of all strengths on equal cells of [0, 1]."""
    import jax

    rng = np.random.default_rng(seed)
    edges = np.linspace(0.0, 1.0, cells + 1)
    strength = rng.uniform(weakest, 1.0, (samples, 1))
    U = -strength * rng.uniform(0.0, 1.0, (samples, cells))
    with jax.enable_x64(True):
        a = jax.vmap(lambda u: a_exact()(u, edges)["a"])(U)
    return U, edges, np.asarray(a)


def refit(
    U: ArrayLike,
    a: ArrayLike,
    *,
    iterations: int = 2,
    hidden: int = 24,
    steps: int = 60,
    seed: int = 0,
) -> Refit:
    """Learn the Born terms of orders 1 to `iterations`, in float64 by Levenberg-Marquardt.

    Args:
        U: (samples, cells), potentials, none of them zero.
        a: (samples,), their scattering lengths.
        iterations: 1, 2 or 3.
        hidden: width of the two hidden tanh layers.
        steps: Levenberg-Marquardt steps of each fit.

    Raises: `InputError` for other shapes, NaN, or a zero potential.
    """
    import jax

    points, target = np.asarray(U, dtype=np.float64), np.asarray(a, dtype=np.float64)
    if points.ndim != 2 or target.shape != (len(points),):
        raise InputError(
            f"U {points.shape}, a {target.shape}", "do not fit", "(samples, cells) and (samples,)"
        )
    sizes = np.linalg.norm(points, axis=1)
    if not (np.isfinite(points).all() and np.isfinite(target).all() and sizes.all()):
        raise InputError("U, a", "hold NaN, an infinite a (a pole), or a zero potential", "")
    if iterations not in (1, 2, 3):
        raise InputError(f"iterations = {iterations!r}", "are not made", "pass 1, 2 or 3")
    found, losses = [], []
    with jax.enable_x64(True):
        for k in range(1, iterations + 1):
            weights, loss = _fit(points, target, sizes ** (-2.0 * k), hidden, steps, seed + k)
            orders = _derivatives(weights, points.shape[1], iterations)
            target = target - homogeneous(orders[k - 1], points)
            # lower orders that this network still sees belong to what is left of them
            for order in range(1, k):
                target = target - homogeneous(orders[order - 1], points)
            found.append(orders)
            losses.append(loss)
    return Refit(tuple(found), tuple(losses))


def _fit(U: Float, a: Float, weight: Float, hidden: int, steps: int, seed: int) -> Any:
    """Weights of a tanh network f with f(U) - f(0) near a, in the weighted square norm."""
    import jax
    import jax.numpy as jnp

    rng = np.random.default_rng(seed)
    cells = U.shape[1]
    shapes = [(hidden, cells), (hidden,), (hidden, hidden), (hidden,), (1, hidden), (1,)]
    places = np.cumsum([0, *(int(np.prod(s)) for s in shapes)])
    start = np.concatenate(
        [rng.standard_normal(int(np.prod(s))) / np.sqrt(s[-1]) * (len(s) > 1) for s in shapes]
    )
    start[: places[1]] /= float(np.sqrt(np.mean(U**2)))
    start[places[1] : places[2]] = 0.5 * rng.standard_normal(hidden)
    start[places[3] : places[4]] = 0.5 * rng.standard_normal(hidden)
    scale = float(np.sqrt(np.mean(weight * a**2)))
    factors = jnp.asarray(np.sqrt(weight) / scale)

    def unpack(flat: Any) -> list[Any]:
        return [flat[i:j].reshape(s) for i, j, s in zip(places, places[1:], shapes, strict=False)]

    def output(parts: list[Any], x: Any) -> Any:
        W1, b1, W2, b2, W3, _ = parts
        return jnp.tanh(jnp.tanh(x @ W1.T + b1) @ W2.T + b2) @ W3[0]

    inputs, nothing = jnp.asarray(U), jnp.zeros(cells)

    def errors(flat: Any) -> Any:
        parts = unpack(flat)
        return factors * (output(parts, inputs) - output(parts, nothing) - a)

    @jax.jit
    def normal_equations(flat: Any) -> Any:
        """Gauss-Newton: J^T J and J^T e, with J by one reverse sweep per sample."""

        def one(x: Any, factor: Any) -> Any:
            return jax.grad(
                lambda f: factor * (output(unpack(f), x) - output(unpack(f), nothing))
            )(flat)

        jacobian = jax.vmap(one)(inputs, factors)
        return jacobian.T @ jacobian, jacobian.T @ errors(flat)

    size = jax.jit(lambda flat: jnp.mean(errors(flat) ** 2))
    flat, damping = start, 1e-2 * len(U)
    best = float(size(flat))
    for _ in range(steps):  # Levenberg-Marquardt
        square, slope = (np.asarray(x) for x in normal_equations(flat))
        for _ in range(8):
            move = np.linalg.solve(square + damping * np.eye(len(flat)), slope)
            found = float(size(flat - move))
            if found < best:
                flat, best, damping = flat - move, found, damping / 3
                break
            damping *= 4
        else:
            break
    parts = [np.asarray(p) for p in unpack(flat)]
    names = ("W1", "b1", "W2", "b2", "W3", "b3")
    return dict(zip(names, parts, strict=True)), best * scale**2


def _derivatives(weights: dict[str, Float], cells: int, order: int) -> tuple[Float, ...]:
    """Gradient, Hessian, ... of the network at 0, by diagrams."""
    import jax

    at = {**weights, "x": np.zeros(cells)}
    found = [np.asarray(propagators(3)(**at)["P_3_0"])[0]]
    if order >= 2:
        found.append(np.asarray(hessian_diagram(3)(**at)["hessian"])[0])
    if order >= 3:
        program = mixed_partial(3, 3)
        places = list(combinations_with_replacement(range(cells), 3))
        units = np.eye(cells)[np.array(places)]
        values = jax.vmap(lambda d: program(**at, directions=d)["derivative"][0])(units)
        found.append(_symmetric(np.asarray(values), places, cells))
    return tuple(found)


def _symmetric(values: Float, places: Any, cells: int) -> Float:
    tensor = np.zeros((cells,) * 3)
    for value, place in zip(values, places, strict=True):
        for p in permutations(place):
            tensor[p] = value
    return tensor


def exact_derivatives(edges: ArrayLike, order: int = 3) -> tuple[Float, ...]:
    """Gradient, Hessian and third derivative of a at U = 0, by polarising exact Born terms."""
    import jax

    e = np.asarray(edges, dtype=np.float64)
    cells = len(e) - 1
    with jax.enable_x64(True):
        terms = jax.jit(jax.vmap(lambda u: born_terms()(u, e, np.ones(max(order, 2)))["terms"]))
        unit = np.eye(cells)
        single = np.asarray(terms(unit))
        found = [single[:, 0]]
        if order >= 2:
            pair = np.asarray(terms((unit[:, None] + unit[None]).reshape(-1, cells)))[:, 1]
            pair = pair.reshape(cells, cells)
            found.append(pair - single[:, 1][:, None] - single[:, 1][None])
        if order >= 3:
            triples = list(combinations_with_replacement(range(cells), 3))
            signs = np.array([(1, 1, 1), (1, 1, -1), (1, -1, 1), (1, -1, -1)])
            points = np.einsum("sk,pkc->psc", signs, unit[np.array(triples)])
            cubic = np.asarray(terms(points.reshape(-1, cells)))[:, 2].reshape(len(triples), 4)
            # (1/4) sum of signs over cubic forms; D^3 = 6 a_3 polarised
            values = cubic @ np.prod(signs, axis=1) / 4
            found.append(_symmetric(values, triples, cells))
    return tuple(found)
