"""Tell a client who writes outside of working time when he will be answered; what is urgent reaches a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeAlias

from pydantic import model_validator

from core.effects import NotifyStaff, SendAutomatic
from core.robots import (
    Act,
    Calendar,
    Check,
    Ctx,
    DialogInput,
    DialogView,
    Done,
    LongText,
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
from core.robots.keywords import Keywords, bad_keywords
from core.robots.message_values import message_values
from core.robots.offhours import (
    Closed,
    Once,
    Waits,
    bad_channels,
    checks_of,
    closed_at,
    once_key,
    read_channels,
    text_for,
    waits_in,
)
from core.robots.speaking import automatic
from core.robots.urgent import urgent_notes
from core.texts.placeholders import TooLong, fill, first_unknown
from core.texts.text import Text, moment

LONGEST_WATCH = 365
NIGHT = "Спасибо за сообщение! Сейчас нерабочее время. Ответим {calendar.next_open}."
TEXTS = {
    "text_night": Text("Текст ночью", "Text at night"),
    "text_weekend": Text("Текст в выходные", "Text at weekends"),
    "text_holiday": Text("Текст в праздники", "Text on holidays"),
    "text_lunch": Text("Текст в обед", "Text at lunch"),
}
CHANNELS = Text("Тексты каналов", "Texts of channels")
URGENT = Text("Срочные слова", "Urgent words")
_AS_NIGHT = Text("Пусто — как ночью.", "Empty: as at night.")


class OffhoursReplyInput(DialogInput):
    text_night: LongText = prop(NIGHT, ru=TEXTS["text_night"].ru, en=TEXTS["text_night"].en)
    text_weekend: LongText = prop("", ru=TEXTS["text_weekend"].ru, en=TEXTS["text_weekend"].en, help=_AS_NIGHT)
    text_holiday: LongText = prop("", ru=TEXTS["text_holiday"].ru, en=TEXTS["text_holiday"].en, help=_AS_NIGHT)
    text_lunch: LongText = prop("", ru=TEXTS["text_lunch"].ru, en=TEXTS["text_lunch"].en, help=_AS_NIGHT)
    per_channel: LongText = prop(
        "",
        ru=CHANNELS.ru,
        en=CHANNELS.en,
        help=Text("Строка на канал: whatsapp: Ответим утром.", "A line each: whatsapp: We answer in the morning."),
    )
    once: Once = prop(Once.PER_WINDOW, ru="Как часто", en="How often")
    skip_if_line_text: bool = prop(
        True, ru="Не отправлять, если ответит сама линия", en="Not where the line itself sends a text"
    )
    urgent_words: LongText = prop(
        "",
        ru=URGENT.ru,
        en=URGENT.en,
        help=Text(
            "Через запятую, авари* — любое окончание, re:… — RE2.", "With commas; urgen* is any ending; re:… is RE2."
        ),
    )
    urgent_to: UserRef | None = prop(None, ru="Кому сообщить о срочном", en="Whom to tell of urgent matters")
    watch_days: int = prop(
        0,
        ru="Сколько дней следить",
        en="Days to watch",
        help=Text(
            "0 — только сейчас. Иначе процесс продолжается сразу, результата он не ждёт.",
            "0: only now. Otherwise the process goes on at once and waits for no result.",
        ),
        maximum=LONGEST_WATCH,
    )

    @model_validator(mode="before")
    @classmethod
    def _goes_on(cls, values: object) -> object:
        """Who watches for days keeps no process waiting: the portal sends the form's default, so a Y says nothing."""
        if isinstance(values, dict) and values.get("watch_days"):
            return {**values, "wait_result": False}
        return values

    def problem(self) -> Text | None:
        for name, label in TEXTS.items():
            if unknown := first_unknown(str(getattr(self, name))):
                return Text(
                    "«{label}»: нет такой подстановки: {{{name}}}.", "“{label}”: there is no {{{name}}}."
                ).format(label=label, name=unknown)
        bad = bad_channels(self.per_channel, CHANNELS) or bad_keywords(self.urgent_words, URGENT)
        return bad or super().problem()

    def text_of(self, closed: Closed, connector: str) -> str:
        """The channel's text wins, then that of the kind of stretch, then that of the night."""
        by_kind: str = getattr(self, f"text_{closed.kind}")
        return text_for(read_channels(self.per_channel), connector) or by_kind.strip() or self.text_night


