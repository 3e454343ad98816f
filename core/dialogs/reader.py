"""Read the dialog of a CRM item with the fewest requests."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import Final, NamedTuple

from core.bitrix24.command import Answer, Command, Reads
from core.bitrix24.documents import Item
from core.dialogs.ball import Answers
from core.dialogs.item import ItemFacts
from core.dialogs.known import KnownDialog
from core.dialogs.lexicon import SHIPPED, Lexicon
from core.dialogs.line import LineCache
from core.dialogs.look import Look, OwnLookup
from core.dialogs.own import OwnMessages
from core.dialogs.resolution import Resolution
from core.dialogs.resolve import DialogPick, Wanted
from core.dialogs.seeing import Eyes

#: Messages asked for; the method gives no more (im-dialog-messages-get.md).
DEPTH: Final = 50
NO_EXTRA: Final[Mapping[str, Command]] = MappingProxyType({})
#: Names of our own commands in a batch; ``item`` may also come from the caller.
OURS: Final = frozenset({"act", "dlg", "msg", "cfg", "his"})


class Reading(NamedTuple):
    """What one look gave: the dialog or why there is none, the answers to ``extra``, the item where it was read."""

    resolution: Resolution
    answers: Mapping[str, Answer]
    item: ItemFacts | None


async def read_dialog(
    reads: Reads,
    item: Item,
    *,
    own: OwnMessages | OwnLookup,
    now: datetime,
    lines: LineCache,
    pick: DialogPick = DialogPick.LATEST_ACTIVE,
    line_ids: Collection[int] = (),
    channels: Sequence[str] = (),
    known: KnownDialog | None = None,
    extra: Mapping[str, Command] = NO_EXTRA,
    who: Answers = "human",
    lexicon: Lexicon = SHIPPED,
    zone: tzinfo = UTC,
    depth: int = DEPTH,
) -> Reading:
    """Read the dialog of ``item``, or the ``known`` one again, as it is now.

    One request when the dialog hangs on the item or is known; a second one when it must be looked for on contacts and
    companies, or when messages can be read by session only; a third one when the chosen session was not the first.
    ``extra`` commands go first in the first request and their answers are handed back; an ``item`` among them serves
    as the reading of the item. ``zone`` is the reader's, for the words. Raises what ``reads`` raises, and Refused
    (DialogClosedToUs) when the portal denies the reading.
    """
    if OURS & set(extra):
        raise ValueError(f"The names {', '.join(sorted(OURS))} are the reader's own.")
    wanted = Wanted(pick, frozenset(line_ids), tuple(channels))
    look = Look(reads, item, wanted, own, Eyes(now, who, lexicon, zone), lines, min(max(depth, 1), DEPTH))
    resolution: Resolution | None = await look.again(known, extra) if known is not None else None
    if resolution is None:
        resolution = await look.search(extra)
    handed_back = {name: answer for name, answer in look.got.items() if name in extra}
    return Reading(resolution, handed_back, look.facts())
