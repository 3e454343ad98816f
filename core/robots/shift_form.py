"""What an administrator fills in to have dialogs handed over at the end of a shift."""

from __future__ import annotations

import re
from typing import Final

from core.robots.assignment import CrmSync, NoCandidate
from core.robots.chains import chain_problem, parse_chain
from core.robots.choice import Strategy
from core.robots.dialog_input import DialogInput
from core.robots.duty import Rules
from core.robots.fields import Choice, LongText, UserRef, prop
from core.robots.shift_end import Deed, Kind
from core.robots.shifts import Source
from core.texts.placeholders import LONGEST, first_unknown
from core.texts.text import Text

_CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


class OnWaiting(Choice):
    REASSIGN = "reassign", "Передать", "Hand over"
    TO_QUEUE = "to_queue", "В очередь линии", "To the queue of the line"
    NOTIFY_HEAD = "notify_head", "Сообщить руководителю", "Tell the head"
    NOTHING = "nothing", "Ничего", "Nothing"


class OnOurQuestion(Choice):
    WATCH = "watch", "Оставить и следить", "Leave and watch"
    REASSIGN = "reassign", "Передать", "Hand over"
    TO_QUEUE = "to_queue", "В очередь линии", "To the queue of the line"
    NOTIFY_HEAD = "notify_head", "Сообщить руководителю", "Tell the head"
    NOTHING = "nothing", "Ничего", "Nothing"


class OnGratitude(Choice):
    ACK = "ack", "Ответить знаком", "Answer with a sign"
    REASSIGN = "reassign", "Передать", "Hand over"
    NOTHING = "nothing", "Ничего", "Nothing"


class ReturnPolicy(Choice):
    STAY = "stay", "Остаётся у нового", "Stays with the new one"
    RETURN_IF_UNTOUCHED = "return_if_untouched", "Вернуть, если никто не ответил", "Give back if nobody answered"


_SOURCE: Final = Text("Откуда известна смена", "Where the shift is known from")
_TIME: Final = Text("Смена до (ЧЧ:ММ)", "The shift lasts until (HH:MM)")
_STRATEGY: Final = Text("Как выбирать", "How to choose")
_CLIENT_TEXT: Final = Text("Текст клиенту", "Text to the client")


class ReassignInput(DialogInput):
    owner: UserRef | None = prop(None, ru="Чья смена (пусто — оператора диалога)", en="Whose shift (empty: operator's)")
    shift_source: str = prop(
        "timeman,schedule",
        ru=_SOURCE.ru,
        en=_SOURCE.en,
        help=Text(
            "Через запятую, по порядку: timeman, schedule, our_shift, fixed_time.",
            "Comma-separated, in order: timeman, schedule, our_shift, fixed_time.",
        ),
    )
    fixed_time: str = prop("", ru=_TIME.ru, en=_TIME.en)
    lead_minutes: int = prop(10, ru="За сколько минут до конца", en="How many minutes before the end", maximum=1440)
    on_client_waiting: OnWaiting = prop(OnWaiting.REASSIGN, ru="Клиент ждёт ответа", en="The client waits")
    on_promise: OnWaiting = prop(OnWaiting.REASSIGN, ru="Мы обещали вернуться", en="We promised to come back")
    on_our_question: OnOurQuestion = prop(OnOurQuestion.WATCH, ru="Последнее слово за нами", en="The last word is ours")
    on_gratitude: OnGratitude = prop(OnGratitude.ACK, ru="Клиент поблагодарил", en="The client thanked")
    pool: list[UserRef] = prop([], ru="Кому передавать (пусто — очередь линии)", en="Hand over to (empty: the queue)")
    strategy: str = prop("round_robin", ru=_STRATEGY.ru, en=_STRATEGY.en)
    no_candidate: NoCandidate = prop(NoCandidate.FIRST_OPEN, ru="Если передать некому", en="If nobody can take it")
    unpin: bool = prop(True, ru="Открепить диалог", en="Unpin the dialog")
    crm_sync: CrmSync = prop(CrmSync.ALWAYS, ru="Менять ответственного в карточке", en="Change the responsible")
    return_policy: ReturnPolicy = prop(ReturnPolicy.STAY, ru="Возвращать прежнему", en="Give back to the former one")
    brief: bool = prop(True, ru="Скрытая записка новому оператору", en="Hidden note to the new operator")
    client_text: LongText = prop("", ru=_CLIENT_TEXT.ru, en=_CLIENT_TEXT.en)
    wait_result: bool = prop(False, ru="Ждать результата", en="Wait for the result")

    @property
    def rules(self) -> Rules:
        return Rules(
            pool=tuple(self.pool),
            strategies=parse_chain(self.strategy, Strategy),
            sources=parse_chain(self.shift_source, Source),
            fixed=_minutes(self.fixed_time),
        )

    @property
    def named_pool(self) -> tuple[int, ...]:
        """The employees of the pool by number, empty where it is the queue or names groups."""
        users = [ref for ref in self.pool if ref.startswith("user_")]
        return tuple(int(ref.removeprefix("user_")) for ref in users) if len(users) == len(self.pool) else ()

    def deed(self, kind: Kind, *, watched: bool = False) -> Deed:
        """What the settings say about a dialog of this kind; what is on hold stays, what is done needs nothing.

        Watching a dialog is for handing it over when the client writes, whatever else was said of such dialogs.
        """
        chosen: dict[Kind, Choice] = {
            Kind.CLIENT_WAITING: self.on_client_waiting,
            Kind.PROMISE: self.on_promise,
            Kind.OUR_QUESTION: self.on_our_question,
            Kind.GRATITUDE: self.on_gratitude,
            Kind.HOLD: Deed.WATCH,
            Kind.DONE: Deed.NOTHING,
        }
        found = next(deed for deed in Deed if deed.value == chosen[kind].value)
        needs_somebody = watched and kind in {Kind.CLIENT_WAITING, Kind.PROMISE}
        return Deed.REASSIGN if needs_somebody and found is Deed.NOTHING else found

    def problem(self) -> Text | None:
        return (
            chain_problem(_SOURCE, self.shift_source, Source)
            or self._bad_time()
            or chain_problem(_STRATEGY, self.strategy, Strategy)
            or self._bad_owner()
            or self._bad_text()
            or super().problem()
        )

    def _bad_time(self) -> Text | None:
        needed = Source.FIXED_TIME in parse_chain(self.shift_source, Source)
        if _minutes(self.fixed_time) is not None or not (needed or self.fixed_time.strip()):
            return None
        return Text("«{label}»: нужно время, например 18:00.", "“{label}”: must be a time, such as 18:00.").format(
            label=_TIME
        )

    def _bad_owner(self) -> Text | None:
        if self.owner is None or self.owner.startswith("user_"):
            return None
        return Text(
            "«Чья смена»: нужен сотрудник, а не отдел.", "“Whose shift”: must be an employee, not a department."
        )

    def _bad_text(self) -> Text | None:
        if len(self.client_text) > LONGEST:
            return Text(
                "«{label}»: больше 20 000 знаков отправить нельзя.",
                "“{label}”: more than 20 000 characters cannot be sent.",
            ).format(label=_CLIENT_TEXT)
        if unknown := first_unknown(self.client_text):
            text = Text("«{label}»: нет такой подстановки: {{{name}}}.", "“{label}”: there is no {{{name}}}.")
            return text.format(label=_CLIENT_TEXT, name=unknown)
        return None


def _minutes(clock: str) -> int | None:
    match = _CLOCK.fullmatch(clock.strip())
    return int(match.group(1)) * 60 + int(match.group(2)) if match else None
