"""The sync: told once, repeated safely, and silent when nothing has changed."""

from collections.abc import Iterable

import pytest

from core.portals.registration import EVENTS, PLACEMENTS, SyncReport, fingerprint, sync, trigger_names
from core.robots import AnyRobot
from tests.core.portals.robots import Greet, Wave, WaveActivity
from tests.fake_bitrix import FakePortal, failure
from tests.portal_kit import PUBLIC_URL, World

ROBOTS: tuple[AnyRobot, ...] = (Greet(), Wave())


async def told(world: World, portal: FakePortal, robots: Iterable[AnyRobot] = ROBOTS) -> SyncReport:
    lane = await world.lanes.lane((await world.row(portal)).id)
    return await sync(lane, robots, PUBLIC_URL)


async def test_a_portal_learns_everything(world: World) -> None:
    portal = await world.installed("a")
    report = await told(world, portal)
    assert (report.added, report.updated, report.deleted) == (["greet", "wave"], [], [])
    assert report.bound == [*EVENTS, *PLACEMENTS]
    assert report.is_complete
    greet = portal.codes["robot"]["greet"]
    assert greet["HANDLER"] == f"{PUBLIC_URL}/b24/robot/greet"
    assert greet["NAME"] == {"ru": "Поздороваться", "en": "Greet"}
    assert (greet["AUTH_USER_ID"], greet["USE_SUBSCRIPTION"], greet["USE_PLACEMENT"]) == (1, "Y", "Y")
    assert greet["PLACEMENT_HANDLER"] == f"{PUBLIC_URL}/b24/settings/greet"
    assert "text" in greet["PROPERTIES"]
    wave = portal.codes["robot"]["wave"]
    assert "PROPERTIES" not in wave
    assert (wave["USE_PLACEMENT"], "PLACEMENT_HANDLER" in wave) == ("N", False), "there is nothing to set"


async def test_events_and_tabs_have_our_addresses_and_both_names(world: World) -> None:
    portal = await world.installed("a")
    await told(world, portal)
    assert {event["handler"] for event in portal.events} == {f"{PUBLIC_URL}/b24/event"}
    tab = portal.places[0]
    assert tab["handler"] == f"{PUBLIC_URL}/b24/app?placement=CRM_DEAL_DETAIL_TAB"
    assert tab["langAll"] == {"ru": {"TITLE": "Дежурный"}, "en": {"TITLE": "Dezhurny"}}


async def test_triggers_are_told_once_and_those_of_an_older_release_go(world: World) -> None:
    portal = await world.installed("a")
    portal.triggers = {"older": "Старый", "we_replied": "Прежнее имя"}
    report = await told(world, portal)
    assert portal.triggers == trigger_names(await world.info(portal))
    assert portal.triggers["client_wrote"] == "Дежурный: Клиент написал"
    assert set(report.triggers) == {*portal.triggers, "older"}
    assert (await told(world, portal)).triggers == []


async def test_without_a_list_of_triggers_all_are_told_again(world: World) -> None:
    portal = await world.installed("a")
    portal.troubles["crm.automation.trigger.list"] = failure(403, "ACCESS_DENIED")
    portal.triggers = {"older": "Старый"}
    report = await told(world, portal)
    assert report.is_complete
    assert "older" in portal.triggers


async def test_a_second_sync_updates_and_binds_nothing_twice(world: World) -> None:
    portal = await world.installed("a")
    await told(world, portal)
    report = await told(world, portal)
    assert (report.added, report.updated, report.bound) == ([], ["greet", "wave"], [])
    assert len(portal.events) == len(EVENTS)
    assert portal.codes["robot"]["wave"]["PROPERTIES"] == {}


async def test_what_was_wiped_by_an_update_of_the_application_comes_back(world: World) -> None:
    portal = await world.installed("a")
    await told(world, portal)
    portal.codes["robot"].clear()
    portal.events.clear()
    portal.places.clear()
    report = await told(world, portal)
    assert report.added == ["greet", "wave"]
    assert len(portal.events) == len(EVENTS)


