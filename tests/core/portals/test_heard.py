"""Names that a portal tells in passing."""

from __future__ import annotations

from collections.abc import Mapping

from core.bitrix24.command import Answer, Command, Json
from core.effects import NotifyStaff, TransferDialog
from core.portals.heard import Heard

ANSWERS: dict[str, Json] = {
    "im.user.list.get": [{"id": 7, "name": "Ирина Петрова"}, {"id": "8", "name": ""}, None],
    "im.dialog.messages.get": {"users": [{"id": 9, "name": "Дмитрий Кузнецов"}]},
    "imopenlines.session.history.get": {"users": {"12": {"id": 12, "name": "Сергей Волков"}}},
    "crm.item.get": {"item": {"id": 5, "name": "Окна"}},
    "im.chat.get": None,
}


async def reads(commands: Mapping[str, Command], *, halt: bool = False) -> Mapping[str, Answer]:
    return {name: Answer(result=ANSWERS[command.method]) for name, command in commands.items() if name != "lost"}


async def test_names_are_overheard_and_nothing_else() -> None:
    heard = Heard()
    read = heard.listening(reads)
    commands = {str(number): Command(method, {}) for number, method in enumerate(ANSWERS)}
    answers = await read(commands | {"lost": Command("im.user.list.get", {})})
    assert answers["0"].result == ANSWERS["im.user.list.get"]
    assert dict(heard.people) == {7: "Ирина Петрова", 9: "Дмитрий Кузнецов", 12: "Сергей Волков"}


def test_an_effect_says_whom_it_concerns() -> None:
    note = NotifyStaff(user_id=7, text="x", tag="t")
    assert note.summary().ru == "Уведомление — сотрудник 7"
    assert note.named({7: "Ирина Петрова", 8: "Анна"}).summary().ru == "Уведомление — Ирина Петрова"
    assert "names" not in note.named({8: "Анна"}).open_part()


def test_taking_back_names_the_one_before() -> None:
    moved = TransferDialog(chat_id=5, user_id=7, seen_owner_id=8).named({7: "Ирина Петрова", 8: "Анна Смирнова"})
    back = moved.undo({})
    assert back is not None
    assert back.named(moved.names).summary().ru == "Диалог передан — Анна Смирнова"
