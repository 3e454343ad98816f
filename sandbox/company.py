"""The company's own calendar: its hours, the holidays and the moved workdays of its years."""

from __future__ import annotations

from dataclasses import dataclass, field

_HOLIDAYS = (
    *(f"{day}.01" for day in range(1, 9)),
    "23.02",
    "8.03",
    "1.05",
    "9.05",
    "12.06",
    "4.11",
)


@dataclass(slots=True)
class Company:
    """What ``calendar.settings.get`` tells; days are ``1.05`` without a leading zero, hours ``9`` or ``9.30``."""

    opens: str = "9"
    closes: str = "18"
    holidays: list[str] = field(default_factory=lambda: list(_HOLIDAYS))
    workdays: list[str] = field(default_factory=list)
    days_off: list[str] = field(default_factory=lambda: ["SA", "SU"])
