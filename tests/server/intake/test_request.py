"""Bodies that do not come, or come only in part."""

import asyncio

import pytest
from starlette.requests import Request
from starlette.types import Message

from server.errors import Bad
from server.intake.form import Form
from server.intake.request import part, read_form, secret


def request(*messages: Message) -> Request:
    """A request whose body arrives as these messages, and then nothing more."""
    waiting = [*messages]

    async def receive() -> Message:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    return Request({"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}, receive)


async def test_a_body_in_parts_is_one_form() -> None:
    parts = [{"type": "http.request", "body": body, "more_body": True} for body in (b"a[b]", b"=1&", b"c=2")]
    assert await read_form(request(*parts, {"type": "http.request", "body": b""})) == {"a": {"b": "1"}, "c": "2"}


async def test_a_body_that_never_ends_is_given_up() -> None:
    with pytest.raises(Bad, match="408 timeout"):
        await read_form(request({"type": "http.request", "body": b"a=", "more_body": True}), patience=0.01)


async def test_a_caller_that_hangs_up_is_no_defect_of_ours() -> None:
    with pytest.raises(Bad, match="400 bad_request"):
        await read_form(request({"type": "http.disconnect"}))


def test_parts_and_secrets_are_what_they_should_be_or_nothing() -> None:
    form: Form = {"auth": {"a": "x", "b": ["x"], "c": "", "d": "x" * 1025}, "scalar": "x", "list": ["x"]}
    auth = part(form, "auth")
    told = [secret(auth, name) for name in ("a", "b", "c", "d", "e")]
    assert [found.reveal() if found else None for found in told] == ["x", None, None, None, None]
    assert [part(form, name) for name in ("scalar", "list", "missing")] == [{}, {}, {}]
