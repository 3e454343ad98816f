"""What every order has: a JSON body, a portal, and a sentence when it cannot be carried out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request

from sandbox.crm import Item
from sandbox.dialogs import Chat, Line
from sandbox.people import User
from sandbox.php import to_int
from sandbox.portal import Portal
from sandbox.wire import Json, decode

Body = dict[str, Json]
Act = Callable[[Portal, Body, Request], "Json | Awaitable[Json]"]


class Unusable(Exception):
    """The order cannot be carried out; the text says why."""

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.status = status


def read_body(raw: bytes) -> Body:
    if not raw:
        return {}
    try:
        value = decode(raw)
    except ValueError:
        raise Unusable("The body is not JSON.") from None
    if not isinstance(value, Mapping):
        raise Unusable("The body must be a JSON object.")
    return dict(value)


def the_user(portal: Portal, user_id: Json) -> User:
    """Return an active employee; 0 or nothing means the first administrator."""
    number = to_int(user_id)
    user = portal.people.employee(number) if number else portal.people.first_admin()
    if user is None:
        raise Unusable(f"There is no employee {number}.", 404)
    return user


def the_chat(portal: Portal, request: Request) -> Chat:
    chat = portal.openlines.chats.get(to_int(request.path_params["chat_id"]))
    if chat is None:
        raise Unusable("There is no such chat.", 404)
    return chat


def the_line(portal: Portal, line_id: int) -> Line:
    line = portal.openlines.lines.get(line_id)
    if line is None:
        raise Unusable("There is no such line.", 404)
    return line


def the_item(portal: Portal, body: Body) -> Item:
    item = portal.crm.get(to_int(body.get("entityTypeId")), to_int(body.get("id")))
    if item is None:
        raise Unusable("There is no such item.", 404)
    return item


def change(thing: object, body: Body, allowed: Mapping[str, type]) -> None:
    """Set plain attributes from a body, each of the type it has."""
    for name, kind in allowed.items():
        if name not in body:
            continue
        value = body[name]
        if kind is int and isinstance(value, bool):
            value = int(value)
        if not isinstance(value, kind):
            raise Unusable(f"{name} must be {kind.__name__}.")
        setattr(thing, name, value)
