"""CRM, tasks and notifications (openlines.md part 6)."""

from __future__ import annotations

from typing import Any

from sandbox.crm import CONTACT, DEAL, LEAD
from sandbox.demo import ANNA, DMITRY, PROCESS_TYPE
from tests.sandbox.conformance.rule import rule
from tests.sandbox.conformance.world import World


@rule("openlines.md 6", "crm.item.* has one camelCase for all types; not found and no access are 400")
def items(w: World) -> None:
    for kind in (LEAD, DEAL, PROCESS_TYPE):
        said = w.admin("crm.item.get", entityTypeId=kind, id=1)["item"]
        assert {"id", "title", "stageId", "assignedById", "companyId", "contactId"} <= said.keys()
    assert w.admin.refused("crm.item.get", entityTypeId=DEAL, id=99) == (400, "NOT_FOUND")
    w.portal.people.users[ANNA].reads_crm = False
    assert w.anna.refused("crm.item.get", entityTypeId=DEAL, id=1) == (400, "ACCESS_DENIED")


@rule("openlines.md 6", "crm.deal.*, lead, contact and company answer in capitals and texts")
def classic(w: World) -> None:
    deal = w.admin("crm.deal.get", id=1)
    assert (deal["ID"], deal["ASSIGNED_BY_ID"], deal["COMPANY_ID"], deal["STAGE_ID"]) == ("1", "8", "40", "C3:NEW")
    assert w.admin("crm.lead.get", id=1)["STATUS_ID"] == "NEW"
    assert w.admin("crm.contact.get", id=100)["NAME"] == "Марина"
    assert w.admin("crm.company.get", id=40)["TITLE"] == "ООО «Ромашка»"
    assert w.admin.refused("crm.deal.get", id=99) == (400, "")


@rule("openlines.md 6", "Custom fields are ufCrm… in crm.item.*, UF_CRM_… by request and in the old methods")
def custom_fields(w: World) -> None:
    w.admin("crm.item.update", entityTypeId=DEAL, id=1, fields={"ufCrm_1720": "a", "ufCrmCityName": "b"})
    said = w.admin("crm.item.get", entityTypeId=DEAL, id=1)["item"]
    assert (said["ufCrm_1720"], said["ufCrmCityName"]) == ("a", "b")
    said = w.admin("crm.item.get", entityTypeId=DEAL, id=1, useOriginalUfNames="Y")["item"]
    assert (said["UF_CRM_1720"], said["UF_CRM_CITY_NAME"]) == ("a", "b")
    assert w.admin("crm.deal.list", filter={"UF_CRM_CITY_NAME": "b"}, select=["ID"]) == [{"ID": "1"}]


@rule("openlines.md 6", "Saving equal values does nothing; other ones tell of it and may start robots")
async def saving(w: World) -> None:
    w.listen("ONCRMDEALUPDATE")
    w.admin("crm.item.update", entityTypeId=DEAL, id=1, fields={"assignedById": ANNA})
    assert await w.events("ONCRMDEALUPDATE") == []
    w.admin("crm.item.update", entityTypeId=DEAL, id=1, fields={"assignedById": DMITRY})
    assert len(await w.events("ONCRMDEALUPDATE")) == 1


@rule("openlines.md 6", "Stages have a history, for leads, deals and smart processes, not for contacts")
def stage_history(w: World) -> None:
    w.move("C3:WORK")
    w.move("C3:WON")
    rows = w.admin("crm.stagehistory.list", entityTypeId=DEAL, filter={"OWNER_ID": 1})["items"]
    assert [(row["TYPE_ID"], row["STAGE_ID"]) for row in rows] == [(2, "C3:WORK"), (3, "C3:WON")]
    assert w.admin("crm.stagehistory.list", entityTypeId=CONTACT)["items"] == []


@rule("openlines.md 6", "Funnels, their stages and smart processes are listed")
def funnels(w: World) -> None:
    (funnel,) = w.admin("crm.category.list", entityTypeId=DEAL)["categories"]
    stages = w.admin("crm.status.list", filter={"ENTITY_ID": f"DEAL_STAGE_{funnel['id']}"})
    assert [one["STATUS_ID"] for one in stages] == ["C3:NEW", "C3:WORK", "C3:WAIT", "C3:WON"]
    assert w.admin("crm.status.list", filter={"ENTITY_ID": "STATUS"})[0]["STATUS_ID"] == "NEW"
    (process,) = w.admin("crm.type.list")["types"]
    assert (process["entityTypeId"], process["isAutomationEnabled"]) == (PROCESS_TYPE, "Y")


