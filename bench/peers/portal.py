"""A portal that knows messages in chats and nothing else: it writes them into the ledger, and tells what it has."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bench.peers.effect import note

_messages: dict[str, list[dict[str, Any]]] = defaultdict(list)


async def rest(request: Request) -> JSONResponse:
    method, params = request.path_params["method"], await request.json()
    if method != "batch":
        return JSONResponse({"result": await answer(method, params)})
    results = {}
    for key, command in params["cmd"].items():
        name, _, query = command.partition("?")
        results[key] = await answer(name, dict(parse_qsl(query)))
    return JSONResponse({"result": {"result": results, "result_error": [], "result_time": []}})


async def answer(method: str, params: Mapping[str, Any]) -> Any:
    match method:
        case "imopenlines.crm.message.add":
            return await _add(params)
        case "im.dialog.messages.get":
            return {"messages": _messages[str(params["DIALOG_ID"]).removeprefix("chat")]}
        case "imopenlines.session.history.get":
            return {"message": []}
        case _:
            return True


async def _add(params: Mapping[str, Any]) -> int:
    """A request takes its time to get here, and so does the answer."""
    began = time.time()
    await asyncio.sleep(random.uniform(0.01, 0.03))
    note(int(params["MESSAGE"]), began)
    messages = _messages[str(params["CHAT_ID"])]
    now = datetime.now(UTC).isoformat(timespec="seconds")
    number = int(params["CHAT_ID"]) * 100 + len(messages) + 1
    messages.append({"id": number, "author_id": params["USER_ID"], "date": now, "text": params["MESSAGE"]})
    await asyncio.sleep(random.uniform(0.01, 0.03))
    return number


async def healthz(request: Request) -> JSONResponse:
    del request
    return JSONResponse({})


app = Starlette(
    routes=[Route("/{portal}/rest/{method}", rest, methods=["POST"]), Route("/healthz", healthz, methods=["GET"])]
)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="critical", access_log=False)
