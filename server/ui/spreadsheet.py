"""Tables for spreadsheets: CSV that Excel opens in the right alphabet, and in which no cell is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from core.texts.text import Language

#: Without it Excel takes UTF-8 for the alphabet of the machine.
MARK: Final = "\ufeff"
#: A cell that begins with one of these is a formula to some spreadsheet, or becomes one when it is pasted.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
#: What separates cells where commas separate decimals.
_SEPARATORS: Final[dict[Language, str]] = {"ru": ";", "en": ","}


def rows_of(rows: Iterable[Iterable[object]], language: Language) -> str:
    """Write lines of a table; numbers stay numbers, every other cell is a text and nothing else."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=_SEPARATORS[language], lineterminator="\r\n")
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return written.getvalue()


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    """Say a moment in the way that spreadsheets sort and understand: ``2026-11-23 14:05:12``."""
    return "" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _cell(value: object) -> str | int | float:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return value
    text = str(value).replace("\x00", "")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) or text.startswith(_FORMULA) else text
