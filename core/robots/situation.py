"""How a dialog stands, in the words that go into sentences for employees."""

from __future__ import annotations

from datetime import datetime, tzinfo

from core.dialogs.ball import Ball
from core.dialogs.view import DialogView
from core.robots.context import Ctx, InputT, StateT
from core.robots.handover_words import Matter
from core.texts.text import Text, at_moment, for_minutes, moment
from core.worktime.calendar import Calendar


def minutes_waited(dialog: DialogView, calendar: Calendar, now: datetime) -> int:
    """Return how many working minutes the client has waited for us; 0 when he does not."""
    return calendar.between(dialog.waiting_since, now) if dialog.waiting_since is not None else 0


def how_it_stands(dialog: DialogView, calendar: Calendar, *, now: datetime, zone: tzinfo) -> Text:
    """Say ``клиент ждёт ответа 12 минут рабочего времени``, or what else there is."""
    match dialog.ball:
        case Ball.US if dialog.waiting_since is not None:
            waited = minutes_waited(dialog, calendar, now)
            if dialog.verdict.by_promise:
                return Text(
                    "мы обещали вернуться с ответом {at} и ещё не вернулись",
                    "we promised to come back {at} and have not yet",
                ).format(at=at_moment(dialog.waiting_since, zone, now=now))
            if not waited:
                return Text("клиент ждёт ответа", "the client waits for an answer")
            text = Text(
                "клиент ждёт ответа {waited} рабочего времени", "the client has waited {waited} of working time"
            )
            return text.format(waited=for_minutes(waited))
        case Ball.CLIENT:
            return Text("последнее слово за нами, ждём клиента", "the last word is ours, the client is next")
        case Ball.ACK:
            return Text("клиент поблагодарил или согласился", "the client thanked or agreed")
        case _:
            return Text("ответа сейчас никто не ждёт", "nobody waits for an answer now")


async def matter_of(ctx: Ctx[InputT, StateT], dialog: DialogView | None) -> Matter:
    """What employees are told about, as it stands now."""
    facts = await ctx.look.item()
    state = Text("диалога нет", "there is no dialog")
    if dialog is not None:
        state = how_it_stands(dialog, await ctx.calendar(dialog), now=ctx.now, zone=ctx.zone)
    return Matter(ctx.item, facts.title, ctx.language, dialog, state)


def last_words(dialog: DialogView, *, now: datetime, zone: tzinfo) -> Text:
    """Say when the client and when we wrote last; none of the words themselves."""
    parts = Text("", "")
    if (client := dialog.last_client_message) is not None:
        parts = parts + Text("Клиент писал {at}.", "The client wrote {at}.").format(
            at=at_moment(client.at, zone, now=now)
        )
    if (human := dialog.last_human_message) is not None:
        user = dialog.users.get(human.author_id)
        name = user.name if user is not None and user.name else f"#{human.author_id}"
        words = Text(" Последний ответ: {name}, {at}.", " The last answer: {name}, {at}.")
        parts = parts + words.format(name=name, at=moment(human.at, zone, now=now))
    return parts
