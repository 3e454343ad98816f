"""Which of our pages a portal means when it opens the application in one of its places."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from core.bitrix24.command import Json

_TAB: Final = re.compile(r"CRM_(LEAD|DEAL|CONTACT|COMPANY)_DETAIL_(?:TAB|TOOLBAR)", re.ASCII)
_SMART_TAB: Final = re.compile(r"CRM_DYNAMIC_([0-9]{1,9})_DETAIL_(?:TAB|TOOLBAR)", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_RUN: Final = re.compile(r"[0-9a-z]{26}", re.ASCII)
_PLACES: Final = re.compile(r"(?:/ui)?/(runs|timers)(?:/([0-9a-z]{26}))?/?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Opening:
    """A page of ours: its section, the run when it is the page of one, and the search of a list."""

    section: str = "runs"
    run_id: str = ""
    query: tuple[tuple[str, str], ...] = field(default=())


def opening(placement: str, options: Json) -> Opening:
    """Return the page; what means nothing to us opens the list of runs.

    Links inside a portal carry ``run`` or ``to`` (``/runs/…``); the tab of a card shows what robots do with its item.
    """
    given = options if isinstance(options, dict) else {}
    inner = given.get("params")
    told = {**given, **inner} if isinstance(inner, dict) else given
    run_id = told.get("run")
    if isinstance(run_id, str) and _RUN.fullmatch(run_id):
        return Opening(run_id=run_id)
    to = told.get("to")
    if isinstance(to, str) and (match := _PLACES.fullmatch(to)):
        return Opening(section=match[1], run_id=match[2] or "")
    return _tab(placement, told.get("ID"))


def _tab(placement: str, item_id: Json) -> Opening:
    number = str(item_id)
    if _NUMBER.fullmatch(number):
        if match := _TAB.fullmatch(placement):
            return Opening(section="card", query=(("item", f"{match[1].lower()}:{number}"),))
        if match := _SMART_TAB.fullmatch(placement):
            return Opening(section="card", query=(("item", f"dynamic_{match[1]}:{number}"),))
    return Opening()
