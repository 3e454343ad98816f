"""Looking again every few minutes: for all runs at the same moments, so that their reads share requests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from core.bitrix24.command import Command
from core.bitrix24.wire import as_dict, as_int
from core.dialogs.view import DialogView
from core.robots.context import Ctx, InputT, StateT
from core.robots.fields import State
from core.robots.outcomes import Watch

#: The portal tells nobody when a working day begins or ends, so it is asked this often (openlines.md 7.D).
PERIOD: Final = timedelta(minutes=5)
#: As often everything is looked at, also what the small looks leave out.
WHOLE_LOOK_EACH: Final = timedelta(hours=1)
_SHORTEST: Final = timedelta(minutes=1)
_ZERO: Final = datetime(2000, 1, 1, tzinfo=UTC)


def next_look(now: datetime, *, before: datetime | None = None) -> datetime:
    """Return the next common moment, at least a minute away, or ``before`` when that comes first."""
    at = now + _SHORTEST
    common = _ZERO + -(-(at - _ZERO) // PERIOD) * PERIOD
    return min(common, before) if before is not None and before > now else common


class LookingState(State):
    """What a run remembers that looks again and again: the newest message it saw, its last whole look, its next one."""

    chat_id: int = 0
    seen_message_id: int = 0
    looked_at: datetime | None = None
    planned_at: datetime | None = None

    def saw(self, dialog: DialogView | None, now: datetime) -> None:
        """Keep a whole look; ``dialog`` None: only people were looked at."""
        self.looked_at = now
        if dialog is not None:
            self.chat_id, self.seen_message_id = dialog.chat.id, dialog.chat.last_message_id

    @property
    def watch(self) -> Watch:
        return Watch(self.chat_id, self.seen_message_id)

    def plan(self, now: datetime, *, before: datetime | None = None) -> datetime:
        """Keep and return the moment of the next look (`next_look`)."""
        self.planned_at = next_look(now, before=before)
        return self.planned_at

    def is_small_look(self, now: datetime) -> bool:
        """Whether it is enough to ask who is there: nobody woke the run before its time, and the last look is young.

        Whoever is woken early is woken by something that happened to the dialog or the item.
        """
        if self.planned_at is None or self.looked_at is None:
            return False
        return now >= self.planned_at and now - self.looked_at < WHOLE_LOOK_EACH


async def has_news(ctx: Ctx[InputT, StateT], watch: Watch) -> bool:
    """Ask with one command whether anything was written since; a chat that cannot be read has to be looked at."""
    if not watch.chat_id:
        return True
    answers = await ctx.read({"dialog": Command("imopenlines.dialog.get", {"CHAT_ID": watch.chat_id})})
    answer = answers["dialog"]
    newest = as_int(as_dict(answer.result).get("last_message_id")) if answer.ok else None
    return newest is None or newest > watch.message_id
