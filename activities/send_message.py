"""Send a message into the client's dialog: now, in working time, or after a while; once, and only while it fits."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.bitrix24.wire import as_int
from core.dialogs.own import text_hash
from core.effects import CreateTask, SendAsOperator, SendAutomatic
from core.robots import (
    Act,
    Ball,
    Calendar,
    Check,
    Choice,
    Ctx,
    DialogInput,
    DialogView,
    Done,
    LongText,
    Outcome,
    Output,
    Reason,
    Robot,
    State,
    UserRef,
    WaitUntil,
    Watch,
    counted,
    prop,
    step,
)
from core.robots.keywords import BadRules, read_rules
from core.robots.message_values import message_values
from core.robots.speaking import spoken
from core.robots.wording import worded
from core.texts.placeholders import LONGEST, Missing, TooLong, fill, first_unknown
from core.texts.text import Text, at_moment

#: How long a closed channel window is waited out.
WAITS_FOR = timedelta(days=29)


class When(Choice):
    NOW = "now", "Сразу", "Now"
    WORKING_TIME = "working_time", "В рабочее время", "In working time"
    AFTER = "after", "Через N минут", "After N minutes"


class OnlyIfBall(Choice):
    ANY = "any", "В любом случае", "In any case"
    US = "us", "Если клиент ждёт нас", "If the client waits for us"
    CLIENT = "client", "Если мы ждём клиента", "If we wait for the client"


class WindowPolicy(Choice):
    SKIP = "skip", "Не отправлять", "Do not send"
    TASK = "task", "Поставить задачу", "Create a task"
    WAIT_CLIENT = "wait_client", "Ждать сообщения клиента", "Wait for the client"


class MissingVar(Choice):
    DEFAULT = "default", "Подставить запасное", "Use the default"
    SKIP = "skip", "Не отправлять", "Do not send"
    FAIL = "fail", "Ошибка", "Fail"


class SendMessageInput(DialogInput):
    text: LongText = prop("", ru="Текст сообщения", en="Message text", required=True)
    when: When = prop(When.NOW, ru="Когда отправить", en="When to send")
    after_minutes: int = prop(0, ru="Через сколько рабочих минут", en="After how many working minutes")
    only_if_ball: OnlyIfBall = prop(OnlyIfBall.ANY, ru="Отправлять, если", en="Send if")
    window_policy: WindowPolicy = prop(
        WindowPolicy.SKIP, ru="Если окно канала закрыто", en="If the channel window is closed"
    )
    missing_var: MissingVar = prop(MissingVar.DEFAULT, ru="Если данных нет", en="If data is missing")
    as_user: UserRef | None = prop(None, ru="От чьего имени", en="In whose name")
    dedupe_hours: int = prop(
        24, ru="Не повторять тот же текст, часов", en="Do not repeat the text, hours", maximum=8760
    )
    quick_reply: str = prop(
        "",
        ru="Быстрый ответ",
        en="Quick reply",
        help=Text(
            "Название или раздел быстрого ответа линии или код нашего шаблона; не найдётся — уйдёт текст сообщения.",
            "Title or section of the line's quick answer, or the code of our template; not found: the text is sent.",
        ),
    )
    template_rules: LongText = prop(
        "",
        ru="Правила шаблонов",
        en="Template rules",
        help=Text(
            "По словам клиента: счёт|оплат* => Реквизиты (строка на правило, первое подходящее; re:… — RE2).",
            "By the client's words: bill|pay* => Payment (a line each, the first that fits; re:… is RE2).",
        ),
    )

    @property
    def delayed(self) -> bool:
        return self.when is When.AFTER or (self.when is When.NOW and self.after_minutes > 0)

    def problem(self) -> Text | None:
        if len(self.text) > LONGEST:
            return Text(
                "«Текст сообщения»: больше 20 000 знаков отправить нельзя.",
                "“Message text”: more than 20 000 characters cannot be sent.",
            )
        if unknown := first_unknown(self.text):
            return Text(
                "«Текст сообщения»: нет такой подстановки: {{{name}}}.", "“Message text”: there is no {{{name}}}."
            ).format(name=unknown)
        try:
            read_rules(self.template_rules)
        except BadRules as bad:
            return bad.text
        if self.as_user is not None and not self.as_user.startswith("user_"):
            return Text(
                "«От чьего имени»: нужен сотрудник, а не отдел.",
                "“In whose name”: must be an employee, not a department.",
            )
        return super().problem()


class SendMessageState(State):
    #: The message waits for the client to open the channel's window, and not for its time.
    waits_for_client: bool = False


class SendMessageOutput(Output):
    message_id: int = prop(0, ru="ID сообщения", en="Message ID")
    sent: bool = prop(False, ru="Отправлено", en="Sent")
    blocked_reason: str = prop("", ru="Почему не отправлено", en="Why it was not sent")


Context = Ctx[SendMessageInput, SendMessageState]


class SendMessage(Robot[SendMessageInput, SendMessageState, SendMessageOutput]):
    """One message to the client; never twice, never into a closed dialog, never after its reason is gone."""

    code = "send_message"
    name = Text(ru="Отправить сообщение в диалог", en="Send message")
    about = Text(
        ru="Пишет клиенту в его чат: от имени оператора, а пока диалог никем не принят — автоматическим сообщением.",
        en="Writes to the client's chat: in the operator's name, or automatically while nobody accepted the dialog.",
    )
    speaks = True

    @step("arm", "send")
    async def send(self, ctx: Context) -> Outcome:
        """Wait until it is time, then look and decide; a message that waits for the client may wake early."""
        dialog = await ctx.dialog()
        due = await self._due(ctx, dialog)
        if due is not None:
            return due
        return await self._decided(ctx, dialog)

    async def _due(self, ctx: Context, dialog: DialogView) -> WaitUntil | None:
        if ctx.input.delayed and not ctx.state.waits_for_client:
            calendar = await ctx.calendar(dialog)
            due = calendar.add(ctx.started_at, ctx.input.after_minutes)
            return self._later(ctx, calendar, due) if ctx.now < due else None
        if ctx.input.when is When.WORKING_TIME:
            calendar = await ctx.calendar(dialog)
            return None if calendar.is_open(ctx.now) else self._at_opening(ctx, calendar.next_open(ctx.now))
        return None

    def _later(self, ctx: Context, calendar: Calendar, due: datetime) -> WaitUntil:
        because = Text("Отправим {at}: {why}.", "To be sent {at}: {why}.").format(
            at=at_moment(due, ctx.zone, now=ctx.now),
            why=calendar.explain(ctx.started_at, due, zone=ctx.zone, now=ctx.now),
        )
        return WaitUntil(due, then=self.send, because=because, counted=counted(calendar, ctx.started_at, due))

    def _at_opening(self, ctx: Context, opening: datetime) -> WaitUntil:
        because = Text("Сейчас нерабочее время: отправим {at}.", "It is outside working time: to be sent {at}.").format(
            at=at_moment(opening, ctx.zone, now=ctx.now)
        )
        return WaitUntil(opening, then=self.send, because=because)

    async def _decided(self, ctx: Context, dialog: DialogView) -> Outcome:
        """Every check is made and told; the first that fails decides."""
        checks = (
            Check(Text("Диалог открыт", "The dialog is open"), dialog.is_open and not dialog.closing),
            Check(Text("Ход: {why}", "Turn: {why}").format(why=dialog.why_ball), _ball_fits(ctx, dialog)),
            Check(Text("Окно канала открыто", "The channel window is open"), dialog.window_open),
        )
        is_open, ball_fits, window_open = (check.passed for check in checks)
        if not is_open:
            text = Text(
                "Диалог закрыт: сообщение открыло бы новый, поэтому не отправлено.",
                "The dialog is closed: a message would open a new one, so it was not sent.",
            )
            return _not_sent(dialog.closed_as, Reason(text, checks))
        if not ball_fits:
            return _not_sent("nothing_to_do", Reason(dialog.why_ball, checks))
        if not window_open:
            return self._closed_window(ctx, dialog, checks)
        return await self._worded(ctx, dialog, checks)

    def _closed_window(self, ctx: Context, dialog: DialogView, checks: tuple[Check, ...]) -> Outcome:
        text = Text(
            "Окно канала закрыто: мессенджер не доставит сообщение, пока клиент не напишет сам.",
            "The channel window is closed: the messenger delivers nothing until the client writes.",
        )
        until = ctx.started_at + WAITS_FOR
        match ctx.input.window_policy:
            case WindowPolicy.WAIT_CLIENT if ctx.now < until:
                ctx.state.waits_for_client = True
                return WaitUntil(
                    until, then=self.send, because=Reason(text, checks), watch=Watch.of(dialog), looks=True
                )
            case WindowPolicy.TASK:
                return Act((_task(ctx, dialog),), then=self.blocked, because=Reason(text, checks))
            case _:
                return _not_sent("blocked_window", Reason(text, checks))

    async def _worded(self, ctx: Context, dialog: DialogView, checks: tuple[Check, ...]) -> Outcome:
        wording = await worded(
            ctx,
            dialog,
            ctx.input.text,
            quick_reply=ctx.input.quick_reply,
            rules=read_rules(ctx.input.template_rules),
        )
        checks = (*checks, *wording.checks)
        if unknown := first_unknown(wording.template):
            what = Text(
                "В быстром ответе нет такой подстановки: {{{name}}}.",
                "The quick answer names {{{name}}}, which is none.",
            )
            return _not_sent("failed", Reason(what.format(name=unknown), checks))
        values = await message_values(ctx, dialog, wording.template)
        try:
            text = fill(wording.template, values, blank=ctx.input.missing_var is MissingVar.DEFAULT).strip()
        except Missing as missing:
            what = Text("Нет значения для {{{name}}}.", "There is no value for {{{name}}}.").format(name=missing)
            result = "guard_failed" if ctx.input.missing_var is MissingVar.SKIP else "failed"
            return _not_sent(result, Reason(what, checks))
        except TooLong:
            what = Text("Сообщение длиннее 20 000 знаков.", "The message is longer than 20 000 characters.")
            return _not_sent("failed", Reason(what, checks))
        if not text:
            what = Text("После подстановки текст пуст.", "The text is empty after filling in.")
            return _not_sent("guard_failed", Reason(what, checks))
        if await ctx.look.said_lately(text, hours=ctx.input.dedupe_hours, chat_id=dialog.chat.id):
            what = Text("Этот же текст уже отправлен в диалог недавно.", "The same text was sent here lately.")
            return _not_sent("skipped_duplicate", Reason(what, checks))
        author = int(ctx.input.as_user.removeprefix("user_")) if ctx.input.as_user else 0
        effects, how = await spoken(ctx, dialog, text, author_id=author, once=_once(ctx, dialog, text))
        because = Text("Все проверки пройдены, отправляем.", "All checks passed, sending.")
        return Act(effects, then=self.sent, because=Reason(because, (*checks, Check(how))))

    @step("sent")
    async def sent(self, ctx: Context) -> Outcome:
        message = ctx.result_of(SendAsOperator.kind) or ctx.result_of(SendAutomatic.kind)
        checks = tuple(Check(result.summary, result.done) for result in ctx.results)
        if message is not None and message.state == "skipped" and message.evidence.get("because") == "once":
            text = Text("Этот же текст уже отправляет другой запуск.", "Another run is sending the same text.")
            return _not_sent("skipped_duplicate", Reason(text, checks))
        if message is None or not message.done:
            text = Text("Битрикс24 не принял сообщение.", "Bitrix24 did not take the message.")
            return _not_sent("failed", Reason(text, checks))
        if ctx.dry:
            text = Text("Проверка: сообщение было бы отправлено.", "A check: the message would be sent.")
            return Done("done", Reason(text, checks), SendMessageOutput())
        output = SendMessageOutput(sent=True, message_id=as_int(message.evidence.get("message_id")) or 0)
        text = Text("Сообщение отправлено клиенту.", "The message was sent to the client.")
        return Done("done", Reason(text, checks), output)

    @step("blocked")
    async def blocked(self, ctx: Context) -> Outcome:
        task = ctx.result_of(CreateTask.kind)
        text = Text("Окно канала закрыто; поставлена задача.", "The channel window is closed; a task was created.")
        if task is None or not task.done:
            text = Text(
                "Окно канала закрыто; поставить задачу не удалось.",
                "The channel window is closed; the task could not be created.",
            )
        elif ctx.dry:
            text = Text(
                "Проверка: окно канала закрыто, была бы поставлена задача.",
                "A check: the channel window is closed, a task would be created.",
            )
        return _not_sent("blocked_window", Reason(text))


def _ball_fits(ctx: Context, dialog: DialogView) -> bool:
    match ctx.input.only_if_ball:
        case OnlyIfBall.US:
            return dialog.ball is Ball.US
        case OnlyIfBall.CLIENT:
            return dialog.ball is Ball.CLIENT
        case _:
            return True


def _once(ctx: Context, dialog: DialogView, text: str) -> str:
    """Two runs that look at the same moment see nothing of each other; the ledger lets one of them speak.

    The key is good for a stretch of the hours that the text must not be repeated in, so that it may be said after them.
    """
    if not ctx.input.dedupe_hours:
        return ""
    stretch = int(ctx.now.timestamp()) // (ctx.input.dedupe_hours * 3600)
    return f"say|{dialog.chat.id}|{text_hash(text)[:32]}|{stretch}"


def _not_sent(result: str, reason: Reason) -> Done:
    return Done(result, reason, SendMessageOutput(blocked_reason=result))


def _task(ctx: Context, dialog: DialogView) -> CreateTask:
    title = Text("Написать клиенту: окно канала закрыто", "Write to the client: the channel window is closed")
    return CreateTask(
        title=title.said_in(ctx.language),
        description=f"{ctx.origin}/online/?IM_HISTORY=imol|{dialog.session_id}",
        responsible_id=dialog.owner_id if dialog.accepted and not dialog.owner_is_bot else ctx.admin_id,
        creator_id=ctx.admin_id,
        deadline_at=ctx.now,
        binding=ctx.item.task_binding,
    )
