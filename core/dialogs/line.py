"""The settings of an open line that robots look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Protocol

from core.bitrix24.command import Command, Json
from core.bitrix24.wire import as_bool_yn, as_dict, as_int, as_list, as_str

_HOURS: Final = ("ID", "LINE_NAME")


@dataclass(frozen=True, slots=True)
class Line:
    """An open line by ``imopenlines.config.get``, which writes every value as text.

    ``hours`` are the ``WORKTIME_*`` fields as they came (with id and name), for core.worktime.line. ``kpi_*``,
    ``auto_close_for`` and ``no_answer_for`` are seconds, ``full_close_for`` minutes; 0 is off. ``max_chats`` limits the
    dialogs of an operator that are not closed (``max_chats_counts`` is ``closed``), or not answered (``answered*``); 0
    is none.
    """

    id: int
    name: str = ""
    active: bool = True
    zone: str = ""
    hours: Mapping[str, Json] = field(default_factory=lambda: MappingProxyType({}))
    queue: tuple[int, ...] = ()
    queue_type: str = ""
    check_available: bool = False
    max_chats: int = 0
    max_chats_counts: str = ""
    close_rule: str = ""
    close_text: str = ""
    full_close_for: int = 0
    auto_close_rule: str = ""
    auto_close_for: int = 0
    asks_rating: bool = False
    off_hours_rule: str = ""
    off_hours_text: str = ""
    no_answer_rule: str = ""
    no_answer_text: str = ""
    no_answer_for: int = 0
    welcome_bot_id: int = 0
    kpi_first_answer_for: int = 0
    kpi_next_answer_for: int = 0
    quick_answers_id: int = 0
    language: str = ""

    @property
    def says_goodbye(self) -> bool:
        """Bitrix24 itself sends a text on the first finish."""
        return self.close_rule == "text" and bool(self.close_text.strip())

    @property
    def finishes_in_two_phases(self) -> bool:
        """The first finish only sends the text or the rating (imopenlines/lib/session.php finish)."""
        return self.close_rule == "text" or self.asks_rating

    @property
    def tells_off_hours(self) -> bool:
        return self.off_hours_rule == "text" and bool(self.off_hours_text.strip())

    @property
    def tells_unanswered(self) -> bool:
        """Bitrix24 itself sends a text to a client whom nobody accepted within ``no_answer_for``."""
        return self.no_answer_rule == "text" and bool(self.no_answer_text.strip())


class LineCache(Protocol):
    """Lines that were read lately (ten minutes are enough); it forgets by itself."""

    def get(self, line_id: int) -> Line | None: ...

    def put(self, line: Line) -> None: ...


def line_command(line_id: int | str) -> Command:
    return Command("imopenlines.config.get", {"CONFIG_ID": line_id, "WITH_QUEUE": "Y"})


def line_of(result: Json) -> Line | None:
    """Read the answer of ``imopenlines.config.get``; it is false when there is no such line."""
    config = as_dict(result)
    number = as_int(config.get("ID"))
    if number is None or number < 1:
        return None
    text = {name: as_str(value) for name, value in config.items()}
    return Line(
        id=number,
        name=text.get("LINE_NAME", ""),
        active=_yes(config.get("ACTIVE")),
        zone=text.get("WORKTIME_TIMEZONE", ""),
        hours=MappingProxyType({name: config[name] for name in config if _is_hours(name)}),
        queue=tuple(user for item in as_list(config.get("QUEUE")) if (user := as_int(item)) is not None and user > 0),
        queue_type=text.get("QUEUE_TYPE", ""),
        check_available=_yes(config.get("CHECK_AVAILABLE")),
        max_chats=as_int(config.get("MAX_CHAT")) or 0,
        max_chats_counts=text.get("TYPE_MAX_CHAT", ""),
        close_rule=text.get("CLOSE_RULE", ""),
        close_text=text.get("CLOSE_TEXT", ""),
        full_close_for=as_int(config.get("FULL_CLOSE_TIME")) or 0,
        auto_close_rule=text.get("AUTO_CLOSE_RULE", ""),
        auto_close_for=as_int(config.get("AUTO_CLOSE_TIME")) or 0,
        asks_rating=_yes(config.get("VOTE_MESSAGE")),
        off_hours_rule=text.get("WORKTIME_DAYOFF_RULE", ""),
        off_hours_text=text.get("WORKTIME_DAYOFF_TEXT", ""),
        no_answer_rule=text.get("NO_ANSWER_RULE", ""),
        no_answer_text=text.get("NO_ANSWER_TEXT", ""),
        no_answer_for=as_int(config.get("NO_ANSWER_TIME")) or 0,
        welcome_bot_id=(as_int(config.get("WELCOME_BOT_ID")) or 0) if _yes(config.get("WELCOME_BOT_ENABLE")) else 0,
        kpi_first_answer_for=as_int(config.get("KPI_FIRST_ANSWER_TIME")) or 0,
        kpi_next_answer_for=as_int(config.get("KPI_FURTHER_ANSWER_TIME")) or 0,
        quick_answers_id=as_int(config.get("QUICK_ANSWERS_IBLOCK_ID")) or 0,
        language=text.get("LANGUAGE_ID", ""),
    )


def _is_hours(name: str) -> bool:
    return name.startswith("WORKTIME_") or name in _HOURS


def _yes(value: Json) -> bool:
    return as_bool_yn(value) is True
