"""What a level of an escalation does: its actions, resolved to people, become effects; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.bitrix24.documents import Item
from core.dialogs.view import DialogView
from core.effects import (
    AddToChat,
    CommentTimeline,
    CreateTask,
    Effect,
    FireTrigger,
    NotifyStaff,
    SetResponsible,
    TransferDialog,
)
from core.robots.levels import Action, Level, user_of
from core.robots.outcomes import Check
from core.robots.people import Person
from core.texts.text import Language, Text, for_minutes


@dataclass(frozen=True, slots=True)
class Circle:
    """Who is who around a dialog at the moment of acting."""

    owner_id: int
    responsible_id: int
    heads: tuple[int, ...]
    queue: tuple[int, ...]
    pool: tuple[int, ...]
    admin_id: int
    persons: Mapping[int, Person]
    loads: Mapping[int, int]

    def known(self, user_id: int) -> Person | None:
        return self.persons.get(user_id)

    def reachable(self, user_id: int) -> bool:
        person = self.persons.get(user_id)
        return person is None or person.reachable

    def name(self, user_id: int) -> str:
        person = self.persons.get(user_id)
        return person.name if person else f"#{user_id}"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the sentences of a level are made of."""

    item: Item
    title: str
    origin: str
    language: Language
    waited: int
    now: datetime
    creator_id: int
    run_id: str
    level: int
    sync_crm: bool


def people_of(action: Action, circle: Circle) -> tuple[int, ...]:
    """Return whom an action concerns, before anybody is left out."""
    match action.target:
        case "owner":
            # Nobody accepted it: the whole queue of the line is asked (decisions.md 45).
            return (circle.owner_id,) if circle.owner_id else circle.queue
        case "responsible":
            return (circle.responsible_id,) if circle.responsible_id else ()
        case "head":
            return circle.heads or (circle.admin_id,)
        case "pool":
            return circle.pool or circle.queue
        case target:
            user_id = user_of(target)
            return (user_id,) if user_id else ()


def wanted_people(level: Level) -> tuple[Action, ...]:
    return tuple(action for action in level.actions if action.verb in {"notify", "add", "task"})


def everybody_is_off(level: Level, circle: Circle) -> bool:
    """Whether a level would only disturb people who are not at work."""
    concerned = [user_id for action in wanted_people(level) for user_id in people_of(action, circle)]
    acts_otherwise = any(action.verb in {"reassign", "trigger", "comment"} for action in level.actions)
    return bool(concerned) and not acts_otherwise and not any(circle.reachable(user_id) for user_id in concerned)


@dataclass(frozen=True, slots=True)
class Move:
    """Where a dialog goes: to a person, or with ``user_id`` 0 back to the queue of its line."""

    user_id: int
    why: Text


def successor(target: str, circle: Circle) -> Move | None:
    """Choose who takes the dialog over: at work, not the present owner, with the fewest open dialogs.

    None when nobody can; a ``line`` target always can.
    """
    if target == "line" and not circle.pool:
        return Move(0, Text("возвращаем в очередь линии", "returning it to the queue of the line"))
    candidates = [
        user_id
        for user_id in _candidates(target, circle)
        if user_id != circle.owner_id
        and circle.reachable(user_id)
        and (target != "duty" or _on_duty(circle.known(user_id)))
    ]
    if not candidates:
        return None
    best = min(candidates, key=lambda user_id: (circle.loads.get(user_id, 0), candidates.index(user_id)))
    why = Text("{name}: на смене, открытых диалогов {load}", "{name}: at work, {load} open dialogs").format(
        name=circle.name(best), load=circle.loads.get(best, 0)
    )
    return Move(best, why)


def _candidates(target: str, circle: Circle) -> Sequence[int]:
    named = [user_id for part in target.split("+") if (user_id := user_of(part))]
    return named or circle.pool or circle.queue


def _on_duty(person: Person | None) -> bool:
    return person is not None and person.on_shift is True


def level_effects(
    level: Level, dialog: DialogView, circle: Circle, facts: Facts, *, told: Iterable[int]
) -> tuple[tuple[Effect, ...], tuple[Check, ...]]:
    """Return what the level does and why for each person.

    People already told on an earlier level are not told again; the hand-over comes before people are added,
    because it removes them (openlines.md fact 8).
    """
    effects: list[Effect] = []
    checks: list[Check] = []
    notified = set(told)
    for action in sorted(level.actions, key=lambda action: action.verb != "reassign"):
        match action.verb:
            case "reassign":
                effects += _reassigned(action, dialog, circle, facts, checks)
            case "notify":
                effects += _notified(action, dialog, circle, facts, notified, checks)
            case "add":
                effects += _added(action, dialog, circle, checks)
            case "task":
                effects += _tasks(action, dialog, circle, facts)
            case "trigger":
                effects.append(
                    FireTrigger(code=action.target, entity_type_id=facts.item.entity_type_id, entity_id=facts.item.id)
                )
            case "comment":
                effects.append(
                    CommentTimeline(entity_type=facts.item.kind, entity_id=facts.item.id, text=_waits(facts, dialog))
                )
    return tuple(effects), tuple(checks)


