"""When a closed portal is looked at again."""

from datetime import timedelta

import pytest

from core.bitrix24.errors import Revoked, Suspended, UserLocked
from core.bitrix24.limits import ENTERPRISE, STANDARD
from core.portals.probes import closed_by, next_probe
from core.portals.rates import Rates

M, H = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(("probes", "wait"), [(0, 5 * M), (1, 30 * M), (2, 2 * H), (3, 6 * H), (100, 6 * H)])
def test_f_19_an_unpaid_portal_is_looked_at_less_and_less(probes: int, wait: timedelta) -> None:
    assert next_probe("suspended", "PAYMENT_REQUIRED", probes) == wait


def test_looking_ends_after_thirty_days() -> None:
    waits: list[timedelta] = []
    while (wait := next_probe("suspended", "PORTAL_DELETED", len(waits))) is not None:
        waits.append(wait)
    assert timedelta(days=29) < sum(waits, timedelta()) <= timedelta(days=30)


def test_dead_credentials_are_confirmed_twice_in_a_quarter_of_an_hour() -> None:
    assert [next_probe("needs_reinstall", "invalid_grant", probes) for probes in range(3)] == [5 * M, 10 * M, None]


def test_f_19_a_block_of_the_vendor_is_asked_about_once_an_hour_at_most() -> None:
    assert next_probe("suspended", "OVERLOAD_LIMIT", 0) == H
    assert next_probe("suspended", "OVERLOAD_LIMIT", 3) == 6 * H


def test_what_an_error_makes_of_a_portal() -> None:
    assert closed_by(Suspended("PAYMENT_REQUIRED")) == "suspended"
    assert closed_by(Revoked("invalid_grant")) == "needs_reinstall"
    assert closed_by(UserLocked("user_access_error")) == "needs_reinstall"


@pytest.mark.parametrize("license", ["ent250", "ru_ent", "RU_ENT1000", "ent"])
def test_enterprise_is_faster(license: str) -> None:
    rates = Rates()
    rates.note("p1", license)
    assert rates("p1") is ENTERPRISE
    rates.note("p1", "ru_basic")
    assert rates("p1") is STANDARD


@pytest.mark.parametrize("license", ["", "ru_basic", "talent", "ru_std", "demo"])
def test_other_plans_are_not(license: str) -> None:
    rates = Rates()
    rates.note("p1", license)
    assert rates("p1") is STANDARD
    assert rates("unknown") is STANDARD
