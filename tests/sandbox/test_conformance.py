"""The portal beside its sources, rule by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable
from dataclasses import fields

import httpx
import pytest

from sandbox.apps import App
from sandbox.portal import Portal
from sandbox.switches import Switches
from tests.sandbox.conformance.catalogue import by_area
from tests.sandbox.conformance.rule import Rule
from tests.sandbox.conformance.world import World
from tests.sandbox.conftest import Receiver

RULES = [rule for _, rules in by_area() for rule in rules]


@pytest.fixture
def world(portal: Portal, app: App, receiver: Receiver, http: httpx.AsyncClient) -> World:
    return World(portal, app, receiver, http)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.area}: {rule.sentence}")
async def test_rule(world: World, rule: Rule) -> None:
    checked = rule.check(world)
    if isinstance(checked, Awaitable):
        await checked


def test_every_rule_is_said_once() -> None:
    assert [sentence for sentence, count in Counter(one.sentence for one in RULES).items() if count > 1] == []


def test_every_switch_is_a_rule_with_both_behaviours() -> None:
    assert {one.switch for one in RULES if one.switch} == {one.name for one in fields(Switches)}
