"""What this side says to people, a module for each page."""

from server.ui.words import (
    access,
    audit,
    health,
    install,
    layout,
    lexicons,
    outside,
    portal_settings,
    robot_settings,
    robots,
    run,
    runs,
    schedules,
    statistics,
    tables,
    timers,
)

__all__ = [
    "access",
    "audit",
    "health",
    "install",
    "layout",
    "lexicons",
    "outside",
    "portal_settings",
    "robot_settings",
    "robots",
    "run",
    "runs",
    "schedules",
    "statistics",
    "tables",
    "timers",
]
