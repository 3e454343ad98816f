"""What an administrator fills in to have a dialog assigned."""

from __future__ import annotations

from typing import Final

from core.robots.assignment import NoCandidate
from core.robots.candidates import parse_skills, parse_weights, weights_problem
from core.robots.chains import chain_problem, parse_chain
from core.robots.choice import Strategy
from core.robots.dialog_input import DialogInput
from core.robots.duty import Rules
from core.robots.fields import Choice, UserRef, prop
from core.texts.text import Text


class ApplyTo(Choice):
    DIALOG_AND_CRM = "dialog_and_crm", "Диалог и карточка", "The dialog and the card"
    CRM_ONLY = "crm_only", "Только карточка", "The card only"
    DIALOG_ONLY = "dialog_only", "Только диалог", "The dialog only"


_STRATEGY: Final = Text("Как выбирать", "How to choose")
_WEIGHTS: Final = Text("Вес нагрузки", "Load weights")


class AssignInput(DialogInput):
    pool: list[UserRef] = prop([], ru="Из кого выбирать (пусто — очередь линии)", en="Of whom (empty: the queue)")
    strategy: str = prop(
        "client_owner,sticky,least_loaded",
        ru=_STRATEGY.ru,
        en=_STRATEGY.en,
        help=Text(
            "Через запятую, по порядку: round_robin, least_loaded, random, sticky, client_owner, first_open.",
            "Comma-separated, in order: round_robin, least_loaded, random, sticky, client_owner, first_open.",
        ),
    )
    require_on_shift: bool = prop(True, ru="Только кто на смене", en="Only who is on shift")
    max_open: int = prop(
        0, ru="Не больше открытых диалогов (0 — как в линии)", en="Open dialogs at most (0: the line's)"
    )
    max_waiting: int = prop(0, ru="Не больше непринятых (0 — как в линии)", en="Not accepted at most (0: the line's)")
    skills: str = prop("", ru="Навыки (через запятую)", en="Skills (comma-separated)")
    load_weights: str = prop("dialogs=1, waiting=2, tasks=0.5", ru=_WEIGHTS.ru, en=_WEIGHTS.en)
    apply_to: ApplyTo = prop(ApplyTo.DIALOG_AND_CRM, ru="Что назначить", en="What to assign")
    accept_minutes: int = prop(
        0,
        ru="Ждать ответа назначенного, рабочих минут (0 — не ждать)",
        en="Wait for his answer, working minutes (0: no)",
    )
    no_candidate: NoCandidate = prop(NoCandidate.HEAD, ru="Если назначить некого", en="If nobody can be assigned")
    respect_manual_minutes: int = prop(
        30, ru="Не забирать взятый вручную, минут", en="Leave alone what was taken by hand, minutes"
    )

    @property
    def rules(self) -> Rules:
        return Rules(
            pool=tuple(self.pool),
            strategies=parse_chain(self.strategy, Strategy),
            on_shift=self.require_on_shift,
            max_open=self.max_open,
            max_waiting=self.max_waiting,
            skills=parse_skills(self.skills),
            weights=parse_weights(self.load_weights),
        )

    @property
    def manual_minutes(self) -> int:
        return self.respect_manual_minutes if self.with_dialog else 0

    @property
    def with_dialog(self) -> bool:
        return self.apply_to is not ApplyTo.CRM_ONLY

    @property
    def with_card(self) -> bool:
        return self.apply_to is not ApplyTo.DIALOG_ONLY

    def problem(self) -> Text | None:
        return (
            chain_problem(_STRATEGY, self.strategy, Strategy)
            or weights_problem(_WEIGHTS, self.load_weights)
            or super().problem()
        )
