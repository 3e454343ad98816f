"""The form of the robot that escalates a dialog without an answer."""

from __future__ import annotations

from core.robots.dialog_input import DialogInput
from core.robots.fields import Choice, LongText, UserRef, prop
from core.robots.levels import BadLevels, Level, one_level, parse_levels
from core.texts.placeholders import LONGEST, first_unknown
from core.texts.text import Text


class FirstAction(Choice):
    NOTIFY = "notify", "Сообщить", "Notify"
    ADD_TO_CHAT = "add_to_chat", "Добавить в чат", "Add to the chat"
    REASSIGN = "reassign", "Передать диалог", "Hand the dialog over"
    TASK = "task", "Поставить задачу", "Create a task"


class CountFrom(Choice):
    OLDEST_UNANSWERED = "oldest_unanswered", "От первого сообщения без ответа", "From the first unanswered message"
    ASSIGNMENT = "assignment", "От назначения оператора", "From the assignment"
    ROBOT_START = "robot_start", "От запуска робота", "From the start of the robot"


class WhoCounts(Choice):
    HUMAN = "human", "Только человек", "Only a person"
    HUMAN_OR_ROBOT = "human_or_robot", "Человек или робот", "A person or a robot"


class CrmSync(Choice):
    CREATED_ONLY = "created_only", "Как в Битрикс24", "As Bitrix24 does"
    ALWAYS = "always", "Всегда", "Always"
    NEVER = "never", "Никогда", "Never"


class IfNotWaiting(Choice):
    FINISH = "finish", "Завершить", "Finish"
    ARM = "arm", "Ждать, пока напишет", "Wait until he writes"


class EscalateInput(DialogInput):
    after_minutes: int = prop(15, ru="Через сколько рабочих минут", en="After how many working minutes")
    escalate_to: list[UserRef] = prop([], ru="Кому (пусто — руководителю)", en="To whom (empty: the head)")
    action: FirstAction = prop(FirstAction.NOTIFY, ru="Что сделать", en="What to do")
    levels: LongText = prop(
        "",
        ru="Уровни (по строке)",
        en="Levels (one per line)",
        help=Text(
            "Например: «15: notify owner», следующая строка «30: add head, notify head», «45: reassign pool=line».",
            "For example “15: notify owner”, next line “30: add head, notify head”, “45: reassign pool=line”.",
        ),
    )
    count_from: CountFrom = prop(CountFrom.OLDEST_UNANSWERED, ru="Откуда считать", en="Count from")
    who_counts: WhoCounts = prop(WhoCounts.HUMAN, ru="Чей ответ считается", en="Whose answer counts")
    pool: list[UserRef] = prop([], ru="Кому передавать (пусто — очередь линии)", en="Hand over to (empty: the queue)")
    quiet_hours: bool = prop(True, ru="Не беспокоить вне рабочего времени", en="Do not disturb outside working time")
    crm_sync: CrmSync = prop(CrmSync.ALWAYS, ru="Менять ответственного в карточке", en="Change the responsible")
    client_text: LongText = prop("", ru="Текст клиенту на первом уровне", en="Text to the client at the first level")
    repeat_last_level: int = prop(0, ru="Повторять последний уровень, минут", en="Repeat the last level, minutes")
    if_not_waiting: IfNotWaiting = prop(
        IfNotWaiting.FINISH, ru="Если клиент не ждёт", en="If the client is not waiting"
    )
    wait_result: bool = prop(False, ru="Ждать результата", en="Wait for the result")

    @property
    def chain(self) -> tuple[Level, ...]:
        """The levels as written, or the one that the simple properties describe."""
        return parse_levels(self.levels) or (one_level(self.after_minutes, self.action.value, self.escalate_to),)

    def problem(self) -> Text | None:
        try:
            parse_levels(self.levels)
        except BadLevels as bad:
            return bad.text
        if len(self.client_text) > LONGEST:
            return Text(
                "«Текст клиенту»: больше 20 000 знаков отправить нельзя.",
                "“Text to the client”: more than 20 000 characters cannot be sent.",
            )
        if unknown := first_unknown(self.client_text):
            return Text(
                "«Текст клиенту»: нет такой подстановки: {{{name}}}.", "“Text to the client”: there is no {{{name}}}."
            ).format(name=unknown)
        return super().problem()
