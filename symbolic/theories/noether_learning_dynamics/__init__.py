r"""Noether's learning dynamics (`noether-learning-dynamics`).

Starting equations: a Lagrangian and a transformation; or heavy-ball descent with coupled weight
decay, $v_{n+1} = \beta v_n - \eta(g_n + kq_n)$, $q_{n+1} = q_n + v_{n+1}$, time $t = n\eta$.

Main results (`noether-learning-dynamics/NAME`):
    noether-identity          for any Lagrangian of n coordinates                    identity.py
    noether-identity-fields   for any density of a field in 1 + 1 dimensions         identity.py
    hidden-charge             conserved charge of the damped oscillator (Kanai)      dissipation.py
    kinetic-symmetry-breaking translation, scale, rescale, rotation with decay       dissipation.py
    polar-motion              norm and angle of a scale-invariant layer, exactly     dissipation.py
    symmetry-constraint       gradient and Hessian of a loss with a symmetry         weight_flow.py
    linear-charge             any linear symmetry, any number of weights             weight_flow.py
    flow-matrix-charge        the matrix charge of two linear layers                 weight_flow.py
    effective-rate            norm and direction of any layer; effective rate        weight_flow.py
    bregman, bregman-symmetry, bregman-charge   the Bregman family, D6               bregman.py
    modified-equation         the flow of gradient descent with d weights, any order modified.py
    modified-loss             momentum descent as a gradient flow, to first order    modified.py
    heavy-ball                the optimiser as a differential equation, any order    optimiser.py
    heavy-ball-rate           slow rate on a quadratic loss, a series in eta         optimiser.py
    charge-oscillator         the charge in closed form, without cases               optimiser.py
    norm-history              the norm, overdamped, with smooth gradients (paper)    optimiser.py
    inertial-norm             the norm with inertia, given the speed                 norm.py
    gradient-flow-charge      the charge without inertia                             norm.py
    rmsprop-dictionary        a scale-invariant layer as an implicit RMSProp         norm.py
    discrete-charge           the exact law of a quadratic charge, any d             discrete.py
    discrete-rotation         of an antisymmetric generator                          discrete.py
    discrete-matrix-charge    of two linear layers, any shapes                       discrete.py
    adaptive-charge           what remains of it under Adam, RMSProp, Lion           adaptive.py
    gradient-descent-charge, discrete-charge-history, discrete-translation,
    heavy-ball-power          after any number of steps, in closed form              history.py
    slow-growth               the corrected law: smooth and uncorrelated gradients   equilibrium.py
    equilibrium               step and angle at equilibrium, exactly                 equilibrium.py
    equilibrium-norms         norms for white and rotating gradients      equilibrium_norms.py
    charge-rate, charge-history, norm4-history   what the array Programs run         recursions.py

Assumptions: the loss is invariant (no epsilon in a normalisation, no bias outside it, no affine
part in q); weight decay is k|q|^2/2 inside the loss; no dampening, no look-ahead, no adaptive
rates.  `norm-history` drops inertia and takes gradients as smooth; `slow-growth` stands beside it.

What plain SymPy cannot do and how it is done: a total derivative is recognised by Euler operators
and integrated by scaling or undetermined coefficients (`methods/variation`); identities in many
derivatives are compared monomial by monomial (`exact/monomials`); SymPy takes d/dt and d/dq' of an
unknown L to commute, so that slopes of unknown functions go through jets (`jets`).

Sources: H. Tanaka, D. Kunin, "Noether's learning dynamics: role of symmetry breaking in neural
networks" (2021), arXiv:2105.02716; D. Kunin et al., "Neural mechanics" (2021), arXiv:2012.04728.
"""

from derivax.symbolic.theories.noether_learning_dynamics.adaptive import adaptive_charge
from derivax.symbolic.theories.noether_learning_dynamics.bregman import (
    bregman,
    bregman_charge,
    bregman_symmetry,
)
from derivax.symbolic.theories.noether_learning_dynamics.discrete import (
    discrete_charge,
    discrete_matrix_charge,
    discrete_rotation,
)
from derivax.symbolic.theories.noether_learning_dynamics.dissipation import (
    hidden_charge,
    kinetic_symmetry_breaking,
    polar_motion,
)
from derivax.symbolic.theories.noether_learning_dynamics.equilibrium import (
    equilibrium,
    slow_growth,
)
from derivax.symbolic.theories.noether_learning_dynamics.equilibrium_norms import (
    equilibrium_norms,
)
from derivax.symbolic.theories.noether_learning_dynamics.history import (
    discrete_charge_history,
    discrete_translation,
    gradient_descent_charge,
    heavy_ball_power,
)
from derivax.symbolic.theories.noether_learning_dynamics.identity import (
    noether_identity,
    noether_identity_fields,
)
from derivax.symbolic.theories.noether_learning_dynamics.modified import (
    modified_equation,
    modified_loss,
)
from derivax.symbolic.theories.noether_learning_dynamics.norm import (
    gradient_flow_charge,
    inertial_norm,
    rmsprop_dictionary,
)
from derivax.symbolic.theories.noether_learning_dynamics.optimiser import (
    charge_oscillator,
    heavy_ball,
    heavy_ball_rate,
    norm_history,
)
from derivax.symbolic.theories.noether_learning_dynamics.weight_flow import (
    effective_rate,
    flow_matrix_charge,
    linear_charge,
    symmetry_constraint,
)

__all__ = [
    "adaptive_charge",
    "bregman",
    "bregman_charge",
    "bregman_symmetry",
    "charge_oscillator",
    "discrete_charge",
    "discrete_charge_history",
    "discrete_matrix_charge",
    "discrete_rotation",
    "discrete_translation",
    "effective_rate",
    "equilibrium",
    "equilibrium_norms",
    "flow_matrix_charge",
    "gradient_descent_charge",
    "gradient_flow_charge",
    "heavy_ball",
    "heavy_ball_power",
    "heavy_ball_rate",
    "hidden_charge",
    "inertial_norm",
    "kinetic_symmetry_breaking",
    "linear_charge",
    "modified_equation",
    "modified_loss",
    "noether_identity",
    "noether_identity_fields",
    "norm_history",
    "polar_motion",
    "rmsprop_dictionary",
    "slow_growth",
    "symmetry_constraint",
]
