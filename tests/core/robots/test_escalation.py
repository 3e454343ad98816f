"""What one level does: situation → effects and checks."""

from __future__ import annotations

import pytest

from core.effects import (
    AddToChat,
    CommentTimeline,
    CreateTask,
    Effect,
    FireTrigger,
    NotifyStaff,
    SetResponsible,
    TransferDialog,
)
from core.robots.circle import Around, Circle
from core.robots.escalation import level_effects
from core.robots.levels import parse_levels
from core.robots.people import Person
from core.robots.staff_words import Facts, nobody, waits, yours
from core.texts.text import Language, Text
from tests.activities.scene import CHAT, LINE, MONDAY, OUR_DEAL, SESSION
from tests.core.dialogs.portal import ANNA
from tests.core.robots.office import ADMIN, BORIS, CHIEF, VERA
from tests.core.robots.views import asked, view_of


def facts(*, language: Language = "ru", sync_crm: bool = True, level: int = 2, title: str = "Окна") -> Facts:
    waited = Text("21 минуту рабочего времени", "21 minutes of working time")
    return Facts(OUR_DEAL, title, language, waited, MONDAY, level, sync_crm)


def circle(*off: int, accepted: bool = True) -> Circle:
    names = {ANNA: "Анна", BORIS: "Борис", VERA: "Вера", CHIEF: "Пётр", ADMIN: "Ольга"}
    persons = {number: Person(number, name, on_shift=number not in off) for number, name in names.items()}
    around = Around(ANNA if accepted else 0, BORIS, (ANNA, BORIS, VERA))
    return Circle(around, ADMIN, (CHIEF,), (), persons, {VERA: 1, BORIS: 2})


def tag(what: str) -> str:
    return f"dezhurny|{SESSION}|escalate_no_reply|{what}"


CHAT_LINK = f"[URL=/online/?IM_HISTORY=imol|{SESSION}]Открыть диалог[/URL]"
CARD = "[URL=/crm/deal/details/17/]Окна[/URL]"
WAITS = f"Клиент ждёт ответа 21 минуту рабочего времени: {CARD}. {CHAT_LINK}"
YOURS = f"Вам передан диалог: клиент ждёт ответа 21 минуту рабочего времени. {CARD}. {CHAT_LINK}"
NOBODY = f"Клиент ждёт ответа 21 минуту рабочего времени, а передать диалог некому: {CARD}. {CHAT_LINK}"


def told(user_id: int, text: str = WAITS, what: str = "2") -> NotifyStaff:
    return NotifyStaff(user_id=user_id, text=text, tag=tag(what))


MOVE = TransferDialog(chat_id=CHAT, user_id=VERA, line_id=LINE, seen_owner_id=ANNA)
ADD = AddToChat(crm_type="deal", crm_id=17, chat_id=CHAT, user_id=CHIEF)
CARD_OF_VERA = SetResponsible(entity_type_id=2, entity_id=17, user_id=VERA, seen_user_id=BORIS)
TASK = CreateTask(
    title="Ответить клиенту: Окна",
    description=WAITS,
    responsible_id=CHIEF,
    creator_id=ADMIN,
    deadline_at=MONDAY,
    binding="D_17",
)

