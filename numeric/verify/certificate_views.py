"""How a certificate looks: one line, a table for terminals, a table for notebooks.

Main definitions: `badge`, `table`, `html`.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from derivax.symbolic.exact.outcome import Outcome

if TYPE_CHECKING:
    from derivax.numeric.verify.certificate import Certificate, Figure, Level

__all__ = ["badge", "html", "table"]

_LEVEL_TITLES = {
    "L0": "formula follows from its problem",
    "L1": "values against exact arithmetic",
    "L2": "derivatives against exact arithmetic",
    "L3": "sound enclosure on a box",
    "L4": "original system simulated",
}


def badge(certificate: Certificate) -> str:
    """One line: verdict, claim, and the outcome of each level with its leading figure."""
    parts = [f"{certificate.verdict}: {certificate.claim}"]
    for name, level in certificate.levels.items():
        if level.outcome is Outcome.NOT_APPLICABLE:
            continue
        leading = ", ".join(f"{key} {figure}" for key, figure in _leading(level))
        parts.append(f"{name} {level.outcome}" + (f" ({leading})" if leading else ""))
    return " | ".join(parts)


def table(certificate: Certificate) -> Any:
    """The levels as a table of rich."""
    from rich.markup import escape as plain
    from rich.table import Table

    colour = {"verified": "green", "refuted": "red"}.get(certificate.verdict, "yellow")
    verdict = f"[{colour}]{certificate.verdict}[/{colour}]"
    table = Table(
        title=f"{plain(certificate.name)}: {verdict}, {plain(certificate.claim)}",
        title_justify="left",
    )
    for heading in ("level", "outcome", "figures", "detail"):
        table.add_column(heading, overflow="fold")
    for name, level in certificate.levels.items():
        figures = "\n".join(f"{key}: {figure}" for key, figure in level.figures.items())
        detail = level.detail + ("\n" + _witness_text(level.witness) if level.witness else "")
        cells = (f"{name} {_LEVEL_TITLES[name]}", str(level.outcome), figures, detail)
        table.add_row(*(plain(cell) for cell in cells))
    if certificate.assumptions:
        table.caption = plain("assumes " + "; ".join(certificate.assumptions))
    return table


def html(certificate: Certificate) -> str:
    """The levels as a table in HTML."""
    rows = []
    for name, level in certificate.levels.items():
        figures = "; ".join(f"{key}: {figure}" for key, figure in level.figures.items())
        detail = level.detail + ("; " + _witness_text(level.witness) if level.witness else "")
        cells = (f"{name} {_LEVEL_TITLES[name]}", str(level.outcome), figures, detail)
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    heading = escape(f"{certificate.name}: {certificate.verdict}, {certificate.claim}")
    listed = "; ".join(certificate.assumptions)
    assumed = escape(f"assumes {listed}") if listed else ""
    return f"<table><caption>{heading}</caption>{''.join(rows)}</table><p>{assumed}</p>"


def _leading(level: Level) -> list[tuple[str, Figure]]:
    """The figures of the badge: the worst errors and resolutions."""
    return [
        (name, figure)
        for name, figure in level.figures.items()
        if name.startswith(("max", "resolution"))
    ]


def _witness_text(witness: Mapping[str, Any]) -> str:
    return "witness " + ", ".join(f"{key} = {value}" for key, value in witness.items())
