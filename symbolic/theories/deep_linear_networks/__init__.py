r"""Learning dynamics of deep linear networks (`saxe-linear-networks`).

Starting equations: the loss $E = \tfrac12\sum_\mu\|y^\mu - W_L\cdots W_1 x^\mu\|^2$ (sum over
examples, factor 1/2) and gradient flow $\tau\dot W_l = -\partial E/\partial W_l$ with
$\tau = 1/\mathrm{lr}$, so that t counts steps.

Main results (`saxe-linear-networks/NAME`):
    gradient-flow    the flow of each matrix in terms of the two correlations      flow.py
    decoupling       white inputs, aligned weights: one scalar equation per mode   flow.py
    mode             the balanced two-layer mode u(t), from s, u0 and tau          balanced.py
    singular-modes   the same for all modes of a correlation                       balanced.py
    correlated-mode  the mode with inputs correlated along V         correlated_inputs.py
    learning-time    when it reaches a fraction of its plateau       correlated_inputs.py
    half-time        when u reaches s/2                                            balanced.py
    riccati          W_2 W_1 (t) from any balanced weights, any shapes              riccati.py
    unbalanced       a and b for any initial a0, b0, through a^2 - b^2             unbalanced.py
    learning-rate    curvature along the balanced path, optimal and largest step   descent.py
    step-correction  number of descent steps, corrected to first order in lr       descent.py
    depth-time       from u0 to uf for any number L of layers                    any_depth.py
    depth-rate       curvature, optimal and largest step for any L           depth_descent.py
    depth-delay      steps at the best rate of each depth                        any_depth.py
    infinite-depth   the learning curve of very many layers                      any_depth.py
    lyapunov         mean and variance of ln |v| through random layers      random_products.py
    edge-of-chaos    fixed point and gradient gain of tanh networks         random_products.py
    tree-modes       singular values of hierarchical data                        hierarchy.py
    weight-decay     the largest decay that a mode survives                      any_depth.py

Assumptions: white inputs (Sigma_xx = I) from `decoupling` on; a = b at the start in `mode`; L = 2
weight matrices (1 hidden layer) where the file says nothing else.

What plain SymPy cannot do and how it is done: gradients and identities of matrices with symbolic
shapes go through a non-commutative normal form (`exact/matrix_form`); the mode equation is
separated, integrated and inverted by checked rules (`methods/separable_ode`), not by `dsolve`.

Source: A. M. Saxe, J. L. McClelland, S. Ganguli, "Exact solutions to the nonlinear dynamics of
learning in deep linear neural networks" (2013), arXiv:1312.6120.
"""

from derivax.symbolic.theories.deep_linear_networks.any_depth import (
    depth_delay,
    depth_time,
    infinite_depth,
    weight_decay,
)
from derivax.symbolic.theories.deep_linear_networks.balanced import half_time, mode, singular_modes
from derivax.symbolic.theories.deep_linear_networks.correlated_inputs import (
    correlated_mode,
    learning_time,
)
from derivax.symbolic.theories.deep_linear_networks.depth_descent import depth_rate
from derivax.symbolic.theories.deep_linear_networks.descent import learning_rate, step_correction
from derivax.symbolic.theories.deep_linear_networks.flow import decoupling, gradient_flow
from derivax.symbolic.theories.deep_linear_networks.hierarchy import tree_modes
from derivax.symbolic.theories.deep_linear_networks.random_products import edge_of_chaos, lyapunov
from derivax.symbolic.theories.deep_linear_networks.riccati import riccati
from derivax.symbolic.theories.deep_linear_networks.unbalanced import unbalanced

__all__ = [
    "correlated_mode",
    "decoupling",
    "depth_delay",
    "depth_rate",
    "depth_time",
    "edge_of_chaos",
    "gradient_flow",
    "half_time",
    "infinite_depth",
    "learning_rate",
    "learning_time",
    "lyapunov",
    "mode",
    "riccati",
    "singular_modes",
    "step_correction",
    "tree_modes",
    "unbalanced",
    "weight_decay",
]
