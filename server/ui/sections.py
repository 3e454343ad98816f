"""The sections of the application in the order of their tabs, and who sees each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.portals.access import Role
from core.texts.text import Text
from server.ui.words import layout as words


@dataclass(frozen=True, slots=True)
class Section:
    """A tab: its name in templates, where it leads, the word on it, the role that it is for."""

    name: str
    address: str
    word: Text
    role: Role = Role.VIEWER
    #: Other pages under the same tab.
    also: tuple[str, ...] = ()

    def is_current(self, section: str) -> bool:
        return section == self.name or section in self.also


SECTIONS: Final = (
    Section("runs", "/ui/runs", words.RUNS, also=("run",)),
    Section("timers", "/ui/timers", words.TIMERS),
    Section("robots", "/ui/robots", words.ROBOTS, also=("robot",)),
    Section("schedules", "/ui/schedules", words.SCHEDULES, also=("schedule", "shifts")),
    Section("templates", "/ui/templates", words.TEMPLATES, also=("template",)),
    Section("health", "/ui/health", words.HEALTH),
    Section("statistics", "/ui/statistics", words.STATISTICS),
    Section("settings", "/ui/settings", words.SETTINGS, Role.ADMIN, also=("lexicons", "audit")),
)
