"""What arq and the process' own rounds call: a few lines each; the work is done in core."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from arq.typing import WorkerCoroutine

from core.runs.engine import Engine
from core.runs.lookout import Lookout
from core.runs.watching import Watching


def drain(engine: Engine) -> WorkerCoroutine:
    """Take what is due. A bell that was lost, doubled or early changes nothing."""

    async def drain(ctx: dict[Any, Any], *args: object, **named: object) -> int:
        del ctx, args, named
        return await engine.drain()

    return drain


def watch_dialogs(watching: Watching) -> Callable[[], Awaitable[object]]:
    """Look at the dialogs of the portals that it is time for. A round that is lost or doubled changes nothing."""
    return watching.run_due


def look_for_orphans(lookout: Lookout) -> Callable[[], Awaitable[object]]:
    """Look for dialogs that nobody sees, in the portals that want it. A round that is lost only comes later."""
    return lookout.run_due
