"""Names of people that a portal told in passing, for a log that speaks of people and not of numbers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from core.bitrix24.command import Answer, Command, Json, Reads
from core.bitrix24.wire import as_dict, as_int, as_list, as_str
from core.dialogs.people import users_of

_MOST: Final = 5000


class Heard:
    """Listens to what is read anyway; nothing is asked for the sake of a name."""

    def __init__(self) -> None:
        self._people: OrderedDict[int, str] = OrderedDict()

    @property
    def people(self) -> Mapping[int, str]:
        return MappingProxyType(self._people)

    def listening(self, reads: Reads) -> Reads:
        """Return the same reads, overheard."""

        async def read(commands: Mapping[str, Command], *, halt: bool = False) -> Mapping[str, Answer]:
            answers = await reads(commands, halt=halt)
            for name, command in commands.items():
                answer = answers.get(name)
                if answer is not None and answer.ok:
                    self._hear(command.method, answer.result)
            return answers

        return read

    def _hear(self, method: str, result: Json) -> None:
        match method:
            case "im.user.list.get":
                rows = [as_dict(row) for row in as_list(result)]
                found = {as_int(row.get("id")) or 0: as_str(row.get("name")) for row in rows}
            case "im.dialog.messages.get" | "imopenlines.session.history.get":
                found = {user.id: user.name for user in users_of(as_dict(result).get("users")).values()}
            case _:
                return
        for user_id, name in found.items():
            if user_id > 0 and name:
                self._people[user_id] = name
                self._people.move_to_end(user_id)
        while len(self._people) > _MOST:
            self._people.popitem(last=False)
