"""What a portal must know of us: robots, activities, triggers, tabs and events, brought up to date by one sync.

The portal forgets all of it when the application is updated, and lists codes without their definitions, so we keep a
fingerprint of what we told it last (platform.md 1.4, 1.7).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from core.bitrix24.client import CommandOutcome
from core.bitrix24.command import Answer, Command, Json
from core.bitrix24.wire import as_dict, as_list, as_str
from core.portals.info import PortalInfo
from core.portals.lane import Lane
from core.robots import AnyRobot
from core.robots.triggers import Trigger, trigger_name
from core.texts.text import Text, language_for

EVENTS: Final = (
    "ONAPPINSTALL",
    "ONAPPUPDATE",
    "ONAPPUNINSTALL",
    "ONOPENLINEMESSAGEADD",
    "ONSESSIONFINISH",
    "ONCRMDEALUPDATE",
)
PLACEMENTS: Final = ("CRM_DEAL_DETAIL_TAB", "CRM_LEAD_DETAIL_TAB")
KINDS: Final = ("robot", "activity")
TAB_TITLE: Final = Text("Дежурный", "Dezhurny")

_KNOWN: Final = {
    "robot": Command("bizproc.robot.list"),
    "activity": Command("bizproc.activity.list"),
    "events": Command("event.get"),
    "places": Command("placement.get"),
    "triggers": Command("crm.automation.trigger.list"),
}
_ALREADY: Final = "ERROR_ACTIVITY_ALREADY_INSTALLED"
_MISSING: Final = "ERROR_ACTIVITY_NOT_FOUND"
#: Not on this plan, or not among the rights that were given: the rest of the sync goes on.
_NOT_HERE: Final = frozenset({"ERROR_METHOD_NOT_FOUND", "INSUFFICIENT_SCOPE", "ERROR_EVENT_NOT_FOUND"})
_NO_PLACE: Final = "ERROR_PLACEMENT_NOT_FOUND"


@dataclass(slots=True)
class SyncReport:
    """What a sync did; ``refused`` are the portal's codes by what was refused, ``strangers`` foreign handlers."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    bound: list[str] = field(default_factory=list)
    triggers: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether the portal took everything that it can take."""
        return not self.refused

    def as_json(self) -> dict[str, Json]:
        return {
            "added": [*self.added],
            "updated": [*self.updated],
            "deleted": [*self.deleted],
            "bound": [*self.bound],
            "triggers": [*self.triggers],
            "refused": {**self.refused},
            "strangers": [*self.strangers],
        }


def definitions(portal: PortalInfo, robots: Iterable[AnyRobot], public_url: str) -> dict[str, dict[str, Json]]:
    """Return what the portal shall know of each robot, by code."""
    language = language_for(portal.language)
    return {robot.code: robot.registration(language, public_url, portal.admin_user_id) for robot in robots}


def trigger_names(portal: PortalInfo) -> dict[str, str]:
    """Return the names of our automation triggers by their codes."""
    return {trigger.value: trigger_name(trigger, language_for(portal.language)) for trigger in Trigger}


def fingerprint(portal: PortalInfo, robots: Iterable[AnyRobot], public_url: str) -> str:
    """Return a hash of everything that a sync would tell the portal."""
    robots = sorted(robots, key=lambda robot: robot.code)
    told = [
        definitions(portal, robots, public_url),
        {robot.code: robot.kind for robot in robots},
        public_url,
        trigger_names(portal),
        EVENTS,
        [_placement(place, public_url) for place in PLACEMENTS],
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


async def sync(lane: Lane, robots: Iterable[AnyRobot], public_url: str) -> SyncReport:
    """Tell the portal what is new, changed or gone; may be repeated at any time.

    Raises what the lane raises; the portal's refusals are in the report.
    """
    robots = tuple(robots)
    if not robots:
        raise ValueError("Without robots a sync would take all of them from the portal.")
    known = await lane.read(_KNOWN)
    report = SyncReport()
    codes = {kind: _codes(known[kind]) for kind in KINDS}
    # Both kinds share their codes: what changed its kind must go before it can come back.
    for kind in KINDS:
        ours = {robot.code for robot in robots if robot.kind == kind}
        await _delete(lane, kind, codes[kind] - ours, report)
    wanted = definitions(lane.portal, robots, public_url)
    for robot in robots:
        if robot.code in codes[robot.kind]:
            await _update_or_add(lane, robot.kind, wanted[robot.code], report)
        else:
            await _add_or_update(lane, robot.kind, wanted[robot.code], report)
    await _tell_triggers(lane, known["triggers"], report)
    await _bind_events(lane, known["events"], public_url, report)
    await _bind_places(lane, known["places"], public_url, report)
    return report


def _codes(answer: Answer) -> set[str]:
    return {as_str(code) for code in as_list(answer.result)} if answer.ok else set()


async def _delete(lane: Lane, kind: str, codes: set[str], report: SyncReport) -> None:
    """Delete what an older release of ours registered; the portal lists no other application's codes."""
    for code in sorted(codes):
        refusal = await _done(lane, Command(f"bizproc.{kind}.delete", {"CODE": code}))
        _note(report, report.deleted, code, None if refusal == _MISSING else refusal)


