"""Whose a message is, in both shapes in which Bitrix24 gives messages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bitrix24.command import Json
from core.dialogs.message import Author, Boundary, Channel, Message, classify, read_messages
from core.dialogs.own import OwnMessages, UnsettledSend, text_hash
from core.dialogs.people import User, users_of

CLIENT, ANNA, BOT, STRANGER = 599, 27, 597, 601
USERS = users_of(
    [
        {"id": CLIENT, "name": "Гость", "bot": False, "connector": True, "external_auth_id": "imconnector"},
        {"id": STRANGER, "name": "Страница", "connector": True},
        {"id": ANNA, "name": "Анна", "bot": False, "connector": False, "external_auth_id": "default", "absent": False},
        {"id": BOT, "name": "Бот", "bot": True, "connector": False},
    ]
)
AT = "2026-03-11T13:12:46+03:00"
SENT_AT = datetime(2026, 3, 11, 10, 12, 46, tzinfo=UTC)


def from_chat(author: int, text: str = "Здравствуйте", params: Json = None) -> Json:
    """Give a message as im.dialog.messages.get writes it."""
    return {"id": 85851, "chat_id": 1763, "author_id": author, "date": AT, "text": text, "params": params or []}


def from_history(author: int, text: str = "Здравствуйте", params: Json = None) -> Json:
    """Give the same message as imopenlines.session.history.get writes it: other names, text for numbers."""
    odd = {"COMPONENT_ID": "componentId", "CLASS": "class", "IS_DELETED": "isDeleted", "FILE_ID": "fileId",
           "IMOL_VOTE_USER": "imolVoteUser", "ATTACH": "attach"}  # fmt: skip
    given = params if isinstance(params, dict) else {}
    return {
        "id": "85851", "chatid": "1763", "senderid": str(author), "recipientid": "chat1763", "date": AT, "text": text,
        "textlegacy": text, "params": {odd[name]: value for name, value in given.items()},
    }  # fmt: skip


def only(raw: Json, own: OwnMessages | None = None, channel: Channel | None = None) -> Message:
    (message,) = classify(read_messages([raw]), users=USERS, own=own or OwnMessages(), channel=channel)
    return message


OUTPUT = "bx-messenger-content-item-ol-output"
CLASSES = [
    ("a connector user is the client", CLIENT, "Привет", {}, Author.CLIENT),
    ("an employee is a human, whoever he is", ANNA, "Привет", {}, Author.HUMAN),
    ("any bot is a robot", BOT, "Привет", {}, Author.ROBOT),
    ("nobody is the system", 0, "Создан новый лид", {}, Author.SYSTEM),
    ("a welcome text is the system", 0, "Добро пожаловать", {"CLASS": OUTPUT}, Author.SYSTEM),
    ("a whisper is hidden", ANNA, "коллеги", {"COMPONENT_ID": "HiddenMessage"}, Author.HIDDEN),
    ("a staff note is hidden", ANNA, "коллеги", {"CLASS": "bx-messenger-content-item-system"}, Author.HIDDEN),
    ("a note of the widget is hidden", 0, "данные", {"COMPONENT_ID": "HiddenMessage"}, Author.HIDDEN),
    ("somebody who is not described is unknown", 777, "Привет", {}, Author.UNKNOWN),
    ("an echo of staff is unknown", CLIENT, "=== Исходящее сообщение, автор: Телефон ===\nДобрый день", {},
     Author.UNKNOWN),
    ("a service line of a connector is the system", CLIENT, "=== SYSTEM WZ === Сообщение не доставлено", {},
     Author.SYSTEM),
]  # fmt: skip


@pytest.mark.parametrize(("why", "author", "text", "params", "expected"), CLASSES, ids=[row[0] for row in CLASSES])
@pytest.mark.parametrize("shape", [from_chat, from_history])
def test_authors(why: str, author: int, text: str, params: Json, expected: Author, shape: object) -> None:
    raw = from_chat(author, text, params) if shape is from_chat else from_history(author, text, params)
    assert only(raw).author is expected


@pytest.mark.parametrize("shape", ["chat", "history"])
def test_both_shapes_give_the_same_message(shape: str) -> None:
    params: Json = {"FILE_ID": [5437], "IS_DELETED": "Y"}
    raw = from_chat(ANNA, "Смотрите", params) if shape == "chat" else from_history(ANNA, "Смотрите", params)
    assert only(raw) == Message(
        id=85851,
        at=SENT_AT,
        author=Author.HUMAN,
        author_id=ANNA,
        text="Смотрите",
        has_files=True,
        deleted=True,
    )


def test_automatic_texts_reached_the_client_and_notes_did_not() -> None:
    welcome = only(from_chat(0, "Добро пожаловать", {"CLASS": OUTPUT}))
    assert welcome.automatic
    assert welcome.ours
    note = only(from_chat(0, "Анна присоединилась", {"CODE": ["CHAT_JOIN"]}))
    assert not note.automatic
    assert not note.ours


BOUNDARIES = [
    ({"CLASS": "bx-messenger-content-item-ol-start", "COMPONENT_ID": "StartDialogMessage"}, Boundary.START),
    ({"CLASS": "bx-messenger-content-item-ol-start"}, Boundary.START),
    ({"COMPONENT_ID": "StartDialogMessage"}, Boundary.START),
    ({"CLASS": "bx-messenger-content-item-ol-end", "IMOL_VOTE_USER": 5}, Boundary.END),
    ({"CLASS": "bx-messenger-content-item-ol-end", "COMPONENT_ID": "bx-imopenlines-message"}, Boundary.END),
    ({"CLASS": OUTPUT}, None),
    ({}, None),
]


@pytest.mark.parametrize(("params", "boundary"), BOUNDARIES)
def test_sessions_begin_and_end_with_marks(params: Json, boundary: Boundary | None) -> None:
    assert only(from_chat(0, "№ 321", params)).boundary is boundary
    assert only(from_history(0, "№ 321", params)).boundary is boundary


def test_only_the_system_sets_boundaries() -> None:
    assert only(from_chat(CLIENT, "хитро", {"CLASS": "bx-messenger-content-item-ol-end"})).boundary is None


def test_an_ending_tells_the_clients_vote() -> None:
    params: Json = {"CLASS": "bx-messenger-content-item-ol-end", "IMOL_VOTE_USER": 5}
    assert only(from_chat(0, "Диалог завершён", params)).rating == 5
    assert only(from_history(0, "Диалог завершён", params)).rating == 5


@pytest.mark.parametrize(("text", "vote"), [("[like]", True), ("[dislike] плохо", True), ("1", False), ("like", False)])
def test_votes_are_no_questions(text: str, vote: bool) -> None:
    assert only(from_chat(CLIENT, text)).vote is vote


def test_files_of_connectors_come_as_attachments() -> None:
    assert only(from_chat(CLIENT, "", {"ATTACH": [{"blocks": []}]})).has_files
    assert not only(from_chat(ANNA, "", {"ATTACH": [{"blocks": []}]})).has_files


def test_another_connector_user_in_a_chat_of_one_client_is_unknown() -> None:
    assert only(from_chat(STRANGER), channel=Channel(client_id=CLIENT)).author is Author.UNKNOWN
    assert only(from_chat(CLIENT), channel=Channel(client_id=CLIENT)).author is Author.CLIENT
    assert only(from_chat(STRANGER), channel=Channel(client_id=0)).author is Author.CLIENT  # a group of clients


def test_the_chats_own_client_is_the_client_even_when_nobody_describes_him() -> None:
    assert only(from_chat(888), channel=Channel(client_id=888)).author is Author.CLIENT


# --- our own messages -------------------------------------------------------------------------------------------


def test_our_message_in_an_operators_name_is_a_robots() -> None:
    assert only(from_chat(ANNA), own=OwnMessages(frozenset({85851}))).author is Author.ROBOT
    assert only(from_chat(ANNA), own=OwnMessages(frozenset({85852}))).author is Author.HUMAN


def test_our_hidden_message_stays_hidden() -> None:
    raw = from_chat(ANNA, "передал", {"COMPONENT_ID": "HiddenMessage"})
    assert only(raw, own=OwnMessages(frozenset({85851}))).author is Author.HIDDEN


UNSETTLED = [
    ("the same author, text and time", ANNA, "Одну минуту", timedelta(0), Author.ROBOT),
    ("a little later", ANNA, "Одну минуту", timedelta(minutes=9), Author.ROBOT),
    ("a clock that is behind", ANNA, "Одну минуту", timedelta(minutes=-1), Author.ROBOT),
    ("line breaks as the portal writes them", ANNA, "Одну[br]минуту", timedelta(0), Author.ROBOT),
    ("another text", ANNA, "Две минуты", timedelta(0), Author.HUMAN),
    ("too late", ANNA, "Одну минуту", timedelta(minutes=11), Author.HUMAN),
    ("too early", ANNA, "Одну минуту", timedelta(minutes=-3), Author.HUMAN),
    ("another author", BOT + 1000, "Одну минуту", timedelta(0), Author.UNKNOWN),
]


@pytest.mark.parametrize(("why", "author", "text", "later", "expected"), UNSETTLED, ids=[row[0] for row in UNSETTLED])
def test_a_message_of_an_unsettled_send(why: str, author: int, text: str, later: timedelta, expected: Author) -> None:
    send = UnsettledSend(ANNA, text_hash("Одну\r\nминуту "), SENT_AT - later)
    assert only(from_chat(author, text), own=OwnMessages(unsettled=(send,))).author is expected


def test_an_automatic_send_of_ours_has_no_author() -> None:
    send = UnsettledSend(0, text_hash("Ответим утром"), SENT_AT)
    message = only(from_chat(0, "Ответим утром", {"CLASS": OUTPUT}), own=OwnMessages(unsettled=(send,)))
    assert message.author is Author.ROBOT
    assert message.automatic


def test_a_hash_keeps_no_text_and_knows_entities() -> None:
    assert text_hash("a &quot;b&quot;") == text_hash('a  "b"')
    assert "секрет" not in text_hash("секрет")


# --- reading ----------------------------------------------------------------------------------------------------


def test_messages_come_out_in_ascending_order() -> None:
    listed: Json = [{"id": number, "author_id": 0, "date": AT, "text": ""} for number in (3, 1, 2)]
    mapped: Json = {str(number): {"id": str(number), "senderid": "0", "date": AT, "text": ""} for number in (10, 9, 11)}
    assert [message.id for message in read_messages(listed)] == [1, 2, 3]
    assert [message.id for message in read_messages(mapped)] == [9, 10, 11]


@pytest.mark.parametrize(
    "value", [None, False, [], {}, "x", [None], [{"id": 1}], [{"date": AT}], [{"id": "x", "date": AT}]]
)
def test_what_is_no_message_is_passed_over(value: Json) -> None:
    assert read_messages(value) == ()


def test_texts_do_not_show_in_logs() -> None:
    raw = read_messages([from_chat(CLIENT, "мой паспорт 4510")])
    assert "паспорт" not in repr(raw)
    assert "паспорт" not in repr(classify(raw, users=USERS))


def test_users_in_both_shapes() -> None:
    history: Json = {
        "103": {"id": "103", "name": "Светлана", "bot": False, "connector": False, "externalAuthId": "socservices",
                "absent": "2026-03-20T00:00:00+03:00"},
        "587": {"id": "587", "name": "Иван", "connector": False, "externalAuthId": "imconnector", "absent": False},
        "9": {"id": "9", "name": "Б", "externalAuthId": "bot", "absent": None},
        "x": {"id": "x"},
    }  # fmt: skip
    assert dict(users_of(history)) == {
        103: User(103, "Светлана", absent=True),
        587: User(587, "Иван", connector=True),
        9: User(9, "Б", bot=True),
    }
    assert dict(users_of(None)) == {}


json_values: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "author_id", "senderid", "date", "text", "params", "CLASS", "FILE_ID"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(json_values)
def test_no_answer_breaks_the_reading(value: Json) -> None:
    classify(read_messages(value), users=users_of(value))
