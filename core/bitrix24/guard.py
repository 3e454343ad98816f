"""Which addresses may be dialled: the check sits at the socket, because a host name proves nothing.

A portal's owner chooses its host name and what it resolves to. The name is resolved here, every answer is
checked, and the connection goes to the checked address, so a changed answer of DNS has nothing to race with.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

import httpcore

from core.bitrix24.evidence import Sign
from core.origins import Origin, PortalRule, is_allowed

Address = str
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]

#: An intranet, a test or the demo may open these; nothing opens what else is forbidden.
_PRIVATE: Final = tuple(
    ip_network(net)
    for net in ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
#: All IPv6 addresses of the internet are in here; addresses that wrap or translate IPv4 are mostly outside.
_INTERNET_6: Final = ip_network("2000::/3")
#: Own list, since `is_private` and `is_global` of the standard library miss several of these.
_NEVER: Final = tuple(
    ip_network(net)
    for net in (
        *("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)
_MOST_ADDRESSES: Final = 4


class RefusedToDial(httpcore.ConnectError):
    """The guard made no connection; the sign says why."""

    def __init__(self, sign: Sign) -> None:
        super().__init__(sign.value)
        self.sign = sign


def is_public(address: Address, *, allow_private: bool = False) -> bool:
    """Tell whether this literal address may be dialled; text that is no address may not."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip.scope_id is not None:
        return False
    if any(ip in net for net in _PRIVATE):
        return allow_private
    if isinstance(ip, IPv6Address) and ip not in _INTERNET_6:
        return False
    return not any(ip in net for net in _NEVER)


async def resolve(host: str, port: int) -> Sequence[Address]:
    """Ask the system's resolver; an unknown name has no addresses."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return [str(entry[4][0]) for entry in found]


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections to allowed addresses only.

    Port 443 is open for all hosts, any other only for the origins that ``extra`` names.
    """

    def __init__(
        self,
        extra: Iterable[PortalRule] = (),
        *,
        allow_private: bool = False,
        resolver: Resolve = resolve,
        inner: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._extra = tuple(extra)
        self._allow_private = allow_private
        self._resolve = resolver
        self._inner = inner or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 — the signature is httpcore's
        local_address: str | None = None,  # noqa: ARG002 — the same; we have no address to prefer
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._addresses(host, port)
                return await self._first_that_answers(addresses, port, options=socket_options)
        except TimeoutError:
            raise httpcore.ConnectTimeout("the connection took too long") from None

    async def connect_unix_socket(self, *_args: object, **_options: object) -> httpcore.AsyncNetworkStream:
        raise RefusedToDial(Sign.ADDRESS_FORBIDDEN)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> Sequence[Address]:
        if port != 443 and not self._is_extra(host, port):
            raise RefusedToDial(Sign.ADDRESS_FORBIDDEN)
        addresses = list(dict.fromkeys(await self._resolve(host, port)))
        if not addresses:
            raise RefusedToDial(Sign.NO_ADDRESS)
        if not all(is_public(address, allow_private=self._allow_private) for address in addresses):
            raise RefusedToDial(Sign.ADDRESS_FORBIDDEN)
        # IPv4 first: many servers have an IPv6 address in DNS and no way to reach it.
        return sorted(addresses, key=lambda address: ":" in address)[:_MOST_ADDRESSES]

    async def _first_that_answers(
        self, addresses: Sequence[Address], port: int, *, options: Iterable[SocketOption] | None
    ) -> httpcore.AsyncNetworkStream:
        *others, last = addresses
        for address in others:
            try:
                return await self._inner.connect_tcp(address, port, socket_options=options)
            except httpcore.ConnectError:
                continue
        return await self._inner.connect_tcp(last, port, socket_options=options)

    def _is_extra(self, host: str, port: int) -> bool:
        name = f"[{host}]" if ":" in host else host.lower()
        return any(is_allowed(Origin(scheme, name, port), self._extra) for scheme in ("http", "https"))
