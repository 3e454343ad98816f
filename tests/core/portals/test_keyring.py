"""Secrets at rest: sealed per portal and per column, readable after a rotation, useless without the key."""

import pytest

from core.bitrix24.secret import Secret
from core.portals.keyring import Keyring, Unreadable, Vault

OLD, NEW, LOST = b"o" * 32, b"n" * 32, b"l" * 32
PLACE = "portal_user_token.access_token"


def vault(portal_id: str = "p1", keyring: Keyring | None = None) -> Vault:
    keyring = keyring or Keyring([NEW])
    return keyring.vault(keyring.new_data_key(portal_id), portal_id)


def test_a_sealed_secret_opens_again() -> None:
    box = vault()
    sealed = box.seal(Secret("токен"), PLACE)
    assert box.open(sealed, PLACE).reveal() == "токен"
    assert "токен".encode() not in sealed


def test_the_same_secret_never_looks_the_same() -> None:
    box = vault()
    assert box.seal(Secret("x"), PLACE) != box.seal(Secret("x"), PLACE)


def test_a_value_does_not_open_in_another_column() -> None:
    box = vault()
    with pytest.raises(Unreadable):
        box.open(box.seal(Secret("x"), PLACE), "portal_user_token.refresh_token")


def test_a_value_does_not_open_for_another_portal() -> None:
    box = vault("p1")
    with pytest.raises(Unreadable):
        Vault("p2", box.key).open(box.seal(Secret("x"), PLACE), PLACE)
    with pytest.raises(Unreadable):
        vault("p2").open(box.seal(Secret("x"), PLACE), PLACE)


@pytest.mark.parametrize("place", [0, 9, 25, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    box = vault()
    sealed = bytearray(box.seal(Secret("secret"), PLACE))
    sealed[place] ^= 1
    with pytest.raises(Unreadable):
        box.open(bytes(sealed), PLACE)


@pytest.mark.parametrize("sealed", [b"", b"short", b"x" * 19, b"x" * 20])
def test_rubbish_is_unreadable(sealed: bytes) -> None:
    with pytest.raises(Unreadable):
        vault().open(sealed, PLACE)


def test_a_data_key_belongs_to_its_portal() -> None:
    keyring = Keyring([NEW])
    with pytest.raises(Unreadable):
        keyring.vault(keyring.new_data_key("p1"), "p2")


def test_rotation_keeps_old_values_readable_and_then_needs_the_old_key_no_more() -> None:
    before = Keyring([OLD])
    data_key = before.new_data_key("p1")
    sealed = before.vault(data_key, "p1").seal(Secret("x"), PLACE)

    both = Keyring([NEW, OLD])
    assert both.vault(data_key, "p1").open(sealed, PLACE).reveal() == "x"
    rewrapped = both.rewrapped(data_key, "p1")
    assert rewrapped is not None
    assert both.rewrapped(rewrapped, "p1") is None

    after = Keyring([NEW])
    assert after.vault(rewrapped, "p1").open(sealed, PLACE).reveal() == "x"
    with pytest.raises(Unreadable):
        after.vault(data_key, "p1")


def test_fingerprints_are_compared_under_every_key() -> None:
    stored = Keyring([OLD]).fingerprint(b"token")
    both = Keyring([NEW, OLD])
    assert both.matches(stored, b"token")
    assert not both.matches(stored, b"tokem")
    assert not both.is_current(stored)
    assert both.is_current(both.fingerprint(b"token"))
    assert both.matches(both.fingerprint(b"token"), b"token")


@pytest.mark.parametrize("stored", [None, "", "nonsense", "00:11"])
def test_nothing_matches_what_is_not_stored(stored: str | None) -> None:
    assert not Keyring([NEW]).matches(stored, b"token")
    assert not Keyring([NEW]).matches(stored, b"")


def test_a_fingerprint_under_a_lost_key_matches_nothing() -> None:
    assert not Keyring([NEW]).matches(Keyring([LOST]).fingerprint(b"token"), b"token")


@pytest.mark.parametrize("given", [b"", b"\xff\xfe", "тест".encode(), b"a" * 100_000])
def test_any_bytes_may_be_compared(given: bytes) -> None:
    keyring = Keyring([NEW])
    assert not keyring.matches(keyring.fingerprint(b"token"), given)


def test_a_fingerprint_does_not_show_the_token() -> None:
    assert "token" not in Keyring([NEW]).fingerprint(b"token")


def test_a_vault_does_not_show_its_key() -> None:
    assert "n" * 8 not in repr(vault())


@pytest.mark.parametrize("keys", [[], [b"short"], [NEW, b"x" * 31]])
def test_a_keyring_needs_whole_keys(keys: list[bytes]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Keyring(keys)
