"""The one place where HTTP leaves this service."""

from __future__ import annotations

import asyncio
import logging
import ssl
import zlib
from collections.abc import Iterable
from datetime import datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final, Self

import httpcore
import httpx

from core.bitrix24.evidence import Sign
from core.bitrix24.exchange import HttpAnswer, LostAnswer, Media, NotSentError, exchange_error
from core.bitrix24.guard import GuardedBackend, RefusedToDial, Resolve, resolve
from core.origins import BadOrigin, Origin, PortalRule, is_allowed

CONNECT_SECONDS: Final = 5.0
DEADLINE_SECONDS: Final = 75.0
MOST_BYTES: Final = 4 * 1024 * 1024

#: Codes of OpenSSL's certificate check (X509_V_ERR_*).
_CERTIFICATE_SIGNS: Final = {
    9: Sign.CERTIFICATE_EXPIRED,
    10: Sign.CERTIFICATE_EXPIRED,
    62: Sign.CERTIFICATE_OF_ANOTHER,
    64: Sign.CERTIFICATE_OF_ANOTHER,
}
_WINDOW_BITS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class Transport:
    """Posts to portals and to the OAuth host, and to nothing else.

    No proxy of the environment, no redirects, no cookies, certificates checked, answers capped at 4 MB,
    each exchange done within 75 seconds. ``extra`` names the origins allowed besides https on port 443;
    ``allow_private`` opens loopback and private networks. Close it when done.
    """

    def __init__(
        self,
        extra: Iterable[PortalRule] = (),
        *,
        allow_private: bool = False,
        resolver: Resolve = resolve,
        tls: ssl.SSLContext | None = None,
        deadline: float = DEADLINE_SECONDS,
    ) -> None:
        self._extra = tuple(extra)
        self._deadline = deadline
        backend = GuardedBackend(self._extra, allow_private=allow_private, resolver=resolver)
        self._client = httpx.AsyncClient(
            transport=_Wire(backend, tls or httpx.create_ssl_context(trust_env=False)),
            headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "dezhurny"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            trust_env=False,
        )
        # They write whole addresses at INFO and whole headers at DEBUG.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._client.aclose()

    async def post(self, url: str, body: bytes, *, media: Media = Media.JSON, read_for: float) -> HttpAnswer:
        """Send one POST; see `exchange.Posts`."""
        if not self._may_call(url):
            raise NotSentError(Sign.ADDRESS_FORBIDDEN)
        patience = httpx.Timeout(read_for, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS)
        try:
            async with asyncio.timeout(self._deadline):
                return await self._exchange(url, body, media=media, patience=patience)
        except TimeoutError:
            raise LostAnswer(Sign.DEADLINE) from None
        except httpx.HTTPError as trouble:
            raise exchange_error(_sign_of(trouble)) from None

    def _may_call(self, url: str) -> bool:
        try:
            parts = httpx.URL(url)
            origin = Origin.parse(f"{parts.scheme}://{parts.netloc.decode()}")
        except (httpx.InvalidURL, BadOrigin):
            return False
        if parts.userinfo:
            return False
        return (origin.scheme == "https" and origin.port == 443) or is_allowed(origin, self._extra)

    async def _exchange(self, url: str, body: bytes, *, media: Media, patience: httpx.Timeout) -> HttpAnswer:
        headers = {"Content-Type": media.value}
        async with self._client.stream("POST", url, content=body, headers=headers, timeout=patience) as response:
            raw = bytearray()
            async for chunk in response.aiter_raw():
                raw += chunk
                if len(raw) > MOST_BYTES:
                    raise LostAnswer(Sign.TOO_LARGE)
            encoding = response.headers.get("content-encoding", "identity").strip().lower()
            return HttpAnswer(
                response.status_code,
                _plain(bytes(raw), encoding),
                _seconds(response.headers.get("retry-after")),
                _moment(response.headers.get("date")),
            )


class _Wire(httpx.AsyncHTTPTransport):
    """httpx over sockets opened by our guard; httpx itself offers no way to name a network backend."""

    def __init__(self, backend: GuardedBackend, tls: ssl.SSLContext) -> None:
        # A connection that a server closed while it lay idle makes the fate of a write doubtful, hence 4 seconds.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=200,
            max_keepalive_connections=50,
            keepalive_expiry=4.0,
            retries=0,
            network_backend=backend,
        )


def _sign_of(trouble: httpx.HTTPError) -> Sign:
    match trouble:
        case httpx.ConnectTimeout():
            return Sign.CONNECT_TIMEOUT
        case httpx.PoolTimeout():
            return Sign.NO_FREE_CONNECTION
        case httpx.ConnectError():
            return _why_not_connected(trouble)
        case httpx.TimeoutException():
            return Sign.READ_TIMEOUT
        case httpx.ProtocolError():
            return Sign.PROTOCOL_BROKEN
        case _:
            return Sign.CONNECTION_LOST


def _why_not_connected(trouble: BaseException) -> Sign:
    cause: BaseException | None = trouble
    seen: set[int] = set()
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        if isinstance(cause, RefusedToDial):
            return cause.sign
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _CERTIFICATE_SIGNS.get(cause.verify_code, Sign.CERTIFICATE_UNTRUSTED)
        if isinstance(cause, ssl.SSLError):
            return Sign.TLS_FAILED
        cause = cause.__cause__ or cause.__context__
    return Sign.CONNECT_FAILED


def _plain(raw: bytes, encoding: str) -> bytes:
    """Undo a compression that we did not ask for, without trusting its ratio."""
    if encoding in {"", "identity"}:
        return raw
    if encoding not in _WINDOW_BITS:
        raise LostAnswer(Sign.UNREADABLE_ENCODING)
    unpacker = zlib.decompressobj(_WINDOW_BITS[encoding])
    try:
        body = unpacker.decompress(raw, MOST_BYTES + 1)
    except zlib.error:
        raise LostAnswer(Sign.UNREADABLE_ENCODING) from None
    if len(body) > MOST_BYTES:
        raise LostAnswer(Sign.TOO_LARGE)
    if not unpacker.eof:
        raise LostAnswer(Sign.UNREADABLE_ENCODING)
    return body


def _seconds(header: str | None) -> float | None:
    if header is None or not (header.isascii() and header.isdigit() and len(header) <= 6):
        return None
    return float(header)


def _moment(header: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None