async def _add_or_update(lane: Lane, kind: str, fields: dict[str, Json], report: SyncReport) -> None:
    code = as_str(fields["CODE"])
    refusal = await _done(lane, _add(kind, fields))
    if refusal == _ALREADY:
        _note(report, report.updated, code, await _done(lane, _update(kind, fields)))
    else:
        _note(report, report.added, code, refusal)


async def _update_or_add(lane: Lane, kind: str, fields: dict[str, Json], report: SyncReport) -> None:
    code = as_str(fields["CODE"])
    refusal = await _done(lane, _update(kind, fields))
    if refusal == _MISSING:
        _note(report, report.added, code, await _done(lane, _add(kind, fields)))
    else:
        _note(report, report.updated, code, refusal)


def _add(kind: str, fields: dict[str, Json]) -> Command:
    """An empty map would reach PHP as a list, whose key 0 is refused: leave it out."""
    return Command(f"bizproc.{kind}.add", {name: value for name, value in fields.items() if value != {}})


def _update(kind: str, fields: dict[str, Json]) -> Command:
    """Here an empty map clears what was there, so it is sent; the request is JSON and goes alone."""
    told = {name: value for name, value in fields.items() if name != "CODE"}
    for name in ("PROPERTIES", "RETURN_PROPERTIES"):
        told.setdefault(name, {})
    return Command(f"bizproc.{kind}.update", {"CODE": fields["CODE"], "FIELDS": told})


async def _done(lane: Lane, command: Command) -> str | None:
    """Return None when it was done, else the portal's code."""
    return _refusal((await lane.write({"it": command}))["it"])


def _refusal(outcome: CommandOutcome) -> str | None:
    if outcome.answer is not None and outcome.answer.ok:
        return None
    if outcome.answer is not None and outcome.answer.error:
        return outcome.answer.error.upper()
    return outcome.evidence.sign.value


def _note(report: SyncReport, done: list[str], what: str, refusal: str | None) -> None:
    if refusal is None:
        done.append(what)
    else:
        report.refused[what] = refusal


async def _tell_triggers(lane: Lane, known: Answer, report: SyncReport) -> None:
    """Tell what is new or has another name; take away what an older release told.

    The portal lists only the triggers of the application that asks (platform.md 6.5).
    """
    rows = [as_dict(row) for row in as_list(known.result)] if known.ok else []
    listed = {as_str(row.get("CODE")): as_str(row.get("NAME")) for row in rows}
    names = trigger_names(lane.portal)
    commands = {
        code: Command("crm.automation.trigger.add", {"CODE": code, "NAME": name})
        for code, name in names.items()
        if listed.get(code) != name
    }
    for code in listed.keys() - names.keys():
        commands[code] = Command("crm.automation.trigger.delete", {"CODE": code})
    await _bind(lane, commands, report.triggers, report)


async def _bind_events(lane: Lane, known: Answer, public_url: str, report: SyncReport) -> None:
    handler = f"{public_url}/b24/event"
    rows = [as_dict(row) for row in as_list(known.result)] if known.ok else []
    bound = {as_str(row.get("event")).upper() for row in rows if as_str(row.get("handler")) == handler}
    report.strangers += sorted(
        {
            as_str(row.get("event")).upper()
            for row in rows
            if not as_str(row.get("handler")).startswith(f"{public_url}/")
        }
    )
    missing = {
        event: Command("event.bind", {"event": event, "handler": handler}) for event in EVENTS if event not in bound
    }
    await _bind(lane, missing, report.bound, report)


async def _bind_places(lane: Lane, known: Answer, public_url: str, report: SyncReport) -> None:
    rows = [as_dict(row) for row in as_list(known.result)] if known.ok else []
    bound = {(as_str(row.get("placement")).upper(), as_str(row.get("handler"))) for row in rows}
    missing = {}
    for place in PLACEMENTS:
        params = _placement(place, public_url)
        if (place, params["HANDLER"]) not in bound:
            missing[place] = Command("placement.bind", params)
    await _bind(lane, missing, report.bound, report)


def _placement(place: str, public_url: str) -> dict[str, Json]:
    return {
        "PLACEMENT": place,
        "HANDLER": f"{public_url}/b24/app?placement={place}",
        "TITLE": TAB_TITLE.en,
        "LANG_ALL": {"ru": {"TITLE": TAB_TITLE.ru}, "en": {"TITLE": TAB_TITLE.en}},
    }


async def _bind(lane: Lane, commands: Mapping[str, Command], done: list[str], report: SyncReport) -> None:
    if not commands:
        return
    for what, outcome in (await lane.write(commands, halt=False)).items():
        refusal = _refusal(outcome)
        if refusal is None or _is_bound_already(outcome):
            done.append(what)
        elif refusal not in _NOT_HERE and refusal != _NO_PLACE:
            report.refused[what] = refusal


def _is_bound_already(outcome: CommandOutcome) -> bool:
    """ERROR_CORE is the portal's word for a duplicate, and for more; only the text tells (platform.md 6.1)."""
    answer = outcome.answer
    return answer is not None and answer.error == "ERROR_CORE" and "already" in answer.description.lower()
