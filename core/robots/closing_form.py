"""What an administrator says about closing a dialog."""

from __future__ import annotations

from core.robots.card_fields import bad_code
from core.robots.closing import ClosingRules, Confirmed
from core.robots.closing_words import FAREWELL
from core.robots.dialog_input import DialogInput
from core.robots.farewell import Farewell
from core.robots.fields import Choice, LongText, UserRef, prop
from core.texts.placeholders import first_unknown
from core.texts.text import Text


class OnGuardFail(Choice):
    FINISH = "finish", "Завершить без закрытия", "End without closing"
    WAIT = "wait", "Ждать и проверять", "Wait and look again"
    NOTIFY = "notify", "Сообщить владельцу диалога", "Tell the dialog's owner"


class WindowPolicy(Choice):
    CLOSE = "close", "Закрыть молча, оставить запись в карточке", "Close silently, leave a note in the card"
    SKIP = "skip", "Не закрывать", "Do not close"


class CloseDialogInput(DialogInput):
    text: LongText = prop(FAREWELL.ru, ru="Прощальное сообщение", en="Closing message")
    require_last_ours: bool = prop(True, ru="Последнее слово должно быть за нами", en="The last word must be ours")
    require_confirmed: Confirmed = prop(Confirmed.ANY, ru="Подтверждение клиента", en="The client's confirmation")
    confirmed_field: str = prop("", ru="Код поля: вопрос решён", en="Code of the field: solved")
    one_time: bool = prop(
        False,
        ru="Разовое обращение",
        en="One-time request",
        help=Text("Подтверждение и молчание не нужны.", "Needs neither a confirmation nor silence."),
    )
    silent_days: int = prop(
        0,
        ru="Клиент молчит, дней (0 — не проверять)",
        en="The client is silent, days (0: any)",
        maximum=365,
        help=Text(
            "По регламенту 21. Столько молчания считается и подтверждением.",
            "21 by the regulation. So much silence is a confirmation, too.",
        ),
    )
    quiet_minutes: int = prop(10, ru="Никто не пишет, минут", en="Nobody writes, minutes")
    keep_if_open_tasks: bool = prop(True, ru="Не закрывать при открытых задачах", en="Keep while tasks are open")
    keep_if_promise: bool = prop(True, ru="Не закрывать, если мы обещали ответить", en="Keep while a promise is open")
    active_client_field: str = prop("", ru="Код поля: действующий клиент", en="Code of the field: active client")
    on_guard_fail: OnGuardFail = prop(OnGuardFail.FINISH, ru="Если закрывать рано", en="If it is too early")
    farewell_when_line_has_text: Farewell = prop(
        Farewell.SKIP, ru="Если линия прощается сама", en="If the line says goodbye itself"
    )
    window_policy: WindowPolicy = prop(
        WindowPolicy.CLOSE, ru="Если окно канала закрыто", en="If the channel window is closed"
    )
    send_outside_hours: bool = prop(False, ru="Закрывать и вне рабочего времени", en="Close outside working time too")
    as_user: UserRef | None = prop(None, ru="От чьего имени", en="In whose name")
    wait_result: bool = prop(False, ru="Ждать результата", en="Wait for the result")

    def problem(self) -> Text | None:
        if unknown := first_unknown(self.text):
            return Text(
                "«Прощальное сообщение»: нет такой подстановки: {{{name}}}.",
                "“Closing message”: there is no {{{name}}}.",
            ).format(name=unknown)
        if self.as_user is not None and not self.as_user.startswith("user_"):
            return Text(
                "«От чьего имени»: нужен сотрудник, а не отдел.",
                "“In whose name”: must be an employee, not a department.",
            )
        return (
            bad_code(self.confirmed_field.strip(), Text("Код поля: вопрос решён", "Code of the field: solved"))
            or bad_code(
                self.active_client_field.strip(),
                Text("Код поля: действующий клиент", "Code of the field: active client"),
            )
            or super().problem()
        )

    @property
    def rules(self) -> ClosingRules:
        return ClosingRules(
            last_ours=self.require_last_ours,
            confirmed=self.require_confirmed,
            confirmed_field=self.confirmed_field.strip(),
            one_time=self.one_time,
            silent_days=self.silent_days,
            quiet_minutes=self.quiet_minutes,
            keep_if_open_tasks=self.keep_if_open_tasks,
            keep_if_promise=self.keep_if_promise,
            active_client_field=self.active_client_field.strip(),
            outside_hours=self.send_outside_hours,
        )