def _reassigned(action: Action, dialog: DialogView, circle: Circle, facts: Facts, checks: list[Check]) -> list[Effect]:
    move = successor(action.target, circle)
    if move is None:
        checks.append(Check(Text("Передать некому: на смене никого нет", "Nobody at work to hand over to"), False))
        return [
            NotifyStaff(user_id=head, text=_nobody(facts, dialog), tag=_tag(dialog, "nobody"))
            for head in circle.heads or (circle.admin_id,)
        ]
    checks.append(Check(Text("Кому передать: {why}", "Whom to hand over to: {why}").format(why=move.why), True))
    effects: list[Effect] = [
        TransferDialog(
            chat_id=dialog.chat.id, user_id=move.user_id, line_id=dialog.line_id, seen_owner_id=dialog.owner_id
        )
    ]
    if move.user_id and facts.sync_crm and move.user_id != circle.responsible_id:
        effects.append(
            SetResponsible(
                entity_type_id=facts.item.entity_type_id,
                entity_id=facts.item.id,
                user_id=move.user_id,
                seen_user_id=circle.responsible_id,
            )
        )
    if move.user_id:
        effects.append(NotifyStaff(user_id=move.user_id, text=_yours(facts, dialog), tag=_tag(dialog, "yours")))
    return effects


def _notified(
    action: Action, dialog: DialogView, circle: Circle, facts: Facts, notified: set[int], checks: list[Check]
) -> list[Effect]:
    effects: list[Effect] = []
    for user_id in people_of(action, circle):
        name = circle.name(user_id)
        if user_id in notified:
            checks.append(Check(Text("{name}: уже знает", "{name}: knows already").format(name=name)))
            continue
        if not circle.reachable(user_id):
            checks.append(Check(Text("{name}: не на смене", "{name}: not at work").format(name=name), False))
            continue
        notified.add(user_id)
        checks.append(Check(Text("{name}: сообщаем", "{name}: is told").format(name=name), True))
        effects.append(NotifyStaff(user_id=user_id, text=_waits(facts, dialog), tag=_tag(dialog, str(facts.level))))
    return effects


def _added(action: Action, dialog: DialogView, circle: Circle, checks: list[Check]) -> list[Effect]:
    if not dialog.accepted or dialog.crm_binding is None:
        checks.append(
            Check(
                Text(
                    "Добавить в чат нельзя: диалог никем не принят", "Nobody can be added: nobody accepted the dialog"
                ),
                False,
            )
        )
        return []
    kind, number = dialog.crm_binding
    return [
        AddToChat(crm_type=kind, crm_id=number, chat_id=dialog.chat.id, user_id=user_id)
        for user_id in people_of(action, circle)
        if user_id != dialog.owner_id
    ]


def _tasks(action: Action, dialog: DialogView, circle: Circle, facts: Facts) -> list[Effect]:
    title = Text("Ответить клиенту: {title}", "Answer the client: {title}").format(title=facts.title)
    return [
        CreateTask(
            title=title.said_in(facts.language),
            description=_waits(facts, dialog),
            responsible_id=user_id,
            creator_id=facts.creator_id,
            deadline_at=facts.now,
            binding=facts.item.task_binding,
        )
        for user_id in people_of(action, circle)[:1]
    ]


def _tag(dialog: DialogView, what: str) -> str:
    """A later notification about the same dialog and level replaces the earlier one."""
    return f"dezhurny|{dialog.session_id}|escalate_no_reply|{what}"


def _waits(facts: Facts, dialog: DialogView) -> str:
    text = Text(
        "Клиент ждёт ответа {waited} рабочего времени: {title}. {chat}",
        "A client has waited {waited} of working time for an answer: {title}. {chat}",
    )
    return text.format(waited=for_minutes(facts.waited), title=_link(facts), chat=_chat(dialog)).said_in(facts.language)


def _yours(facts: Facts, dialog: DialogView) -> str:
    text = Text(
        "Вам передан диалог: клиент ждёт ответа {waited} рабочего времени. {title}. {chat}",
        "A dialog was handed to you: the client has waited {waited} of working time. {title}. {chat}",
    )
    return text.format(waited=for_minutes(facts.waited), title=_link(facts), chat=_chat(dialog)).said_in(facts.language)


def _nobody(facts: Facts, dialog: DialogView) -> str:
    text = Text(
        "Клиент ждёт ответа {waited} рабочего времени, а передать диалог некому: {title}. {chat}",
        "A client has waited {waited} of working time and nobody can take the dialog over: {title}. {chat}",
    )
    return text.format(waited=for_minutes(facts.waited), title=_link(facts), chat=_chat(dialog)).said_in(facts.language)


def _link(facts: Facts) -> str:
    return f"[URL={facts.item.path()}]{facts.title.replace('[', '(').replace(']', ')')}[/URL]"


def _chat(dialog: DialogView) -> Text:
    link = f"/online/?IM_HISTORY=imol|{dialog.session_id}"
    return Text(f"[URL={link}]Открыть диалог[/URL]", f"[URL={link}]Open the dialog[/URL]")
