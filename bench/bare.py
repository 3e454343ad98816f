"""What the acknowledging is held against: Starlette parses the same form with the same parser and answers."""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from server.intake.form import parse


async def read(request: Request) -> JSONResponse:
    parse(await request.body())
    return JSONResponse({"status": "read"})


if __name__ == "__main__":
    app = Starlette(routes=[Route("/b24/robot/{code}", read, methods=["POST"])])
    uvicorn.run(
        app,
        port=int(sys.argv[1]),
        http="httptools",
        loop="uvloop",
        access_log=False,
        log_level="warning",
        lifespan="off",
    )
