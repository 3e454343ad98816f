"""The first wall: hosts, sizes, default headers, and no error but 503."""

import logging
from collections.abc import AsyncIterator, Iterable, Mapping

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from core.db import DatabaseAway
from server.errors import HANDLERS
from server.guard import BODY_LIMIT, DEFAULT_HEADERS, Guard

HOST = (b"host", b"robots.example.ru")


async def echo(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def broken(request: Request) -> Response:
    raise KeyError("CANARY-secret")


async def away(request: Request) -> Response:
    raise DatabaseAway("The database does not answer: CANARY.")


async def breaks_late(request: Request) -> Response:
    async def body() -> AsyncIterator[bytes]:
        yield b"begun"
        raise KeyError("CANARY-secret")

    return StreamingResponse(body())


async def framed(request: Request) -> Response:
    return JSONResponse({}, headers={"Content-Security-Policy": "frame-ancestors https://a.bitrix24.ru"})


APP = Guard(
    Starlette(
        routes=[
            Route("/echo", echo, methods=["POST"]),
            Route("/broken", broken),
            Route("/away", away),
            Route("/late", breaks_late),
            Route("/framed", framed),
            Route("/healthz", framed),
        ],
        exception_handlers=dict(HANDLERS),
    ),
    "https://robots.example.ru",
)


async def call(
    path: str,
    *headers: tuple[bytes, bytes],
    method: str = "GET",
    chunks: Iterable[bytes] = (b"",),
    app: Guard = APP,
) -> tuple[int, Mapping[str, str], bytes]:
    """Send a request as a server would hand it over, without a server in between that would refuse first."""
    scope: Scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": list(headers),
        "client": ("192.0.2.1", 1),
        "scheme": "https",
    }
    waiting = [*chunks]
    sent: list[Message] = []

    async def receive() -> Message:
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    answered = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], answered, b"".join(message.get("body", b"") for message in sent)


@pytest.mark.parametrize(
    "host",
    [
        b"evil.example",
        b"robots.example.ru.evil.example",
        b"robots.example.ru:8080",
        b"robots.example.ru/",
        b"robots.example.ru/../admin?",
        b"user@robots.example.ru",
        b"robots.example.ru evil.example",
        b"",
        b"[",
    ],
)
async def test_a_foreign_host_is_refused(host: bytes) -> None:
    status, _, body = await call("/framed", (b"host", host))
    assert (status, body) == (400, b'{"error":"bad_request"}')


@pytest.mark.parametrize("host", [b"robots.example.ru", b"robots.example.ru:443", b"ROBOTS.example.ru"])
async def test_our_host_is_served(host: bytes) -> None:
    assert (await call("/framed", (b"host", host)))[0] == 200


async def test_no_host_and_two_hosts_are_refused() -> None:
    assert (await call("/framed"))[0] == 400
    assert (await call("/framed", HOST, HOST))[0] == 400


async def test_probes_may_come_by_address() -> None:
    assert (await call("/healthz", (b"host", b"10.0.0.7:8089")))[0] == 200


async def test_a_port_of_ours_must_be_named() -> None:
    local = Guard(APP._app, "http://127.0.0.1:8089")
    assert (await call("/framed", (b"host", b"127.0.0.1:8089"), app=local))[0] == 200
    assert (await call("/framed", (b"host", b"127.0.0.1"), app=local))[0] == 400


async def test_a_large_head_is_refused() -> None:
    status, _, body = await call("/framed", HOST, (b"x-big", b"a" * 16384))
    assert (status, body) == (431, b'{"error":"headers_too_large"}')


@pytest.mark.parametrize("path", ["framed", "*", "http://evil.example/framed"])
async def test_a_path_must_be_a_path(path: str) -> None:
    assert (await call(path, HOST))[0] == 400


async def test_two_lengths_of_one_body_are_refused() -> None:
    both = [(b"content-length", b"3"), (b"transfer-encoding", b"chunked")]
    assert (await call("/echo", HOST, *both, method="POST", chunks=[b"a=1"]))[0] == 400
    twice = [(b"content-length", b"3"), (b"content-length", b"4")]
    assert (await call("/echo", HOST, *twice, method="POST", chunks=[b"a=1"]))[0] == 400


@pytest.mark.parametrize("length", [b"-1", b"+3", b"3 ", "٣".encode(), b"0x3", b""])
async def test_a_length_is_a_number(length: bytes) -> None:
    status, _, _ = await call("/echo", HOST, (b"content-length", length), method="POST", chunks=[b"a=1"])
    assert status == 400


@pytest.mark.parametrize("length", [b"262145", b"10485760", b"9" * 5000])
async def test_a_declared_body_is_refused_before_it_is_read(length: bytes) -> None:
    status, _, body = await call("/echo", HOST, (b"content-length", length), method="POST", chunks=[])
    assert (status, body) == (413, b'{"error":"too_large"}')


async def test_a_body_of_unknown_length_is_counted() -> None:
    chunks = [b"x" * 65536] * 4
    assert (await call("/echo", HOST, method="POST", chunks=chunks))[2] == str(BODY_LIMIT).encode()
    status, _, body = await call("/echo", HOST, method="POST", chunks=[*chunks, b"x", b"never read"])
    assert (status, body) == (413, b'{"error":"too_large"}')


async def test_every_answer_carries_the_headers() -> None:
    for path, status in (("/broken", 503), ("/nowhere", 404), ("/echo", 405)):
        answered = await call(path, HOST)
        assert answered[0] == status
        assert {name: answered[1].get(name.lower()) for name in DEFAULT_HEADERS} == DEFAULT_HEADERS
        assert "access-control-allow-origin" not in answered[1]


async def test_a_page_may_name_its_own_frame() -> None:
    _, headers, _ = await call("/framed", HOST)
    assert headers["content-security-policy"] == "frame-ancestors https://a.bitrix24.ru"
    assert headers["x-content-type-options"] == "nosniff"


async def test_a_wrong_method_names_the_right_one() -> None:
    status, headers, body = await call("/echo", HOST)
    assert (status, headers["allow"], body) == (405, "POST", b'{"error":"method_not_allowed"}')


async def test_a_defect_is_503_and_its_words_stay_inside(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        status, headers, body = await call("/broken", HOST)
    assert (status, body, headers["retry-after"]) == (503, b'{"error":"unavailable"}', "5")
    assert "KeyError at test_guard.py" in caplog.text
    assert "CANARY" not in caplog.text


async def test_no_database_is_503() -> None:
    status, headers, body = await call("/away", HOST)
    assert (status, body, headers["retry-after"]) == (503, b'{"error":"unavailable"}', "5")


async def test_a_defect_after_the_answer_began_changes_nothing() -> None:
    status, _, body = await call("/late", HOST)
    assert (status, body) == (200, b"begun")


async def test_a_lifespan_passes_through() -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    async def receive() -> Message:
        return {}

    async def send(message: Message) -> None:
        pass

    await Guard(app, "https://robots.example.ru")({"type": "lifespan"}, receive, send)
    assert seen == ["lifespan"]
