"""What events hint at, in the shapes that documentation and source give them."""

import pytest

from core.bitrix24.documents import DEAL, Item
from server.intake.form import Value
from server.intake.hints import Client, Hint, hints, mark

CONNECTOR: dict[str, Value] = {"connector_id": "telegrambot", "line_id": "2", "chat_id": "77", "user_id": "5"}


@pytest.mark.parametrize(
    ("event", "data", "expected"),
    [
        ("ONCRMDEALUPDATE", {"FIELDS": {"ID": "17"}}, [Item(DEAL, 17)]),
        ("ONCRMDEALUPDATE", {"FIELDS": {"ID": "-1"}}, []),
        ("ONCRMDEALUPDATE", {"FIELDS": {"ID": ["17"]}}, []),
        ("ONCRMDEALUPDATE", {"FIELDS": "17"}, []),
        ("ONCRMDEALUPDATE", {}, []),
        (
            "ONOPENLINEMESSAGEADD",
            {"CONNECTOR": "telegrambot", "LINE": "2", "DATA": {"message": {"id": "5", "chat_id": "801"}}},
            [801],
        ),
        (
            "ONOPENLINEMESSAGEADD",
            {"CONNECTOR": "telegrambot", "LINE": "2", "DATA": [{"message": {"chat_id": "801"}}]},
            [801],
        ),
        (
            "ONOPENLINEMESSAGEADD",
            {"DATA": {"connector": CONNECTOR, "message": {"id": "5", "chat_id": "9"}}},
            [Client("telegrambot|2|77|5")],
        ),
        ("ONOPENLINEMESSAGEADD", {"DATA": [{"connector": CONNECTOR}]}, [Client("telegrambot|2|77|5")]),
        ("ONOPENLINEMESSAGEADD", {"DATA": {"connector": {**CONNECTOR, "user_id": ""}}}, []),
        ("ONOPENLINEMESSAGEADD", {"DATA": {"connector": {**CONNECTOR, "chat_id": ["77"]}}}, []),
        ("ONOPENLINEMESSAGEADD", {"DATA": {"connector": {**CONNECTOR, "chat_id": "7\x00"}}}, []),
        ("ONOPENLINEMESSAGEADD", {"DATA": {"connector": {**CONNECTOR, "chat_id": "7" * 500}}}, []),
        ("ONOPENLINEMESSAGEADD", {"DATA": {"message": {"chat_id": "9"}}}, []),
        ("ONSESSIONFINISH", {"DATA": {"connector": CONNECTOR, "chat": {"chat_id": "801"}}}, [801]),
        ("ONSESSIONFINISH", {"DATA": [{"chat": {"id": "801"}, "session": {"id": "3"}}]}, [801]),
        ("ONSESSIONSTART", {"DATA": {"chat": {"chat_id": "801"}}}, [801]),
        ("ONSESSIONSTART", {"DATA": {"chat": {"chat_id": "0"}}}, []),
        ("ONSESSIONSTART", {"DATA": "x"}, []),
        ("ONSESSIONSTART", {"DATA": ["x"]}, []),
        ("ONAPPTEST", {"DATA": {"chat": {"chat_id": "801"}}}, []),
    ],
)
def test_hints(event: str, data: dict[str, Value], expected: list[Hint]) -> None:
    assert hints(event, data) == expected


def test_the_mark_is_of_what_makes_events_the_same() -> None:
    form: dict[str, Value] = {"event": "x", "event_handler_id": "1", "ts": "5", "data": {"FIELDS": {"ID": "1"}}}
    same = mark("ONCRMDEALUPDATE", form)
    assert mark("ONCRMDEALUPDATE", {**form, "auth": {"access_token": "other"}}) == same
    others: list[dict[str, Value]] = [{"event_handler_id": "2"}, {"ts": "6"}, {"data": {"FIELDS": {"ID": "2"}}}]
    for other in others:
        assert mark("ONCRMDEALUPDATE", {**form, **other}) != same
    assert mark("ONCRMLEADUPDATE", form) != same
