"""What arq calls: a few lines each; the work is the engine's."""

from __future__ import annotations

from typing import Any

from arq.typing import WorkerCoroutine

from core.runs.engine import Engine


def drain(engine: Engine) -> WorkerCoroutine:
    """Take what is due. A bell that was lost, doubled or early changes nothing."""

    async def drain(ctx: dict[Any, Any], *args: object, **named: object) -> int:
        del ctx, args, named
        return await engine.drain()

    return drain
