"""Every public name of derivax, once, in groups."""

from derivax import data as data
from derivax import diagrams as diagrams
from derivax import errors as errors
from derivax import scattering as scattering
from derivax.numeric.programs.leslie_fit import fit_competition as fit_competition
from derivax.numeric.programs.life_table import life_table as life_table
from derivax.numeric.programs.loss_symmetries import loss_symmetries as loss_symmetries
from derivax.numeric.programs.modified_field import modified_field as modified_field
from derivax.numeric.programs.prediction import predict as predict
from derivax.numeric.programs.program import Program as Program
from derivax.numeric.storage.loading import load as load
from derivax.numeric.verify.certificate import Certificate as Certificate
from derivax.symbolic.derivation import Derivation as Derivation
from derivax.symbolic.exact.domain import Domain as Domain
from derivax.symbolic.exact.domain import Interval as Interval
from derivax.symbolic.exact.outcome import Outcome as Outcome
from derivax.symbolic.formula import Formula as Formula
from derivax.symbolic.lagrangian import Lagrangian as Lagrangian
from derivax.symbolic.methods.noether import noether as noether
from derivax.symbolic.methods.point_symmetry import symmetries as symmetries
from derivax.symbolic.parse import parse as parse
from derivax.symbolic.problem import Problem as Problem
from derivax.symbolic.statements import Statement as Statement
from derivax.symbolic.theories.noether_learning_dynamics.training_law import (
    training_law as training_law,
)
from derivax.verbs import compile as compile  # noqa: A004 - the verb of this library
from derivax.verbs import derive as derive
from derivax.verbs import equal as equal
from derivax.verbs import export as export
from derivax.verbs import latex as latex
from derivax.verbs import recheck as recheck
from derivax.verbs import save as save
from derivax.verbs import theories as theories
from derivax.verbs import verify as verify

__version__: str
