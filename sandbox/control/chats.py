"""Orders about dialogs: clients and employees write, accept, hand on, close."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from sandbox import view
from sandbox.control.orders import Body, Unusable, change, the_chat, the_line, the_user
from sandbox.crm import TYPE_NAMES
from sandbox.dialogs import Chat, Message
from sandbox.people import User
from sandbox.php import to_int, to_text, values_of
from sandbox.portal import Portal
from sandbox.scenario import new_client
from sandbox.wire import Json


def open_chat(portal: Portal, body: Body, _: Request) -> Json:
    """Open a dialog: line_id, connector, client {name}, title, bound [{entityTypeId, id}], text, accepted_by."""
    bound = tuple(
        (to_int(one.get("entityTypeId")), to_int(one.get("id")))
        for one in values_of(body.get("bound"))
        if isinstance(one, Mapping)
    )
    return view.chat_json(portal, open_dialog(portal, body, bound))


def open_dialog(portal: Portal, body: Body, bound: tuple[tuple[int, int], ...]) -> Chat:
    """Let a new client write for the first time; bindings are there before anyone hears of it."""
    lines = portal.openlines
    line = the_line(portal, to_int(body.get("line_id")) or min(lines.lines, default=0))
    client = body.get("client")
    name = to_text(client.get("name")) if isinstance(client, Mapping) else to_text(client)
    chat = lines.new_chat(
        line,
        connector=to_text(body.get("connector")) or "telegrambot",
        client=new_client(portal, name or ("Новый Клиент" if portal.lang == "ru" else "New Client")),
        title=to_text(body.get("title")),
        bound=tuple(key for key in bound if key[0] in TYPE_NAMES),
    )
    lines.talk.client_writes(chat, to_text(body.get("text")) or ("Здравствуйте!" if portal.lang == "ru" else "Hello!"))
    for kind, number in bound:
        lines.tracker.bind(chat, kind, number)
    if accepted_by := to_int(body.get("accepted_by")):
        _accept(portal, chat, the_user(portal, accepted_by))
    return chat


def _accept(portal: Portal, chat: Chat, user: User) -> None:
    with portal.acting(user):
        portal.openlines.accept(chat, user)


def write(portal: Portal, body: Body, request: Request) -> Json:
    """Write as ``client``, as an employee or bot by id, or as the ``system`` or an ``automatic`` message.

    ``hidden`` whispers; ``files`` is how many files a client sends along, then the text may be empty.
    """
    chat, text = the_chat(portal, request), to_text(body.get("text"))
    files = to_int(body.get("files"))
    if not text and not files:
        raise Unusable("A message needs a text.")
    return view.message_json(portal, _written(portal, chat, text, files, body))


def _written(portal: Portal, chat: Chat, text: str, files: int, body: Body) -> Message:
    talk, author = portal.openlines.talk, to_text(body.get("author"))
    if author == "client":
        return talk.client_writes(chat, text, files=files)
    if author == "system":
        return talk.system(chat, text)
    if author == "automatic":
        session = portal.openlines.session_of(chat)
        if session is None:
            raise Unusable("The dialog is closed.", 409)
        return talk.automatic(chat, session, text)
    user = portal.people.get(to_int(author))
    if user is None or user.is_client:
        raise Unusable("The author must be client, system, automatic, or the id of an employee or bot.")
    if user.is_bot:
        return talk.bot_writes(chat, user, text)
    with portal.acting(user):
        return talk.staff_writes(chat, user, text, hidden=body.get("hidden") is True)


def edit_message(portal: Portal, body: Body, request: Request) -> Json:
    message = _message(portal, request)
    portal.openlines.talk.edit(message, to_text(body.get("text")))
    return view.message_json(portal, message)


def delete_message(portal: Portal, _: Body, request: Request) -> Json:
    message = _message(portal, request)
    portal.openlines.talk.delete(message)
    return view.message_json(portal, message)


def _message(portal: Portal, request: Request) -> Message:
    number = to_int(request.path_params["message_id"])
    message = next((one for one in the_chat(portal, request).messages if one.id == number), None)
    if message is None:
        raise Unusable("There is no such message.", 404)
    return message


def accept(portal: Portal, body: Body, request: Request) -> Json:
    """Take the dialog as an employee, or have a bot take it, which then holds it as an operator does."""
    chat = the_chat(portal, request)
    bot = portal.people.get(to_int(body.get("user_id")))
    if bot is not None and bot.is_bot:
        portal.openlines.accept(chat, bot)
    else:
        _accept(portal, chat, the_user(portal, body.get("user_id")))
    return view.chat_json(portal, chat)


def close(portal: Portal, body: Body, request: Request) -> Json:
    """Finish as an employee does; ``"now": true`` does not wait for the second phase."""
    chat, lines = the_chat(portal, request), portal.openlines
    by = the_user(portal, to_int(body.get("user_id")) or chat.owner)
    with portal.acting(by):
        lines.closing.finish(chat, by=by)
        session = lines.session_of(chat)
        if session and body.get("now") is True:
            lines.closing.close(chat, session)
    return view.chat_json(portal, chat)


def transfer(portal: Portal, body: Body, request: Request) -> Json:
    """Hand a dialog to ``to_user_id``, or to the queue of ``line_id`` (its own line without one)."""
    chat, lines = the_chat(portal, request), portal.openlines
    by = the_user(portal, to_int(body.get("user_id")) or chat.owner)
    with portal.acting(by):
        if to := to_int(body.get("to_user_id")):
            lines.transfer_to_user(chat, the_user(portal, to), by=by)
        else:
            line = the_line(portal, to_int(body.get("line_id")) or lines.line_of(chat).id)
            lines.transfer_to_queue(chat, line, by=by)
    return view.chat_json(portal, chat)


def set_chat(portal: Portal, body: Body, request: Request) -> Json:
    """Set what only people or channels can: title, pinned, silent, connector_active, blocked."""
    chat = the_chat(portal, request)
    change(chat, body, {"title": str, "pinned": bool, "silent": bool, "connector_active": bool})
    if "blocked" in body:
        chat.blocked_from = portal.now() if body["blocked"] is True else None
        chat.block_reason = "USER" if body["blocked"] is True else ""
    session = portal.openlines.session_of(chat)
    if session:
        portal.openlines.closing.plan(chat, session)
    portal.touch()
    return view.chat_json(portal, chat)
