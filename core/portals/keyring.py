"""Secrets at rest: each portal has a data key, wrapped by a key that is not in the database.

A sealed value is ``key id (8 bytes) | nonce (12) | AES-256-GCM``; its additional data name the table, the column and
the portal, so that a value carried to another row does not open there.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.bitrix24.secret import Secret

_KEY_BYTES: Final = 32
_ID_BYTES: Final = 8
_NONCE_BYTES: Final = 12
_DATA_KEY: Final = "portal|data_key"


class Unreadable(Exception):
    """A stored secret cannot be opened with the present SECRET_KEYS."""


@dataclass(frozen=True, slots=True, repr=False)
class Vault:
    """Seals and opens the secrets of one portal."""

    portal_id: str
    key: bytes

    def seal(self, secret: Secret, place: str) -> bytes:
        """Encrypt for one ``table.column``."""
        return _seal(self.key, secret.reveal().encode(), _bound_to(place.replace(".", "|"), self.portal_id))

    def open(self, sealed: bytes, place: str) -> Secret:
        """Decrypt what was sealed for the same ``table.column`` of this portal; raises Unreadable."""
        return Secret(_open(self.key, sealed, _bound_to(place.replace(".", "|"), self.portal_id)).decode())


class Keyring:
    """The keys of SECRET_KEYS, the newest first: the first one wraps, all of them open."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != _KEY_BYTES for key in keys):
            raise ValueError("A keyring needs at least one key, and keys of 32 bytes.")
        self._keys: Final = {_id_of(key): key for key in keys}
        self._newest: Final = keys[0]
        self._peppers: Final = {_id_of(key).hex(): _mac(_derived(key, b"application_token")) for key in keys}
        self._pepper_id: Final = _id_of(keys[0]).hex()
        #: Compared with when there is nothing to compare with, so that both take the same time.
        self._nobody: Final = self.fingerprint(secrets.token_bytes(_KEY_BYTES))

    def new_data_key(self, portal_id: str) -> bytes:
        """Make a data key and return it wrapped."""
        return _seal(self._newest, secrets.token_bytes(_KEY_BYTES), _bound_to(_DATA_KEY, portal_id))

    def vault(self, data_key: bytes, portal_id: str) -> Vault:
        """Unwrap a data key; raises Unreadable."""
        return Vault(portal_id, self._unwrapped(data_key, portal_id))

    def rewrapped(self, data_key: bytes, portal_id: str) -> bytes | None:
        """Return the data key wrapped by the newest key, or None when it already is; raises Unreadable."""
        if not self.needs_older(data_key):
            return None
        return _seal(self._newest, self._unwrapped(data_key, portal_id), _bound_to(_DATA_KEY, portal_id))

    def needs_older(self, data_key: bytes) -> bool:
        """Tell whether a data key was wrapped by another key than the newest."""
        return data_key[:_ID_BYTES] != _id_of(self._newest)

    def fingerprint(self, token: bytes) -> str:
        """Return what is stored of an application_token: the id of the key and an HMAC under a pepper made of it."""
        return f"{self._pepper_id}:{_hmac(self._peppers[self._pepper_id], token)}"

    def matches(self, stored: str | None, token: bytes) -> bool:
        """Compare in constant time; nothing stored, or under a lost key, costs the same and never matches."""
        key_id, _, expected = (stored or self._nobody).partition(":")
        pepper = self._peppers.get(key_id)
        same = hmac.compare_digest(_hmac(pepper or self._peppers[self._pepper_id], token).encode(), expected.encode())
        return same and pepper is not None and bool(stored)

    def is_current(self, stored: str) -> bool:
        """Tell whether a fingerprint was made with the newest key."""
        return stored.startswith(f"{self._pepper_id}:")

    def _unwrapped(self, data_key: bytes, portal_id: str) -> bytes:
        key = self._keys.get(data_key[:_ID_BYTES])
        if key is None:
            raise Unreadable("A data key was wrapped by a key that SECRET_KEYS no longer holds.")
        return _unwrap(key, data_key, portal_id)


@lru_cache(maxsize=1024)
def _unwrap(key: bytes, data_key: bytes, portal_id: str) -> bytes:
    """Every call of a portal needs its data key; while portals call, theirs are at hand."""
    return _open(key, data_key, _bound_to(_DATA_KEY, portal_id))


def _seal(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _id_of(key) + nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def _open(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    nonce, body = sealed[_ID_BYTES : _ID_BYTES + _NONCE_BYTES], sealed[_ID_BYTES + _NONCE_BYTES :]
    if sealed[:_ID_BYTES] != _id_of(key):
        raise Unreadable("A stored secret was sealed with another key.")
    try:
        return AESGCM(key).decrypt(nonce, body, bound_to)
    except (InvalidTag, ValueError):
        raise Unreadable("A stored secret is damaged or belongs to another row.") from None


def _bound_to(place: str, portal_id: str) -> bytes:
    return f"{place}|{portal_id}".encode()


@lru_cache(maxsize=1024)
def _id_of(key: bytes) -> bytes:
    return _derived(key, b"id")[:_ID_BYTES]


def _derived(key: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, b"dezhurny " + purpose, hashlib.sha256)


def _mac(pepper: bytes) -> hmac.HMAC:
    return hmac.new(pepper, digestmod=hashlib.sha256)


def _hmac(pepper: hmac.HMAC, token: bytes) -> str:
    """Finish a copy: beginning anew lets other threads run, and under load waits for them to let go."""
    mac = pepper.copy()
    mac.update(token)
    return mac.hexdigest()