LEVELS: list[tuple[str, str, Circle, tuple[int, ...], list[Effect], list[tuple[str, bool | None]]]] = [
    ("told", "1: notify owner", circle(), (), [told(ANNA)], [("Анна: сообщаем", True)]),
    ("knows already", "1: notify owner", circle(), (ANNA,), [], [("Анна: уже знает", None)]),
    ("off", "1: notify owner", circle(ANNA), (), [], [("Анна: не на смене", False)]),
    (
        "named twice, told once",
        "1: notify responsible, notify user:31",
        circle(),
        (),
        [told(BORIS)],
        [("Борис: сообщаем", True), ("Борис: уже знает", None)],
    ),
    ("added", "1: add head", circle(), (), [ADD], [("Пётр: добавляем в чат", True)]),
    ("off, so not added", "1: add head", circle(CHIEF), (), [], [("Пётр: не на смене", False)]),
    ("in the chat already", "1: add user:27", circle(), (), [], [("Анна: уже в чате", None)]),
    ("a task", "1: task head", circle(), (), [TASK], [("Задача: Пётр", True)]),
    (
        "handed over",
        "1: reassign pool=pool",
        circle(),
        (),
        [MOVE, CARD_OF_VERA, told(VERA, YOURS, "yours")],
        [("Кому передать: Вера: на смене, открытых диалогов 1", True), ("Вера: сообщаем", True)],
    ),
    (
        "the new owner is told once",
        "1: notify user:33, reassign pool=pool",
        circle(),
        (),
        [MOVE, CARD_OF_VERA, told(VERA, YOURS, "yours")],
        [
            ("Кому передать: Вера: на смене, открытых диалогов 1", True),
            ("Вера: сообщаем", True),
            ("Вера: уже знает", None),
        ],
    ),
    (
        "back to the line",
        "1: reassign line",
        circle(),
        (),
        [TransferDialog(chat_id=CHAT, user_id=0, line_id=LINE, seen_owner_id=ANNA)],
        [("Кому передать: возвращаем в очередь линии", True)],
    ),
    (
        "nobody takes it",
        "1: reassign pool=pool",
        circle(BORIS, VERA),
        (),
        [told(CHIEF, NOBODY, "nobody")],
        [("Передать некому: на смене никого нет", False), ("Пётр: сообщаем", True)],
    ),
    (
        "nobody takes it, and nobody may be told",
        "1: reassign pool=pool, comment",
        circle(BORIS, VERA, CHIEF),
        (),
        [CommentTimeline(entity_type="deal", entity_id=17, text=WAITS)],
        [("Передать некому: на смене никого нет", False), ("Пётр: не на смене", False)],
    ),
    (
        "a trigger",
        "1: trigger sla_breached",
        circle(),
        (),
        [
            FireTrigger(
                code="sla_breached",
                entity_type_id=2,
                entity_id=17,
                goes_on=True,
                once=f"trigger|sla_breached|2|17|episode|{SESSION}|1777002|level 2",
            )
        ],
        [],
    ),
]


@pytest.mark.parametrize(
    ("why", "text", "around", "knows", "effects", "checks"), LEVELS, ids=[row[0] for row in LEVELS]
)
async def test_a_level(
    why: str,
    text: str,
    around: Circle,
    knows: tuple[int, ...],
    effects: list[Effect],
    checks: list[tuple[str, bool | None]],
) -> None:
    (level,) = parse_levels(text)
    done, why_each = level_effects(level, await view_of(asked()), around, facts(), told=knows)
    assert list(done) == effects
    assert [(check.text.ru, check.passed) for check in why_each] == checks
    assert all(check.text.en for check in why_each)


async def test_a_dialog_that_nobody_accepted_takes_nobody_in() -> None:
    scene = asked()
    scene.accept(0)
    (level,) = parse_levels("1: add head")
    done, checks = level_effects(level, await view_of(scene), circle(accepted=False), facts(), told=())
    assert [effect.user_id for effect in done if isinstance(effect, NotifyStaff)] == [ANNA, BORIS, VERA, CHIEF]
    assert checks[0].passed is False


async def test_a_dialog_that_is_closing_takes_nobody_in() -> None:
    scene = asked()
    scene.data(4, "Y")
    (level,) = parse_levels("1: add head")
    done, _ = level_effects(level, await view_of(scene), circle(), facts(), told=())
    assert done == (told(CHIEF),)


async def test_a_card_that_is_left_alone() -> None:
    (level,) = parse_levels("1: reassign pool=pool")
    done, _ = level_effects(level, await view_of(asked()), circle(), facts(sync_crm=False), told=())
    assert done == (MOVE, told(VERA, YOURS, "yours"))


async def test_who_is_responsible_already_stays() -> None:
    (level,) = parse_levels("1: reassign user:31")
    done, _ = level_effects(level, await view_of(asked()), circle(), facts(), told=())
    assert [effect.kind for effect in done] == ["transfer_dialog", "notify_staff"]


async def test_staff_read_their_language() -> None:
    dialog = await view_of(asked())
    english = facts(language="en")
    assert waits(english, dialog).startswith("A client has waited 21 minutes of working time for an answer: [URL=")
    assert yours(english, dialog).startswith("A dialog was handed to you: the client has waited 21 minutes")
    assert "nobody can take the dialog over" in nobody(english, dialog)
    assert "Open the dialog[/URL]" in waits(english, dialog)


async def test_a_title_is_no_markup() -> None:
    text = waits(facts(title="Окна [URL=http://evil.example]сюда[/URL]\nи  двери"), await view_of(asked()))
    assert "[URL=/crm/deal/details/17/]Окна (URL=http://evil.example)сюда(/URL) и двери[/URL]" in text
