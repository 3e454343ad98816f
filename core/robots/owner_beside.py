"""The operator of a dialog, read in the same request as the dialog itself."""

from __future__ import annotations

from typing import Final

from core.bitrix24.command import Command, Reads
from core.bitrix24.documents import Item
from core.dialogs.activities import sessions_command
from core.robots.people import Person, people, persons_of, shift_commands

#: References inside of a batch; one that finds nothing keeps its ``0`` and its words, is no number, and fails.
_SESSION: Final = "0$result[act][0][ASSOCIATED_ENTITY_ID]"
_OWNER: Final = "0$result[dlg][owner]"


async def owner_beside(read: Reads, item: Item, *, open_first: bool = True) -> dict[int, Person]:
    """Return the operator of the item's latest dialog with his shift, before anybody knows which dialog it is.

    Asked at the same moment as the dialog, it travels with it. Nothing comes of it where the dialog hangs on a contact
    or a company: then `owner_of` asks again.
    """
    answers = await read(
        {
            "act": sessions_command(item, open_first=open_first),
            "dlg": Command("imopenlines.dialog.get", {"SESSION_ID": _SESSION}),
            "owner": Command("im.user.list.get", {"ID": [_OWNER]}),
            **shift_commands(_OWNER, "owner"),
        }
    )
    found = next(iter(persons_of(answers.get("owner"), {})), None)
    if found is None:
        return {}
    shift = {f"{part}{found.id}": answers[f"{part}owner"] for part in ("day", "set")}
    return {person.id: person for person in persons_of(answers.get("owner"), shift)}


async def owner_of(read: Reads, owner_id: int, beside: dict[int, Person]) -> Person | None:
    if not owner_id:
        return None
    return beside.get(owner_id) or (await people(read, [owner_id])).get(owner_id)
