"""What a step sees: its input and state, the time, and ways to look; never a way to write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

from core.bitrix24.command import Json, Reads
from core.bitrix24.documents import Item
from core.dialogs.item import ItemFacts
from core.dialogs.lexicon import SHIPPED, Lexicon
from core.dialogs.resolution import Resolution
from core.dialogs.view import DialogView
from core.robots.desk import BareDesk, Desk
from core.robots.dialog_input import CalendarChoice
from core.robots.fields import Input, State
from core.texts.text import Language, Text
from core.worktime.calendar import Calendar

InputT = TypeVar("InputT", bound=Input)
StateT = TypeVar("StateT", bound=State)


class Look(Protocol):
    """The portal as it is now; everything of one step comes from one reading."""

    async def resolution(self) -> Resolution:
        """The dialog of the item, or why there is none, as values."""
        ...

    async def dialog(self) -> DialogView:
        """The dialog of the item; without one the engine ends the run with ``no_dialog`` by itself."""
        ...

    async def item(self) -> ItemFacts:
        """The item itself: title, stage, responsible, contacts, company."""
        ...

    async def calendar(
        self, dialog: DialogView | None, *, by: CalendarChoice | None = None, person_id: int = 0
    ) -> Calendar:
        """The working time that the robot's settings name, or ``by`` instead; the portal's when there is no dialog."""
        ...

    async def said_lately(self, text: str, *, hours: int, chat_id: int) -> bool:
        """Whether another run sent this very text into the chat within so many hours."""
        ...


@dataclass(frozen=True, slots=True)
class EffectResult:
    """What came of one effect: confirmed, refused, skipped, dry or unknown."""

    kind: str
    state: str
    summary: Text
    evidence: Mapping[str, Json] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        return self.state in {"confirmed", "dry"}

    @property
    def stale(self) -> bool:
        """It came too late to be done on what was seen: look again, then decide again."""
        return self.state == "skipped" and self.evidence.get("because") == "stale"


@dataclass(slots=True)
class Ctx(Generic[InputT, StateT]):
    """Everything a step may know."""

    run_id: str
    item: Item
    input: InputT
    state: StateT
    now: datetime
    #: When the portal called us; deadlines are counted from it, not from when a worker happened to run.
    started_at: datetime
    zone: ZoneInfo
    language: Language
    #: The administrator whose rights robots use; the last resort when nobody else can be told.
    admin_id: int
    origin: str
    run_url: str
    dry: bool
    look: Look
    read: Reads
    #: Whether words of clients may be returned to the process and kept (STORE_MESSAGE_TEXT, or the portal's setting).
    keeps_text: bool = False
    #: Whether the process goes on already and no longer waits for us.
    answered: bool = False
    #: What came of the effects of the last Act.
    results: tuple[EffectResult, ...] = ()
    desk: Desk = field(default_factory=BareDesk)
    #: By which phrases messages are understood in this portal.
    lexicon: Lexicon = SHIPPED

    async def dialog(self) -> DialogView:
        return await self.look.dialog()

    async def calendar(self, dialog: DialogView | None = None) -> Calendar:
        return await self.look.calendar(dialog)

    def result_of(self, kind: str) -> EffectResult | None:
        """The last effect of that kind in the last Act."""
        return next((result for result in reversed(self.results) if result.kind == kind), None)
