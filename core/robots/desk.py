"""What our own service keeps for a portal and a step may use: settings, shifts, turns, and who looks after what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from core.bitrix24.command import Json
from core.robots.turns import Turns
from core.texts.template import Template
from core.worktime.rota import Rota


class Papers(Protocol):
    """What is read only."""

    def setting(self, name: str) -> Json:
        """What the portal's administrators set; None when they left it alone."""
        ...

    async def rota(self) -> Rota:
        """Our own table of shifts."""
        ...


class Desk(Papers, Protocol):
    """Nothing of it is in Bitrix24."""

    async def template(self, code: str) -> Template | None:
        """A text that administrators keep under this code."""
        ...

    async def turns(self, pool: str) -> Turns:
        """Who of this pool was given a dialog when."""
        ...

    async def take_turn(self, pool: str, seen: Turns, taken: Turns) -> bool:
        """Keep that a turn was taken; False when another run took one since ``seen``, which must be read again."""
        ...

    async def only_one(self, thing: str) -> bool:
        """Whether this run may look after ``thing``: False while another open run of the same robot does."""
        ...

    async def done_in_chat(self, chat_id: int, *, since: datetime) -> tuple[tuple[str, int], ...]:
        """What robots did in this chat since then: kinds of effects, and the employees whom they concern."""
        ...


@dataclass(slots=True)
class BareDesk:
    """A desk with nothing on it but what one puts there; it remembers for one run only."""

    settings: dict[str, Json] = field(default_factory=dict)
    shifts: Rota = field(default_factory=Rota)
    templates: dict[str, Template] = field(default_factory=dict)
    pools: dict[str, Turns] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    done: tuple[tuple[str, int], ...] = ()

    def setting(self, name: str) -> Json:
        return self.settings.get(name)

    async def rota(self) -> Rota:
        return self.shifts

    async def template(self, code: str) -> Template | None:
        return self.templates.get(code.strip().lower())

    async def turns(self, pool: str) -> Turns:
        return self.pools.get(pool, Turns())

    async def take_turn(self, pool: str, seen: Turns, taken: Turns) -> bool:
        if seen.version != (await self.turns(pool)).version:
            return False
        self.pools[pool] = taken
        return True

    async def only_one(self, thing: str) -> bool:
        return thing not in self.taken

    async def done_in_chat(self, chat_id: int, *, since: datetime) -> tuple[tuple[str, int], ...]:  # noqa: ARG002
        return self.done
