"""What a step is given: everything that it may know, put together from the run, the portal's lane and the moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core.bitrix24.documents import Item
from core.portals.lane import Lane
from core.robots import AnyRobot, Ctx, EffectResult, Input, State
from core.robots.context import Look
from core.robots.desk import Desk
from core.runs.moment import Moment
from core.runs.progress import Progress
from core.texts.text import language_for

#: What a run stands on that is about no item.
NO_ITEM: Final = Item(0, 0)


def run_url(lane: Lane, client_id: str, run_id: str) -> str:
    """The address of a run's page inside the portal (REST_APP_URI, ui.md 1.4)."""
    return f"{lane.portal.origin}/marketplace/view/{client_id}/?params[run]={run_id}"


def ctx_of(
    progress: Progress,
    lane: Lane,
    robot: AnyRobot,
    given: Input,
    item: Item,
    *,
    moment: Moment,
    look: Look,
    desk: Desk,
    url: str,
    results: Sequence[EffectResult],
) -> Ctx[Input, State]:
    """Build the context of the next step."""
    return Ctx(
        run_id=progress.run.id,
        item=item,
        input=given,
        state=robot.state_model.model_validate(dict(progress.state)),
        now=moment.now,
        started_at=progress.run.created_at,
        zone=lane.portal.zone,
        language=language_for(lane.portal.language),
        admin_id=lane.portal.admin_user_id,
        origin=lane.portal.origin,
        run_url=url,
        dry=progress.dry,
        look=look,
        read=lane.read,
        keeps_text=lane.keeps_text,
        answered=progress.answered,
        results=tuple(results),
        desk=desk,
        lexicon=lane.lexicon,
    )
