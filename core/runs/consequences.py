"""What repeating, stopping or moving some runs would do to the world, said before it is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, assert_never

from sqlmodel import col, select

from core.db import Database
from core.effects import known_kinds
from core.runs.commands import OPEN, RETRYABLE
from core.runs.listing import line_in
from core.runs.tables import EffectRow, Run
from core.texts.text import Text, plural

Action = Literal["retry_step", "retry_start", "reply", "cancel", "now", "shift", "late_run", "late_skip"]

#: What may have reached the world already.
_HAPPENED: Final = frozenset({"confirmed", "unknown", "prepared"})
Forms = tuple[tuple[str, str, str], tuple[str, str]]

_RUNS: Final[Forms] = (("запуск", "запуска", "запусков"), ("run", "runs"))
_MESSAGES_AGAIN: Final[Forms] = (
    (
        "сообщение клиенту может уйти повторно.",
        "сообщения клиентам могут уйти повторно.",
        "сообщений клиентам могут уйти повторно.",
    ),
    ("message to a client may be sent once more.", "messages to clients may be sent once more."),
)
_NOTICES_AGAIN: Final[Forms] = (
    (
        "уведомление сотруднику может уйти повторно.",
        "уведомления сотрудникам могут уйти повторно.",
        "уведомлений сотрудникам могут уйти повторно.",
    ),
    ("notice to an employee may be sent once more.", "notices to employees may be sent once more."),
)
_OTHERS_AGAIN: Final[Forms] = (
    (
        "действие в портале может повториться.",
        "действия в портале могут повториться.",
        "действий в портале могут повториться.",
    ),
    ("action in the portal may be repeated.", "actions in the portal may be repeated."),
)
_MESSAGES_KEPT: Final[Forms] = (
    (
        "сообщение клиенту уже ушло, второй раз не уйдёт.",
        "сообщения клиентам уже ушли, второй раз не уйдут.",
        "сообщений клиентам уже ушли, второй раз не уйдут.",
    ),
    (
        "message to a client went already and goes no second time.",
        "messages to clients went already and go no second time.",
    ),
)
_OTHERS_KEPT: Final[Forms] = (
    (
        "действие в портале уже сделано и не повторится.",
        "действия в портале уже сделаны и не повторятся.",
        "действий в портале уже сделаны и не повторятся.",
    ),
    ("action in the portal is done and is not repeated.", "actions in the portal are done and are not repeated."),
)
_STOPPED: Final[Forms] = (
    (
        "процесс получит ответ «остановил человек».",
        "процесса получат ответ «остановил человек».",
        "процессов получат ответ «остановил человек».",
    ),
    ("process is answered “stopped by a person”.", "processes are answered “stopped by a person”."),
)
_PASSED_OVER: Final[Forms] = (
    (
        "процесс получит ответ «пропущено».",
        "процесса получат ответ «пропущено».",
        "процессов получат ответ «пропущено».",
    ),
    ("process is answered “skipped”.", "processes are answered “skipped”."),
)
_LEFT_OUT: Final[Forms] = (
    (
        "запуск так изменить нельзя: он в другом состоянии.",
        "запуска так изменить нельзя: они в другом состоянии.",
        "запусков так изменить нельзя: они в другом состоянии.",
    ),
    ("run cannot be changed so: it is in another state.", "runs cannot be changed so: they are in another state."),
)
_FOREIGN: Final[Forms] = (
    ("запуск не из ваших линий.", "запуска не из ваших линий.", "запусков не из ваших линий."),
    ("run is not of your lines.", "runs are not of your lines."),
)
_REPLIED: Final = Text(
    "Прежний итог уйдёт процессу ещё раз; больше ничего не произойдёт.",
    "The former outcome goes to the process once more; nothing else happens.",
)
_LOOKS_FIRST: Final = Text(
    "Перед действием робот посмотрит на диалог заново.", "Before it acts the robot looks at the dialog anew."
)
_LOOKS_ANEW: Final = Text(
    "Робот посмотрит на диалог заново и решит сам.", "The robot looks at the dialog anew and decides by itself."
)
_GOES_ON: Final = Text(
    "Робот продолжит с шага, на котором встал.", "The robot goes on from the step at which it stopped."
)
_NOTHING_MORE: Final = Text("Робот больше ничего не сделает.", "The robot does nothing more.")
_TO_STAFF: Final = frozenset({"notify_staff", "create_task", "comment_timeline", "hidden_brief"})


@dataclass(frozen=True, slots=True)
class Deed:
    """One effect of a run; ``once``: the ledger itself lets it happen one time only."""

    kind: str
    state: str
    once: bool = False

    @property
    def to_client(self) -> bool:
        """Whether a client sees it as a message."""
        known = known_kinds().get(self.kind)
        return known is not None and known.alone

    @property
    def to_staff(self) -> bool:
        return self.kind in _TO_STAFF


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run that somebody means to change; ``line_id`` is the open line of its dialog, 0 for none."""

    id: str
    status: str
    answered: bool
    wake_at: datetime | None
    line_id: int
    deeds: tuple[Deed, ...] = ()
    #: What it was given and answered is deleted already.
    forgotten: bool = False

    def allows(self, action: Action) -> bool:
        """Whether the run is in a state in which this can be done."""
        match action:
            case "retry_step" | "retry_start" | "reply":
                return self.status in RETRYABLE and not self.forgotten
            case "cancel":
                return self.status in OPEN
            case "now" | "shift":
                return self.status in OPEN and self.wake_at is not None
            case "late_run" | "late_skip":
                return self.status == "held"
            case _:
                assert_never(action)

    @property
    def happened(self) -> tuple[Deed, ...]:
        return tuple(deed for deed in self.deeds if deed.state in _HAPPENED)


