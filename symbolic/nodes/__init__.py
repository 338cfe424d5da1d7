"""Expression types that SymPy lacks: each with LaTeX, exact derivatives and rigorous enclosures."""

from __future__ import annotations

from derivax.symbolic.nodes.dominant_eigenvalue import DominantEigenvalue
from derivax.symbolic.nodes.gaussian_expectation import GaussianExpectation
from derivax.symbolic.nodes.implicit_root import ImplicitRoot
from derivax.symbolic.nodes.phi import Phi
from derivax.symbolic.nodes.recurrence import Recurrence, log_size
from derivax.symbolic.nodes.spectrum import Spectrum

__all__ = [
    "DominantEigenvalue",
    "GaussianExpectation",
    "ImplicitRoot",
    "Phi",
    "Recurrence",
    "Spectrum",
    "log_size",
]
