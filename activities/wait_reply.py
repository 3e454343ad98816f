"""Hold the process until the awaited message comes, or until the time for it is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, TypeAlias

from core.dialogs.markup import said_plainly
from core.dialogs.words import Meaning
from core.effects import FireTrigger
from core.robots import (
    Author,
    Calendar,
    Choice,
    Ctx,
    DialogInput,
    DialogView,
    Done,
    Failed,
    LongText,
    Message,
    Outcome,
    Output,
    Robot,
    UserRef,
    WaitUntil,
    Watch,
    counted,
    prop,
    step,
)
from core.robots.awaited import MEANINGS, Reply, Wanted, baseline, last_spoken, reply_in
from core.robots.countdown import Countdown
from core.robots.keywords import Keywords, bad_keywords
from core.robots.parting import PartingState, fired, part, parted
from core.robots.triggers import Trigger, episode_of, of_episode, of_session
from core.robots.triggers import fired as triggers_for
from core.texts.text import Text, moment

LONGEST_DAYS = 30
#: So much of a message is returned to the process (characters).
MOST_TEXT = 4000


class WaitFor(Choice):
    CLIENT = "client", "Клиента", "The client"
    US_HUMAN = "us_human", "Нашего сотрудника", "An employee of ours"
    ANY = "any", "Любого из них", "Either of them"


class Count(Choice):
    WORKING = "working", "Рабочие минуты", "Working minutes"
    CALENDAR = "calendar", "Обычные минуты", "Ordinary minutes"


class From(Choice):
    NOW = "now", "С этого момента", "From now on"
    LAST_MESSAGE = "last_message", "С последнего сообщения", "From the last message"


AUTHORS = {
    WaitFor.CLIENT: frozenset({Author.CLIENT}),
    WaitFor.US_HUMAN: frozenset({Author.HUMAN}),
    WaitFor.ANY: frozenset({Author.CLIENT, Author.HUMAN}),
}
MATCH = Text("Слова в ответе", "Words in the reply")


class WaitReplyInput(DialogInput):
    takes_all: ClassVar[bool] = False

    wait_for: WaitFor = prop(WaitFor.CLIENT, ru="Чьего ответа ждать", en="Whose reply to wait for")
    max_minutes: int = prop(
        1440, ru="Ждать не дольше, минут", en="Wait no longer than, minutes", maximum=LONGEST_DAYS * 24 * 60
    )
    count: Count = prop(Count.WORKING, ru="Какие минуты", en="Which minutes")
    since: From = prop(From.NOW, ru="Считать", en="Count", wire="from")
    match: LongText = prop(
        "",
        ru=MATCH.ru,
        en=MATCH.en,
        help=Text(
            "Слова через запятую, оплат* — любое окончание, re:… — выражение RE2. Пусто — любой ответ.",
            "Words with commas between; pay* is any ending; re:… is an RE2 pattern. Empty: any reply.",
        ),
    )
    ignore_gratitude: bool = prop(True, ru="Не считать ответом «спасибо»", en="Thanks are no reply")

    def problem(self) -> Text | None:
        return bad_keywords(self.match, MATCH) or super().problem()


class WaitReplyState(PartingState):
    #: What was there when the portal called: only what is newer can be the reply. -1: not looked yet.
    after_id: int = -1
    since: datetime | None = None
    session_id: int = 0
    #: What the log says already: the same wait is not told again.
    due: datetime | None = None


class WaitReplyOutput(Output):
    replied: bool = prop(False, ru="Ответ пришёл", en="Replied")
    timed_out: bool = prop(False, ru="Время вышло", en="Timed out")
    message_text: LongText = prop("", ru="Текст ответа", en="Text of the reply")
    message_class: str = prop("", ru="Вид ответа", en="Kind of the reply")
    author_id: UserRef | None = prop(None, ru="Кто ответил", en="Who replied")
    waited_minutes: int = prop(0, ru="Сколько ждали, минут", en="Minutes waited")


Context: TypeAlias = Ctx[WaitReplyInput, WaitReplyState]


class WaitReply(Robot[WaitReplyInput, WaitReplyState, WaitReplyOutput]):
    """The process stands still until somebody answers; a reply wins over everything that happens beside it."""

    code = "wait_reply"
    name = Text(ru="Ждать ответа", en="Wait for a reply")
    about = Text(
        ru="Держит процесс, пока клиент или сотрудник не ответит в диалоге, или пока не выйдет время.",
        en="Holds the process until the client or an employee replies in the dialog, or until the time is over.",
    )
    #: The longest wait runs out by itself before the run is given up.
    lifetime_days = LONGEST_DAYS + 1

    @step("look")
    async def look(self, ctx: Context) -> Outcome:
        dialog = await ctx.dialog()
        self._begin(ctx, dialog)
        countdown = await _countdown(ctx, dialog)
        wanted = Wanted(
            AUTHORS[ctx.input.wait_for],
            ctx.state.after_id,
            Keywords.read(ctx.input.match),
            ctx.input.ignore_gratitude,
            ctx.lexicon,
        )
        if reply := reply_in(dialog, wanted):
            return await self._replied(ctx, dialog, reply, countdown)
        if not dialog.is_open or dialog.session_id != ctx.state.session_id:
            text = Text("Диалог закрыли, ответа не было.", "The dialog was closed without a reply.")
            return Done(dialog.closed_as, text, _output(countdown.passed()))
        due = countdown.due(ctx.input.max_minutes)
        if countdown.is_over(ctx.input.max_minutes):
            text = Text("Ответа не было {waited}.", "There was no reply for {waited}.").format(
                waited=countdown.said(countdown.passed())
            )
            return Done("done", text, _output(countdown.passed(), timed_out=True))
        return self._wait(ctx, dialog, countdown, due)

    def _begin(self, ctx: Context, dialog: DialogView) -> None:
        """At the first look remember what was there before; a reply that came since then counts already."""
        if ctx.state.after_id >= 0:
            return
        ctx.state.after_id = baseline(dialog, ctx.started_at)
        ctx.state.session_id = dialog.session_id
        last = last_spoken(dialog, ctx.state.after_id) if ctx.input.since is From.LAST_MESSAGE else None
        ctx.state.since = last.at if last is not None else ctx.started_at

    def _wait(self, ctx: Context, dialog: DialogView, countdown: Countdown, due: datetime) -> Outcome:
        if due > ctx.started_at + timedelta(days=LONGEST_DAYS):
            text = Text(
                "Ждать пришлось бы до {due}: дольше 30 дней робот не ждёт.",
                "The wait would last until {due}: this robot waits 30 days at most.",
            )
            return Failed(text.format(due=moment(due, ctx.zone, now=ctx.now)))
        because = Text("Ждём ответа до {due}: {counted}.", "Waiting for a reply until {due}: {counted}.").format(
            due=moment(due, ctx.zone, now=ctx.now), counted=countdown.explained(ctx.input.max_minutes)
        )
        told, ctx.state.due = ctx.state.due == due, due
        spans = counted(countdown.calendar, countdown.since, due)
        return WaitUntil(due, then=self.look, because=because, watch=Watch.of(dialog), counted=spans, quiet=told)

    async def _replied(self, ctx: Context, dialog: DialogView, reply: Reply, countdown: Countdown) -> Outcome:
        message = reply.message
        user = dialog.users.get(message.author_id)
        waited = countdown.passed(message.at)
        text = Text(
            "Пришёл ответ: {who}, {at} (сообщение №{id}, {kind}), {waited}.",
            "A reply came: {who}, {at} (message {id}, {kind}), {waited}.",
        ).format(
            who=user.name if user and user.name else f"#{message.author_id}",
            at=moment(message.at, ctx.zone, now=ctx.now),
            id=message.id,
            kind=MEANINGS[reply.meaning],
            waited=countdown.after(waited),
        )
        output = _output(waited).model_copy(
            update={
                "replied": True,
                "message_text": said_plainly(message.text)[:MOST_TEXT] if ctx.keeps_text else "",
                "message_class": reply.meaning.value,
                "author_id": UserRef(f"user_{message.author_id}"),
            }
        )
        stage_id = (await ctx.look.item()).stage_id
        triggers = _triggers(ctx, dialog, reply, stage_id=stage_id)
        return part(ctx, Done("done", text, output), triggers, fire=self.fire, over=self.over)

    @step("fire")
    async def fire(self, ctx: Context) -> Outcome:
        return fired(ctx, over=self.over)

    @step("over")
    async def over(self, ctx: Context) -> Outcome:
        return parted(ctx, WaitReplyOutput)


def _triggers(ctx: Context, dialog: DialogView, reply: Reply, *, stage_id: str) -> tuple[FireTrigger, ...]:
    """What came is told to the pipeline, too: stages follow the dialog (S4-14)."""
    once = of_episode(episode_of(dialog, reply.message))
    return tuple(
        effect
        for trigger in _told_by(reply.message, reply.meaning)
        for effect in triggers_for(
            trigger,
            ctx.item,
            dialog,
            once=of_session(dialog.session_id) if trigger is Trigger.CLIENT_CONFIRMED else once,
            stage_id=stage_id,
        )
    )


def _told_by(message: Message, meaning: Meaning) -> tuple[Trigger, ...]:
    if not message.from_client:
        return (Trigger.WE_REPLIED,)
    match meaning:
        case Meaning.GRATITUDE:
            return (Trigger.CLIENT_THANKED,)
        case Meaning.CONFIRMATION:
            return (Trigger.CLIENT_CONFIRMED,)
        case _:
            return (Trigger.CLIENT_WROTE,)


async def _countdown(ctx: Context, dialog: DialogView) -> Countdown:
    ordinary = ctx.input.count is Count.CALENDAR
    return Countdown(
        ctx.state.since or ctx.started_at,
        Calendar.always(ctx.zone) if ordinary else await ctx.calendar(dialog),
        ctx.now,
        ctx.zone,
        around_the_clock=ordinary or ctx.input.around_the_clock,
    )


def _output(waited: int, *, timed_out: bool = False) -> WaitReplyOutput:
    return WaitReplyOutput(timed_out=timed_out, waited_minutes=waited)
