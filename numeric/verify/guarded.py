"""Replays in a process of its own, with limited time and memory, for certificates that need limits.

A stored loop may never end, an allowed call may ask for all memory, a formula may need more digits
than there are: then this process ends, and its parent says so in one line.  The limits count the
processor time of this process, so that a busy machine does not refuse a good certificate.

Main definitions: `guarded_replay` (asks), `main` (answers: a certificate on standard input; on
standard output the certificate rechecked, or the three parts of an error).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from derivax.errors import CertificateError, DerivaxError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from derivax.numeric.verify.certificate import Certificate

__all__ = ["guarded_replay", "main"]

TRIAL_SECONDS = 20.0  # of processor time: reading, compiling the code, running it at one point
REPLAY_SECONDS = 400  # and all the rest
WALL_SECONDS = 3600
MEMORY = 12 * 2**30
_TOO_LONG = 77
_PROGRAM = "import sys; from derivax.numeric.verify.guarded import main; sys.exit(main())"


def guarded_replay(certificate: Certificate) -> Certificate:
    """The certificate replayed by another process.

    Raises: `CertificateError` when that process refuses the certificate, or ends for want of time
    or memory.
    """
    from derivax.numeric.verify.certificate import Certificate
    from derivax.numeric.verify.reading import loads

    name = f"certificate of {certificate.name[:60]!r}"
    environment = {**os.environ, "JAX_PLATFORMS": os.environ.get("JAX_PLATFORMS", "cpu")}
    try:
        run = subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            input=certificate.to_json().encode(),
            capture_output=True,
            timeout=WALL_SECONDS,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        raise CertificateError(name, "could not be rechecked in an hour", "") from None
    if run.returncode == _TOO_LONG:
        raise CertificateError(
            name, "its code or formula did not come to an end in time", "it is not rechecked"
        )
    if run.returncode != 0:
        raise CertificateError(
            name,
            f"its code or formula needs more memory than {MEMORY >> 30} GiB, or ends the process",
            "it is not rechecked",
        )
    answer = loads(run.stdout.decode("utf-8"), name)
    if "error" in answer:
        raise CertificateError(*answer["error"])
    return Certificate.from_dict(answer["certificate"], sealed=True)


def main() -> int:
    """Answer one question; see the head of this file."""
    _limit_memory()
    answer: dict[str, Any]
    # what the interpreter or XLA print must not end up in the answer
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        with _limited(float(os.environ.get("DERIVAX_TRIAL_SECONDS", TRIAL_SECONDS))):
            import jax

            jax.config.update("jax_enable_x64", True)
            from derivax.numeric.verify.certificate import Certificate
            from derivax.numeric.verify.replay import replay
            from derivax.numeric.verify.replay_trial import trial

            certificate = Certificate.from_json(sys.stdin.buffer.read().decode("utf-8"))
            trial(certificate)
        with _limited(REPLAY_SECONDS):
            answer = {"certificate": replay(certificate).to_dict()}
    except DerivaxError as error:
        answer = {"error": [error.given, error.why, error.instead]}
    except MemoryError:
        return 1
    except Exception as error:
        kind = type(error).__name__
        answer = {"error": ["the certificate", f"cannot be rechecked ({kind}: {error})", ""]}
    out.write(json.dumps(answer).encode())
    out.close()
    os._exit(0)  # whatever threads of an abandoned computation may still be at work


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # there are no such limits on this system
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """End the process when it has used this much processor time inside the block."""
    done = threading.Event()
    start = time.process_time()

    def watch() -> None:
        while not done.wait(0.2):
            if time.process_time() - start > seconds:
                os._exit(_TOO_LONG)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        done.set()
