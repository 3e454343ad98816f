"""Names of employees for pages, as the person in front of them may know them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.bitrix24.errors import BitrixError
from core.portals.keyring import Unreadable
from core.portals.lane import LaneClosed
from server.errors import Bad
from server.ui.robot_settings.eyes import Eyes
from server.ui.sessions import Visitor


class Names:
    """A page without names is better than none, so nothing is raised; see `Eyes`."""

    def __init__(self, eyes: Eyes) -> None:
        self._eyes = eyes

    async def of(self, visitor: Visitor, people: Iterable[int]) -> Mapping[int, str]:
        """Return the names that can be had now."""
        wanted = {user_id for user_id in people if user_id > 0}
        known = {visitor.user_id: visitor.user_name} if visitor.user_name else {}
        if not wanted - known.keys():
            return known
        try:
            return {**await self._eyes.names(visitor, wanted), **known}
        except (BitrixError, LaneClosed, Unreadable, Bad):
            return known


def named(user_id: int, names: Mapping[int, str]) -> str:
    return names.get(user_id) or f"#{user_id}"
