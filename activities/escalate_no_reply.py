"""Tell people, then move the dialog on, when a client waits too long for an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from core.bitrix24.wire import as_int
from core.effects import NotifyStaff
from core.robots import (
    Act,
    Answers,
    Ball,
    Calendar,
    Check,
    Ctx,
    DialogView,
    Done,
    Episode,
    Next,
    Outcome,
    Output,
    Reason,
    Robot,
    State,
    UserRef,
    WaitUntil,
    Watch,
    prop,
    step,
)
from core.robots.circle import Around, Circle, everybody_is_off
from core.robots.circle_reading import both, circle_of
from core.robots.countdown import Countdown, PlannedWait, answered_words
from core.robots.escalate_form import CountFrom, CrmSync, EscalateInput, IfNotWaiting, WhoCounts
from core.robots.escalation import level_effects
from core.robots.holding import holding_message
from core.robots.hours import hours_of_people
from core.robots.levels import Level
from core.robots.staff_words import Facts
from core.robots.turn import ending_of, turn_of
from core.robots.unanswered import line_beside
from core.texts.text import Text, at_moment, joined, moment

#: How long an armed robot waits for the client's first word.
ARMED_FOR = timedelta(days=14)
#: When nobody whom the last level concerns is at work, they are looked for again so often.
LOOKS_AGAIN = timedelta(minutes=15)


class EscalateState(State):
    #: The episode: the session and the first message without an answer.
    session_id: int = 0
    message_id: int = 0
    since: datetime | None = None
    #: Levels that fired or were skipped.
    level: int = 0
    repeats: int = 0
    due: datetime | None = None
    #: The level is due at once, because nobody whom the one before concerns is at work.
    hurried: bool = False
    told: tuple[int, ...] = ()
    #: Their names, over all levels.
    names: tuple[str, ...] = ()
    #: The client got the holding text, or it could not be sent.
    held: bool = False
    armed: bool = False
    later: PlannedWait | None = None
    #: Who stood around the dialog at the last look; they are read together with the next one.
    around: Around = Around()

    @property
    def episode(self) -> Episode:
        return Episode(self.session_id, self.message_id)


class EscalateOutput(Output):
    answered: bool = prop(False, ru="Клиенту ответили", en="The client was answered")
    answered_by: UserRef | None = prop(None, ru="Кто ответил", en="Who answered")
    answer_minutes: int = prop(0, ru="Через сколько рабочих минут", en="After how many working minutes")
    level_reached: int = prop(0, ru="Сработало уровней", en="Levels reached")
    final_owner: UserRef | None = prop(None, ru="Оператор в итоге", en="Operator in the end")


Context = Ctx[EscalateInput, EscalateState]


class EscalateNoReply(Robot[EscalateInput, EscalateState, EscalateOutput]):
    """Wait in working time for a person's answer; each level looks again before it acts."""

    code = "escalate_no_reply"
    name = Text(ru="Эскалация, если нет ответа N минут", en="Escalate if no reply in N minutes")
    about = Text(
        ru="Если клиенту не ответили за указанное рабочее время, сообщает руководителю, добавляет его в чат или "
        "передаёт диалог.",
        en="When a client got no answer within the given working time, tells the head, adds him to the chat or hands "
        "the dialog over.",
    )
    speaks = True

    @step("arm")
    async def arm(self, ctx: Context) -> Outcome:
        dialog = await ctx.dialog()
        if not dialog.is_open:
            return Done(dialog.closed_as if ctx.state.armed else "nothing_to_do", dialog.why_ball, _output(ctx))
        turn = turn_of(dialog, _counts(ctx), zone=ctx.zone, now=ctx.now)
        ctx.state.around = Around.of(dialog, await ctx.look.item())
        if turn.ball is not Ball.US or turn.episode is None or turn.waiting_since is None:
            return self._not_waiting(ctx, dialog, turn.why)
        ctx.state.session_id, ctx.state.message_id = turn.episode.session_id, turn.episode.message_id
        from_message = ctx.input.count_from is CountFrom.OLDEST_UNANSWERED or (
            ctx.input.count_from is CountFrom.ASSIGNMENT and not ctx.state.around.owner_id
        )
        ctx.state.since = turn.waiting_since if from_message else max(turn.waiting_since, ctx.started_at)
        waits = self._wait(ctx, dialog, _countdown(ctx, await ctx.calendar(dialog)), turn.why)
        beside = line_beside(
            dialog.line,
            accepted=dialog.accepted,
            since=turn.waiting_since,
            due=waits.due,
            now=ctx.now,
            zone=ctx.zone,
        )
        return replace(waits, because=Reason(Reason.of(waits.because).text, beside))

    def _not_waiting(self, ctx: Context, dialog: DialogView, why: Text) -> Outcome:
        if ctx.input.if_not_waiting is IfNotWaiting.FINISH:
            return Done("nothing_to_do", why, _output(ctx))
        until = ctx.started_at + ARMED_FOR
        if ctx.now >= until:
            text = Text("Клиент не написал за две недели.", "The client did not write within two weeks.")
            return Done("nothing_to_do", text, _output(ctx))
        ctx.state.armed = True
        because = Text("{why} Ждём, пока напишет.", "{why} Waiting until he writes.").format(why=why)
        return WaitUntil(until, then=self.arm, because=because, watch=Watch.of(dialog), looks=True)

    def _wait(self, ctx: Context, dialog: DialogView, countdown: Countdown, why: Text) -> WaitUntil:
        """Sleep until the present level is due, counted from the client's message."""
        level, repeats = ctx.state.level, ctx.state.repeats
        words = why + " " + _arithmetic(ctx, countdown, level, repeats)
        planned = PlannedWait.of(countdown, _minutes_for(ctx, level, repeats), dialog, words)
        ctx.state.due = planned.due
        return planned.until(self.fire)

    @step("fire")
    async def fire(self, ctx: Context) -> Outcome:
        level = ctx.input.chain[min(ctx.state.level, len(ctx.input.chain) - 1)]
        dialog, circle = await self._look(ctx, level)
        countdown = _countdown(ctx, await ctx.calendar(dialog))
        if over := _over(ctx, dialog, countdown):
            return over
        if (anew := await self._anew(ctx, dialog)) is not None:
            return anew
        if not ctx.state.hurried and not countdown.is_over(_minutes_for(ctx, ctx.state.level, ctx.state.repeats)):
            return self._wait(ctx, dialog, countdown, dialog.why_ball)
        around = ctx.state.around = Around.of(dialog, await ctx.look.item())
        if circle is None or around != circle.around:
            circle = await circle_of(ctx.read, around, level, pool=ctx.input.pool, admin_id=ctx.admin_id)
        hours = await hours_of_people(ctx, dialog, countdown.calendar)
        if everybody_is_off(level, circle):
            return self._nobody_at_work(ctx, dialog, hours)
        if ctx.input.quiet_hours and not hours.is_open(ctx.now):
            because = Text(
                "Нерабочее время: людей не беспокоим до {until}.",
                "Outside working time: nobody is disturbed until {until}.",
            )
            return self._hold(ctx, dialog, hours.next_open(ctx.now), because)
        return await self._act(ctx, dialog, countdown, level, circle)

    async def _anew(self, ctx: Context, dialog: DialogView) -> WaitUntil | None:
        """Give a new operator the whole time when it is his that counts; whoever got it from us goes on in ours."""
        state, around = ctx.state, Around.of(dialog, await ctx.look.item())
        if ctx.input.count_from is not CountFrom.ASSIGNMENT or around.owner_id in {0, state.around.owner_id}:
            return None
        state.since, state.level, state.repeats, state.told, state.hurried = ctx.now, 0, 0, (), False
        state.around = around
        why = Text("У диалога новый оператор, время пошло заново.", "The dialog has a new operator, time begins anew.")
        return self._wait(ctx, dialog, _countdown(ctx, await ctx.calendar(dialog)), why)

    async def _look(self, ctx: Context, level: Level) -> tuple[DialogView, Circle | None]:
        """Read the dialog; when the level is due, with the people whom it concerned at the last look beside it.

        Both are asked at the same moment, so they share one HTTP request (decisions.md 12 and 13).
        """
        if ctx.state.due is not None and ctx.now < ctx.state.due:
            return await ctx.dialog(), None
        reading = circle_of(ctx.read, ctx.state.around, level, pool=ctx.input.pool, admin_id=ctx.admin_id)
        return await both(ctx.dialog(), reading)

    def _nobody_at_work(self, ctx: Context, dialog: DialogView, hours: Calendar) -> Outcome:
        """Skip to the next level at once; only the last one waits for somebody to come (decisions.md 24)."""
        if ctx.state.level + 1 < len(ctx.input.chain):
            ctx.state.level += 1
            ctx.state.hurried = True
            because = Text(
                "Уровень {level}: никого из адресатов нет на смене, сразу переходим к следующему.",
                "Level {level}: nobody it concerns is at work, going on to the next at once.",
            ).format(level=ctx.state.level)
            return Next(self.fire, because)
        because = Text(
            "Никого из адресатов нет на смене; посмотрим снова {at}.",
            "Nobody it concerns is at work; looking again {at}.",
        )
        return self._hold(ctx, dialog, hours.next_open(ctx.now + LOOKS_AGAIN), because)

    def _hold(self, ctx: Context, dialog: DialogView, until: datetime, because: Text) -> WaitUntil:
        """The level is due, and waits for people all the same."""
        ctx.state.due = until
        words = because.format(at=at_moment(until, ctx.zone, now=ctx.now), until=moment(until, ctx.zone, now=ctx.now))
        return WaitUntil(until, then=self.fire, because=words, watch=Watch.of(dialog))

    async def _act(
        self, ctx: Context, dialog: DialogView, countdown: Countdown, level: Level, circle: Circle
    ) -> Outcome:
        item = await ctx.look.item()
        waited = countdown.said(countdown.passed())
        facts = Facts(
            item=ctx.item,
            title=item.title or str(ctx.item),
            language=ctx.language,
            waited=waited,
            now=ctx.now,
            level=ctx.state.level + 1,
            sync_crm=ctx.input.crm_sync is CrmSync.ALWAYS,
            stage_id=item.stage_id,
        )
        effects, checks = level_effects(level, dialog, circle, facts, told=ctx.state.told)
        if not ctx.state.held:
            message, check = await holding_message(ctx, dialog, ctx.input.client_text)
            effects = (message, *effects) if message else effects
            checks = (check, *checks) if check else checks
            ctx.state.held = True
        told = {effect.user_id for effect in effects if isinstance(effect, NotifyStaff)}
        ctx.state.told = tuple(sorted({*ctx.state.told, *told}))
        ctx.state.names = tuple(dict.fromkeys((*ctx.state.names, *(circle.name(user_id) for user_id in sorted(told)))))
        ctx.state.later = _later(ctx, dialog, countdown)
        because = Text(
            "Ответа нет {waited}: срабатывает уровень {level} из {levels}.",
            "No answer for {waited}: level {level} of {levels} fires.",
        ).format(waited=waited, level=ctx.state.level + 1, levels=len(ctx.input.chain))
        return Act(effects, then=self.after, because=Reason(because, checks))

    @step("after")
    async def after(self, ctx: Context) -> Outcome:
        """Go on with the next level, repeat the last one, or end; what comes next was planned before acting."""
        state, last = ctx.state, ctx.state.level + 1 >= len(ctx.input.chain)
        moved = ctx.result_of("transfer_dialog")
        if moved is not None and moved.done and "owner" in moved.evidence:
            state.around = replace(state.around, owner_id=as_int(moved.evidence["owner"]) or 0)
        later, state.later, state.hurried = state.later, None, False
        if later is None:
            state.level = len(ctx.input.chain)
            return self._ended(ctx)
        if last:
            state.repeats, state.told = state.repeats + 1, ()
        else:
            state.level += 1
        state.due = later.due
        return later.until(self.fire)

    def _ended(self, ctx: Context) -> Done:
        refused = [result for result in ctx.results if result.state == "refused"]
        checks = tuple(Check(result.summary, result.done) for result in ctx.results)
        if refused and len(refused) == len(ctx.results):
            text = Text("Битрикс24 отказал во всех действиях уровня.", "Bitrix24 refused everything the level does.")
            return Done("failed", Reason(text, checks), _output(ctx))
        text = Text(
            "Клиенту так и не ответили. Сработало уровней: {levels}; сообщили: {names}.",
            "The client was not answered. Levels that fired: {levels}; told: {names}.",
        )
        if ctx.dry:
            text = Text(
                "Проверка: сработало бы уровней: {levels}; сообщили бы: {names}.",
                "A check: levels that would fire: {levels}; would be told: {names}.",
            )
        names = joined(ctx.state.names) if ctx.state.names else Text("никому", "nobody")
        text = text.format(levels=len(ctx.input.chain), names=names)
        return Done("done", Reason(text, checks), _output(ctx))


