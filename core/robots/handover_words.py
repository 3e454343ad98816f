"""What employees are told about dialogs that change hands; no word of the client is ever in it."""

from __future__ import annotations

from dataclasses import dataclass

from core.bitrix24.documents import Item
from core.dialogs.view import DialogView
from core.robots.staff_words import card_link, dialog_link, plain
from core.texts.text import Language, Text


@dataclass(frozen=True, slots=True)
class Matter:
    """What the sentences are about; ``state`` says how the dialog stands: ``клиент ждёт ответа 12 минут``."""

    item: Item
    title: str
    language: Language
    dialog: DialogView | None
    state: Text

    def said(self, text: Text, **values: object) -> str:
        """Fill a sentence, and put the links to the card and the dialog behind it."""
        names = {name: plain(value) if isinstance(value, str) else value for name, value in values.items()}
        links = [card_link(self.item, self.title or str(self.item))]
        if self.dialog is not None:
            links.append(dialog_link(self.dialog).said_in(self.language))
        words = text.format(state=self.state, **names).said_in(self.language)
        return f"{words} {'. '.join(links)}"


def client_waits(waited: Text) -> Text:
    return Text("клиент ждёт ответа {waited}", "the client has waited {waited} for an answer").format(waited=waited)


# --- assigning -------------------------------------------------------------------------------------------------------


def assigned(matter: Matter) -> str:
    return matter.said(Text("Вам назначен диалог: {state}.", "A dialog was assigned to you: {state}."))


def responsible(matter: Matter) -> str:
    return matter.said(Text("Вы назначены ответственным.", "You were made responsible."))


def nobody_to_assign(matter: Matter) -> str:
    return matter.said(
        Text(
            "Назначить диалог некому: подходящих сотрудников нет. Распределите его: {state}.",
            "Nobody can be assigned the dialog: no employee fits. Please see to it: {state}.",
        )
    )


def nobody_accepted(matter: Matter, *, names: str) -> str:
    return matter.said(
        Text(
            "Диалог не приняли: {names}. Распределите его: {state}.",
            "Nobody accepted the dialog: {names}. Please see to it: {state}.",
        ),
        names=names,
    )


# --- the end of a shift ----------------------------------------------------------------------------------------------


def handed_to_you(matter: Matter, *, by: str) -> str:
    return matter.said(
        Text(
            "Вам передан диалог: смена закончилась ({by}), {state}.",
            "A dialog was handed to you: the shift of {by} is over, {state}.",
        ),
        by=by,
    )


def handed_on(matter: Matter, *, to: str) -> str:
    """To the former operator, who will not find the dialog any more."""
    return matter.said(
        Text(
            "Ваша смена закончилась: диалог теперь ведёт {to}.",
            "Your shift is over: {to} has the dialog now.",
        ),
        to=to,
    )


def back_in_queue(matter: Matter) -> str:
    return matter.said(
        Text(
            "Ваша смена закончилась: диалог возвращён в очередь линии.",
            "Your shift is over: the dialog went back to the queue of the line.",
        )
    )


def given_back(matter: Matter, *, by: str) -> str:
    return matter.said(
        Text(
            "Диалог снова у вас: за это время клиенту не ответили ({by}).",
            "The dialog is yours again: {by} did not answer in it meanwhile.",
        ),
        by=by,
    )


def shift_over(matter: Matter, *, by: str) -> str:
    """To the head, when the dialog stays where it is."""
    return matter.said(
        Text("Смена закончилась ({by}): {state}.", "The shift of {by} is over: {state}."),
        by=by,
    )


def nobody_on_shift(matter: Matter, *, by: str) -> str:
    return matter.said(
        Text(
            "Смена закончилась ({by}), а передать диалог некому: {state}.",
            "The shift of {by} is over and nobody can take the dialog: {state}.",
        ),
        by=by,
    )


def refused(matter: Matter, *, by: str, why: Text) -> str:
    return matter.said(
        Text(
            "Смена закончилась ({by}), но передать диалог не удалось: {state}. {why}",
            "The shift of {by} is over, but the dialog could not be handed on: {state}. {why}",
        ),
        by=by,
        why=why,
    )


def wrote_again(matter: Matter) -> str:
    return matter.said(
        Text(
            "Клиент написал снова, а на смене никого нет: {state}. Диалог получит первый, кто откроет рабочий день.",
            "The client wrote again and nobody is on shift: {state}. Whoever opens the day first gets the dialog.",
        )
    )


# --- dialogs that nobody sees ----------------------------------------------------------------------------------------


def orphan_assigned(matter: Matter, *, to: str) -> str:
    return matter.said(
        Text(
            "Диалог остался без оператора: {state}. Теперь его ведёт {to}.",
            "A dialog was left without an operator: {state}. {to} has it now.",
        ),
        to=to,
    )


def orphan_waits(matter: Matter) -> str:
    return matter.said(
        Text(
            "Диалог остался без оператора, на смене никого нет: {state}. Его получит первый, кто откроет рабочий день.",
            "A dialog has no operator and nobody is on shift: {state}. Whoever opens the day first gets it.",
        )
    )


def orphan_is_yours(matter: Matter) -> str:
    return matter.said(
        Text(
            "Вам назначен диалог, который остался без оператора: {state}.",
            "A dialog that was left without an operator is yours now: {state}.",
        )
    )


def orphan_taken(matter: Matter, *, to: str) -> str:
    """To the operator who was not there."""
    return matter.said(
        Text(
            "Клиент ждал ответа, пока вас нет на смене: диалог теперь ведёт {to}.",
            "The client waited while you are off shift: {to} has the dialog now.",
        ),
        to=to,
    )


def orphan_refused(matter: Matter, *, why: Text) -> str:
    return matter.said(
        Text(
            "Диалог остался без оператора, и передать его не удалось: {state}. {why}",
            "A dialog has no operator and could not be handed to one: {state}. {why}",
        ),
        why=why,
    )


# --- the note in the chat --------------------------------------------------------------------------------------------


def note(matter: Matter, *, by: str, to: str, last_words: Text) -> str:
    """The hidden note to the next operator; should a portal ever show it, it would still be fit to be read."""
    text = Text(
        "Диалог передан: {by} → {to}. Сейчас {state}. {last_words}",
        "The dialog was handed over: {by} → {to}. Now {state}. {last_words}",
    )
    filled = text.format(by=plain(by), to=plain(to), state=matter.state, last_words=last_words)
    return filled.said_in(matter.language).strip()
