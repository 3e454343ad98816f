"""A robot on a stage: a real reading of a made-up wire, a clock that the test moves, effects that are only noted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from activities import load
from core.bitrix24.command import Command, Json
from core.bitrix24.documents import CONTACT, DEAL, Item
from core.dialogs.item import ItemFacts
from core.dialogs.own import NOTHING_SENT, OwnMessages
from core.dialogs.reader import read_dialog
from core.dialogs.resolution import Resolution
from core.dialogs.resolve import DialogPick
from core.dialogs.view import DialogView
from core.effects import Effect
from core.robots import (
    Act,
    AnyRobot,
    CalendarChoice,
    Ctx,
    DialogInput,
    Done,
    EffectResult,
    Failed,
    Next,
    Outcome,
    Output,
    Reason,
    WaitUntil,
)
from core.robots.calendars import Calendars
from core.robots.desk import BareDesk
from core.robots.robot import step_name
from core.runs.own_robots import OWN_ROBOTS
from core.texts.text import Language, Text
from core.worktime.calendar import Calendar
from core.worktime.schedule import Schedule
from tests.contracts.methods import violations_of
from tests.core.dialogs.portal import ANNA, CLIENT, NOW, Lines, Session
from tests.core.robots.office import ADMIN, Office

MOSCOW: Final = ZoneInfo("Europe/Moscow")
OUR_DEAL: Final = Item(DEAL, 17)
OUR_CONTACT: Final = Item(CONTACT, 5)
CHAT, SESSION, LINE = 1777, 343, 22
#: Monday, 15:00 in Moscow.
MONDAY: Final = NOW

HOURS: Final[dict[str, Json]] = {
    "WORKTIME_ENABLE": "Y",
    "WORKTIME_FROM": "9",
    "WORKTIME_TO": "18",
    "WORKTIME_TIMEZONE": "Europe/Moscow",
    "WORKTIME_DAYOFF": ["SA", "SU"],
}


class NoDialogHere(Exception):
    """The engine would end the run here by itself."""


@dataclass
class Looking:
    """What a step asks the portal for; one of these for each step."""

    scene: Scene
    _resolution: Resolution | None = None
    _facts: ItemFacts | None = None

    async def resolution(self) -> Resolution:
        if self._resolution is None:
            scene, given = self.scene, self.scene.input
            reading = await read_dialog(
                scene.office,
                scene.item,
                own=scene.own,
                now=scene.now,
                lines=scene.lines,
                pick=DialogPick(given.dialog_pick.value),
                line_ids=given.lines,
                channels=given.connectors,
                zone=MOSCOW,
            )
            self._resolution, self._facts = reading.resolution, reading.item
        return self._resolution

    async def dialog(self) -> DialogView:
        found = await self.resolution()
        if not isinstance(found, DialogView):
            raise NoDialogHere
        return found

    async def item(self) -> ItemFacts:
        await self.resolution()
        assert self._facts is not None
        return self._facts

    async def calendar(
        self, dialog: DialogView | None, *, by: CalendarChoice | None = None, person_id: int = 0
    ) -> Calendar:
        calendars = Calendars(self.scene.office, MOSCOW, self.scene.schedules)
        return await calendars.chosen(self.scene.input, dialog, by=by, person_id=person_id)

    async def said_lately(self, text: str, *, hours: int, chat_id: int) -> bool:
        return bool(hours) and (chat_id, text) in self.scene.said


def scene_office() -> Office:
    """A deal of Anna's with a dialog that she accepted; nobody has written yet."""
    office = Office()
    office.items[OUR_DEAL] = {"title": "Окна", "stageId": "C1:NEW", "assignedById": ANNA, "contactId": 5}
    office.items[OUR_CONTACT] = {"name": "Иван", "lastName": "Петров", "phone": "+7 900"}
    office.add_chat(CHAT, session_id=SESSION)
    office.sessions.append(Session(SESSION, CHAT, (OUR_DEAL,)))
    office.lines[LINE] = {"ID": "22", "ACTIVE": "Y", "LINE_NAME": "Поддержка", "QUEUE": ["27", "31", "33"], **HOURS}
    office.begin(CHAT)
    return office


