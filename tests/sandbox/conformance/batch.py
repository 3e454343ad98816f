"""The batch: fifty commands in one hit, with references between them (openlines.md part 2)."""

from __future__ import annotations

from sandbox.dialogs import Status
from tests.sandbox.conformance.rule import rule
from tests.sandbox.conformance.world import World


@rule("openlines.md 2", "Fifty commands at most; a batch in a batch is refused alone with 405")
def sizes(w: World) -> None:
    said = w.admin.batch({"a": "batch?cmd[x]=profile", "b": "user.admin"})
    assert (said["result_error"]["a"]["error"], said["result"]["b"]) == ("ERROR_BATCH_METHOD_NOT_ALLOWED", True)
    assert w.admin.refused("batch", cmd={str(n): "profile" for n in range(51)}) == (
        400,
        "ERROR_BATCH_LENGTH_EXCEEDED",
    )


@rule("openlines.md 2", "HTTP is 200 whatever the commands say; halt=1 stops at the first error, an empty list is none")
def halting(w: World) -> None:
    commands = {"list": "crm.activity.list?filter[ID]=0", "bad": "crm.item.get?entityTypeId=2&id=99", "next": "profile"}
    assert list(w.admin.batch(commands)["result"]) == ["list", "next"]
    assert list(w.admin.batch(commands, halt=1)["result"]) == ["list"]


@rule("openlines.md 2", "A value that is one reference becomes the value, inside a text a text")
def references(w: World) -> None:
    said = w.admin.batch(
        {
            "deal": "crm.item.get?entityTypeId=2&id=1",
            "note": "im.notify.personal.add?USER_ID=$result[deal][item][assignedById]"
            "&MESSAGE=$result[deal][item][title]",
        }
    )
    assert not said["result_error"]
    made = w.portal.office.notifications[-1]
    assert (made.user_id, made.text) == (8, w.deal().title)


@rule("openlines.md 2", "What is glued to a reference up to the next space is swallowed")
def glue(w: World) -> None:
    commands = {
        "deal": "crm.item.get?entityTypeId=2&id=1",
        "note": "im.notify.personal.add?USER_ID=8&MESSAGE=$result[deal][item][id]: deal",
    }
    w.admin.batch(commands)
    assert w.portal.office.notifications[-1].text == "1 deal"


@rule(
    "openlines.md fact 10", "A missing reference becomes an array: classic methods take it for 1, the others refuse it"
)
def misses(w: World) -> None:
    commands = {
        "list": "crm.item.get?entityTypeId=2&id=1",
        "note": "im.notify.personal.add?USER_ID=$result[list][nothing]&MESSAGE=x",
        "item": "crm.item.get?entityTypeId=2&id=$result[list][nothing]",
        "chat": "imopenlines.crm.chat.get?CRM_ENTITY_TYPE=deal&CRM_ENTITY=$result[list][nothing]",
    }
    said = w.admin.batch(commands)
    assert w.portal.office.notifications[-1].user_id == 1
    assert {key: one["error"] for key, one in said["result_error"].items()} == {"item": "100", "chat": "ERROR_ARGUMENT"}


@rule("openlines.md 2", "A guarded reference, 0$result[…] or chat$result[…], finds its number or fails cleanly")
def guards(w: World) -> None:
    chat = w.chat.id
    commands = {
        "chats": "imopenlines.crm.chat.get?CRM_ENTITY_TYPE=deal&CRM_ENTITY=1",
        "dialog": "imopenlines.dialog.get?CHAT_ID=0$result[chats][0][CHAT_ID]",
        "messages": "im.dialog.messages.get?DIALOG_ID=chat$result[chats][0][CHAT_ID]",
        "none": "imopenlines.crm.chat.get?CRM_ENTITY_TYPE=deal&CRM_ENTITY=8",
        "miss": "imopenlines.dialog.get?CHAT_ID=0$result[none][0][CHAT_ID]",
        "nobody": "im.dialog.messages.get?DIALOG_ID=chat$result[none][0][CHAT_ID]",
    }
    said = w.admin.batch(commands)
    assert (said["result"]["dialog"]["id"], said["result"]["messages"]["chat_id"]) == (chat, chat)
    errors = {key: one["error"] for key, one in said["result_error"].items()}
    assert errors == {"miss": "ACCESS_ERROR", "nobody": "DIALOG_ID_EMPTY"}


@rule(
    "openlines.md fact 10",
    "A company that is null counts as missing, one that is 0 does not",
    switch="absent_company_is_null",
)
def null_company(w: World) -> None:
    w.deal().company_id = 0
    commands = {
        "deal": "crm.item.get?entityTypeId=2&id=1",
        "company": "crm.item.get?entityTypeId=4&id=$result[deal][item][companyId]",
    }
    assert w.admin.batch(commands)["result_error"]["company"]["error"] == "NOT_FOUND"
    w.portal.switches.absent_company_is_null = True
    assert w.admin.batch(commands)["result_error"]["company"]["error"] == "100"


@rule("openlines.md 2", "$result, $total, $time … in a text is replaced, $anything else is not")
def texts(w: World) -> None:
    commands = {"a": "user.admin", "b": "im.notify.personal.add?USER_ID=8&MESSAGE=$100 and $total[a] left"}
    w.admin.batch(commands)
    assert w.portal.office.notifications[-1].text == "$100 and $total[a] left"
    w.admin.batch({"a": "user.get", "b": "im.notify.personal.add?USER_ID=8&MESSAGE=$total[a] people"})
    assert w.portal.office.notifications[-1].text == "5 people"


@rule("openlines.md 2", "Values must be percent-encoded: & # + cut and change them")
def encoding(w: World) -> None:
    w.admin.batch(
        {
            "a": "im.notify.personal.add?USER_ID=8&MESSAGE=a+b & c",
            "b": "im.notify.personal.add?USER_ID=8&MESSAGE=a%2Bb%20%26%20c",
        }
    )
    assert [one.text for one in w.portal.office.notifications] == ["a b ", "a+b & c"]


@rule("openlines.md 2", "Parameters in a batch pass a filter that alters markup", switch="batch_filters_markup")
def markup(w: World) -> None:
    command = {"a": "im.notify.personal.add?USER_ID=8&MESSAGE=%3Cscript%3E"}
    w.admin.batch(command)
    w.portal.switches.batch_filters_markup = False
    w.admin.batch(command)
    assert [one.text for one in w.portal.office.notifications] == ["<sc ript>", "<script>"]


@rule(
    "openlines.md 2", "im.message.add delivers after the hit: a finish in the same batch closes first and it opens anew"
)
def deferral(w: World) -> None:
    chat, session = w.chat, w.session()
    said = w.anna.batch(
        {
            "say": f"im.message.add?DIALOG_ID=chat{chat.id}&MESSAGE=До свидания",
            "end": f"imopenlines.operator.finish?CHAT_ID={chat.id}",
        }
    )
    assert not said["result_error"]
    assert session.status is Status.CLOSE
    assert w.session().id != session.id
    assert w.session().is_open


@rule("openlines.md 2", "Method names are taken in any case")
def names(w: World) -> None:
    assert w.admin.batch({"a": "USER.ADMIN", "b": "Imopenlines.Crm.Chat.GETLASTID?CRM_ENTITY_TYPE=deal&CRM_ENTITY=1"})[
        "result"
    ]
