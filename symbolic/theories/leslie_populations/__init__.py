r"""Leslie populations: growth, predation, competition (`leslie-populations`).

Starting equations: the age vector x of a population moves by $x' = Lx$ with fecundities f_i in the
first row of L and survivals s_i below its diagonal (ages from 1, columns); two species by
$x' = Ax - By$, $y' = Dy \pm Cx$.

Main results (`leslie-populations/NAME`):
    euler-lotka               det(lambda I - L) for any number of ages; R_0         euler_lotka.py
    growth-factor             its root on the log scale                             euler_lotka.py
    stable-population         age distribution, reproductive value, mean age       eigenvectors.py
    elasticities              sensitivities by two routes, elasticities, sums       sensitivity.py
    eigenvalue-perturbation   v dL w = dlambda v.w for any matrix                   sensitivity.py
    two-ages, three-ages      the growth factor in radicals and cosines            closed_forms.py
    one-reproducing-age, two-reproducing-ages, plus-group                          closed_forms.py
    growth-series             r in powers of ln R_0, any order                    growth_series.py
    renewal, migration, imprimitivity                                                   renewal.py
    predator-prey, coupled-growth, one-class-each, complex-model                   interactions.py
    last-species-standing     the invariant that decides a competition              competition.py
    equal-competitors, mutual-competition, fit-loss                                 competition.py
    boson-population, stochastic-population, hopping, branching                       operators.py

Assumptions: L is primitive where a stable age structure is claimed; competition has two camps.

What plain SymPy cannot do and how it is done: determinants of symbolic size are expanded along
their last column (`methods/determinant`) and solved by induction; sums with a symbolic number of
terms are compared by induction and at points; block identities go through the non-commutative
normal form; operators through normal ordering (`methods/boson_operators`).

Sources: P. H. Leslie (1945); H. Caswell, "Matrix Population Models" (2001); P. Gilman, S. J.
Miller, D. Son, S. Waheed, J. Wang (2024), arXiv:2412.19831 (of which the abstract was available:
block signs, the complex form and the operators are a reconstruction).
"""

from derivax.symbolic.theories.leslie_populations.closed_forms import (
    one_reproducing_age,
    plus_group,
    three_ages,
    two_ages,
    two_reproducing_ages,
)
from derivax.symbolic.theories.leslie_populations.competition import (
    constraints,
    extinction_time,
    last_species_standing,
    mutual_competition,
)
from derivax.symbolic.theories.leslie_populations.eigenvectors import stable_population
from derivax.symbolic.theories.leslie_populations.euler_lotka import euler_lotka, growth_factor
from derivax.symbolic.theories.leslie_populations.growth_series import growth_series
from derivax.symbolic.theories.leslie_populations.interactions import (
    complex_model,
    coupled_growth,
    one_class_each,
    predator_prey,
)
from derivax.symbolic.theories.leslie_populations.operators import (
    boson_population,
    branching,
    hopping,
    stochastic_population,
)
from derivax.symbolic.theories.leslie_populations.renewal import imprimitivity, migration, renewal
from derivax.symbolic.theories.leslie_populations.sensitivity import (
    eigenvalue_perturbation,
    sensitivities,
)

__all__ = [
    "boson_population",
    "branching",
    "complex_model",
    "constraints",
    "coupled_growth",
    "eigenvalue_perturbation",
    "euler_lotka",
    "extinction_time",
    "growth_factor",
    "growth_series",
    "hopping",
    "imprimitivity",
    "last_species_standing",
    "migration",
    "mutual_competition",
    "one_class_each",
    "one_reproducing_age",
    "plus_group",
    "predator_prey",
    "renewal",
    "sensitivities",
    "stable_population",
    "stochastic_population",
    "three_ages",
    "two_ages",
    "two_reproducing_ages",
]
