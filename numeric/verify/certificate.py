"""Certificates: what was claimed, what was proved and measured, and what a re-check needs.

A certificate is an immutable value with a JSON form (schema version 1, `numeric/verify/schema.py`).
Every figure says what kind of number it is: `exact`, a `bound`, or `measured`.  The verdict follows
from the levels and is recomputed when a certificate is read; a file whose verdict does not follow
from its own levels is refused.

Main definitions: `Certificate`, `Level`, `Figure`, `read_certificates`, `write_certificates`.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from derivax.errors import CertificateError
from derivax.numeric.verify import certificate_views as views
from derivax.numeric.verify.reading import loads, read_text
from derivax.numeric.verify.schema import (
    CERTIFICATE,
    COLLECTION,
    FIGURE_KINDS,
    LEVELS,
    SCHEMA_VERSION,
    violation,
)
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.terms.limits import shown
from derivax.writing import write_atomically

__all__ = [
    "CODE_IS_FORMULA",
    "CODE_IS_SOLUTION",
    "PROFILES",
    "STEPS_FOLLOW",
    "Certificate",
    "Figure",
    "Level",
    "content_digest",
    "read_certificates",
    "source_digest",
    "write_certificates",
]

PROFILES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "quick": ("L0", "L1"),
        "standard": ("L0", "L1", "L2", "L4"),
        "full": ("L0", "L1", "L2", "L3", "L4"),
    }
)
CODE_IS_FORMULA = "code = formula"
CODE_IS_SOLUTION = "code = formula = solution of the problem"
STEPS_FOLLOW = "every step follows from the problem"

def source_digest(source: str) -> str:
    """The sha256 of a source text, in hexadecimal."""
    return sha256(source.encode("utf-8")).hexdigest()


def content_digest(data: Mapping[str, Any]) -> str:
    """The sha256 of a certificate's JSON form without its own entry "sha256".

    Over the canonical text: keys sorted, no spaces, everything outside ASCII escaped.
    """
    content = {key: part for key, part in data.items() if key != "sha256"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return sha256(text.encode("ascii")).hexdigest()


def _frozen(value: Any) -> Any:
    """The JSON value with read-only mappings and tuples."""
    if isinstance(value, Mapping):
        return MappingProxyType({str(key): _frozen(part) for key, part in value.items()})
    if isinstance(value, (list, tuple)):
        return tuple(_frozen(part) for part in value)
    return value


def _plain(value: Any) -> Any:
    """The JSON value with plain dicts and lists; non-finite numbers become words."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    return value


@dataclass(frozen=True)
class Figure:
    """A number with its unit and its kind: `exact`, `bound` or `measured`.

    >>> print(Figure(1.5, "ulp", "measured"))
    1.5 ulp
    """

    value: float
    unit: str
    kind: str

    def __post_init__(self) -> None:
        if self.kind not in FIGURE_KINDS:
            raise CertificateError(
                f"kind = {self.kind!r}", "a figure is exact, a bound or measured", ""
            )

    def __str__(self) -> str:
        number = f"{self.value:.3g}" if isinstance(self.value, float) else str(self.value)
        sign = "<= " if self.kind == "bound" else ""
        return f"{sign}{number} {self.unit}".rstrip()

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"value": _plain(self.value), "unit": self.unit, "kind": self.kind}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Figure:
        """The figure of a (validated) JSON form."""
        value = data["value"]
        return cls(float(value) if isinstance(value, str) else value, data["unit"], data["kind"])


@dataclass(frozen=True)
class Level:
    """The result of one verification level.

    `witness`, the point that refutes; `evidence`, what a re-check needs without a search (points in
    hexadecimal, steps, settings); both ready for JSON.
    """

    outcome: Outcome
    method: str
    detail: str = ""
    figures: Mapping[str, Figure] = field(default_factory=dict)
    witness: Mapping[str, Any] | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "figures", MappingProxyType(dict(self.figures)))
        object.__setattr__(self, "witness", _frozen(self.witness))
        object.__setattr__(self, "evidence", _frozen(self.evidence))

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "outcome": str(self.outcome),
            "method": self.method,
            "detail": self.detail,
            "figures": {name: figure.to_dict() for name, figure in self.figures.items()},
            "witness": _plain(self.witness),
            "evidence": _plain(self.evidence),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Level:
        """The level of a (validated) JSON form."""
        return cls(
            Outcome(data["outcome"]),
            data["method"],
            data["detail"],
            {name: Figure.from_dict(figure) for name, figure in data["figures"].items()},
            data.get("witness"),
            data.get("evidence", {}),
        )


