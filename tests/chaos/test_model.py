"""Two hundred plays, each with its own deaths, faults and copies: what was promised holds after every one of them."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.chaos.at_once import TimelessLoop, WriterAtOnce, reads_at_once
from tests.chaos.model import Play
from tests.chaos.neighbours import both_sides
from tests.core.runs.conftest import migrated, probe
from tests.core.runs.probe import Probe
from tests.town import Town

__all__ = ["migrated", "probe"]

#: Plays that share a town, so that installing it does not cost more than playing.
TOGETHER = 20
PLAYS = int(os.environ.get("DEZHURNY_PLAYS", "200"))


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    with reads_at_once():
        yield


@asynccontextmanager
async def opened(file: Path, probe: Probe) -> AsyncIterator[Town]:
    """A town whose database answers on the spot."""
    async with Town.open(f"sqlite+aiosqlite:///{file}", robots={probe.code: probe}) as town:
        threaded, at_once = town.base.database._writer, WriterAtOnce(str(file))
        await at_once.open()
        town.base.database._writer = at_once
        yield town
        await town.base.lanes.calls.flush()
        town.base.database._writer = threaded
        await at_once.close()


@pytest.mark.parametrize("first", range(0, PLAYS, TOGETHER))
def test_f_03_whatever_dies_and_whenever(tmp_path: Path, migrated: Path, probe: Probe, first: int) -> None:
    async def played() -> None:
        async with opened(Path(shutil.copy(migrated, tmp_path / "town.db")), probe) as town:
            sides = await both_sides(town)
            for seed in range(first, first + TOGETHER):
                await Play(town, sides, probe, seed).run()

    with asyncio.Runner(loop_factory=TimelessLoop) as runner:
        runner.run(played())


@pytest.mark.parametrize("seed", [3, 10])
def test_a_seed_is_the_same_play_again(tmp_path: Path, migrated: Path, seed: int) -> None:
    """Two in a row of a few: now and then a millisecond of the machine's own clock makes something due or not yet."""

    async def played(turn: int) -> list[str]:
        probe = Probe()
        async with opened(Path(shutil.copy(migrated, tmp_path / f"{turn}.db")), probe) as town:
            play = Play(town, await both_sides(town), probe, seed)
            await play.run()
            return play.crossings.trace

    traces: list[list[str]] = []
    for turn in range(6):
        with asyncio.Runner(loop_factory=TimelessLoop) as runner:
            traces.append(runner.run(played(turn)))
        if traces[-2:-1] == traces[-1:]:
            return
    raise AssertionError(traces)
