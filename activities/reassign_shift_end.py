"""Hand a dialog over when its operator's shift ends, by how the dialog stands then."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final

from core.effects import Effect
from core.robots import Act, Check, Ctx, DialogView, Done, Failed, Outcome, Reason, Robot, WaitUntil, step
from core.robots.assigning import find, read_ahead, turn_is_over
from core.robots.assignment import CrmSync, NoCandidate, answer_of_others
from core.robots.candidates import Staff
from core.robots.duty import shift_now, shifts_now, somebody_is_there
from core.robots.handover import (
    back_to_queue,
    came_of,
    checks_of,
    hand_over,
    hand_over_again,
    left_behind,
    refusal_words,
)
from core.robots.handover_words import nobody_on_shift, refused, shift_over, wrote_again
from core.robots.hold import on_hold
from core.robots.outcomes import Step
from core.robots.polling import has_news
from core.robots.shift_end import Deed, kind_of, newest_of_client, overtime_until
from core.robots.shift_form import ReassignInput, ReturnPolicy
from core.robots.shift_gift import Extras, Parties, gift_back, shift_gift
from core.robots.shift_state import (
    ReassignOutput,
    ReassignState,
    shift_output,
    stays_where_it_is,
    what_ended,
)
from core.robots.shift_words import ASKING, NEVER_ENDS, NO_SOURCE, NOT_HIS, NOTHING, STILL_NOBODY, moved
from core.robots.shifts import Shift
from core.robots.situation import matter_of, minutes_waited
from core.robots.speaking import spoken
from core.robots.superiors import superiors, to_superiors
from core.robots.triggers import Trigger, fired, of_episode
from core.texts.text import Text, moment

#: What a thankful client is answered with.
SIGN: Final = "🤝"

Context = Ctx[ReassignInput, ReassignState]


class ReassignShiftEnd(Robot[ReassignInput, ReassignState, ReassignOutput]):
    """Knows the planned end and asks for the real one; whichever comes first, the dialog is looked at then."""

    code = "reassign_shift_end"
    name = Text(ru="Передать диалоги в конце смены", en="Reassign on shift end")
    about = Text(
        ru="Когда смена оператора кончается, передаёт диалог тому, кто на смене, если клиент ждёт или ему обещали "
        "вернуться; иначе следит, чтобы его ответ не остался без внимания.",
        en="When the operator's shift ends, hands the dialog to somebody on shift if the client waits or was promised "
        "something; otherwise watches that his answer does not go unseen.",
    )
    speaks = True

    @step("arm")
    async def arm(self, ctx: Context) -> Outcome:
        state, dialog = ctx.state, await ctx.dialog()
        if not dialog.is_open or dialog.closing:
            return Done("nothing_to_do", Text("Диалог закрыт.", "The dialog is closed."), shift_output(state))
        named = int(ctx.input.owner.removeprefix("user_")) if ctx.input.owner else dialog.owner_id
        if not dialog.accepted or dialog.owner_is_bot or named != dialog.owner_id:
            return Done("nothing_to_do", NOT_HIS, shift_output(state))
        if not await ctx.desk.only_one(f"chat {dialog.chat.id}"):
            text = Text("За этим диалогом уже следит такой же робот.", "Another run looks after this dialog already.")
            return Done("skipped_duplicate", text, shift_output(state))
        state.owner_id = named
        state.pool = ctx.input.named_pool or (dialog.line.queue if dialog.line is not None else ())
        state.saw(dialog, ctx.now)
        person, shift = await shift_now(ctx, named, ctx.input.rules)
        state.owner_name = person.name
        if person.bot:
            return Done("nothing_to_do", NOT_HIS, shift_output(state))
        return await self._armed(ctx, dialog, shift, None)

    async def _armed(self, ctx: Context, dialog: DialogView, shift: Shift, ahead: Staff | None) -> Outcome:
        """Wait for the end of the shift that is on; one that is over is dealt with at once."""
        state = ctx.state
        lead = timedelta(minutes=ctx.input.lead_minutes)
        state.handover_at = shift.ends_at - lead if shift.ends_at else None
        state.overtimes, state.client_message_id, state.orphan_told = 0, 0, False
        if shift.is_over or (state.handover_at is not None and ctx.now >= state.handover_at):
            return await self._end(ctx, dialog, shift, ahead)
        because = Text("{name}: {why}.", "{name}: {why}.").format(name=state.owner_name, why=shift.why)
        if shift.ends_at is not None:
            ends = moment(shift.ends_at, ctx.zone, now=ctx.now)
            plan = Text(" По плану смена до {ends}.", " The shift is planned until {ends}.").format(ends=ends)
            return self._wait(ctx, self.wait, because + plan, before=state.handover_at)
        if not shift.is_known:
            return Failed(because + NO_SOURCE, shift_output(state))
        if shift.free:
            return Done("nothing_to_do", because + NEVER_ENDS, shift_output(state))
        return self._wait(ctx, self.wait, because + ASKING)

    def _wait(
        self, ctx: Context, then: Step, because: Text | Reason, *, before: datetime | None = None, quiet: bool = False
    ) -> WaitUntil:
        """Look again at the next common moment; an armed run is not woken by every message."""
        due = ctx.state.plan(ctx.now, before=before)
        watch = None if then == self.wait else ctx.state.watch
        promised = ctx.state.handover_at if then == self.wait else None
        return WaitUntil(due, then=then, because=because, watch=watch, quiet=quiet, looks=True, promised=promised)

    @step("wait")
    async def wait(self, ctx: Context) -> Outcome:
        state = ctx.state
        planned = state.handover_at is not None and ctx.now >= state.handover_at
        if not planned and ctx.state.is_small_look(ctx.now):
            _, shift = await shift_now(ctx, state.owner_id, ctx.input.rules)
            if not shift.is_over:
                return self._wait(ctx, self.wait, shift.why, before=state.handover_at, quiet=True)
        dialog, shift, ahead = await self._look(ctx)
        if over := what_ended(state, dialog):
            return over
        if planned or shift.is_over:
            return await self._end(ctx, dialog, shift, ahead)
        return self._wait(ctx, self.wait, shift.why, before=state.handover_at, quiet=True)

    async def _look(self, ctx: Context) -> tuple[DialogView, Shift, Staff]:
        """Read the dialog and everybody whom it may concern at the same moment, so that they share a request."""
        state = ctx.state
        reading = read_ahead(ctx, [state.owner_id, *state.pool], ctx.input.rules, session_id=state.session_id)
        dialog, ahead = await asyncio.gather(ctx.dialog(), reading)
        state.saw(dialog, ctx.now)
        _, shift = (await shifts_now(ctx, [state.owner_id], ctx.input.rules, known=ahead))[state.owner_id]
        return dialog, shift, ahead

    # --- the end of the shift ----------------------------------------------------------------------------------------

    async def _end(self, ctx: Context, dialog: DialogView, shift: Shift, ahead: Staff | None) -> Outcome:
        state = ctx.state
        until = overtime_until(dialog, state.owner_id, shift, now=ctx.now, taken=state.overtimes)
        if until is not None:
            state.overtimes, state.handover_at = state.overtimes + 1, until
            text = Text("{name} ещё пишет клиенту: ждём до {at}.", "{name} is still writing: waiting until {at}.")
            text = text.format(name=state.owner_name, at=moment(until, ctx.zone, now=ctx.now))
            return self._wait(ctx, self.wait, text, before=until)
        kind = kind_of(dialog, on_hold=await on_hold(ctx))
        state.kind = kind.value
        state.minutes_waited = minutes_waited(dialog, await ctx.calendar(dialog), ctx.now)
        text = Text("Смена кончается ({name}: {why}), {kind}.", "The shift ends ({name}: {why}), {kind}.")
        because = Reason(text.format(name=state.owner_name, why=shift.why, kind=kind.label))
        return await self._deal(ctx, dialog, ctx.input.deed(kind), ahead, because)

    async def _deal(
        self, ctx: Context, dialog: DialogView, deed: Deed, ahead: Staff | None, because: Reason
    ) -> Outcome:
        state = ctx.state
        match deed:
            case Deed.REASSIGN:
                return await self._reassign(ctx, dialog, ahead, because)
            case Deed.TO_QUEUE:
                return await self._to_queue(ctx, dialog, because)
            case Deed.NOTIFY_HEAD:
                text = shift_over(await matter_of(ctx, dialog), by=state.owner_name)
                return await self._tell(ctx, dialog, text, because, then=self.head_told)
            case Deed.WATCH:
                words = Text(" Диалог остаётся за ним, следим.", " The dialog stays with him and is watched.")
                return self._wait(ctx, self.watching, because.adding(words))
            case Deed.ACK if dialog.window_open:
                effects, how = await spoken(ctx, dialog, SIGN, author_id=dialog.owner_id)
                return Act(effects, then=self.acked, because=because.adding(NOTHING, Check(how)))
            case _:
                return Done("nothing_to_do", because, shift_output(state))

    async def _reassign(self, ctx: Context, dialog: DialogView, ahead: Staff | None, because: Reason) -> Outcome:
        state = ctx.state
        left_out = {state.owner_id: Text("сдаёт смену", "is leaving the shift")}
        found = await find(ctx, dialog, ctx.input.rules, left_out=left_out, hop=state.hops, known=ahead)
        because = because.adding(Text(" ", " ") + found.chosen.why, *found.chosen.rows)
        if found.user_id:
            state.turn = found.turn
            return await self._give(ctx, dialog, found.user_id, found.name(found.user_id), because)
        state.pool = found.pool
        return await self._nobody(ctx, dialog, because)

    async def _give(self, ctx: Context, dialog: DialogView, to_id: int, to_name: str, because: Reason) -> Outcome:
        state = ctx.state
        state.to_id, state.to_name, state.again, state.hops = to_id, to_name, False, state.hops + 1
        state.given_message_id = dialog.chat.last_message_id
        handing, checks = hand_over(dialog, to_id, token_id=ctx.admin_id, unpin=ctx.input.unpin)
        return await self._hand(ctx, dialog, handing, because.adding(NOTHING, *checks))

    async def _to_queue(self, ctx: Context, dialog: DialogView, because: Reason) -> Outcome:
        ctx.state.to_id, ctx.state.to_name = 0, ""
        if returned := back_to_queue(dialog):
            return await self._hand(ctx, dialog, returned, because)
        return Done("nothing_to_do", because, shift_output(ctx.state))

    async def _hand(self, ctx: Context, dialog: DialogView, handing: tuple[Effect, ...], because: Reason) -> Outcome:
        state = ctx.state
        parties = Parties(state.owner_id, state.owner_name, state.to_id, state.to_name)
        effects, checks = await shift_gift(ctx, dialog, handing, parties, self._extras(ctx))
        return Act(effects, then=self.handed, because=because.adding(NOTHING, *checks))

    def _extras(self, ctx: Context) -> Extras:
        given, once = ctx.input, f"{ctx.run_id}|{ctx.state.hops}"
        goes_on = given.return_policy is ReturnPolicy.RETURN_IF_UNTOUCHED
        return Extras(self.code, given.crm_sync is CrmSync.ALWAYS, given.brief, given.client_text, once, goes_on)

    async def _tell(
        self, ctx: Context, dialog: DialogView, text: str, because: Reason, *, then: Step, also: tuple[Effect, ...] = ()
    ) -> Outcome:
        effects, words = await to_superiors(ctx, dialog, text, owner_id=ctx.state.owner_id, robot=self.code)
        return Act((*effects, *also), then=then, because=because.adding(words))

    # --- what came of it ---------------------------------------------------------------------------------------------

    @step("handed")
    async def handed(self, ctx: Context) -> Outcome:
        """The portal may say no: then the dialog is taken first, and when that fails the head has to see to it."""
        state, checks = ctx.state, checks_of(ctx.results)
        match came_of(ctx.results):
            case "moved":
                state.moved = True
                await turn_is_over(ctx, state.turn)
                if leaving := left_behind(ctx.results, state.chat_id, token_id=ctx.admin_id):
                    return Act(leaving, then=self.left, because=Reason(moved(state), checks))
                return self._afterwards(ctx, checks)
            case "refused":
                why, dialog = refusal_words(ctx.results), await ctx.dialog()
                if over := what_ended(state, dialog, ctx.admin_id):
                    return over
                if state.to_id and not state.again:
                    state.again = True
                    handing = hand_over_again(dialog, state.to_id, token_id=ctx.admin_id)
                    words = Text(" Пробуем иначе.", " Trying the other way.")
                    return await self._hand(ctx, dialog, handing, Reason(why + words, checks))
                text = refused(await matter_of(ctx, dialog), by=state.owner_name, why=why)
                return await self._tell(ctx, dialog, text, Reason(why, checks), then=self.not_moved)
            case _:
                text_of_it = Text("Пока мы передавали диалог, его взял другой человек.", "Somebody took it meanwhile.")
                return Done("cancelled_owner", Reason(text_of_it, checks), shift_output(state))

    @step("left")
    async def left(self, ctx: Context) -> Outcome:
        return self._afterwards(ctx, checks_of(ctx.results))

    def _afterwards(self, ctx: Context, checks: tuple[Check, ...]) -> Outcome:
        state, because = ctx.state, Reason(moved(ctx.state), checks)
        if ctx.input.return_policy is ReturnPolicy.STAY or not state.to_id or ctx.dry:
            return Done("done", because, shift_output(state))
        words = Text(" Вернём прежнему, если никто не ответит.", " Given back to the former one if nobody answers.")
        return self._wait(ctx, self.back, because.adding(words))

    @step("not_moved")
    async def not_moved(self, ctx: Context) -> Outcome:
        text = Text("Передать диалог не удалось, руководитель предупреждён.", "Not handed over; the head was told.")
        return Failed(Reason(text, checks_of(ctx.results)), shift_output(ctx.state))

    @step("head_told")
    async def head_told(self, ctx: Context) -> Outcome:
        text = Text("Руководитель предупреждён, диалог остаётся.", "The head was told, the dialog stays.")
        return Done("done", Reason(text, checks_of(ctx.results)), shift_output(ctx.state))

    @step("acked")
    async def acked(self, ctx: Context) -> Outcome:
        checks = checks_of(ctx.results)
        if all(check.passed for check in checks):
            text = Text("Клиенту ответили знаком.", "The client was answered with a sign.")
            return Done("done", Reason(text, checks), shift_output(ctx.state))
        text = Text("Ответить клиенту не удалось.", "The client could not be answered.")
        return Failed(Reason(text, checks), shift_output(ctx.state))

    # --- nobody is there ---------------------------------------------------------------------------------------------

    async def _nobody(self, ctx: Context, dialog: DialogView, because: Reason) -> Outcome:
        state, owner = ctx.state, ctx.state.owner_name
        match ctx.input.no_candidate:
            case NoCandidate.FIRST_OPEN:
                return await self._first_open(ctx, dialog, because)
            case NoCandidate.QUEUE:
                return await self._to_queue(ctx, dialog, because)
            case NoCandidate.NOTHING:
                return Done("no_candidate", because, shift_output(state))
            case _:
                facts = await ctx.look.item()
                heads = await superiors(ctx, owner_id=state.owner_id, responsible_id=facts.assigned_by_id)
                if heads[0].reachable and heads[0].id not in {state.owner_id, dialog.owner_id}:
                    return await self._give(ctx, dialog, heads[0].id, heads[0].name, because)
                text = nobody_on_shift(await matter_of(ctx, dialog), by=owner)
                return await self._tell(ctx, dialog, text, because, then=self.nobody_told)

    async def _first_open(self, ctx: Context, dialog: DialogView, because: Reason) -> Outcome:
        """Wait for somebody; a client who writes again while nobody is there is a matter for the head (S4-13)."""
        state, newest = ctx.state, newest_of_client(dialog)
        waits, state.client_message_id = state.client_message_id, state.client_message_id or newest
        if waits and newest > waits and not state.orphan_told and dialog.episode is not None:
            state.orphan_told = True
            once = of_episode(dialog.episode)
            stage_id = (await ctx.look.item()).stage_id
            triggers = fired(Trigger.ORPHAN_FOUND, ctx.item, dialog, once=once, stage_id=stage_id, goes_on=True)
            text = wrote_again(await matter_of(ctx, dialog))
            return await self._tell(ctx, dialog, text, because, then=self.still_nobody, also=triggers)
        words = Text(" Ждём первого, кто откроет день.", " Waiting for whoever opens the day first.")
        return self._wait(ctx, self.nobody, because.adding(words), quiet=bool(waits))

    @step("still_nobody")
    async def still_nobody(self, ctx: Context) -> Outcome:
        text = Text("Руководитель предупреждён; ждём первого.", "The head was told; waiting for whoever comes first.")
        return self._wait(ctx, self.nobody, Reason(text, checks_of(ctx.results)))

    @step("nobody")
    async def nobody(self, ctx: Context) -> Outcome:
        state, people = ctx.state, [*ctx.state.pool, ctx.state.owner_id]
        if ctx.state.is_small_look(ctx.now):
            there, news = await asyncio.gather(
                somebody_is_there(ctx, people, ctx.input.rules), has_news(ctx, state.watch)
            )
            if not there and not news:
                return self._wait(ctx, self.nobody, STILL_NOBODY, quiet=True)
        dialog, shift, ahead = await self._look(ctx)
        if over := what_ended(state, dialog):
            return over
        if shift.is_there and dialog.owner_id == state.owner_id:
            return await self._armed(ctx, dialog, shift, ahead)
        return await self._reassign(ctx, dialog, ahead, Reason(STILL_NOBODY))

    @step("nobody_told")
    async def nobody_told(self, ctx: Context) -> Outcome:
        text = Text("Передать некому, руководитель предупреждён.", "Nobody can take it, the head was told.")
        return Done("no_candidate", Reason(text, checks_of(ctx.results)), shift_output(ctx.state))

    # --- afterwards --------------------------------------------------------------------------------------------------

    @step("watching")
    async def watching(self, ctx: Context) -> Outcome:
        """The operator keeps the dialog; the client's word while he is away hands it over at once (S4-01)."""
        state = ctx.state
        if ctx.state.is_small_look(ctx.now):
            (_, shift), news = await asyncio.gather(
                shift_now(ctx, state.owner_id, ctx.input.rules), has_news(ctx, state.watch)
            )
            if not shift.is_there and not news:
                return self._wait(ctx, self.watching, shift.why, quiet=True)
        dialog, shift, ahead = await self._look(ctx)
        if over := what_ended(state, dialog):
            return over
        if shift.is_there and dialog.owner_id == state.owner_id:
            return await self._armed(ctx, dialog, shift, ahead)
        kind = kind_of(dialog, on_hold=await on_hold(ctx))
        deed = ctx.input.deed(kind, watched=True)
        if deed is Deed.WATCH:
            return self._wait(ctx, self.watching, dialog.why_ball, quiet=True)
        state.kind = kind.value
        state.minutes_waited = minutes_waited(dialog, await ctx.calendar(dialog), ctx.now)
        because = Text("{why} Оператора нет на смене.", "{why} The operator is off shift.").format(why=dialog.why_ball)
        return await self._deal(ctx, dialog, deed, ahead, Reason(because))

    @step("back")
    async def back(self, ctx: Context) -> Outcome:
        """The former operator is on shift again: he gets the dialog back, unless somebody answered meanwhile."""
        state = ctx.state
        _, shift = await shift_now(ctx, state.owner_id, ctx.input.rules)
        if not shift.is_on:
            return self._wait(ctx, self.back, shift.why, quiet=True)
        dialog = await ctx.dialog()
        reply = answer_of_others(dialog, state.owner_id, after_message_id=state.given_message_id)
        if stays := stays_where_it_is(state, dialog, reply):
            return Done("done", stays, shift_output(state))
        parties = Parties(state.to_id, state.to_name, state.owner_id, state.owner_name)
        because = Text("{name} снова на смене: возвращаем.", "{name} is on shift again: given back.")
        effects = await gift_back(ctx, dialog, parties, self._extras(ctx))
        return Act(effects, then=self.returned, because=because.format(name=state.owner_name))

    @step("returned")
    async def returned(self, ctx: Context) -> Outcome:
        state, checks = ctx.state, checks_of(ctx.results)
        if came_of(ctx.results) != "moved":
            return Done("done", Reason(moved(state), checks), shift_output(state))
        text = Text("Диалог вернули: {name}.", "The dialog was given back to {name}.").format(name=state.owner_name)
        state.to_id = state.owner_id
        return Done("done", Reason(text, checks), shift_output(state))
