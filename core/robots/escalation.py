"""What a level of an escalation does: its actions, resolved to people, become effects; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import assert_never

from core.dialogs.view import DialogView
from core.effects import (
    AddToChat,
    CommentTimeline,
    CreateTask,
    Effect,
    NotifyStaff,
    SetResponsible,
    TransferDialog,
)
from core.robots.circle import Circle, people_of, successor
from core.robots.levels import Action, Level
from core.robots.outcomes import Check
from core.robots.staff_words import Facts, nobody, waits, yours
from core.robots.triggers import fired, of_episode, of_session
from core.texts.text import Text


def level_effects(
    level: Level, dialog: DialogView, circle: Circle, facts: Facts, *, told: Iterable[int]
) -> tuple[tuple[Effect, ...], tuple[Check, ...]]:
    """Return what the level does and why for each person.

    People already told on an earlier level are not told again; the hand-over comes before people are added,
    because it removes them (openlines.md fact 8).
    """
    acting = _Acting(dialog, circle, facts, set(told))
    for action in sorted(level.actions, key=lambda action: action.verb != "reassign"):
        match action.verb:
            case "reassign":
                acting.reassign(action)
            case "notify":
                acting.notify(action)
            case "add":
                acting.add(action)
            case "task":
                acting.task(action)
            case "trigger":
                acting.trigger(action)
            case "comment":
                acting.comment()
            case _:
                assert_never(action.verb)
    return tuple(acting.effects), tuple(acting.checks)


@dataclass(slots=True)
class _Acting:
    """The effects and checks of one level as they come together."""

    dialog: DialogView
    circle: Circle
    facts: Facts
    told: set[int]
    effects: list[Effect] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    returned_to_queue: bool = False

    def _check(self, ru: str, en: str, passed: bool | None = None, **values: object) -> None:
        self.checks.append(Check(Text(ru, en).format(**values), passed))

    # --- handing over -------------------------------------------------------------------------------------------

    def reassign(self, action: Action) -> None:
        move = successor(action.target, self.circle)
        if move is None:
            self._nobody()
            return
        self._check("Кому передать: {why}", "Whom to hand over to: {why}", True, why=move.why)
        dialog, facts = self.dialog, self.facts
        self.returned_to_queue = not move.user_id
        self.effects.append(
            TransferDialog(
                chat_id=dialog.chat.id, user_id=move.user_id, line_id=dialog.line_id, seen_owner_id=dialog.owner_id
            )
        )
        if not move.user_id:
            return
        responsible = self.circle.around.responsible_id
        if facts.sync_crm and move.user_id != responsible:
            self.effects.append(
                SetResponsible(
                    entity_type_id=facts.item.entity_type_id,
                    entity_id=facts.item.id,
                    user_id=move.user_id,
                    seen_user_id=responsible,
                )
            )
        self._tell(move.user_id, yours(facts, dialog), "yours")

    def _nobody(self) -> None:
        """Nobody can take it over: the heads are told, who may be told now (robots.md R3)."""
        self._check("Передать некому: на смене никого нет", "Nobody at work to hand over to", False)
        for user_id in self.circle.last_resort:
            if self._is_here(user_id):
                self._tell(user_id, nobody(self.facts, self.dialog), "nobody")

    # --- telling ------------------------------------------------------------------------------------------------

    def notify(self, action: Action) -> None:
        for user_id in people_of(action, self.circle):
            if user_id in self.told:
                self._check("{name}: уже знает", "{name}: knows already", name=self.circle.name(user_id))
            elif self._is_here(user_id):
                self._tell(user_id, waits(self.facts, self.dialog), str(self.facts.level))

    def _is_here(self, user_id: int) -> bool:
        if self.circle.reachable(user_id):
            return True
        self._check("{name}: не на смене", "{name}: not at work", False, name=self.circle.name(user_id))
        return False

    def _tell(self, user_id: int, text: str, what: str) -> None:
        """A later notification about the same dialog and level replaces the earlier one."""
        self.told.add(user_id)
        self._check("{name}: сообщаем", "{name}: is told", True, name=self.circle.name(user_id))
        tag = f"dezhurny|{self.dialog.session_id}|escalate_no_reply|{what}"
        self.effects.append(NotifyStaff(user_id=user_id, text=text, tag=tag))

    # --- the rest -----------------------------------------------------------------------------------------------

    def add(self, action: Action) -> None:
        """Only an accepted dialog takes people in (openlines.md fact 1); of another one they are told instead."""
        binding = self.dialog.crm_binding
        if not self.dialog.accepted or self.dialog.closing or binding is None or self.returned_to_queue:
            self._check(
                "Добавить в чат нельзя: диалог никем не принят, поэтому сообщаем",
                "Nobody can be added: nobody accepted the dialog; they are told instead",
                False,
            )
            self.notify(Action("notify", action.target))
            return
        for user_id in people_of(action, self.circle):
            if user_id in self.dialog.chat.member_ids:
                self._check("{name}: уже в чате", "{name}: in the chat already", name=self.circle.name(user_id))
            elif self._is_here(user_id):
                self._check("{name}: добавляем в чат", "{name}: is added", True, name=self.circle.name(user_id))
                chat_id = self.dialog.chat.id
                self.effects.append(AddToChat(crm_type=binding[0], crm_id=binding[1], chat_id=chat_id, user_id=user_id))

    def task(self, action: Action) -> None:
        facts = self.facts
        title = Text("Ответить клиенту: {title}", "Answer the client: {title}").format(title=facts.title)
        for user_id in people_of(action, self.circle)[:1]:
            self._check("Задача: {name}", "A task: {name}", True, name=self.circle.name(user_id))
            self.effects.append(
                CreateTask(
                    title=title.said_in(facts.language),
                    description=waits(facts, self.dialog),
                    responsible_id=user_id,
                    creator_id=self.circle.admin_id,
                    deadline_at=facts.now,
                    binding=facts.item.task_binding,
                )
            )

    def trigger(self, action: Action) -> None:
        """Once for each level of an episode, be it that the trigger itself brings the card to this robot again.

        The levels that follow go on wherever it moves the card.
        """
        facts, episode = self.facts, self.dialog.episode
        wait = of_episode(episode) if episode is not None else of_session(self.dialog.session_id)
        once = f"{wait}|level {facts.level}"
        self.effects += fired(action.target, facts.item, self.dialog, once=once, stage_id=facts.stage_id, goes_on=True)

    def comment(self) -> None:
        item = self.facts.item
        self.effects.append(
            CommentTimeline(entity_type=item.kind, entity_id=item.id, text=waits(self.facts, self.dialog))
        )
