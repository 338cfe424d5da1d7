"""Born series beyond the catalogue: certified terms, resummation, and iterated refits.

`born_terms_certified` has Arb error bars per order, `born_sum` continues a series beyond its radius
by Pade approximants, `refit` learns scattering lengths and improves their derivatives iteration by
iteration (`potentials`, `exact_derivatives`: its data and what it is compared with).

>>> from derivax import scattering
>>> found = scattering.born_sum([-1.0], [0.0, 1.0], 12, strength=0.5)  # a square well, U = -1/2
>>> round(found.resummed, 9), round(found.radius, 9)  # 1 - tan(sqrt(1/2))/sqrt(1/2), pi^2/4
(-0.208460242, 2.4674011)
"""

from derivax.numeric.programs.born import born_terms_certified
from derivax.numeric.programs.born_refit import Refit, exact_derivatives, potentials, refit
from derivax.numeric.programs.born_resummation import born_sum

__all__ = [
    "Refit",
    "born_sum",
    "born_terms_certified",
    "exact_derivatives",
    "potentials",
    "refit",
]
