"""What a run remembers of its dialog, so that the next look costs two commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.bitrix24.command import Json
from core.bitrix24.documents import Item
from core.bitrix24.wire import as_bool_yn, as_int, as_str


@dataclass(frozen=True, slots=True)
class KnownDialog:
    """A dialog found before; ``by_history``: the token user may read it only session by session.

    ``chat_id`` 0: only its session is known so far.
    """

    chat_id: int
    session_id: int
    line_id: int = 0
    bound_to: Item | None = None
    dialog_count: int = 1
    by_history: bool = False
    #: The chat by the connector's own ids (connector|line|chat|user): what events of a client's messages name.
    user_code: str = ""

    def as_json(self) -> dict[str, Json]:
        return {
            "chat_id": self.chat_id,
            "session_id": self.session_id,
            "line_id": self.line_id,
            "bound_type": self.bound_to.entity_type_id if self.bound_to else 0,
            "bound_id": self.bound_to.id if self.bound_to else 0,
            "dialog_count": self.dialog_count,
            "by_history": self.by_history,
            "user_code": self.user_code,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Json]) -> KnownDialog | None:
        """Read what ``as_json`` wrote, also an older release of us; None when it names no dialog."""
        chat_id, session_id = as_int(value.get("chat_id")) or 0, as_int(value.get("session_id")) or 0
        bound_type, bound_id = as_int(value.get("bound_type")) or 0, as_int(value.get("bound_id")) or 0
        if chat_id < 1 and session_id < 1:
            return None
        return cls(
            chat_id=chat_id,
            session_id=session_id,
            line_id=as_int(value.get("line_id")) or 0,
            bound_to=Item(bound_type, bound_id) if bound_type > 0 and bound_id > 0 else None,
            dialog_count=as_int(value.get("dialog_count")) or 1,
            by_history=as_bool_yn(value.get("by_history")) is True,
            user_code=as_str(value.get("user_code")),
        )
