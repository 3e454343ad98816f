"""The people of a chat, as both ways of reading messages describe them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.bitrix24.command import Json
from core.bitrix24.wire import as_bool_yn, as_dict, as_int, as_list, as_str


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who wrote or was named in a chat; ``connector`` is a client who came through a channel.

    The flags are documented at im.dialog.messages.get; ``external_auth_id`` says the same (im/lib/user.php).
    """

    id: int
    name: str
    bot: bool = False
    connector: bool = False
    absent: bool = False


Users = Mapping[int, User]


def users_of(value: Json) -> Users:
    """Read the ``users`` of im.dialog.messages.get (a list) or of imopenlines.session.history.get (a map)."""
    found = {user.id: user for item in as_list(value) if (user := _user(as_dict(item))) is not None}
    return MappingProxyType(found)


def _user(fields: Mapping[str, Json]) -> User | None:
    number = as_int(fields.get("id"))
    if number is None or number < 1:
        return None
    origin = as_str(fields.get("external_auth_id")) or as_str(fields.get("externalAuthId"))
    return User(
        id=number,
        name=as_str(fields.get("name")),
        bot=as_bool_yn(fields.get("bot")) is True or origin == "bot",
        connector=as_bool_yn(fields.get("connector")) is True or origin == "imconnector",
        absent=_is_absent(fields.get("absent")),
    )


def _is_absent(value: Json) -> bool:
    """``absent`` is false or the date until which the person is away; the form of the date is not documented."""
    return value is not None and as_bool_yn(value) is not False
