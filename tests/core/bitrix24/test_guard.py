"""What may be dialled: forbidden addresses in every spelling, and answers of DNS that change or mix."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from ipaddress import ip_address

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bitrix24.evidence import Sign
from core.bitrix24.guard import GuardedBackend, RefusedToDial, is_public, resolve
from core.origins import PortalRule

PUBLIC = "93.184.216.34"
FORBIDDEN = [
    *("127.0.0.1", "127.1", "127.255.255.254", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "0", "0.0.0.0"),
    *("10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.1", "100.64.0.1"),
    *("100.127.255.255", "169.254.169.254", "169.254.0.1", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1"),
    *("198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:93.184.216.34", "64:ff9b::7f00:1"),
    *("64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1", "fd00::1"),
    *("fe80::1", "fec0::1", "ff02::1", "127.0.0.1", "①27.0.0.1"),
]


class Sockets(httpcore.AsyncMockBackend):
    """Remembers what was dialled; some addresses do not answer."""

    def __init__(self, *, dead: Iterable[str] = (), hanging: Iterable[str] = ()) -> None:
        super().__init__([])
        self.dialled: list[str] = []
        self._dead = set(dead)
        self._hanging = set(hanging)

    async def connect_tcp(self, host: str, port: int, *_args: object, **_more: object) -> httpcore.AsyncNetworkStream:
        self.dialled.append(host)
        if host in self._hanging:
            await asyncio.Event().wait()
        if host in self._dead:
            raise httpcore.ConnectError("refused")
        return await super().connect_tcp(host, port)


class Names:
    """A resolver with prepared answers, one after the other."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def guard(sockets: Sockets, *answers: Sequence[str], allow_private: bool = False, extra: str = "") -> GuardedBackend:
    rules = [PortalRule.parse(extra)] if extra else []
    return GuardedBackend(rules, allow_private=allow_private, resolver=Names(*answers), inner=sockets)


@pytest.mark.parametrize("literal", FORBIDDEN)
async def test_a_forbidden_address_is_not_dialled_in_any_spelling(literal: str) -> None:
    sockets = Sockets()
    with pytest.raises(RefusedToDial) as caught:
        await GuardedBackend(inner=sockets).connect_tcp(literal, 443, timeout=5)
    assert caught.value.sign in {Sign.ADDRESS_FORBIDDEN, Sign.NO_ADDRESS}
    assert sockets.dialled == []


@pytest.mark.parametrize("literal", [PUBLIC, "1.1.1.1", "8.8.8.8", "2606:4700:4700::1111"])
async def test_a_public_address_is_dialled(literal: str) -> None:
    sockets = Sockets()
    await GuardedBackend(inner=sockets).connect_tcp(literal, 443, timeout=5)
    assert sockets.dialled == [literal]


@pytest.mark.parametrize(
    "answers",
    [
        [PUBLIC, "127.0.0.1"],
        ["127.0.0.1", PUBLIC],
        [PUBLIC, "1.1.1.1", "::1"],
        [PUBLIC, "fe80::1%eth0"],
        ["portal.example"],
        [""],
    ],
)
async def test_one_bad_address_forbids_the_whole_host(answers: list[str]) -> None:
    sockets = Sockets()
    with pytest.raises(RefusedToDial):
        await guard(sockets, answers).connect_tcp("portal.example", 443)
    assert sockets.dialled == []


async def test_the_checked_address_is_dialled_and_not_the_name() -> None:
    sockets = Sockets()
    await guard(sockets, [PUBLIC]).connect_tcp("portal.example", 443)
    assert sockets.dialled == [PUBLIC]


async def test_a_name_that_turns_private_is_refused_at_the_next_connect() -> None:
    sockets = Sockets()
    rebinding = guard(sockets, [PUBLIC], ["127.0.0.1"])
    await rebinding.connect_tcp("portal.example", 443)
    with pytest.raises(RefusedToDial):
        await rebinding.connect_tcp("portal.example", 443)
    assert sockets.dialled == [PUBLIC]


async def test_f_30_an_unknown_name_is_said_to_be_unknown() -> None:
    with pytest.raises(RefusedToDial) as caught:
        await guard(Sockets(), []).connect_tcp("portal.example", 443)
    assert caught.value.sign is Sign.NO_ADDRESS


