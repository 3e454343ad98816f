"""Taking an effect back: a run of its own with a robot of our own, so that it goes the way of every other effect."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import ClassVar, Final

from pydantic import ValidationError
from sqlmodel import col, select

from core.bitrix24.command import Json
from core.clock import Clock
from core.db import Database, Row, Statement, Value, new_id
from core.effects import Effect, effect_from, known_kinds
from core.portals.audit import audit_statement
from core.robots import (
    Act,
    BadProperty,
    Ctx,
    Done,
    Failed,
    Input,
    LongText,
    Outcome,
    Output,
    Robot,
    State,
    prop,
    step,
)
from core.runs.commands import Actor, NoSuchRun, NotNow
from core.runs.copying import COPY, copy_params
from core.runs.journal import Line, dumped
from core.runs.moment import Moment
from core.runs.tables import Run
from core.texts.text import Text

_IRREVERSIBLE: Final = Text("Это действие отменить нельзя.", "This action cannot be taken back.")
_UNDER_WAY: Final = Text("Это действие уже отменяли.", "This action was taken back before.")
_CHANGED: Final = Text("С тех пор это изменили вручную, не трогаем.", "It was changed by hand since, left alone.")
_ALREADY: Final = Text("Уже так, как было.", "It is as it was already.")
_UNSEEN: Final = Text(
    "Портал не показал, как сейчас; вслепую не отменяем.", "The portal did not show how it is now; not done blindly."
)


class TakeBackInput(Input):
    kind: str = prop("", ru="Что сделать", en="What to do", required=True)
    body: LongText = prop("", ru="Данные действия", en="Data of the action", required=True)
    undoes: str = prop("", ru="Какое действие отменяется", en="Which action is taken back", required=True)

    @property
    def effect(self) -> Effect:
        """The effect that takes the other one back; raises BadProperty when this release cannot read it."""
        try:
            return effect_from(self.kind, json.loads(self.body))
        except (KeyError, ValueError):
            raise BadProperty(_IRREVERSIBLE) from None

    def problem(self) -> Text | None:
        try:
            _ = self.effect
        except BadProperty as bad:
            return bad.text
        return None


class TakeBackState(State):
    pass


class TakeBack(Robot[TakeBackInput, TakeBackState, Output]):
    """Look whether all is still as the effect left it, then put back what was before."""

    code = "take_back"
    name = Text(ru="Отмена действия", en="Taking an action back")
    about = Text(
        ru="Возвращает то, что было до действия робота, если с тех пор это не изменили вручную.",
        en="Puts back what was before a robot acted, unless it was changed by hand since.",
    )
    waits: ClassVar[bool] = False
    needs_dialog: ClassVar[bool] = False

    @step("look")
    async def look(self, ctx: Ctx[TakeBackInput, TakeBackState]) -> Outcome:
        effect = ctx.input.effect
        finding = effect.reconcile(await ctx.read(effect.recheck()), ctx.now)
        match finding.verdict:
            case "done":
                return Done("nothing_to_do", _ALREADY)
            case "changed":
                return Done("skipped_manual", _CHANGED)
            case "unclear":
                return Failed(_UNSEEN)
        return Act((effect,), then=self.after, because=Text("Возвращаем, как было.", "Putting it back as it was."))

    @step("after")
    async def after(self, ctx: Ctx[TakeBackInput, TakeBackState]) -> Outcome:
        [result] = ctx.results
        if not result.done:
            return Failed(
                Text("Отменить не получилось: {what}.", "Not taken back: {what}.").format(what=result.summary)
            )
        return Done("done", Text("Отменено: {what}.", "Taken back: {what}.").format(what=result.summary))


def taken_back_by(kind: str, body: Mapping[str, Json], evidence: Mapping[str, Json]) -> Effect | None:
    """Return the effect that takes this one back; None where there is none, or its words are no longer kept."""
    if kind not in known_kinds():
        return None
    try:
        effect = effect_from(kind, body)
        back = effect.undo(evidence)
        return back.named(effect.names) if back is not None else None
    except ValidationError:
        return None


async def undo(database: Database, portal_id: str, effect_id: str, *, actor: Actor, clock: Clock) -> str:
    """Start a run that takes a confirmed effect back, and return its id; raises NoSuchRun, NotNow.

    One effect is taken back one time; a try that failed is repeated as a run.
    """
    moment = Moment.of(clock)
    row = await _effect(database, portal_id, effect_id)
    run_id, what = str(row["run_id"]), Text.from_json(_map(row["summary"]))
    back = taken_back_by(str(row["kind"]), _map(row["body"]), _map(row["evidence"]))
    if back is None or row["state"] != "confirmed":
        raise NotNow(_IRREVERSIBLE)
    new = new_id()
    properties: dict[str, Json] = {
        "kind": back.kind,
        "body": dumped(back.model_dump(mode="json")),
        "undoes": effect_id,
    }
    params = copy_params(
        new, portal_id, run_id, robot=TakeBack(), properties=properties, hashed=effect_id, moment=moment
    )
    said = _SAID.format(who=actor, what=what)
    rows = await database.write(
        Statement(COPY, params, needed=True),
        Line("person", said, {"copy_of": run_id, "undoes": effect_id}).statement(portal_id, new, moment.now),
        Line("person", said, {"copy": new, "undone": effect_id}).statement(portal_id, run_id, moment.now),
        audit_statement(
            portal_id,
            action="undo",
            at=moment.now,
            actor=("user", str(actor.user_id)),
            object_id=run_id,
            detail={"effect": effect_id, "copy": new},
        ),
    )
    if not rows[0]:
        raise NotNow(_UNDER_WAY)
    return new


async def undone(database: Database, portal_id: str, run_id: str) -> dict[str, Run]:
    """Return the runs that take effects of this one back, by the effect."""
    query = select(Run).where(
        col(Run.portal_id) == portal_id, col(Run.copy_of) == run_id, col(Run.robot) == TakeBack.code
    )
    async with database.session() as session:
        found = (await session.exec(query)).all()
    return {str(_map(run.properties).get("undoes")): run for run in found}


async def _effect(database: Database, portal_id: str, effect_id: str) -> Row:
    sql = "SELECT run_id, kind, body, evidence, state, summary FROM effect WHERE id = :id AND portal_id = :portal_id"
    rows = (await database.write(Statement(sql, {"id": effect_id, "portal_id": portal_id})))[0]
    if not rows:
        raise NoSuchRun
    return rows[0]


def _map(value: Value | Json) -> dict[str, Json]:
    read = json.loads(value) if isinstance(value, str) and value else value
    return read if isinstance(read, dict) else {}


_SAID: Final = Text("{who}: отменить «{what}».", "{who}: take back “{what}”.")
