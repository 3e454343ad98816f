"""Texts that robots write and what they tell of a dialog, by the articles about chats and automation (S1, S2)."""

from __future__ import annotations

from typing import Any

from tests.portal_side import ACCOUNTING, ANNA, AROUND_THE_CLOCK, DEAL, Deal
from tests.town import Town


async def returned(town: Town, deal: Deal) -> Any:
    return (await town.process(deal))["returned"]


async def seen(town: Town, deal: Deal) -> Any:
    """What the robot that only looks says of the dialog."""
    await town.place("dialog_state")
    await town.move(deal)
    await town.settle()
    return await returned(town, deal)


# --- texts ----------------------------------------------------------------------------------------------------------


async def test_variables_stand_in_the_text(town: Town) -> None:
    """«Переменные в шаблонах: имя клиента, продукт» (S2-16); what is not there has a word of its own."""
    await town.place(
        "send_message", text='{client.name}, по «{deal.title}» пишет {operator.name}. {company, default "—"}'
    )
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    [message] = await town.outbox(deal)
    assert message["text"] == "Марина Белова, по «Расчёт зарплаты» пишет Анна Смирнова. —"


async def test_a_text_keeps_its_parts(town: Town) -> None:
    """«Приветствие, основная информация, инструкции и завершение» (S2-17): the client reads them as they were set."""
    parts = ("Здравствуйте, {client.name}!", "«{deal.title}» готов.", "Ответьте «да», и мы начнём.", "Всего доброго!")
    await town.place("send_message", text="\n\n".join(parts))
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    [message] = await town.outbox(deal)
    assert message["text"].split("\n\n") == [
        "Здравствуйте, Марина Белова!",
        "«Расчёт зарплаты» готов.",
        "Ответьте «да», и мы начнём.",
        "Всего доброго!",
    ]


async def test_a_channel_that_is_shut_gets_no_text(town: Town) -> None:
    """«Instagram: ответить за 24 часа» (S1-13): nothing is sent into the void, and the log says why."""
    await town.place("send_message", text="Ваш заказ готов.", wait_result=True)
    deal = await town.deal(connector="fbinstagramdirect")
    await town.advance(hours=25)
    await town.move(deal)
    await town.settle()
    assert await town.outbox(deal) == []
    values = await returned(town, deal)
    assert (values["result"], values["sent"]) == ("blocked_window", "N")


async def test_the_window_is_open_for_a_day(town: Town) -> None:
    await town.place("send_message", text="Ваш заказ готов.")
    deal = await town.deal(connector="fbinstagramdirect")
    await town.advance(hours=23)
    await town.move(deal)
    await town.settle()
    assert [one["text"] for one in await town.outbox(deal)] == ["Ваш заказ готов."]


# --- states ---------------------------------------------------------------------------------------------------------


async def test_a_client_may_have_many_dialogs(town: Town) -> None:
    """«У клиента может быть несколько диалогов» (S1-06): the latest is taken, and how many there are is said."""
    deal = await town.deal()
    opened = await town.order(
        "chats",
        line_id=AROUND_THE_CLOCK,
        connector="whatsappbyedna",
        client={"name": "Марина Белова"},
        text="Здравствуйте",
        accepted_by=ANNA,
        bound=[{"entityTypeId": DEAL, "id": deal.id}],
    )
    values = await seen(town, deal)
    assert (values["dialog_count"], values["chat_id"]) == (2, opened["id"])
    assert (values["line_id"], values["channel"]) == (AROUND_THE_CLOCK, "whatsappbyedna")


async def test_who_waits_for_the_operator(town: Town) -> None:
    """The portal's filter «Клиент ждёт ответа оператора» (S1-08), in working minutes too."""
    deal = await town.deal()
    await town.advance(minutes=12)
    values = await seen(town, deal)
    assert (values["ball"], values["waiting_minutes_working"], values["last_author"]) == ("us", 12, "client")
    assert (values["owner"], values["owner_on_shift"], values["line_id"]) == (f"user_{ANNA}", "Y", ACCOUNTING)


async def test_points_that_the_client_must_confirm(town: Town) -> None:
    """«Пункты скрипта, которые клиент подтверждает» (S2-32)."""
    deal = await town.deal()
    await town.employee_says(deal, "Акт отправили. Вопрос решён?")
    await town.client_says(deal, "Да, всё получили, спасибо")
    values = await seen(town, deal)
    assert (values["confirmed"], values["ball"]) == ("Y", "ack")
