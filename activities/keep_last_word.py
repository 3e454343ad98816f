"""Let the last word in a dialog be ours: thank for thanks after a pause, and see to questions left unanswered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from core.dialogs.lexicon import Lexicon
from core.effects import FireTrigger, NotifyStaff, SendAsOperator, SendAutomatic
from core.robots import (
    Act,
    Author,
    Check,
    Choice,
    Ctx,
    DialogInput,
    DialogView,
    Done,
    Episode,
    LongText,
    Message,
    Next,
    Outcome,
    Output,
    Reason,
    Robot,
    WaitUntil,
    Watch,
    prop,
    step,
)
from core.robots.acks import (
    ANSWERED,
    CLOSED,
    EMPTY,
    ENOUGH,
    QUESTION,
    REOPENS,
    SHUT,
    Courtesy,
    acknowledgement,
    courtesy_of,
)
from core.robots.last_word import LastWord, last_word, said_today
from core.robots.neglected import neglected
from core.robots.parting import PartingState, fired, keep_for_parting, kept_for_parting, part, parted
from core.robots.speaking import automatic, spoken
from core.robots.triggers import Trigger, of_episode
from core.robots.triggers import fired as triggers_for
from core.texts.placeholders import first_unknown
from core.texts.text import Text, at_moment, moment, plural

LONGEST_WATCH = 365

#: Why nothing is to be done now, by how the dialog ends.
_RESTING: Final[Mapping[str, Text]] = {
    "ours": Text("Последнее слово наше.", "The last word is ours."),
    "thanks": Text("На благодарность уже ответили.", "Thanks were answered already."),
    "question": Text("Клиент ждёт, сотрудники об этом знают.", "The client waits, and employees know of it."),
    "nothing": Text("Отвечать пока не на что.", "There is nothing to answer yet."),
}


class OnQuestion(Choice):
    NOTIFY = "notify", "Напомнить оператору", "Remind the operator"
    ESCALATE = "escalate", "Сообщить руководителю", "Tell the head"
    NOTHING = "nothing", "Ничего", "Nothing"


class OnClosed(Choice):
    NOTHING = "nothing", "Ничего", "Nothing"
    ACK = "ack", "Ответить (диалог откроется снова)", "Answer (the dialog opens again)"


class KeepLastWordInput(DialogInput):
    ack_text: str = prop("🤝", ru="Чем отвечать на «спасибо»", en="What to answer to thanks")
    ack_from_quick_replies: str = prop(
        "Приветствие",
        ru="Взять из быстрых ответов (название или раздел)",
        en="Take from quick answers (title or section)",
        help=Text("Не найдётся — отправим текст выше.", "Not found: the text above is sent."),
    )
    wait_minutes: int = prop(10, ru="Пауза для человека, рабочих минут", en="Pause for a human, working minutes")
    gratitude_words: LongText = prop(
        "",
        ru="Слова благодарности",
        en="Words of thanks",
        help=Text("По слову в строке; пусто — наш список.", "One a line; empty: our list."),
    )
    max_words: int = prop(8, ru="Не длиннее, слов", en="No longer than, words", minimum=1, maximum=30)
    on_question: OnQuestion = prop(OnQuestion.NOTIFY, ru="Если это вопрос", en="If it is a question")
    active_days: int = prop(30, ru="Сколько дней следить", en="Days to watch", minimum=1, maximum=LONGEST_WATCH)
    max_acks: int = prop(3, ru="Ответов в день, не больше", en="Answers a day at most", maximum=100)
    on_closed: OnClosed = prop(OnClosed.NOTHING, ru="Если диалог закрыт", en="If the dialog is closed")
    wait_result: bool = prop(False, ru="Ждать результата", en="Wait for the result")

    def problem(self) -> Text | None:
        if unknown := first_unknown(self.ack_text):
            return Text(
                "«Чем отвечать на «спасибо»»: нет такой подстановки: {{{name}}}.",
                "“What to answer to thanks”: there is no {{{name}}}.",
            ).format(name=unknown)
        return super().problem()

    def lexicon(self, portals: Lexicon) -> Lexicon:
        """Words given here stand in the place of those that the portal has."""
        return portals.with_lists(gratitude=self.gratitude_words)


class KeepLastWordState(PartingState):
    #: The client's message whose answer is due, and the one that was seen to already.
    pending_id: int = 0
    done_id: int = 0
    #: The question about which somebody was told.
    told_id: int = 0
    acks: int = 0
    #: What the quick answers held while the pause ran; None: nobody looked yet.
    courtesy: Courtesy | None = None
    last_author: str = "none"
    client_class: str = ""
    #: What the log says already: the same wait is not told again.
    waits_for: str = ""


class KeepLastWordOutput(Output):
    last_author: str = prop("none", ru="Кто писал последним", en="Who wrote last")
    client_class: str = prop("", ru="Что написал клиент", en="What the client wrote")
    ack_sent: bool = prop(False, ru="Ответили на благодарность", en="Thanks were answered")


Context: TypeAlias = Ctx[KeepLastWordInput, KeepLastWordState]


class KeepLastWord(Robot[KeepLastWordInput, KeepLastWordState, KeepLastWordOutput]):
    """Thanks get a handshake when no human found the time, and a question is never taken for thanks."""

    code = "keep_last_word"
    name = Text(ru="Последнее сообщение — наше", en="Keep the last word")
    about = Text(
        ru="Отвечает на «спасибо» за человека, если тот не успел; о вопросе без ответа напоминает сотруднику.",
        en="Answers thanks when no human did in time, and reminds an employee of a question left unanswered.",
    )
    speaks = True
    lifetime_days = LONGEST_WATCH + 1

    @step("watch")
    async def watch(self, ctx: Context) -> Outcome:
        dialog = await ctx.dialog()
        if ctx.now >= _until(ctx):
            return self._ended(ctx)
        word = last_word(dialog, lexicon=ctx.input.lexicon(ctx.lexicon), most_words=ctx.input.max_words)
        ctx.state.last_author = dialog.last_author.value if dialog.last_author else "none"
        if word.meaning is not None:
            ctx.state.client_class = word.meaning.value
        is_closed = not dialog.is_open or dialog.closing
        if word.kind == "thanks" and word.last is not None and word.last.id > ctx.state.done_id:
            if is_closed and ctx.input.on_closed is OnClosed.NOTHING:
                return self._over_or_on(ctx, dialog, "nothing_to_do", CLOSED)
            return await self._thanked(ctx, dialog, word, word.last)
        if is_closed:
            return self._over_or_on(ctx, dialog, dialog.closed_as if ctx.state.waits_for else "nothing_to_do", CLOSED)
        if word.kind == "question" and word.first is not None and word.first.id > ctx.state.told_id:
            return await self._asked(ctx, dialog, word.first)
        if ctx.state.pending_id and word.kind == "ours":
            ctx.state.pending_id = 0
            return self._over_or_on(ctx, dialog, "cancelled_reply", ANSWERED)
        return self._on(ctx, dialog, _RESTING[word.kind])

    # --- thanks -------------------------------------------------------------------------------------------------

    async def _thanked(self, ctx: Context, dialog: DialogView, word: LastWord, last: Message) -> Outcome:
        """A human has the pause for himself; after it, if the word is still the client's, we answer."""
        calendar = await ctx.calendar(dialog)
        due = calendar.add(last.at, ctx.input.wait_minutes)
        ctx.state.pending_id = last.id
        if ctx.now < due:
            if ctx.state.courtesy is None:
                ctx.state.courtesy = await courtesy_of(ctx, dialog, ctx.input.ack_from_quick_replies)
            because = Text(
                "Клиент поблагодарил; если никто не напишет, ответим {at}: {counted}.",
                "The client thanked; if nobody writes, the answer goes {at}: {counted}.",
            ).format(
                at=at_moment(due, ctx.zone, now=ctx.now),
                counted=calendar.explain(last.at, due, zone=ctx.zone, now=ctx.now),
            )
            return self._wait(ctx, Watch.of(dialog), because, until=due, key=f"thanks {last.id}")
        if not calendar.is_open(ctx.now):
            opening = calendar.next_open(ctx.now)
            because = Text(
                "Клиент поблагодарил в нерабочее время; ответим {at}.",
                "The client thanked outside working time; the answer goes {at}.",
            )
            words = because.format(at=at_moment(opening, ctx.zone, now=ctx.now))
            return self._wait(ctx, Watch.of(dialog), words, until=opening, key=f"opening {last.id}")
        if not dialog.window_open:
            return Done("blocked_window", SHUT, _output(ctx))
        return await self._answer(ctx, dialog, word, last)

    async def _answer(self, ctx: Context, dialog: DialogView, word: LastWord, last: Message) -> Outcome:
        quick = ctx.state.courtesy or await courtesy_of(ctx, dialog, ctx.input.ack_from_quick_replies)
        text, how = await acknowledgement(ctx, dialog, ctx.input.ack_text, quick=quick)
        ctx.state.pending_id, ctx.state.done_id, ctx.state.courtesy = 0, last.id, None
        said = said_today(dialog, (text, ctx.input.ack_text), now=ctx.now, zone=ctx.zone)
        if not text or said >= ctx.input.max_acks:
            return self._over_or_on(ctx, dialog, "nothing_to_do", ENOUGH if text else EMPTY)
        once = f"ack|{dialog.chat.id}|{last.id}"
        if dialog.is_open and not dialog.closing:
            effects, whose = await spoken(ctx, dialog, text, once=once)
        else:
            effects, whose = (automatic(dialog, text, once=once),), REOPENS
        checks = (
            Check(
                Text("Последнее слово за клиентом, и это благодарность", "The last word is the client's thanks"), True
            ),
            Check(Text("Окно канала открыто", "The channel window is open"), True),
            Check(Text("Ответов сегодня: {said}", "Answers today: {said}").format(said=said), True),
            Check(how),
            Check(whose),
        )
        because = Text("Отвечаем на благодарность клиента.", "Answering the client's thanks.")
        thanks = await _thanks(ctx, dialog, word)
        if ctx.input.wait_result and not ctx.answered:
            keep_for_parting(ctx, thanks)
            thanks = ()
        return Act((*effects, *thanks), then=self.answered, because=Reason(because, checks))

    @step("answered")
    async def answered(self, ctx: Context) -> Outcome:
        sent = ctx.result_of(SendAsOperator.kind) or ctx.result_of(SendAutomatic.kind)
        if sent is not None and sent.done and not ctx.dry:
            ctx.state.acks += 1
            ctx.state.last_author = Author.ROBOT.value
        if ctx.input.wait_result and not ctx.answered:
            return self._one_answer(ctx)
        text = Text("На благодарность ответили.", "Thanks were answered.")
        if sent is None or not sent.done:
            text = Text("Ответ на благодарность не ушёл.", "The answer to thanks was not sent.")
        return Next(self.watch, Reason(text, tuple(Check(one.summary, one.done) for one in ctx.results)))

    def _one_answer(self, ctx: Context) -> Outcome:
        """The process waits for one answer of ours, and no longer."""
        checks = tuple(Check(one.summary, one.done) for one in ctx.results)
        if any(one.state == "refused" for one in ctx.results):
            text = Text("Битрикс24 не принял сообщение.", "Bitrix24 did not take the message.")
            return Done("failed", Reason(text, checks), _output(ctx))
        if not any(one.done for one in ctx.results):
            text = Text("На это сообщение уже ответили.", "This message was answered already.")
            return Done("skipped_duplicate", Reason(text, checks), _output(ctx))
        text = Text("Ответили на благодарность: последнее слово наше.", "Thanks were answered: the last word is ours.")
        if ctx.dry:
            text = Text("Проверка: на благодарность ответили бы.", "A check: thanks would be answered.")
        done = Done("done", Reason(text, checks), _output(ctx))
        return part(ctx, done, kept_for_parting(ctx), fire=self.fire, over=self.over)

    # --- questions ----------------------------------------------------------------------------------------------

    async def _asked(self, ctx: Context, dialog: DialogView, first: Message) -> Outcome:
        """Not thanks: after the pause somebody is told, once for each question."""
        ctx.state.pending_id = 0
        if ctx.input.on_question is OnQuestion.NOTHING:
            ctx.state.told_id = first.id
            return self._over_or_on(ctx, dialog, "nothing_to_do", QUESTION)
        calendar = await ctx.calendar(dialog)
        due = calendar.add(first.at, ctx.input.wait_minutes)
        due = due if ctx.now < due or calendar.is_open(ctx.now) else calendar.next_open(ctx.now)
        if ctx.now < due:
            because = Text(
                "Клиент ждёт ответа; если его не будет, сообщим {at}.",
                "The client waits for an answer; without one somebody is told {at}.",
            ).format(at=at_moment(due, ctx.zone, now=ctx.now))
            return self._wait(ctx, Watch.of(dialog), because, until=due, key=f"question {first.id}")
        ctx.state.told_id = first.id
        effects = await neglected(ctx, dialog, first, heads=ctx.input.on_question is OnQuestion.ESCALATE)
        along = await _wrote(ctx, dialog, first) if ctx.answered or not ctx.input.wait_result else ()
        because = Text(
            "Последнее слово за клиентом, и это не благодарность: сообщаем сотрудникам.",
            "The last word is the client's and it is no thanks: telling employees.",
        )
        return Act((*effects, *along), then=self.told, because=because)

    @step("told")
    async def told(self, ctx: Context) -> Outcome:
        checks = tuple(Check(one.summary, one.done) for one in ctx.results)
        if ctx.input.wait_result and not ctx.answered:
            text = Text("Клиент ждёт ответа; сотрудникам сообщили.", "The client waits; employees were told.")
            told = any(one.done for one in ctx.results if one.kind == NotifyStaff.kind)
            return Done("done" if told else "failed", Reason(text, checks), _output(ctx))
        return Next(self.watch, Reason(Text("Сотрудникам сообщили.", "Employees were told."), checks))

    # --- going on and ending ------------------------------------------------------------------------------------

    def _over_or_on(self, ctx: Context, dialog: DialogView, result: str, why: Text) -> Outcome:
        """A process that waits gets its answer; otherwise the dialog is watched on."""
        if ctx.input.wait_result and not ctx.answered:
            return Done(result, why, _output(ctx))
        return self._on(ctx, dialog, why)

    def _on(self, ctx: Context, dialog: DialogView, why: Text) -> WaitUntil:
        because = Text("{why} Следим за диалогом до {until}.", "{why} The dialog is watched until {until}.").format(
            why=why, until=moment(_until(ctx), ctx.zone, now=ctx.now)
        )
        return self._wait(ctx, Watch.of(dialog), because, until=_until(ctx), key=f"watching: {why.en}")

    def _wait(self, ctx: Context, watch: Watch, because: Text, *, until: datetime, key: str) -> WaitUntil:
        told, ctx.state.waits_for = ctx.state.waits_for == key, key
        end = _until(ctx)
        return WaitUntil(min(until, end), then=self.watch, because=because, watch=watch, quiet=told, looks=until >= end)

    def _ended(self, ctx: Context) -> Done:
        acks = plural(ctx.state.acks, ("раз", "раза", "раз"), ("time", "times"))
        text = Text(
            "Срок наблюдения вышел; на благодарность ответили {acks}.",
            "The watch is over; thanks were answered {acks}.",
        ).format(acks=acks)
        return Done("done" if ctx.state.acks else "nothing_to_do", text, _output(ctx))

    @step("fire")
    async def fire(self, ctx: Context) -> Outcome:
        return fired(ctx, over=self.over)

    @step("over")
    async def over(self, ctx: Context) -> Outcome:
        return parted(ctx, KeepLastWordOutput)


async def _thanks(ctx: Context, dialog: DialogView, word: LastWord) -> tuple[FireTrigger, ...]:
    first = word.first or word.last
    once = of_episode(Episode(dialog.session_id, first.id if first else 0))
    stage_id = (await ctx.look.item()).stage_id
    return triggers_for(Trigger.CLIENT_THANKED, ctx.item, dialog, once=once, stage_id=stage_id)


async def _wrote(ctx: Context, dialog: DialogView, first: Message) -> tuple[FireTrigger, ...]:
    once = of_episode(Episode(dialog.session_id, first.id))
    stage_id = (await ctx.look.item()).stage_id
    return triggers_for(Trigger.CLIENT_WROTE, ctx.item, dialog, once=once, stage_id=stage_id)


def _until(ctx: Context) -> datetime:
    return ctx.started_at + timedelta(days=ctx.input.active_days)


def _output(ctx: Context) -> KeepLastWordOutput:
    return KeepLastWordOutput(
        last_author=ctx.state.last_author, client_class=ctx.state.client_class, ack_sent=ctx.state.acks > 0
    )
