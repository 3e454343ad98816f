"""What a step sees: one reading of the portal for all it asks, with the checks that stand before every decision."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

from core.bitrix24.command import Answer, Command, Json
from core.bitrix24.documents import Item
from core.bitrix24.encoding import neutral_staff_text
from core.bitrix24.errors import TryLater
from core.db import Statement, Value, to_millis
from core.dialogs.item import ItemFacts, facts_of, item_command
from core.dialogs.known import KnownDialog
from core.dialogs.own import OwnMessages, text_hash
from core.dialogs.reader import read_dialog
from core.dialogs.resolution import AmbiguousDialog, NoDialog, Resolution
from core.dialogs.resolve import DialogPick
from core.dialogs.view import DialogView
from core.portals.lane import Lane
from core.robots import CalendarChoice, DialogInput, Done, Failed, Input, Mode, Watch
from core.robots.calendars import Calendars
from core.runs.journal import Line
from core.runs.moment import Moment
from core.runs.own_messages import own_messages
from core.runs.progress import Progress
from core.texts.text import Text, language_for
from core.worktime.calendar import Calendar

#: A line in the process' own journal, where people look first.
_NOTE: Final = Text("Дежурный принял вызов робота.", "Dezhurny took the call of the robot.")

_SAID: Final = """
SELECT id FROM effect
WHERE portal_id = :portal_id AND chat_id = :chat_id AND text_hash = :text_hash AND prepared_at > :since
  AND state IN ('prepared', 'confirmed', 'unknown') AND run_id <> :run_id