async def test_a_robot_of_an_older_release_is_deleted(world: World) -> None:
    portal = await world.installed("a")
    portal.codes["robot"]["old"] = {}
    portal.codes["activity"]["older"] = {}
    report = await told(world, portal)
    assert report.deleted == ["old", "older"]
    assert set(portal.codes["robot"]) == {"greet", "wave"}


async def test_a_robot_that_becomes_an_activity_changes_its_kind(world: World) -> None:
    portal = await world.installed("a")
    await told(world, portal)
    report = await told(world, portal, [Greet(), WaveActivity()])
    assert (report.deleted, report.added, report.updated) == (["wave"], ["wave"], ["greet"])
    assert set(portal.codes["activity"]) == {"wave"}


async def test_a_list_that_lies_is_no_obstacle(world: World) -> None:
    """What is said to be missing is there (add answers so), and what is said to be there is missing (update does)."""
    portal = await world.installed("a")
    await told(world, portal, [Greet()])
    portal.troubles["bizproc.robot.list"] = (200, {"result": ["wave"]})
    report = await told(world, portal)
    assert (report.updated, report.added) == (["greet"], ["wave"])


async def test_without_a_list_nothing_is_deleted(world: World) -> None:
    portal = await world.installed("a")
    portal.codes["robot"]["old"] = {}
    portal.troubles["bizproc.robot.list"] = failure(403, "ACCESS_DENIED", "Access denied!")
    await told(world, portal)
    assert "old" in portal.codes["robot"]


async def test_without_robots_nothing_is_touched(world: World) -> None:
    portal = await world.installed("a")
    with pytest.raises(ValueError, match="Without robots"):
        await told(world, portal, [])


async def test_a_plan_without_robots_is_reported(world: World) -> None:
    portal = await world.installed("a")
    for method in ("list", "add"):
        portal.troubles[f"bizproc.robot.{method}"] = failure(404, "ERROR_METHOD_NOT_FOUND", "Method not found!")
    report = await told(world, portal)
    assert report.refused == {"greet": "ERROR_METHOD_NOT_FOUND", "wave": "ERROR_METHOD_NOT_FOUND"}
    assert not report.is_complete
    assert len(portal.events) == len(EVENTS)


async def test_a_right_that_was_not_given_spoils_only_what_needs_it(world: World) -> None:
    portal = await world.installed("a")
    portal.troubles["placement.bind"] = failure(403, "insufficient_scope")
    report = await told(world, portal)
    assert report.is_complete
    assert report.bound == [*EVENTS]


async def test_a_bind_that_was_done_before_is_done(world: World) -> None:
    portal = await world.installed("a")
    await told(world, portal)
    portal.troubles["event.get"] = failure(403, "ACCESS_DENIED")
    report = await told(world, portal)
    assert report.bound == [*EVENTS]
    assert report.is_complete


async def test_another_refusal_of_a_bind_is_reported(world: World) -> None:
    portal = await world.installed("a")
    portal.troubles["event.bind"] = failure(400, "ERROR_CORE", "Something else broke")
    report = await told(world, portal)
    assert report.refused == dict.fromkeys(EVENTS, "ERROR_CORE")


async def test_handlers_on_foreign_hosts_are_noticed(world: World) -> None:
    portal = await world.installed("a")
    portal.events.append({"event": "ONCRMDEALADD", "handler": "https://evil.example/x"})
    report = await told(world, portal)
    assert report.strangers == ["ONCRMDEALADD"]
    assert report.as_json()["strangers"] == ["ONCRMDEALADD"]


async def test_the_fingerprint_is_of_all_that_is_told(world: World) -> None:
    portal = await world.installed("a")
    info = await world.info(portal)
    same = fingerprint(info, ROBOTS, PUBLIC_URL)
    assert fingerprint(info, reversed(ROBOTS), PUBLIC_URL) == same
    assert fingerprint(info, ROBOTS, "https://other.example.ru") != same
    assert fingerprint(info, [Greet()], PUBLIC_URL) != same
    assert fingerprint(info, [Greet(), WaveActivity()], PUBLIC_URL) != same
    await world.store.change(info.id, admin_user_id=2)
    assert fingerprint(await world.info(portal), ROBOTS, PUBLIC_URL) != same