@pytest.mark.parametrize("name", ["", "a" * 64 + ".example", "\ud800.example", "..", "no-such-name.invalid"])
async def test_a_name_that_is_none_has_no_addresses(name: str) -> None:
    assert list(await resolve(name, 443)) in ([], ["127.0.0.1"], ["::1", "127.0.0.1"])


@pytest.mark.parametrize("port", [0, 22, 80, 8080, 5432, 6379, 444])
async def test_other_ports_are_closed(port: int) -> None:
    sockets = Sockets()
    with pytest.raises(RefusedToDial):
        await guard(sockets, [PUBLIC], allow_private=True).connect_tcp("portal.example", port)
    assert sockets.dialled == []


@pytest.mark.parametrize(
    ("rule", "host", "port", "is_open"),
    [
        ("https://box.example:8443", "box.example", 8443, True),
        ("https://box.example:8443", "BOX.example", 8443, True),
        ("https://box.example:8443", "other.example", 8443, False),
        ("https://box.example:8443", "box.example", 8444, False),
        ("http://box.example", "box.example", 80, True),
        ("*.box.example:8443", "a.box.example", 8443, True),
        ("https://[2606:4700::1]:8443", "2606:4700::1", 8443, True),
    ],
)
async def test_an_origin_of_the_settings_opens_its_own_port(rule: str, host: str, port: int, is_open: bool) -> None:
    sockets = Sockets()
    opened = guard(sockets, [PUBLIC], extra=rule)
    if is_open:
        await opened.connect_tcp(host, port)
    else:
        with pytest.raises(RefusedToDial):
            await opened.connect_tcp(host, port)
    assert bool(sockets.dialled) == is_open


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "172.20.0.1", "192.168.7.7", "100.64.0.1", "::1", "fd00::1"]
)
async def test_private_networks_open_by_setting(address: str) -> None:
    sockets = Sockets()
    await guard(sockets, [address], allow_private=True).connect_tcp("box.example", 443)
    assert sockets.dialled == [address]


@pytest.mark.parametrize("address", ["169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "fe80::1", "::"])
async def test_and_nothing_opens_the_rest(address: str) -> None:
    with pytest.raises(RefusedToDial):
        await guard(Sockets(), [address], allow_private=True).connect_tcp("box.example", 443)


async def test_the_next_address_is_tried_when_one_refuses() -> None:
    sockets = Sockets(dead=["1.1.1.1"])
    await guard(sockets, ["2606:4700::1", "1.1.1.1", PUBLIC, PUBLIC]).connect_tcp("portal.example", 443)
    assert sockets.dialled == ["1.1.1.1", PUBLIC]


async def test_not_every_address_of_a_long_list_is_tried() -> None:
    many = [f"1.1.1.{number}" for number in range(100)]
    sockets = Sockets(dead=many)
    with pytest.raises(httpcore.ConnectError):
        await guard(sockets, many).connect_tcp("portal.example", 443)
    assert len(sockets.dialled) == 4


async def test_resolving_and_connecting_share_one_patience() -> None:
    with pytest.raises(httpcore.ConnectTimeout):
        await guard(Sockets(hanging=[PUBLIC]), [PUBLIC]).connect_tcp("portal.example", 443, timeout=0.01)

    async def never(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return ()

    with pytest.raises(httpcore.ConnectTimeout):
        await GuardedBackend(resolver=never, inner=Sockets()).connect_tcp("portal.example", 443, timeout=0.01)


async def test_unix_sockets_are_closed() -> None:
    with pytest.raises(RefusedToDial):
        await GuardedBackend(allow_private=True, inner=Sockets()).connect_unix_socket("/run/redis.sock")


@given(st.ip_addresses())
def test_what_the_standard_library_calls_private_is_never_public(address: object) -> None:
    ip = ip_address(str(address))
    if ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_reserved or ip.is_unspecified:
        assert not is_public(str(ip))


@given(st.text(max_size=20))
def test_any_text_may_be_asked_about(text: str) -> None:
    assert is_public(text) in {True, False}