def _counts(ctx: Context) -> Answers:
    return "human" if ctx.input.who_counts is WhoCounts.HUMAN else "human_or_robot"


def _countdown(ctx: Context, calendar: Calendar) -> Countdown:
    """Count by the calendar of today: a dialog that was moved to another line takes that line's."""
    always = ctx.input.around_the_clock
    return Countdown(ctx.state.since or ctx.now, calendar, ctx.now, ctx.zone, around_the_clock=always)


def _minutes_for(ctx: Context, level: int, repeats: int) -> int:
    chain = ctx.input.chain
    return chain[min(level, len(chain) - 1)].minutes + repeats * ctx.input.repeat_last_level


def _arithmetic(ctx: Context, countdown: Countdown, level: int, repeats: int) -> Text:
    """Say when a level is due and how that was counted."""
    total, levels = _minutes_for(ctx, level, repeats), len(ctx.input.chain)
    text = Text(
        "Уровень {level} из {levels} сработает {due}: {counted}.",
        "Level {level} of {levels} fires {due}: {counted}.",
    )
    if countdown.is_over(total):
        text = Text(
            "Уровень {level} из {levels} сработает сразу: {counted}.",
            "Level {level} of {levels} fires at once: {counted}.",
        )
    return text.format(
        level=min(level + 1, levels),
        levels=levels,
        due=at_moment(countdown.due(total), ctx.zone, now=ctx.now),
        counted=countdown.explained(total),
    )


