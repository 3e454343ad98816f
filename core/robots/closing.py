"""Whether a dialog may be closed: the guards in their order, each told; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from core.bitrix24.command import Json
from core.dialogs.ball import Ball
from core.dialogs.message import Author
from core.dialogs.view import DialogView
from core.robots.card_fields import field_of, has_field, is_set
from core.robots.fields import Choice
from core.robots.outcomes import Check
from core.texts.text import Text, minutes, moment, plural


class Confirmed(Choice):
    """What is wanted of the client before his dialog is closed."""

    NO = "no", "Не нужно", "Not needed"
    ANY = "any", "Любое, в том числе долгое молчание", "Any, long silence too"
    EXPLICIT = "explicit", "Только явное: слова, оценка, поле", "Explicit only: words, rating, field"


@dataclass(frozen=True, slots=True)
class ClosingRules:
    """What the administrator asked for; 0 and blank turn a guard off."""

    last_ours: bool = True
    confirmed: Confirmed = Confirmed.ANY
    confirmed_field: str = ""
    one_time: bool = False
    silent_days: int = 0
    quiet_minutes: int = 10
    keep_if_open_tasks: bool = True
    keep_if_promise: bool = True
    active_client_field: str = ""
    outside_hours: bool = False


@dataclass(frozen=True, slots=True)
class Around:
    """What is known besides the dialog: the hours, the card, its open tasks (None: they may not be read)."""

    now: datetime
    zone: tzinfo
    is_open_hours: bool = True
    card: Mapping[str, Json] = field(default_factory=dict)
    open_tasks: Sequence[int] | None = ()


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard: the property's name, how it came out, and the sentence for it."""

    name: str
    passed: bool
    text: Text

    @property
    def check(self) -> Check:
        return Check(self.text, self.passed)


def guards(rules: ClosingRules, dialog: DialogView, around: Around) -> tuple[Guard, ...]:
    """Return every guard that is on, in the order of the form; a one-time request needs neither yes nor silence."""
    found: list[Guard] = []
    if rules.last_ours:
        found.append(_last_ours(dialog))
    if rules.confirmed is not Confirmed.NO and not rules.one_time:
        found.append(_confirmed(rules, dialog, around))
    if rules.silent_days and not rules.one_time:
        found.append(_silent(rules, dialog, around))
    if rules.quiet_minutes:
        found.append(_quiet(rules, dialog, around))
    if rules.keep_if_open_tasks:
        found.append(_no_tasks(around))
    if rules.keep_if_promise:
        found.append(_no_promise(dialog))
    if rules.active_client_field:
        found.append(not_active(rules.active_client_field, around.card))
    if not rules.outside_hours:
        text = Text("Рабочее время", "It is working time")
        found.append(Guard("send_outside_hours", around.is_open_hours, text))
    return tuple(found)


def failed(found: Sequence[Guard]) -> str:
    """Return the names of the guards that failed, separated by commas."""
    return ",".join(guard.name for guard in found if not guard.passed)


def confirmation_of(rules: ClosingRules, dialog: DialogView, around: Around) -> Text | None:
    """Return by what the client said that the matter is settled, or None; silence says nothing here."""
    if dialog.confirmed_by is not None:
        return Text("Клиент подтвердил: {at} (сообщение №{id})", "The client confirmed: {at} (message {id})").format(
            at=moment(dialog.confirmed_by.at, around.zone, now=around.now), id=dialog.confirmed_by.id
        )
    if _rated_well(dialog):
        return Text("Клиент поставил хорошую оценку", "The client gave a good rating")
    if rules.confirmed_field and is_set(field_of(around.card, rules.confirmed_field)):
        return Text("Подтверждение отмечено в карточке", "The confirmation is marked in the card")
    return None


def silent_since(dialog: DialogView) -> datetime | None:
    """Return since when the client owes us a word: our last words of a person, or his own where they are newer."""
    said = [message for message in (dialog.last_client_message, dialog.last_human_message) if message is not None]
    return max((message.at for message in said), default=dialog.chat.session_began_at)


