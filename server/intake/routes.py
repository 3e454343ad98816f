"""Every address that a portal's server calls."""

from __future__ import annotations

from typing import Final

from starlette.routing import Route

from server.intake.event import event
from server.intake.install import install
from server.intake.robot import robot

ROUTES: Final = (
    Route("/b24/robot/{code}", robot, methods=["POST"]),
    Route("/b24/install", install, methods=["POST"]),
    Route("/b24/event", event, methods=["POST"]),
)
