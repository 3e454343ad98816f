"""The robot that gives dialogs which nobody sees to somebody; it stands in no portal, we start it (S4-13)."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from core.effects import Effect
from core.robots import (
    Act,
    Check,
    Ctx,
    DialogInput,
    DialogView,
    Done,
    Failed,
    Outcome,
    Output,
    Reason,
    Robot,
    UserRef,
    WaitUntil,
    prop,
    step,
)
from core.robots.assigning import Found, Turned, find, turn_is_over
from core.robots.choice import Strategy
from core.robots.duty import Rules, shift_now, somebody_is_there
from core.robots.handover import (
    brief,
    came_of,
    checks_of,
    hand_over,
    hand_over_again,
    in_card,
    left_behind,
    needed_by_card,
    refusal_words,
    told,
)
from core.robots.handover_words import (
    note,
    orphan_assigned,
    orphan_is_yours,
    orphan_refused,
    orphan_taken,
    orphan_waits,
)
from core.robots.orphan import USUAL_MINUTES, as_owner, is_waiting, left_alone
from core.robots.polling import LookingState, has_news
from core.robots.shifts import Shift
from core.robots.situation import last_words, matter_of
from core.robots.superiors import to_superiors
from core.robots.triggers import Trigger, fired, of_episode
from core.texts.text import Text


class RescueInput(DialogInput):
    pool: list[UserRef] = prop([], ru="Кому отдавать (пусто — очередь линии)", en="Give to (empty: the line's queue)")
    minutes: int = prop(USUAL_MINUTES, ru="Сколько рабочих минут клиент ждёт", en="Working minutes the client waits")

    @property
    def rules(self) -> Rules:
        return Rules(
            pool=tuple(self.pool),
            strategies=(Strategy.CLIENT_OWNER, Strategy.STICKY, Strategy.LEAST_LOADED),
        )


class RescueState(LookingState):
    #: Whose dialog it was when it was found; 0: nobody's.
    owner_id: int = 0
    owner_name: str = ""
    owner_works: bool = False
    to_id: int = 0
    to_name: str = ""
    turn: Turned = Turned()
    hops: int = 0
    #: Refused once: the other way is tried.
    again: bool = False
    #: The heads know that nobody is there.
    told: bool = False
    pool: tuple[int, ...] = ()


Context = Ctx[RescueInput, RescueState]


class RescueOrphan(Robot[RescueInput, RescueState, Output]):
    """Looks again, chooses as every robot does, hands over, tells the heads; waits for the first when nobody is there.

    The heads and the trigger ``orphan_found`` hear of an episode one time.
    """

    code = "orphan_found"
    name = Text(ru="Диалог без оператора", en="Dialog without an operator")
    about = Text(
        ru="Отдаёт диалог, который никто не видит, тому, кто на смене, и предупреждает руководителя.",
        en="Gives a dialog that nobody sees to somebody on shift and tells the head.",
    )
    lifetime_days: ClassVar[int] = 7

    @step("look")
    async def look(self, ctx: Context) -> Outcome:
        dialog = await ctx.dialog()
        if over := _over(dialog):
            return over
        if not await ctx.desk.only_one(f"chat {dialog.chat.id}"):
            text = Text("Этим диалогом уже занимается другой запуск.", "Another run looks after this dialog already.")
            return Done("skipped_duplicate", text)
        why = await self._left_alone(ctx, dialog)
        if why is None:
            return Done("nothing_to_do", Text("Диалог уже не брошен.", "The dialog is not left alone any more."))
        return await self._rescue(ctx, dialog, Reason(why))

    async def _left_alone(self, ctx: Context, dialog: DialogView) -> Text | None:
        owner = await self._owner(ctx, dialog)
        calendar, minutes = await ctx.calendar(dialog), ctx.input.minutes
        queue = dialog.line.queue if dialog.line is not None else ()
        there = owner is None and await somebody_is_there(ctx, queue, Rules())
        return left_alone(dialog, calendar, ctx.now, minutes=minutes, owner=owner, is_queue_there=there)

    async def _owner(self, ctx: Context, dialog: DialogView) -> Shift | None:
        """Whose dialog it is, and whether he is on shift; None when it is nobody's."""
        state = ctx.state
        state.owner_id = dialog.owner_id
        state.saw(dialog, ctx.now)
        if not dialog.owner_id:
            return None
        person, shift = await shift_now(ctx, dialog.owner_id, Rules())
        state.owner_name, state.owner_works = person.name, person.active
        return as_owner(person, shift)

    async def _rescue(self, ctx: Context, dialog: DialogView, because: Reason) -> Outcome:
        state = ctx.state
        left_out = {state.owner_id: Text("не на смене", "is off shift")} if state.owner_id else {}
        found = await find(ctx, dialog, ctx.input.rules, left_out=left_out, hop=state.hops)
        state.pool, state.turn = found.pool, found.turn
        because = because.adding(Text(" ", " ") + found.chosen.why, *found.chosen.rows)
        if found.user_id:
            return await self._give(ctx, dialog, found, because)
        if state.told:
            return self._wait(ctx, because)
        text = orphan_waits(await matter_of(ctx, dialog))
        effects, words = await to_superiors(ctx, dialog, text, owner_id=state.owner_id, robot=self.code)
        effects = (*effects, *await _triggers(ctx, dialog))
        return Act(effects, then=self.nobody_told, because=because.adding(words))

    # --- somebody is there -------------------------------------------------------------------------------------------

    async def _give(self, ctx: Context, dialog: DialogView, found: Found, because: Reason) -> Outcome:
        state = ctx.state
        state.to_id, state.to_name = found.user_id, found.name(found.user_id)
        state.again, state.hops = False, state.hops + 1
        handing, checks = hand_over(dialog, state.to_id, token_id=ctx.admin_id, unpin=True)
        return await self._hand(ctx, dialog, handing, because.adding(Text("", ""), *checks))

    async def _hand(self, ctx: Context, dialog: DialogView, handing: tuple[Effect, ...], because: Reason) -> Outcome:
        """The hand-over, the card, the note, a word to both and to the heads, and the trigger."""
        state, needs, facts = ctx.state, needed_by_card(handing), await ctx.look.item()
        matter, robot, session_id = await matter_of(ctx, dialog), self.code, dialog.session_id
        card = in_card(ctx.item, state.to_id, seen_user_id=facts.assigned_by_id, needs=needs)
        said = last_words(dialog, now=ctx.now, zone=ctx.zone)
        by = state.owner_name or Text("очередь", "the queue").said_in(ctx.language)
        text = note(matter, by=by, to=state.to_name, last_words=said)
        hidden = brief(dialog, text, token_id=ctx.admin_id, holder_id=state.to_id, needs=needs)
        new = told(
            [state.to_id], orphan_is_yours(matter), session_id=session_id, robot=robot, what="yours", needs=needs
        )
        gone = orphan_taken(matter, to=state.to_name)
        former_id = state.owner_id if state.owner_works else 0
        former = told([former_id], gone, session_id=session_id, robot=robot, what="gone", needs=needs)
        text = orphan_assigned(matter, to=state.to_name)
        heads, words = await to_superiors(ctx, dialog, text, owner_id=state.owner_id, robot=robot)
        heads = tuple(effect.model_copy(update={"needs": needs}) for effect in heads)
        triggers = () if state.again else await _triggers(ctx, dialog)
        effects = (*handing, *card, hidden, *new, *former, *heads, *triggers)
        return Act(effects, then=self.handed, because=because.adding(words))

    @step("handed")
    async def handed(self, ctx: Context) -> Outcome:
        """The portal may say no: then the dialog is taken first, and when that fails the heads have to see to it."""
        state, checks = ctx.state, checks_of(ctx.results)
        match came_of(ctx.results):
            case "moved":
                await turn_is_over(ctx, state.turn)
                if leaving := left_behind(ctx.results, state.chat_id, token_id=ctx.admin_id):
                    return Act(leaving, then=self.left, because=Reason(_given(state), checks))
                return Done("done", Reason(_given(state), checks))
            case "refused":
                return await self._refused(ctx, checks)
            case _:
                text = Text("Пока мы передавали диалог, его взял другой человек.", "Somebody took it meanwhile.")
                return Done("cancelled_owner", Reason(text, checks))

    async def _refused(self, ctx: Context, checks: tuple[Check, ...]) -> Outcome:
        state, why, dialog = ctx.state, refusal_words(ctx.results), await ctx.dialog()
        if over := _over(dialog) or _taken(dialog, state.owner_id, ctx.admin_id):
            return over
        if not state.again:
            state.again = True
            handing = hand_over_again(dialog, state.to_id, token_id=ctx.admin_id)
            words = Text(" Пробуем иначе.", " Trying the other way.")
            return await self._hand(ctx, dialog, handing, Reason(why + words, checks))
        text = orphan_refused(await matter_of(ctx, dialog), why=why)
        effects, words = await to_superiors(ctx, dialog, text, owner_id=state.owner_id, robot=self.code)
        return Act(effects, then=self.not_moved, because=Reason(why + words, checks))

    @step("left")
    async def left(self, ctx: Context) -> Outcome:
        return Done("done", Reason(_given(ctx.state), checks_of(ctx.results)))

    @step("not_moved")
    async def not_moved(self, ctx: Context) -> Outcome:
        text = Text("Передать диалог не удалось, руководитель предупреждён.", "Not handed over; the head was told.")
        return Failed(Reason(text, checks_of(ctx.results)))

    # --- nobody is there ---------------------------------------------------------------------------------------------

    @step("nobody_told")
    async def nobody_told(self, ctx: Context) -> Outcome:
        ctx.state.told = True
        text = Text("Руководитель предупреждён.", "The head was told.")
        return self._wait(ctx, Reason(text, checks_of(ctx.results)))

    def _wait(self, ctx: Context, because: Reason) -> WaitUntil:
        state, quiet = ctx.state, ctx.state.planned_at is not None
        due = state.plan(ctx.now)
        why = because.adding(Text(" Ждём первого, кто откроет день.", " Waiting for whoever opens the day first."))
        return WaitUntil(due, then=self.nobody, because=why, watch=state.watch, quiet=quiet, looks=True)

    @step("nobody")
    async def nobody(self, ctx: Context) -> Outcome:
        state = ctx.state
        if state.is_small_look(ctx.now):
            people = [*state.pool, *([state.owner_id] if state.owner_id else [])]
            there, news = await asyncio.gather(
                somebody_is_there(ctx, people, ctx.input.rules), has_news(ctx, state.watch)
            )
            if not there and not news:
                return self._wait(ctx, Reason(_STILL_NOBODY))
        dialog = await ctx.dialog()
        if over := _over(dialog) or _taken(dialog, state.owner_id):
            return over
        owner = await self._owner(ctx, dialog)
        if owner is not None and not owner.is_over:
            return Done("nothing_to_do", Text("Оператор снова на смене.", "The operator is on shift again."))
        return await self._rescue(ctx, dialog, Reason(_STILL_NOBODY))


