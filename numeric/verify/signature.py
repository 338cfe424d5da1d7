"""Detached Ed25519 signatures of certificate files (extra `sign`: the package cryptography).

A recheck finds what is wrong with a certificate, whoever wrote it; what it cannot find is a whole
new certificate, honest in itself, for other code.  A signature adds who vouches for exactly these
bytes: the holder of the private key.  It says nothing about the mathematics.

Keys are files as other tools make and read them:

    openssl genpkey -algorithm ed25519 -out key.pem
    openssl pkey -in key.pem -pubout -out public.pem

(or `ssh-keygen -t ed25519 -N "" -f key`, which writes key and key.pub).

The signature is the text `base64(Ed25519(bytes of the file))`, so that without derivax

    base64 -d FILE.sig > raw
    openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in FILE -sigfile raw

checks it.

Main definitions: `sign`, `check_signature`.
"""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path
from typing import Any

from derivax.errors import CertificateError, InputError, MissingExtra
from derivax.writing import write_atomically

__all__ = ["check_signature", "sign"]

_LONGEST_KEY = 100_000


def sign(
    path: str | os.PathLike[str],
    key: str | os.PathLike[str],
    output: str | os.PathLike[str] | None = None,
) -> Path:
    """Sign the bytes of a certificate file.

    Args:
        path: the file; it must be readable as certificates.
        key: private Ed25519 key, PEM (PKCS 8) or OpenSSH, without a passphrase.
        output: where the signature goes (default: the file's name and `.sig`).

    Returns: the path of the signature.

    Raises: `InputError` when the key is none, `MissingExtra` without the package cryptography.
    """
    from derivax.numeric.verify.certificate import read_certificates

    read_certificates(path, sealed=True)  # what cannot be rechecked is not worth a signature
    private = _private_key(key)
    signed = base64.b64encode(private.sign(_bytes(path))).decode("ascii")
    return write_atomically(output if output is not None else f"{path}.sig", signed + "\n")


def check_signature(
    path: str | os.PathLike[str],
    signature: str | os.PathLike[str] | None,
    public_key: str | os.PathLike[str] | None,
) -> None:
    """Check that the holder of a key signed exactly the bytes of a file.

    Args:
        path: the file.
        signature: the file of the signature (default: the file's name and `.sig`).
        public_key: public Ed25519 key, PEM or one OpenSSH line.

    Raises: `CertificateError` when the signature is of other bytes or by another key; `InputError`,
    `MissingExtra`.
    """
    if public_key is None:
        raise InputError(
            f"signature {signature}", "is worth nothing without a key", "name the public key"
        )
    public = _public_key(public_key)
    place = signature if signature is not None else f"{path}.sig"
    try:
        raw = base64.b64decode(_bytes(place).strip(), validate=True)
    except (binascii.Error, ValueError):
        raise CertificateError(str(place), "is not a signature in base64", "") from None
    try:
        public.verify(raw, _bytes(path))
    except _cryptography().exceptions.InvalidSignature:
        raise CertificateError(
            str(path), f"its signature {place} is not by {public_key}, or of other bytes", ""
        ) from None


def _cryptography() -> Any:
    try:
        import cryptography.exceptions
        import cryptography.hazmat.primitives.serialization
    except ImportError:
        raise MissingExtra("a signature", "sign") from None
    return cryptography


def _bytes(path: str | os.PathLike[str], limit: int = 2**26) -> bytes:
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise InputError(str(path), f"cannot be read ({reason})", "") from None
    if len(data) > limit:
        raise InputError(str(path), f"is larger than {limit} bytes", "")
    return data


def _private_key(path: str | os.PathLike[str]) -> Any:
    serialization = _cryptography().hazmat.primitives.serialization
    data = _bytes(path, _LONGEST_KEY)
    load = (
        serialization.load_ssh_private_key
        if b"OPENSSH PRIVATE KEY" in data
        else serialization.load_pem_private_key
    )
    try:
        key = load(data, password=None)
    except Exception as error:  # the package raises many kinds, all about the file
        raise InputError(
            f"key {path}", f"is no private key without passphrase ({type(error).__name__})",
            "make one: openssl genpkey -algorithm ed25519 -out key.pem",
        ) from None  # fmt: skip
    return _ed25519(key, "Private", path)


def _public_key(path: str | os.PathLike[str]) -> Any:
    serialization = _cryptography().hazmat.primitives.serialization
    data = _bytes(path, _LONGEST_KEY)
    load = (
        serialization.load_ssh_public_key
        if data.lstrip().startswith(b"ssh-")
        else serialization.load_pem_public_key
    )
    try:
        key = load(data)
    except Exception as error:
        raise InputError(
            f"key {path}", f"is no public key ({type(error).__name__})",
            "write it with: openssl pkey -in key.pem -pubout",
        ) from None  # fmt: skip
    return _ed25519(key, "Public", path)


def _ed25519(key: Any, kind: str, path: str | os.PathLike[str]) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ed25519

    if not isinstance(key, getattr(ed25519, f"Ed25519{kind}Key")):
        raise InputError(f"key {path}", "is not an Ed25519 key", "")
    return key
