"""Wake waiting runs early because the portal told us that something moved; correctness never rests on it."""

from __future__ import annotations

from core.bitrix24.documents import Item
from core.clock import Clock
from core.db import Database, Statement, Value
from core.runs.moment import Moment
from core.runs.statements import WAKE_CHAT, WAKE_CLIENT, WAKE_ITEM


async def wake_chat(database: Database, portal_id: str, chat_id: int, clock: Clock) -> int:
    """Wake what watches this chat; how many runs were woken."""
    params: dict[str, Value] = {"portal_id": portal_id, "chat_id": chat_id, "shift": Moment.of(clock).shift}
    return len((await database.write(Statement(WAKE_CHAT, params)))[0])


async def wake_client(database: Database, portal_id: str, user_code: str, clock: Clock) -> int:
    """Wake what watches the chat with this client; ``user_code`` is connector|line|chat|user as a connector has it."""
    params: dict[str, Value] = {"portal_id": portal_id, "user_code": user_code, "shift": Moment.of(clock).shift}
    return len((await database.write(Statement(WAKE_CLIENT, params)))[0])


async def wake_item(database: Database, portal_id: str, item: Item, clock: Clock) -> int:
    """Wake what waits on this item, so that a moved stage is noticed at once."""
    params: dict[str, Value] = {
        "portal_id": portal_id,
        "entity_type_id": item.entity_type_id,
        "item_id": item.id,
        "shift": Moment.of(clock).shift,
    }
    return len((await database.write(Statement(WAKE_ITEM, params)))[0])
