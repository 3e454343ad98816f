"""Two hundred plays, each with its own deaths, faults and copies: what was promised holds after every one of them."""

from __future__ import annotations

import os

import pytest

from tests.chaos.model import Play
from tests.core.runs.conftest import migrated, probe, town
from tests.core.runs.probe import Probe
from tests.town import Town

__all__ = ["migrated", "probe", "town"]

#: Plays that share a town, so that installing it does not cost more than playing.
TOGETHER = 20
PLAYS = int(os.environ.get("DEZHURNY_PLAYS", "200"))


@pytest.mark.parametrize("first", range(0, PLAYS, TOGETHER))
async def test_f_03_whatever_dies_and_whenever(town: Town, probe: Probe, first: int) -> None:
    for seed in range(first, first + TOGETHER):
        await Play(town, probe, seed).run()
