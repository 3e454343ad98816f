"""Whose answers count, and what ends a wait."""

from __future__ import annotations

import pytest

from core.dialogs.ball import Answers, Ball, Episode
from core.dialogs.own import OwnMessages
from core.robots.turn import ending_of, reply_after, turn_of
from tests.activities.scene import MOSCOW, SESSION, Scene
from tests.core.dialogs.portal import BOT
from tests.core.robots.views import asked, view_of

FIRST = 1_777_002
EPISODE = Episode(SESSION, FIRST)
OUTPUT = "bx-messenger-content-item-ol-output"


async def turn(scene: Scene, who: Answers) -> tuple[Ball, int]:
    verdict = turn_of(await view_of(scene), who, zone=MOSCOW, now=scene.now)
    return verdict.ball, verdict.episode.message_id if verdict.episode else 0


async def test_a_robot_answers_for_those_who_say_so() -> None:
    scene = asked()
    number = scene.human("Ваш заказ в пути", by=BOT, at=5)
    assert await turn(scene, "human") == (Ball.US, FIRST)
    assert await turn(scene, "human_or_robot") == (Ball.CLIENT, number)


async def test_the_next_question_begins_another_wait() -> None:
    scene = asked()
    scene.human("Ваш заказ в пути", by=BOT, at=5)
    second = scene.client("Когда?", at=6)
    assert await turn(scene, "human") == (Ball.US, FIRST)
    assert await turn(scene, "human_or_robot") == (Ball.US, second)


async def test_thanks_to_a_person_by_name_want_nothing() -> None:
    scene = asked()
    scene.human("Едет", at=5)
    scene.client("Спасибо, Анна", at=6)
    assert (await turn(scene, "human"))[0] is Ball.ACK
    assert (await turn(scene, "human_or_robot"))[0] is Ball.ACK


async def test_a_holding_text_of_ours_answers_nothing() -> None:
    scene = asked()
    number = scene._says(0, "Уточняем", 5, {"CLASS": OUTPUT})
    scene.own = OwnMessages(ids=frozenset({number}))
    dialog = await view_of(scene)
    assert reply_after(dialog, EPISODE, "human_or_robot") is None
    assert await turn(scene, "human_or_robot") == (Ball.US, FIRST)


async def test_a_message_we_sent_as_an_operator_is_a_robots() -> None:
    scene = asked()
    number = scene.human("Уточняем", at=5)
    scene.own = OwnMessages(ids=frozenset({number}))
    dialog = await view_of(scene)
    assert reply_after(dialog, EPISODE, "human") is None
    found = reply_after(dialog, EPISODE, "human_or_robot")
    assert found is not None
    assert found.id == number


async def ending(scene: Scene, who: Answers = "human", episode: Episode = EPISODE) -> str:
    found = ending_of(await view_of(scene), episode, who, zone=MOSCOW, now=scene.now)
    if found is not None:
        assert found.text.ru
        assert found.text.en
        assert (found.reply is not None) is (found.result == "cancelled_reply")
    return found.result if found else ""


async def test_nothing_ended_it() -> None:
    assert await ending(asked()) == ""


async def test_an_answer_ended_it_even_in_a_closed_dialog() -> None:
    scene = asked()
    scene.human(at=5)
    scene.close()
    assert await ending(scene) == "cancelled_reply"


ENDINGS = [
    ("closed", "cancelled_closed"),
    ("another session", "cancelled_closed"),
    ("nothing is asked any more", "nothing_to_do"),
    ("something else is asked", "superseded"),
]


@pytest.mark.parametrize(("why", "result"), ENDINGS, ids=[row[0] for row in ENDINGS])
async def test_what_ends_it(why: str, result: str) -> None:
    scene = asked()
    if why == "closed":
        scene.close()
    if why == "another session":
        assert await ending(scene, episode=Episode(SESSION - 1, FIRST)) == result
        return
    if why == "something else is asked":
        scene.client("А когда?", at=6)
    if why.startswith(("nothing", "something")):
        scene.office.messages[1777][1]["params"] = {"IS_DELETED": "Y"}
    assert await ending(scene) == result