@dataclass(frozen=True)
class Certificate:
    """What is known about one compiled formula: see the head of this file.

    `statement`: "text" for people; "formula", "args", "domain", "problem", "steps" as terms.
    `code`: source, sha256, function (None when nothing was compiled).  `levels`: L0 ... L4.
    """

    name: str
    statement: Mapping[str, Any]
    code: Mapping[str, str] | None
    environment: Mapping[str, str]
    profile: str
    levels: Mapping[str, Level]
    claim: str
    assumptions: tuple[str, ...]
    created: str
    seed: int

    def __post_init__(self) -> None:
        if self.profile not in PROFILES:
            raise CertificateError(
                f"profile = {self.profile!r}", "unknown", f"use one of {', '.join(PROFILES)}"
            )
        ordered = {name: self.levels[name] for name in LEVELS if name in self.levels}
        object.__setattr__(self, "levels", MappingProxyType(ordered))
        object.__setattr__(self, "statement", _frozen(self.statement))
        object.__setattr__(self, "code", None if self.code is None else _frozen(self.code))
        object.__setattr__(self, "environment", _frozen(self.environment))
        object.__setattr__(self, "assumptions", tuple(self.assumptions))

    def __reduce__(self) -> tuple[Any, ...]:
        return Certificate.from_dict, (self.to_dict(),)

    @property
    def verdict(self) -> str:
        """`refuted` if any level is; `verified` if every applicable level of the profile is
        established; else `incomplete`."""
        outcomes = {name: level.outcome for name, level in self.levels.items()}
        if Outcome.REFUTED in outcomes.values():
            return "refuted"
        counted = [outcomes.get(name, Outcome.NOT_RUN) for name in PROFILES[self.profile]]
        counted = [outcome for outcome in counted if outcome is not Outcome.NOT_APPLICABLE]
        if counted and all(outcome.established for outcome in counted):
            return "verified"
        return "incomplete"

    @property
    def verified(self) -> bool:
        """True when the verdict is `verified`."""
        return self.verdict == "verified"

    @property
    def witness(self) -> Mapping[str, Any] | None:
        """The witness of the first refuted level, or None."""
        for level in self.levels.values():
            if level.outcome is Outcome.REFUTED and level.witness is not None:
                return level.witness
        return None

    @property
    def badge(self) -> str:
        """One line: verdict, claim, and the outcome of each level with its leading figure."""
        return views.badge(self)

    def __str__(self) -> str:
        return f"{self.name}: {self.badge}"

    def __rich__(self) -> Any:
        return views.table(self)

    def _repr_html_(self) -> str:
        return views.html(self)

    # --- JSON ----------------------------------------------------------------------------------

    @property
    def digest(self) -> str:
        """The sha256 of the content; exported modules name their certificate by it."""
        return content_digest(self._content())

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, schema version 1, with the digest of everything else."""
        content = self._content()
        return {**content, "sha256": content_digest(content)}

    def _content(self) -> dict[str, Any]:
        return {
            "schema_version": SCHEMA_VERSION,
            "name": self.name,
            "statement": _plain(self.statement),
            "code": _plain(self.code),
            "environment": _plain(self.environment),
            "profile": self.profile,
            "levels": {name: level.to_dict() for name, level in self.levels.items()},
            "verdict": self.verdict,
            "claim": self.claim,
            "assumptions": list(self.assumptions),
            "created": self.created,
            "seed": self.seed,
        }

    def to_json(self) -> str:
        """The certificate as JSON text."""
        return json.dumps(self.to_dict(), indent=1, allow_nan=False, ensure_ascii=False) + "\n"

    @classmethod
    def from_dict(cls, data: Any, *, sealed: bool = False) -> Certificate:
        """The certificate of a JSON form.

        Raises: `CertificateError` where it breaks the schema, was changed after it was written (its
        digest differs), has a verdict that does not follow from its levels, or, with `sealed`, has
        no digest.
        """
        wrong = violation(data, CERTIFICATE)
        if wrong:
            raise CertificateError("certificate", wrong, "write it with derivax verify -o FILE")
        recorded = data.get("sha256")
        if recorded is None and sealed:
            raise CertificateError(
                f"certificate of {shown(data['name'])}",
                "holds no sha256 of its content",
                "verify again",
            )
        found = content_digest(data)
        if recorded is not None and recorded != found:
            raise CertificateError(
                f"certificate of {shown(data['name'])}",
                f"was changed after it was written: its content has sha256 {found[:12]}..., "
                f"recorded is {shown(recorded[:12])}...",
                "verify again",
            )
        made = cls(
            name=data["name"],
            statement=data["statement"],
            code=data["code"],
            environment=data["environment"],
            profile=data["profile"],
            levels={name: Level.from_dict(level) for name, level in data["levels"].items()},
            claim=data["claim"],
            assumptions=tuple(data["assumptions"]),
            created=data["created"],
            seed=data["seed"],
        )
        if made.verdict != data["verdict"]:
            raise CertificateError(
                f"certificate of {shown(made.name)}",
                f"its verdict says {data['verdict']}, its levels say {made.verdict}",
                "",
            )
        return made

    @classmethod
    def from_json(cls, text: str) -> Certificate:
        """The certificate of a JSON text; raises `CertificateError`."""
        return cls.from_dict(loads(text, "certificate"))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the certificate to `path`, atomically."""
        return write_atomically(path, self.to_json())


def read_certificates(
    path: str | os.PathLike[str], *, sealed: bool = False
) -> tuple[Certificate, ...]:
    """The certificates of a file: a single one, or {"schema_version", "certificates": [...]}.

    Raises `CertificateError` when the file cannot be read or breaks the schema; with `sealed`, also
    when a certificate holds no digest of its content.
    """
    data = loads(read_text(path), str(path))
    if isinstance(data, dict) and "certificates" in data:
        if isinstance(data["certificates"], list):
            wrong = violation({**data, "certificates": []}, COLLECTION)
        else:
            wrong = "its certificates are not a list"
        if wrong:
            raise CertificateError(str(path), wrong, "")
        return tuple(Certificate.from_dict(part, sealed=sealed) for part in data["certificates"])
    return (Certificate.from_dict(data, sealed=sealed),)


def write_certificates(path: str | os.PathLike[str], certificates: Iterable[Certificate]) -> Path:
    """Write {"schema_version", "certificates": [...]} to `path`, atomically."""
    data = {
        "schema_version": SCHEMA_VERSION,
        "certificates": [certificate.to_dict() for certificate in certificates],
    }
    return write_atomically(path, json.dumps(data, indent=1, allow_nan=False) + "\n")
