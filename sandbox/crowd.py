"""A portal with much in it: a thousand deals and five hundred open dialogs around the demo. All invented."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox import demo
from sandbox.crm import COMPANY, CONTACT, DEAL, Item
from sandbox.demo import Said
from sandbox.demo_cases import CASES
from sandbox.people import User

if TYPE_CHECKING:
    from sandbox.portal import Portal

DEALS, DIALOGS = 1_000, 500
#: The same crowd every time, whatever the portal's own seed.
SEED = 24
_FIRST = (
    Said("Алина", "Alina"),
    Said("Борис", "Boris"),
    Said("Вера", "Vera"),
    Said("Глеб", "Gleb"),
    Said("Диана", "Diana"),
    Said("Егор", "Egor"),
    Said("Жанна", "Jane"),
    Said("Захар", "Zakhar"),
    Said("Инна", "Inna"),
    Said("Кирилл", "Kirill"),
)
_LAST = (
    Said("Ким", "Kim"),
    Said("Мельник", "Melnik"),
    Said("Кравец", "Kravets"),
    Said("Шевчук", "Shevchuk"),
    Said("Гринь", "Grin"),
    Said("Ткач", "Tkach"),
    Said("Бондарь", "Bondar"),
    Said("Коваль", "Koval"),
)
_WORDS = (
    Said("Добрый день! Когда будет готово?", "Good day! When will it be ready?"),
    Said("Подскажите, получили ли вы документы?", "Have you received the papers?"),
    Said("Нужна справка для банка.", "We need a certificate for the bank."),
    Said("Пришлите, пожалуйста, счёт.", "Please send the invoice."),
    Said("Спасибо, получили!", "Thank you, we have it!"),
)
_REPLY = Said("Здравствуйте! Проверяем, ответим сегодня.", "Hello! We are checking and will answer today.")
_CONNECTORS = ("telegrambot", "whatsappbyedna", "livechat", "fbinstagramdirect")
_OPERATORS = (demo.ANNA, demo.DMITRY, demo.CHIEF)


def gather(portal: Portal) -> None:
    """Add deals to the demo until there are a thousand, half of them with an open dialog; the clock walks along."""
    dice = random.Random(SEED)  # noqa: S311 - a repeatable crowd
    spoken = sum(1 for chat in portal.openlines.chats.values() if portal.openlines.session_of(chat))
    first = portal.crm.next_id(DEAL)
    for number in range(first, DEALS + 1):
        deal = _deal(portal, dice, number)
        if spoken < DIALOGS:
            spoken += 1
            _dialog(portal, dice, deal, ago=DIALOGS + 120 - spoken)


def _deal(portal: Portal, dice: random.Random, number: int) -> Item:
    lang, created = portal.lang, portal.start_at - timedelta(hours=number % 720)
    name, last_name = dice.choice(_FIRST).to(lang), dice.choice(_LAST).to(lang)
    company = Item(COMPANY, 1_000 + number, f"{last_name} №{number}", created)
    contact = Item(
        CONTACT, 1_000 + number, f"{name} {last_name}", created, name=name, last_name=last_name, company_id=company.id
    )
    deal = Item(
        entity_type=DEAL,
        id=number,
        title=f"{company.title}: {dice.choice(CASES).title.to(lang)}",
        created_at=created,
        stage_id=dice.choices((demo.NEW, demo.WORK, demo.WAIT, demo.WON), (3, 3, 2, 2))[0],
        category_id=demo.FUNNEL,
        assigned_by=dice.choice(_OPERATORS),
        contact_ids=(contact.id,),
        company_id=company.id,
        opportunity=float(dice.randrange(1, 90) * 1_000),
    )
    for item in (company, contact, deal):
        portal.crm.put(item)
    return deal


def _dialog(portal: Portal, dice: random.Random, deal: Item, *, ago: int) -> None:
    lines, lang = portal.openlines, portal.lang
    portal.clock.set(portal.start_at - timedelta(minutes=ago))
    contact = portal.crm.items[CONTACT, deal.contact_ids[0]]
    client = User(portal.ids.next("client", above=500), contact.name, contact.last_name, external_auth_id="imconnector")
    portal.people.users[client.id] = client
    chat = lines.new_chat(
        lines.lines[demo.ACCOUNTING_LINE],
        connector=dice.choice(_CONNECTORS),
        client=client,
        bound=((DEAL, deal.id), (CONTACT, contact.id)),
    )
    lines.talk.client_writes(chat, dice.choice(_WORDS).to(lang))
    if dice.random() < 0.2:
        return
    operator = portal.people.users[deal.assigned_by]
    lines.accept(chat, operator)
    if dice.random() < 0.7:
        portal.clock.advance(timedelta(minutes=2))
        lines.talk.staff_writes(chat, operator, _REPLY.to(lang))
    if dice.random() < 0.5:
        portal.clock.advance(timedelta(minutes=3))
        lines.talk.client_writes(chat, dice.choice(_WORDS).to(lang))
