"""Writing files so that a reader sees the old content or the new one, never half of it.

Main definitions: `write_atomically`.
"""

from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path

from derivax.errors import InputError

__all__ = ["write_atomically"]


def write_atomically(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Write `content` to `path` (text as UTF-8): a neighbour first, then one rename.

    Returns:
        the path that was written.

    Raises:
        InputError: the folder does not exist or cannot be written, or `path` is a folder.

    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> write_atomically(folder + "/note.txt", "u = s").read_text()
    'u = s'
    >>> [entry.name for entry in Path(folder).iterdir()]
    ['note.txt']
    """
    path = Path(path)
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        # a link is followed: its target is replaced, and the link stays a link
        target = path.resolve()
        if target.exists() and not target.is_file():  # /dev/null, a pipe: nothing to replace
            target.write_bytes(data)
            return path
        draft = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                draft.chmod(target.stat().st_mode & 0o7777)
            draft.replace(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(
            str(path), f"cannot be written ({reason.lower()})", "name a file in an existing folder"
        ) from error
    return path
