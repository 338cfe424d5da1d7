"""recheck: recompute what a certificate claims, from the file alone.

A file passes four gates, each of which refuses it with one line: strict JSON (`reading`), schema
and digest (`certificate`), agreement of its parts (`consistency`), language of its source
(`stored_source`).  Only then its code runs, and its levels are replayed (`replay`): here when the
certificate is plain, else in a process of limited time and memory (`guarded`).  Nothing is compiled
anew, and nothing that generates code is imported.

This detects change and error.  Who changes a certificate can also compute its digest anew; only a
signature (`signature`) tells who wrote it.

Main definition: `recheck`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax

from derivax.errors import CertificateError, DerivaxError, InputError
from derivax.numeric.verify.automatic_truth import automatic_level
from derivax.numeric.verify.certificate import Certificate, Level, read_certificates
from derivax.numeric.verify.consistency import contradiction
from derivax.numeric.verify.guarded import guarded_replay
from derivax.numeric.verify.level_ground_truth import GroundTruth, ground_truth_level
from derivax.numeric.verify.level_problem import derivation_level
from derivax.numeric.verify.plainness import is_plain
from derivax.numeric.verify.replay import failed, replay, stored_code
from derivax.numeric.verify.signature import check_signature
from derivax.numeric.verify.stated import stated_formula, thawed
from derivax.numeric.verify.stored_source import checked_source
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.terms import to_term
from derivax.symbolic.terms.limits import shown

__all__ = ["Known", "recheck"]

_LONGEST_SOURCE = 1_000_000  # characters that are parsed without limits of memory
# name of a result or Program -> (its derivation, the simulator of its original system, its Program)
Known = Callable[[str], tuple[Derivation, GroundTruth | None, Any] | None]


def recheck(
    path: str | os.PathLike[str],
    *,
    full: bool = False,
    known: Known | None = None,
    signature: str | os.PathLike[str] | None = None,
    public_key: str | os.PathLike[str] | None = None,
) -> tuple[Certificate, ...]:
    """Recheck every certificate of a file (a single one, or {"schema_version", "certificates"}).

    Arguments: `full`, also derive named results again, step by step, and repeat the simulations;
    `known` tells them by name; `signature`, `public_key`, files: the signature is checked first.

    Returns: the certificates with the levels as they stand now; a level that fails is `refuted`,
    with what differs as its witness. Raises: `CertificateError` when the file is not a certificate,
    was changed after it was written, contradicts itself, holds source outside the language of
    generated code, or is not what was signed; `InputError` when `full` finds nothing to repeat.
    """
    if signature is not None or public_key is not None:
        check_signature(path, signature, public_key)
    certificates = read_certificates(path, sealed=True)
    found = []
    for number, certificate in enumerate(certificates):
        place = f"{path}: " if len(certificates) == 1 else f"{path}, certificate {number + 1}: "
        try:
            again = _recheck_one(certificate)
            found.append(_fully(certificate, again, known) if full else again)
        except CertificateError as error:
            raise CertificateError(f"{place}{error.given}", error.why, error.instead) from None
    return tuple(found)


def _recheck_one(certificate: Certificate) -> Certificate:
    wrong = contradiction(certificate)
    if wrong is not None:
        raise CertificateError(
            f"certificate of {shown(certificate.name)}", f"contradicts itself: {wrong}", ""
        )
    if certificate.code is not None and len(certificate.code["source"]) <= _LONGEST_SOURCE:
        checked_source(certificate.code)
    if is_plain(certificate):
        return replay(certificate)
    return guarded_replay(certificate)


# --- full ----------------------------------------------------------------------------------------


def _fully(recorded: Certificate, again: Certificate, known: Known | None) -> Certificate:
    """Also repeat what was derived and what was simulated."""
    subject = known(recorded.name) if known is not None else None
    formula = stated_formula(recorded)
    if subject is None and (formula is None or formula.solves is None):
        raise InputError(
            f"certificate of {shown(recorded.name)}",
            "is of no result of the catalogue: nothing can be derived or simulated again",
            "recheck it without full",
        )
    levels = dict(again.levels)
    truth = None
    if "program" in recorded.statement and subject is not None:
        return replace(again, levels=_full_program(recorded, levels, subject))
    if subject is not None:
        derivation, truth, _ = subject
        levels["L0"] = _derived(recorded, levels.get("L0"), derivation)
    level = levels.get("L4")
    if formula is not None and recorded.code is not None and again.verdict != "refuted":
        code = stored_code(recorded, formula)
        repeated = None
        if truth is not None:
            repeated = _attempt(lambda: ground_truth_level(code, truth))
        elif formula.solves is not None and level is not None and level.outcome.established:
            with jax.enable_x64(True):
                repeated = automatic_level(code, formula, seed=recorded.seed)
        if repeated is not None:
            levels["L4"] = _repeated(level, repeated)
    return replace(again, levels=levels)


def _full_program(
    recorded: Certificate, levels: dict[str, Level], subject: tuple[Any, Any, Any]
) -> dict[str, Level]:
    """Claims, values and simulation of a Program with the stored code."""
    from derivax.numeric.verify.replay_program import StoredProgram, full_program
    from derivax.numeric.verify.stored_source import stored_functions

    _, truth, program = subject
    if program is None or recorded.code is None or Outcome.REFUTED in [
        level.outcome for level in levels.values()
    ]:  # fmt: skip
        return levels
    function = stored_functions(recorded.code)[recorded.code["function"]]
    levels |= full_program(recorded, program, function)
    level = levels.get("L4")
    if truth is not None and level is not None:
        stored = StoredProgram(program, function)
        levels["L4"] = _repeated(level, _attempt(lambda: ground_truth_level(stored, truth)))
    return levels


def _attempt(simulate: Callable[[], Level]) -> Level:
    try:
        return simulate()
    except DerivaxError as error:
        return Level(Outcome.OPEN, "simulation", str(error))


def _derived(recorded: Certificate, level: Level | None, derivation: Derivation) -> Level:
    """The steps of the certificate are those of the derivation, and its obligations hold."""
    fresh = [
        {
            "rule": step.rule.name,
            "premises": list(step.premises),
            "statement": str(step.statement),
            "term": to_term([step.statement.lhs, step.statement.rhs]),
        }
        for step in derivation.steps
    ]
    steps: Any = thawed(recorded.statement.get("steps") or ())
    if len(steps) != len(fresh):
        return failed(level, f"it lists {len(steps)} steps, the derivation has {len(fresh)}")
    for number, (old, new) in enumerate(zip(steps, fresh, strict=True)):
        if old != new:
            why = f"step {number} is not that of the derivation: {new['statement']}"
            return failed(level, why)
    return derivation_level(derivation, derivation.formula)


def _repeated(recorded: Level | None, again: Level) -> Level:
    """The simulation of today; numbers that were recorded must be confirmed."""
    if recorded is None or not recorded.outcome.established:
        return again
    if not again.outcome.established:
        return again if again.outcome is Outcome.REFUTED else failed(recorded, again.detail)
    old = {(r["quantity"], str(r["setting"])): r for r in recorded.evidence["comparisons"]}
    for record in thawed(again.evidence["comparisons"]):
        before = old.get((record["quantity"], str(record["setting"])))
        if before is None:
            before = next((r for key, r in old.items() if key[0] == record["quantity"]), None)
        if before is None or len(before["measured"]) != len(record["measured"]):
            return failed(recorded, f"{record['quantity']}: was not recorded")
        pairs = zip(
            sorted(map(float.fromhex, before["measured"])),
            sorted(map(float.fromhex, record["measured"])),
            strict=True,
        )
        slack = max(float.fromhex(a) for a in (*record["allowed"], *before["allowed"]))
        for was, now in pairs:
            if not abs(was - now) <= 2 * slack:
                return failed(
                    recorded, f"{record['quantity']}: simulated {now!r}, recorded {was!r}"
                )
    return replace(again, method=f"{again.method}; simulated again")
