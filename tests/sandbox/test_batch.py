"""The grammar of ``batch``, one case for each rule of openlines.md part 2."""

from __future__ import annotations

import pytest

from sandbox.batch import Answers, resolve
from sandbox.wire import Json
from tests.sandbox.conftest import Asker

KNOWN = Answers(
    result={
        "chats": [{"CHAT_ID": "1763"}],
        "item": {"item": {"title": "Acme", "companyId": None, "assignedById": 8}},
        "none": [],
        "flag": True,
    },
    error={"bad": {"error": "ACCESS_ERROR", "error_description": "no"}},
    total={"acts": 12},
    next={"acts": 50},
)

RULES: list[tuple[str, Json, Json]] = [
    ("a whole reference becomes the value", "$result[chats][0][CHAT_ID]", "1763"),
    ("a whole reference may be an array", "$result[chats]", [{"CHAT_ID": "1763"}]),
    ("names are read in any case", "$RESULT[chats][0][CHAT_ID]", "1763"),
    ("inside a text the value is put in", "chat$result[chats][0][CHAT_ID]", "chat1763"),
    ("a guarded number keeps its leading zero", "0$result[chats][0][CHAT_ID]", "01763"),
    ("two references in one text", "$result[chats][0][CHAT_ID] and $result[item][item][title]", "1763 and Acme"),
    ("what is glued to a reference is swallowed", "$result[item][item][title]: deal", "Acme deal"),
    ("a space ends a reference", "$result[item][item][title] : deal", "Acme : deal"),
    ("a line break ends a reference", "$result[item][item][title]\nnext", "Acme\nnext"),
    ("a missing key stops at the deepest ancestor", "$result[chats][0][NOTHING]", {"CHAT_ID": "1763"}),
    ("a null key counts as missing", "$result[item][item][companyId]", KNOWN.result["item"]["item"]),  # type: ignore[call-overload, index]
    ("a missing command gives all results", "$result[failed][0][CHAT_ID]", KNOWN.result),
    ("an empty list stays an empty list", "$result[none][0][ID]", []),
    ("an array is not put into a text", "0$result[failed][0][CHAT_ID]", "0$result[failed][0][CHAT_ID]"),
    ("a boolean is not put into a text", "x $result[flag]", "x $result[flag]"),
    ("totals can be referred to", "$total[acts]", 12),
    ("so can the next page", "$next[acts]", 50),
    ("so can errors", "$error[bad][error]", "ACCESS_ERROR"),
    ("any other dollar is text", "$5 and $anything[x]", "$5 and $anything[x]"),
    ("values deep in a tree are replaced", {"f": {"ID": ["$result[chats][0][CHAT_ID]"]}}, {"f": {"ID": ["1763"]}}),
    ("keys are replaced as well", {"UF_$result[chats][0][CHAT_ID]": "x"}, {"UF_1763": "x"}),
    ("client text is replaced too", "Hi $result[item][item][assignedById]", "Hi 8"),
]


@pytest.mark.parametrize(("value", "expected"), [rule[1:] for rule in RULES], ids=[rule[0] for rule in RULES])
def test_reference(value: Json, expected: Json) -> None:
    assert resolve(value, KNOWN) == expected


def test_fifty_commands_are_the_most(ask: Asker) -> None:
    assert len(ask.batch({f"c{n}": "server.time" for n in range(50)})["result"]) == 50
    assert ask.refused("batch", cmd={f"c{n}": "server.time" for n in range(51)}) == (400, "ERROR_BATCH_LENGTH_EXCEEDED")


def test_a_batch_in_a_batch_is_refused_alone(ask: Asker) -> None:
    said = ask.batch({"a": "batch?cmd[x]=server.time", "b": "server.time"})
    assert said["result_error"]["a"]["error"] == "ERROR_BATCH_METHOD_NOT_ALLOWED"
    assert "b" in said["result"]


