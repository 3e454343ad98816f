"""A portal on the other end of the wire: answers of the documented shapes, batches resolved as PHP does it.

Chat 1 belongs to somebody else, as on every real portal: a reference that misses in the wrong way lands there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from core.bitrix24.command import Answer, Command, Json
from core.bitrix24.documents import Item
from core.bitrix24.wire import as_dict, as_int, as_list, as_str
from core.dialogs.line import Line

NOW: Final = datetime(2025, 11, 24, 12, 0, tzinfo=UTC)
CLIENT, ANNA, BOT = 599, 27, 597
_REFERENCE: Final = re.compile(r"\$(result)([^\s]*)", re.IGNORECASE)
_PATH: Final = re.compile(r"\[([^\]]*)\]")
_TYPES: Final = {1: "LEAD", 2: "DEAL", 3: "CONTACT", 4: "COMPANY"}


@dataclass
class Session:
    """One session of a chat, with its CRM activity; ``bound`` are the items that the activity is bound to."""

    id: int
    chat_id: int
    bound: tuple[Item, ...]
    line_id: int = 22
    connector: str = "livechat"
    open: bool = True
    updated_at: datetime = NOW
    first_message: int = 0
    last_message: int = 10**9


@dataclass
class Portal:
    """Reads of one portal, with a journal of every request; ``may_join`` False: CRM access is all there is."""

    items: dict[Item, dict[str, Json]] = field(default_factory=dict)
    sessions: list[Session] = field(default_factory=list)
    chats: dict[int, dict[str, Json]] = field(default_factory=dict)
    messages: dict[int, list[dict[str, Json]]] = field(default_factory=dict)
    lines: dict[int, dict[str, Json]] = field(default_factory=dict)
    may_join: bool = True
    crm_access: bool = True
    sorts_by_completed: bool = True
    oldest_first_for_member: bool = False
    refused: dict[str, str] = field(default_factory=dict)
    journal: list[dict[str, Command]] = field(default_factory=list)
    touched_chats: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.add_chat(1, session_id=0, name="Общий чат компании")
        self.lines.setdefault(1, {"ID": "1", "LINE_NAME": "Чужая"})
        self.lines.setdefault(22, {"ID": "22", "ACTIVE": "Y", "LINE_NAME": "Поддержка", "QUEUE": ["27"]})

    # --- what tests put in ------------------------------------------------------------------------------------

    def add_chat(self, chat_id: int, *, session_id: int, owner: int = ANNA, name: str = "Гость", **data: str) -> None:
        connector, line = data.get("connector", "livechat"), data.get("line", "22")
        self.chats[chat_id] = {
            "id": chat_id,
            "name": name,
            "owner": owner if session_id else 0,
            "entity_id": f"{connector}|{line}|{chat_id - 2}|{CLIENT}",
            "entity_data_1": f"Y|DEAL|17|N|N|{session_id}|1773682918|{data.get('moved_to', '0')}|0|0",
            "entity_data_2": data.get("bindings", "LEAD|0|COMPANY|0|CONTACT|0|DEAL|17"),
            "entity_data_3": "N",
            "restrictions": {"rename": True},
            "readed_list": [],
            "manager_list": [owner],
            "dialog_id": f"chat{chat_id}",
        }
        self.messages.setdefault(chat_id, [])

    def say(self, chat_id: int, author: int, text: str, *, minute: int, **params: Json) -> int:
        number = 1000 * chat_id + len(self.messages[chat_id]) + 1
        at = NOW + timedelta(minutes=minute)
        self.messages[chat_id].append(
            {
                "id": number,
                "chat_id": chat_id,
                "author_id": author,
                "date": at.isoformat(),
                "text": text,
                "params": params,
            }
        )
        return number

    def begin(self, chat_id: int) -> None:
        self.say(chat_id, 0, "Начат диалог", minute=0, CLASS="bx-messenger-content-item-ol-start")

    @property
    def sizes(self) -> list[int]:
        """How many commands each request had."""
        return [len(request) for request in self.journal]

    # --- the wire -----------------------------------------------------------------------------------------------

    async def __call__(self, commands: Mapping[str, Command], *, halt: bool = False) -> Mapping[str, Answer]:
        self.journal.append(dict(commands))
        answers: dict[str, Answer] = {}
        for name, command in commands.items():
            results: dict[str, Json] = {key: answer.result for key, answer in answers.items() if answer.ok}
            params = {key: _resolved(value, results) for key, value in command.params.items()}
            answers[name] = self._answer(command.method, params)
            if halt and not answers[name].ok:
                break
        return answers

    def _answer(self, method: str, params: Mapping[str, Json]) -> Answer:
        if method in self.refused:
            return Answer(error=self.refused[method], description="refused by the test")
        methods: dict[str, Callable[[Mapping[str, Json]], Answer]] = {
            "crm.item.get": self._item,
            "crm.activity.list": self._activities,
            "imopenlines.dialog.get": self._dialog,
            "im.dialog.messages.get": self._messages_get,
            "imopenlines.session.history.get": self._history,
            "imopenlines.config.get": self._config,
            "bizproc.activity.log": lambda _: Answer(result=True),
        }
        if method not in methods:
            return Answer(error="ERROR_METHOD_NOT_FOUND")
        return methods[method](params)

    def _item(self, params: Mapping[str, Json]) -> Answer:
        item = Item(as_int(params["entityTypeId"]) or 0, as_int(params["id"]) or 0)
        if item not in self.items:
            return Answer(error="NOT_FOUND")
        return Answer(result={"item": {"id": item.id, "entityTypeId": item.entity_type_id, **self.items[item]}})

    def _activities(self, params: Mapping[str, Json]) -> Answer:
        conditions = as_dict(params["filter"])
        binding = as_dict(as_list(conditions["BINDINGS"])[0])
        wanted = Item(as_int(binding["OWNER_TYPE_ID"]) or 0, as_int(binding["OWNER_ID"]) or 0)
        assert conditions["PROVIDER_ID"] == "IMOPENLINES_SESSION"
        found = [session for session in self.sessions if wanted in session.bound]
        found.sort(key=lambda session: session.updated_at, reverse=True)
        if self.sorts_by_completed and "COMPLETED" in as_dict(params["order"]):
            found.sort(key=lambda session: not session.open)
        return Answer(result=[self._activity(session) for session in found], total=len(found))

    def _activity(self, session: Session) -> Json:
        user_code = as_str(self.chats[session.chat_id]["entity_id"])
        return {
            "ID": str(session.id + 5000),
            "ASSOCIATED_ENTITY_ID": str(session.id),
            "PROVIDER_TYPE_ID": str(session.line_id),
            "PROVIDER_PARAMS": {"USER_CODE": user_code},
            "RESULT_SOURCE_ID": session.connector,
            "COMPLETED": "N" if session.open else "Y",
            "RESULT_STATUS": "2",
            "RESPONSIBLE_ID": str(ANNA),
            "START_TIME": session.updated_at.isoformat(),
            "LAST_UPDATED": session.updated_at.isoformat(),
        }

    def _dialog(self, params: Mapping[str, Json]) -> Answer:
        if "SESSION_ID" in params:
            number = php_int(params["SESSION_ID"])
            chat_id = next(
                (session.chat_id for session in self.sessions if session.id == number), 1 if number == 1 else 0
            )
        else:
            chat_id = php_int(params["CHAT_ID"])
        if chat_id not in self.chats or not self.crm_access:
            return Answer(error="ACCESS_ERROR")
        self.touched_chats.append(chat_id)
        newest = max((as_int(message["id"]) or 0 for message in self.messages[chat_id]), default=0)
        return Answer(result={**self.chats[chat_id], "last_message_id": newest})

    def _messages_get(self, params: Mapping[str, Json]) -> Answer:
        dialog, limit = params["DIALOG_ID"], as_int(params["LIMIT"]) or 20
        chat_id = php_int(dialog[4:]) if isinstance(dialog, str) and dialog.startswith("chat") else php_int(dialog)
        if chat_id == 0:
            return Answer(error="DIALOG_ID_EMPTY")
        if chat_id not in self.chats or not self.may_join:
            return Answer(error="ACCESS_ERROR")
        self.touched_chats.append(chat_id)
        said = self.messages[chat_id]
        newest = said[:limit] if self.oldest_first_for_member else said[-limit:]
        listed: list[Json] = [*reversed(newest)]
        return Answer(result={"chat_id": chat_id, "messages": listed, "users": [*USERS], "files": []})

    def _history(self, params: Mapping[str, Json]) -> Answer:
        number = php_int(params["SESSION_ID"])
        session = next((session for session in self.sessions if session.id == number), None)
        if session is None or not self.crm_access:
            return Answer(error="ACCESS_DENIED")
        self.touched_chats.append(session.chat_id)
        said = [
            message
            for message in self.messages[session.chat_id]
            if session.first_message <= (as_int(message["id"]) or 0) <= session.last_message
        ]
        moved = (as_str(self.chats[session.chat_id]["entity_data_1"]).split("|") + ["0"] * 8)[7]
        line = moved if moved != "0" else str(session.line_id)
        return Answer(
            result={
                "chatId": session.chat_id,
                "sessionId": number,
                "message": {str(message["id"]): _as_history(message) for message in said} or [],
                "users": {str(user["id"]): user for user in USERS},
                "openlines": {"canvoteashead": {line: True}},
            }
        )

    def _config(self, params: Mapping[str, Json]) -> Answer:
        number = php_int(params["CONFIG_ID"])
        if number == 0:
            return Answer(error="CONFIG_ID_EMPTY")
        return Answer(result=self.lines.get(number, False))


USERS: Final[tuple[dict[str, Json], ...]] = (
    {"id": CLIENT, "name": "Гость", "connector": True, "bot": False, "external_auth_id": "imconnector"},
    {"id": ANNA, "name": "Анна Петрова", "connector": False, "bot": False},
    {"id": BOT, "name": "Бот", "connector": False, "bot": True},
)


class Lines(dict[int, Line]):
    """A cache that never forgets."""

    def put(self, line: Line) -> None:
        self[line.id] = line


def _as_history(message: Mapping[str, Json]) -> Json:
    odd = {"COMPONENT_ID": "componentId", "CLASS": "class", "IS_DELETED": "isDeleted"}
    params = {odd.get(name, name.lower()): value for name, value in as_dict(message["params"]).items()}
    return {
        "id": str(message["id"]),
        "chatid": str(message["chat_id"]),
        "senderid": str(message["author_id"]),
        "date": message["date"],
        "text": message["text"],
        "params": params or [],
    }


def _resolved(value: Json, results: Mapping[str, Json]) -> Json:
    """Put results into a parameter as rest/classes/general/rest_util.php does."""
    if isinstance(value, dict):
        return {key: _resolved(inner, results) for key, inner in value.items()}
    if isinstance(value, list):
        return [_resolved(inner, results) for inner in value]
    if not isinstance(value, str):
        return value
    whole = _REFERENCE.fullmatch(value)
    if whole is not None:
        return _walked(whole.group(2), results)
    return _REFERENCE.sub(lambda match: _inside(match, results), value)


def _inside(match: re.Match[str], results: Mapping[str, Json]) -> str:
    found = _walked(match.group(2), results)
    return str(found) if isinstance(found, str | int | float) and not isinstance(found, bool) else match.group(0)


def _walked(path: str, results: Mapping[str, Json]) -> Json:
    """Follow a path as far as it goes: a missing or null key leaves the deepest ancestor that is there."""
    here: Json = dict(results)
    for key in _PATH.findall(path):
        inner = here.get(key) if isinstance(here, dict) else None
        if isinstance(here, list) and key.isdigit() and int(key) < len(here):
            inner = here[int(key)]
        if inner is None:
            return here
        here = inner
    return here


def php_int(value: Json) -> int:
    """Cast as PHP: a non-empty array is 1, text is the number that it begins with."""
    if isinstance(value, list | dict):
        return 1 if value else 0
    if isinstance(value, int | float):
        return int(value)
    begins = re.match(r"\s*[+-]?\d+", value or "")
    return int(begins.group()) if begins else 0
