"""Every address of people's side, asked for with anything by an administrator."""

from __future__ import annotations

import random
import re
from typing import Final

from server.ui.access import NEEDS
from tests.core.runs.rows import effect, run, store, waiting
from tests.fuzz.mutations import any_json, any_query
from tests.server.ui.people import House

#: A stream does not end.
ADDRESSES: Final = [address for address in NEEDS if address != "GET /ui/events"]
_NOBODY: Final = ("x", str(10**23), "a" * 3000, "%00", "%ED%A0%80", "..%2f..", "portal")


class Asks:
    """Asks one address at a time and says what was wrong with the answer."""

    def __init__(self, home: House, ids: list[str], chance: random.Random) -> None:
        self._home = home
        self._ids = ids
        self._chance = chance

    @classmethod
    async def of(cls, home: House, chance: random.Random) -> Asks:
        """Ask about runs and effects that are there."""
        ended, asleep = run(status="failed"), waiting()
        doubt = effect(asleep, 1, "unknown")
        await store(home.database, ended, asleep, doubt)
        return cls(home, [ended.id, asleep.id, doubt.id], chance)

    async def once(self) -> str:
        """Return an empty text where all is well."""
        chance = self._chance
        method, path = chance.choice(ADDRESSES).split(" ")
        path = re.sub(r"\{[^}]+\}", lambda _: chance.choice((*self._ids, *_NOBODY)), path)
        query, body = (any_query(chance), b"") if method == "GET" else ("", any_json(chance))
        headers = {**await self._home.as_(), "content-type": "application/json"}
        answer = await self._home.client.request(method, f"{path}?{query}", headers=headers, content=body)
        if answer.status_code >= 500:
            return f"{method} {path[:100]}?{query[:200]} {body.decode()[:500]}: {answer.status_code}"
        return ""
