"""Learning dynamics of a two-layer linear network: from the loss to certified JAX code.

Run with `python examples/deep_linear_networks.py`.  Derives the learning curve of a singular mode,
predicts when the modes of a small table of animals and their properties are learned, trains the
network in plain JAX, and compares.  Source: Saxe, McClelland, Ganguli 2013, arXiv 1312.6120.
"""

import jax
import jax.numpy as jnp
import numpy as np

import derivax

jax.config.update("jax_enable_x64", True)

# Which properties four animals have: all grow; birds fly or sing; fish swim, one is red.
ANIMALS = ["canary", "robin", "salmon", "sunfish"]
PROPERTIES = ["grows", "moves", "has wings", "flies", "sings", "has fins", "swims", "is red"]
TABLE = np.array(
    [
        [1, 1, 1, 1],
        [1, 1, 1, 1],
        [1, 1, 0, 0],
        [1, 1, 0, 0],
        [1, 0, 0, 0],
        [0, 0, 1, 1],
        [0, 0, 1, 1],
        [0, 0, 1, 0],
    ],
    dtype=float,
)


def main() -> None:
    """Derive, compile, predict, train, compare."""
    # 1. The learning curve, derived from the loss by checked steps.
    mode = derivax.derive("saxe-linear-networks/mode")
    print(f"{mode.formula}\n  {len(mode.steps)} steps, outcome: {mode.outcome}")
    print(derivax.latex(mode.formula))

    # 2. As JAX functions: the curve, the half-time, and the steps that gradient descent needs.
    curve = derivax.compile(mode)
    steps_to = derivax.compile("saxe-linear-networks/step-correction")

    # 3. The items are one-hot, so the input correlation is the identity and the modes are those of
    #    the table: what is alike first, then birds against fish, then one animal against another.
    U, s, Vt = np.linalg.svd(TABLE, full_matrices=False)
    u0, lr = 1e-3, 0.005
    predicted = steps_to(u0=u0, uf=s / 2, s=s, lr=lr)

    # 4. The actual network, trained by gradient descent from small aligned weights.
    def loss(weights):
        first, second = weights
        return 0.5 * jnp.sum((TABLE - second @ first) ** 2)

    def step(weights, _):
        gradient = jax.grad(loss)(weights)
        new = [w - lr * g for w, g in zip(weights, gradient)]
        return new, jnp.diag(U.T @ (new[1] @ new[0]) @ Vt.T)

    start = [np.sqrt(u0) * Vt, np.sqrt(u0) * U]
    _, strengths = jax.lax.scan(step, start, None, length=2500)
    strengths = np.vstack([np.full(len(s), u0), strengths])

    # 5. Compare.
    print("\nmode     s   half learned after   predicted   tells apart")
    for k, strength in enumerate(strengths.T):
        n = int(np.argmax(strength > s[k] / 2))
        measured = n - (strength[n] - s[k] / 2) / (strength[n] - strength[n - 1])
        sides = [
            [a for a, v in zip(ANIMALS, Vt[k]) if side * v * np.sign(Vt[k].sum()) > 0.3]
            for side in (1, -1)
        ]
        apart = " | ".join(", ".join(side) for side in sides if side)
        print(f"{k + 1:4}  {s[k]:5.3f}  {measured:19.2f}  {float(predicted[k]):10.2f}   {apart}")
        assert abs(measured - predicted[k]) < 0.05
    times = np.arange(len(strengths))[:, None]
    flow = curve(t=times, s=s, u0=u0, tau=1 / lr)
    print(
        f"largest distance of the curves from gradient flow: {np.abs(strengths - flow).max():.3f}"
    )

    # 6. What is certain about the code.
    print(derivax.verify("saxe-linear-networks/mode", profile="quick"))


if __name__ == "__main__":
    main()
