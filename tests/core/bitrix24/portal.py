"""A portal behind respx for the client's own tests: answers methods and batches, and remembers every request."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from core.bitrix24.calls import RestCall
from core.bitrix24.client import PortalClient
from core.bitrix24.errors import BitrixError
from core.bitrix24.limits import LaneRate, LocalLimiter
from core.bitrix24.rests import LaneRest
from core.bitrix24.secret import Secret
from core.bitrix24.tokens import FixedToken
from core.bitrix24.transport import Transport
from tests.core.bitrix24.php import resolve, split_command

ENDPOINT = "https://portal.example/rest/"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

Method = Callable[[dict[str, Any]], Any]
Scripted = httpx.Response | Exception


class PhpError(Exception):
    """The method's own error."""

    def __init__(self, code: str | int, description: str = "", *, status: int = 400, time: Any = None) -> None:
        super().__init__(code)
        self.body = {"error": code, "error_description": description}
        if time is not None:
            self.body["time"] = time
        self.status = status


def said(body: Any, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json=body)


def failed(code: str, status: int, description: str = "") -> httpx.Response:
    return said({"error": code, "error_description": description}, status)


class Portal:
    """Give it to respx as a side effect; ``script`` answers come first, then the methods."""

    def __init__(self, methods: Mapping[str, Method] | None = None, *, script: list[Scripted] | None = None) -> None:
        self.methods = dict(methods or {})
        self.script = list(script or [])
        self.requests: list[httpx.Request] = []
        self.before_answer: Callable[[], Awaitable[None]] | None = None

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.requests]

    @property
    def paths(self) -> list[str]:
        return [request.url.path for request in self.requests]

    @property
    def tokens(self) -> list[str]:
        return [body["auth"] for body in self.bodies]

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.before_answer is not None:
            await self.before_answer()
        if self.script:
            scripted = self.script.pop(0)
            if isinstance(scripted, Exception):
                raise scripted
            return scripted
        body = json.loads(request.content)
        method = request.url.path.removeprefix("/rest/")
        try:
            result = self._batch(body) if method == "batch" else self._call(method, body)
        except PhpError as error:
            return said(error.body, error.status)
        return said({"result": result, "time": {"operating": 0.25}})

    def _call(self, method: str, params: dict[str, Any]) -> Any:
        if method not in self.methods:
            raise PhpError("ERROR_METHOD_NOT_FOUND", "Method not found!", status=404)
        return self.methods[method](params)

    def _batch(self, body: dict[str, Any]) -> dict[str, Any]:
        results: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        times: dict[str, Any] = {}
        known = {"result": results, "error": errors, "time": times, "next": {}, "total": {}}
        for key, text in body["cmd"].items():
            method, params = split_command(text)
            times[key] = {"operating": 0.5}
            try:
                results[key] = self._call(method, resolve(params, known))
            except PhpError as error:
                errors[key] = error.body
                if body["halt"]:
                    break
        # PHP writes an empty map as a list.
        return {
            "result": results or [],
            "result_error": errors or [],
            "result_time": times,
            "result_total": [],
            "result_next": [],
        }


class Tokens:
    """A token source that counts refreshes."""

    def __init__(self, *, refused: BitrixError | None = None) -> None:
        self.endpoint = ENDPOINT
        self.current = Secret("access-1")
        self.refreshes = 0
        self.moves_to: str | None = None
        self._refused = refused

    async def access(self) -> Secret:
        return self.current

    async def refreshed(self, stale: Secret) -> Secret:
        if self._refused is not None:
            raise self._refused
        if stale == self.current:
            self.refreshes += 1
            self.current = Secret(f"access-{self.refreshes + 1}")
            self.endpoint = self.moves_to or self.endpoint
        return self.current


class Hands:
    """What a client is made of, with everything visible: clock, naps, records."""

    def __init__(
        self,
        transport: Transport,
        *,
        tokens: Tokens | None = None,
        brought: FixedToken | None = None,
        rate: LaneRate | None = None,
    ) -> None:
        self.tokens = tokens or Tokens()
        self.calls: list[RestCall] = []
        self.naps: list[float] = []
        self.during_nap: Callable[[], Awaitable[None]] | None = None
        self.seconds = 0.0
        self.now = NOON
        lane_rate = rate or LaneRate(burst=1000, per_second=100)
        self.limiter = LocalLimiter(lambda _lane: lane_rate, clock=lambda: self.seconds)
        self.client = PortalClient(
            brought or self.tokens,
            transport,
            limiter=self.limiter,
            lane="p1",
            record=self.calls.append,
            sleep=self._nap,
            now=lambda: self.now,
            lane_rest=LaneRest(chance=lambda: 1.0),
        )

    async def _nap(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.seconds += seconds
        if self.during_nap is not None:
            await self.during_nap()
