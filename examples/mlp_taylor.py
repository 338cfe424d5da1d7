"""All derivatives of a network: as diagrams to look at, and to order 40 in milliseconds.

Run with `python examples/mlp_taylor.py [FIGURE.png]`.  Takes a trained network as plain arrays,
lists the diagrams of an order with their LaTeX, and shows which of them matter; then the same
coefficients by recursion, at orders where the diagrams could never be listed.
Source: Kaspschak, Meissner 2020, arXiv 2009.03192.
"""

import sys
import time
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np

import derivax
from derivax import diagrams

networks = diagrams.theories.network_trees

jax.config.update("jax_enable_x64", True)


def trained(sizes=(1, 8, 8, 1), steps=400, seed=0):
    """A tanh network taught to draw sin(3 x) + x^2: weights as plain arrays."""
    rng = np.random.default_rng(seed)
    weights = {}
    for layer, (inputs, outputs) in enumerate(pairwise(sizes), 1):
        weights[f"W{layer}"] = 1.5 * rng.standard_normal((outputs, inputs)) / np.sqrt(inputs)
        weights[f"b{layer}"] = rng.standard_normal(outputs) / 2
    x = jnp.linspace(-1, 1, 64)[:, None]
    target = jnp.sin(3 * x) + x**2

    def output(w, x):
        y = jnp.tanh(x @ w["W1"].T + w["b1"])
        return jnp.tanh(y @ w["W2"].T + w["b2"]) @ w["W3"].T + w["b3"]

    @jax.jit
    def step(w, _):
        slope = jax.grad(lambda w: jnp.mean((output(w, x) - target) ** 2))(w)
        return jax.tree.map(lambda a, b: a - 0.1 * b, w, slope), None

    weights, _ = jax.lax.scan(step, weights, None, length=10 * steps)
    return {name: np.asarray(value) for name, value in weights.items()}, output


def vertices_at(weights, x, orders):
    """{level: [phi, phi', ...] at its pre-activations}, the derivatives from SymPy."""
    from sympy import Symbol, lambdify, tanh

    z = Symbol("z")
    phi = [lambdify(z, tanh(z).diff(z, k), "numpy") for k in range(orders + 1)]
    found, y = {}, x
    for level in (1, 2):
        at = weights[f"W{level}"] @ y + weights[f"b{level}"]
        found[level] = [np.broadcast_to(f(at), at.shape) for f in phi]
        y = found[level][0]
    return found


def main(figure=None):
    """Diagrams, recursion, speed."""
    weights, output = trained()
    x, v = np.array([0.2]), np.array([1.0])

    # 1. The program: coefficients c_k of f(x + t v), here to order 8.
    ray = derivax.compile("born-diagrams/taylor-ray")
    coefficients = np.asarray(ray(**weights, x=x, v=v, weights=np.ones(9))["coefficients"])[:, 0]

    # 2. The same numbers as sums over trees; each has a formula.
    vertices = vertices_at(weights, x, 6)
    print("order  diagrams  sum over diagrams      recursion              largest diagram")
    shares = []

    def line(upper, lower):
        """Bare lines go down one layer."""
        assert lower == upper - 1
        return weights[f"W{upper}"]

    for order in range(1, 7):
        found = networks.largest_trees(order, 2, line, vertices, v)
        total = sum(float(value[0]) for value, _ in found)
        largest, tree = found[0]
        print(
            f"{order:5}  {len(found):8}  {total:+.15f}  {coefficients[order]:+.15f}"
            f"  {float(largest[0]):+.4f}  {tree}"
        )
        assert abs(total - coefficients[order]) < 1e-12 * max(1.0, abs(total))
        shares.append([float(value[0]) for value, _ in found])
    print("\nThe first diagram of order 2 in LaTeX:")
    _, tree = networks.largest_trees(2, 2, line, vertices, v)[0]
    print(networks.bare_rules(2).latex(tree))

    # 3. Deep and far: six layers, order 40.  Nobody lists these diagrams.
    deep = derivax.compile("born-diagrams/taylor-ray", parameters={"L": 6})
    rng = np.random.default_rng(1)
    sizes = (4, 64, 64, 64, 64, 64, 1)
    large = {}
    for layer, (inputs, outputs) in enumerate(pairwise(sizes), 1):
        large[f"W{layer}"] = rng.standard_normal((outputs, inputs)) / np.sqrt(inputs)
        large[f"b{layer}"] = 0.1 * rng.standard_normal(outputs)
    points = rng.standard_normal((32, 4))
    batched = jax.jit(jax.vmap(lambda x: deep(**large, x=x, v=points[0], weights=jnp.ones(41))))
    began = time.perf_counter()
    jax.block_until_ready(batched(points))
    compiled = time.perf_counter() - began
    began = time.perf_counter()
    far = np.asarray(jax.block_until_ready(batched(points))["coefficients"])
    print(
        f"\norder 40, 5 hidden layers of 64, 32 points: {time.perf_counter() - began:.2f} s"
        f" (and {compiled:.1f} s to compile); "
        f"{float(diagrams.count_labelled(diagrams.layered(5), 40)):.2g} labelled diagrams"
    )
    decay = np.abs(far[0, 1:, 0]) ** (-1 / np.arange(1, 41))
    print(f"radius of convergence along this ray, from the last terms: {decay[-5:].mean():.2f}")

    if figure:
        draw(figure, weights, output, coefficients, shares, x)


def draw(path, weights, output, coefficients, shares, x):
    """Left: Taylor polynomials against the network.  Right: the diagrams of each order by size."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.style.use("default")
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    at = np.linspace(-1, 1, 201)
    left.plot(at, np.asarray(output(weights, at[:, None]))[:, 0], "k", lw=2, label="network")
    for order, colour in zip((1, 2, 4, 8), ("C0", "C1", "C2", "C3")):
        values = np.polyval(coefficients[: order + 1][::-1], at - x[0])
        left.plot(at, np.where(np.abs(values) < 3, values, np.nan), colour, label=f"order {order}")
    left.plot(x, coefficients[:1], "ko")
    left.set(xlabel="input", ylabel="output", ylim=(-1.6, 2.2), title="Taylor polynomials at 0.2")
    left.legend(frameon=False)
    for order, values in enumerate(shares, 1):
        sizes = np.abs(values)
        signs = np.where(np.array(values) > 0, "C0", "C3")
        right.scatter(order + np.linspace(-0.25, 0.25, len(sizes)) * (len(sizes) > 1), sizes, 18,
                      signs)  # fmt: skip
        right.plot([order - 0.35, order + 0.35], [abs(sum(values))] * 2, "k", lw=1)
    right.set(yscale="log", xlabel="order", ylabel="size of each diagram (line: their sum)",
              title="Diagrams, positive (blue) and negative (red)")  # fmt: skip
    figure.savefig(path, dpi=110)
    print(f"figure: {path}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
