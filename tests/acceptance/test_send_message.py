"""A message to a client: as whom, when, with what in it, and when rather none at all."""

from __future__ import annotations

from tests.acceptance.story import Story
from tests.portal_side import ANNA, WAIT, WORK

CODE = "send_message"
TEXT = "Здравствуйте! Документы готовы."


async def test_it_goes_out_in_the_operators_name(story: Story) -> None:
    deal = await story.deal()
    run = await story.done(CODE, deal, text=TEXT)
    [sent] = await story.outbox(deal)
    assert (sent["author"], sent["text"], sent["automatic"]) == (ANNA, TEXT, False)
    returned = await story.answered(deal)
    assert (returned["result"], returned["sent"]) == ("done", "Y")
    assert returned["message_id"] == sent["message_id"]
    assert "Сделано: сообщение клиенту (31 знак) — Анна Смирнова." in await story.log(deal)
    assert "Done: message to the client (31 characters) from Анна Смирнова." in await story.log(deal, "en")
    assert TEXT not in str(run["events"]), "the log keeps no texts"


async def test_nobody_has_accepted_the_dialog_yet(story: Story) -> None:
    deal = await story.deal(accepted_by=0)
    await story.done(CODE, deal, text=TEXT)
    [sent] = await story.outbox(deal)
    assert (sent["author"], sent["automatic"]) == (0, True)
    assert (await story.answered(deal))["sent"] == "Y"
    assert (await story.chat(deal))["owner"] == 0


async def test_a_closed_dialog_stays_closed(story: Story) -> None:
    deal = await story.deal()
    await story.close(deal)
    run = await story.done(CODE, deal, text=TEXT)
    assert run["result"] == "cancelled_closed"
    assert await story.outbox(deal) == []
    assert not (await story.chat(deal))["session"]["open"]
    returned = await story.answered(deal)
    assert (returned["sent"], returned["blocked_reason"]) == ("N", "cancelled_closed")


async def test_after_so_many_minutes(story: Story) -> None:
    deal = await story.deal()
    await story.begun(CODE, deal, text=TEXT, after_minutes=10)
    await story.advance(minutes=9)
    await story.client_says(deal, "Вы тут?")
    assert await story.outbox(deal) == []
    await story.advance(minutes=2)
    await story.ended(deal)
    assert len(await story.outbox(deal)) == 1


async def test_the_same_text_is_not_said_twice(story: Story) -> None:
    deal = await story.deal()
    await story.done(CODE, deal, text=TEXT)
    await story.move(deal, WAIT)
    await story.move(deal, WORK)

    async def second() -> list[str]:
        return [run["result"] for run in await story.runs(deal) if run["result"] == "skipped_duplicate"]

    await story.until(second, "the second run")
    assert len(await story.outbox(deal)) == 1


async def test_places_are_filled_from_the_contact(story: Story) -> None:
    deal = await story.deal(client="Марина Белова")
    await story.done(CODE, deal, text="{contact.first_name}, здравствуйте! Сделка «{deal.title}» в работе.")
    [sent] = await story.outbox(deal)
    assert sent["text"] == "Марина, здравствуйте! Сделка «Расчёт зарплаты» в работе."


async def test_a_typing_mistake_never_reaches_a_client(story: Story) -> None:
    deal = await story.deal()
    run = await story.done(CODE, deal, text="{kontakt.name}, здравствуйте!")
    assert run["status"] == "rejected"
    assert await story.outbox(deal) == []
    assert "{kontakt.name}" in (await story.answered(deal))["reason"]


async def test_a_text_that_looks_like_a_reference_travels_as_it_is(story: Story) -> None:
    deal = await story.deal()
    text = "Ваш код $result[chat][ID], скидка 50% & бонус = 100 ₽"
    await story.done(CODE, deal, text=text)
    [sent] = await story.outbox(deal)
    assert sent["text"] == text
