"""What must hold after every play, whatever died in it: in the portals' own ledgers and in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.db import Row
from tests.chaos.neighbours import Side
from tests.core.runs.effects import Case
from tests.core.runs.test_act import NEVER_REPEATED
from tests.portal_side import Deal
from tests.town import Town

FINAL: Final = {"done", "unknown", "quarantined", "failed", "cancelled", "skipped"}
BRIEF: Final = "Клиент ждёт расчёт с понедельника."


@dataclass(frozen=True, slots=True)
class Placed:
    """A deal at its portal."""

    side: Side
    deal: Deal


class Verdict:
    """Looks at what came of one play; ``said`` tells what happened in it."""

    def __init__(self, town: Town, sides: Sequence[Side], cases: Sequence[Case], said: list[str]) -> None:
        self.town, self.sides, self.cases, self.said = town, sides, cases, said
        self._since = ""
        self._counted: dict[str, int] = {}
        self._before: dict[tuple[str, str], int] = {}

    async def begin(self) -> None:
        """Note what there is before the play."""
        self._since = str((await self.town.sql("SELECT COALESCE(MAX(id), '') AS last FROM run"))[0]["last"])
        for side in self.sides:
            for name in self._names():
                self._before[side.portal_id, name] = len(await side.people.ledger(name))

    def _names(self) -> set[str]:
        return {case.happened for case in self.cases if case.happened}

    async def _rows(self, sql: str) -> list[Row]:
        return await self.town.sql(sql, since=self._since)

    async def monotone(self) -> None:
        """Holds of a run and looks at an effect are counted, and never back."""
        for row in [
            *await self._rows("SELECT id, lease_no AS n FROM run WHERE id > :since"),
            *await self._rows("SELECT id, checks AS n FROM effect WHERE run_id > :since"),
        ]:
            assert int(row["n"] or 0) >= self._counted.get(str(row["id"]), 0), self.said
            self._counted[str(row["id"])] = int(row["n"] or 0)

    async def rests(self) -> bool:
        """Nothing more happens by itself."""
        owed = "SELECT id FROM reply WHERE run_id > :since AND due_at IS NOT NULL"
        return not await self._rows("SELECT id FROM run WHERE id > :since AND wake_at IS NOT NULL UNION ALL " + owed)

    async def prove(self, placed: Sequence[Placed]) -> None:
        runs = await self._rows("SELECT id, portal_id, item_id, status, wake_at, answered FROM run WHERE id > :since")
        self._all_are_over(runs, placed)
        assert await self._rows("SELECT id FROM reply WHERE run_id > :since AND state = 'due'") == [], self.said
        effects = await self._rows(
            "SELECT kind, state, prepared_at, run_id, portal_id FROM effect WHERE run_id > :since"
        )
        at = {str(row["id"]): row["portal_id"] for row in runs}
        assert all(at[str(row["run_id"])] == row["portal_id"] for row in effects), self.said
        for side in self.sides:
            here = [one for one in placed if one.side is side]
            await self._happened(side, [row for row in effects if row["portal_id"] == side.portal_id], len(here))
        for one in placed:
            [run] = [row for row in runs if (row["portal_id"], row["item_id"]) == (one.side.portal_id, one.deal.id)]
            await self._told_once(one, run, [row for row in effects if row["run_id"] == run["id"]])

    def _all_are_over(self, runs: Sequence[Row], placed: Sequence[Placed]) -> None:
        assert len(runs) == len(placed), (self.said, "one call, one run")
        assert {row["status"] for row in runs} <= FINAL, (self.said, runs)
        assert all(row["wake_at"] is None and row["answered"] for row in runs), (self.said, runs)

    async def _happened(self, side: Side, effects: Sequence[Row], deals: int) -> None:
        """What a portal remembers is what was meant for it, and nothing that was meant for the other one."""
        for name in self._names():
            kinds = {case.kind for case in self.cases if case.happened == name}
            mine = [row for row in effects if row["kind"] in kinds]
            happened = len(await side.people.ledger(name)) - self._before[side.portal_id, name]
            sure = sum(row["state"] == "confirmed" for row in mine)
            # What one effect brings about another one may find done.
            if kinds <= NEVER_REPEATED or len(self.cases) == 1:
                assert sure <= happened, (self.said, name, "the log is true")
            if kinds <= NEVER_REPEATED:
                meant = sum(row["prepared_at"] is not None for row in mine)
                assert happened <= meant, (self.said, name, "nothing happens that was not written down before")
                assert happened <= deals * len(kinds), (self.said, name, "at most once")
            elif not mine and not self._others_may(name):
                assert happened == 0, (self.said, name, "meant for another portal")

    def _others_may(self, name: str) -> bool:
        """Whoever leaves a hidden note joins for it, and leaves."""
        return name in {"join", "leave"} and any(case.kind == "hidden_brief" for case in self.cases)

    async def _told_once(self, one: Placed, run: Row, effects: Sequence[Row]) -> None:
        """A message to a client at most once; what bears a key exactly once, unless its run was set aside."""
        messages = await one.side.people.outbox(one.deal)
        assert len(messages) <= sum(case.kind.startswith("send_") for case in self.cases), self.said
        keyed = [row for row in effects if row["kind"] == "hidden_brief"]
        briefs = [said["text"] for said in (await one.side.people.chat(one.deal))["messages"]].count(BRIEF)
        assert briefs <= len(keyed), (self.said, "a key is for one message")
        for row in keyed:
            assert row["state"] != "unknown" or run["status"] == "quarantined", (self.said, "a key leaves no doubt")
            assert (row["state"] == "confirmed") <= (briefs == 1), (self.said, "exactly once")
        if run["status"] == "done":
            assert briefs == len(keyed), (self.said, "done is done")