@dataclass(frozen=True, slots=True)
class Consequences:
    """What would come of an action: the runs that it can be done to, and how many it cannot."""

    action: Action
    runs: tuple[Candidate, ...]
    left_out: int = 0
    #: Runs whose dialogs are of lines that the person does not look after.
    foreign: int = 0

    @property
    def happened(self) -> tuple[Deed, ...]:
        """All that these runs did to the world, or may have."""
        return tuple(deed for run in self.runs for deed in run.happened)

    def said(self) -> list[Text]:
        """Say it in sentences, the number of runs first."""
        return [plural(len(self.runs), *_RUNS) + ".", *self._effects(), *self._left_out()]

    def _effects(self) -> Iterator[Text]:
        match self.action:
            case "retry_start":
                yield from self._again()
            case "retry_step":
                yield from self._kept()
            case "reply":
                yield _REPLIED
            case "cancel":
                yield from _numbered((sum(not run.answered for run in self.runs), _STOPPED))
                yield _NOTHING_MORE
            case "now" | "shift" | "late_run":
                yield _LOOKS_FIRST
            case "late_skip":
                yield from _numbered((sum(not run.answered for run in self.runs), _PASSED_OVER))
                yield _NOTHING_MORE
            case _:
                assert_never(self.action)

    def _again(self) -> Iterator[Text]:
        again = [deed for deed in self.happened if not deed.once]
        staff = sum(deed.to_staff for deed in again)
        client = sum(deed.to_client for deed in again)
        yield from _numbered(
            (client, _MESSAGES_AGAIN), (staff, _NOTICES_AGAIN), (len(again) - staff - client, _OTHERS_AGAIN)
        )
        yield _LOOKS_ANEW

    def _kept(self) -> Iterator[Text]:
        happened = self.happened
        client = sum(deed.to_client for deed in happened)
        yield from _numbered((client, _MESSAGES_KEPT), (len(happened) - client, _OTHERS_KEPT))
        if not happened:
            yield _GOES_ON

    def _left_out(self) -> Iterator[Text]:
        yield from _numbered((self.left_out, _LEFT_OUT), (self.foreign, _FOREIGN))


def _numbered(*said: tuple[int, Forms]) -> Iterator[Text]:
    """Say each number that is not zero with its sentence."""
    for number, forms in said:
        if number:
            yield plural(number, *forms)


def consequences(action: Action, found: Sequence[Candidate], *, foreign: int = 0) -> Consequences:
    """Say what an action would do to these runs."""
    runs = tuple(candidate for candidate in found if candidate.allows(action))
    return Consequences(action, runs, left_out=len(found) - len(runs), foreign=foreign)


async def candidates(database: Database, portal_id: str, run_ids: Iterable[str]) -> list[Candidate]:
    """Read these runs of a portal with what they did to the world; ids that it does not have are left out."""
    ids = list(run_ids)
    deeds: dict[str, list[Deed]] = {}
    async with database.session() as session:
        effects = select(EffectRow.run_id, EffectRow.kind, EffectRow.state, EffectRow.body).where(
            col(EffectRow.portal_id) == portal_id, col(EffectRow.run_id).in_(ids)
        )
        for run_id, kind, state, body in (await session.exec(effects)).all():
            once = bool(body.get("once")) if isinstance(body, dict) else False
            deeds.setdefault(run_id, []).append(Deed(kind, state, once))
        runs = (await session.exec(select(Run).where(col(Run.portal_id) == portal_id, col(Run.id).in_(ids)))).all()
    return [
        Candidate(
            run.id,
            run.status,
            run.answered,
            run.wake_at,
            line_in(run.known),
            tuple(deeds.get(run.id, ())),
            forgotten=run.properties is None,
        )
        for run in runs
    ]
