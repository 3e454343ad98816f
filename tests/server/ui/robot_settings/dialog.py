"""The settings of a robot as a browser would have them: opened by the portal's form, asked again while filled in."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.portal_side import DIRECTOR, Deal
from tests.town import SERVICE, Town


@dataclass
class Dialog:
    """One person's dialogs; ``page`` is what was opened last."""

    town: Town
    client: httpx.AsyncClient
    user_id: int = DIRECTOR
    page: str = ""
    token: str = ""
    headers: dict[str, str] = field(default_factory=lambda: {"Accept": "text/html"})

    async def open(self, code: str, *, lang: str = "ru", **options: Any) -> httpx.Response:
        """Open the settings of a robot with these PLACEMENT_OPTIONS over those that the portal sends by itself."""
        form = await self.town.read("frame", robot=code, lang=lang, user_id=self.user_id, placement="DEFAULT")
        told = json.loads(form["fields"]["PLACEMENT_OPTIONS"]) | options
        form["fields"]["PLACEMENT_OPTIONS"] = json.dumps(told, ensure_ascii=False)
        path = form["action"].removeprefix(SERVICE)
        answer = await self.client.post(path, data=form["fields"], headers=self.headers)
        self.page = answer.text
        found = re.search(r'data-token="([\w-]{43})"', self.page)
        self.token = found[1] if found else ""
        return answer

    @property
    def data(self) -> Any:
        """What the script of the page is told."""
        (told,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', self.page, re.DOTALL)
        return json.loads(told)

    def row(self, name: str) -> str:
        """The part of the page about one property."""
        parts = re.split(r'(?=<div class="row )', self.page)
        (found,) = [part for part in parts if f'data-field="{name}"' in part]
        return html.unescape(found)

    async def ask(self, code: str, item: Deal | str = "", **values: Any) -> httpx.Response:
        key = item if isinstance(item, str) else f"deal:{item.id}"
        return await self.client.post(
            f"/ui/settings/{code}/preview",
            json={"values": values, "item": key},
            headers={"Authorization": f"Bearer {self.token}"},
        )

    async def told(self, code: str, item: Deal | str = "", **values: Any) -> Any:
        answer = await self.ask(code, item, **values)
        assert answer.status_code == 200, answer.text
        return answer.json()
