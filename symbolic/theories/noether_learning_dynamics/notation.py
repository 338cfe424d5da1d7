"""The symbols of the theory.

Main definitions: `t`, `m`, `mu`, `k`, `eta`, `beta`, the names of theory and source.
"""

from __future__ import annotations

from sympy import Symbol

__all__ = ["NEURAL_MECHANICS", "SOURCE", "THEORY", "beta", "eta", "k", "m", "mu", "t"]

THEORY = "noether-learning-dynamics"
SOURCE = "Tanaka, Kunin 2021, arXiv:2105.02716"
NEURAL_MECHANICS = "Kunin et al., ICLR 2021, arXiv:2012.04728"

t = Symbol("t", real=True)
m = Symbol("m", positive=True)
mu = Symbol("mu", positive=True)
k = Symbol("k", nonnegative=True)
eta = Symbol("eta", positive=True)
beta = Symbol("beta", nonnegative=True)
