"""The JSON schema of certificates, version 1, and a checker for the part of JSON Schema it uses.

`CERTIFICATE` and `COLLECTION` are plain JSON Schema (draft 2020-12): any validator reads them.  The
checker here keeps the core free of a dependency; a test compares it with the `jsonschema` package.

Main definitions: `CERTIFICATE`, `COLLECTION`, `violation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.terms.limits import shown

__all__ = ["CERTIFICATE", "COLLECTION", "FIGURE_KINDS", "LEVELS", "VERDICTS", "violation"]

SCHEMA_VERSION = 1
LEVELS = ("L0", "L1", "L2", "L3", "L4")
VERDICTS = ("verified", "incomplete", "refuted")
FIGURE_KINDS = ("exact", "bound", "measured")

# JSON has no infinities and no NaN: they are written as words.
_NUMBER: dict[str, Any] = {
    "anyOf": [{"type": "number"}, {"enum": ["inf", "-inf", "nan"]}],
}
_FIGURE: dict[str, Any] = {
    "type": "object",
    "required": ["value", "unit", "kind"],
    "additionalProperties": False,
    "properties": {
        "value": _NUMBER,
        "unit": {"type": "string"},
        "kind": {"enum": list(FIGURE_KINDS)},
    },
}
_LEVEL: dict[str, Any] = {
    "type": "object",
    "required": ["outcome", "method", "detail", "figures"],
    "additionalProperties": False,
    "properties": {
        "outcome": {"enum": [str(outcome) for outcome in Outcome]},
        "method": {"type": "string"},
        "detail": {"type": "string"},
        "figures": {"type": "object", "additionalProperties": _FIGURE},
        "witness": {"anyOf": [{"type": "null"}, {"type": "object"}]},
        "evidence": {"type": "object"},
    },
}
CERTIFICATE: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "derivax certificate",
    "type": "object",
    "required": [
        "schema_version",
        "name",
        "statement",
        "code",
        "environment",
        "profile",
        "levels",
        "verdict",
        "claim",
        "assumptions",
        "created",
        "seed",
    ],
    "additionalProperties": False,
    "properties": {
        "schema_version": {"const": SCHEMA_VERSION},
        "name": {"type": "string"},
        "statement": {
            "type": "object",
            "required": ["text"],
            "properties": {"text": {"type": "string"}},
        },
        "code": {
            "anyOf": [
                {"type": "null"},
                {
                    "type": "object",
                    "required": ["source", "sha256", "function"],
                    "additionalProperties": False,
                    "properties": {
                        "source": {"type": "string"},
                        "sha256": {"type": "string"},
                        "function": {"type": "string"},
                    },
                },
            ]
        },
        "environment": {"type": "object", "additionalProperties": {"type": "string"}},
        "profile": {"enum": ["quick", "standard", "full"]},
        "levels": {
            "type": "object",
            "additionalProperties": False,
            "properties": dict.fromkeys(LEVELS, _LEVEL),
        },
        "verdict": {"enum": list(VERDICTS)},
        "claim": {"type": "string"},
        "assumptions": {"type": "array", "items": {"type": "string"}},
        "created": {"type": "string"},
        "seed": {"type": "integer"},
        # of everything else, in canonical spelling; a recheck demands it
        "sha256": {"type": "string"},
    },
}
COLLECTION: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "derivax certificates",
    "type": "object",
    "required": ["schema_version", "certificates"],
    "additionalProperties": False,
    "properties": {
        "schema_version": {"const": SCHEMA_VERSION},
        "certificates": {"type": "array", "items": CERTIFICATE},
    },
}

_TYPES: dict[str, Any] = {
    "object": Mapping,
    "array": (list, tuple),
    "string": str,
    "null": type(None),
}


def _has_type(value: Any, name: str) -> bool:
    if name in ("number", "integer"):  # a bool is an int in Python, not in JSON
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole or (name == "number" and isinstance(value, float))
    return isinstance(value, _TYPES[name])


def violation(value: Any, schema: Mapping[str, Any], place: str = "certificate") -> str | None:
    """The first violation of `schema` by a JSON value as one sentence, or None.

    >>> violation({"schema_version": 2, "certificates": []}, COLLECTION)
    'certificate.schema_version is 2, not 1'
    >>> violation({"schema_version": 1, "certificates": []}, COLLECTION) is None
    True
    """
    if "const" in schema and (value != schema["const"] or isinstance(value, bool)):
        return f"{place} is {shown(value)}, not {schema['const']!r}"
    if "enum" in schema and not (isinstance(value, str) and value in schema["enum"]):
        return f"{place} is {shown(value)}, not one of {', '.join(schema['enum'])}"
    if "type" in schema and not _has_type(value, schema["type"]):
        return f"{place} is not of type {schema['type']}"
    if "anyOf" in schema:
        found = [violation(value, option, place) for option in schema["anyOf"]]
        if None not in found:
            # the most telling complaint is about the last, most detailed alternative
            return found[-1]
    if isinstance(value, Mapping):
        for name in schema.get("required", ()):
            if name not in value:
                return f"{place} lacks {name!r}"
        known = schema.get("properties", {})
        rest = schema.get("additionalProperties", True)
        for name, part in value.items():
            inner = known.get(name, rest)
            if inner is False:
                return f"{place} holds an unknown entry {shown(name)}"
            if isinstance(inner, Mapping):
                found_inside = violation(part, inner, f"{place}.{name:.40}")
                if found_inside:
                    return found_inside
    if isinstance(value, (list, tuple)) and "items" in schema:
        for index, part in enumerate(value):
            found_inside = violation(part, schema["items"], f"{place}[{index}]")
            if found_inside:
                return found_inside
    return None