class OffhoursReplyState(State):
    #: The client's message that was seen to, so that a watch looks at it no more.
    handled_id: int = 0
    sent: int = 0
    is_working: bool = False
    next_open: datetime | None = None
    window_kind: str = ""
    watching: bool = False


class OffhoursReplyOutput(Output):
    is_working: bool = prop(False, ru="Рабочее время", en="It is working time")
    sent: bool = prop(False, ru="Отправлено", en="Sent")
    next_open: datetime | None = prop(None, ru="Ближайшее рабочее время", en="Next working time")
    window_kind: str = prop("", ru="Вид перерыва", en="Kind of the stretch without work")


Context: TypeAlias = Ctx[OffhoursReplyInput, OffhoursReplyState]


class OffhoursReply(Robot[OffhoursReplyInput, OffhoursReplyState, OffhoursReplyOutput]):
    """An automatic text, so it answers nobody: clocks and operators see the client waiting as before."""

    code = "offhours_reply"
    name = Text(ru="Автоответ вне рабочего времени", en="Off-hours reply")
    about = Text(
        ru="Пишет клиенту ночью, в выходные, праздники и обед, когда ему ответят; о срочном сообщает сотруднику.",
        en="Tells a client at night, at weekends, on holidays and at lunch when he is answered; urgent reaches staff.",
    )
    speaks = True
    lifetime_days = LONGEST_WATCH + 1

    @step("look")
    async def look(self, ctx: Context) -> Outcome:
        dialog = await ctx.dialog()
        calendar = await ctx.calendar(dialog)
        closed = closed_at(calendar, ctx.now)
        ctx.state.is_working = closed is None
        ctx.state.next_open = (closed.until if closed else ctx.now).astimezone(calendar.zone)
        ctx.state.window_kind = closed.kind if closed else ""
        if ctx.state.watching and ctx.now >= _until(ctx):
            text = Text("Срок наблюдения вышел.", "The watch is over.")
            return Done("done" if ctx.state.sent else "nothing_to_do", text, _output(ctx))
        if closed is None:
            return self._nothing(ctx, dialog, Text("Сейчас рабочее время.", "It is working time now."))
        if not dialog.is_open or dialog.closing:
            text = Text(
                "Диалог закрыт: сообщение открыло бы новый.", "The dialog is closed: a text would open a new one."
            )
            return self._nothing(ctx, dialog, text)
        waits = waits_in(dialog, closed)
        if waits is None or waits.newest.id <= ctx.state.handled_id:
            text = Text(
                "Клиент не ждёт ответа на сообщение, написанное в нерабочее время.",
                "No message of the client waits that came outside working time.",
            )
            return self._nothing(ctx, dialog, text)
        return await self._decided(ctx, dialog, calendar, closed, waits)

    async def _decided(
        self, ctx: Context, dialog: DialogView, calendar: Calendar, closed: Closed, waits: Waits
    ) -> Outcome:
        """What is urgent reaches a person in any case; the text goes when nothing speaks against it."""
        ctx.state.handled_id = waits.newest.id
        checks = checks_of(
            dialog, closed, now=ctx.now, zone_words=calendar, skip_if_line_text=ctx.input.skip_if_line_text
        )
        failed = next((check for check in checks if not check.passed), None)
        message, why = (None, failed.text) if failed else await self._message(ctx, dialog, closed, waits)
        urgent = await self._urgent(ctx, dialog, waits)
        effects = (*([message] if message else []), *urgent)
        if effects:
            text = Text("Нерабочее время до {at}.", "No working time until {at}.").format(
                at=moment(closed.until, ctx.zone, now=ctx.now)
            )
            return Act(effects, then=self.told, because=Reason(text, checks))
        words = Text("Текст не отправлен: {why}.", "The text was not sent: {why}.").format(
            why=why.inside() if failed else why
        )
        shut = failed is not None and not dialog.window_open
        return self._nothing(ctx, dialog, Reason(words, checks), result="blocked_window" if shut else "nothing_to_do")

    async def _message(
        self, ctx: Context, dialog: DialogView, closed: Closed, waits: Waits
    ) -> tuple[SendAutomatic | None, Text]:
        template = ctx.input.text_of(closed, dialog.connector)
        try:
            text = fill(template, await message_values(ctx, dialog, template), blank=True).strip()
        except TooLong:
            return None, Text("текст длиннее 20 000 знаков", "the text is longer than 20 000 characters")
        if not text:
            return None, Text("после подстановки он пуст", "it is empty after filling in")
        key = once_key(ctx.input.once, dialog, closed, waits)
        return automatic(dialog, text, once=key), Text("", "")

    async def _urgent(self, ctx: Context, dialog: DialogView, waits: Waits) -> tuple[NotifyStaff, ...]:
        keywords = Keywords.read(ctx.input.urgent_words)
        found = next((word for text in waits.texts if (word := keywords.found_in(text)) is not None), None)
        if found is None:
            return ()
        return await urgent_notes(ctx, dialog, to=ctx.input.urgent_to, episode_id=waits.first_id)

    @step("told")
    async def told(self, ctx: Context) -> Outcome:
        message = ctx.result_of(SendAutomatic.kind)
        checks = tuple(Check(one.summary, one.done) for one in ctx.results)
        sent = message is not None and message.done
        ctx.state.sent += sent and not ctx.dry
        if ctx.input.watch_days:
            return Next(self.look, Reason(Text("Следим дальше.", "The watch goes on."), checks))
        if sent and ctx.dry:
            text = Text("Проверка: клиенту ушёл бы автоответ.", "A check: the client would get a text.")
            return Done("done", Reason(text, checks), _output(ctx))
        if sent or (message is None and any(one.done for one in ctx.results)):
            text = (
                Text("Клиенту отправлен автоответ.", "The client got a text.")
                if sent
                else Text("О срочном сообщили сотруднику.", "An employee was told of an urgent matter.")
            )
            return Done("done", Reason(text, checks), _output(ctx))
        if all(one.state == "skipped" for one in ctx.results):
            text = Text("За этот перерыв автоответ уже был.", "There was a text already in this stretch.")
            return Done("skipped_duplicate", Reason(text, checks), _output(ctx))
        text = Text("Битрикс24 не принял сообщение.", "Bitrix24 did not take the message.")
        return Done("failed", Reason(text, checks), _output(ctx))

    def _nothing(
        self, ctx: Context, dialog: DialogView, why: Text | Reason, *, result: str = "nothing_to_do"
    ) -> Outcome:
        if not ctx.input.watch_days:
            return Done(result, why, _output(ctx))
        told, ctx.state.watching = ctx.state.watching, True
        reason = Reason.of(why)
        words = Text("{why} Следим до {until}.", "{why} Watching until {until}.").format(
            why=reason.text, until=moment(_until(ctx), ctx.zone, now=ctx.now)
        )
        return WaitUntil(
            _until(ctx),
            then=self.look,
            because=Reason(words, reason.checks),
            watch=Watch.of(dialog),
            quiet=told,
            looks=True,
        )


def _until(ctx: Context) -> datetime:
    return ctx.started_at + timedelta(days=ctx.input.watch_days)


def _output(ctx: Context) -> OffhoursReplyOutput:
    return OffhoursReplyOutput(
        is_working=ctx.state.is_working,
        sent=ctx.state.sent > 0,
        next_open=ctx.state.next_open,
        window_kind=ctx.state.window_kind,
    )
