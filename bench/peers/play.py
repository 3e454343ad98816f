"""One round: the timers are put, two workers run, things go wrong, somebody starts again what has ended."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from contextlib import suppress
from heapq import heapify, heappop, heappush
from pathlib import Path
from typing import Final

from bench.peers.contender import Contender
from bench.peers.effect import SECONDS, TIMERS
from bench.peers.faults import AWAY_SECONDS, STILL_SECONDS, Fault, planned
from bench.peers.score import Score, lines_of, scored
from bench.peers.stage import Stage, staged
from bench.process import wait_for

WORKERS: Final = 2
#: From the first word to the queue until the first timer; and how long workers have to start.
PUT_SECONDS, START_SECONDS = 45.0, 6.0
#: Nothing more happens when nothing has happened for so long, while something is missing or not.
QUIET_SECONDS, PATIENT_SECONDS, LONGEST_SECONDS = 30.0, 60.0, 180.0
_LOOK_SECONDS: Final = 0.1


class Late(Exception):
    """The timers could not be put in time."""


def played(contender: Contender, folder: Path) -> Score:
    """Play the round; raises NotInstalled, Missing, Late."""
    python = contender.python(folder)
    with staged(contender) as stage:
        since = time.time() + PUT_SECONDS
        environment = stage.environment(since=since)
        crew = Crew(python, contender, stage, environment)
        try:
            crew.put()
            if time.time() > since - START_SECONDS:
                raise Late("too slow to take the timers")
            time.sleep(since - START_SECONDS - time.time())
            crew.work()
            _through(contender, stage, crew, since=since)
        finally:
            crew.end()
        return scored(stage.ledger, since=since, asked=stage.asked() if contender.is_ours else ())


def _through(contender: Contender, stage: Stage, crew: Crew, *, since: float) -> None:
    """Let happen what is planned, and wait until nothing more comes of it."""
    happenings = [(since + at, fault, False) for at, fault in planned(contender.faults)]
    heapify(happenings)
    over, size, changed_at = since + SECONDS, 0, since
    while True:
        time.sleep(_LOOK_SECONDS)
        now = time.time()
        while happenings and happenings[0][0] <= now:
            _, fault, is_mended = heappop(happenings)
            if away := crew.happens(fault, stage, is_mended=is_mended):
                heappush(happenings, (time.time() + away, fault, True))
        crew.supervise()
        if (grown := stage.ledger.stat().st_size if stage.ledger.exists() else 0) != size:
            size, changed_at = grown, now
        if now > over and not happenings and _is_over(contender, stage, quiet_for=now - max(changed_at, over)):
            return
        if now > over + LONGEST_SECONDS:
            return


def _is_over(contender: Contender, stage: Stage, *, quiet_for: float) -> bool:
    if quiet_for < QUIET_SECONDS:
        return False
    if contender.is_ours:
        return stage.is_whole()
    seen = {line.split()[0] for line in lines_of(stage.ledger)}
    return len(seen) == TIMERS or quiet_for > PATIENT_SECONDS


class Crew:
    """The contender's processes, each a group of its own, and the portal that ours writes to."""

    def __init__(self, python: Path, contender: Contender, stage: Stage, environment: dict[str, str]) -> None:
        self._python, self._contender, self._stage = python, contender, stage
        self._environment = environment
        self._chance = random.Random(1)
        self._workers: list[subprocess.Popen[bytes]] = []
        self._still: list[subprocess.Popen[bytes]] = []
        self._beside: list[tuple[tuple[str, ...], subprocess.Popen[bytes]]] = []

    def put(self) -> None:
        done = self._started(self._contender.put)
        if done.wait(timeout=120):
            raise RuntimeError(f"{self._contender.name}: {self._last_words()}")

    def work(self) -> None:
        if self._contender.is_ours:
            portal = ("-m", "bench.peers.portal", str(self._stage.portal_port))
            self._beside.append((portal, self._started(portal)))
            wait_for(self._stage.portal_port, self._beside[0][1])
        if self._contender.beside:
            self._beside.append((self._contender.beside, self._started(self._contender.beside)))
        self._workers = [self._started(self._contender.work) for _ in range(WORKERS)]

    def happens(self, fault: Fault, stage: Stage, *, is_mended: bool) -> float:
        """Do it, or undo it; the seconds after which it is to be undone, 0 for never."""
        match fault:
            case Fault.KILL:
                self._send(self._chance.choice(self._workers), signal.SIGKILL)
                return 0.0
            case Fault.STILL if is_mended:
                self._send(self._still.pop(0), signal.SIGCONT)
                return 0.0
            case Fault.STILL:
                self._still.append(self._chance.choice(self._workers))
                self._send(self._still[-1], signal.SIGSTOP)
                return STILL_SECONDS
            case _ if is_mended:
                stage.mend(fault)
                return 0.0
            case _:
                stage.hurt(fault)
                return 0.0 if fault is Fault.FORGET else AWAY_SECONDS

    def supervise(self) -> None:
        """Start again what has ended."""
        self._workers = [
            worker if worker.poll() is None else self._started(self._contender.work) for worker in self._workers
        ]
        self._beside = [
            (command, process if process.poll() is None else self._started(command))
            for command, process in self._beside
        ]

    def end(self) -> None:
        for process in [*self._workers, *(process for _, process in self._beside)]:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _send(self, worker: subprocess.Popen[bytes], number: signal.Signals) -> None:
        if self._contender.is_pair:
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, number)
        else:
            worker.send_signal(number)

    def _started(self, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
        # Whoever outlives a kill of his own group ends with us.
        guarded = ["setpriv", "--pdeathsig", "KILL", str(self._python), *command]
        with (self._stage.folder / "log").open("ab") as log:
            return subprocess.Popen(
                guarded,
                cwd=self._stage.folder,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _last_words(self) -> str:
        log = self._stage.folder / "log"
        return log.read_text(encoding="utf-8", errors="replace")[-800:]
