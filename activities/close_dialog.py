"""Say goodbye and finish the client's dialog, once everything speaks for it and nobody against it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from core.bitrix24.documents import Item
from core.bitrix24.wire import as_int, as_str
from core.effects import CommentTimeline, Effect, FinishDialog, NotifyStaff, SendAsOperator, SendAutomatic
from core.robots import (
    Act,
    Check,
    Ctx,
    DialogView,
    Done,
    EffectResult,
    Next,
    Outcome,
    Output,
    Reason,
    Robot,
    State,
    WaitUntil,
    prop,
    step,
)
from core.robots import closing_words as words
from core.robots.closing import Around, ClosingRules, Guard, confirmation_of, failed, guards
from core.robots.closing_form import CloseDialogInput, OnGuardFail, WindowPolicy
from core.robots.closing_look import closing_look
from core.robots.farewell import closes_at_once, farewell_of
from core.robots.hours import hours_of_people
from core.robots.message_values import message_values
from core.robots.speaking import automatic, spoken
from core.robots.stopping import closing_notes, what_stops
from core.robots.triggers import Trigger, fired, of_session
from core.texts.placeholders import TooLong, fill
from core.texts.text import Text, at_moment

#: How long the client has to answer the farewell before the dialog is finished.
PAUSE: Final = timedelta(seconds=60)
#: How often a dialog is looked at that is not to be closed yet, and for how long at most.
EACH: Final = timedelta(hours=1)
WAITS_FOR: Final = timedelta(days=30)
#: What was seen is acted on at once, or looked at anew: the client may have written since.
FRESH_FOR: Final = timedelta(seconds=30)
#: People may act at the very moment of finishing; then all is looked at anew, but not for ever.
TRIES: Final = 3


class CloseDialogState(State):
    session_id: int = 0
    #: What was seen when all spoke for closing: whoever writes anything newer stops it.
    seen_message_id: int = 0
    owner_id: int = 0
    #: The card's other items, to which the chat is bound.
    bound: tuple[tuple[int, int], ...] = ()
    confirmed: bool = False
    #: Where the card stood at the last look.
    stage_id: str = ""
    waited: bool = False
    failed_guard: str = ""
    #: Writing in an employee's name was refused, so it is tried as an automatic message.
    automatically: bool = False
    farewell_sent: bool = False
    farewell_id: int = 0
    by_line: bool = False
    silently: bool = False
    leave_at: datetime | None = None
    #: The first of two phases is over: the line has said its own goodbye.
    finishing: bool = False
    asks_rating: bool = False
    tries: int = 0


class CloseDialogOutput(Output):
    closed: bool = prop(False, ru="Закрыт", en="Closed")
    farewell_sent: bool = prop(False, ru="Прощание отправлено", en="Farewell sent")
    farewell_message_id: int = prop(0, ru="ID прощального сообщения", en="ID of the farewell")
    failed_guard: str = prop("", ru="Что помешало", en="What stood in the way")


Context = Ctx[CloseDialogInput, CloseDialogState]


class CloseDialog(Robot[CloseDialogInput, CloseDialogState, CloseDialogOutput]):
    """Weigh, say goodbye, wait a minute, look again, finish; any word of anybody in between keeps the dialog open."""

    code = "close_dialog"
    name = Text(ru="Прощальное сообщение и завершение диалога", en="Send closing message and finish")
    about = Text(
        ru="Проверяет, что вопрос решён и ничего не обещано, прощается с клиентом и через минуту завершает диалог, "
        "если никто не написал.",
        en="Makes sure that all is settled and nothing is promised, says goodbye and finishes the dialog a minute "
        "later, if nobody wrote.",
    )
    speaks = True
    #: A run that waits ends by itself a little earlier, and says what stood in the way.
    lifetime_days = 31

    @step("look")
    async def look(self, ctx: Context) -> Outcome:
        dialog, around = await closing_look(ctx, ctx.input.rules)
        if over := _closed_before(ctx, dialog):
            return over
        found = guards(ctx.input.rules, dialog, around)
        ctx.state.session_id = dialog.session_id
        ctx.state.failed_guard = failed(found)
        checks = (*(guard.check for guard in found), *closing_notes(dialog))
        if ctx.state.failed_guard:
            return await self._too_early(ctx, dialog, found, checks)
        if not dialog.window_open and ctx.input.window_policy is WindowPolicy.SKIP:
            text = Text("Окно канала закрыто, диалог оставлен.", "The channel window is closed, the dialog is left.")
            return Done("blocked_window", Reason(text, checks), _output(ctx))
        ctx.state.confirmed = confirmation_of(ctx.input.rules, dialog, around) is not None
        ctx.state.seen_message_id, ctx.state.owner_id = dialog.chat.last_message_id, dialog.owner_id
        ctx.state.bound = tuple((item.entity_type_id, item.id) for item in dialog.chat.bindings)
        return await self._leave_taken(ctx, dialog, checks)

    async def _too_early(
        self, ctx: Context, dialog: DialogView, found: tuple[Guard, ...], checks: tuple[Check, ...]
    ) -> Outcome:
        because = words.too_early(found)
        match ctx.input.on_guard_fail:
            case OnGuardFail.WAIT:
                return await self._wait(ctx, dialog, Reason(because, checks))
            case OnGuardFail.NOTIFY:
                return await self._notify(ctx, dialog, Reason(because, checks))
            case _:
                return Done("guard_failed", Reason(because, checks), _output(ctx))

    async def _wait(self, ctx: Context, dialog: DialogView, reason: Reason) -> Outcome:
        until = ctx.started_at + WAITS_FOR
        if ctx.now >= until:
            return Done("expired", reason, _output(ctx))
        calendar = await ctx.calendar(dialog)
        due = min(calendar.next_open(ctx.now + EACH), until)
        ctx.state.waited = True
        text = reason.text + Text(" Посмотрим снова {at}.", " Looking again {at}.").format(
            at=at_moment(due, ctx.zone, now=ctx.now)
        )
        return WaitUntil(due, then=self.look, because=Reason(text, reason.checks))

    async def _notify(self, ctx: Context, dialog: DialogView, reason: Reason) -> Outcome:
        """Tell whoever holds the dialog, in working time; by then it may be time to close after all."""
        hours = await hours_of_people(ctx, dialog, await ctx.calendar(dialog))
        if not hours.is_open(ctx.now):
            ctx.state.waited = True
            text = reason.text + Text(" Нерабочее время: сообщим {at}.", " Outside working time: telling {at}.").format(
                at=at_moment(hours.next_open(ctx.now), ctx.zone, now=ctx.now)
            )
            return WaitUntil(hours.next_open(ctx.now), then=self.look, because=Reason(text, reason.checks))
        item = await ctx.look.item()
        owner = 0 if dialog.owner_is_bot else dialog.owner_id
        notice = NotifyStaff(
            user_id=owner or item.assigned_by_id or ctx.admin_id,
            text=words.kept_open(ctx.item, item.title, dialog, reason.text).said_in(ctx.language),
            tag=f"dezhurny|{dialog.session_id}|{self.code}",
        )
        return Act((notice,), then=self.told, because=reason)

    @step("told")
    async def told(self, ctx: Context) -> Outcome:
        checks = tuple(Check(result.summary, result.done) for result in ctx.results)
        text = Text("Закрывать рано.", "It is too early to close.")
        return Done("guard_failed", Reason(text, checks), _output(ctx))

    async def _leave_taken(self, ctx: Context, dialog: DialogView, checks: tuple[Check, ...]) -> Outcome:
        """Say goodbye where it is ours to say, or finish at once."""
        bye = farewell_of(ctx.input.farewell_when_line_has_text, dialog)
        ctx.state.by_line, ctx.state.silently = bye.by_line, bye.silently
        checks = (*checks, Check(bye.why))
        if not bye.said:
            return await self._finish(ctx, dialog, checks)
        template = ctx.input.text if ctx.input.text != words.FAREWELL.ru else words.FAREWELL.said_in(ctx.language)
        try:
            text = fill(template, await message_values(ctx, dialog, template), blank=True).strip()
        except TooLong:
            what = Text("Сообщение длиннее 20 000 знаков.", "The message is longer than 20 000 characters.")
            return Done("failed", Reason(what, checks), _output(ctx))
        if not text:
            return await self._finish(ctx, dialog, checks)
        once, stale_at = f"farewell|{dialog.session_id}", ctx.now + FRESH_FOR
        if ctx.state.automatically:
            effects: tuple[Effect, ...] = (automatic(dialog, text, once=once, stale_at=stale_at),)
            how = Text("Автоматическим сообщением", "As an automatic message")
        else:
            author = int(ctx.input.as_user.removeprefix("user_")) if ctx.input.as_user else 0
            effects, how = await spoken(ctx, dialog, text, author_id=author, once=once, stale_at=stale_at)
        because = Text("Все условия выполнены, прощаемся.", "Everything is fulfilled, saying goodbye.")
        return Act(effects, then=self.said, because=Reason(because, (*checks, Check(how))))

    @step("said")
    async def said(self, ctx: Context) -> Outcome:
        """The farewell is out, or another run said it before; give the client a minute."""
        message = ctx.result_of(SendAsOperator.kind) or ctx.result_of(SendAutomatic.kind)
        if message is not None and message.stale:
            return Next(self.look, words.STALE)
        if message is None or not _is_said(message):
            if ctx.state.automatically or ctx.result_of(SendAutomatic.kind) is not None:
                text = Text("Битрикс24 не принял прощание.", "Bitrix24 did not take the farewell.")
                return Done("failed", text, _output(ctx))
            ctx.state.automatically = True
            return Next(
                self.look,
                Text(
                    "От имени сотрудника написать не удалось; попробуем автоматическим сообщением.",
                    "Writing in the employee's name failed; trying an automatic message.",
                ),
            )
        if ctx.dry:
            return Next(self.leave, Text("Проверка: минуту не ждём.", "A check: the minute is not waited."))
        if message.done:
            ctx.state.farewell_sent = True
            ctx.state.farewell_id = as_int(message.evidence.get("message_id")) or 0
        text = Text(
            "Даём клиенту минуту: если он напишет, диалог останется открытым.",
            "The client has a minute: if he writes, the dialog stays open.",
        )
        return self._pause(ctx, text)

    def _pause(self, ctx: Context, because: Text) -> WaitUntil:
        """A look at the end of the minute is enough, and our own farewell need not wake the run."""
        ctx.state.leave_at = ctx.now + PAUSE
        return WaitUntil(ctx.state.leave_at, then=self.leave, because=because)

    @step("leave")
    async def leave(self, ctx: Context) -> Outcome:
        """Look once more, and finish if nobody wants the dialog open."""
        dialog, around = await closing_look(
            ctx, ClosingRules(active_client_field=ctx.input.rules.active_client_field, keep_if_open_tasks=False)
        )
        if stopped := self._stopped(ctx, dialog, around):
            return stopped
        if ctx.state.leave_at is not None and ctx.now < ctx.state.leave_at:
            text = Text("Минута ещё не прошла.", "The minute is not over yet.")
            return WaitUntil(ctx.state.leave_at, then=self.leave, because=text)
        return await self._finish(ctx, dialog, closing_notes(dialog))

    def _stopped(self, ctx: Context, dialog: DialogView, around: Around) -> Outcome | None:
        state = ctx.state
        ours = {0, state.owner_id, ctx.admin_id if state.finishing else 0}
        stop = what_stops(
            dialog,
            around,
            session_id=state.session_id,
            after_message_id=state.seen_message_id,
            owners=ours,
            active_client_field=ctx.input.rules.active_client_field,
        )
        if stop is None:
            return None
        if stop.closed:
            return self._after(ctx) if state.finishing else Done(stop.result, stop.text, _output(ctx, closed=True))
        state.failed_guard = stop.guard.name if stop.guard else ""
        text = stop.text + (words.NOT_WITHDRAWN if state.farewell_sent else "")
        return Done(stop.result, Reason(text, (stop.guard.check,) if stop.guard else ()), _output(ctx))

    async def _finish(self, ctx: Context, dialog: DialogView, checks: tuple[Check, ...]) -> Act:
        ctx.state.stage_id = (await ctx.look.item()).stage_id
        ctx.state.asks_rating = dialog.line is not None and dialog.line.asks_rating
        finish = FinishDialog(
            chat_id=dialog.chat.id,
            session_id=dialog.session_id,
            as_operator=dialog.owner_id == ctx.admin_id,
            through=closes_at_once(dialog.line, by_line=ctx.state.by_line) and not dialog.closing,
            after_message_id=dialog.chat.last_message_id,
            stale_at=ctx.now + FRESH_FOR,
        )
        because = Text("Завершаем диалог.", "Finishing the dialog.")
        return Act((finish,), then=self.finished, because=Reason(because, checks))

    @step("finished")
    async def finished(self, ctx: Context) -> Outcome:
        result = ctx.result_of(FinishDialog.kind)
        if result is not None and result.stale:
            return Next(self.leave, words.STALE)
        if result is None or not result.done:
            ctx.state.tries += 1
            if result is not None and result.state == "skipped" and ctx.state.tries < TRIES:
                text = Text(
                    "Кто-то действовал в тот же миг; смотрим снова.", "Somebody acted just then; looking again."
                )
                return Next(self.leave, text)
            error = as_str(result.evidence.get("error")) if result is not None else ""
            return Done("failed", words.refused_words(error), _output(ctx))
        closing = result.evidence.get("closing") is True and result.evidence.get("closed") is not True
        if closing and not ctx.state.asks_rating and not ctx.state.finishing:
            ctx.state.finishing = True
            text = Text(
                "Линия попрощалась сама. Даём клиенту минуту и закрываем.",
                "The line said goodbye itself. The client has a minute, then the dialog is closed.",
            )
            return self._pause(ctx, text)
        ctx.state.asks_rating = ctx.state.asks_rating and closing
        return self._after(ctx)

    def _after(self, ctx: Context) -> Outcome:
        """Leave what the closing leaves behind: a note, and the trigger of a confirmed solution."""
        effects: list[Effect] = []
        if ctx.state.silently:
            note = words.SILENTLY.said_in(ctx.language)
            effects.append(CommentTimeline(entity_type=ctx.item.kind, entity_id=ctx.item.id, text=note))
        if ctx.state.confirmed:
            places = [ctx.item, *(Item(kind, number) for kind, number in ctx.state.bound)]
            once = of_session(ctx.state.session_id)
            effects += [
                one
                for place in dict.fromkeys(places)
                for one in fired(
                    Trigger.CLIENT_CONFIRMED,
                    place,
                    once=once,
                    stage_id=ctx.state.stage_id if place == ctx.item else "",
                )
            ]
        if not effects:
            return self._closed(ctx)
        return Act(tuple(effects), then=self.closed, because=words.DONE)

    @step("closed")
    async def closed(self, ctx: Context) -> Outcome:
        return self._closed(ctx)

    def _closed(self, ctx: Context) -> Done:
        text = words.WAITS_FOR_RATING if ctx.state.asks_rating else words.DONE
        return Done("done", text, _output(ctx, closed=not ctx.dry))


def _closed_before(ctx: Context, dialog: DialogView) -> Done | None:
    """A dialog that is closed, or being finished by somebody, gets no text; a new session is not ours to close."""
    result = dialog.closed_as if ctx.state.waited else "nothing_to_do"
    if not dialog.is_open or (ctx.state.session_id and dialog.session_id != ctx.state.session_id):
        text = words.CLOSED_BY_OTHERS if ctx.state.waited else words.CLOSED_BEFORE
        return Done(result, text, _output(ctx, closed=True))
    return Done(result, words.CLOSING_BEFORE, _output(ctx, closed=True)) if dialog.closing else None


def _is_said(message: EffectResult) -> bool:
    """Said by us, by another run before, or left out by a person who was asked."""
    return message.done or message.evidence.get("because") == "once" or "said_by" in message.evidence


def _output(ctx: Context, *, closed: bool = False) -> CloseDialogOutput:
    return CloseDialogOutput(
        closed=closed,
        farewell_sent=ctx.state.farewell_sent,
        farewell_message_id=ctx.state.farewell_id,
        failed_guard=ctx.state.failed_guard,
    )
