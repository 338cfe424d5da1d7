"""Does verification notice errors?  Planted ones, and what becomes of them.

A mutant is a statement of a derivation, or a line of generated code, with one change of the kind
people make: a sign, a factor, an exponent, two symbols swapped, a term lost, the wrong branch.  A
mutant counts only when exact arithmetic proves that it differs from the original at a point; then
verification has to refute it.  What it does not refute is a survivor, listed by name.

*Main definitions*: `Score`, `Mutant`, `statement_mutants`, `source_mutants`, `judge_derivation`,
`judge_source`.
"""

from __future__ import annotations

from derivax.numeric.verify.mutation.expressions import mutated
from derivax.numeric.verify.mutation.score import Mutant, Score
from derivax.numeric.verify.mutation.sources import judge_source, source_mutants
from derivax.numeric.verify.mutation.statements import judge_derivation, statement_mutants

__all__ = [
    "Mutant",
    "Score",
    "judge_derivation",
    "judge_source",
    "mutated",
    "source_mutants",
    "statement_mutants",
]
