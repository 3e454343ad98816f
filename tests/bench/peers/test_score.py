"""A ledger is counted as what it says: who is missing, who stands there twice, how late each was."""

from __future__ import annotations

import json
from pathlib import Path

from bench.peers.effect import SECONDS, TIMERS
from bench.peers.score import Score, as_json, scored, table

SINCE = 1_000.0
APART = SECONDS / TIMERS


def ledger_of(folder: Path, *lines: tuple[int, float]) -> Path:
    """Write lines, each the number of a timer and how late it was."""
    file = folder / "ledger"
    text = "".join(f"{number} {SINCE + number * APART + late:.3f}\n" for number, late in lines)
    file.write_text(text, encoding="ascii")
    return file


def test_who_is_missing_is_lost_unless_a_person_is_asked(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, (0, 0.1), (3, 0.2), (4, 9.0))
    score = scored(ledger, since=SINCE, asked={1, 4}, timers=5)
    assert (score.lost, score.twice, score.asked) == (1, 0, 2)


def test_the_first_time_counts_and_the_second_is_one_too_many(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, (1, 7.0), (0, 0.25), (1, 0.5), (1, 8.0))
    assert scored(ledger, since=SINCE, timers=2) == Score(0, 1, 0, 0.25, 0.5, 0.5)


def test_lateness_is_told_of_the_half_of_nearly_all_and_of_the_last(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, *((number, number / 100) for number in range(100)))
    score = scored(ledger, since=SINCE, timers=100)
    assert (score.half, score.most, score.last) == (0.49, 0.98, 0.99)


def test_whoever_did_nothing_has_lost_all_and_nothing_was_late(tmp_path: Path) -> None:
    score = scored(tmp_path / "nothing", since=SINCE, timers=7)
    assert score.lost == 7
    row = table([("a", score), ("b", "could not be installed")]).splitlines()
    assert row[2] == "| a | 7 | 0 | 0 | | | |"
    assert row[3] == "| b | could not be installed | | | | | |"
    assert len({line.count("|") for line in row}) == 1
    assert json.loads(json.dumps(as_json([("a", score)]), allow_nan=False))[0]["half"] is None