def test_an_error_stops_only_with_halt(ask: Asker) -> None:
    commands = {"a": "crm.item.get?entityTypeId=2&id=999", "b": "server.time"}
    assert "b" in ask.batch(commands)["result"]
    assert ask.batch(commands, halt=1)["result"] == []


def test_an_empty_list_is_no_error(ask: Asker) -> None:
    said = ask.batch({"a": "imopenlines.crm.chat.get?CRM_ENTITY_TYPE=deal&CRM_ENTITY=8", "b": "server.time"}, halt=1)
    assert said["result"]["a"] == []
    assert "b" in said["result"]


def test_empty_maps_are_lists_as_php_writes_them(ask: Asker) -> None:
    said = ask.batch({"a": "server.time"})
    assert said["result_error"] == []
    assert said["result_total"] == []


def test_commands_in_a_list_answer_in_a_list(ask: Asker) -> None:
    assert isinstance(ask("batch", cmd=["server.time", "user.admin"])["result"], list)


def test_totals_and_pages_stand_beside_the_results(ask: Asker) -> None:
    said = ask.batch({"a": "crm.activity.list?filter[COMPLETED]=N"})
    assert said["result_total"]["a"] == 8


def test_values_must_be_percent_encoded(ask: Asker) -> None:
    ask.batch({"a": "im.notify.system.add?USER_ID=7&MESSAGE=salt & pepper"})
    assert ask.portal.office.notifications[-1].text.endswith("salt ")
    ask.batch({"a": "im.notify.system.add?USER_ID=7&MESSAGE=salt%20%26%20pepper"})
    assert ask.portal.office.notifications[-1].text.endswith("salt & pepper")


def test_a_missed_reference_becomes_user_one_in_classic_methods(ask: Asker) -> None:
    ask.batch({"t": "server.time", "n": "im.notify.system.add?USER_ID=$result[gone][0][ID]&MESSAGE=oops"})
    assert ask.portal.office.notifications[-1].user_id == 1  # openlines.md fact 10


def test_a_guarded_reference_fails_cleanly(ask: Asker) -> None:
    said = ask.batch({"t": "server.time", "n": "im.notify.system.add?USER_ID=0$result[gone][0][ID]&MESSAGE=oops"})
    assert said["result_error"]["n"]["error"] == "USER_ID_EMPTY"


def test_controllers_reject_a_missed_reference(ask: Asker) -> None:
    said = ask.batch({"t": "server.time", "i": "crm.item.get?entityTypeId=4&id=$result[gone][item][companyId]"})
    assert said["result_error"]["i"]["error"] == "100"


def test_crm_dialog_methods_reject_a_missed_reference(ask: Asker) -> None:
    said = ask.batch(
        {
            "t": "server.time",
            "m": "imopenlines.crm.message.add?CRM_ENTITY_TYPE=deal&CRM_ENTITY=1&USER_ID=$result[x]&CHAT_ID=5&MESSAGE=a",
        }
    )
    assert said["result_error"]["m"]["error"] == "ERROR_ARGUMENT"


def test_markup_is_altered_in_batches_only(ask: Asker) -> None:
    ask.batch({"a": "im.notify.system.add?USER_ID=7&MESSAGE=%3Cscript%3E"})
    assert "<script>" not in ask.portal.office.notifications[-1].text
    ask("im.notify.system.add", USER_ID=7, MESSAGE="<script>")
    assert "<script>" in ask.portal.office.notifications[-1].text


def test_a_batch_is_one_request_of_many_commands(ask: Asker) -> None:
    ask.batch({"a": "server.time", "b": "user.admin"})
    calls = list(ask.portal.journal.calls)
    assert [one.method for one in calls] == ["batch", "server.time", "user.admin"]
    assert [one.batch for one in calls] == [None, "a", "b"]
    assert len({one.request for one in calls}) == 1


def test_each_command_says_how_long_its_method_has_worked(ask: Asker) -> None:
    said = ask.batch({"a": "server.time", "b": "server.time"})
    assert said["result_time"]["b"]["operating"] > said["result_time"]["a"]["operating"]
