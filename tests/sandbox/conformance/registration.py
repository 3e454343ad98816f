"""Registration of robots and activities."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sandbox.workflows import PlacedRobot, State
from tests.sandbox.conformance.rule import rule
from tests.sandbox.conformance.world import World
from tests.sandbox.conftest import HANDLER

ROBOT: dict[str, Any] = {"CODE": "r", "HANDLER": f"{HANDLER}/robot/r", "NAME": "R"}


def complaint(w: World, **changes: Any) -> str:
    """The description of what ``bizproc.robot.add`` refuses."""
    _, said = w.admin.try_("bizproc.robot.add", **(ROBOT | changes))
    return str(said["error_description"])


@rule("platform.md 1.1", "Registration needs the token of an application: a webhook is refused with 403")
def context(w: World) -> None:
    status, said = w.webhook("bizproc.robot.add", **ROBOT)
    assert (status, said["error"]) == (403, "ACCESS_DENIED")
    assert said["error_description"] == "Access denied! Application context required"


@rule("platform.md 1.1", "Registration needs an administrator of the portal; rights in CRM are not enough")
def administrator(w: World) -> None:
    assert w.anna.refused("bizproc.robot.add", **ROBOT) == (403, "ACCESS_DENIED")


@rule(
    "platform.md 1.1",
    "On a plan without business processes their methods are not there: 404",
    switch="plan_has_bizproc",
)
def bizproc_gate(w: World) -> None:
    w.portal.switches.plan_has_bizproc = False
    assert w.admin.refused("bizproc.activity.add", **ROBOT) == (404, "ERROR_METHOD_NOT_FOUND")
    assert w.admin.refused("bizproc.workflow.instances") == (404, "ERROR_METHOD_NOT_FOUND")
    assert w.admin("bizproc.robot.add", **ROBOT) is True


@rule(
    "platform.md 1.1",
    "Methods of robots are there when the plan has either robots or processes",
    switch="plan_has_robots",
)
def robots_gate(w: World) -> None:
    w.portal.switches.plan_has_bizproc = w.portal.switches.plan_has_robots = False
    for method in ("bizproc.robot.add", "bizproc.event.send", "bizproc.activity.log"):
        assert w.admin.refused(method) == (404, "ERROR_METHOD_NOT_FOUND")


@rule("platform.md 1.1", "Checks go context, administrator, validation, uniqueness")
def order_of_checks(w: World) -> None:
    assert w.webhook("bizproc.robot.add", CODE="")[1]["error"] == "ACCESS_DENIED"
    assert w.anna.refused("bizproc.robot.add", CODE="")[1] == "ACCESS_DENIED"
    w.admin("bizproc.robot.add", **ROBOT)
    assert complaint(w, HANDLER="x") == "Unsupported handler protocol"
    assert complaint(w) == "Activity or Robot already installed!"


@rule("platform.md 1.2", "Keys come in any case; names inside PROPERTIES keep theirs")
def keys(w: World) -> None:
    lower = {name.lower(): value for name, value in ROBOT.items()}
    w.admin("bizproc.robot.add", **lower, properties={"afterMinutes": {"name": "m"}})
    assert list(w.app.registrations["r"].properties) == ["afterMinutes"]


@rule("platform.md 1.2", "CODE is of letters, digits, dot, hyphen and underscore, at most 128")
def code(w: World) -> None:
    assert complaint(w, CODE="a b") == "Wrong activity code!"
    assert complaint(w, CODE="a" * 129) == "Wrong activity code!"
    assert complaint(w, CODE="") == "Empty activity code!"
    w.admin("bizproc.robot.add", **(ROBOT | {"CODE": "A-1._"}))


@rule("platform.md 1.2", "CODE is unique across robots and activities of the application")
def one_namespace(w: World) -> None:
    w.admin("bizproc.robot.add", **ROBOT)
    assert w.admin.refused("bizproc.activity.add", **ROBOT) == (400, "ERROR_ACTIVITY_ALREADY_INSTALLED")


@rule("platform.md 1.2", "HANDLER is http or https, its host has a dot, no more than 1000 characters")
def handler(w: World) -> None:
    assert complaint(w, HANDLER="ftp://example.com/x") == "Unsupported handler protocol"
    assert complaint(w, HANDLER="http://localhost/x") == "Wrong handler URL"
    assert complaint(w, HANDLER="http://example.com/" + "x" * 1_000) == "Wrong handler URL"


@rule("platform.md 1.2", "NAME is a text or texts by language, and not empty")
def name(w: World) -> None:
    assert complaint(w, NAME="") == "Empty activity NAME!"
    w.admin("bizproc.robot.add", **(ROBOT | {"NAME": {"ru": "Р", "en": "R"}}))


@rule("platform.md 1.2", "A property needs a NAME and a key that begins with a letter; the set is under 65535 bytes")
def properties(w: World) -> None:
    assert complaint(w, PROPERTIES={"1a": {"NAME": "x"}}) == "Wrong property key (1a)!"
    assert complaint(w, PROPERTIES={"a": {}}) == "Empty property NAME (a)!"
    assert complaint(w, PROPERTIES={"a": {"NAME": "x" * 70_000}}) == "Activity save error!"


@rule("platform.md 1.2", "Names that the executor keeps for itself are never sent")
async def reserved(w: World) -> None:
    w.register(PROPERTIES={"StatusMessage": {"NAME": "s"}, "text": {"NAME": "t"}})
    w.fire()
    assert (await w.forms())[0]["properties"] == {"text": ""}


@rule("platform.md 1.2", "A flat FILTER.INCLUDE is text rules and hides the robot everywhere")
def flat_filter(w: World) -> None:
    w.register(FILTER={"INCLUDE": ["crm", "CCrmDocumentDeal"]})
    w.place("r")
    w.move("C3:WON")
    assert not w.portal.bizproc.history


@rule("platform.md 1.2", "INCLUDE offers the robot where any of its rules fits, EXCLUDE takes it away again")
def filters(w: World) -> None:
    deals = ["crm", "CCrmDocumentDeal"]
    w.register("a", FILTER={"INCLUDE": [deals]})
    w.register("b", FILTER={"INCLUDE": ["b24"], "EXCLUDE": [deals]})
    assert [run.placed.code for run in w.fire("a", "b").runs] == ["a"]


@rule("platform.md 1.2", "Each CODE needs a settings page of its own; only the first 200 characters count")
def settings_pages(w: World) -> None:
    page = {"USE_PLACEMENT": "Y", "PLACEMENT_HANDLER": f"{HANDLER}/settings?" + "x" * 200}
    w.admin("bizproc.robot.add", **ROBOT, **page)
    second = {"CODE": "s", "PLACEMENT_HANDLER": page["PLACEMENT_HANDLER"] + "&code=s"}
    assert w.admin.refused("bizproc.robot.add", **(ROBOT | page | second)) == (400, "ERROR_CORE")
    assert complaint(w, CODE="t", USE_PLACEMENT="Y") == "Wrong handler URL"


@rule("platform.md 1.3", "A robot is not found as an activity, nor the reverse")
def kinds(w: World) -> None:
    w.admin("bizproc.robot.add", **ROBOT)
    assert w.admin.refused("bizproc.activity.delete", CODE="r") == (400, "ERROR_ACTIVITY_NOT_FOUND")


@rule("platform.md 1.4", "An update changes only what it names; without anything to change it is refused")
def update(w: World) -> None:
    w.admin("bizproc.robot.add", **ROBOT, AUTH_USER_ID=7)
    w.admin("bizproc.robot.update", CODE="r", FIELDS={"NAME": "New"})
    kept = w.app.registrations["r"]
    assert (kept.name, kept.auth_user_id) == ("New", 7)
    page = {"PLACEMENT_HANDLER": f"{HANDLER}/s"}
    assert w.admin.try_("bizproc.robot.update", CODE="r", FIELDS=page)[1]["error_description"] == "No fields to update"


@rule("platform.md 1.4", "USE_PLACEMENT=Y without its page creates nothing, N removes it")
def placement(w: World) -> None:
    w.admin("bizproc.robot.add", **ROBOT)
    w.admin("bizproc.robot.update", CODE="r", FIELDS={"USE_PLACEMENT": "Y"})
    assert w.app.registrations["r"].placement_handler == ""
    both = {"USE_PLACEMENT": "Y", "PLACEMENT_HANDLER": f"{HANDLER}/s"}
    w.admin("bizproc.robot.update", CODE="r", FIELDS=both)
    assert w.app.registrations["r"].placement_handler == f"{HANDLER}/s"
    w.admin("bizproc.robot.update", CODE="r", FIELDS={"USE_PLACEMENT": "N"})
    assert w.app.registrations["r"].placement_handler == ""


@rule("platform.md 1.4", "Placed robots keep their own waiting and values; the HANDLER is read as it is now")
async def own_copies(w: World) -> None:
    w.register(PROPERTIES={"a": {"NAME": "a", "DEFAULT": "1"}})
    placed = {"code": "r", "properties": {"a": "5"}}
    order = {"entityTypeId": 2, "stageId": "C3:WON", "robots": [placed]}
    await w.http.post("/_sandbox/automation", json=order)
    changes: dict[str, Any] = {
        "HANDLER": f"{HANDLER}/other",
        "USE_SUBSCRIPTION": "N",
        "PROPERTIES": {"a": {"NAME": "a", "DEFAULT": "2"}},
    }
    w.admin("bizproc.robot.update", CODE="r", FIELDS=changes)
    w.move("C3:WON")
    (form,) = await w.forms()
    assert (form["use_subscription"], form["properties"]) == ("Y", {"a": "5"})
    assert str(w.receiver.requests[0].url) == f"{HANDLER}/other"


@rule("platform.md 1.4", "The list is of codes alone, of this application and kind")
def listing(w: World) -> None:
    w.admin("bizproc.robot.add", **ROBOT)
    w.admin("bizproc.activity.add", **(ROBOT | {"CODE": "a"}))
    assert w.admin("bizproc.robot.list") == ["r"]


@rule("platform.md 1.5", "With USE_SUBSCRIPTION=N a step closes at once, and a later answer does nothing")
def without_waiting(w: World) -> None:
    run = w.waiting(USE_SUBSCRIPTION="N")
    assert run.state is State.DONE
    assert w.admin("bizproc.event.send", EVENT_TOKEN=run.token, RETURN_VALUES={"result": "x"}) is True
    assert run.returned == {}


@rule("platform.md 1.5", "Without USE_SUBSCRIPTION a step does not wait", switch="absent_subscription_waits")
def absent_subscription(w: World) -> None:
    w.register(USE_SUBSCRIPTION="")
    assert w.fire().runs[0].state is State.DONE
    w.portal.switches.absent_subscription_waits = True
    w.move("C3:NEW")
    assert w.fire().runs[0].state is State.WAITING


@rule(
    "platform.md 1.6", "A list of properties shows as a wrong key 0, an empty text as no array, an empty object is fine"
)
def encodings(w: World) -> None:
    assert complaint(w, PROPERTIES=[{"NAME": "x"}]) == "Wrong property key (0)!"
    assert complaint(w, PROPERTIES="") == "Wrong properties array!"
    w.admin("bizproc.robot.add", **ROBOT, PROPERTIES={}, RETURN_PROPERTIES=[])


@rule("platform.md 1.7", "An update of the application wipes robots, handlers of events and placements")
def wiped(w: World) -> None:
    w.register()
    w.listen("ONCRMDEALUPDATE")
    w.portal.apps.update()
    assert (w.app.registrations, w.app.bindings, w.app.placements) == ({}, [], [])


@rule("platform.md 1.7", "A placed robot that nobody registers faults its process; registered anew it works again")
def unknown_robots(w: World) -> None:
    workflow = w.fire("gone")
    assert (workflow.state, workflow.said) == (State.FAULTED, "gone: activity or robot not found")
    w.register("gone")
    w.move("C3:NEW")
    assert w.fire("gone").state is State.RUNNING


@rule("platform.md 1.7", "A local application created anew has another client_id: robots placed before never run again")
def created_anew(w: World) -> None:
    w.register("mine")
    w.place(PlacedRobot("mine", {}, client_id=w.app.client_id))
    w.portal.apps.uninstall()
    anew = replace(w.app, client_id="local.2", registrations={})
    w.portal.apps.install(anew, by=w.portal.people.users[1])
    w.register("mine")
    w.move("C3:WON")
    workflow = w.portal.bizproc.history[-1]
    assert (workflow.state, workflow.said) == (State.FAULTED, "mine: activity or robot not found")
