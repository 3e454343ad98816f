"""Which of our robots a portal wants, and by which of their definitions it knows them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Final, Literal

from core.bitrix24.command import Json
from core.portals.info import PortalInfo
from core.portals.registration import SyncReport, definitions
from core.robots import AnyRobot

#: The setting with the codes of robots that are switched off.
OFF: Final = "robots_off"
#: What the last syncs told the portal, by code; no setting that people see.
TOLD: Final = "robots_told"

#: done: as this release has it; differs: the portal knows another definition; new: it knows none; off: switched off.
State = Literal["done", "differs", "new", "off"]


def switched_off(settings: Mapping[str, Json]) -> frozenset[str]:
    codes = settings.get(OFF)
    return frozenset(code for code in codes if isinstance(code, str)) if isinstance(codes, list) else frozenset()


def switched_on(robots: Mapping[str, AnyRobot], settings: Mapping[str, Json]) -> tuple[AnyRobot, ...]:
    """Return the robots that the portal shall have; never none, for a portal without robots has not installed us."""
    off = switched_off(settings)
    return tuple(robot for code, robot in robots.items() if code not in off) or tuple(robots.values())


def marks(portal: PortalInfo, robots: Iterable[AnyRobot], public_url: str) -> dict[str, str]:
    """Return a mark of the definition of each robot, by code."""
    told = definitions(portal, robots, public_url)
    return {code: _hashed(definition) for code, definition in told.items()}


def told_after(
    before: Mapping[str, Json], report: SyncReport, robots: Iterable[AnyRobot], wanted: Mapping[str, str]
) -> dict[str, Json]:
    """Return what the portal knows after a sync: what it refused it knows as it did before."""
    known = before.get(TOLD)
    old: Mapping[str, Json] = known if isinstance(known, dict) else {}
    codes = {robot.code for robot in robots}
    refused = {code: old[code] for code in codes & report.refused.keys() & old.keys()}
    return {code: wanted[code] for code in sorted(codes - report.refused.keys())} | refused


def state_of(code: str, settings: Mapping[str, Json], wanted: Mapping[str, str]) -> State:
    """Tell how a portal knows one robot; ``wanted`` are the `marks` of this release."""
    if code in switched_off(settings):
        return "off"
    told = settings.get(TOLD)
    mark = told.get(code) if isinstance(told, dict) else None
    if mark is None:
        return "new"
    return "done" if mark == wanted.get(code) else "differs"


def _hashed(definition: Json) -> str:
    return hashlib.sha256(json.dumps(definition, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]
