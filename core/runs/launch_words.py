"""What people are told of a call that did not reach us."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final

from core.dialogs.item import name_of
from core.runs.processes import Process
from core.texts.text import Text, at_moment, joined, plural

_MOST_NAMED: Final = 5


def told(
    robots: Sequence[Text | str],
    processes: Sequence[Process],
    zone: tzinfo,
    *,
    now: datetime,
    is_begun: bool,
    is_last: bool,
) -> Text:
    """Say to the administrator whose call was lost, and what he can do; ``is_last``: no more is said for a while."""
    items = [name_of(process.item) for process in processes if process.item is not None]
    more = plural(len(items) - _MOST_NAMED, ("другой", "других", "других"), ("other", "others"))
    named = joined(items[:_MOST_NAMED]) + (_AND_MORE.format(more=more) if len(items) > _MOST_NAMED else "")
    text = (_BEGUN if is_begun else _LOST).format(
        robots=joined(f"«{robot}»" if isinstance(robot, str) else _quoted(robot) for robot in robots),
        items=named,
        since=at_moment(processes[0].started_at, zone, now=now),
    )
    return text + _LAST if is_last else text


def recovered(processes: int) -> Text:
    """The first line of a run that makes up for a lost call; ``processes`` had the same settings before."""
    return _RECOVERED.format(processes=plural(processes, _LAST_RU, _LAST_EN))


def _quoted(name: Text) -> Text:
    return Text(f"«{name.ru}»", f"“{name.en}”")


_AND_MORE: Final = Text(" и {more}", " and {more}")
_LOST: Final = Text(
    "Похоже, вызов робота не дошёл до Дежурного: {robots}, {items}. Процесс начат {since}, а вызова так и не "
    "было; Битрикс24 такие вызовы не повторяет. Если процесс ждёт робота, остановите его и переведите карточку на эту "
    "стадию ещё раз. Если в процессе робот стоит за условием или паузой, всё в порядке.",
    "It seems that a call of a robot did not reach Dezhurny: {robots}, {items}. The process began {since} "
    "and did not call; Bitrix24 does not repeat such calls. If the process waits for the robot, stop it and "
    "move the card to this stage once more. If the robot stands behind a condition or a pause there, all is well.",
)
_BEGUN: Final = Text(
    "Вызов робота не дошёл до Дежурного, восстановлено: {robots}, {items} (процесс начат {since}). Робот запущен с "
    "теми же настройками, что и раньше. Сам процесс ответа не получит и ждёт дальше: остановите его вручную, если "
    "за роботом в нём стоит что-то ещё.",
    "A call of a robot did not reach Dezhurny, and was recovered: {robots}, {items} (the process began {since}). The "
    "robot was started with the same settings as before. The process itself gets no answer and waits on: stop it by "
    "hand if something else stands behind the robot in it.",
)
_LAST: Final = Text(
    " Больше о процессах этой стадии неделю не напоминаем.",
    " Nothing more is said of processes of this stage for a week.",
)
_RECOVERED: Final = Text(
    "Вызов этого робота до нас не дошёл: восстановлено. Запускаем с теми же настройками, с какими его вызвали "
    "{processes} подряд. Процесс в Битрикс24 ответа не получит: он ждёт своего срока, его можно остановить вручную.",
    "The call of this robot did not reach us: recovered. It is started with the settings with which {processes} in a "
    "row called it. The process in Bitrix24 gets no answer: it waits for its own timeout and can be stopped by hand.",
)
_LAST_RU: Final = ("процесс", "процесса", "процессов")
_LAST_EN: Final = ("process", "processes")
CAME_LATE: Final = Text(
    "Этот вызов пришёл с опозданием: вместо него робот уже запущен, второй раз не делаем. Процессу отвечено.",
    "This call came late: the robot was started in its place, it is not done twice. The process was answered.",
)
