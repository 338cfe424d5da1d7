"""The file of a saved function: what it holds, and how it is read with suspicion.

A file is a zip archive without compression: `derivax.json` (names, shapes, layout, formula as a
term, digests) and one member `<dtype>/<part>` per exported function, as `jax.export` serialises it.
The parts: `values`, and of scalar formulas `first` and `second`, all partial derivatives.

Main definitions: `write`, `read`, `FORMAT`, `VERSION`.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from derivax.errors import InputError, MissingExtra
from derivax.writing import write_atomically

__all__ = ["FORMAT", "VERSION", "read", "require_flatbuffers", "write"]

FORMAT, VERSION = "derivax-function", 1
_HEAD = "derivax.json"
_MOST_BYTES, _MOST_MEMBERS, _LONGEST_HEAD = 2**30, 64, 2**25
_KEYS = {"format", "version", "name", "arguments", "layout", "dtype", "matrices", "members"}


def require_flatbuffers() -> None:
    """jax.export writes and reads its files with the package flatbuffers."""
    try:
        import flatbuffers  # noqa: F401
    except ImportError:
        raise MissingExtra("saving and loading functions", "save") from None


def write(
    path: str | os.PathLike[str], head: Mapping[str, Any], parts: Mapping[str, bytes]
) -> Path:
    """Write the file, whole or not at all."""
    members = {name: sha256(data).hexdigest() for name, data in parts.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        text = json.dumps({**head, "members": members}, indent=1, sort_keys=True)
        for name, data in {_HEAD: text.encode(), **parts}.items():
            # a fixed time: the same function gives the same file
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return write_atomically(path, stream.getvalue())


def read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Head and parts of a file.

    Raises: `InputError` with one line when it is no such file, is damaged, or of another version.
    """
    try:
        if not Path(path).is_file():
            raise _unusable(path, "there is no such file")
        if Path(path).stat().st_size > _MOST_BYTES:
            raise _unusable(path, f"is larger than {_MOST_BYTES >> 20} MiB")
        with zipfile.ZipFile(path) as archive:
            return _members(path, archive)
    except InputError:
        raise
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "damaged, or something else"
        raise _unusable(path, f"is not a saved function ({reason})") from None


def _members(
    path: str | os.PathLike[str], archive: zipfile.ZipFile
) -> tuple[dict[str, Any], dict[str, bytes]]:
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if len(infos) > _MOST_MEMBERS or len(set(names)) != len(names) or _HEAD not in names:
        raise _unusable(path, "is not a saved function (its members)")
    for info in infos:
        if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
            raise _unusable(path, "is compressed; a saved function is not")
    if archive.getinfo(_HEAD).file_size > _LONGEST_HEAD:
        raise _unusable(path, "has a head of unreasonable size")
    try:
        head = json.loads(archive.read(_HEAD))
    except (ValueError, RecursionError):
        raise _unusable(path, "has a head that is no JSON") from None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise _unusable(path, "is not a saved function (its head)")
    if head.get("version") != VERSION:
        raise _unusable(path, f"has a version that cannot be read; this derivax reads {VERSION}")
    if not head.keys() >= _KEYS or not isinstance(head["members"], dict):
        raise _unusable(path, "has a head that lacks entries")
    if set(head["members"]) != set(names) - {_HEAD}:
        raise _unusable(path, "lacks members, or has more than it says")
    parts = {}
    for name, digest in head["members"].items():
        parts[name] = archive.read(name)
        if sha256(parts[name]).hexdigest() != digest:
            raise _unusable(path, f"is damaged: {name[:40]} has another sha256 than recorded")
    return head, parts


def _unusable(path: str | os.PathLike[str], why: str) -> InputError:
    return InputError(str(path), why, "write it with derivax.save")