"""


#: What is to be done once, when the dialog of a run is found for the first time.
OnFound = Callable[[DialogView], Awaitable[None]]


class Ended(Exception):
    """The look itself shows that the run is over."""

    def __init__(self, outcome: Done | Failed) -> None:
        super().__init__(type(outcome).__name__)
        self.outcome = outcome


class Looking:
    """One step's look at the portal; nothing is read before it is asked for, and nothing twice."""

    def __init__(
        self, progress: Progress, lane: Lane, given: Input, moment: Moment, *, on_found: OnFound | None = None
    ) -> None:
        self._progress = progress
        self._lane = lane
        self._given = given
        self._moment = moment
        self._on_found = on_found
        self._resolution: Resolution | None = None
        self._facts: ItemFacts | None = None
        self._calendars = Calendars(lane.read, lane.portal.zone, lane.schedules)

    @property
    def item_ref(self) -> Item:
        if self._progress.run.item is None:
            raise Ended(Failed(Text("У запуска нет элемента CRM.", "The run has no CRM item.")))
        return self._progress.run.item

    async def resolution(self) -> Resolution:
        if self._resolution is None:
            await self._look()
        if self._resolution is None:
            raise TryLater("The dialog was not read.")
        return self._resolution

    async def dialog(self) -> DialogView:
        match await self.resolution():
            case DialogView() as dialog:
                return dialog
            case NoDialog() as none:
                raise Ended(Done("no_dialog", none.reason))
            case AmbiguousDialog() as many:
                raise Ended(Done("ambiguous_dialog", many.reason))

    async def item(self) -> ItemFacts:
        if self._facts is None:
            if isinstance(self._given, DialogInput):
                await self.resolution()
            if self._facts is None:
                await self._look_at_item()
        if self._facts is None:
            raise TryLater("The item was not read.")
        return self._facts

    async def calendar(
        self, dialog: DialogView | None, *, by: CalendarChoice | None = None, person_id: int = 0
    ) -> Calendar:
        return await self._calendars.chosen(self._given, dialog, by=by, person_id=person_id)

    async def prove_origin(self) -> None:
        """Have the portal itself confirm the call, unless it did; nothing may be done before."""
        if self._progress.origin != "strong":
            self._judge_origin(await self._lane.read(self._origin_check()))

    async def said_lately(self, text: str, *, hours: int, chat_id: int) -> bool:
        """Whether some run already sent this very text into the chat within so many hours."""
        params: dict[str, Value] = {
            "portal_id": self._progress.run.portal_id,
            "chat_id": chat_id,
            "text_hash": text_hash(text),
            "since": to_millis(self._moment.now - timedelta(hours=hours)),
            "run_id": self._progress.run.id,
        }
        return bool((await self._progress.database.write(Statement(_SAID, params)))[0])

    async def _look(self) -> None:
        """Read the dialog, the item and the origin of the call in the same requests."""
        given, run = self._given, self._progress.run
        extra = self._origin_check() | {"item": item_command(self.item_ref)}
        wanted = given if isinstance(given, DialogInput) else DialogInput()
        reading = await read_dialog(
            self._lane.read,
            self.item_ref,
            own=self._own,
            now=self._moment.now,
            lines=self._lane.lines,
            pick=DialogPick(wanted.dialog_pick.value),
            line_ids=wanted.lines,
            channels=wanted.connectors,
            known=KnownDialog.from_json(self._progress.known),
            extra=extra,
            lexicon=self._lane.lexicon,
            zone=self._lane.portal.zone,
        )
        self._judge_origin(reading.answers)
        self._judge_item(reading.item)
        self._resolution = reading.resolution
        is_found = not self._progress.known
        self._remember(run.step == "" and is_found)
        if is_found and self._on_found is not None and isinstance(self._resolution, DialogView):
            await self._on_found(self._resolution)

    async def _look_at_item(self) -> None:
        answers = await self._lane.read(self._origin_check() | {"item": item_command(self.item_ref)})
        self._judge_origin(answers)
        answer = answers["item"]
        facts = facts_of(answer.result, self.item_ref) if answer.ok else ItemFacts(self.item_ref, exists=False)
        self._judge_item(facts)

    def _origin_check(self) -> dict[str, Command]:
        """Ask the portal whether it minted the call; it also tells whether the process still waits.

        The HMAC is checked before anything else, so ACCESS_DENIED is a forged call and 404 is a process that is gone
        (platform.md 2.9, security.md T-01).
        """
        if self._progress.answered and self._progress.origin == "strong":
            return {}
        note = neutral_staff_text(_NOTE.said_in(language_for(self._lane.portal.language)))
        token = self._lane.portal.vault.open(self._progress.run.event_token, "run.event_token").reveal()
        return {"origin": Command("bizproc.activity.log", {"EVENT_TOKEN": token, "LOG_MESSAGE": note})}

    def _judge_origin(self, answers: Mapping[str, Answer]) -> None:
        answer = answers.get("origin")
        if answer is None:
            return
        if answer.error == "ACCESS_DENIED":
            self._progress.origin = "refused"
            text = Text(
                "Портал не подтвердил этот вызов: он подделан. Ничего не сделано.",
                "The portal did not confirm this call: it is forged. Nothing was done.",
            )
            raise Ended(Done("refused", text))
        if not answer.ok and answer.error not in {"404", "423"}:
            raise TryLater("The portal did not say whether it made the call.", after=timedelta(minutes=1))
        self._progress.origin = "strong"
        if answer.error == "404" and not self._progress.answered:
            text = Text(
                "Процесс в портале уже завершён: стадия сменилась или его остановили.",
                "The process in the portal is over: the stage changed or somebody stopped it.",
            )
            raise Ended(Done("cancelled_stage", text))

    def _judge_item(self, facts: ItemFacts | None) -> None:
        if facts is None:
            return
        self._facts = facts
        if not facts.exists:
            raise Ended(Done("cancelled_stage", Text("Элемент CRM удалён.", "The CRM item was deleted.")))
        self._progress.title = facts.title or self._progress.title
        before = self._progress.stage_id
        self._progress.stage_id = before or facts.stage_id
        stops = getattr(self._given, "stop_on_stage", True)
        if stops and before and facts.stage_id != before:
            text = Text(
                "Стадия сменилась: было «{before}», стало «{now}».", "The stage changed from “{before}” to “{now}”."
            ).format(before=before, now=facts.stage_id)
            raise Ended(Done("cancelled_stage", text))

    def _remember(self, first: bool) -> None:
        """Keep what makes the next look cheaper, and say in the log what was seen."""
        resolution = self._resolution
        path: list[Json] = [step.as_json() for step in resolution.path] if resolution else []
        match resolution:
            case DialogView():
                self._progress.known = resolution.known.as_json()
                self._progress.chat_id = resolution.chat.id
                self._progress.session_id = resolution.session_id
                self._progress.seen = Watch.of(resolution)
                text = Text("Посмотрели диалог «{title}». {why}", "Looked at the dialog “{title}”. {why}").format(
                    title=resolution.title, why=resolution.why_ball
                )
                seen = resolution.to_json()
                if first:
                    seen["path"] = path
                self._progress.tell(Line("looked", text, seen))
            case NoDialog() | AmbiguousDialog():
                self._progress.tell(Line("looked", resolution.reason, {"path": path}))
            case None:
                return

    async def _own(self, chat_id: int) -> OwnMessages:
        return await own_messages(self._progress.run.portal_id, self._progress.database, chat_id, now=self._moment.now)


#: The setting that says live or dry for each robot; what it does not name goes by the portal's ``mode``.
ROBOT_MODES: Final = "robot_modes"


def is_dry(given: Input, lane: Lane, robot: str, *, was: bool) -> bool:
    """Whether this run only shows: by itself, by the robot's form, by the robot's setting, or by the portal's."""
    mode = getattr(given, "mode", Mode.INHERIT)
    if mode is not Mode.INHERIT:
        return was or mode is Mode.DRY
    modes = lane.settings.get(ROBOT_MODES)
    chosen = modes.get(robot) if isinstance(modes, dict) else None
    return was or (chosen or lane.settings.get("mode")) == "dry"
