"""Send a message into the client's dialog: now, in working time, or after a while; once, and only while it fits."""

from __future__ import annotations

from datetime import timedelta

from core.effects import CreateTask, Effect, SendAsOperator, SendAutomatic
from core.robots import (
    Act,
    Ball,
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
from core.robots.message_values import message_values
from core.robots.patterns import bad_pattern
from core.texts.placeholders import Missing, TooLong, fill, first_unknown
from core.texts.text import Text, moment

#: How long a closed channel window is waited out; the run itself lives no longer.
WAITS_FOR = timedelta(days=30)


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
    after_minutes: int = prop(0, ru="Через сколько минут", en="After how many minutes")
    only_if_ball: OnlyIfBall = prop(OnlyIfBall.ANY, ru="Отправлять, если", en="Send if")
    window_policy: WindowPolicy = prop(
        WindowPolicy.SKIP, ru="Если окно канала закрыто", en="If the channel window is closed"
    )
    missing_var: MissingVar = prop(MissingVar.DEFAULT, ru="Если данных нет", en="If data is missing")
    as_user: UserRef | None = prop(None, ru="От чьего имени", en="In whose name")
    dedupe_hours: int = prop(
        24, ru="Не повторять тот же текст, часов", en="Do not repeat the text, hours", maximum=8760
    )
    quick_reply: str = prop("", ru="Быстрый ответ", en="Quick reply")
    template_rules: LongText = prop("", ru="Правила шаблонов", en="Template rules")
    exceptions: LongText = prop("", ru="Исключения (по строке)", en="Exceptions (one per line)")

    @property
    def delayed(self) -> bool:
        return self.when is When.AFTER or (self.when is When.NOW and self.after_minutes > 0)

    def problem(self) -> Text | None:
        if unknown := first_unknown(self.text):
            return Text(
                "«Текст сообщения»: нет такой подстановки: {{{name}}}.", "“Message text”: there is no {{{name}}}."
            ).format(name=unknown)
        if self.quick_reply or self.template_rules:
            return Text(
                "«Быстрый ответ» и «Правила шаблонов» пока не поддерживаются: напишите текст сообщения.",
                "“Quick reply” and “Template rules” are not supported yet: write the message text.",
            )
        if self.as_user is not None and not self.as_user.startswith("user_"):
            return Text(
                "«От чьего имени»: нужен сотрудник, а не отдел.",
                "“In whose name”: must be an employee, not a department.",
            )
        return bad_pattern(self.exceptions, Text("Исключения", "Exceptions")) or super().problem()


class SendMessageState(State):
    #: The newest client message that we knew; a wait for the client ends with a newer one.
    seen_message_id: int = 0
    waits_for_client: bool = False


class SendMessageOutput(Output):
    message_id: int = prop(0, ru="ID сообщения", en="Message ID")
    sent: bool = prop(False, ru="Отправлено", en="Sent")
    blocked_reason: str = prop("", ru="Почему не отправлено", en="Why it was not sent")


class SendMessage(Robot[SendMessageInput, SendMessageState, SendMessageOutput]):
    """One message to the client; never twice, never into a closed dialog, never after its reason is gone."""

    code = "send_message"
    name = Text(ru="Отправить сообщение в диалог", en="Send message")
    about = Text(
        ru="Пишет клиенту в его чат: от имени оператора, а пока диалог никем не принят — автоматическим сообщением.",
        en="Writes to the client's chat: in the operator's name, or automatically while nobody accepted the dialog.",
    )

    @step("arm")
    async def arm(self, ctx: Ctx[SendMessageInput, SendMessageState]) -> Outcome:
        dialog = await ctx.dialog()
        calendar = await ctx.calendar(dialog)
        due = ctx.now
        if ctx.input.delayed:
            due = calendar.add(ctx.started_at, ctx.input.after_minutes)
        elif ctx.input.when is When.WORKING_TIME:
            due = calendar.next_open(ctx.now)
        if due <= ctx.now:
            return await self._decided(ctx, dialog)
        because = Text("Отправим {at}: {why}.", "To be sent {at}: {why}.").format(
            at=moment(due, ctx.zone, now=ctx.now), why=calendar.explain(ctx.now, due)
        )
        return WaitUntil(due, then=self.send, because=because, counted=counted(calendar, ctx.now, due))

    @step("send")
    async def send(self, ctx: Ctx[SendMessageInput, SendMessageState]) -> Outcome:
        dialog = await ctx.dialog()
        calendar = await ctx.calendar(dialog)
        due = calendar.add(ctx.started_at, ctx.input.after_minutes) if ctx.input.delayed else ctx.started_at
        if ctx.now < due and not ctx.state.waits_for_client:
            return WaitUntil(due, then=self.send, because=Text("Время ещё не пришло.", "It is not time yet."))
        return await self._decided(ctx, dialog)

    async def _decided(self, ctx: Ctx[SendMessageInput, SendMessageState], dialog: DialogView) -> Outcome:
        """Every check is made and told; the first that fails decides."""
        checks = [
            Check(Text("Диалог открыт", "The dialog is open"), dialog.is_open and not dialog.closing),
            Check(_ball_words(dialog), _ball_fits(ctx.input.only_if_ball, dialog)),
            Check(Text("Окно канала открыто", "The channel window is open"), dialog.window_open),
        ]
        if not checks[0].passed:
            text = Text(
                "Диалог закрыт: сообщение открыло бы новый, поэтому не отправлено.",
                "The dialog is closed: a message would open a new one, so it was not sent.",
            )
            return _not_sent("cancelled_closed", Reason(text, tuple(checks)))
        if not checks[1].passed:
            return _not_sent("nothing_to_do", Reason(dialog.why_ball, tuple(checks)))
        if not checks[2].passed:
            return self._closed_window(ctx, dialog, tuple(checks))
        return await self._worded(ctx, dialog, tuple(checks))

    def _closed_window(
        self, ctx: Ctx[SendMessageInput, SendMessageState], dialog: DialogView, checks: tuple[Check, ...]
    ) -> Outcome:
        text = Text(
            "Окно канала закрыто: мессенджер не доставит сообщение, пока клиент не напишет сам.",
            "The channel window is closed: the messenger delivers nothing until the client writes.",
        )
        match ctx.input.window_policy:
            case WindowPolicy.WAIT_CLIENT:
                ctx.state.waits_for_client = True
                return WaitUntil(
                    ctx.started_at + WAITS_FOR,
                    then=self.send,
                    because=Reason(text, checks),
                    watch=Watch.of(dialog),
                )
            case WindowPolicy.TASK:
                return Act((_task(ctx, dialog),), then=self.blocked, because=Reason(text, checks))
            case _:
                return _not_sent("blocked_window", Reason(text, checks))

    async def _worded(
        self, ctx: Ctx[SendMessageInput, SendMessageState], dialog: DialogView, checks: tuple[Check, ...]
    ) -> Outcome:
        values = await message_values(ctx, dialog, ctx.input.text)
        try:
            text = fill(ctx.input.text, values, blank=ctx.input.missing_var is MissingVar.DEFAULT).strip()
        except Missing as missing:
            what = Text("Нет значения для {{{name}}}.", "There is no value for {{{name}}}.").format(name=missing)
            return _not_sent(
                "guard_failed" if ctx.input.missing_var is MissingVar.SKIP else "failed", Reason(what, checks)
            )
        except TooLong:
            return _not_sent(
                "failed",
                Reason(
                    Text("Сообщение длиннее 20 000 знаков.", "The message is longer than 20 000 characters."), checks
                ),
            )
        if not text:
            what = Text("После подстановки текст пуст.", "The text is empty after filling in.")
            return _not_sent("guard_failed", Reason(what, checks))
        if await ctx.look.said_lately(text, hours=ctx.input.dedupe_hours, chat_id=dialog.chat.id):
            what = Text("Этот же текст уже отправлен в диалог недавно.", "The same text was sent here lately.")
            return _not_sent("skipped_duplicate", Reason(what, checks))
        because = Text("Все проверки пройдены, отправляем.", "All checks passed, sending.")
        return Act((_message(ctx, dialog, text),), then=self.sent, because=Reason(because, checks))

    @step("sent")
    async def sent(self, ctx: Ctx[SendMessageInput, SendMessageState]) -> Outcome:
        result = next(iter(ctx.results))
        if not result.done:
            text = Text("Битрикс24 не принял сообщение.", "Bitrix24 did not take the message.")
            return _not_sent("failed", Reason(text))
        message_id = result.evidence.get("message_id")
        output = SendMessageOutput(sent=not ctx.dry, message_id=message_id if isinstance(message_id, int) else 0)
        return Done("done", Text("Сообщение отправлено клиенту.", "The message was sent to the client."), output)

    @step("blocked")
    async def blocked(self, ctx: Ctx[SendMessageInput, SendMessageState]) -> Outcome:  # noqa: ARG002
        text = Text("Окно канала закрыто; поставлена задача.", "The channel window is closed; a task was created.")
        return _not_sent("blocked_window", Reason(text))


def _ball_fits(wanted: OnlyIfBall, dialog: DialogView) -> bool:
    match wanted:
        case OnlyIfBall.US:
            return dialog.ball is Ball.US
        case OnlyIfBall.CLIENT:
            return dialog.ball is Ball.CLIENT
        case _:
            return True


def _ball_words(dialog: DialogView) -> Text:
    return Text("Ход: {ball}", "Turn: {ball}").format(ball=dialog.why_ball)


def _not_sent(result: str, reason: Reason) -> Done:
    return Done(result, reason, SendMessageOutput(blocked_reason=result))


def _message(ctx: Ctx[SendMessageInput, SendMessageState], dialog: DialogView, text: str) -> Effect:
    """In an operator's name where somebody accepted the dialog, automatic otherwise (decisions.md 47)."""
    author = int(ctx.input.as_user.removeprefix("user_")) if ctx.input.as_user else dialog.owner_id
    if dialog.accepted and dialog.crm_binding and not dialog.owner_is_bot and not dialog.chat.silent:
        kind, number = dialog.crm_binding
        return SendAsOperator(
            chat_id=dialog.chat.id,
            session_id=dialog.session_id,
            text=text,
            crm_type=kind,
            crm_id=number,
            user_id=author,
            after_message_id=dialog.chat.last_message_id,
        )
    return SendAutomatic(
        chat_id=dialog.chat.id, session_id=dialog.session_id, text=text, after_message_id=dialog.chat.last_message_id
    )


def _task(ctx: Ctx[SendMessageInput, SendMessageState], dialog: DialogView) -> CreateTask:
    title = Text("Написать клиенту: окно канала закрыто", "Write to the client: the channel window is closed")
    return CreateTask(
        title=title.said_in(ctx.language),
        description=f"{ctx.origin}/online/?IM_HISTORY=imol|{dialog.session_id}",
        responsible_id=dialog.owner_id or ctx.admin_id,
        creator_id=ctx.admin_id,
        deadline_at=ctx.now,
        binding=ctx.item.task_binding,
    )