def wrote_after(dialog: DialogView, message_id: int) -> Author | None:
    """Return whether the client or a person of ours wrote after a message; a rating is no message.

    What bears an unclear author may be the channel's echo of our own farewell, and counts for nobody.
    """
    later = [message for message in dialog.read if message.id > message_id and not message.deleted]
    authors = {message.author for message in later if not message.vote}
    return next((who for who in (Author.CLIENT, Author.HUMAN) if who in authors), None)


def clients_in(dialog: DialogView) -> int:
    """Count the people who wrote to us; more than one is a group chat."""
    return len({message.author_id for message in dialog.messages if message.from_client})


def not_active(code: str, card: Mapping[str, Json]) -> Guard:
    """A client who is marked as active is kept; so is everybody where the field does not exist."""
    name = "active_client_field"
    if not has_field(card, code):
        return Guard(name, False, Text("В карточке нет поля {code}", "The card has no field {code}").format(code=code))
    text = Text("Клиент не отмечен действующим ({code})", "The client is not marked as active ({code})")
    return Guard(name, not is_set(field_of(card, code)), text.format(code=code))


def _last_ours(dialog: DialogView) -> Guard:
    """Thanks want no answer, and a promise has a guard of its own; words of an unclear author may be the client's."""
    ours = dialog.ball in {Ball.CLIENT, Ball.ACK} or dialog.verdict.by_promise
    why = Text(dialog.why_ball.ru.rstrip("."), dialog.why_ball.en.rstrip("."))
    said = Text("Последнее слово за нами", "The last word is ours")
    text = why if why.ru.startswith(said.ru) else (said + Text(" ({why})", " ({why})")).format(why=why)
    return Guard("require_last_ours", ours and dialog.verdict.doubt is None, text)


def _confirmed(rules: ClosingRules, dialog: DialogView, around: Around) -> Guard:
    name, said = "require_confirmed", confirmation_of(rules, dialog, around)
    if said is not None:
        return Guard(name, True, said)
    if rules.confirmed is Confirmed.ANY and rules.silent_days and _is_silent(rules, dialog, around):
        text = Text("Долгое молчание считаем подтверждением", "The long silence counts as a confirmation")
        return Guard(name, True, text)
    return Guard(name, False, Text("Клиент подтвердил, что вопрос решён", "The client confirmed that it is settled"))


def _silent(rules: ClosingRules, dialog: DialogView, around: Around) -> Guard:
    since = silent_since(dialog)
    text = Text("Клиент молчит {days} или дольше", "The client has been silent for {days} or longer").format(
        days=plural(rules.silent_days, ("день", "дня", "дней"), ("day", "days"))
    )
    if since is not None:
        text += Text(" (с {at})", " (since {at})").format(at=moment(since, around.zone, now=around.now))
    return Guard("silent_days", _is_silent(rules, dialog, around), text)


def _is_silent(rules: ClosingRules, dialog: DialogView, around: Around) -> bool:
    since = silent_since(dialog)
    return since is not None and around.now - since >= timedelta(days=rules.silent_days)


def _quiet(rules: ClosingRules, dialog: DialogView, around: Around) -> Guard:
    last = dialog.last_message_at
    text = Text("Никто не пишет уже {time}", "Nobody has written for {time}").format(time=minutes(rules.quiet_minutes))
    return Guard("quiet_minutes", last is None or around.now - last >= timedelta(minutes=rules.quiet_minutes), text)


def _no_tasks(around: Around) -> Guard:
    name = "keep_if_open_tasks"
    if around.open_tasks is None:
        text = Text("Задачи по карточке не прочитать", "The tasks of the card may not be read")
        return Guard(name, False, text)
    text = Text("Нет открытых задач", "There are no open tasks")
    if around.open_tasks:
        text += Text(": {tasks}", ": {tasks}").format(tasks=", ".join(f"№{task}" for task in around.open_tasks[:5]))
    return Guard(name, not around.open_tasks, text)


def _no_promise(dialog: DialogView) -> Guard:
    text = Text("Нет невыполненных обещаний", "There are no open promises")
    return Guard("keep_if_promise", not dialog.promise_open, text)


def _rated_well(dialog: DialogView) -> bool:
    """The rating of a line is kept as the client's ``[like]`` (openlines.md part 4); the last one counts."""
    votes = [message.text.lower() for message in dialog.messages if message.vote]
    return bool(votes) and votes[-1].startswith("[like]")