@dataclass
class Scene:
    """One run of one robot; minutes are counted from Monday, 15:00 in Moscow."""

    code: str
    properties: dict[str, object] = field(default_factory=dict)
    office: Office = field(default_factory=scene_office)
    item: Item = OUR_DEAL
    language: Language = "ru"
    dry: bool = False
    minute: float = 0
    said: set[tuple[int, str]] = field(default_factory=set)
    own: OwnMessages = NOTHING_SENT
    #: How effects end, by kind; the others are confirmed.
    ends: dict[str, EffectResult] = field(default_factory=dict)
    step: str = ""
    state: dict[str, Json] = field(default_factory=dict)
    results: tuple[EffectResult, ...] = ()
    acts: list[tuple[Effect, ...]] = field(default_factory=list)
    told: list[tuple[str, Reason]] = field(default_factory=list)
    lines: Lines = field(default_factory=Lines)
    schedules: dict[str, Schedule] = field(default_factory=dict)
    keeps_text: bool = False
    answered: bool = False
    desk: BareDesk = field(default_factory=BareDesk)

    def __post_init__(self) -> None:
        self.robot: AnyRobot = {**load(), **OWN_ROBOTS}[self.code]
        self.started_at = self.now

    # --- what happens around ------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return MONDAY + timedelta(minutes=self.minute)

    @property
    def input(self) -> DialogInput:
        given = self.robot.decoded(self.properties)
        assert isinstance(given, DialogInput)
        return given

    def client(self, text: str = "Где мой заказ?", *, at: float | None = None, **params: Json) -> int:
        return self._says(CLIENT, text, at, params)

    def human(self, text: str = "Уже едет", *, by: int = ANNA, at: float | None = None, **params: Json) -> int:
        return self._says(by, text, at, params)

    def _says(self, author: int, text: str, at: float | None, params: Mapping[str, Json]) -> int:
        minute = self.minute if at is None else at
        number = self.office.say(CHAT, author, text, minute=0, **params)
        self.office.messages[CHAT][-1]["date"] = (MONDAY + timedelta(minutes=minute)).isoformat()
        return number

    def accept(self, owner: int) -> None:
        """Who holds the dialog; 0 puts it back into the queue."""
        self.office.chats[CHAT] |= {"owner": owner, "manager_list": [owner] if owner else []}

    def data(self, place: int, value: str) -> None:
        """Change one of the ten fields of ``entity_data_1`` (openlines.md 1.2)."""
        parts = str(self.office.chats[CHAT]["entity_data_1"]).split("|")
        parts[place] = value
        self.office.chats[CHAT]["entity_data_1"] = "|".join(parts)

    def close(self) -> None:
        self.accept(0)
        self.data(5, "0")
        for session in self.office.sessions:
            session.open = False

    def window_closes(self, minute: float) -> None:
        self.data(8, str(int((MONDAY + timedelta(minutes=minute)).timestamp())))

    # --- the run ------------------------------------------------------------------------------------------------

    async def run(self) -> Outcome:
        """Run step after step, with effects that all succeed, until the run waits or is over."""
        while True:
            outcome = await self.once()
            match outcome:
                case Next():
                    self._note("next", outcome.because)
                    self.step, self.results = step_name(outcome.then), ()
                case Act():
                    self._note("act", outcome.because)
                    assert violations_of(_numbered(outcome.effects)) == []
                    self.acts.append(outcome.effects)
                    self.step, self.results = step_name(outcome.then), tuple(map(self._result, outcome.effects))
                case WaitUntil():
                    self._note("wait", outcome.because)
                    self.step, self.results = step_name(outcome.then), ()
                    return outcome
                case Done() | Failed():
                    self._note("end", outcome.because)
                    return outcome

    async def once(self) -> Outcome:
        """Run one step; its state goes through JSON, as it does between two processes."""
        state = self.robot.state_model.model_validate(json.loads(json.dumps(self.state)))
        ctx = Ctx(
            run_id="run",
            item=self.item,
            input=self.input,
            state=state,
            now=self.now,
            started_at=self.started_at,
            zone=MOSCOW,
            language=self.language,
            admin_id=ADMIN,
            origin="https://town.bitrix24.ru",
            run_url="https://town.bitrix24.ru/run",
            dry=self.dry,
            look=Looking(self),
            read=self.office,
            keeps_text=self.keeps_text,
            answered=self.answered,
            results=self.results,
            desk=self.desk,
        )
        outcome: Outcome = await self.robot.run(self.step or self.robot.first_step, ctx)
        self.state = state.model_dump(mode="json")
        return outcome

    def _result(self, effect: Effect) -> EffectResult:
        if self.dry:
            return EffectResult(effect.kind, "dry", effect.summary())
        return self.ends.get(effect.kind) or EffectResult(effect.kind, "confirmed", effect.summary())

    def _note(self, kind: str, because: Text | Reason) -> None:
        reason = Reason.of(because)
        assert reason.text.ru, kind
        assert reason.text.en, kind
        assert all(check.text.ru and check.text.en for check in reason.checks)
        self.told.append((kind, reason))

    # --- what came of it ----------------------------------------------------------------------------------------

    async def waits(self) -> WaitUntil:
        outcome = await self.run()
        assert isinstance(outcome, WaitUntil), outcome
        return outcome

    async def done(self) -> Done:
        outcome = await self.run()
        assert isinstance(outcome, Done), outcome
        return outcome

    async def waits_until(self, minute: float) -> None:
        """The run sleeps until then, and then is then."""
        assert minutes_of((await self.waits()).due) == minute
        self.minute = minute

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What the last act did."""
        return self.acts[-1] if self.acts else ()

    @property
    def last(self) -> Reason:
        return self.told[-1][1]

    @property
    def checks(self) -> list[str]:
        return [check.text.ru for check in self.last.checks]


def minutes_of(at: datetime) -> float:
    return (at.astimezone(UTC) - MONDAY).total_seconds() / 60


def kinds(effects: Sequence[Effect]) -> list[str]:
    return [effect.kind for effect in effects]


def to_whom(effects: Sequence[Effect]) -> list[tuple[str, int]]:
    """Kinds and users of effects that concern an employee."""
    return [(effect.kind, number) for effect in effects if (number := getattr(effect, "user_id", None)) is not None]


def confirmed(kind: str, evidence: Mapping[str, Json]) -> EffectResult:
    return EffectResult(kind, "confirmed", Text("Сделано", "Done"), evidence)


def refused(kind: str) -> EffectResult:
    return EffectResult(kind, "refused", Text("Отказано", "Refused"))


def returned(outcome: Done) -> dict[str, Any]:
    output = outcome.output
    assert isinstance(output, Output)
    return output.model_dump()


def _numbered(effects: Sequence[Effect]) -> dict[str, Command]:
    plans = [effect.plan("7f3b1c9e-0a4d-4a52-9a39-5a0f4f6f2f11") for effect in effects]
    return {f"{number}_{name}": command for number, plan in enumerate(plans) for name, command in plan.items()}