async def _triggers(ctx: Context, dialog: DialogView) -> tuple[Effect, ...]:
    """Fired once per episode, whichever robot finds it; the run goes on wherever the card is moved."""
    if dialog.episode is None:
        return ()
    stage_id, once = (await ctx.look.item()).stage_id, of_episode(dialog.episode)
    return fired(Trigger.ORPHAN_FOUND, ctx.item, dialog, once=once, stage_id=stage_id, goes_on=True)


def _over(dialog: DialogView) -> Done | None:
    if not dialog.is_open or dialog.closing:
        return Done(dialog.closed_as, Text("Диалог закрыт.", "The dialog is closed."))
    if not is_waiting(dialog):
        return Done("nothing_to_do", Text("Клиент больше не ждёт.", "The client does not wait any more."))
    return None


def _taken(dialog: DialogView, *holders: int) -> Done | None:
    if dialog.owner_id and dialog.owner_id not in holders:
        return Done("cancelled_owner", Text("Диалог уже у другого оператора.", "Another operator has the dialog."))
    return None


def _given(state: RescueState) -> Text:
    return Text("Диалог передан: {name}.", "The dialog was handed to {name}.").format(name=state.to_name)


_STILL_NOBODY: Final = Text("На смене по-прежнему никого.", "Still nobody is on shift.")
