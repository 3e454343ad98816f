"""Tell the process how the client's dialog stands, so that stock conditions can branch on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from core.bitrix24.command import Answer
from core.robots import (
    AmbiguousDialog,
    Check,
    Ctx,
    DialogInput,
    DialogPick,
    DialogView,
    Done,
    NoDialog,
    Outcome,
    Output,
    Reason,
    Robot,
    State,
    UserRef,
    prop,
    step,
)
from core.robots.circle_reading import both
from core.robots.naming import CompanySource, Naming, NamingRule, company_commands, naming_of, portals_exceptions
from core.robots.owner_beside import owner_beside, owner_of
from core.robots.people import Person
from core.texts.placeholders import first_unknown
from core.texts.text import Text


class DialogStateInput(DialogInput):
    takes_all: ClassVar[bool] = False

    depth: int = prop(50, ru="Сколько сообщений считать", en="How many messages to count", minimum=1, maximum=50)
    mask: str = prop("", ru="Маска названия", en="Title mask")
    wait_result: bool = prop(True, ru="Ждать результата", en="Wait for the result", offered=False)

    def problem(self) -> Text | None:
        if unknown := first_unknown(self.mask):
            return Text(
                "«Маска названия»: нет такой подстановки: {{{name}}}.", "“Title mask”: there is no {{{name}}}."
            ).format(name=unknown)
        return super().problem()


class DialogStateOutput(Output):
    has_dialog: bool = prop(False, ru="Диалог есть", en="There is a dialog")
    is_open: bool = prop(False, ru="Диалог открыт", en="The dialog is open")
    status: str = prop("none", ru="Состояние", en="Status")
    ball: str = prop("none", ru="За кем ход", en="Whose turn it is")
    last_author: str = prop("none", ru="Кто писал последним", en="Who wrote last")
    last_message_at: datetime | None = prop(None, ru="Время последнего сообщения", en="Time of the last message")
    waiting_minutes_working: int = prop(0, ru="Клиент ждёт, рабочих минут", en="Client waits, working minutes")
    waiting_minutes_raw: int = prop(0, ru="Клиент ждёт, минут", en="Client waits, minutes")
    owner: UserRef | None = prop(None, ru="Оператор диалога", en="Operator of the dialog")
    owner_on_shift: bool | None = prop(None, ru="Оператор на смене", en="The operator is on shift")
    line_id: int = prop(0, ru="ID линии", en="Line ID")
    line_name: str = prop("", ru="Линия", en="Line")
    channel: str = prop("", ru="Канал", en="Channel")
    title: str = prop("", ru="Название диалога", en="Title of the dialog")
    title_valid: bool | None = prop(None, ru="Название по маске", en="The title fits the mask")
    confirmed: bool = prop(False, ru="Клиент подтвердил решение", en="The client confirmed")
    promise_open: bool = prop(False, ru="Есть невыполненное обещание", en="There is an open promise")
    dialog_count: int = prop(0, ru="Сколько диалогов", en="How many dialogs")
    window_open: bool = prop(False, ru="Окно канала открыто", en="The channel window is open")
    window_until: datetime | None = prop(None, ru="Окно канала до", en="The channel window ends")
    messages_client: int = prop(0, ru="Сообщений клиента", en="Messages of the client")
    messages_ours: int = prop(0, ru="Сообщений наших", en="Messages of ours")
    pinned: bool = prop(False, ru="Закреплён", en="Pinned")


class DialogState(Robot[DialogStateInput, State, DialogStateOutput]):
    """The brick that other automation stands on: it looks, and does nothing to the world."""

    code = "dialog_state"
    name = Text(ru="Получить состояние диалога", en="Get dialog state")
    about = Text(
        ru="Возвращает, чей ход, кто писал последним, сколько ждёт клиент и можно ли ему написать.",
        en="Returns whose turn it is, who wrote last, how long the client has waited and whether he can be written to.",
    )
    waits = False

    @step("look")
    async def look(self, ctx: Ctx[DialogStateInput, State]) -> Outcome:
        open_first = ctx.input.dialog_pick is not DialogPick.LATEST_ANY
        beside = both(_companies(ctx), owner_beside(ctx.read, ctx.item, open_first=open_first))
        resolution, (answers, owners) = await both(ctx.look.resolution(), beside)
        match resolution:
            case DialogView() as dialog:
                owner = await owner_of(ctx.read, dialog.owner_id, owners)
                return await self._told(ctx, dialog, answers, owner)
            case AmbiguousDialog() as many:
                return Done("ambiguous_dialog", many.reason, DialogStateOutput(dialog_count=len(many.candidates)))
            case NoDialog() as none:
                return Done("no_dialog", none.reason, DialogStateOutput())

    async def _told(
        self, ctx: Ctx[DialogStateInput, State], dialog: DialogView, answers: Mapping[str, Answer], owner: Person | None
    ) -> Outcome:
        naming = await _named(ctx, dialog, answers)
        calendar = await ctx.calendar(dialog)
        since = dialog.waiting_since
        latest = dialog.messages[-ctx.input.depth :]
        output = DialogStateOutput(
            has_dialog=True,
            is_open=dialog.is_open,
            status=_status(dialog),
            ball=dialog.ball.value,
            last_author=dialog.last_author.value if dialog.last_author else "none",
            last_message_at=dialog.last_message_at,
            waiting_minutes_working=calendar.between(since, ctx.now) if since else 0,
            waiting_minutes_raw=int((ctx.now - since).total_seconds()) // 60 if since else 0,
            owner=UserRef(f"user_{dialog.owner_id}") if dialog.owner_id else None,
            owner_on_shift=owner.on_shift if owner else None,
            line_id=dialog.line_id,
            line_name=(dialog.line.name if dialog.line else ""),
            channel=dialog.connector,
            title=dialog.title,
            title_valid=naming.valid if naming else None,
            confirmed=dialog.confirmed,
            promise_open=dialog.promise_open,
            dialog_count=dialog.dialog_count,
            window_open=dialog.window_open,
            window_until=dialog.window_until,
            messages_client=sum(message.from_client for message in latest),
            messages_ours=sum(message.ours for message in latest),
            pinned=dialog.chat.pinned,
        )
        return Done("done", Reason(dialog.why_ball, _checks(naming)), output)


async def _companies(ctx: Ctx[DialogStateInput, State]) -> Mapping[str, Answer]:
    return await ctx.read(company_commands(ctx.item, CompanySource.AUTO)) if ctx.input.mask.strip() else {}


async def _named(ctx: Ctx[DialogStateInput, State], dialog: DialogView, answers: Mapping[str, Answer]) -> Naming | None:
    """Hold the title against the mask as the robot for titles does; without a mask nobody asked."""
    if not ctx.input.mask.strip():
        return None
    rule = NamingRule(ctx.input.mask, exceptions=portals_exceptions(ctx.desk))
    return await naming_of(ctx, dialog, rule, answers)


def _checks(naming: Naming | None) -> tuple[Check, ...]:
    if naming is None:
        return ()
    return naming.checks if naming.missing is None else (*naming.checks, Check(naming.missing, naming.valid))


def _status(dialog: DialogView) -> str:
    if not dialog.is_open:
        return "closed"
    if dialog.closing:
        return "closing"
    return "work" if dialog.accepted else "queue"
