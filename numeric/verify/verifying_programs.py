"""verify for Programs: the levels in order, put together as a certificate.

Main definition: `verify_program`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from derivax.errors import DerivaxError, InputError
from derivax.numeric.verify.budget import Budget
from derivax.numeric.verify.certificate import PROFILES, Certificate, Level, source_digest
from derivax.numeric.verify.environment import environment
from derivax.numeric.verify.level_ground_truth import GroundTruth, ground_truth_level
from derivax.numeric.verify.program_levels import (
    claims_level,
    program_derivatives_level,
    program_values_level,
)
from derivax.numeric.verify.senseless import checked_seed
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.terms import to_term

__all__ = ["PROGRAM_KEEPS_ITS_CLAIMS", "verify_program"]

PROGRAM_KEEPS_ITS_CLAIMS = "program = its reference, and keeps its claims to the derivations"


def verify_program(
    program: Any,
    *,
    profile: str = "standard",
    seed: int = 0,
    budget: float | str | None = None,
    ground_truth: GroundTruth | None = None,
    progress: Callable[[str, Level], None] | None = None,
) -> Certificate:
    """Claims (L0), values over shapes (L1), derivatives (L2), the original system (L4).

    L3 does not apply to array programs.  Returns a `Certificate`; see `verify`.
    """
    if profile not in PROFILES:
        raise InputError(f"profile = {profile!r}", "unknown", f"use one of {', '.join(PROFILES)}")
    checked_seed(seed)
    allowance = Budget(budget)

    def truth() -> Level:
        if not ground_truth:
            return Level(Outcome.NOT_APPLICABLE, "", "no ground truth is known for this program")
        return ground_truth_level(program, ground_truth)

    run: Mapping[str, Callable[[], Level]] = {
        "L0": lambda: claims_level(program),
        "L1": lambda: program_values_level(program, seed=seed),
        "L2": lambda: program_derivatives_level(program, seed=seed),
        "L3": lambda: Level(Outcome.NOT_APPLICABLE, "", "no sound enclosure of array programs"),
        "L4": truth,
    }
    levels: dict[str, Level] = {}
    for name in PROFILES[profile]:
        if allowance.is_spent:
            level = allowance.not_run()
        else:
            try:
                level = run[name]()
            except DerivaxError as error:
                level = Level(Outcome.OPEN, "", str(error))
        levels[name] = level
        if progress is not None:
            progress(name, level)
    source = program.source
    assumed = [a for d in program.derivations for a in d.assumptions]
    return Certificate(
        name=program.name,
        statement=_statement(program),
        code={"source": source, "sha256": source_digest(source), "function": program.entry},
        environment=environment(),
        profile=profile,
        levels=levels,
        claim=PROGRAM_KEEPS_ITS_CLAIMS,
        assumptions=tuple(dict.fromkeys(assumed)),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=seed,
    )


def _statement(program: Any) -> dict[str, Any]:
    """The declaration, with the kernels as terms and the steps that state them."""
    kernels = {}
    for name, compiled in program.kernels.items():
        try:
            kernels[name] = compiled.formula.to_json()
        except DerivaxError as error:
            kernels[name] = {"terms_missing": str(error)}
    statement: dict[str, Any] = {
        "text": f"{program.title}: {', '.join(map(str, program.arguments))} -> "
        f"{', '.join(map(str, program.results))}",
        "program": {
            "arguments": [_declared(a) for a in program.arguments],
            "results": [_declared(r) for r in program.results],
            "derivatives": program.derivatives,
            "derivations": [d.name for d in program.derivations],
            "claims": [{"says": c.says, "of": c.of} for c in program.claims],
        },
        "kernels": kernels,
    }
    try:
        statement["steps"] = [
            {
                "rule": step.rule.name,
                "premises": list(step.premises),
                "statement": str(step.statement),
                "term": to_term([step.statement.lhs, step.statement.rhs]),
            }
            for derivation in program.derivations
            for step in derivation.steps
        ]
    except DerivaxError as error:
        statement["terms_missing"] = str(error)
    return statement


def _declared(array: Any) -> dict[str, Any]:
    return {"name": array.name, "shape": list(array.shape), "title": array.title}
