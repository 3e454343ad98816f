"""Clocks: business time may be moved, real time may not."""

import asyncio
import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from core import clock
from core.clock import FakeClock, RemoteClock, SystemClock, ticking

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class Remote:
    """A remote clock that shows what a test says; None is silence."""

    def __init__(self) -> None:
        self.ahead_by: timedelta | None = timedelta(0)
        self.body: bytes | None = None

    async def fetch(self, url: str) -> bytes:
        assert url == "http://clock"
        if self.ahead_by is None:
            raise ConnectionRefusedError
        return self.body or json.dumps({"now": (datetime.now(UTC) + self.ahead_by).isoformat()}).encode()


def test_the_system_clock_has_no_shift() -> None:
    system = SystemClock()
    before = datetime.now(UTC)
    assert before <= system.now() <= datetime.now(UTC)
    assert system.shift() == timedelta(0)
    assert system.now().tzinfo is UTC


def test_a_fake_clock_stands_until_it_is_moved() -> None:
    fake = FakeClock(START)
    assert fake.now() == fake.real() == START
    fake.advance(minutes=30)
    assert fake.now() == fake.real() == START + timedelta(minutes=30)


def test_a_jump_moves_business_time_alone_and_is_told() -> None:
    fake = FakeClock(START)
    jumps: list[str] = []
    fake.on_jump(lambda: jumps.append("jump"))
    fake.jump(timedelta(hours=1))
    assert (fake.now(), fake.real()) == (START + timedelta(hours=1), START)
    assert fake.shift() == timedelta(hours=1)
    assert jumps == ["jump"]


def test_time_that_passes_is_told_too() -> None:
    fake = FakeClock(START)
    jumps: list[str] = []
    fake.on_jump(lambda: jumps.append("jump"))
    fake.advance(seconds=1)
    assert jumps == ["jump"]


async def test_the_remote_clock_follows_and_runs_on() -> None:
    remote = Remote()
    remote.ahead_by = timedelta(hours=3)
    far = RemoteClock("http://clock", remote.fetch)
    await far.read()
    assert abs(far.shift() - timedelta(hours=3)) < timedelta(seconds=1)
    assert far.now() < far.now() + timedelta(microseconds=1)
    assert abs(far.now() - far.real() - far.shift()) < timedelta(seconds=1)


@pytest.mark.parametrize(("moved_by", "told"), [(1.0, []), (1.9, []), (2.5, ["jump"]), (-3600.0, ["jump"])])
async def test_only_a_jump_above_two_seconds_is_told(moved_by: float, told: list[str]) -> None:
    remote = Remote()
    far = RemoteClock("http://clock", remote.fetch)
    await far.read()
    jumps: list[str] = []
    far.on_jump(lambda: jumps.append("jump"))
    remote.ahead_by = timedelta(seconds=moved_by)
    await far.read()
    assert jumps == told
    assert abs(far.shift() - timedelta(seconds=moved_by)) < timedelta(seconds=0.5)


async def test_travel_time_does_not_make_it_tremble() -> None:
    remote = Remote()
    remote.ahead_by = timedelta(hours=1)
    far = RemoteClock("http://clock", remote.fetch)
    await far.read()
    shift = far.shift()
    remote.ahead_by += timedelta(milliseconds=5)
    await far.read()
    assert far.shift() == shift


@pytest.mark.parametrize("body", [b"", b"[]", b'{"now": 5}', b'{"now": "soon"}', b"\xff", b"{}"])
async def test_silence_and_nonsense_leave_the_last_shift(body: bytes) -> None:
    remote = Remote()
    remote.ahead_by = timedelta(days=2)
    far = RemoteClock("http://clock", remote.fetch)
    await far.read()
    remote.ahead_by, remote.body = (None, None) if body == b"" else (timedelta(0), body)
    await far.read()
    assert abs(far.shift() - timedelta(days=2)) < timedelta(seconds=1)


async def test_trouble_is_logged_once_and_its_end_too(caplog: pytest.LogCaptureFixture) -> None:
    remote = Remote()
    far = RemoteClock("http://clock", remote.fetch)
    remote.ahead_by = None
    await far.read()
    await far.read()
    remote.ahead_by = timedelta(0)
    await far.read()
    assert [record.getMessage() for record in caplog.records] == [
        "The clock at http://clock does not answer: ConnectionRefusedError",
        "The clock at http://clock answers again",
    ]


async def test_while_running_it_reads_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "READ_EACH_SECONDS", 0.01)
    remote = Remote()
    jumped = asyncio.Event()
    async with RemoteClock("http://clock", remote.fetch).running() as far:
        far.on_jump(jumped.set)
        remote.ahead_by = timedelta(hours=1)
        await asyncio.wait_for(jumped.wait(), timeout=60)
    assert [task.get_name() for task in asyncio.all_tasks()].count("remote clock") == 0


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b'{"now": "2030-01-01T03:00:00+03:00"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        del format, args


async def test_it_asks_over_http_past_any_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with HTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        far = RemoteClock(f"http://127.0.0.1:{server.server_port}/")
        await far.read()
        thread.join()
    assert far.now().year == 2030


async def test_a_process_takes_the_clock_of_the_settings() -> None:
    async with ticking() as plain:
        assert isinstance(plain, SystemClock)
    with HTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        async with ticking(f"http://127.0.0.1:{server.server_port}/") as far:
            assert far.now().year == 2030
        thread.join()


def test_the_databases_clock_counts_where_they_differ() -> None:
    system = SystemClock()
    system.agree_with(datetime.now(UTC) + timedelta(days=1))
    assert abs(system.now() - datetime.now(UTC) - timedelta(days=1)) < timedelta(seconds=1)
    assert abs(system.real() - system.now()) < timedelta(seconds=1)
    assert system.shift() == timedelta(0)
    system.agree_with(datetime.now(UTC) + timedelta(seconds=1))
    assert system.skew == timedelta(0)


async def test_a_remote_clock_is_right_on_a_machine_that_is_not() -> None:
    there = Remote()
    there.ahead_by = timedelta(hours=3)
    remote = RemoteClock("http://clock", there.fetch)
    await remote.read()
    remote.agree_with(datetime.now(UTC) - timedelta(days=1))
    assert abs(remote.now() - datetime.now(UTC) - timedelta(hours=3)) < timedelta(seconds=1), "not for a moment"
    await remote.read()
    assert abs(remote.now() - datetime.now(UTC) - timedelta(hours=3)) < timedelta(seconds=1)
