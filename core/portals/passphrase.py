"""A text sealed with a passphrase, for a copy of the keys that may lie anywhere."""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_PURPOSE: Final = b"dezhurny backup keys"


class WrongPassphrase(Exception):
    """The text was sealed with another passphrase, or is damaged."""


def seal(text: str, passphrase: str) -> bytes:
    """Return ``salt (16 bytes) | nonce (12) | AES-256-GCM`` under a key that scrypt makes of the passphrase."""
    salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
    return salt + nonce + AESGCM(_key(passphrase, salt)).encrypt(nonce, text.encode(), _PURPOSE)


def unseal(sealed: bytes, passphrase: str) -> str:
    """Return the text; raises WrongPassphrase."""
    salt, rest = sealed[:_SALT_BYTES], sealed[_SALT_BYTES:]
    try:
        opened = AESGCM(_key(passphrase, salt)).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], _PURPOSE)
        return opened.decode()
    except (InvalidTag, ValueError):
        raise WrongPassphrase from None


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode())