@rule("openlines.md 6", "A comment is added with fields in lower case, to deal or dynamic_1036, and listed by its card")
def comments(w: World) -> None:
    fields: dict[str, Any] = {"ENTITY_ID": 1, "ENTITY_TYPE": "dynamic_1036", "COMMENT": "Готово"}
    number = w.admin("crm.timeline.comment.add", fields=fields)
    assert w.admin.try_("crm.timeline.comment.add", FIELDS=fields)[0] == 400
    (row,) = w.admin("crm.timeline.comment.list", filter={"ENTITY_ID": 1, "ENTITY_TYPE": "dynamic_1036"})
    assert (row["ID"], row["COMMENT"]) == (str(number), "Готово")


@rule("openlines.md 6", "A to-do hangs on its card, under the activity it belongs to")
def todos(w: World) -> None:
    parent = w.session().activity
    assert parent is not None
    order: dict[str, Any] = {
        "ownerTypeId": DEAL,
        "ownerId": 1,
        "deadline": "2026-11-25T10:00:00+03:00",
        "title": "Ответить",
    }
    made = w.admin("crm.activity.todo.add", **order, parentActivityId=parent.id, responsibleId=DMITRY)
    row = w.admin("crm.activity.get", id=made["id"])
    assert (row["PROVIDER_ID"], row["SUBJECT"], row["ASSOCIATED_ENTITY_ID"]) == ("CRM_TODO", "Ответить", str(parent.id))
    assert w.admin("crm.activity.update", id=made["id"], fields={"COMPLETED": "Y"}) is True
    assert w.admin("crm.activity.get", id=made["id"])["COMPLETED"] == "Y"


@rule(
    "openlines.md 6", "A task needs a title and a responsible; CRM is named by letters; without them it is ERROR_CORE"
)
def tasks(w: World) -> None:
    fields: dict[str, Any] = {"TITLE": "Ответить", "RESPONSIBLE_ID": ANNA, "UF_CRM_TASK": ["D_1", "T40c_1"]}
    task = w.admin("tasks.task.add", fields=fields)["task"]
    assert (task["responsibleId"], task["ufCrmTask"]) == (str(ANNA), ["D_1", "T40c_1"])
    for missing in ("TITLE", "RESPONSIBLE_ID"):
        left = {name: value for name, value in fields.items() if name != missing}
        assert w.admin.refused("tasks.task.add", fields=left) == (400, "ERROR_CORE")
    assert w.admin("tasks.task.complete", taskId=task["id"])["task"]["status"] == "5"
    assert w.admin.refused("tasks.task.complete", taskId=task["id"])[0] == 400


@rule("openlines.md 6", "A notification names the application or the caller; the same TAG replaces the one before")
def notifications(w: World) -> None:
    w.app.title = "Дежурный"
    for text in ("Ждёт 15 минут", "Ждёт 30 минут"):
        assert w.admin("im.notify.system.add", USER_ID=ANNA, MESSAGE=text, TAG="ol|1") > 0
    w.admin("im.notify.personal.add", USER_ID=ANNA, MESSAGE="От меня")
    assert [(one.author, one.text) for one in w.portal.office.notifications] == [
        (0, "Дежурный\nЖдёт 30 минут"),
        (1, "От меня"),
    ]
    assert w.admin("im.notify.system.add", USER_ID=99, MESSAGE="x") is False
    assert w.admin("im.notify.delete", TAG="ol|1") is True
    assert len(w.portal.office.notifications) == 1


@rule("openlines.md 6", "Lists filter with prefixes, order by several keys, select fields")
def lists(w: World) -> None:
    found = w.admin(
        "crm.item.list",
        entityTypeId=DEAL,
        filter={">=opportunity": 10_000, "!stageId": "C3:WON", "%title": "ООО"},
        order={"opportunity": "DESC"},
        select=["id", "opportunity"],
    )
    assert [one["id"] for one in found["items"]] == [7, 1]
