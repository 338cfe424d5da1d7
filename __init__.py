"""derivax: from a starting equation to a checked derivation, LaTeX and certified JAX code.

    starting equation --derive--> closed form --latex--> paper
                                      |--compile--> JAX function --export--> standalone module
                                      `--verify---> certificate

Importing derivax loads nothing else: a name is loaded when it is first used (PEP 562), so that
`import derivax` costs neither SymPy nor JAX.  `__init__.pyi` lists the same names for type
checkers and editors; a test compares the two.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# public name -> the module that defines it
_HOME = {
    # verbs
    "theories": "verbs",
    "derive": "verbs",
    "noether": "symbolic.methods.noether",
    "symmetries": "symbolic.methods.point_symmetry",
    "training_law": "symbolic.theories.noether_learning_dynamics.training_law",
    "latex": "verbs",
    "compile": "verbs",
    "verify": "verbs",
    "equal": "verbs",
    "recheck": "verbs",
    "export": "verbs",
    "save": "verbs",
    "load": "numeric.storage.loading",
    "parse": "symbolic.parse",
    "predict": "numeric.programs.prediction",
    "life_table": "numeric.programs.life_table",
    "fit_competition": "numeric.programs.leslie_fit",
    "loss_symmetries": "numeric.programs.loss_symmetries",
    "modified_field": "numeric.programs.modified_field",
    # nouns
    "Problem": "symbolic.problem",
    "Lagrangian": "symbolic.lagrangian",
    "Statement": "symbolic.statements",
    "Derivation": "symbolic.derivation",
    "Formula": "symbolic.formula",
    "Program": "numeric.programs.program",
    "Certificate": "numeric.verify.certificate",
    "Domain": "symbolic.exact.domain",
    "Interval": "symbolic.exact.domain",
    "Outcome": "symbolic.exact.outcome",
}
_ROOMS = ("data", "diagrams", "errors", "scattering")

__all__ = ["__version__", *_HOME, *_ROOMS]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    elif name in _ROOMS:
        value = import_module(f"{__name__}.{name}")
    elif name == "__version__":
        from importlib.metadata import version

        value = version("derivax")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
