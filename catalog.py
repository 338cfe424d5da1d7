"""The catalogue: every result that ships, as plain strings.  Loading it loads no SymPy and no JAX.

`RESULTS` maps `theory/result` to
  derivation    "module:attribute", a function that returns the Derivation
  title         one line
  source        where the result stands
  ground_truth  "module:attribute" of the simulator of the original system, or ""
  example       a script of examples/, or ""
  program       "module:attribute", a function that returns its Program, where it is one

A new result is one row here and one function in `symbolic/theories/`.

Main definitions: `THEORIES`, `RESULTS`, `row`, `expand`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NotRequired, TypedDict

from derivax.errors import UnknownName

__all__ = ["RESULTS", "THEORIES", "Row", "expand", "rows", "row"]


class Row(TypedDict):
    """One result of the catalogue; see the head of this file."""

    derivation: str
    title: str
    source: str
    ground_truth: str
    example: str
    program: NotRequired[str]


THEORIES: Mapping[str, str] = {
    "saxe-linear-networks": "Learning dynamics of deep linear networks",
    "noether-learning-dynamics": "Noether charges, and how broken symmetry moves them in learning",
    "leslie-populations": "Age-structured populations: growth, predation, competition",
    "born-diagrams": "Diagrams for Taylor coefficients, Born series and Wick expansions",
}

_SAXE = "Saxe, McClelland, Ganguli 2013, arXiv 1312.6120"
_LINEAR_NETWORKS = "derivax.symbolic.theories.deep_linear_networks"
_TRAINED = "derivax.numeric.ground_truth.learning_curves"
_EXAMPLE = "examples/deep_linear_networks.py"
_PROGRAMS = "derivax.numeric.programs.deep_linear_networks"
_FLOWS = "derivax.numeric.ground_truth.matrix_flow"
_DEEP = "derivax.numeric.ground_truth.deep_flow"
_NOETHER = "Tanaka, Kunin 2021, arXiv 2105.02716"
_NOETHER_THEORY = "derivax.symbolic.theories.noether_learning_dynamics"
_CHARGES = "derivax.numeric.programs.noether_charges"
_NORMS = "derivax.numeric.programs.noether_norms"
_RESPONSE = "derivax.numeric.programs.noether_response"
_MEASURED = "derivax.numeric.ground_truth.noether_charges"
_ITERATED = "derivax.numeric.ground_truth.noether_iterations"
_MOVING = "derivax.numeric.ground_truth.noether_mechanics"
_LEARNING = "examples/noether_learning.py"
_MECHANICS = "examples/noether_mechanics.py"
_DIAGRAMS = "Kaspschak, Meissner 2020, arXiv 2009.03192 (engine; derived here)"
_FIELDS = "derivax.diagrams.theories"
_INTEGRALS = "derivax.numeric.ground_truth.zero_dimensional"
_PHI4 = "examples/phi4.py"
_LESLIE = "Leslie 1945; Gilman et al. 2024, arXiv 2412.19831"
_LESLIE_THEORY = "derivax.symbolic.theories.leslie_populations"
_LESLIE_TABLES = "derivax.numeric.programs.leslie_life_tables"
_LESLIE_BLOCKS = "derivax.numeric.programs.leslie_blocks"
_LESLIE_COMPETITION = "derivax.numeric.programs.leslie_competition"
_LESLIE_TRUTH = "derivax.numeric.ground_truth.leslie"
_LESLIE_EXAMPLE = "examples/leslie_populations.py"
_BORN = "Kaspschak, Meissner 2020, arXiv 2009.03192 (derived here)"
_BORN_THEORY = "derivax.symbolic.theories.born_diagrams"
_SCATTERED = "derivax.numeric.ground_truth.born_scattering"
_NETWORKS = "derivax.numeric.ground_truth.born_networks"
_BORN_EXAMPLE = "examples/born_series.py"
_TAYLOR_EXAMPLE = "examples/mlp_taylor.py"

RESULTS: Mapping[str, Row] = {
    "saxe-linear-networks/gradient-flow": {
        "derivation": f"{_LINEAR_NETWORKS}:gradient_flow",
        "title": "Gradient flow of the square loss of a linear network, as a matrix equation",
        "source": _SAXE,
        "ground_truth": "",
        "example": _EXAMPLE,
    },
    "saxe-linear-networks/decoupling": {
        "derivation": f"{_LINEAR_NETWORKS}:decoupling",
        "title": "The singular modes of whitened data learn independently of each other",
        "source": _SAXE,
        "ground_truth": "",
        "example": _EXAMPLE,
    },
    "saxe-linear-networks/mode": {
        "derivation": f"{_LINEAR_NETWORKS}:mode",
        "title": "Learning curve of one balanced mode, in closed form",
        "source": _SAXE,
        "ground_truth": f"{_TRAINED}:mode",
        "example": _EXAMPLE,
    },
    "saxe-linear-networks/half-time": {
        "derivation": f"{_LINEAR_NETWORKS}:half_time",
        "title": "Time at which a mode is half learned",
        "source": _SAXE,
        "ground_truth": f"{_TRAINED}:half_time",
        "example": _EXAMPLE,
    },
    "saxe-linear-networks/unbalanced": {
        "derivation": f"{_LINEAR_NETWORKS}:unbalanced",
        "title": "Learning curve of a mode with unequal layer strengths, from y = (a + b)^2",
        "source": _SAXE,
        "ground_truth": f"{_TRAINED}:unbalanced",
        "example": _EXAMPLE,
    },
    "saxe-linear-networks/learning-rate": {
        "derivation": f"{_LINEAR_NETWORKS}:learning_rate",
        "title": "Largest stable and optimal learning rate of a mode, from the Hessian",
        "source": _SAXE,
        "ground_truth": f"{_TRAINED}:learning_rate",
        "example": _EXAMPLE,
    },
    "saxe-linear-networks/step-correction": {
        "derivation": f"{_LINEAR_NETWORKS}:step_correction",
        "title": "Steps of gradient descent against the time of the flow (modified equation)",
        "source": _SAXE + " (correction derived here)",
        "ground_truth": f"{_TRAINED}:step_correction",
        "example": _EXAMPLE,
    },
    "saxe-linear-networks/correlated-mode": {
        "derivation": f"{_LINEAR_NETWORKS}:correlated_mode",
        "title": "Learning curve of a mode whose inputs are correlated along the same vectors",
        "source": _SAXE,
        "ground_truth": f"{_FLOWS}:correlated_mode",
        "example": _EXAMPLE,
    },
    "saxe-linear-networks/learning-time": {
        "derivation": f"{_LINEAR_NETWORKS}:learning_time",
        "title": "Time at which a mode reaches a fraction of its plateau",
        "source": _SAXE,
        "ground_truth": f"{_FLOWS}:learning_time",
        "example": _EXAMPLE,
    },
    "saxe-linear-networks/depth-time": {
        "derivation": f"{_LINEAR_NETWORKS}:depth_time",
        "title": "Time of a balanced mode of any depth from one strength to another",
        "source": _SAXE,
        "ground_truth": f"{_DEEP}:depth_time",
        "example": _EXAMPLE,
    },
    "saxe-linear-networks/depth-rate": {
        "derivation": f"{_LINEAR_NETWORKS}:depth_rate",
        "title": "Curvature, optimal and largest stable learning rate for any depth",
        "source": _SAXE + " (general depth derived here)",
        "ground_truth": f"{_DEEP}:depth_rate",
        "example": _EXAMPLE,
    },
    "saxe-linear-networks/depth-delay": {
        "derivation": f"{_LINEAR_NETWORKS}:depth_delay",
        "title": "Steps at the best rate of each depth; what depth adds to them",
        "source": _SAXE + " (closed form derived here)",
        "ground_truth": f"{_DEEP}:depth_delay",
        "example": _EXAMPLE,
    },
    "saxe-linear-networks/infinite-depth": {
        "derivation": f"{_LINEAR_NETWORKS}:infinite_depth",
        "title": "Learning curve of a mode of very many layers, through Wright's omega",
        "source": _SAXE + " (inverse derived here)",
        "ground_truth": f"{_DEEP}:infinite_depth",
        "example": _EXAMPLE,
    },
    "saxe-linear-networks/weight-decay": {
        "derivation": f"{_LINEAR_NETWORKS}:weight_decay",
        "title": "Largest weight decay that a mode survives, for more than two layers",
        "source": "derived here; setting of Saxe et al. 2013",
        "ground_truth": f"{_DEEP}:weight_decay",
        "example": _EXAMPLE,
    },
    "saxe-linear-networks/lyapunov": {
        "derivation": f"{_LINEAR_NETWORKS}:lyapunov",
        "title": "Mean and variance of the logarithmic growth of a vector through random layers",
        "source": _SAXE + " (exact at finite width, derived here)",
        "ground_truth": "derivax.numeric.ground_truth.random_layers:lyapunov",
        "example": _EXAMPLE,
    },
    "saxe-linear-networks/edge-of-chaos": {
        "derivation": f"{_LINEAR_NETWORKS}:edge_of_chaos",
        "title": "Fixed point of a wide random tanh network and the gain of its gradients",
        "source": _SAXE + " (section 4)",
        "ground_truth": "derivax.numeric.ground_truth.random_layers:edge_of_chaos",
        "example": _EXAMPLE,
    },
    "saxe-linear-networks/tree-modes": {
        "derivation": f"{_LINEAR_NETWORKS}:tree_modes",
        "title": "Singular values of items on a tree with noisy features, for any tree",
        "source": _SAXE + " (closed form derived here)",
        "ground_truth": "derivax.numeric.ground_truth.hierarchy:tree_modes",
        "example": _EXAMPLE,
    },
    "saxe-linear-networks/riccati": {
        "derivation": f"{_LINEAR_NETWORKS}:riccati",
        "title": "Two-layer learning from any balanced weights, as a matrix Riccati solution",
        "source": "Fukumizu 1998; Saxe et al. 2013 (in the entire form derived here)",
        "ground_truth": f"{_FLOWS}:riccati",
        "example": _EXAMPLE,
        "program": f"{_PROGRAMS}:riccati",
    },
    "saxe-linear-networks/singular-modes": {
        "derivation": f"{_LINEAR_NETWORKS}:singular_modes",
        "title": "Singular modes with definite signs and groups, and their learning curves",
        "source": _SAXE,
        "ground_truth": f"{_FLOWS}:singular_modes",
        "example": _EXAMPLE,
        "program": f"{_PROGRAMS}:singular_modes",
    },
    "noether-learning-dynamics/noether-identity": {
        "derivation": f"{_NOETHER_THEORY}:noether_identity",
        "title": "Noether's identity for any Lagrangian of n coordinates",
        "source": _NOETHER,
        "ground_truth": "",
        "example": _MECHANICS,
    },
    "noether-learning-dynamics/noether-identity-fields": {
        "derivation": f"{_NOETHER_THEORY}:noether_identity_fields",
        "title": "Noether's identity for any Lagrangian density of a field",
        "source": _NOETHER,
        "ground_truth": "",
        "example": "",
    },
    "noether-learning-dynamics/hidden-charge": {
        "derivation": f"{_NOETHER_THEORY}:hidden_charge",
        "title": "A conserved charge of the damped oscillator",
        "source": _NOETHER,
        "ground_truth": f"{_MOVING}:hidden_charge",
        "example": _MECHANICS,
    },
    "noether-learning-dynamics/kinetic-symmetry-breaking": {
        "derivation": f"{_NOETHER_THEORY}:kinetic_symmetry_breaking",
        "title": "The kinetic term breaks the symmetry of the loss: momentum and decay",
        "source": _NOETHER,
        "ground_truth": "",
        "example": _LEARNING,
    },
    "noether-learning-dynamics/polar-motion": {
        "derivation": f"{_NOETHER_THEORY}:polar_motion",
        "title": "Norm and angle of a scale-invariant layer, from its Lagrangian",
        "source": _NOETHER,
        "ground_truth": "",
        "example": "",
    },
    "noether-learning-dynamics/bregman": {
        "derivation": f"{_NOETHER_THEORY}:bregman",
        "title": "The Euclidean Bregman family of accelerated methods",
        "source": _NOETHER,
        "ground_truth": "",
        "example": "",
    },
    "noether-learning-dynamics/bregman-symmetry": {
        "derivation": f"{_NOETHER_THEORY}:bregman_symmetry",
        "title": "How a Bregman kinetic term breaks a symmetry",
        "source": _NOETHER,
        "ground_truth": "",
        "example": "",
    },
    "noether-learning-dynamics/heavy-ball": {
        "derivation": f"{_NOETHER_THEORY}:heavy_ball",
        "title": "Momentum gradient descent as a differential equation, to any order",
        "source": _NOETHER,
        "ground_truth": "",
        "example": "",
    },
    "noether-learning-dynamics/heavy-ball-rate": {
        "derivation": f"{_NOETHER_THEORY}:heavy_ball_rate",
        "title": "Slow rate of momentum descent on a quadratic loss",
        "source": _NOETHER + " (series derived here)",
        "ground_truth": f"{_ITERATED}:heavy_ball_rate",
        "example": "",
    },
    "noether-learning-dynamics/charge-oscillator": {
        "derivation": f"{_NOETHER_THEORY}:charge_oscillator",
        "title": "The charge of a broken symmetry as a damped oscillator",
        "source": _NOETHER,
        "ground_truth": f"{_ITERATED}:charge_oscillator",
        "example": "",
    },
    "noether-learning-dynamics/norm-history": {
        "derivation": f"{_NOETHER_THEORY}:norm_history",
        "title": "Norm of a scale-invariant layer, overdamped and with smooth gradients",
        "source": _NOETHER,
        "ground_truth": f"{_ITERATED}:norm_history",
        "example": "",
    },
    "noether-learning-dynamics/discrete-charge": {
        "derivation": f"{_NOETHER_THEORY}:discrete_charge",
        "title": "Exact law of a charge under heavy-ball descent",
        "source": _NOETHER + " (exact form derived here)",
        "ground_truth": f"{_MEASURED}:discrete_charge",
        "example": _LEARNING,
    },
    "noether-learning-dynamics/discrete-matrix-charge": {
        "derivation": f"{_NOETHER_THEORY}:discrete_matrix_charge",
        "title": "Exact law of the matrix charge of two linear layers",
        "source": _NOETHER + " (exact form derived here)",
        "ground_truth": "",
        "example": "",
    },
    "noether-learning-dynamics/charge-rate": {
        "derivation": f"{_NOETHER_THEORY}.recursions:charge_rate",
        "title": "Charge of a symmetry, from weights and velocities, and the rate of its momentum",
        "source": _NOETHER,
        "ground_truth": f"{_MEASURED}:charge_rate",
        "example": _LEARNING,
        "program": f"{_CHARGES}:charge_rate",
    },
    "noether-learning-dynamics/charge-history": {
        "derivation": f"{_NOETHER_THEORY}.recursions:charge_history",
        "title": "Exact history of charges from recorded steps, one step after the other",
        "source": _NOETHER + " (exact form derived here)",
        "ground_truth": f"{_MEASURED}:charge_history",
        "example": _LEARNING,
        "program": f"{_CHARGES}:charge_history",
    },
    "noether-learning-dynamics/charge-history-parallel": {
        "derivation": f"{_NOETHER_THEORY}.recursions:charge_history_parallel",
        "title": "Exact history of charges from recorded steps, composed as a tree",
        "source": _NOETHER + " (exact form derived here)",
        "ground_truth": f"{_MEASURED}:charge_history",
        "example": _LEARNING,
        "program": f"{_CHARGES}:charge_history_parallel",
    },
    "noether-learning-dynamics/norm4-history": {
        "derivation": f"{_NOETHER_THEORY}.recursions:norm4_history",
        "title": "Norms of scale-invariant layers from recorded gradients, step after step",
        "source": _NOETHER,
        "ground_truth": f"{_MEASURED}:norm4_history",
        "example": _LEARNING,
        "program": f"{_NORMS}:norm4_history",
    },
    "noether-learning-dynamics/norm4-history-parallel": {
        "derivation": f"{_NOETHER_THEORY}.recursions:norm4_history_parallel",
        "title": "Norms of scale-invariant layers from recorded gradients, as a tree",
        "source": _NOETHER,
        "ground_truth": f"{_MEASURED}:norm4_history",
        "example": _LEARNING,
        "program": f"{_NORMS}:norm4_history_parallel",
    },
    "noether-learning-dynamics/heavy-ball-response": {
        "derivation": f"{_NOETHER_THEORY}.recursions:heavy_ball_response",
        "title": "Powers of the heavy-ball step on quadratic losses, in any regime",
        "source": _NOETHER + " (derived here)",
        "ground_truth": f"{_ITERATED}:heavy_ball_response",
        "example": "",
        "program": f"{_RESPONSE}:heavy_ball_response",
    },
    "noether-learning-dynamics/slow-growth": {
        "derivation": f"{_NOETHER_THEORY}:slow_growth",
        "title": "Growth of a charge per step, for smooth and for uncorrelated gradients",
        "source": _NOETHER + " (derived here)",
        "ground_truth": f"{_ITERATED}:slow_growth",
        "example": "",
    },
    "noether-learning-dynamics/equilibrium": {
        "derivation": f"{_NOETHER_THEORY}:equilibrium",
        "title": "Equilibrium step and angle of a scale-invariant layer",
        "source": _NOETHER + " (exact form derived here)",
        "ground_truth": f"{_ITERATED}:equilibrium",
        "example": _LEARNING,
    },
    "noether-learning-dynamics/symmetry-constraint": {
        "derivation": f"{_NOETHER_THEORY}:symmetry_constraint",
        "title": "What a symmetry of the loss says about its gradient and Hessian",
        "source": _NOETHER,
        "ground_truth": "",
        "example": "",
    },
    "noether-learning-dynamics/linear-charge": {
        "derivation": f"{_NOETHER_THEORY}:linear_charge",
        "title": "How the charge of a linear symmetry moves, for any number of weights",
        "source": _NOETHER,
        "ground_truth": "",
        "example": "",
    },
    "noether-learning-dynamics/flow-matrix-charge": {
        "derivation": f"{_NOETHER_THEORY}:flow_matrix_charge",
        "title": "The matrix charge of two linear layers with mass, friction, decay",
        "source": _NOETHER,
        "ground_truth": "",
        "example": "",
    },
    "noether-learning-dynamics/effective-rate": {
        "derivation": f"{_NOETHER_THEORY}:effective_rate",
        "title": "Norm, direction and effective rate of a scale-invariant layer",
        "source": _NOETHER + " (constraint force added)",
        "ground_truth": f"{_ITERATED}:effective_rate",
        "example": "",
    },
    "noether-learning-dynamics/bregman-charge": {
        "derivation": f"{_NOETHER_THEORY}:bregman_charge",
        "title": "The charge of an affine symmetry in the Bregman family, any h",
        "source": _NOETHER,
        "ground_truth": "",
        "example": "",
    },
    "noether-learning-dynamics/modified-equation": {
        "derivation": f"{_NOETHER_THEORY}:modified_equation",
        "title": "The flow of gradient descent with several weights, to any order",
        "source": _NOETHER,
        "ground_truth": "",
        "example": "",
    },
    "noether-learning-dynamics/modified-loss": {
        "derivation": f"{_NOETHER_THEORY}:modified_loss",
        "title": "The modified loss of momentum descent",
        "source": _NOETHER,
        "ground_truth": "",
        "example": "",
    },
    "noether-learning-dynamics/inertial-norm": {
        "derivation": f"{_NOETHER_THEORY}:inertial_norm",
        "title": "The charge with inertia, given the speed of the weights",
        "source": _NOETHER,
        "ground_truth": "",
        "example": "",
    },
    "noether-learning-dynamics/gradient-flow-charge": {
        "derivation": f"{_NOETHER_THEORY}:gradient_flow_charge",
        "title": "The charge of a symmetry under gradient flow with weight decay",
        "source": _NOETHER,
        "ground_truth": "",
        "example": "",
    },
    "noether-learning-dynamics/rmsprop-dictionary": {
        "derivation": f"{_NOETHER_THEORY}:rmsprop_dictionary",
        "title": "A scale-invariant layer as an implicit RMSProp",
        "source": _NOETHER,
        "ground_truth": "",
        "example": "",
    },
    "noether-learning-dynamics/discrete-rotation": {
        "derivation": f"{_NOETHER_THEORY}:discrete_rotation",
        "title": "Exact law of the momentum of a rotation",
        "source": _NOETHER + " (exact form derived here)",
        "ground_truth": f"{_ITERATED}:discrete_rotation",
        "example": "",
    },
    "noether-learning-dynamics/adaptive-charge": {
        "derivation": f"{_NOETHER_THEORY}:adaptive_charge",
        "title": "What remains of a charge law under Adam, RMSProp and Lion",
        "source": _NOETHER + " (derived here)",
        "ground_truth": "",
        "example": "",
    },
    "noether-learning-dynamics/gradient-descent-charge": {
        "derivation": f"{_NOETHER_THEORY}:gradient_descent_charge",
        "title": "The charge under gradient descent after any number of steps",
        "source": _NOETHER + " (exact form derived here)",
        "ground_truth": f"{_ITERATED}:gradient_descent_charge",
        "example": "",
    },
    "noether-learning-dynamics/discrete-charge-history": {
        "derivation": f"{_NOETHER_THEORY}:discrete_charge_history",
        "title": "The charge under heavy-ball descent after any number of steps",
        "source": _NOETHER + " (exact form derived here)",
        "ground_truth": "",
        "example": "",
    },
    "noether-learning-dynamics/discrete-translation": {
        "derivation": f"{_NOETHER_THEORY}:discrete_translation",
        "title": "The charge of a translation after any number of steps",
        "source": _NOETHER + " (exact form derived here)",
        "ground_truth": f"{_ITERATED}:discrete_translation",
        "example": "",
    },
    "noether-learning-dynamics/heavy-ball-power": {
        "derivation": f"{_NOETHER_THEORY}:heavy_ball_power",
        "title": "Powers of the heavy-ball step on a quadratic loss",
        "source": _NOETHER + " (derived here)",
        "ground_truth": f"{_ITERATED}:heavy_ball_power",
        "example": "",
    },
    "noether-learning-dynamics/equilibrium-norms": {
        "derivation": f"{_NOETHER_THEORY}:equilibrium_norms",
        "title": "Norm of a scale-invariant layer at equilibrium",
        "source": _NOETHER + " (exact form derived here)",
        "ground_truth": f"{_ITERATED}:equilibrium_norms",
        "example": "",
    },
    "born-diagrams/phi4-partition-function": {
        "derivation": f"{_FIELDS}.large_orders:partition_function",
        "title": "Partition function of zero-dimensional phi^4 theory in closed form",
        "source": _DIAGRAMS,
        "ground_truth": f"{_INTEGRALS}:partition_function",
        "example": _PHI4,
    },
    "born-diagrams/phi4-free-energy": {
        "derivation": f"{_FIELDS}.zero_dimensional:free_energy",
        "title": "Free energy of phi^4 in zero dimensions: integral and vacuum diagrams",
        "source": _DIAGRAMS,
        "ground_truth": f"{_INTEGRALS}:free_energy",
        "example": _PHI4,
    },
    "born-diagrams/phi4-propagator": {
        "derivation": f"{_FIELDS}.zero_dimensional:propagator",
        "title": "Two-point function of phi^4 in zero dimensions, and its diagrams",
        "source": _DIAGRAMS,
        "ground_truth": f"{_INTEGRALS}:propagator",
        "example": _PHI4,
    },
    "born-diagrams/phi4-four-point": {
        "derivation": f"{_FIELDS}.zero_dimensional:four_point",
        "title": "Connected four-point function of phi^4 in zero dimensions",
        "source": _DIAGRAMS,
        "ground_truth": f"{_INTEGRALS}:four_point",
        "example": _PHI4,
    },
    "born-diagrams/phi4-effective-action": {
        "derivation": f"{_FIELDS}.zero_dimensional:effective_action",
        "title": "Irreducible effective action of phi^4 in zero dimensions",
        "source": _DIAGRAMS,
        "ground_truth": f"{_INTEGRALS}:effective_action",
        "example": _PHI4,
    },
    "born-diagrams/phi4-large-orders": {
        "derivation": f"{_FIELDS}.large_orders:large_orders",
        "title": "Every coefficient of zero-dimensional phi^4 theory, and their growth",
        "source": _DIAGRAMS,
        "ground_truth": "",
        "example": _PHI4,
    },
    "born-diagrams/phi3-free-energy": {
        "derivation": f"{_FIELDS}.zero_dimensional:cubic_free_energy",
        "title": "Free energy of phi^3 in zero dimensions: integral and diagrams",
        "source": _DIAGRAMS,
        "ground_truth": f"{_INTEGRALS}:cubic_free_energy",
        "example": _PHI4,
    },
    "born-diagrams/vector-free-energy": {
        "derivation": f"{_FIELDS}.zero_dimensional:vector_free_energy",
        "title": "Free energy of the O(N) model in zero dimensions, polynomials in N",
        "source": _DIAGRAMS,
        "ground_truth": f"{_INTEGRALS}:vector_free_energy",
        "example": _PHI4,
    },
    "born-diagrams/complex-free-energy": {
        "derivation": f"{_FIELDS}.zero_dimensional:complex_free_energy",
        "title": "Free energy of the complex model: directed diagrams",
        "source": _DIAGRAMS,
        "ground_truth": f"{_INTEGRALS}:complex_free_energy",
        "example": _PHI4,
    },
    "born-diagrams/matrix-free-energy": {
        "derivation": f"{_FIELDS}.matrix_model:free_energy",
        "title": "Free energy of the quartic matrix model: ribbon graphs by genus",
        "source": _DIAGRAMS,
        "ground_truth": f"{_INTEGRALS}:matrix_free_energy",
        "example": _PHI4,
    },
    "born-diagrams/anharmonic-ground-state": {
        "derivation": f"{_FIELDS}.anharmonic_oscillator:ground_state",
        "title": "Ground state of the anharmonic oscillator as a sum of diagrams",
        "source": _DIAGRAMS,
        "ground_truth": f"{_INTEGRALS}:anharmonic_ground_state",
        "example": _PHI4,
    },
    "leslie-populations/euler-lotka": {
        "derivation": f"{_LESLIE_THEORY}:euler_lotka",
        "title": "Euler-Lotka equation of any number of ages, and its threshold",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/growth-factor": {
        "derivation": f"{_LESLIE_THEORY}:growth_factor",
        "title": "Growth factor of a life table",
        "source": _LESLIE,
        "ground_truth": f"{_LESLIE_TRUTH}:growth_factor",
        "example": _LESLIE_EXAMPLE,
        "program": f"{_LESLIE_TABLES}:growth_factor",
    },
    "leslie-populations/stable-population": {
        "derivation": f"{_LESLIE_THEORY}:stable_population",
        "title": "Stable age distribution, reproductive value, generation times",
        "source": _LESLIE,
        "ground_truth": f"{_LESLIE_TRUTH}:stable_population",
        "example": _LESLIE_EXAMPLE,
        "program": f"{_LESLIE_TABLES}:stable_population",
    },
    "leslie-populations/elasticities": {
        "derivation": f"{_LESLIE_THEORY}:sensitivities",
        "title": "Sensitivities and elasticities of the growth factor, two routes",
        "source": _LESLIE,
        "ground_truth": f"{_LESLIE_TRUTH}:elasticities",
        "example": _LESLIE_EXAMPLE,
        "program": f"{_LESLIE_TABLES}:elasticities",
    },
    "leslie-populations/eigenvalue-perturbation": {
        "derivation": f"{_LESLIE_THEORY}:eigenvalue_perturbation",
        "title": "First-order change of a simple eigenvalue of any matrix",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/two-ages": {
        "derivation": f"{_LESLIE_THEORY}:two_ages",
        "title": "Growth factor of two age classes",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/three-ages": {
        "derivation": f"{_LESLIE_THEORY}:three_ages",
        "title": "Growth factor of three age classes, without complex radicals",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/one-reproducing-age": {
        "derivation": f"{_LESLIE_THEORY}:one_reproducing_age",
        "title": "Growth factor when one age reproduces",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/two-reproducing-ages": {
        "derivation": f"{_LESLIE_THEORY}:two_reproducing_ages",
        "title": "Growth factor when two ages reproduce, by Lagrange inversion",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/plus-group": {
        "derivation": f"{_LESLIE_THEORY}:plus_group",
        "title": "Growth factor with an open-ended last age class",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/growth-series": {
        "derivation": f"{_LESLIE_THEORY}:growth_series",
        "title": "Growth rate as a series in ln R_0, to any order",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/renewal": {
        "derivation": f"{_LESLIE_THEORY}:renewal",
        "title": "Time evolution from the births: renewal equation and its modes",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/imprimitivity": {
        "derivation": f"{_LESLIE_THEORY}:imprimitivity",
        "title": "Reproducing ages with a common divisor: no stable structure",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/matrix-powers": {
        "derivation": f"{_LESLIE_THEORY}:renewal",
        "title": "A population at any time, by powers with rescaling",
        "source": _LESLIE,
        "ground_truth": f"{_LESLIE_TRUTH}:matrix_powers",
        "example": _LESLIE_EXAMPLE,
        "program": f"{_LESLIE_BLOCKS}:matrix_powers",
    },
    "leslie-populations/projection": {
        "derivation": f"{_LESLIE_THEORY}:migration",
        "title": "A population step by step, with inflow and rescaling",
        "source": _LESLIE,
        "ground_truth": f"{_LESLIE_TRUTH}:projection",
        "example": _LESLIE_EXAMPLE,
        "program": f"{_LESLIE_BLOCKS}:projection",
    },
    "leslie-populations/migration": {
        "derivation": f"{_LESLIE_THEORY}:migration",
        "title": "A population with a constant inflow, at any time",
        "source": _LESLIE,
        "ground_truth": f"{_LESLIE_TRUTH}:immigration",
        "example": _LESLIE_EXAMPLE,
        "program": f"{_LESLIE_BLOCKS}:immigration",
    },
    "leslie-populations/predator-prey": {
        "derivation": f"{_LESLIE_THEORY}:predator_prey",
        "title": "Predators and prey: generating function, prey alone",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/coupled-growth": {
        "derivation": f"{_LESLIE_THEORY}:coupled_growth",
        "title": "Growth factor of coupled species, exact and for weak coupling",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/one-class-each": {
        "derivation": f"{_LESLIE_THEORY}:one_class_each",
        "title": "Predator and prey with one class each: growth, oscillation",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/complex-model": {
        "derivation": f"{_LESLIE_THEORY}:complex_model",
        "title": "Two equal species as one complex population",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/last-species-standing": {
        "derivation": f"{_LESLIE_THEORY}:last_species_standing",
        "title": "The winner of a competition, by an exact invariant",
        "source": _LESLIE,
        "ground_truth": f"{_LESLIE_TRUTH}:last_species_standing",
        "example": _LESLIE_EXAMPLE,
        "program": f"{_LESLIE_COMPETITION}:last_species_standing",
    },
    "leslie-populations/equal-competitors": {
        "derivation": f"{_LESLIE_THEORY}:extinction_time",
        "title": "When the weaker of two equal competitors is gone",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/first-extinction": {
        "derivation": f"{_LESLIE_THEORY}:extinction_time",
        "title": "First extinction in a competition, simulated",
        "source": _LESLIE,
        "ground_truth": f"{_LESLIE_TRUTH}:first_extinction",
        "example": _LESLIE_EXAMPLE,
        "program": f"{_LESLIE_COMPETITION}:first_extinction",
    },
    "leslie-populations/mutual-competition": {
        "derivation": f"{_LESLIE_THEORY}:mutual_competition",
        "title": "N equal competitors, and why three are no two camps",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/fit-loss": {
        "derivation": f"{_LESLIE_THEORY}:constraints",
        "title": "Loss of a fit of two competing populations to counts",
        "source": _LESLIE,
        "ground_truth": f"{_LESLIE_TRUTH}:fit_loss",
        "example": _LESLIE_EXAMPLE,
        "program": "derivax.numeric.programs.leslie_loss:fit_loss",
    },
    "leslie-populations/boson-population": {
        "derivation": f"{_LESLIE_THEORY}:boson_population",
        "title": "Second quantisation of an age-structured population",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/stochastic-population": {
        "derivation": f"{_LESLIE_THEORY}:stochastic_population",
        "title": "Birth, ageing and death as a Doi-Peliti operator",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/hopping": {
        "derivation": f"{_LESLIE_THEORY}:hopping",
        "title": "Two populations that exchange quanta: Hermitian hopping",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/branching": {
        "derivation": f"{_LESLIE_THEORY}:branching",
        "title": "Generating function of Poisson births and Bernoulli survival",
        "source": _LESLIE,
        "ground_truth": "",
        "example": _LESLIE_EXAMPLE,
    },
    "leslie-populations/branching-extinction": {
        "derivation": f"{_LESLIE_THEORY}:branching",
        "title": "Extinction probabilities of a life table",
        "source": _LESLIE,
        "ground_truth": f"{_LESLIE_TRUTH}:branching_extinction",
        "example": _LESLIE_EXAMPLE,
        "program": f"{_LESLIE_TABLES}:branching_extinction",
    },
    "born-diagrams/lippmann-schwinger": {
        "derivation": f"{_BORN_THEORY}.scattering:lippmann_schwinger",
        "title": "The Lippmann-Schwinger equation of a radial wave, by variation of constants",
        "source": _BORN,
        "ground_truth": "",
        "example": _BORN_EXAMPLE,
    },
    "born-diagrams/square-well": {
        "derivation": f"{_BORN_THEORY}.wells:square_well",
        "title": "Scattering amplitude of a square well or barrier, any partial wave",
        "source": _BORN,
        "ground_truth": f"{_SCATTERED}:square_well",
        "example": _BORN_EXAMPLE,
    },
    "born-diagrams/square-well-energy": {
        "derivation": f"{_BORN_THEORY}.wells:square_well_energy",
        "title": "Scattering amplitude of a square well at finite energy",
        "source": _BORN,
        "ground_truth": f"{_SCATTERED}:square_well_energy",
        "example": _BORN_EXAMPLE,
    },
    "born-diagrams/square-well-series": {
        "derivation": f"{_BORN_THEORY}.wells:square_well_series",
        "title": "Born series of a square well, exact rational coefficients",
        "source": _BORN,
        "ground_truth": f"{_SCATTERED}:square_well_series",
        "example": _BORN_EXAMPLE,
    },
    "born-diagrams/delta-shell": {
        "derivation": f"{_BORN_THEORY}.wells:delta_shell",
        "title": "Scattering length and geometric Born series of a delta shell",
        "source": _BORN,
        "ground_truth": f"{_SCATTERED}:delta_shell",
        "example": _BORN_EXAMPLE,
    },
    "born-diagrams/exponential-well": {
        "derivation": f"{_BORN_THEORY}.solvable:exponential_well",
        "title": "Scattering length and Born series of the exponential well",
        "source": _BORN,
        "ground_truth": f"{_SCATTERED}:exponential_well",
        "example": _BORN_EXAMPLE,
    },
    "born-diagrams/hulthen": {
        "derivation": f"{_BORN_THEORY}.solvable:hulthen",
        "title": "Scattering length of the Hulthen potential",
        "source": _BORN,
        "ground_truth": f"{_SCATTERED}:hulthen",
        "example": _BORN_EXAMPLE,
    },
    "born-diagrams/poeschl-teller": {
        "derivation": f"{_BORN_THEORY}.solvable:poeschl_teller",
        "title": "Scattering length of the Poeschl-Teller potential",
        "source": _BORN,
        "ground_truth": f"{_SCATTERED}:poeschl_teller",
        "example": _BORN_EXAMPLE,
    },
    "born-diagrams/second-born": {
        "derivation": f"{_BORN_THEORY}.cells:second_born",
        "title": "First and second Born terms of a discretised potential",
        "source": _BORN,
        "ground_truth": f"{_SCATTERED}:second_born",
        "example": _BORN_EXAMPLE,
    },
    "born-diagrams/a-exact": {
        "derivation": f"{_BORN_THEORY}.cells:transfer_matrix",
        "title": "Scattering length of a discretised potential, by transfer matrices",
        "source": _BORN,
        "ground_truth": f"{_SCATTERED}:cells",
        "example": _BORN_EXAMPLE,
        "program": "derivax.numeric.programs.born:a_exact",
    },
    "born-diagrams/born-terms": {
        "derivation": f"{_BORN_THEORY}.cells:born_recursion",
        "title": "Born terms of a discretised potential to any order",
        "source": _BORN,
        "ground_truth": f"{_SCATTERED}:cell_terms",
        "example": _BORN_EXAMPLE,
        "program": "derivax.numeric.programs.born:born_terms",
    },
    "born-diagrams/born-terms-quadrature": {
        "derivation": f"{_BORN_THEORY}.scattering:running_integrals",
        "title": "Born terms of any potential, by running integrals",
        "source": _BORN,
        "ground_truth": f"{_SCATTERED}:panel_terms",
        "example": _BORN_EXAMPLE,
        "program": "derivax.numeric.programs.born:born_terms_quadrature",
    },
    "born-diagrams/taylor-ray": {
        "derivation": f"{_BORN_THEORY}.activations:taylor_recursion",
        "title": "Taylor coefficients of a network along a ray, to any order",
        "source": _BORN,
        "ground_truth": f"{_NETWORKS}:taylor_ray",
        "example": _TAYLOR_EXAMPLE,
        "program": "derivax.numeric.programs.taylor:taylor_ray",
    },
    "born-diagrams/mixed-partial": {
        "derivation": f"{_BORN_THEORY}.activations:taylor_recursion",
        "title": "Mixed derivatives of a network",
        "source": _BORN,
        "ground_truth": f"{_NETWORKS}:mixed_partial",
        "example": _TAYLOR_EXAMPLE,
        "program": "derivax.numeric.programs.taylor:mixed_partial",
    },
    "born-diagrams/propagators": {
        "derivation": f"{_BORN_THEORY}.activations:second_derivative",
        "title": "All dressed propagators of a network",
        "source": _BORN,
        "ground_truth": f"{_NETWORKS}:propagators",
        "example": _TAYLOR_EXAMPLE,
        "program": "derivax.numeric.programs.taylor_dressed:propagators",
    },
    "born-diagrams/hessian-diagram": {
        "derivation": f"{_BORN_THEORY}.activations:second_derivative",
        "title": "Second derivatives of a network, by dressed propagators",
        "source": _BORN,
        "ground_truth": f"{_NETWORKS}:hessian",
        "example": _TAYLOR_EXAMPLE,
        "program": "derivax.numeric.programs.taylor_dressed:hessian_diagram",
    },
}


def row(name: str) -> Row:
    """The row of the result `name`.

    Raises:
        UnknownName: no such result; the message names the nearest ones.

    >>> row("saxe-linear-networks/mode")["title"]
    'Learning curve of one balanced mode, in closed form'
    >>> row("saxe-linear-networks/mod")
    Traceback (most recent call last):
    ...
    derivax.errors.UnknownName: result of saxe-linear-networks 'mod': there is none of this name;
    did you mean 'mode'?
    """
    if name in RESULTS:
        return RESULTS[name]
    theory, _, result = name.partition("/")
    if theory not in THEORIES:
        raise UnknownName.among("theory", theory, THEORIES)
    own = [other.partition("/")[2] for other in expand(theory)]
    raise UnknownName.among(f"result of {theory}", result, own)


def expand(name: str) -> tuple[str, ...]:
    """The results that `name` stands for: itself, or all results of a theory.

    >>> expand("saxe-linear-networks/mode")
    ('saxe-linear-networks/mode',)
    >>> expand("saxe-linear-networks")[:2]
    ('saxe-linear-networks/gradient-flow', 'saxe-linear-networks/decoupling')
    """
    if name in THEORIES:
        return tuple(result for result in RESULTS if result.startswith(name + "/"))
    if "/" in name:
        row(name)
        return (name,)
    named = [result for result in RESULTS if result.endswith(f"/{name}")]
    raise UnknownName.among("theory or result", name, named or THEORIES)


def rows() -> Iterator[dict[str, str]]:
    """The catalogue as `derivax list` shows it: name, title, source."""
    for name, entry in RESULTS.items():
        yield {"name": name, "title": entry["title"], "source": entry["source"]}
