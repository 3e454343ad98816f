"""A dialog that may be closed, and an office that knows its tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.bitrix24.command import Answer, Json
from core.bitrix24.wire import as_dict
from tests.activities.scene import Scene, scene_office
from tests.core.robots.office import Office

CODE = "close_dialog"
BYE = "Благодарим за обращение! Если появятся дополнительные вопросы — пишите сюда, мы на связи."
SETTLED = "Всё получили, вопрос решён, спасибо!"


@dataclass
class Tasked(Office):
    """Tasks of the card by their numbers, with their statuses."""

    tasks: dict[int, int] = field(default_factory=dict)

    def _answer(self, method: str, params: Mapping[str, Json]) -> Answer:
        if method == "tasks.task.list" and method not in self.refused:
            conditions = as_dict(params["filter"])
            assert conditions["UF_CRM_TASK"] == "D_17"
            rows: list[Json] = [
                {"id": str(number), "status": str(status)}
                for number, status in self.tasks.items()
                if status != conditions.get("!STATUS")
            ]
            return Answer(result={"tasks": rows})
        return super()._answer(method, params)


def ready(**form: Any) -> Scene:
    """Anna answered, the client confirmed, and that was twenty minutes ago: nothing speaks against closing."""
    it = talk(**form)
    it.client("Где мой акт?", at=0)
    it.human("Отправила на почту, проверьте.", at=2)
    it.client(SETTLED, at=5)
    return begun(it, 25)


def talk(**form: Any) -> Scene:
    plain = scene_office()
    office = Tasked(**{name: getattr(plain, name) for name in plain.__dataclass_fields__})
    it = Scene(CODE, form, office=office)
    it.office.lines[22] |= {"CLOSE_RULE": "none", "CLOSE_TEXT": "", "VOTE_MESSAGE": "N"}
    return it


def begun(it: Scene, minute: float) -> Scene:
    it.minute = minute
    it.started_at = it.now
    return it
