"""What a message to a client may say of him, of his item and of us."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from core.bitrix24.command import Json
from core.bitrix24.documents import COMPANY, LEAD, Item
from core.robots import Ctx, DialogInput, State
from core.robots.message_values import message_values
from core.texts.placeholders import fill
from tests.activities.scene import CHAT, MOSCOW, OUR_CONTACT, OUR_DEAL, SESSION, Looking, Scene, scene_office
from tests.core.dialogs.portal import Session
from tests.core.robots.office import ADMIN, Office

OUR_COMPANY, OUR_LEAD, OUR_PROCESS = Item(COMPANY, 3), Item(LEAD, 8), Item(128, 2)


def office(**deal: Json) -> Office:
    made = scene_office()
    made.items[OUR_DEAL] |= {"companyId": 3, "opportunity": 1500.5, "ufCrm_1": "да", "opened": True, **deal}
    made.items[OUR_COMPANY] = {"title": "Ромашка"}
    made.items[OUR_LEAD] = {"title": "Заявка", "name": "Пётр", "lastName": "Лидов", "stageId": "NEW"}
    made.items[OUR_PROCESS] = {"title": "Монтаж", "stageId": "DT128_1:NEW", "contactId": 5, "companyId": 3}
    for item in (OUR_DEAL, OUR_LEAD, OUR_PROCESS, OUR_CONTACT, OUR_COMPANY):
        made.sessions.append(Session(SESSION, CHAT, (item,)))
    made.say(CHAT, 599, "Здравствуйте", minute=0)
    return made


@dataclass
class Filling:
    office: Office
    item: Item = OUR_DEAL

    async def __call__(self, template: str) -> str:
        scene = Scene("send_message", {"text": "x"}, office=self.office, item=self.item)
        ctx = Ctx(
            run_id="run",
            item=self.item,
            input=DialogInput(),
            state=State(),
            now=scene.now,
            started_at=scene.now,
            zone=MOSCOW,
            language="ru",
            admin_id=ADMIN,
            origin="",
            run_url="",
            dry=False,
            look=Looking(scene),
            read=self.office,
        )
        return fill(template, await message_values(ctx, await ctx.dialog(), template), blank=True)


FILLED: list[tuple[Item, str, str]] = [
    (OUR_DEAL, "{client.name}", "Иван Петров"),
    (OUR_DEAL, "{client.first_name}", "Иван"),
    (OUR_DEAL, "{client.last_name} {client.phone}", "Петров +7 900"),
    (OUR_DEAL, "{contact.name} {contact.full_name}", "Иван Иван Петров"),
    (OUR_DEAL, "{contact.lastName} {contact.last_name}", "Петров Петров"),
    (OUR_DEAL, "{company} {company.title}", "Ромашка Ромашка"),
    (OUR_DEAL, "{deal.title} {item.title}", "Окна Окна"),
    (OUR_DEAL, "{deal.opportunity} {deal.ufCrm_1}", "1500.5 да"),
    (OUR_DEAL, "{deal.opened}|{deal.nothing}|{lead.title}", "||"),
    (OUR_DEAL, "{operator.name}, {operator.first_name}, {operator.last_name}", "Анна Петрова, Анна, Петрова"),
    (OUR_DEAL, "{operator.position}", "Оператор"),
    (OUR_DEAL, "{line.name}", "Поддержка"),
    (OUR_DEAL, "{calendar.next_open}", "в понедельник, 24 ноября, в 15:00 (UTC+3)"),
    (OUR_LEAD, "{client.name} {client.first_name} {lead.title}", "Пётр Лидов Пётр Заявка"),
    (OUR_LEAD, "{client.title}", ""),
    (OUR_PROCESS, "{client.name} {company} {item.title}", "Иван Петров Ромашка Монтаж"),
    (OUR_CONTACT, "{client.name} {contact.phone} {item.name}", "Иван Петров +7 900 Иван"),
    (OUR_COMPANY, "{company} {item.title}", "Ромашка Ромашка"),
    (OUR_COMPANY, "{client.name}", "Гость"),
]


@pytest.mark.parametrize(("item", "template", "text"), FILLED, ids=[f"{row[0]} {row[1]}" for row in FILLED])
async def test_what_is_known(item: Item, template: str, text: str) -> None:
    assert await Filling(office(), item)(template) == text


async def test_without_a_contact_the_messenger_knows_him() -> None:
    made = office(contactId=0)
    made.client_name = "Ivan P"
    assert await Filling(made)("{client.name}, {client.first_name}") == "Ivan P, Ivan"


async def test_a_contact_without_a_name() -> None:
    made = office()
    made.items[OUR_CONTACT] = {"name": "", "lastName": None, "phone": "+7 900"}
    assert await Filling(made)("{client.name}") == "Гость"


async def test_what_may_not_be_read_is_absent() -> None:
    made = office()
    del made.items[OUR_CONTACT]
    made.refused["im.user.list.get"] = "insufficient_scope"
    assert await Filling(made)("{contact.name}|{operator.name}") == "|"


async def test_nobody_holds_the_dialog() -> None:
    made = office()
    made.chats[CHAT] |= {"owner": 0}
    assert await Filling(made)("{operator.name}") == ""


@pytest.mark.parametrize(
    ("template", "requests"),
    [("Здравствуйте", 1), ("{line.name}", 1), ("{deal.title}", 2), ("{deal.title} {company} {client.name}", 2),
     ("{operator.name}", 2)],
)  # fmt: skip
async def test_only_what_is_asked_for_is_read(template: str, requests: int) -> None:
    made = office()
    await Filling(made)(template)
    assert made.requests == requests
