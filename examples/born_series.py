"""Born series: exact terms, where they stop to converge, and a network that learns them.

Run with `python examples/born_series.py [FIGURE.png]`.  Derives the series of a square well, sums
it beyond its radius of convergence, and lets a network learn the first Born terms of scattering
lengths one after another (about a minute on two cores).
Source: Kaspschak, Meissner 2020, arXiv 2009.03192.
"""

import sys

import jax
import numpy as np

import derivax
from derivax import scattering

jax.config.update("jax_enable_x64", True)


def main(figure=None, steps=60):
    """Exact series, resummation, learning."""
    # 1. Derived: from the radial equation to rational Born terms.
    series = derivax.derive("born-diagrams/square-well-series", order=20)
    print(f"square well, 20 orders: {series.outcome}")
    print(derivax.latex(derivax.derive("born-diagrams/square-well-series", order=4).formula))

    # 2. Any potential: exact terms with certified error bars, and the exact scattering length.
    U, edges = np.array([-0.3, -0.1, -0.7, -0.2, -0.4]), 0.2 * np.arange(6)
    values, radii = scattering.born_terms_certified(U, edges, 6)
    exact = float(derivax.compile("born-diagrams/a-exact")(U, edges)["a"])
    print(f"\nfive steps: a = {exact:.15f}")
    for order, (value, radius) in enumerate(zip(values, radii), 1):
        print(f"  a_{order} = {value:+.15e} +- {radius:.0e}")

    # 3. Beyond the radius of convergence, (pi/2)^2 for a well of radius 1.
    strengths = np.linspace(0.1, 6.0, 60)
    sums = [scattering.born_sum([-1.0], [0.0, 1.0], 16, strength=g) for g in strengths]
    print(f"\nradius of convergence: {sums[0].radius:.10f} (pi^2/4 = {np.pi**2 / 4:.10f})")

    # 4. A network that is fitted to a has its gradient right and its Hessian wrong.  Subtract the
    #    first Born term, fit again, and so on.
    U, edges, a = scattering.potentials()
    terms = derivax.compile("born-diagrams/born-terms")
    exact_terms = np.asarray(jax.jit(jax.vmap(lambda u: terms(u, edges, np.ones(3))["terms"]))(U))
    derivatives = scattering.exact_derivatives(edges, 3)
    learned = scattering.refit(U, a, iterations=3, steps=steps)
    print("\niteration   error of D f(0)   of D^2 f(0)   of D^3 f(0)   (relative, Frobenius)")
    errors = []
    for k, found in enumerate(learned.derivatives, 1):
        errors.append([relative(x, y) for x, y in zip(found, derivatives)])
        print(f"{k:9}   " + "   ".join(f"{100 * e:12.2f} %" for e in errors[-1]))
    proxies = [
        scattering.Refit(learned.derivatives[:n], learned.losses[:n]).proxy(U) for n in (1, 2, 3)
    ]
    for n, proxy in enumerate(proxies, 1):
        born = exact_terms[:, :n].sum(axis=1)
        print(
            f"order {n}: learned against exact Born {np.mean(np.abs(proxy / born - 1)):.1e}, "
            f"Born against a {np.mean(np.abs(born / a - 1)):.1e}, "
            f"learned against a {np.mean(np.abs(proxy / a - 1)):.1e}"
        )
    if figure:
        draw(figure, strengths, sums, errors, exact_terms, proxies, a)
    return errors, proxies, exact_terms, a


def relative(found, known):
    """Distance over size."""
    return float(np.linalg.norm(found - known) / np.linalg.norm(known))


def draw(path, strengths, sums, errors, exact_terms, proxies, a):
    """The series and its sum; which derivative each iteration learns; learned Born terms."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")

    def shown(values):
        """Without the vertical line at the pole."""
        values = np.array(values)
        return np.where(np.abs(values) < 12, values, np.nan)

    root = np.sqrt(strengths)
    left.plot(strengths, shown(1 - np.tan(root) / root), "k", lw=3, label="exact")
    left.plot(strengths, shown([s.partial for s in sums]), "C0", label="16 Born terms")
    left.plot(strengths, shown([s.resummed for s in sums]), "C1--", lw=2, label="Padé [8/8]")
    left.axvline(sums[0].radius, color="0.6", lw=1)
    left.text(sums[0].radius + 0.1, -9.5, "first bound state", color="0.4")
    left.set(xlabel="strength of the well", ylabel="scattering length", ylim=(-12, 12),
             title="Born series of a square well")  # fmt: skip
    left.legend(frameon=False, loc="upper left")

    width = 0.26
    for order in range(3):
        at = np.arange(1, 4) + (order - 1) * width
        middle.bar(at, [100 * row[order] for row in errors], width, label=f"derivative {order + 1}")
    middle.set(yscale="log", xlabel="iteration", ylabel="relative error, %", xticks=(1, 2, 3),
               title="What each network knows")  # fmt: skip
    middle.set_ylim(0.1, 4e4)
    middle.legend(frameon=False, loc="upper left", ncols=1)

    for n, proxy in enumerate(proxies, 1):
        order = np.argsort(a)
        error = np.abs(proxy / a - 1)[order]
        born = np.abs(exact_terms[:, :n].sum(axis=1) / a - 1)[order]
        right.loglog(-a[order][::15], error[::15], f"C{n - 1}.", ms=4,
                     label=f"learned, order {n}")  # fmt: skip
        right.loglog(-a[order][::15], born[::15], f"C{n - 1}-", lw=0.7)
    right.set(xlabel="-a", ylabel="relative error of a", title="Learned (dots) and exact (lines)")
    right.legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=110)
    print(f"figure: {path}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
