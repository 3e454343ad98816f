"""Where a trigger is fired, and what makes it fire once."""

from dataclasses import replace

import pytest

from core.bitrix24.documents import COMPANY, CONTACT, DEAL, LEAD, Item
from core.dialogs.ball import Episode
from core.robots.triggers import Trigger, episode_of, fired, of_episode, of_session, trigger_name
from tests.core.dialogs.test_view import CHAT, view_of

ONCE = of_episode(Episode(343, 5))


def test_every_trigger_has_a_code_the_portal_takes_and_both_names() -> None:
    for trigger in Trigger:
        assert trigger.value.replace("_", "").isalpha()
        assert trigger_name(trigger, "ru") == f"Дежурный: {trigger.ru}"
        assert trigger_name(trigger, "en") == f"Dezhurny: {trigger.en}"


def test_it_is_fired_for_the_item_of_the_run() -> None:
    [effect] = fired(Trigger.WE_REPLIED, Item(DEAL, 17), once=ONCE)
    assert (effect.code, effect.entity_type_id, effect.entity_id) == ("we_replied", DEAL, 17)
    assert effect.once == "trigger|we_replied|2|17|episode|343|5"


def test_what_has_no_pipeline_has_no_triggers() -> None:
    assert fired(Trigger.WE_REPLIED, Item(CONTACT, 3), once=ONCE) == ()
    assert fired(Trigger.WE_REPLIED, Item(COMPANY, 3), once=ONCE) == ()
    assert len(fired(Trigger.WE_REPLIED, Item(1046, 3), once=ONCE)) == 1


def test_every_bound_item_that_can_move_is_told() -> None:
    dialog = view_of(chat=replace(CHAT, bindings=(Item(LEAD, 5), Item(COMPANY, 4), Item(DEAL, 17))))
    effects = fired(Trigger.CLIENT_WROTE, Item(DEAL, 17), dialog, once=ONCE)
    assert [(effect.entity_type_id, effect.entity_id) for effect in effects] == [(DEAL, 17), (LEAD, 5)]


def test_sessions_are_told_apart() -> None:
    assert of_session(343) != of_session(344)


@pytest.mark.parametrize(
    ("talk", "message", "first"),
    [
        (("C Где?", "C Ау"), 2, 1),
        (("C Где?", "H Едет", "C А точно?"), 3, 3),
        (("C Где?", "C Ау", "H Едет"), 3, 1),
        (("C Где?", "H Едет", "H Уже скоро"), 3, 1),
        (("C Где?", "A Автоответ", "C Ау"), 3, 1),
        (("C Где?", "R Автоответ", "C Ау"), 3, 1),
        (("H Здравствуйте", "H Вы тут?"), 2, 2),
    ],
)
def test_what_a_message_asks_with_or_answers(talk: tuple[str, ...], message: int, first: int) -> None:
    dialog = view_of(*talk)
    assert episode_of(dialog, dialog.read[message - 1]) == Episode(343, first)
