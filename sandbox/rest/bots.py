"""REST methods for dialogs that a bot holds (openlines.md 3.5)."""

from __future__ import annotations

from sandbox.dialogs import Chat
from sandbox.errors import RestError
from sandbox.rest.registry import Call, method
from sandbox.wire import Json


def _bots_chat(call: Call) -> Chat:
    """Find a chat whose operator is a bot; nobody's right is checked."""
    chat = call.portal.openlines.chats.get(call.integer("CHAT_ID"))
    operator = call.portal.people.get(chat.owner) if chat else None
    if chat is None or operator is None or not operator.is_bot:
        raise RestError("WRONG_CHAT", "The operator of the chat is not a bot")
    return chat


@method(
    "imopenlines.bot.session.operator",
    scope="imopenlines",
    missing_code="{name}_EMPTY",
    params={"CHAT_ID*": "integer"},
    seconds=0.2,
)
def session_operator(call: Call) -> Json:
    """Send a bot's dialog to the queue of its line, whoever asks."""
    lines, chat = call.portal.openlines, _bots_chat(call)
    lines.transfer_to_queue(chat, lines.line_of(chat), by=call.portal.people.users[chat.owner])
    return True


@method(
    "imopenlines.bot.session.transfer",
    scope="imopenlines",
    missing_code="{name}_EMPTY",
    params={
        "CHAT_ID*": "integer",
        "USER_ID": "integer",
        "QUEUE_ID": "integer",
        "TRANSFER_ID": "string",
        "LEAVE": "boolean",
        "CLIENT_ID": "string",
    },
    cased=True,
    seconds=0.4,
)
def session_transfer(_: Call) -> Json:
    """Hand a dialog on in a bot's name: only an application that registered a bot may, and this portal has none."""
    raise RestError("BOT_ID_ERROR", "Bot not found")


@method(
    "imopenlines.bot.session.finish",
    scope="imopenlines",
    missing_code="{name}_EMPTY",
    params={"CHAT_ID*": "integer", "CLIENT_ID": "string"},
    cased=True,
)
def session_finish(_: Call) -> Json:
    """Finish a dialog in a bot's name: the same is needed for it."""
    raise RestError("BOT_ID_ERROR", "Bot not found")
