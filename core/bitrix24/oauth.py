"""The OAuth host: whose token is this, and a new pair for an old one.

Only the hosts that the operator named are ever asked; an address from a portal's request never is. Tokens and the
client secret travel in the body of a POST, because addresses end up in logs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from core.bitrix24.codes import Meaning
from core.bitrix24.encoding import form_body
from core.bitrix24.errors import NotSent, Refused, Revoked, TryLater, Unavailable
from core.bitrix24.evidence import Evidence, Sign
from core.bitrix24.exchange import ExchangeError, HttpAnswer, Media, NotSentError, Posts
from core.bitrix24.oauth_answers import AppInfo, Tokens
from core.bitrix24.outcome import Outcome, Verdict, judge, parsed
from core.bitrix24.secret import Secret
from core.bitrix24.troubles import trouble_of

READ_SECONDS: Final = 15.0
#: A silent host is asked again after this, by one; until it answers everybody else is told at once.
SILENT_FOR: Final = timedelta(seconds=10)


class OAuth:
    """Asks the OAuth hosts on behalf of our application.

    ``now`` is real time: tokens do not follow a demo's clock.
    """

    def __init__(
        self,
        hosts: Sequence[str],
        client_id: str,
        client_secret: Secret,
        *,
        transport: Posts,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hosts = tuple(host.rstrip("/") for host in hosts)
        self._client_id = client_id
        self._client_secret = client_secret
        self._transport = transport
        self._now = now
        self._monotonic = monotonic
        self._silent_until: dict[str, float] = {}

    async def app_info(self, access: Secret) -> AppInfo | None:
        """Ask the hosts in order whose token this is; None when none of them knows it.

        Raises TryLater when a host that gave no usable answer might have known it, Suspended for an unpaid application.
        """
        silent: TryLater | None = None
        for host in self._hosts:
            try:
                info = await self._known_to(host, access)
            except TryLater as trouble:
                silent = trouble
                continue
            if info is not None:
                return info
        if silent is not None:
            raise silent
        return None

    async def refresh(self, refresh: Secret, host: str) -> Tokens:
        """Exchange a refresh token at the host that knows the portal.

        Raises Revoked when the host says that it is over (``invalid_grant``, ``NOT_INSTALLED``, ``wrong_client`` …),
        Suspended for an unpaid application, Refused for another error, TryLater when there was no readable answer:
        the pair may have been replaced then, and the old refresh token is tried again.
        """
        if host.rstrip("/") not in self._hosts:
            raise ValueError("The client secret goes only to the OAuth hosts of the settings.")
        fields = {
            "grant_type": "refresh_token",
            "client_id": self._client_id,
            "client_secret": self._client_secret.reveal(),
            "refresh_token": refresh.reveal(),
        }
        answer = await self._ask(host.rstrip("/"), "oauth/token/", fields)
        said = parsed(answer.body)
        # The answer is flat and comes without `result`; some errors come with status 200.
        if isinstance(said, dict) and "error" not in said:
            tokens = Tokens.read(said, now=self._now())
            if tokens is not None:
                return tokens
        verdict = judge(answer)
        if verdict.meaning is Meaning.STALE_TOKEN:
            raise Revoked(_code(verdict))
        raise trouble_of(verdict, "oauth/token", is_write=False) or _refused(verdict)

    async def time_there(self) -> datetime | None:
        """Return the time by the clock of an OAuth host, None when none of them answers."""
        for host in self._hosts:
            try:
                answer = await self._transport.post(
                    f"{host}/rest/app.info", b"", media=Media.FORM, read_for=READ_SECONDS
                )
            except ExchangeError:
                continue
            if answer.said_at is not None:
                return answer.said_at
        return None

    async def _known_to(self, host: str, access: Secret) -> AppInfo | None:
        answer = await self._ask(host, "rest/app.info", {"auth": access.reveal()})
        verdict = judge(answer)
        if verdict.outcome is Outcome.CONFIRMED and verdict.answer is not None:
            info = AppInfo.read(verdict.answer.result, host)
            if info is None:
                raise Unavailable(Evidence.of_body(Sign.WRONG_SHAPE, status=answer.status, body=answer.body))
            return info
        is_unknown = verdict.meaning in {Meaning.STALE_TOKEN, Meaning.REVOKED, Meaning.USER_LOCKED}
        if is_unknown or verdict.outcome is Outcome.BUSINESS:
            return None
        raise trouble_of(verdict, "app.info", is_write=False) or Unavailable(verdict.evidence)

    async def _ask(self, host: str, path: str, fields: Mapping[str, str]) -> HttpAnswer:
        self._only_one_asks_the_silent(host)
        try:
            answer = await self._transport.post(
                f"{host}/{path}", form_body(fields), media=Media.FORM, read_for=READ_SECONDS
            )
        except ExchangeError as trouble:
            self._note_silence(host)
            error = NotSent if isinstance(trouble, NotSentError) else Unavailable
            raise error(Evidence(trouble.sign), after=SILENT_FOR) from None
        if answer.status >= 500 and not isinstance(parsed(answer.body), dict):
            self._note_silence(host)
        else:
            self._silent_until.pop(host, None)
        return answer

    def _only_one_asks_the_silent(self, host: str) -> None:
        """Raise NotSent for a silent host; whoever may try lets the others wait for what comes of it."""
        until = self._silent_until.get(host)
        if until is None:
            return
        if self._monotonic() < until:
            raise NotSent(Evidence(Sign.SILENT_BEFORE), after=SILENT_FOR)
        self._note_silence(host)

    def _note_silence(self, host: str) -> None:
        self._silent_until[host] = self._monotonic() + SILENT_FOR.total_seconds()


def _code(verdict: Verdict) -> str:
    return (verdict.answer.error or "") if verdict.answer else ""


def _refused(verdict: Verdict) -> Refused:
    return Refused(_code(verdict), verdict.answer.description if verdict.answer else "")
