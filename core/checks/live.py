"""One portal by what it answers right now: access, rights, robots, events, places, its clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from core.bitrix24.command import Answer, Command
from core.bitrix24.errors import BitrixError, LimitExceeded, NotSent, Revoked, Suspended
from core.bitrix24.wire import as_datetime, as_dict, as_list, as_str
from core.checks import portal as stored
from core.checks.check import Check
from core.portals.keyring import Unreadable
from core.portals.lane import LaneClosed, Lanes
from core.portals.registration import EVENTS, PLACEMENTS
from core.robots import AnyRobot
from core.texts.text import Text, plural

_QUESTIONS: Final = {
    "app": Command("app.info"),
    "scope": Command("scope"),
    "robots": Command("bizproc.robot.list"),
    "events": Command("event.get"),
    "places": Command("placement.get"),
    "time": Command("server.time"),
}
_UNREADABLE: Final = Check(
    "answers",
    "fail",
    Text(ru="ключ портала не открывается", en="the key of the portal cannot be opened"),
    Text(ru="без него нет доступа к порталу", en="without it there is no access to the portal"),
    Text(
        ru="верните прежний ключ в DEZHURNY_SECRET_KEYS или переустановите приложение",
        en="put the former key back into DEZHURNY_SECRET_KEYS, or reinstall the application",
    ),
)
_WITHDRAWN: Final = Text(ru="доступ отозван", en="access was withdrawn")
_CLOSED: Final = Text(ru="закрыт для приложений", en="it is closed to applications")
#: Clocks that differ by more make timers look early or late.
APART: Final = timedelta(seconds=30)


async def live_checks(
    lanes: Lanes, portal_id: str, *, robots: Mapping[str, AnyRobot], public_url: str, now: datetime
) -> list[Check]:
    """Ask the portal, in one request, and judge; a portal that does not answer is one failed check."""
    try:
        lane = await lanes.lane(portal_id)
        answers = await lane.read(_QUESTIONS)
    except LaneClosed as closed:
        why = _WITHDRAWN if closed.status == "needs_reinstall" else _CLOSED
        code = f" ({closed.reason})" if closed.reason else ""
        return [_away(why + Text(code, code))]
    except BitrixError as trouble:
        return [_away(_why(trouble))]
    except Unreadable:
        return [_UNREADABLE]
    return list(judged(answers, robots=robots, public_url=public_url, now=now))


def judged(
    answers: Mapping[str, Answer], *, robots: Mapping[str, AnyRobot], public_url: str, now: datetime
) -> Iterator[Check]:
    """Judge by what the portal answered."""
    yield _answers(answers["app"])
    yield stored.scopes(",".join(as_str(code) for code in as_list(answers["scope"].result)))
    yield _robots(answers["robots"], robots)
    yield _events(answers["events"], public_url)
    yield _places(answers["places"], public_url)
    yield _clock(answers["time"], now)


def _why(trouble: BitrixError) -> Text:
    match trouble:
        case Revoked():
            return _WITHDRAWN
        case Suspended():
            return _CLOSED
        case LimitExceeded():
            return Text(ru="слишком много запросов, он просит подождать", en="too many requests, it asks to wait")
        case NotSent():
            return Text(ru="с ним нет связи", en="it cannot be reached")
        case _:
            return Text(ru="ответ нельзя прочесть", en="its answer cannot be read")


def _away(why: Text) -> Check:
    return Check(
        "answers",
        "fail",
        Text(ru="портал не отвечает: {why}", en="the portal does not answer: {why}").format(why=why),
        Text(ru="роботы подождут и продолжат сами", en="robots wait and go on by themselves"),
        Text(ru="проверьте, открывается ли портал и оплачен ли он", en="see whether the portal opens and is paid for"),
    )


def _answers(answer: Answer) -> Check:
    if answer.ok:
        tariff = as_str(as_dict(answer.result).get("LICENSE"))
        plan = Text(ru=", тариф {plan}", en=", plan {plan}").format(plan=tariff) if tariff else Text("", "")
        return Check("answers", "ok", Text(ru="портал отвечает", en="the portal answers") + plan)
    return _away(Text(str(answer.error), str(answer.error)))


def _robots(answer: Answer, robots: Mapping[str, AnyRobot]) -> Check:
    if not answer.ok:
        return _unsaid("registered", answer)
    wanted = {code for code, robot in robots.items() if robot.kind == "robot"}
    missing = sorted(wanted - {as_str(code) for code in as_list(answer.result)})
    if not missing:
        number = plural(len(wanted), ("робот", "робота", "роботов"), ("robot", "robots"))
        return Check(
            "registered", "ok", Text(ru="в портале {number}", en="{number} in the portal").format(number=number)
        )
    return Check(
        "registered",
        "fail",
        Text(ru="в портале нет роботов: {codes}", en="robots are missing in the portal: {codes}").format(
            codes=", ".join(missing)
        ),
        Text(ru="их нельзя поставить на стадию", en="they cannot be put on a stage"),
        Text(ru="нажмите «Роботы» → «Обновить»", en="press Robots → Update"),
    )


def _events(answer: Answer, public_url: str) -> Check:
    if not answer.ok:
        return _unsaid("events", answer)
    rows = [as_dict(row) for row in as_list(answer.result)]
    handler = f"{public_url}/b24/event"
    bound = {as_str(row.get("event")).upper() for row in rows if as_str(row.get("handler")) == handler}
    missing = [event for event in EVENTS if event not in bound]
    if not missing:
        return Check("events", "ok", Text(ru="события портала приходят", en="events of the portal come"))
    return Check(
        "events",
        "warn",
        Text(ru="не подписаны на события: {events}", en="not told of events: {events}").format(
            events=", ".join(missing)
        ),
        Text(ru="об ответах узнаём позже, опросом", en="answers are noticed later, by looking"),
        Text(ru="нажмите «Роботы» → «Обновить»", en="press Robots → Update"),
    )


def _places(answer: Answer, public_url: str) -> Check:
    if not answer.ok:
        return _unsaid("places", answer)
    rows = [as_dict(row) for row in as_list(answer.result)]
    ours = {as_str(row.get("placement")).upper() for row in rows if as_str(row.get("handler")).startswith(public_url)}
    missing = [place for place in PLACEMENTS if place not in ours]
    if not missing:
        return Check("places", "ok", Text(ru="вкладки в карточках есть", en="the tabs in cards are there"))
    return Check(
        "places",
        "warn",
        Text(ru="нет вкладки в карточках: {places}", en="no tab in cards: {places}").format(places=", ".join(missing)),
        Text(ru="запуски сделки видны только из журнала", en="runs of a deal are seen in the log only"),
        Text(ru="нажмите «Роботы» → «Обновить»", en="press Robots → Update"),
    )


def _clock(answer: Answer, now: datetime) -> Check:
    at = as_datetime(answer.result) if answer.ok else None
    if at is None:
        return _unsaid("clock", answer)
    apart = abs(at - now)
    seconds = f"{apart.total_seconds():.1f}"
    said = Text(ru="часы расходятся на {seconds} с", en="clocks differ by {seconds} s").format(
        seconds=Text(seconds.replace(".", ","), seconds)
    )
    if apart <= APART:
        return Check("clock", "ok", said)
    return Check(
        "clock",
        "warn",
        said,
        Text(ru="таймеры срабатывают раньше или позже", en="timers fire early or late"),
        Text(ru="настройте время на сервере (NTP)", en="set the time of the server (NTP)"),
    )


def _unsaid(name: str, answer: Answer) -> Check:
    return Check(
        name,
        "skip",
        Text(ru="портал не сказал ({code})", en="the portal did not say ({code})").format(code=answer.error or "?"),
    )
