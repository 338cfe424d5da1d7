"""Broken symmetries in learning: norms, charges and angles of a network, predicted and measured.

Run with `python examples/noether_learning.py` (`--quick`: fewer steps; `--figure FILE`).  A network
64-16 (batch norm, ReLU)-16 (ReLU)-10 (softmax) learns the digits in plain JAX with momentum and
weight decay, and records q, v and g of its neurons.  Then
  1. its symmetries are found in gradients of a small network of the same kind, and their laws
     derived;
  2. the exact law of a charge predicts every squared norm to rounding, whatever the noise;
  3. the overdamped formula is good for full batches and wrong for minibatches;
  4. successive weights enclose the equilibrium angle, which does not depend on the loss.
Needs matplotlib for the figure.  Source: Tanaka, Kunin 2021, arXiv 2105.02716.
"""

import argparse
from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

import derivax

jax.config.update("jax_enable_x64", True)

THEORY = "noether-learning-dynamics"


def normalised(signal):
    """Batch norm without epsilon: exactly invariant."""
    centred = signal - signal.mean(0)
    return centred / jnp.sqrt((centred**2).mean(0))


def loss(q, inputs, labels):
    """Mean cross-entropy."""
    signal = jax.nn.relu(normalised(inputs @ q["W1"].T))
    signal = jax.nn.relu(signal @ q["W2"].T)
    logits = jax.nn.log_softmax(signal @ q["W3"].T)
    return -jnp.mean(jnp.take_along_axis(logits, labels[:, None], axis=1))


def neurons(a, b):
    """a.b of the incoming weights of each normalised neuron (scale), of each ReLU neuron in the
    second layer with the sign of its outgoing ones (rescale)."""
    outgoing = jnp.sum(a["W3"] * b["W3"], axis=0)
    return {
        "scale": jnp.sum(a["W1"] * b["W1"], axis=1),
        "rescale": jnp.sum(a["W2"] * b["W2"], axis=1) - outgoing,
    }


@partial(jax.jit, static_argnames="steps")
def train(q, inputs, labels, batches, eta, beta, k, steps):
    """Heavy ball with decay; C = q.Aq, p = v.Aq, V = v.Av and |g|^2 after 0, 1, ... steps."""

    def step(state, batch):
        q, v = state
        g = jax.grad(loss)(q, inputs[batch], labels[batch])
        record = {"C": neurons(q, q), "p": neurons(v, q), "V": neurons(v, v), "g": neurons(g, g)}
        v = jax.tree.map(lambda q, v, g: beta * v - eta * (g + k * q), q, v, g)
        return (jax.tree.map(jnp.add, q, v), v), record

    start = (q, jax.tree.map(jnp.zeros_like, q))
    return jax.lax.scan(step, start, batches, length=steps + 1)[1]


def experiment(steps, eta, beta, k, batch=None, examples=512, seed=0):
    """Train and collect."""
    images, labels = derivax.data.digits()
    inputs, labels = images[:examples] / 16.0, labels[:examples].astype(int)
    rng = np.random.default_rng(seed)
    q = {
        "W1": rng.standard_normal((16, 64)) * np.sqrt(2 / 64),
        "W2": rng.standard_normal((16, 16)) * np.sqrt(2 / 16),
        "W3": rng.standard_normal((10, 16)) * np.sqrt(1 / 16),
    }
    batches = np.array(
        [rng.choice(examples, batch or examples, replace=False) for _ in range(steps + 1)]
    )
    found = train(q, inputs, labels, batches, eta, beta, k, steps)
    return {**jax.tree.map(np.asarray, found), "rates": {"eta": eta, "beta": beta, "k": k}}


def find_symmetries():
    """Those of a tiny network of the same kind, from gradients; law of the first of each kind."""
    rng = np.random.default_rng(1)
    inputs, labels = rng.standard_normal((12, 2)), rng.integers(0, 2, 12)
    q = {name: rng.standard_normal((2, 2)) for name in ("W1", "W2", "W3")}
    found = derivax.loss_symmetries(q, lambda q: loss(q, inputs, labels), ansatz="diagonal")
    print(found)
    law = found[-1].law()
    print(f"law of the last: {law.verdict}, {law.outcome}")
    print(f"  dJ/dt = {derivax.latex(law['motion-law'].rhs)}")
    assert len(found) == 6


def exact(run, kind):
    """C after each step by the exact law, from the recorded V."""
    history = derivax.compile(f"{THEORY}/charge-history")
    found = history(run["C"][kind][0], run["p"][kind][0], run["V"][kind][1:], **run["rates"])
    return np.asarray(found["C"])


