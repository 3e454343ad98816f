"""Walk every robot through everything it may meet: what clients say never reaches the log or the staff through us,
and nothing meant for the staff ever reaches a client (requirement S1-15)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import chain, product

import pytest

from activities import load
from core.effects import Effect, SendAsOperator, SendAutomatic
from core.robots import Done, Failed, WaitUntil
from core.runs.rescue import RescueOrphan
from tests.activities.scene import Scene, minutes_of
from tests.core.dialogs.portal import ANNA
from tests.core.robots.office import BORIS, VERA

CLIENT_SAID, CLIENT_IS, STAFF_SAID, STAFF_IS = (
    "канарейка-слова",
    "канарейка-имя",
    "канарейка-шёпот",
    "канарейка-коллега",
)
TO_CLIENT = (SendAsOperator, SendAutomatic)
#: These tell nobody anything: they look, count and wait.
SAY_NOTHING = {"dialog_state", "wait_reply", "working_time"}
LONGEST_WALK = 12

#: A dialog that may be closed whoever wrote last.
EASY: dict[str, object] = {
    "require_last_ours": "N",
    "require_confirmed": "no",
    "quiet_minutes": "0",
    "keep_if_open_tasks": "N",
    "keep_if_promise": "N",
}
#: A shift that ends ten minutes after the robot starts.
SOON: dict[str, object] = {"shift_source": "fixed_time", "fixed_time": "15:20"}
FORMS: dict[str, list[dict[str, object]]] = {
    "assign_operator": [
        {},
        {"strategy": "round_robin", "accept_minutes": "10", "pool": [f"user_{BORIS}", f"user_{VERA}"]},
        {"strategy": "sticky,random", "no_candidate": "first_open", "skills": "канарейка"},
        {"no_candidate": "queue", "pool": [f"user_{VERA}"], "respect_manual_minutes": "0"},
        {"apply_to": "crm_only", "no_candidate": "nothing", "max_open": "1"},
    ],
    "dialog_state": [{}, {"calendar": "always", "depth": "1"}, {"mask": "{client.name}"}],
    "check_dialog_naming": [
        {},
        {"company_source": "typed", "company_value": "Ромашка", "notify": "both", "grace_minutes": "5"},
        {"company_source": "typed", "company_value": "Ромашка", "action": "rename"},
        {"company_source": "typed", "company_value": "Ромашка", "action": "report", "exceptions": "^VIP"},
    ],
    "close_dialog": [
        {},
        {"on_guard_fail": "notify", "silent_days": "21", "active_client_field": "TITLE"},
        {"on_guard_fail": "wait", "confirmed_field": "TITLE"},
        EASY,
        EASY | {"as_user": f"user_{BORIS}", "text": "{client.name}, до свидания! {deal.title}"},
        EASY | {"confirmed_field": "TITLE", "one_time": "Y", "send_outside_hours": "Y"},
    ],
    "send_message": [
        {"text": "Здравствуйте, ваш заказ готов."},
        {"text": "{client.name}, {deal.title}: {operator.position}", "when": "working_time"},
        {"text": "Ждём вас {calendar.next_open}", "after_minutes": "10", "only_if_ball": "us"},
        {"text": "Привет", "window_policy": "task", "as_user": f"user_{BORIS}"},
        {"text": "Привет", "window_policy": "wait_client", "missing_var": "fail"},
        {"text": "Привет", "quick_reply": "Реквизиты", "template_rules": "заказ => Статус"},
    ],
    "escalate_no_reply": [
        {},
        {"action": "add_to_chat", "client_text": "Уточняем, {client.first_name}."},
        {"action": "task", "calendar": "always", "quiet_hours": "N"},
        {"action": "reassign", "repeat_last_level": "30"},
        {
            "levels": "5: notify owner, notify responsible, comment\n10: add head, task head, trigger late\n"
            "15: reassign pool=pool, notify pool\n20: reassign pool=line",
            "client_text": "Мы помним о вас.",
            "who_counts": "human_or_robot",
        },
        {"if_not_waiting": "arm", "count_from": "robot_start"},
        {"count_from": "assignment", "escalate_to": ["group_d7"], "action": "reassign"},
    ],
    "keep_last_word": [
        {},
        {"wait_result": "Y", "on_question": "escalate", "ack_text": "Рады помочь, {client.first_name}!"},
        {"on_closed": "ack", "gratitude_words": "канарейка*", "max_words": "30", "calendar": "always"},
    ],
    "offhours_reply": [
        {"urgent_words": "заказ", "skip_if_line_text": "N"},
        {"watch_days": "3", "per_channel": "livechat: {client.name}, ответим {calendar.next_open}", "once": "every"},
        {"calendar": "always"},
    ],
    "reassign_shift_end": [
        SOON | {"pool": [f"user_{BORIS}", f"user_{VERA}"]},
        SOON | {"no_candidate": "head", "client_text": "{client.first_name}, вам ответит коллега.", "brief": "N"},
        SOON | {"no_candidate": "queue", "pool": [f"user_{VERA}"], "on_gratitude": "reassign"},
        SOON | {"on_client_waiting": "notify_head", "unpin": "N"},
        SOON | {"return_policy": "return_if_untouched", "strategy": "least_loaded", "lead_minutes": "0"},
        {},
    ],
    "orphan_found": [{"minutes": "0"}, {"minutes": "0", "pool": [f"user_{BORIS}", f"user_{VERA}"]}],
    "wait_reply": [{}, {"wait_for": "any", "match": "заказ|re:\\d+", "max_minutes": "10"}, {"from": "last_message"}],
    "working_time": [
        {"operation": "wait_minutes", "amount": "200"},
        {"operation": "add_days", "amount": "-3", "calendar": "person"},
        {"operation": "minutes_between", "base": "24.11.2025 10:00:00"},
    ],
}

Happening = Callable[[Scene], object]


def _at_night(it: Scene) -> None:
    it.minute = 300
    it.client(f"Ау, где заказ? {CLIENT_SAID}", at=299)


SITUATIONS: dict[str, Happening] = {
    "accepted": lambda it: it.accept(ANNA),
    "in the queue": lambda it: it.accept(0),
    "window closed": lambda it: it.window_closes(0.5),
    "closed": lambda it: it.close(),
    "nobody at work": lambda it: _go_home(it, *it.office.staff),
    "the operator went home": lambda it: _go_home(it, ANNA),
    "nobody to hand over to": lambda it: _go_home(it, BORIS, VERA),
    "at night": _at_night,
    "a check": lambda it: setattr(it, "dry", True),
    "in English": lambda it: setattr(it, "language", "en"),
    "answered meanwhile": lambda it: it.human(STAFF_SAID, at=4),
    "no heads": lambda it: it.office.departments.clear(),
}


def _go_home(it: Scene, *numbers: int) -> None:
    for number in numbers:
        it.office.staff[number].workday = "CLOSED"


def walks() -> Iterator[tuple[str, int, str]]:
    for code, forms in FORMS.items():
        yield from ((code, number, situation) for number, situation in product(range(len(forms)), SITUATIONS))


def test_every_robot_is_walked() -> None:
    assert set(FORMS) == {*load(), RescueOrphan.code}


@pytest.mark.parametrize(("code", "form", "situation"), list(walks()))
async def test_nothing_leaks(code: str, form: int, situation: str) -> None:
    it = Scene(code, dict(FORMS[code][form]))
    it.office.client_name = CLIENT_IS
    it.office.chats[1777]["name"] = f"{CLIENT_IS} - Поддержка"
    for person in it.office.staff.values():
        person.name = f"{STAFF_IS} {person.id}"
    it.client(f"Где заказ? {CLIENT_SAID}")
    it.human(STAFF_SAID, by=ANNA, at=0.5, COMPONENT_ID="HiddenMessage")
    it.minute = 1
    SITUATIONS[situation](it)
    it.started_at = it.now
    await walk(it)
    for effect in chain.from_iterable(it.acts):
        said = words_of(effect)
        if isinstance(effect, TO_CLIENT):
            assert STAFF_SAID not in said
            assert "/online/" not in said
            assert "[URL=" not in said
        else:
            assert CLIENT_SAID not in said
            assert CLIENT_IS not in said
    effects = list(chain.from_iterable(it.acts))
    for_clients = {effect.text for effect in effects if isinstance(effect, TO_CLIENT)}
    assert for_clients.isdisjoint(value for effect in effects for value in staff_words(effect))
    for _, reason in it.told:
        texts = [reason.text, *(check.text for check in reason.checks)]
        assert CLIENT_SAID not in str(texts)
        assert STAFF_SAID not in str(texts)
    assert CLIENT_SAID not in json.dumps(it.state, ensure_ascii=False)


async def walk(it: Scene) -> None:
    """Wait whatever is to be waited, for as long as a month or a dozen waits."""
    for _ in range(LONGEST_WALK):
        outcome = await it.run()
        if isinstance(outcome, Done | Failed):
            return
        assert isinstance(outcome, WaitUntil)
        it.minute = max(minutes_of(outcome.due), it.minute)


def staff_words(effect: Effect) -> set[str]:
    """What an effect tells employees, as a whole and line by line."""
    told = [] if isinstance(effect, TO_CLIENT) else [str(value) for value in effect.private_part().values()]
    return {part for text in told for part in (text, *text.splitlines())}


def words_of(effect: Effect) -> str:
    """Without the old title of a dialog that is renamed: it names the client, and it is kept to be given back."""
    body = effect.open_part() | effect.private_part()
    body.pop("seen_title", None)
    return json.dumps(body, ensure_ascii=False) + str(effect.summary())


@pytest.mark.parametrize("code", [code for code in FORMS if code not in SAY_NOTHING])
async def test_the_walks_of_a_robot_do_something(code: str) -> None:
    """A canary that never sings proves nothing: each kind of effect comes up on some walk."""
    kinds = set()
    for form in FORMS[code]:
        situations = (
            "accepted",
            "in the queue",
            "window closed",
            "the operator went home",
            "nobody to hand over to",
            "at night",
        )
        for situation, says in product(situations, ("Где заказ?", "Спасибо!")):
            it = Scene(code, dict(form))
            it.client(says)
            it.minute = 1
            SITUATIONS[situation](it)
            it.started_at = it.now
            await walk(it)
            kinds |= {effect.kind for act in it.acts for effect in act}
    assert (
        kinds
        == {
            "assign_operator": {"transfer_dialog", "set_responsible", "notify_staff"},
            "keep_last_word": {"send_as_operator", "send_automatic", "notify_staff", "fire_trigger"},
            "offhours_reply": {"send_automatic", "notify_staff"},
            "send_message": {"send_as_operator", "send_automatic", "create_task", "add_to_chat", "remove_from_chat"},
            "reassign_shift_end": {
                "transfer_dialog",
                "set_responsible",
                "hidden_brief",
                "notify_staff",
                "fire_trigger",
                "send_as_operator",
                "send_automatic",
            },
            "orphan_found": {
                "transfer_dialog",
                "set_responsible",
                "hidden_brief",
                "notify_staff",
                "fire_trigger",
            },
            "check_dialog_naming": {"notify_staff", "rename_dialog", "fire_trigger"},
            "close_dialog": {
                "send_as_operator",
                "send_automatic",
                "finish_dialog",
                "comment_timeline",
                "notify_staff",
                "add_to_chat",
                "remove_from_chat",
                "fire_trigger",
            },
            "escalate_no_reply": {
                "notify_staff",
                "add_to_chat",
                "create_task",
                "transfer_dialog",
                "set_responsible",
                "send_automatic",
                "fire_trigger",
                "comment_timeline",
            },
        }[code]
    )
