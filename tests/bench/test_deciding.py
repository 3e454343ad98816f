"""What is measured of thinking is a real decision and a real year."""

from __future__ import annotations

import pytest

from bench import deciding


def test_all_of_it_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "REPEATS", 3)
    turns, alone, adding = deciding.measure()
    assert (turns.target, alone.target, adding.target) == (("≤", 5), ("≤", 5), ("≤", 1))
    assert min(turns.value, alone.value) > 0
    assert adding.beside == "118560 minutes, holidays of Russia"
