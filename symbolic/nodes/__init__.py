"""Expression types that SymPy lacks: each with LaTeX, exact derivatives and rigorous enclosures."""

from __future__ import annotations

from derivax.symbolic.nodes.implicit_root import ImplicitRoot
from derivax.symbolic.nodes.phi import Phi

__all__ = ["ImplicitRoot", "Phi"]