def _later(ctx: Context, dialog: DialogView, countdown: Countdown) -> PlannedWait | None:
    """Plan the wait after the present level: for the next one, or for the last one again; None when it was the last."""
    level, repeats = ctx.state.level + 1, ctx.state.repeats
    if level >= len(ctx.input.chain):
        if not ctx.input.repeat_last_level:
            return None
        level, repeats = level - 1, repeats + 1
    words = _arithmetic(ctx, countdown, level, repeats)
    return PlannedWait.of(countdown, _minutes_for(ctx, level, repeats), dialog, words)


def _over(ctx: Context, dialog: DialogView, countdown: Countdown) -> Done | None:
    """Return why there is nothing to escalate any more, by what the dialog holds now."""
    ending = ending_of(dialog, ctx.state.episode, _counts(ctx), zone=ctx.zone, now=ctx.now)
    if ending is None:
        return None
    ctx.state.around = replace(ctx.state.around, owner_id=dialog.owner_id)
    if ending.reply is None:
        return Done(ending.result, ending.text, _output(ctx))
    spent = countdown.passed(ending.reply.at)
    because = ending.text + answered_words(dialog, ending.reply, countdown)
    output = _output(ctx).model_copy(
        update={"answered": True, "answered_by": UserRef(f"user_{ending.reply.author_id}"), "answer_minutes": spent}
    )
    return Done(ending.result, because, output)


def _output(ctx: Context) -> EscalateOutput:
    owner = ctx.state.around.owner_id
    return EscalateOutput(
        level_reached=len(ctx.input.chain) if ctx.state.repeats else ctx.state.level,
        final_owner=UserRef(f"user_{owner}") if owner else None,
    )
