"""What holds for every effect: a policy, a plan the portal knows, no words where they do not belong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import pytest

from core.bitrix24.command import Answer, Command
from core.effects import Effect, Finding, Policy, effect_from, known_kinds
from core.texts.text import Text
from tests.contracts.methods import violations_of
from tests.core.effects.samples import ALL, KEY, NOON, SEND, WORDS

EVERY = pytest.mark.parametrize("effect", ALL.values(), ids=ALL)


def test_no_kind_is_forgotten_here() -> None:
    ours = {kind for kind, effect in known_kinds().items() if effect.__module__.startswith("core.")}
    assert ours == {effect.kind for effect in ALL.values()}


@EVERY
def test_the_portal_knows_every_command(effect: Effect) -> None:
    commands = [*effect.plan(KEY).values(), *effect.recheck().values()]
    assert commands
    assert violations_of({str(number): command for number, command in enumerate(commands)}) == []


@EVERY
def test_the_plan_is_the_same_after_a_restart(effect: Effect) -> None:
    body = json.loads(json.dumps(effect.open_part() | effect.private_part()))
    assert effect_from(effect.kind, body) == effect
    assert effect_from(effect.kind, body).plan(KEY) == effect.plan(KEY)


@EVERY
def test_the_open_part_and_the_summary_hold_no_words(effect: Effect) -> None:
    written = json.dumps(effect.open_part(), ensure_ascii=False)
    summary = effect.summary()
    assert WORDS not in written + summary.ru + summary.en
    assert "$result" not in written
    assert summary.ru
    assert summary.en
    assert bool(effect.words) == (WORDS in json.dumps(effect.private_part(), ensure_ascii=False))


@EVERY
def test_what_shares_a_batch_cannot_be_replaced_in_it(effect: Effect) -> None:
    written = json.dumps([dict(command.params) for command in effect.plan(KEY).values()], ensure_ascii=False)
    assert effect.alone or "$result" not in written


@EVERY
def test_a_new_release_adds_fields_and_old_rows_still_read(effect: Effect) -> None:
    assert effect_from(effect.kind, effect.open_part() | {"unheard_of": 1}).kind == effect.kind


@EVERY
def test_nothing_read_is_never_taken_for_done(effect: Effect) -> None:
    for answers in ({}, dict.fromkeys(effect.recheck(), Answer(error="ACCESS_DENIED"))):
        assert effect.reconcile(answers, NOON).verdict in {"unclear", "not_done"}
    nonsense: list[Answer] = [Answer(None), Answer(True), Answer("x"), Answer(5), Answer([]), Answer({"a": [None]})]
    for answer in nonsense:
        effect.reconcile(dict.fromkeys(effect.recheck(), answer), NOON)


@EVERY
def test_an_error_refuses(effect: Effect) -> None:
    for name in [*effect.plan(KEY)][:1]:
        settled = effect.settle({name: Answer(error="ACCESS_DENIED", description="d" * 1000)})
        assert settled.state == "refused"
        assert settled.evidence == {"error": "ACCESS_DENIED", "description": "d" * 300}
        assert effect.settle({name: Answer(error="")}).state == "refused"


@EVERY
def test_a_strange_answer_is_no_crash_and_no_proof(effect: Effect) -> None:
    for answer in (Answer(None), Answer("x"), Answer([]), Answer({"a": 1})):
        settled = effect.settle(dict.fromkeys(effect.plan(KEY), answer))
        assert settled.state in ({"unknown", "refused"} if not effect.verify else {"confirmed", "unknown"})


def test_only_clients_read_messages() -> None:
    """What is for staff goes through other methods than what is for clients (robots.md 1, client first)."""
    to_clients = {"imopenlines.crm.message.add", "imopenlines.bot.session.message.send"}
    for effect in ALL.values():
        plan = effect.plan(KEY).values()
        assert bool({command.method for command in plan} & to_clients) == effect.kind.startswith("send_")
        whispers = [command for command in plan if command.method == "im.message.add"]
        assert all(command.params["SKIP_CONNECTOR"] == "Y" for command in whispers)
        assert not whispers or effect.kind == "hidden_brief"


class _Whole:
    """All methods and neither kind nor policy."""

    def summary(self) -> Text:
        return Text("", "")

    def plan(self, key: str) -> dict[str, Command]:
        return {}

    def recheck(self) -> dict[str, Command]:
        return {}

    def reconcile(self, answers: Mapping[str, Answer], prepared_at: datetime) -> Finding:
        return Finding("unclear")


def test_an_effect_without_a_policy_is_refused() -> None:
    with pytest.raises(TypeError, match="needs a kind and a policy"):

        class Careless(_Whole, Effect):
            kind: ClassVar[str] = "careless"

    with pytest.raises(TypeError, match="needs a kind and a policy"):

        class Nameless(_Whole, Effect):
            policy: ClassVar[Policy] = Policy.KEYED


def test_an_effect_with_words_cannot_travel_among_others() -> None:
    with pytest.raises(TypeError, match="cannot travel among others"):

        class Chatty(_Whole, Effect):
            kind: ClassVar[str] = "chatty"
            policy: ClassVar[Policy] = Policy.SET_STATE
            words: ClassVar[frozenset[str]] = frozenset({"text"})
            beside: ClassVar[bool] = True


def test_an_effect_that_cannot_be_found_again_is_refused() -> None:
    with pytest.raises(TypeError, match="reconcile"):

        class Blind(Effect):
            kind: ClassVar[str] = "blind"
            policy: ClassVar[Policy] = Policy.KEYED

            def summary(self) -> Text:
                return Text("", "")

            def plan(self, key: str) -> dict[str, Command]:
                return {}

            def recheck(self) -> dict[str, Command]:
                return {}


def test_two_effects_of_one_name_are_refused() -> None:
    with pytest.raises(TypeError, match="Two effects"):

        class Twin(_Whole, Effect):
            kind: ClassVar[str] = SEND.kind
            policy: ClassVar[Policy] = Policy.KEYED


def test_a_kind_of_another_release_is_unknown() -> None:
    with pytest.raises(KeyError):
        effect_from("of_next_year", {})


def test_effects_are_values() -> None:
    with pytest.raises(ValueError, match="frozen"):
        SEND.text = "other"  # type: ignore[misc]  # that is what is tested
