"""What a duty does at a portal when it is its turn; whatever hinders it there only makes the next visit come later."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from core.bitrix24.errors import BitrixError, Revoked, Suspended, TryLater
from core.portals.lane import Lane, LaneClosed, Lanes

log = logging.getLogger(__name__)


async def visit(
    portal_id: str, lanes: Lanes, duty: Callable[[Lane], Awaitable[None]], *, busy_for: timedelta, aim: str
) -> timedelta | None:
    """Do the duty; returns after how long, ``busy_for`` at least, to come again when the portal did not let us.

    ``aim`` names the duty in the log of the service. Raises what ``duty`` raises, but for troubles of the portal.
    """
    try:
        await duty(await lanes.lane(portal_id))
    except LaneClosed:
        lanes.changed(portal_id)
    except (Suspended, Revoked) as closed:
        await lanes.suspend(portal_id, closed)
    except TryLater as trouble:
        return max(trouble.after or busy_for, busy_for)
    except BitrixError as trouble:
        log.warning("Portal %s cannot be searched for %s: %s", portal_id, aim, trouble)
        return busy_for
    return None
