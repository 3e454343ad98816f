"""What an operator watches: the process is up, and the service is ready."""

from __future__ import annotations

import hmac
from contextlib import suppress

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.db import DatabaseAway
from core.portals.foundation import Foundation
from core.runs.gauges import gauges
from core.runs.health import Health, health
from server.errors import Bad


def ops_routes(base: Foundation) -> list[Route]:
    async def healthz(request: Request) -> Response:  # noqa: ARG001
        """The process is up; nothing is touched."""
        return JSONResponse({"status": "ok"})

    async def readyz(request: Request) -> Response:  # noqa: ARG001
        """200 when the database answers; Redis and the worker are told, because the service goes on without them."""
        found = await _health(base)
        status = 200 if found is not None else 503
        return JSONResponse(
            {"database": "ok" if found is not None else "away", "redis": await _redis(base), **_work(found)}, status
        )

    async def metrics(request: Request) -> Response:
        """What Prometheus reads: the database's figures, and what this process has counted."""
        token = base.settings.metrics_token.get_secret_value()
        if not token:
            raise Bad(404, "not_found")
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise Bad(401, "unauthorized")
        found = CollectorRegistry()
        found.register(await gauges(base.database, base.lanes, base.clock))
        return Response(generate_latest(found) + generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    return [
        Route("/healthz", healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
        Route("/metrics", metrics, methods=["GET"]),
    ]


async def _health(base: Foundation) -> Health | None:
    with suppress(DatabaseAway):
        return await health(base.database, base.clock)
    return None


async def _redis(base: Foundation) -> str:
    with suppress(RedisError, OSError):
        await base.redis.client().ping()
        return "ok"
    return "away"


def _work(found: Health | None) -> dict[str, object]:
    silent_for = found.worker_silent_for if found else None
    return {
        "worker": {"seen_seconds_ago": round(silent_for.total_seconds(), 1) if silent_for is not None else None},
        "overdue": {
            "runs": found.overdue if found else None,
            "oldest_seconds": round(found.oldest_late_by.total_seconds(), 1) if found else None,
        },
    }
