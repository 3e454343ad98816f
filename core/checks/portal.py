"""One portal by what is stored of it: status, access, rights, robots, limits, undecided outcomes. Nobody is asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import col, func, select

from core.checks.check import Check
from core.checks.limits import Traffic, traffic
from core.checks.waiting import waiting
from core.clock import Clock
from core.db import Database
from core.portals.scopes import SCOPES
from core.portals.tables import Portal, PortalUserToken
from core.portals.tasks import owed
from core.runs.tables import EffectRow, Run
from core.runs.watching import Noticing, noticing
from core.texts.text import Text, joined, plural
from core.worktime.words import duration

#: From this part of a limit on it is worth a word.
NEAR: Final = 0.8
#: A refresh token that nobody used for so long is dead (platform.md 3.2); we say so before.
_REFRESH_LIVES: Final = timedelta(days=180)
_REFRESH_OLD: Final = timedelta(days=150)


async def portal_checks(database: Database, portal: Portal, clock: Clock) -> list[Check]:
    """Look at one portal; raises DatabaseAway."""
    now, real = clock.now(), clock.real()
    asked = await traffic(database, portal.id, portal.license, now)
    return [
        status(portal),
        token(await _token(database, portal), real),
        scopes(portal.scope),
        registered(portal, await owed(portal.id, database)),
        calls(asked),
        limit(asked),
        operating(asked),
        undecided(await _undecided(database, portal.id)),
        watched(await noticing(portal.id, database)),
        await waiting(database, portal.id, now),
    ]


def status(portal: Portal) -> Check:
    if portal.status == "active":
        return Check("portal", "ok", Text(ru="приложение работает", en="the application works"))
    reason = Text(f" ({portal.status_reason})", f" ({portal.status_reason})") if portal.status_reason else Text("", "")
    return Check(
        "portal",
        "fail",
        Text(ru="приложение остановлено{reason}", en="the application is stopped{reason}").format(reason=reason),
        Text(ru="роботы ждут, портал их не пускает", en="robots wait, the portal does not let them in"),
        Text(
            ru="откройте приложение в портале администратором; если не помогло, переустановите его",
            en="open the application in the portal as an administrator; if that does not help, reinstall it",
        ),
    )


def token(found: PortalUserToken | None, now: datetime) -> Check:
    if found is None:
        return Check(
            "token",
            "fail",
            Text(ru="доступа к порталу нет", en="there is no access to the portal"),
            Text(ru="роботы не могут ни читать, ни писать", en="robots can neither read nor write"),
            Text(
                ru="откройте приложение в портале администратором: доступ появится сам",
                en="open the application in the portal as an administrator: it comes by itself",
            ),
        )
    age = now - found.updated_at
    said = Text(ru="доступ обновлён {ago} назад", en="access renewed {ago} ago").format(ago=_days(age))
    if age < _REFRESH_OLD:
        return Check("token", "ok", said)
    return Check(
        "token",
        "warn",
        said,
        Text(ru="через {days} он истечёт", en="in {days} it ends").format(
            days=_days(max(_REFRESH_LIVES - age, timedelta()))
        ),
        Text(ru="откройте приложение в портале", en="open the application in the portal"),
    )


def scopes(granted: str) -> Check:
    """Compare the rights that the portal gave with those that robots need."""
    given = {part.strip().lower() for part in granted.split(",") if part.strip()}
    lost = [scope for scope in SCOPES if scope.code not in given]
    if not given:
        return Check(
            "scopes", "skip", Text(ru="портал ещё не назвал прав", en="the portal has not told the rights yet")
        )
    if not lost:
        all_given = Text(ru="все нужные права есть: {number}", en="all {number} rights that are needed are given")
        return Check("scopes", "ok", all_given.format(number=len(SCOPES)))
    return Check(
        "scopes",
        "warn",
        Text(ru="нет прав: {codes}", en="rights are missing: {codes}").format(
            codes=", ".join(scope.code for scope in lost)
        ),
        Text(ru="без них нельзя: {reasons}", en="without them one cannot {reasons}").format(
            reasons=joined((scope.reason for scope in lost), "; ")
        ),
        Text(
            ru="добавьте права в карточке приложения и переустановите его",
            en="add the rights in the card of the application and reinstall it",
        ),
    )


def registered(portal: Portal, tasks: Mapping[str, str]) -> Check:
    """Whether the portal has the robots of this release."""
    if "sync" not in tasks and portal.robots_fingerprint:
        return Check("robots", "ok", Text(ru="роботы портала — этой версии", en="the portal has this release's robots"))
    if note := tasks.get("sync", ""):
        return Check(
            "robots",
            "warn",
            Text(ru="портал принял не всех роботов: {note}", en="the portal did not take all robots: {note}").format(
                note=note
            ),
            Text(ru="новых роботов и полей в нём не видно", en="new robots and fields are not seen there"),
            Text(ru="попробуем ещё раз сами", en="it is tried again by itself"),
        )
    return Check(
        "robots",
        "warn",
        Text(ru="роботы обновляются", en="robots are being brought up to date"),
        Text(ru="в портале пока прежние", en="the portal has the former ones for now"),
        Text(ru="подождите минуту; нужен работающий исполнитель", en="wait a minute; a running worker is needed"),
    )


def calls(asked: Traffic) -> Check:
    if not asked.requests:
        return Check("calls", "ok", Text(ru="за сутки запросов не было", en="no requests within a day"))
    said = Text(
        ru="за сутки {all}, из них с ошибкой {failed}", en="{all} within a day, {failed} of them failed"
    ).format(
        all=plural(asked.requests, ("запрос", "запроса", "запросов"), ("request", "requests")), failed=asked.failed
    )
    if asked.failed * 10 <= asked.requests:
        return Check("calls", "ok", said)
    return Check(
        "calls",
        "warn",
        said,
        Text(ru="часть действий опаздывает", en="some actions are late"),
        Text(ru="посмотрите «Запуски» → «По причинам»", en="look at Runs → By cause"),
    )


def limit(asked: Traffic) -> Check:
    peak = asked.peak
    said = Text(ru="пик запросов {level} из {limit}", en="peak of requests {level} of {limit}").format(
        level=peak.level, limit=peak.limit
    )
    if peak.level < NEAR * peak.limit:
        return Check("limit", "ok", said)
    return Check(
        "limit",
        "warn",
        said,
        Text(ru="у предела портал отвечает отказами", en="near the limit the portal refuses requests"),
        Text(ru="разнесите роботов по стадиям или тарифам", en="spread robots over stages, or take a greater plan"),
    )


def operating(asked: Traffic) -> Check:
    if asked.busy is None or not round(asked.busy.share * 100):
        return Check("operating", "ok", Text(ru="методы не перегружены", en="no method is overloaded"))
    most = {"method": asked.busy.method, "share": round(asked.busy.share * 100)}
    if asked.busy.share < NEAR:
        said = Text(
            ru="методы не перегружены: больше всех занят {method}, {share} % от предела",
            en="no method is overloaded: the busiest is {method} with {share}% of its limit",
        )
        return Check("operating", "ok", said.format(**most))
    said = Text(ru="метод {method} занят на {share} %", en="the method {method} is {share}% busy").format(**most)
    return Check(
        "operating",
        "warn",
        said,
        Text(ru="портал даст методу отдохнуть до 10 минут", en="the portal lets the method rest for up to 10 minutes"),
        Text(ru="ничего: запросы подождут сами", en="nothing: requests wait by themselves"),
    )


def undecided(number: int) -> Check:
    if not number:
        return Check("undecided", "ok", Text(ru="решений никто не ждёт", en="nothing waits for a decision"))
    return Check(
        "undecided",
        "warn",
        Text(ru="ждут решения человека: {number}", en="wait for a person's decision: {number}").format(number=number),
        Text(
            ru="неизвестно, дошло ли действие, или срок прошёл, пока сервис не работал",
            en="nobody knows whether the action arrived, or its time passed while the service did not work",
        ),
        Text(ru="откройте «Запуски» → «Нужно решение»", en="open Runs → Need a decision"),
    )


def watched(seen: Noticing) -> Check:
    text = Text(
        ru="ответ клиента замечаем в течение {within}", en="an answer of a client is noticed within {within}"
    ).format(within=duration(seen.within))
    return Check("watching", "ok", text)


async def _token(database: Database, portal: Portal) -> PortalUserToken | None:
    async with database.session() as session:
        return await session.get(PortalUserToken, (portal.id, portal.admin_user_id))


async def _undecided(database: Database, portal_id: str) -> int:
    doubtful = select(func.count()).where(col(EffectRow.state) == "unknown", col(EffectRow.portal_id) == portal_id)
    late = select(func.count()).where(col(Run.portal_id) == portal_id, col(Run.status) == "held")
    async with database.session() as session:
        return (await session.exec(doubtful)).one() + (await session.exec(late)).one()


def _days(length: timedelta) -> Text:
    days = length // timedelta(days=1)
    return plural(days, ("день", "дня", "дней"), ("day", "days")) if days else duration(length)
