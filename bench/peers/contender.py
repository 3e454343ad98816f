"""Who takes part: the packages, how they are started, and which parts of theirs can be hurt."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.peers.effect import AT_ONCE
from bench.peers.faults import Fault

_ALWAYS: Final = frozenset({Fault.KILL, Fault.STILL})


class NotInstalled(Exception):
    """The packages cannot be had on this machine."""


@dataclass(frozen=True, slots=True)
class Contender:
    """``put``, ``work`` and ``beside`` are arguments of its Python; what is ``beside`` runs once and is not killed."""

    name: str
    faults: frozenset[Fault]
    put: tuple[str, ...]
    work: tuple[str, ...]
    beside: tuple[str, ...] = ()
    #: Each of its workers is a process that looks after another one, and both are hurt.
    is_pair: bool = False
    #: None: our own environment.
    packages: tuple[str, ...] | None = None

    @property
    def is_ours(self) -> bool:
        return self.packages is None

    @property
    def has_postgres(self) -> bool:
        return Fault.DATABASE in self.faults

    def python(self, folder: Path) -> Path:
        """Return the Python that has the packages, made in ``folder`` if need be; raises NotInstalled."""
        if self.packages is None:
            return Path(sys.executable)
        home = folder / "-".join(self.packages).translate({ord(letter): "_" for letter in "[], "})
        python = home / "bin" / "python"
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
            pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", *self.packages]
            if subprocess.run(pip, capture_output=True, check=False).returncode:
                python.unlink()
                raise NotInstalled("could not be installed")
        return python

    def versions(self, folder: Path) -> str:
        """Name what was installed under its name."""
        python = self.python(folder)
        names = [package.partition("[")[0] for package in self.packages or () if package.startswith(self.name)]
        asking = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
        found = subprocess.run([str(python), "-c", asking, *names], capture_output=True, text=True, check=True)
        return ", ".join(f"{name} {number}" for name, number in zip(names, found.stdout.split(), strict=True))


def _own(name: str, packages: tuple[str, ...] | None, faults: frozenset[Fault], *, title: str = "") -> Contender:
    """One whose module here has a word for both."""
    module = f"bench.peers.on_{name}"
    return Contender(title or name, faults, ("-m", module, "put"), ("-m", module, "work"), packages=packages)


def _taskiq(faults: frozenset[Fault]) -> Contender:
    """One with a command of its own, and a scheduler of which its manual wants one alone."""
    module = "bench.peers.on_taskiq"
    worker = ("worker", f"{module}:broker", "--workers", "1", "--max-async-tasks", str(AT_ONCE))
    return Contender(
        "taskiq",
        faults,
        put=("-m", module),
        work=("-m", "taskiq", *worker, "--ack-type", "when_executed"),
        beside=("-m", "taskiq", "scheduler", f"{module}:scheduler", "--update-interval", "2"),
        is_pair=True,
        packages=("taskiq", "taskiq-redis"),
    )


def contenders() -> list[Contender]:
    """Everybody, in the order of the table; whoever lives in Redis alone is also seen with a Redis that keeps all."""
    redis, forgetful = _ALWAYS | {Fault.REDIS}, _ALWAYS | {Fault.REDIS, Fault.FORGET}
    return [
        *(_own("arq", ("arq",), faults) for faults in (redis, forgetful)),
        *(_own("saq", ("saq[redis]", "typing-extensions"), faults) for faults in (redis, forgetful)),
        *(_taskiq(faults) for faults in (redis, forgetful)),
        _own("procrastinate", ("procrastinate", "psycopg[binary]"), _ALWAYS | {Fault.DATABASE}),
        _own("ours", None, frozenset(Fault), title="Dezhurny, PostgreSQL and Redis"),
        _own("ours", None, forgetful, title="Dezhurny, SQLite and its own Valkey"),
    ]
