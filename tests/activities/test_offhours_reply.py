"""The text outside of working time: when, which, how often, and what is urgent (S0-07, S3-07, S3-08, S3-28)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.bitrix24.command import Json
from core.effects import NotifyStaff, SendAutomatic
from core.worktime.schedule import read_schedule
from tests.activities.scene import CHAT, MONDAY, Scene, minutes_of, refused, returned
from tests.core.dialogs.portal import ANNA
from tests.core.robots.office import BORIS, VERA
from tests.portal_side import Deal
from tests.town import Town, told

#: Monday, 20:00 in Moscow; the line opens on Tuesday at nine.
EVENING = 300
NIGHT = "Спасибо за сообщение! Сейчас нерабочее время. Ответим во вторник, 25 ноября, в 09:00 (UTC+3)."


def scene(*, writes: bool = True, minute: float = EVENING + 1, **properties: object) -> Scene:
    """The client writes in the evening, a minute before the portal calls us."""
    it = Scene("offhours_reply", dict(properties), minute=minute)
    if writes:
        it.client("Когда будет отчёт?", at=minute - 1)
    return it


def texts(it: Scene) -> list[str]:
    return [effect.text for act in it.acts for effect in act if isinstance(effect, SendAutomatic)]


async def test_the_client_learns_when_we_are_there() -> None:
    it = scene()
    done = await it.done()
    assert done.result == "done"
    assert texts(it) == [NIGHT]
    found = returned(done)
    assert (found["is_working"], found["sent"], found["window_kind"]) == (False, True, "night")
    assert found["next_open"].isoformat() == "2025-11-25T09:00:00+03:00"


async def test_it_is_automatic_though_somebody_accepted_the_dialog() -> None:
    """So it is never counted as a reply (openlines.md 3.3)."""
    it = scene()
    await it.done()
    assert isinstance(it.effects[0], SendAutomatic)


async def test_in_working_time_nothing_is_sent() -> None:
    it = scene(minute=10)
    done = await it.done()
    assert (done.result, returned(done)["is_working"], returned(done)["window_kind"]) == ("nothing_to_do", True, "")
    assert it.acts == []


KINDS: list[tuple[str, float, str]] = [
    ("night", EVENING + 1, "ночь"),
    ("weekend", 5 * 1440 - 60, "выходной"),
    ("holiday", 2 * 1440 - 60, "праздник"),
]


@pytest.mark.parametrize(("kind", "minute", "text"), KINDS)
async def test_each_kind_of_stretch_has_its_text(kind: str, minute: float, text: str) -> None:
    it = scene(minute=minute, text_night="ночь", text_weekend="выходной", text_holiday="праздник", text_lunch="обед")
    it.schedules["portal"] = read_schedule(
        "portal", {"exceptions": [{"date": "2025-11-26", "kind": "off"}]}, now=MONDAY
    )
    assert returned(await it.done())["window_kind"] == kind
    assert texts(it) == [text]


async def test_lunch_by_a_schedule_of_ones_own() -> None:
    it = scene(minute=10, calendar_name="lunch", text_lunch="Обедаем. Ответим {calendar.next_open}.")
    week: dict[str, Json] = {"week": {"MO": ["09:00-15:00", "16:00-19:00"]}}
    it.schedules["lunch"] = read_schedule("lunch", week, now=MONDAY)
    assert returned(await it.done())["window_kind"] == "lunch"
    assert texts(it) == ["Обедаем. Ответим в понедельник, 24 ноября, в 16:00 (UTC+3)."]


async def test_an_empty_text_is_that_of_the_night() -> None:
    it = scene(minute=5 * 1440 - 60)
    await it.done()
    assert "Ответим в понедельник, 1 декабря, в 09:00" in texts(it)[0]


@pytest.mark.parametrize(
    ("connector", "text"), [("whatsappbyedna", "Это WhatsApp"), ("telegrambot", "Это Телеграм"), ("livechat", "ночь")]
)
async def test_channels_have_texts_of_their_own(connector: str, text: str) -> None:
    """«Можно ли настроить разные автоответы для разных каналов?» (seed 003)."""
    it = scene(text_night="ночь", per_channel="whatsapp: Это WhatsApp\ntelegram: Это Телеграм")
    it.office.chats[CHAT]["entity_id"] = f"{connector}|22|1775|599"
    await it.done()
    assert texts(it) == [text]


def _bitrix_answered(it: Scene) -> None:
    it.office.say(CHAT, 0, "Мы закрыты", minute=EVENING + 1, CLASS="bx-messenger-content-item-ol-output")


def _answered_and_asked_again(it: Scene) -> None:
    it.human("Ещё тут", at=EVENING - 30)
    it.client("Ау", at=EVENING)


def _only_thanked(it: Scene) -> None:
    it.office.messages[CHAT].pop()
    it.client("Спасибо", at=EVENING)


NOT_SENT: list[tuple[str, Callable[[Scene], object], str]] = [
    ("the opening is near", lambda it: setattr(it, "minute", 18 * 60 - 4), "nothing_to_do"),
    ("an operator answers at night", lambda it: it.human("Смотрю", at=EVENING), "nothing_to_do"),
    (
        "an operator answered before him",
        lambda it: (it.human("Ещё тут", at=EVENING - 30), it.client("Ау", at=EVENING)),
        "nothing_to_do",
    ),
    (
        "he only thanked",
        lambda it: it.office.messages[CHAT].pop() and it.client("Спасибо", at=EVENING),
        "nothing_to_do",
    ),
    ("nobody wrote", lambda it: it.office.messages[CHAT].pop(), "nothing_to_do"),
    ("closed", lambda it: it.close(), "nothing_to_do"),
    ("closing", lambda it: it.data(4, "Y"), "nothing_to_do"),
    ("the channel is shut", lambda it: it.window_closes(EVENING), "blocked_window"),
]


@pytest.mark.parametrize(("why", "happens", "result"), NOT_SENT, ids=[row[0] for row in NOT_SENT])
async def test_not_sent(why: str, happens: Callable[[Scene], object], result: str) -> None:
    it = scene()
    happens(it)
    done = await it.done()
    assert (done.result, returned(done)["sent"]) == (result, False)
    assert it.acts == []


async def test_why_nothing_was_sent_is_one_plain_sentence() -> None:
    it = scene(minute=18 * 60 - 4)
    await it.done()
    assert it.last.text.ru == "Текст не отправлен: до открытия меньше 5 минут (09:00)."
    assert [(check.text.ru, check.passed) for check in it.last.checks][1] == (
        "До открытия меньше 5 минут (09:00)",
        False,
    )


async def test_what_came_in_working_time_needs_no_such_text() -> None:
    it = scene(writes=False)
    it.client("Когда отчёт?", at=170)
    assert (await it.done()).result == "nothing_to_do"


@pytest.mark.parametrize(
    ("accepted", "said", "skips", "sent"),
    [
        (False, False, "Y", 0),
        (True, False, "Y", 1),
        (True, True, "Y", 0),
        (False, False, "N", 1),
    ],
)
async def test_the_client_gets_one_text_where_the_line_has_its_own(
    accepted: bool, said: bool, skips: str, sent: int
) -> None:
    """The line's own text goes only to dialogs that nobody accepted, so ours is left out just there."""
    it = scene(skip_if_line_text=skips)
    it.office.lines[22] |= {"WORKTIME_DAYOFF_RULE": "text", "WORKTIME_DAYOFF_TEXT": "Мы закрыты"}
    if not accepted:
        it.accept(0)
    if said:
        _bitrix_answered(it)
    done = await it.done()
    assert len(texts(it)) == sent
    assert (done.result == "done") == bool(sent)


