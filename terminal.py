"""What the command line shows: text for pipes and files, tables and colours for terminals.

rich decides by the stream and honours NO_COLOR; a pipe or a file gets no escape codes.

Main definitions: `emit`, `emit_json`, `emit_table`, `emit_certificate`, `busy`,
`level_progress`, `complain`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from derivax.writing import write_atomically

if TYPE_CHECKING:
    from derivax.numeric.verify.certificate import Certificate

__all__ = [
    "busy",
    "complain",
    "emit",
    "emit_certificate",
    "emit_json",
    "emit_table",
    "level_progress",
]

T = TypeVar("T")
_END = object()


def emit(text: str, path: Path | None = None) -> None:
    """Write text to `path`, or to standard output."""
    text = text.rstrip("\n") + "\n"
    if path is None:
        sys.stdout.write(text)
    else:
        write_atomically(path, text)


def emit_json(value: Any, path: Path | None = None) -> None:
    """Write a JSON text."""
    emit(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False), path)


def emit_table(
    head: tuple[str, ...], rows: Sequence[tuple[str, ...]], path: Path | None = None
) -> None:
    """A table: with a coloured head on a terminal, as aligned columns for a pipe or a file."""
    if path is None and sys.stdout.isatty():
        from rich.console import Console
        from rich.table import Table

        table = Table(*head, box=None, header_style="bold cyan", pad_edge=False)
        for row in rows:
            table.add_row(*row)
        Console(markup=False, highlight=False).print(table)
        return
    widths = [max(len(row[i]) for row in rows) for i in range(len(head) - 1)]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        lines.append("  ".join([*cells, row[-1]]))
    emit("\n".join(lines), path)


def emit_certificate(certificate: Certificate) -> None:
    """Show one certificate: as a table on a terminal, else one line with its witness below."""
    if sys.stdout.isatty():
        from rich.console import Console

        Console(highlight=False).print(certificate)
        return
    lines = [str(certificate)]
    if certificate.witness is not None:
        named = ", ".join(f"{name} = {value}" for name, value in certificate.witness.items())
        lines.append(f"  witness: {named}")
    lines += [f"  assumes: {assumption}" for assumption in certificate.assumptions]
    emit("\n".join(lines))
    sys.stdout.flush()


def busy(doing: str, items: Iterable[T]) -> Iterator[T]:
    """The items; while one is being made, a terminal says so."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console

    console = Console(stderr=True)
    source = iter(items)
    while True:
        with console.status(f"{doing} ..."):
            item = next(source, _END)
        if item is _END:
            return
        yield item  # type: ignore[misc]


def level_progress() -> Callable[[str, Any], None] | None:
    """Tells a terminal each finished level of a verification; None where nobody watches."""
    if not sys.stderr.isatty():
        return None

    def tell(name: str, level: Any) -> None:
        print(f"  {name} {level.outcome}", file=sys.stderr, flush=True)

    return tell


def complain(message: str) -> None:
    """One printable line on standard error."""
    line = " ".join(message.split())
    line = "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)
    print(f"derivax: {line[:1000]}", file=sys.stderr)
