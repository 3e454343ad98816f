"""Everybody meets the same faults, and only those of what he has."""

from __future__ import annotations

from collections import Counter

from bench.peers.contender import contenders
from bench.peers.effect import SECONDS
from bench.peers.faults import COUNTS, Fault, planned


def test_all_of_them_happen_while_timers_go_off_and_always_in_the_same_order() -> None:
    faults = planned(set(Fault))
    assert Counter(fault for _, fault in faults) == COUNTS
    assert faults == planned(set(Fault))
    assert [at for at, _ in faults] == sorted(at for at, _ in faults)
    assert faults[0][0] > 0
    assert faults[-1][0] < SECONDS


def test_workers_of_all_are_killed_and_nobody_loses_what_he_does_not_have() -> None:
    everybody = contenders()
    assert all({Fault.KILL, Fault.STILL} <= one.faults for one in everybody)
    assert {one.name for one in everybody if Fault.FORGET not in one.faults} == {
        "arq",
        "saq",
        "taskiq",
        "procrastinate",
    }
    assert [one.faults for one in everybody if one.is_ours] == [set(Fault), set(Fault) - {Fault.DATABASE}]
