"""What people see of runs: a list by key, one run with all that happened, what changed lately. It only reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self, cast

from sqlalchemy import ColumnElement, and_, func
from sqlalchemy.orm import InstrumentedAttribute, load_only
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.bitrix24.documents import Item
from core.db import Database
from core.dialogs.known import KnownDialog
from core.runs.cursor import Cursor, Sort
from core.runs.filters import Filter, conditions
from core.runs.tables import EffectRow, Reply, RestCallRow, Run, RunEvent
from core.texts.text import Text

#: Statuses that a person should look at.
TROUBLED: Final = ("failed", "unknown", "rejected", "refused", "quarantined")
#: Whoever counts further than this does not need the number.
COUNTED: Final = 1000

#: That a process was answered or a dialog looked at does not say why the run is as it is.
_NO_REASON: Final = ("answered", "looked")
#: The first line of every log. The run's own row says as much, so nobody writes it.
_CALLED: Final = Text("Портал вызвал робота.", "The portal called the robot.")
_SHOWN: Final = (
    *("id", "robot", "status", "result", "reason", "entity_type_id", "item_id", "document", "title", "step"),
    *("attempt", "mistakes", "dry", "created_at", "wake_at", "finished_at"),
)
_MOST_EVENTS: Final = 500
_MOST_CALLS: Final = 300


@dataclass(frozen=True, slots=True)
class RunLine:
    """One line of the list."""

    id: str
    robot: str
    status: str
    result: str
    reason: Text
    item: Item | None
    document: str
    title: str
    step: str
    #: How often the present step was tried in vain, whoever was to blame.
    attempt: int
    dry: bool
    created_at: datetime
    wake_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, run: Run, told: Text | None = None) -> Self:
        """Read a row; ``told`` is the last line of its log, the reason of a run that is not over."""
        return cls(
            id=run.id,
            robot=run.robot,
            status=run.status,
            result=run.result,
            reason=Text.from_json(run.reason) if run.reason else told or _CALLED,
            item=Item(run.entity_type_id, run.item_id) if run.item_id else None,
            document=run.document,
            title=run.title,
            step=run.step,
            attempt=run.attempt + run.mistakes,
            dry=run.dry,
            created_at=run.created_at,
            wake_at=run.wake_at,
            finished_at=run.finished_at,
        )


@dataclass(frozen=True, slots=True)
class RunPage:
    """Some lines, and the cursor of what follows them."""

    items: tuple[RunLine, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class RunCard:
    """One run with its log, its ledger, its REST calls and what its process was answered."""

    line: RunLine
    run: Run
    events: Sequence[RunEvent]
    effects: Sequence[EffectRow]
    calls: Sequence[RestCallRow]
    replies: Sequence[Reply]

    @property
    def line_id(self) -> int:
        """The open line of the dialog, 0 when there is none yet."""
        return line_in(self.run.known)


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers over the list, each no higher than COUNTED."""

    lately: int
    waiting: int
    troubled: int
    #: What a person has to say: whether effects arrived of which nobody knows, whether late waits are to be done.
    undecided: int


class Listing:
    """Reads of one database; every question begins with the portal that asks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def runs(
        self, portal_id: str, wanted: Filter, *, sort: Sort = Sort.NEWEST, limit: int = 50, after: str | None = None
    ) -> RunPage:
        """Return up to ``limit`` lines; ``after`` is the ``next`` of the page before.

        Runs that come meanwhile do not move what a cursor stands for. Raises BadCursor.
        """
        where = [*conditions(portal_id, wanted), *sort.needs()]
        if after is not None:
            where.append(Cursor.read(after, sort).beyond())
        query = select(Run).options(of_a_line()).where(*where).order_by(*sort.order()).limit(limit + 1)
        async with self._database.session() as session:
            runs = (await session.exec(query)).all()
            shown = runs[:limit]
            told = await _last_told(session, portal_id, shown)
        following = Cursor.at(sort, shown[-1]).write() if len(runs) > limit else None
        return RunPage(tuple(RunLine.of(run, told.get(run.id)) for run in shown), following)

    async def some(self, portal_id: str, ids: Sequence[str], wanted: Filter) -> list[tuple[RunLine, bool]]:
        """Return these runs, newest first, each with whether it belongs to the list that is ``wanted``."""
        belongs = and_(*conditions(portal_id, wanted))
        query = (
            select(Run, belongs)
            .options(of_a_line())
            .where(col(Run.portal_id) == portal_id, col(Run.id).in_(ids))
            .order_by(*Sort.NEWEST.order())
        )
        async with self._database.session() as session:
            found = (await session.exec(query)).all()
            told = await _last_told(session, portal_id, [run for run, _ in found])
        return [(RunLine.of(run, told.get(run.id)), bool(is_wanted)) for run, is_wanted in found]

    async def run(self, portal_id: str, run_id: str) -> RunCard | None:
        """Return one run with everything, or None when this portal has no such run."""
        async with self._database.session() as session:
            query = select(Run).where(col(Run.portal_id) == portal_id, col(Run.id) == run_id)
            run = (await session.exec(query)).one_or_none()
            return None if run is None else await _card(session, run)

    async def line_of(self, portal_id: str, run_id: str) -> int | None:
        """Return the open line of a run's dialog, 0 when it has none yet; None when this portal has no such run."""
        query = select(Run.known).where(col(Run.portal_id) == portal_id, col(Run.id) == run_id)
        async with self._database.session() as session:
            rows = (await session.exec(query)).all()
        return line_in(rows[0]) if rows else None

    async def run_of_effect(self, portal_id: str, effect_id: str) -> str | None:
        """Return the run that this effect is of, or None when this portal has no such effect."""
        query = select(EffectRow.run_id).where(col(EffectRow.portal_id) == portal_id, col(EffectRow.id) == effect_id)
        async with self._database.session() as session:
            return (await session.exec(query)).one_or_none()

    async def counts(self, portal_id: str, *, since: datetime) -> Counts:
        """Count for the head of the list; what ended well or badly is counted from ``since``."""
        mine, recent = col(Run.portal_id) == portal_id, col(Run.created_at) >= since
        return Counts(
            lately=await self._count(Run.id, mine, recent),
            waiting=await self._count(Run.id, mine, *Sort.SOONEST.needs()),
            troubled=await self._count(Run.id, mine, recent, col(Run.status).in_(TROUBLED)),
            undecided=await self._count(
                EffectRow.id, col(EffectRow.state) == "unknown", col(EffectRow.portal_id) == portal_id
            )
            + await self._count(Run.id, mine, col(Run.status) == "held"),
        )

    async def changed(self, portal_id: str, *, since: str, limit: int = 500) -> list[tuple[str, str]]:
        """Return (id of the change, run) for runs and lines of their logs written after ``since``, oldest first."""
        logged = (
            select(RunEvent.id, RunEvent.run_id)
            .where(col(RunEvent.portal_id) == portal_id, col(RunEvent.id) > since)
            .order_by(col(RunEvent.id))
            .limit(limit)
        )
        born = (
            select(Run.id)
            .where(col(Run.portal_id) == portal_id, col(Run.id) > since)
            .order_by(col(Run.id))
            .limit(limit)
        )
        async with self._database.session() as session:
            changes = list((await session.exec(logged)).all())
            changes += [(run_id, run_id) for run_id in (await session.exec(born)).all()]
        return sorted(changes)[:limit]

    async def _count(self, column: str, *where: ColumnElement[bool]) -> int:
        some = select(column).where(*where).limit(COUNTED).subquery()
        async with self._database.session() as session:
            return (await session.exec(select(func.count()).select_from(some))).one()