# --- how often --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("once", "key"),
    [("per_window", "window|1764050400"), ("per_episode", "episode|{first}"), ("every", "message|{last}")],
)
async def test_what_may_happen_once(once: str, key: str) -> None:
    it = scene(once=once)
    it.client("Ау!", at=EVENING + 0.5)
    ids = [message["id"] for message in it.office.messages[CHAT]][-2:]
    await it.done()
    assert it.effects[0].once == f"offhours|{CHAT}|" + key.format(first=ids[0], last=ids[1])


async def test_what_was_sent_already_is_not_sent_again() -> None:
    it = scene()
    it.ends["send_automatic"] = type(refused("x"))("send_automatic", "skipped", refused("x").summary)
    done = await it.done()
    assert (done.result, returned(done)["sent"]) == ("skipped_duplicate", False)


async def test_a_refusal_is_told() -> None:
    it = scene()
    it.ends["send_automatic"] = refused("send_automatic")
    assert (await it.done()).result == "failed"


# --- urgent -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "accepted", "whom"),
    [
        ({"urgent_to": f"user_{BORIS}"}, True, [BORIS]),
        ({"urgent_to": "group_d7"}, True, [ANNA, BORIS, VERA, 35, 5]),
        ({}, True, [ANNA]),
        ({}, False, [ANNA, BORIS, VERA, 1]),
    ],
)
async def test_what_is_urgent_reaches_a_person(form: dict[str, object], accepted: bool, whom: list[int]) -> None:
    it = Scene("offhours_reply", {"urgent_words": "авари*, срочно", **form}, minute=EVENING + 1)
    it.client("У нас авария!", at=EVENING)
    it.client("Ау", at=EVENING + 0.5)
    if not accepted:
        it.accept(0)
    done = await it.done()
    notes = [effect for effect in it.effects if isinstance(effect, NotifyStaff)]
    assert sorted(note.user_id for note in notes) == sorted(whom)
    assert "Срочное обращение в нерабочее время" in notes[0].text
    assert "авари" not in notes[0].text
    assert len(texts(it)) == 1
    assert done.result == "done"


