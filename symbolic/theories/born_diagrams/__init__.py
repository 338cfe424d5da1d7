r"""Born series and network Taylor coefficients (`born-diagrams`): what needs no graph.

Starting equations: the radial equation $u'' = (V + U)u$, u(0) = 0, with $U = 2\mu V/\hbar^2$; the
layers $z^l = W^l y^{l-1} + b^l$, $y^l = \phi(z^l)$ of a network.

Main results (`born-diagrams/NAME`):
    lippmann-schwinger   the integral equation, by variation of constants      scattering.py
    square-well          amplitude of a well or barrier, any partial wave      wells.py
    square-well-energy   the same at finite energy                             wells.py
    square-well-series   its Born series, exact rational coefficients          wells.py
    delta-shell          a geometric Born series                               wells.py
    exponential-well, hulthen, poeschl-teller   closed forms                   solvable.py
    a-exact              transfer matrix of a cell                             cells.py
    born-terms           its power series in the strength                      cells.py
    born-terms-quadrature   running integrals for any potential                scattering.py
    second-born          gradient and Hessian of a at U = 0                    cells.py
    taylor-ray, mixed-partial   Taylor coefficients of a network               activations.py
    propagators, hessian-diagram   dressed lines, second derivatives           activations.py

Convention: the zero-energy wave tends to a multiple of r - a, so that weak attraction has a < 0.

Assumptions: U falls faster than r^-3; activations are smooth.

What plain SymPy cannot do and how it is done: iterated integrals to order 20 and beyond go through
an exact ring of powers times exponentials (`exact/exponential_polynomials`); activations become
polynomial differential systems (`methods/polynomial_system`), which turns Faa di Bruno sums over
all trees into recursions.

Source: B. Kaspschak, U.-G. Meissner, arXiv:2009.03192; the rules are derived here.
"""

from derivax.symbolic.theories.born_diagrams.cells import (
    born_recursion,
    second_born,
    transfer_matrix,
)
from derivax.symbolic.theories.born_diagrams.scattering import lippmann_schwinger
from derivax.symbolic.theories.born_diagrams.solvable import (
    exponential_well,
    hulthen,
    poeschl_teller,
)
from derivax.symbolic.theories.born_diagrams.wells import (
    delta_shell,
    square_well,
    square_well_series,
)

__all__ = [
    "born_recursion",
    "delta_shell",
    "exponential_well",
    "hulthen",
    "lippmann_schwinger",
    "poeschl_teller",
    "second_born",
    "square_well",
    "square_well_series",
    "transfer_matrix",
]
