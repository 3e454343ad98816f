"""Who is behind an access token: the OAuth host says which portal and user, the portal whether they administer it."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from core.bitrix24.calls import CallSink, RestCall
from core.bitrix24.client import PortalClient
from core.bitrix24.command import Answer, Command
from core.bitrix24.errors import NotSent, Refused, Revoked
from core.bitrix24.evidence import Sign
from core.bitrix24.exchange import Posts
from core.bitrix24.limits import Limiter
from core.bitrix24.oauth_answers import AppInfo
from core.bitrix24.secret import Secret
from core.bitrix24.tokens import FixedToken
from core.bitrix24.wire import as_bool_yn, as_dict, as_int, as_str
from core.origins import PortalRule
from core.portals.endpoints import EndpointNotAllowed, allowed_origin

PROVEN_FOR: Final = timedelta(minutes=5)
REFUSED_FOR: Final = timedelta(seconds=30)
_MOST_REMEMBERED: Final = 10_000

_QUESTIONS: Final = {"profile": Command("profile"), "app": Command("app.info")}


class NotProven(Exception):
    """The token does not prove what the request says: unknown, expired, of another application or portal."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A person of a portal, proven by the OAuth host; ``is_admin`` and the name by the portal itself.

    ``zone`` and ``portal_language`` are empty where the portal did not say.
    """

    member_id: str
    user_id: int
    is_admin: bool
    user_name: str
    origin: str
    client_endpoint: str
    oauth_host: str
    scope: str = ""
    portal_language: str = ""
    license: str = ""
    zone: str = ""


class Knows(Protocol):
    """What is asked of the OAuth host; see `core.bitrix24.oauth.OAuth`."""

    async def app_info(self, access: Secret) -> AppInfo | None: ...

    async def time_there(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class _Found:
    until: datetime
    what: Identity | NotProven | EndpointNotAllowed


@dataclass(slots=True)
class Identities:
    """Asks who somebody is, and remembers by the hash of the token: a proof for five minutes, a refusal for half.

    ``now`` is real time. ``record`` gets the requests to portals that are already installed.
    """

    oauth: Knows
    transport: Posts
    limiter: Limiter
    client_id: str
    rules: Iterable[PortalRule]
    now: Callable[[], datetime]
    record: CallSink | None = None
    _remembered: OrderedDict[bytes, _Found] = field(default_factory=OrderedDict)

    async def identify(self, access: Secret, member_id: str, *, portal_id: str | None = None) -> Identity:
        """Return who this is, if the token is one of that portal for our application.

        Raises NotProven, EndpointNotAllowed; TryLater and Suspended when the OAuth host or the portal cannot say.
        """
        key = hashlib.sha256(access.reveal().encode()).digest()
        found = self._remembered.get(key)
        if found is None or found.until <= self.now():
            found = await self._found(access, portal_id)
            self._remember(key, found)
        if not isinstance(found.what, Identity):
            raise found.what
        if found.what.member_id != member_id:
            raise NotProven("The token belongs to another portal.")
        return found.what

    async def _found(self, access: Secret, portal_id: str | None) -> _Found:
        try:
            return _Found(self.now() + PROVEN_FOR, await self._ask(access, portal_id))
        except (NotProven, EndpointNotAllowed) as refusal:
            return _Found(self.now() + REFUSED_FOR, refusal.with_traceback(None))

    async def _ask(self, access: Secret, portal_id: str | None) -> Identity:
        info = await self.oauth.app_info(access)
        if info is None or info.client_id != self.client_id or info.user_id is None:
            raise NotProven("The OAuth host does not know the token as one of ours.")
        origin = allowed_origin(info.client_endpoint, self.rules)
        answers = await self._portal_says(info, access, portal_id)
        profile = as_dict(answers["profile"].result)
        if not answers["profile"].ok or as_int(profile.get("ID")) != info.user_id:
            raise NotProven("The portal does not know the user of the token.")
        app = as_dict(answers["app"].result) if answers["app"].ok else {}
        return Identity(
            member_id=info.member_id,
            user_id=info.user_id,
            is_admin=as_bool_yn(profile.get("ADMIN")) is True,
            user_name=f"{as_str(profile.get('NAME'))} {as_str(profile.get('LAST_NAME'))}".strip()[:200],
            origin=str(origin),
            client_endpoint=info.client_endpoint,
            oauth_host=info.host,
            scope=",".join(sorted(info.scope)),
            portal_language=as_str(app.get("LANGUAGE_ID"))[:8].lower(),
            license=as_str(app.get("LICENSE"))[:40],
            zone=as_str(profile.get("TIME_ZONE"))[:64],
        )

    async def _portal_says(self, info: AppInfo, access: Secret, portal_id: str | None) -> dict[str, Answer]:
        client = PortalClient(
            FixedToken(info.client_endpoint, access),
            self.transport,
            limiter=self.limiter,
            lane=portal_id or info.member_id,
            record=self.record if self.record is not None and portal_id else _nowhere,
        )
        try:
            answers = await client.read(_QUESTIONS)
        except Revoked:
            raise NotProven("The portal does not take the token.") from None
        except Refused:
            raise NotProven("The portal refused to say whose token it is.") from None
        except NotSent as trouble:
            if trouble.evidence.sign is Sign.ADDRESS_FORBIDDEN:
                raise EndpointNotAllowed("The portal's address may not be dialled.") from None
            raise
        return {key: answers.get(key, Answer(error="missing")) for key in _QUESTIONS}

    def _remember(self, key: bytes, found: _Found) -> None:
        self._remembered[key] = found
        self._remembered.move_to_end(key)
        while len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.popitem(last=False)


def _nowhere(call: RestCall) -> None:
    """A stranger's portal has no log."""