def overdamped(run):
    """Squared norms by the formula of the paper, from the recorded gradients."""
    history = derivax.compile(f"{THEORY}/norm4-history")
    C = run["C"]["scale"]
    found = history((C * run["g"]["scale"])[:-1], r0=np.sqrt(C[0]), **run["rates"])
    return np.sqrt(np.asarray(found["r4"]))


def angles(run):
    """Angle between successive weights: q.q' = C' - p'."""
    C, p = run["C"]["scale"], run["p"]["scale"]
    cosine = (C[1:] - p[1:]) / np.sqrt(C[1:] * C[:-1])
    return np.sqrt(np.mean(np.arccos(np.minimum(cosine, 1)) ** 2, axis=1))


def main():
    """Find, train, predict, compare, draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer steps")
    parser.add_argument("--figure", default="demo-output/noether_learning.png", metavar="FILE")
    options = parser.parse_args()
    steps = 60 if options.quick else 1500

    find_symmetries()
    full = experiment(steps, 0.02, 0.9, 1e-3)
    noisy = experiment(steps, 0.02, 0.9, 1e-3, batch=64)
    decayed = experiment(2 * steps, 0.1, 0.9, 0.01, batch=64)

    errors = {}
    for label, run in (("full batch", full), ("batches of 64", noisy)):
        measured = run["C"]["scale"][1:]
        errors[label] = (
            np.max(np.abs(exact(run, "scale") / measured - 1), axis=1),
            np.max(np.abs(overdamped(run) / measured - 1), axis=1),
        )
        law, formula = (e[-1] for e in errors[label])
        print(f"{label}: squared norms, exact law off by {law:.1e}, overdamped by {formula:.1%}")
        assert errors[label][0].max() < 1e-11
    rescale = np.abs(exact(noisy, "rescale") - noisy["C"]["rescale"][1:]).max()
    print(f"rescale charges off by {rescale:.1e}")
    assert rescale < 1e-11
    predicted = float(derivax.compile(f"{THEORY}/equilibrium")(**decayed["rates"])["angle"])
    angle = angles(decayed)
    print(f"angle per step at the end {angle[-50:].mean():.5f}, at equilibrium {predicted:.5f}")
    draw(options.figure, full, noisy, errors, angle, predicted)


def draw(file, full, noisy, errors, angle, predicted):
    """Four panels."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, 2, figsize=(10.5, 7.8), layout="constrained")
    n = np.arange(1, len(full["C"]["scale"]))
    every = max(1, len(n) // 25)
    for panel, run, kind, title in (
        (axes[0, 0], noisy, "scale", "Squared norms of normalised neurons"),
        (axes[0, 1], noisy, "rescale", "Rescale charges of ReLU neurons"),
    ):
        C = exact(run, kind)
        for j in range(5):
            label = ("exact law", "training (batches of 64)") if j == 0 else (None, None)
            panel.plot(n, C[:, j], color=f"C{j}", lw=1, label=label[0])
            panel.plot(n[::every], run["C"][kind][1::every, j], "o", ms=3, color=f"C{j}",
                       label=label[1])
        panel.set(xlabel="step n", title=title)
        panel.margins(y=0.3)
        panel.legend(loc="upper left", frameon=False, ncols=2)
    axes[0, 0].set_ylabel(r"$|w|^2$")
    axes[0, 1].set_ylabel(r"$|w_{in}|^2 - |w_{out}|^2$")
    for color, (label, (law, formula)) in zip(("C0", "C1"), errors.items()):
        axes[1, 0].semilogy(n, np.maximum(law, 1e-17), color=color, label=f"exact law, {label}")
        axes[1, 0].semilogy(n, formula, "--", color=color, label=f"overdamped, {label}")
    axes[1, 0].set(xlabel="step n", ylabel=r"largest relative error of $|w|^2$",
                   title="Exact and approximate law", ylim=(1e-17, 1e4))
    axes[1, 0].legend(loc="upper left", frameon=False, ncols=2, fontsize=8)
    axes[1, 1].plot(np.arange(1, len(angle) + 1), angle, lw=0.8, label="training, rms over neurons")
    axes[1, 1].axhline(predicted, color="C3", ls="--", label="derived equilibrium angle")
    axes[1, 1].set(xlabel="step n", ylabel="angle between successive weights (rad)",
                   title=r"$\eta = 0.1$, $\beta = 0.9$, $k = 0.01$", ylim=(0, None))
    axes[1, 1].legend(loc="lower right", frameon=False)
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=130)
    print(f"figure: {file}")


if __name__ == "__main__":
    main()
