"""The chat behind a dialog, from the documented answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bitrix24.command import Json
from core.bitrix24.documents import Item
from core.dialogs.chat import Chat, chat_of
from core.dialogs.message import Author, Message
from core.dialogs.window import window_of

NOW = datetime(2026, 3, 16, 17, 54, tzinfo=UTC)


def answer(**changes: Json) -> dict[str, Json]:
    """Give the answer of imopenlines.dialog.get as the documentation has it (imopenlines-dialog-get.md)."""
    return {
        "id": 1777,
        "name": "Салатовый гость №17 - Поддержка",
        "owner": 27,
        "type": "lines",
        "last_message_id": 86313,
        "message_count": 104,
        "restrictions": {"rename": True, "send": True},
        "entity_type": "LINES",
        "entity_id": "livechat|22|1775|599",
        "entity_data_1": "Y|LEAD|1209|N|N|343|1773682918|0|0|0",
        "entity_data_2": "LEAD|1209|COMPANY|0|CONTACT|0|DEAL|0",
        "entity_data_3": "N",
        "role": "owner",
        "manager_list": [27],
        "readed_list": [{"user_id": 599, "user_name": "Гость", "message_id": 86101, "date": None}],
        "dialog_id": "chat1777",
        **changes,
    }


def chat(**changes: Json) -> Chat:
    found = chat_of(answer(**changes))
    assert found is not None
    return found


def test_the_documented_answer() -> None:
    assert chat() == Chat(
        id=1777,
        title="Салатовый гость №17 - Поддержка",
        owner_id=27,
        session_id=343,
        line_id=22,
        connector="livechat",
        client_id=599,
        user_code="livechat|22|1775|599",
        last_message_id=86313,
        session_began_at=datetime(2026, 3, 16, 17, 41, 58, tzinfo=UTC),
        primary=Item(1, 1209),
        bindings=(Item(1, 1209),),
        member_ids=frozenset({27, 599}),
        role="owner",
        can_rename=True,
    )


STATES = [
    ("accepted", 27, "343", "N", {"open": True, "accepted": True, "in_queue": False, "closing": False}),
    ("in the queue", 0, "343", "N", {"open": True, "accepted": False, "in_queue": True, "closing": False}),
    ("closing", 27, "343", "Y", {"open": True, "accepted": True, "in_queue": False, "closing": True}),
    ("closed", 0, "0", "N", {"open": False, "accepted": False, "in_queue": False, "closing": False}),
    ("closed with a stale mark", 0, "0", "Y", {"open": False, "accepted": False, "in_queue": False, "closing": False}),
]


@pytest.mark.parametrize(("why", "owner", "session", "closing", "expected"), STATES, ids=[row[0] for row in STATES])
def test_states(why: str, owner: int, session: str, closing: str, expected: dict[str, bool]) -> None:
    found = chat(owner=owner, entity_data_1=f"Y|DEAL|5|N|{closing}|{session}|1773682918|0|0|0")
    assert {name: getattr(found, name) for name in expected} == expected


def test_a_transfer_to_another_line_wins_over_the_chats_first_line() -> None:
    assert chat(entity_data_1="Y|LEAD|1209|N|N|343|1773682918|31|0|0").line_id == 31


def test_pinned_and_silent() -> None:
    assert chat(entity_data_1="Y|LEAD|1209|Y|N|343|1773682918|0|0|0").pinned
    assert chat(entity_data_3="Y").silent
    assert not chat().silent
    assert not chat(restrictions={"rename": False}).can_rename


def test_bindings_are_read_by_name_in_any_order() -> None:
    found = chat(entity_data_2="DEAL|7|CONTACT|5|LEAD|0|COMPANY|3|JUNK|9")
    assert set(found.bindings) == {Item(2, 7), Item(3, 5), Item(4, 3)}


@pytest.mark.parametrize("data", ["N|LEAD|1209|N|N|343|0|0|0|0", "Y|NONE|0|N|N|343|0|0|0|0", "", "Y", None, 5])
def test_a_chat_without_a_primary_item(data: Json) -> None:
    assert chat(entity_data_1=data).primary is None


@pytest.mark.parametrize("result", [None, False, [], {}, {"id": 0}, {"id": "x"}, "chat1"])
def test_what_describes_no_chat(result: Json) -> None:
    assert chat_of(result) is None


@given(
    st.dictionaries(st.sampled_from(list(answer())), st.none() | st.integers() | st.text() | st.lists(st.integers()))
)
def test_no_answer_breaks_the_reading(changes: dict[str, Json]) -> None:
    chat_of(answer(**changes))


# --- the reply window -------------------------------------------------------------------------------------------


def wrote(hours_ago: float, author: Author = Author.CLIENT) -> Message:
    return Message(id=1, at=NOW - timedelta(hours=hours_ago), author=author, author_id=5, text="?")


WINDOWS = [
    ("no limit on a site chat", "livechat", 0, [], True, None),
    ("a tracked window in the future", "whatsappbyedna", 3600, [], True, timedelta(hours=1)),
    ("a tracked window that closed", "whatsappbyedna", -60, [wrote(0.1)], False, timedelta(minutes=-1)),
    ("instagram within a day", "fbinstagramdirect", 0, [wrote(23)], True, timedelta(hours=1)),
    ("instagram after a day", "fbinstagramdirect", 0, [wrote(25)], False, timedelta(hours=-1)),
    ("facebook goes by the last message", "facebook", 0, [wrote(30), wrote(2)], True, timedelta(hours=22)),
    ("our own messages do not extend it", "facebook", 0, [wrote(30), wrote(1, Author.HUMAN)], False,
     timedelta(hours=-6)),
    ("instagram without a client in sight", "fbinstagramdirect", 0, [wrote(1, Author.HUMAN)], False, None),
    ("comments have no window", "facebookcomments", 0, [wrote(100)], True, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("why", "connector", "seconds", "messages", "is_open", "left"), WINDOWS, ids=[row[0] for row in WINDOWS]
)
def test_windows(
    why: str, connector: str, seconds: int, messages: list[Message], is_open: bool, left: timedelta | None
) -> None:
    until = int(NOW.timestamp()) + seconds if seconds else 0
    found = chat(
        entity_id=f"{connector}|22|1775|599",
        entity_data_1=f"Y|DEAL|5|N|N|343|1773682918|0|{until}|{'DEFAULT' if seconds else 0}",
    )
    window = window_of(found, messages, now=NOW)
    assert window.open is is_open
    assert window.until == (None if left is None else NOW + left)
    assert found.blocked(NOW) is (seconds < 0)
    assert found.block_reason == ("DEFAULT" if seconds else "")