async def test_urgent_is_told_also_where_no_text_goes() -> None:
    it = scene(urgent_words="срочно", writes=False, minute=18 * 60 - 4)
    it.client("Срочно!", at=18 * 60 - 5)
    done = await it.done()
    assert [effect.kind for effect in it.effects] == ["notify_staff"]
    assert (done.result, returned(done)["sent"]) == ("done", False)
    assert it.last.text.ru == "О срочном сообщили сотруднику."


async def test_ordinary_matters_disturb_nobody() -> None:
    it = scene(urgent_words="авари*")
    await it.done()
    assert [effect.kind for effect in it.effects] == ["send_automatic"]


# --- a watch ----------------------------------------------------------------------------------------------------


async def test_a_watch_answers_night_after_night() -> None:
    it = scene(watch_days="3", minute=10, writes=False)
    wait = await it.waits()
    assert minutes_of(wait.due) == 10 + 3 * 1440
    assert wait.watch is not None
    for day in range(2):
        it.client("Кто-нибудь тут?", at=EVENING + day * 1440)
        it.minute = EVENING + day * 1440 + 1
        await it.waits()
        it.human("Доброе утро!", at=1080 + day * 1440)
    assert len(texts(it)) == 2
    it.minute = 10 + 3 * 1440
    done = await it.done()
    assert (done.result, returned(done)["sent"]) == ("done", True)


async def test_ten_messages_get_one_text() -> None:
    it = scene(watch_days="1", once="per_window")
    await it.waits()
    for number in range(10):
        it.client(f"{number}?", at=EVENING + 2 + number)
        it.minute = EVENING + 3 + number
        await it.waits()
    keys = {effect.once for act in it.acts for effect in act}
    assert len(keys) == 1, "the ledger lets one of them through"


async def test_a_watch_that_found_nothing() -> None:
    it = scene(watch_days="1", minute=10, writes=False)
    await it.waits()
    it.minute = 10 + 1440
    assert (await it.done()).result == "nothing_to_do"


@pytest.mark.parametrize(
    ("form", "waits"),
    [
        ({}, True),
        ({"wait_result": "N"}, False),
        ({"watch_days": "0", "wait_result": "Y"}, True),
        ({"watch_days": "2"}, False),
        ({"watch_days": "2", "wait_result": "Y"}, False),
    ],
)
def test_whether_the_process_waits(form: dict[str, object], waits: bool) -> None:
    """A portal sends the form's own Y, which nobody chose; a process never stands for days of watching."""
    assert Scene("offhours_reply", form).input.wait_result is waits


REJECTED: list[tuple[dict[str, object], str]] = [
    ({"text_night": "{next_open}"}, "«Текст ночью»: нет такой подстановки: {next_open}."),
    ({"text_lunch": "{x}"}, "«Текст в обед»: нет такой подстановки: {x}."),
    ({"per_channel": "просто"}, "«Тексты каналов», строка 1: нужно «канал: текст»"),
    ({"urgent_words": "re:("}, "«Срочные слова», строка 1: такое выражение не подходит"),
    ({"watch_days": "366"}, "«Сколько дней следить»: нужно целое число от 0 до 365."),
]


@pytest.mark.parametrize(("properties", "ru"), REJECTED)
def test_what_cannot_work_is_refused_with_a_word(properties: dict[str, object], ru: str) -> None:
    said = Scene("offhours_reply").robot.check(properties)
    assert said is not None
    assert said.ru.startswith(ru)
    assert said.en


# --- in the portal ----------------------------------------------------------------------------------------------


async def evening(town: Town, **form: Any) -> Deal:
    await town.at("2026-11-24T20:00:00")
    await town.place("offhours_reply", **form)
    deal = await town.deal(says="Когда будет отчёт?")
    await town.advance(minutes=1)
    await town.move(deal)
    await town.settle()
    return deal


async def test_the_regulation_at_night(town: Town) -> None:
    """«В нерабочее: отправляется автоответ» (seed 000), and the client still waits for a person."""
    deal = await evening(town, skip_if_line_text=False)
    said = [one["text"] for one in await town.outbox(deal)]
    assert "Ответим в среду, 25 ноября, в 09:00 (UTC+3)." in said[-1]
    found = (await town.process(deal))["returned"]
    assert (found["sent"], found["is_working"], found["window_kind"]) == ("Y", "N", "night")
    assert found["next_open"] == "2026-11-25T09:00:00+03:00"
    await town.move(deal, "C3:NEW")
    await town.place("dialog_state")
    await town.move(deal)
    await town.settle()
    state = (await town.runs())[0]
    assert (state.run.output["ball"], state.run.output["last_author"]) == ("us", "robot")


async def test_a_second_robot_sends_nothing_in_the_same_night(town: Town) -> None:
    deal = await evening(town, skip_if_line_text=False)
    before = len(await town.outbox(deal))
    await town.client_says(deal, "Ау!")
    await town.move(deal, "C3:NEW")
    await town.advance(minutes=5)
    await town.move(deal)
    await town.settle()
    assert len(await town.outbox(deal)) == before
    newest = (await town.runs())[0]
    assert newest.run.result == "skipped_duplicate"
    assert "второй раз не нужно" in told(newest)
