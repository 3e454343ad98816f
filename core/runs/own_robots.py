"""Robots that stand in no portal: the service starts them itself, or people do from the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.robots import AnyRobot
from core.runs.rescue import RescueOrphan
from core.runs.telling import TellAdministrator
from core.runs.undo import TakeBack

_ROBOTS: Final[tuple[AnyRobot, ...]] = (TakeBack(), RescueOrphan(), TellAdministrator())
OWN_ROBOTS: Final[Mapping[str, AnyRobot]] = {robot.code: robot for robot in _ROBOTS}
