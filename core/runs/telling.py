"""Telling the administrator of a portal a sentence about the service itself: a run of its own, as every other write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Final

from core.bitrix24.documents import Item
from core.db import Database, Statement
from core.effects import NotifyStaff
from core.portals.lane import Lane
from core.robots import Act, Ctx, Done, Failed, Input, LongText, Mode, Outcome, Output, Robot, State, prop, step
from core.robots.staff_words import our_link
from core.runs.beginning import Beginning, begin
from core.runs.journal import Line
from core.runs.moment import Moment
from core.texts.text import Text, language_for

_BECAUSE: Final = Text("Сообщаем администратору портала.", "Telling the administrator of the portal.")
_FOR_THEM: Final = Text("Сообщаем тем, кого выбрал портал.", "Telling those whom the portal has chosen.")
_TOLD: Final = Text("Администратор предупреждён.", "The administrator was told.")
_TOLD_THEM: Final = Text("Сообщили.", "They were told.")
_NOT_TOLD: Final = Text("Битрикс24 не принял уведомление.", "Bitrix24 did not take the notification.")


class TellInput(Input):
    text: LongText = prop("", ru="Что сказать", en="What to say", required=True)
    tag: str = prop("", ru="О чём", en="About what", required=True)
    to: str = prop("", ru="Кому: номера сотрудников через запятую", en="Whom: numbers of employees, by commas")
    #: A portal that only tries robots out is told for real what became of it.
    mode: Mode = prop(Mode.LIVE, ru="Режим", en="Mode")


class TellState(State):
    pass


class TellAdministrator(Robot[TellInput, TellState, Output]):
    """Notify the administrator whose rights robots use, with a link to the run, which says the same in the log."""

    code = "tell_administrator"
    name = Text(ru="Сообщение администратору", en="A word to the administrator")
    about = Text(
        ru="Сообщает администратору портала то, что он должен знать о работе самого сервиса.",
        en="Tells the portal's administrator what he has to know about the service itself.",
    )
    waits: ClassVar[bool] = False
    needs_dialog: ClassVar[bool] = False
    needs_item: ClassVar[bool] = False
    lifetime_days: ClassVar[int] = 7

    @step("tell")
    async def tell(self, ctx: Ctx[TellInput, TellState]) -> Outcome:
        text = f"{ctx.input.text}\n{our_link(ctx.run_url).said_in(ctx.language)}"
        people = [int(number) for number in ctx.input.to.split(",") if number] or [ctx.admin_id]
        notices = [NotifyStaff(user_id=user_id, text=text, tag=f"dezhurny|{ctx.input.tag}") for user_id in people]
        return Act(tuple(notices), then=self.told, because=_FOR_THEM if ctx.input.to else _BECAUSE)

    @step("told")
    async def told(self, ctx: Ctx[TellInput, TellState]) -> Outcome:
        if any(result.done for result in ctx.results):
            return Done("done", _TOLD_THEM if ctx.input.to else _TOLD)
        return Failed(_NOT_TOLD)


async def tell(
    lane: Lane,
    database: Database,
    text: Text,
    *,
    name: str,
    moment: Moment,
    item: Item | None = None,
    also: Sequence[Statement] = (),
    to: Sequence[int] = (),
) -> str | None:
    """Begin a run that tells the administrator, or ``to``, and return its id; None when this was told before.

    ``name`` is what the sentence is about: a portal is told it one time, however often it is asked for. ``text`` stands
    in the log in both languages and is said in the portal's. ``also`` is written with it. Nobody is rung here.
    """
    said = text.said_in(language_for(lane.portal.language))
    beginning = Beginning(
        name=name_of(name),
        robot=TellAdministrator.code,
        properties={"text": said, "tag": name, "to": ",".join(map(str, to))},
        item=item,
        lives_for=timedelta(days=TellAdministrator.lifetime_days),
    )
    return await begin(beginning, lane, database, moment=moment, said=Line("accepted", text), also=also)


def name_of(told: str) -> str:
    """The name under which a run that tells this is begun."""
    return f"tell|{told}"
