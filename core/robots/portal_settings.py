"""Names of a portal's settings by which robots find people, read shifts and leave dialogs alone (decisions.md 26)."""

from __future__ import annotations

from typing import Final

#: The number of a working-time schedule of the portal.
SCHEDULE_ID: Final = "shift_schedule_id"
#: ``off``: whose shift nobody knows passes for one who is not there.
UNKNOWN_SHIFT: Final = "unknown_shift"
#: Where shifts are known from when a robot's form does not say, such as ``timeman,our_shift``.
SHIFT_SOURCES: Final = "shift_sources"
#: Who can do what: ``{"7": ["english"]}``.
SKILLS: Final = "skills"
#: The field of a card that keeps its dialog open on purpose.
HOLD_FIELD: Final = "hold_field"
#: True: dialogs whose client waits while nobody can see them are looked for and given to somebody.
ORPHAN_DETECTOR: Final = "orphan_detector"
#: How many working minutes a client waits before his dialog counts as one of these.
ORPHAN_MINUTES: Final = "orphan_minutes"
#: Who gets them, such as ``["user_7", "group_3"]``; empty: the queue of the line.
ORPHAN_POOL: Final = "orphan_pool"
#: ``run``: what a lost call of a robot should have begun is begun, where it is known for sure; else people are told.
LOST_LAUNCHES: Final = "lost_launches"