def line_in(known: object) -> int:
    """Return the open line in what a run remembers of its dialog; 0 when there is none."""
    dialog = KnownDialog.from_json(known) if isinstance(known, dict) else None
    return dialog.line_id if dialog is not None else 0


async def _card(session: AsyncSession, run: Run) -> RunCard:
    mine = run.portal_id, run.id
    events = await session.exec(
        select(RunEvent)
        .where(col(RunEvent.portal_id) == mine[0], col(RunEvent.run_id) == mine[1])
        .order_by(col(RunEvent.id))
        .limit(_MOST_EVENTS)
    )
    effects = await session.exec(
        select(EffectRow)
        .where(col(EffectRow.portal_id) == mine[0], col(EffectRow.run_id) == mine[1])
        .order_by(col(EffectRow.ordinal))
    )
    calls = await session.exec(
        select(RestCallRow)
        .where(col(RestCallRow.portal_id) == mine[0], col(RestCallRow.run_id) == mine[1])
        .order_by(col(RestCallRow.at), col(RestCallRow.id))
        .limit(_MOST_CALLS)
    )
    replies = await session.exec(
        select(Reply).where(col(Reply.portal_id) == mine[0], col(Reply.run_id) == mine[1]).order_by(col(Reply.id))
    )
    lines = _from_the_beginning(run, events.all())
    told = next((Text.from_json(line.text) for line in reversed(lines) if line.kind not in _NO_REASON), None)
    return RunCard(RunLine.of(run, told), run, lines, effects.all(), calls.all(), replies.all())


def _from_the_beginning(run: Run, lines: Sequence[RunEvent]) -> Sequence[RunEvent]:
    """Tell of the portal's call first, unless a person or the service itself began the run, which its log says."""
    if run.copy_of is not None or any(line.kind == "accepted" for line in lines):
        return lines
    call = RunEvent(
        id=run.id,
        portal_id=run.portal_id,
        run_id=run.id,
        at=run.created_at,
        kind="accepted",
        text=_CALLED.as_json(),
        data={"document": run.document},
    )
    return [call, *lines]


async def _last_told(session: AsyncSession, portal_id: str, runs: Sequence[Run]) -> dict[str, Text]:
    """Return the last line of the log of each run that has no reason yet."""
    open_ids = [run.id for run in runs if not run.reason]
    if not open_ids:
        return {}
    last = (
        select(func.max(RunEvent.id))
        .where(
            col(RunEvent.portal_id) == portal_id,
            col(RunEvent.run_id).in_(open_ids),
            col(RunEvent.kind).not_in(_NO_REASON),
        )
        .group_by(col(RunEvent.run_id))
    )
    query = select(RunEvent.run_id, RunEvent.text).where(col(RunEvent.id).in_(last))
    return {run_id: Text.from_json(text) for run_id, text in (await session.exec(query)).all()}


def of_a_line() -> ORMOption:
    """Without what a line does not show: forms, states and secrets stay in the database."""
    return load_only(*(cast("InstrumentedAttribute[object]", getattr(Run, name)) for name in _SHOWN))
