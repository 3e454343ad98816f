"""What is measured of thinking is a real decision and a real year."""

from __future__ import annotations

import pytest

from bench import deciding


def test_both_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "REPEATS", 3)
    classifying, adding = deciding.measure()
    assert (classifying.target, adding.target) == (("≤", 5), ("≤", 1))
    assert classifying.value > 0
    assert adding.beside == "118560 minutes, holidays of Russia"
